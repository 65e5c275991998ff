/* What a system and its actors have done, from exact counters; and the profile of living actors. */
#ifndef RUNTIME_METRICS_H
#define RUNTIME_METRICS_H

#include "base/status.h"
#include "runtime/actor.h"

/* Sums since the system began. */
struct ak_system_metrics {
    uint64_t messages; /* handled, with the runtime's own */
    uint64_t turns;
    uint64_t spawned, stopped; /* actors; grains are in activated and stopped */
    uint64_t activated;        /* grains */
    uint64_t passivated;       /* asked to end for being idle or evicted */
    uint64_t dead_letters;
    uint64_t failures, restarts;
    uint64_t steals, parks, wakes; /* of workers */
    uint64_t actors;               /* alive at this moment */
};
/* Any thread. What a turn handles is counted when it ends: exact when nothing runs. */
void ak_system_metrics(const struct ak_system *sys, struct ak_system_metrics *out);

struct ak_actor_metrics {
    uint64_t messages; /* handled since its spawn, in turns that have ended */
    size_t children;
    uint32_t failures; /* restarts counted in the supervision's window */
    const char *kind;
    const char *state; /* "idle", "running a message", ... a literal */
};
/* False when the actor has ended. Any thread; the values are of one moment each. */
bool ak_actor_metrics(const struct ak_system *sys, struct ak_pid pid, struct ak_actor_metrics *out);

/* Writes the actors profile: how many live, by spawn stack (of those spawned since
 * ak_prof_actors_start), kind and state. See runtime/prof.h. */
enum ak_status ak_system_actors_write(const struct ak_system *sys, const char *path,
                                      struct ak_error *err) AK_MUST_USE;

#endif
