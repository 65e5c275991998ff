/* A value of a series as people read it. */
#ifndef COLLECTOR_VALUE_TEXT_H
#define COLLECTOR_VALUE_TEXT_H

#include "base/arena.h"

/* Scaled, with its unit; "MB" stays as it was printed, since programs differ in whether it has 10^6
 * or 2^20 bytes. In arena. */
const char *collector_value_text(double value, const char *unit, struct ak_arena *arena);

#endif
