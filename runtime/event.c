#include "event.h"

#include "runtime/memory.h"

struct subscription {
    struct ak_pid pid;
    uint32_t kinds;
};

bool runtime_events_init(struct ak_system *sys)
{
    sys->events = ak_mem_zalloc(sizeof *sys->events);
    return sys->events != NULL && pthread_mutex_init(&sys->events->lock, NULL) == 0;
}

void runtime_events_release(struct ak_system *sys)
{
    if (sys->events != NULL) {
        (void)pthread_mutex_destroy(&sys->events->lock);
        ak_mem_free(sys->events->list);
        ak_mem_free(sys->events);
        sys->events = NULL;
    }
}

/* Under the lock: drops subscriptions that ended, and the one of `gone`; renews the union. */
static void compact(struct ak_system *sys, struct events *e, struct ak_pid gone)
{
    size_t kept = 0;
    uint32_t kinds = 0;
    for (size_t i = 0; i < e->count; i++) {
        const struct subscription s = e->list[i];
        if (!ak_pid_eq(s.pid, gone) && ak_actor_is_alive(sys, s.pid)) {
            e->list[kept++] = s;
            kinds |= s.kinds;
        }
    }
    e->count = kept;
    atomic_store(&e->kinds, kinds);
}

static bool room(struct events *e)
{
    if (e->count < e->cap) {
        return true;
    }
    const size_t cap = e->cap == 0 ? 8 : e->cap * 2;
    struct subscription *list = ak_mem_alloc(cap * sizeof *list);
    if (list == NULL) {
        return false;
    }
    for (size_t i = 0; i < e->count; i++) {
        list[i] = e->list[i];
    }
    ak_mem_free(e->list);
    e->list = list;
    e->cap = cap;
    return true;
}

bool ak_event_subscribe(struct ak_system *sys, struct ak_pid subscriber, uint32_t kinds)
{
    struct events *e = sys->events;
    bool ok = true;
    (void)pthread_mutex_lock(&e->lock);
    compact(sys, e, subscriber);
    if (kinds != 0) {
        ok = room(e);
        if (ok) {
            e->list[e->count++] = (struct subscription){subscriber, kinds};
            atomic_fetch_or(&e->kinds, kinds);
        }
    }
    (void)pthread_mutex_unlock(&e->lock);
    return ok;
}

/* Under the lock: whether one more dead letter may be published in this second. */
static bool within_limit(struct ak_system *sys, struct events *e)
{
    const int64_t second = ak_system_now_ns(sys) / 1000000000;
    if (second != e->second) {
        e->second = second;
        e->in_second = 0;
    }
    return e->in_second++ < sys->opts.dead_letter_limit;
}

void runtime_event_send(struct ak_system *sys, const struct ak_event *event)
{
    struct events *e = sys->events;
    if (atomic_load(&sys->stopping)) {
        return; /* nothing is allocated while the system stops */
    }
    (void)pthread_mutex_lock(&e->lock);
    if (event->kind == AK_EVENT_DEAD_LETTER && !within_limit(sys, e)) {
        (void)pthread_mutex_unlock(&e->lock);
        return;
    }
    bool ended = false;
    for (size_t i = 0; i < e->count; i++) {
        struct actor *a = runtime_cell_of(sys, e->list[i].pid);
        ended = ended || a == NULL;
        if (a == NULL || (e->list[i].kinds & event->kind) == 0) {
            continue;
        }
        struct ak_msg *m = ak_msg_of(AK_MSG_EVENT, event, sizeof *event);
        if (m == NULL) {
            continue;
        }
        m->flags |= MSG_UNCOUNTED;
        m->to_gen = e->list[i].pid.gen;
        if (!runtime_push(sys, a, m)) { /* no dead letter: it would be an event about an event */
            ak_msg_free(m);
        }
    }
    if (ended) {
        compact(sys, e, AK_NOBODY);
    }
    (void)pthread_mutex_unlock(&e->lock);
}
