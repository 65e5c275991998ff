/* Private: publishing on the event stream. */
#ifndef RUNTIME_EVENT_PRIVATE_H
#define RUNTIME_EVENT_PRIVATE_H

#include "core.h"
#include "runtime/events.h"

struct events {
    pthread_mutex_t lock;
    struct subscription *list;
    size_t count, cap;
    _Atomic uint32_t kinds; /* union of the subscriptions: publishing to nobody costs one load */
    int64_t second;         /* of the limit on dead letters */
    int64_t in_second;
};

bool runtime_events_init(struct ak_system *sys);
void runtime_events_release(struct ak_system *sys);
void runtime_event_send(struct ak_system *sys, const struct ak_event *e);

static inline void runtime_event_publish(struct ak_system *sys, uint32_t kind, struct ak_pid actor,
                                         struct ak_pid sender, uint32_t what)
{
    if ((atomic_load_explicit(&sys->events->kinds, memory_order_relaxed) & kind) != 0) {
        const struct ak_event e = {kind, what, actor, sender};
        runtime_event_send(sys, &e);
    }
}

#endif
