/* Passivation: actors that may end when idle are listed by PID; a periodic sweep signals those
 * whose last message is old enough, and each looks once more in its own turn. */
#include "passivate.h"

#include "ext.h"
#include "grain.h"
#include "runtime/memory.h"
#include "timer.h"

#include <stdlib.h>

enum { TICK_NS = 1000000 }; /* of last_active */

struct passivator {
    pthread_mutex_t lock;
    struct ak_pid *list;
    size_t count, cap;
    int64_t period_ns; /* of the sweep, 0: no timer */
    uint64_t timer;
    size_t evict_limit;
    unsigned evict_percent;
    enum ak_eviction evict_which;
};

bool runtime_passivator_init(struct ak_system *sys)
{
    sys->passivator = ak_mem_zalloc(sizeof *sys->passivator);
    return sys->passivator != NULL && pthread_mutex_init(&sys->passivator->lock, NULL) == 0;
}

void runtime_passivator_release(struct ak_system *sys)
{
    if (sys->passivator != NULL) {
        (void)pthread_mutex_destroy(&sys->passivator->lock);
        ak_mem_free(sys->passivator->list);
        ak_mem_free(sys->passivator);
        sys->passivator = NULL;
    }
}

static uint32_t tick_of(int64_t now_ns)
{
    return (uint32_t)(now_ns / TICK_NS);
}

void runtime_passivate_touch(struct ak_system *sys, struct actor *a)
{
    struct actor_ext *ext = a->ext;
    atomic_store_explicit(&a->last_active, tick_of(ak_system_now_ns(sys)), memory_order_relaxed);
    if (ext->passivate_after_messages > 0 && !ext->passivation_paused &&
        atomic_load_explicit(&a->messages, memory_order_relaxed) >= ext->passivate_after_messages) {
        atomic_fetch_or(&a->gate, SIGNAL_STOP);
    }
}

static int64_t idle_ns(const struct ak_system *sys, const struct actor *a)
{
    const uint32_t last = atomic_load_explicit(&a->last_active, memory_order_relaxed);
    return (int64_t)(tick_of(ak_system_now_ns(sys)) - last) * TICK_NS;
}

bool runtime_passivate_still_due(struct ak_system *sys, const struct actor *a)
{
    const struct actor_ext *ext = a->ext;
    if (ext == NULL || ext->passivation_paused || a->pending.head != NULL ||
        inbox_is_chain(atomic_load(&a->inbox))) {
        return false;
    }
    return ext->passivate_after_ns > 0 && idle_ns(sys, a) >= ext->passivate_after_ns;
}

/* --- the sweep ---------------------------------------------------------------------------- */

/* Under the lock: drops actors that have ended. */
static void compact(struct ak_system *sys, struct passivator *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->count; i++) {
        if (ak_actor_is_alive(sys, p->list[i])) {
            p->list[kept++] = p->list[i];
        }
    }
    p->count = kept;
}

struct candidate {
    uint64_t key;
    struct ak_pid pid;
};

static int by_key(const void *x, const void *y)
{
    const struct candidate *a = x;
    const struct candidate *b = y;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return (a->pid.slot > b->pid.slot) - (a->pid.slot < b->pid.slot);
}

static uint64_t eviction_key(enum ak_eviction which, const struct actor *a)
{
    const uint32_t last = atomic_load_explicit(&a->last_active, memory_order_relaxed);
    if (which == AK_EVICT_LFU) {
        return atomic_load_explicit(&a->messages, memory_order_relaxed);
    }
    return which == AK_EVICT_LRU ? last : UINT32_MAX - last;
}

/* Under the lock: stops some of too many. */
static size_t evict(struct ak_system *sys, struct passivator *p)
{
    if (p->evict_limit == 0 || p->count <= p->evict_limit) {
        return 0;
    }
    struct candidate *all = ak_mem_alloc(p->count * sizeof *all);
    if (all == NULL) {
        return 0;
    }
    for (size_t i = 0; i < p->count; i++) {
        const struct actor *a = runtime_cell_at(sys, p->list[i].slot);
        all[i] = (struct candidate){eviction_key(p->evict_which, a), p->list[i]};
    }
    qsort(all, p->count, sizeof *all, by_key);
    size_t n = p->count * p->evict_percent / 100;
    n = n > 0 ? n : 1;
    n = n < p->count - p->evict_limit ? n : p->count - p->evict_limit;
    for (size_t i = 0; i < n; i++) {
        ak_actor_stop(sys, all[i].pid);
    }
    ak_mem_free(all);
    return n;
}

