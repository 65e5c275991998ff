/* Classes of runes as Go's unicode package has them. */
#ifndef COLLECTOR_RUNE_H
#define COLLECTOR_RUNE_H

#include "base/str.h"

bool collector_rune_is_space(uint32_t rune);
bool collector_rune_is_lower(uint32_t rune);
bool collector_rune_is_upper(uint32_t rune);

#endif
