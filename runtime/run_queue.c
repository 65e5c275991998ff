#include "run_queue.h"

enum { INJECT_BATCH = 32 };

void runtime_inject(struct ak_system *sys, struct actor *a)
{
    a->run_next = NULL;
    (void)pthread_mutex_lock(&sys->queue_lock);
    if (sys->queue_head == NULL) {
        sys->queue_head = a;
    } else {
        sys->queue_tail->run_next = a;
    }
    sys->queue_tail = a;
    atomic_fetch_add(&sys->queue_len, 1);
    (void)pthread_mutex_unlock(&sys->queue_lock);
}

/* Into w's ring, or the injection queue when that is full. */
static void push_chain(struct worker *w, struct actor *a)
{
    for (struct actor *next; a != NULL; a = next) {
        next = a->run_next;
        if (!runtime_ring_push(&w->ring, a)) {
            runtime_inject(w->sys, a);
        }
    }
}

struct actor *runtime_take_injected(struct worker *w)
{
    struct ak_system *sys = w->sys;
    if (atomic_load(&sys->queue_len) == 0) {
        return NULL;
    }
    (void)pthread_mutex_lock(&sys->queue_lock);
    struct actor *first = sys->queue_head;
    struct actor *last = first;
    size_t n = first != NULL;
    const size_t share = atomic_load(&sys->queue_len) / sys->worker_count + 1;
    while (n > 0 && n < share && n < INJECT_BATCH && last->run_next != NULL) {
        last = last->run_next;
        n++;
    }
    if (n > 0) {
        sys->queue_head = last->run_next;
        last->run_next = NULL;
        atomic_fetch_sub(&sys->queue_len, n);
    }
    (void)pthread_mutex_unlock(&sys->queue_lock);
    if (first != NULL) {
        push_chain(w, first->run_next);
    }
    return first;
}

void runtime_move_to(struct worker *to, struct actor *a)
{
    struct actor *seen = atomic_load_explicit(&to->moved, memory_order_relaxed);
    do {
        a->run_next = seen;
    } while (!atomic_compare_exchange_weak(&to->moved, &seen, a));
}

void runtime_take_moved(struct worker *from, struct worker *w)
{
    push_chain(w, atomic_exchange(&from->moved, NULL));
}
