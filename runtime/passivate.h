/* Private: the list of actors that may passivate. */
#ifndef RUNTIME_PASSIVATE_H
#define RUNTIME_PASSIVATE_H

#include "core.h"
#include "runtime/grain.h"

bool runtime_passivator_init(struct ak_system *sys);
void runtime_passivator_release(struct ak_system *sys);
/* Remembers a new actor, whose ext is there. Without memory it simply is never passivated. */
void runtime_passivate_enter(struct ak_system *sys, struct actor *a,
                             const struct ak_passivation *p);

#endif
