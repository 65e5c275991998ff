/* Private: timers for the runtime itself. */
#ifndef RUNTIME_TIMER_PRIVATE_H
#define RUNTIME_TIMER_PRIVATE_H

#include "core.h"
#include "runtime/timer.h"

bool runtime_timers_init(struct ak_system *sys);
/* Ends the thread: no timer fires any more. */
void runtime_timers_quit(struct ak_system *sys);
void runtime_timers_release(struct ak_system *sys);

/* Calls fn(sys, arg) at the time, on the timer's thread, without locks; it must be short. Returns
 * the timer's id or 0. */
typedef void runtime_timer_fn(struct ak_system *sys, uint64_t arg);
uint64_t runtime_timer_call(struct ak_system *sys, int64_t delay_ns, int64_t period_ns,
                            runtime_timer_fn *fn, uint64_t arg);

/* Deterministic mode: the time of the next timer, INT64_MAX when there is none; fires what is due.
 */
int64_t runtime_timers_next_ns(struct ak_system *sys);
void runtime_timers_fire(struct ak_system *sys, int64_t now_ns);

#endif
