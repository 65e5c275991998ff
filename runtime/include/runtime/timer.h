/* Timers: messages at a later time, once or at an interval, on the system's clock (virtual in
 * deterministic mode). A system without timers has no timer thread. */
#ifndef RUNTIME_TIMER_H
#define RUNTIME_TIMER_H

#include "runtime/actor.h"

/* Tells `to` an AK_MSG_TIMER whose payload is the id, after delay_ns, and then every period_ns (0:
 * once). Returns the id, 0 when memory or threads ran out. Any thread. A timer whose actor has
 * ended ends with its next message. Ticks that the machine missed are not made up. */
uint64_t ak_timer_start(struct ak_system *sys, struct ak_pid to, int64_t delay_ns,
                        int64_t period_ns);
/* Tells `msg` (taken) once after delay_ns, with `from` as the sender. 0 (msg freed): out of memory.
 */
uint64_t ak_timer_tell(struct ak_system *sys, struct ak_pid to, struct ak_pid from,
                       struct ak_msg *msg, int64_t delay_ns);
/* Ends a timer. False when it has fired for the last time already: its message may still come. */
bool ak_timer_cancel(struct ak_system *sys, uint64_t id);
/* Timers that wait. */
size_t ak_timer_count(struct ak_system *sys);

#endif
