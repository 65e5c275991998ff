/* Private: deterministic mode. Runnable actors wait in an array from which a seeded generator
 * draws. */
#ifndef RUNTIME_SIM_H
#define RUNTIME_SIM_H

#include "core.h"

bool runtime_sim_init(struct ak_system *sys);
void runtime_sim_release(struct ak_system *sys);
void runtime_sim_schedule(struct ak_system *sys, struct actor *a);
/* Messages of the next turn: drawn, so that turns end at every point. */
unsigned runtime_sim_batch(struct ak_system *sys);
/* Runs one turn. False when nothing can run. */
bool runtime_sim_step(struct ak_system *sys);
int64_t runtime_sim_now_ns(const struct ak_system *sys);
/* Lets the time pass to the next timer, at most to limit_ns, and fires what is due. */
void runtime_sim_advance(struct ak_system *sys, int64_t limit_ns);

#endif
