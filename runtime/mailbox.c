#include "mailbox.h"

#include "base/clock.h"
#include "base/hash.h"
#include "ext.h"
#include "runtime/memory.h"
#include "runtime/prof.h"

enum { FAIR_QUEUES = 64 };

struct ranked {
    uint32_t priority;
    uint64_t order; /* of arrival */
    struct ak_msg *msg;
};

struct mailbox {
    struct ak_mailbox_opts opts;
    /* AK_MAILBOX_PRIORITY: a binary heap */
    struct ranked *heap;
    size_t heap_count, heap_cap;
    uint64_t arrivals;
    struct msg_list overflow; /* when memory for the heap ran out: after it, in order of arrival */
    /* AK_MAILBOX_FAIR: queues by hash of the sender, served in turn */
    struct msg_list fair[FAIR_QUEUES];
    unsigned fair_next;
    size_t fair_count;
};

bool runtime_mailbox_attach(struct actor *a, const struct ak_mailbox_opts *opts)
{
    if (opts->capacity > 0) {
        actor_set_flag(a, ACTOR_BOUNDED, true);
        a->full_policy = (uint8_t)opts->full;
        atomic_store_explicit(&a->queued, 0, memory_order_relaxed);
        atomic_store_explicit(&a->capacity, opts->capacity, memory_order_relaxed);
    }
    if (opts->order == AK_MAILBOX_FIFO) {
        return true;
    }
    a->ext->mailbox = ak_mem_zalloc(sizeof *a->ext->mailbox);
    if (a->ext->mailbox == NULL) {
        return false;
    }
    a->ext->mailbox->opts = *opts;
    actor_set_flag(a, ACTOR_ORDERED, true);
    return true;
}

/* --- the bound ------------------------------------------------------------------------------ */

/* A millisecond at most: the actor may end while it is full. */
static void wait_for_room(struct actor *a, uint32_t queued)
{
    const bool timed = ak_prof_contention_running();
    const int64_t begin = timed ? ak_clock_monotonic_ns() : 0;
    runtime_futex_wait(&a->queued, queued, 1000000);
    if (timed) {
        ak_prof_wait("mailbox", (uint64_t)(ak_clock_monotonic_ns() - begin));
    }
}

bool runtime_mailbox_enter(struct ak_system *sys, struct actor *a)
{
    uint32_t n = atomic_load(&a->queued);
    for (;;) {
        if (n < atomic_load_explicit(&a->capacity, memory_order_relaxed)) {
            if (atomic_compare_exchange_weak(&a->queued, &n, n + 1)) {
                return true;
            }
            continue;
        }
        const bool outside = runtime_worker_here(sys) == NULL && sys->sim == NULL;
        if (a->full_policy != AK_FULL_BLOCK || !outside || atomic_load(&a->inbox) == INBOX_CLOSED) {
            return false;
        }
        wait_for_room(a, n);
        n = atomic_load(&a->queued);
    }
}

void runtime_mailbox_left(struct actor *a)
{
    const uint32_t before = atomic_fetch_sub(&a->queued, 1);
    if (a->full_policy == AK_FULL_BLOCK &&
        before >= atomic_load_explicit(&a->capacity, memory_order_relaxed)) {
        runtime_futex_wake(&a->queued);
    }
}

/* --- priority ------------------------------------------------------------------------------- */

static bool comes_before(const struct ranked *x, const struct ranked *y)
{
    return x->priority != y->priority ? x->priority < y->priority : x->order < y->order;
}

static bool heap_room(struct mailbox *b)
{
    if (b->heap_count < b->heap_cap) {
        return true;
    }
    const size_t cap = b->heap_cap == 0 ? 32 : b->heap_cap * 2;
    struct ranked *heap = ak_mem_alloc(cap * sizeof *heap);
    if (heap == NULL) {
        return false;
    }
    for (size_t i = 0; i < b->heap_count; i++) {
        heap[i] = b->heap[i];
    }
    ak_mem_free(b->heap);
    b->heap = heap;
    b->heap_cap = cap;
    return true;
}

static void heap_push(struct mailbox *b, struct ak_msg *m)
{
    if (!heap_room(b)) {
        msg_list_push(&b->overflow, m);
        return;
    }
    const struct ranked r = {b->opts.priority(m), b->arrivals++, m};
    size_t i = b->heap_count++;
    while (i > 0 && comes_before(&r, &b->heap[(i - 1) / 2])) {
        b->heap[i] = b->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    b->heap[i] = r;
}

static struct ak_msg *heap_pop(struct mailbox *b)
{
    if (b->heap_count == 0) {
        return msg_list_pop(&b->overflow);
    }
    struct ak_msg *m = b->heap[0].msg;
    const struct ranked last = b->heap[--b->heap_count];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < b->heap_count; i = child) {
        if (child + 1 < b->heap_count && comes_before(&b->heap[child + 1], &b->heap[child])) {
            child++;
        }
        if (!comes_before(&b->heap[child], &last)) {
            break;
        }
        b->heap[i] = b->heap[child];
    }
    b->heap[i] = last;
    return m;
}

/* --- fair ----------------------------------------------------------------------------------- */

static struct ak_msg *fair_pop(struct mailbox *b)
{
    for (unsigned i = 0; b->fair_count > 0 && i < FAIR_QUEUES; i++) {
        struct msg_list *l = &b->fair[b->fair_next];
        b->fair_next = (b->fair_next + 1) % FAIR_QUEUES;
        struct ak_msg *m = msg_list_pop(l);
        if (m != NULL) {
            b->fair_count--;
            return m;
        }
    }
    return NULL;
}

/* --- both ----------------------------------------------------------------------------------- */

void runtime_mailbox_take(struct mailbox *b, struct msg_list *list)
{
    struct ak_msg *m;
    while ((m = msg_list_pop(list)) != NULL) {
        if (b->opts.order == AK_MAILBOX_PRIORITY) {
            heap_push(b, m);
        } else {
            const uint64_t h = ak_hash_u64((uint64_t)m->sender.slot << 32 | m->sender.gen);
            msg_list_push(&b->fair[h % FAIR_QUEUES], m);
            b->fair_count++;
        }
    }
}

struct ak_msg *runtime_mailbox_next(struct mailbox *b)
{
    return b->opts.order == AK_MAILBOX_PRIORITY ? heap_pop(b) : fair_pop(b);
}

bool runtime_mailbox_has(const struct mailbox *b)
{
    return b->heap_count > 0 || b->overflow.head != NULL || b->fair_count > 0;
}

void runtime_mailbox_free(struct ak_system *sys, struct mailbox *b, struct ak_pid pid)
{
    if (b == NULL) {
        return;
    }
    struct ak_msg *m;
    while ((m = runtime_mailbox_next(b)) != NULL) {
        runtime_dead_letter(sys, pid, m);
    }
    ak_mem_free(b->heap);
    ak_mem_free(b);
}
