/* Private: grains, and passivation of actors and grains. */
#ifndef RUNTIME_GRAIN_PRIVATE_H
#define RUNTIME_GRAIN_PRIVATE_H

#include "core.h"

/* First turn of a grain: pre_start, before the messages that wait. */
void runtime_grain_start(struct turn *t, struct actor *a);
/* A grain has ended; `rest` are messages that it had not handled: they activate it again. */
void runtime_grain_ended(struct ak_system *sys, const struct actor *a, struct msg_list *rest);

/* What a grain whose pre_start failed becomes. */
extern const struct ak_actor_class runtime_failed_grain;

/* Notes the time of activity. */
void runtime_passivate_touch(struct ak_system *sys, struct actor *a);
/* In the actor's turn: whether it is still idle enough to be passivated. */
bool runtime_passivate_still_due(struct ak_system *sys, const struct actor *a);

#endif