size_t ak_system_passivate(struct ak_system *sys)
{
    struct passivator *p = sys->passivator;
    const uint32_t now = tick_of(ak_system_now_ns(sys));
    size_t asked = 0;
    (void)pthread_mutex_lock(&p->lock);
    compact(sys, p);
    for (size_t i = 0; i < p->count; i++) {
        struct actor *a = runtime_cell_of(sys, p->list[i]);
        if (a == NULL) {
            continue;
        }
        const uint32_t after = atomic_load_explicit(&a->passivate_ticks, memory_order_relaxed);
        const uint32_t idle = now - atomic_load_explicit(&a->last_active, memory_order_relaxed);
        if (after != 0 && idle >= after) {
            runtime_signal(sys, a, p->list[i].gen, SIGNAL_PASSIVATE);
            asked++;
        }
    }
    const size_t evicted = evict(sys, p);
    (void)pthread_mutex_unlock(&p->lock);
    RUNTIME_COUNT(sys, passivated, asked + evicted);
    return asked + evicted;
}

static void sweep(struct ak_system *sys, uint64_t arg)
{
    (void)arg;
    (void)ak_system_passivate(sys);
}

/* Makes the sweep at least as frequent as period_ns. Not under the lock. */
static bool sweep_every(struct ak_system *sys, int64_t period_ns)
{
    struct passivator *p = sys->passivator;
    (void)pthread_mutex_lock(&p->lock);
    const uint64_t old = p->timer;
    const bool sooner = p->period_ns == 0 || period_ns < p->period_ns;
    if (sooner) {
        p->period_ns = period_ns;
    }
    (void)pthread_mutex_unlock(&p->lock);
    if (!sooner) {
        return true;
    }
    const uint64_t id = runtime_timer_call(sys, period_ns, period_ns, sweep, 0);
    (void)pthread_mutex_lock(&p->lock);
    p->timer = id;
    (void)pthread_mutex_unlock(&p->lock);
    if (old != 0) {
        (void)ak_timer_cancel(sys, old);
    }
    return id != 0;
}

void runtime_passivate_enter(struct ak_system *sys, struct actor *a,
                             const struct ak_passivation *opts)
{
    struct passivator *p = sys->passivator;
    a->ext->passivate_after_ns = opts->after_ns;
    a->ext->passivate_after_messages = opts->after_messages;
    atomic_store_explicit(&a->passivate_ticks, (uint32_t)((opts->after_ns + TICK_NS - 1) / TICK_NS),
                          memory_order_relaxed);
    atomic_store_explicit(&a->last_active, tick_of(ak_system_now_ns(sys)), memory_order_relaxed);
    actor_set_flag(a, ACTOR_PASSIVATES, true);
    (void)pthread_mutex_lock(&p->lock);
    if (p->count == p->cap) {
        compact(sys, p);
    }
    if (p->count == p->cap || p->count * 4 > p->cap * 3) {
        const size_t cap = p->cap == 0 ? 64 : p->cap * 2;
        struct ak_pid *more = ak_mem_alloc(cap * sizeof *more);
        if (more != NULL) {
            for (size_t i = 0; i < p->count; i++) {
                more[i] = p->list[i];
            }
            ak_mem_free(p->list);
            p->list = more;
            p->cap = cap;
        }
    }
    if (p->count < p->cap) {
        p->list[p->count++] = actor_pid(a);
    }
    (void)pthread_mutex_unlock(&p->lock);
    if (opts->after_ns > 0) {
        (void)sweep_every(sys, opts->after_ns / 4 > TICK_NS ? opts->after_ns / 4 : TICK_NS);
    }
}

bool ak_system_evict(struct ak_system *sys, size_t limit, unsigned percent, enum ak_eviction which,
                     int64_t interval_ns)
{
    struct passivator *p = sys->passivator;
    (void)pthread_mutex_lock(&p->lock);
    p->evict_limit = limit;
    p->evict_percent = percent;
    p->evict_which = which;
    (void)pthread_mutex_unlock(&p->lock);
    return sweep_every(sys, interval_ns);
}

void ak_ctx_passivation_pause(struct ak_ctx *ctx)
{
    if (ctx->turn.actor->ext != NULL) {
        ctx->turn.actor->ext->passivation_paused = true;
    }
}

void ak_ctx_passivation_resume(struct ak_ctx *ctx)
{
    struct actor *a = ctx->turn.actor;
    if (a->ext != NULL) {
        a->ext->passivation_paused = false;
        atomic_store_explicit(&a->last_active, tick_of(ak_ctx_now_ns(ctx)), memory_order_relaxed);
    }
}
