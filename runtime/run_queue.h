/* Private: where runnable actors wait: a worker's ring, the injection queue of the system, and what
 * other workers have moved to a worker. An actor stands in one of them at most, and whoever takes
 * it there owns its turn. */
#ifndef RUNTIME_RUN_QUEUE_H
#define RUNTIME_RUN_QUEUE_H

#include "core.h"

/* By the ring's worker. False when full. */
static inline bool runtime_ring_push(struct ring *r, struct actor *a)
{
    const uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
    if (tail - atomic_load_explicit(&r->head, memory_order_acquire) == RING_SIZE) {
        return false;
    }
    atomic_store_explicit(&r->at[tail % RING_SIZE], a, memory_order_relaxed);
    atomic_store_explicit(&r->tail, tail + 1, memory_order_release);
    return true;
}

/* Takes up to `max` of the oldest entries into out, half of what is there when `half`. Any thread.
 */
static inline size_t runtime_ring_take(struct ring *r, struct actor **out, size_t max, bool half)
{
    uint64_t head = atomic_load_explicit(&r->head, memory_order_acquire);
    for (;;) {
        const uint64_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
        const uint64_t there = tail - head;
        if (there == 0 || there > RING_SIZE) { /* the latter: head is stale */
            if (there == 0) {
                return 0;
            }
            head = atomic_load_explicit(&r->head, memory_order_acquire);
            continue;
        }
        uint64_t n = half ? there - there / 2 : there;
        n = n < max ? n : max;
        for (uint64_t i = 0; i < n; i++) {
            out[i] = atomic_load_explicit(&r->at[(head + i) % RING_SIZE], memory_order_relaxed);
        }
        if (atomic_compare_exchange_weak_explicit(&r->head, &head, head + n, memory_order_acq_rel,
                                                  memory_order_acquire)) {
            return (size_t)n;
        }
    }
}

static inline bool runtime_ring_is_empty(const struct ring *r)
{
    return atomic_load(&r->head) == atomic_load(&r->tail);
}

/* Queues for any worker. Any thread. */
void runtime_inject(struct ak_system *sys, struct actor *a);
/* Takes one injected actor to run and moves a few more into w's ring. By w. NULL: there is none. */
struct actor *runtime_take_injected(struct worker *w);

/* Moves a, whose turn the caller owns, to another worker's care. Any worker. */
void runtime_move_to(struct worker *to, struct actor *a);
static inline bool runtime_has_moved(const struct worker *w)
{
    return atomic_load(&w->moved) != NULL;
}
/* Takes what was moved to `from` into the ring of w. By w. */
void runtime_take_moved(struct worker *from, struct worker *w);

#endif
