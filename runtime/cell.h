/* Private: the actor's cell, three cache lines, and its mailbox word.
 *
 * The mailbox word `inbox` is also the scheduling flag and the ownership of the actor's turn:
 *   INBOX_IDLE     no message, nobody owns the turn
 *   INBOX_BUSY     owned (queued, running, or claimed by a stopper), nothing new
 *   INBOX_CLOSED   no actor here
 *   other          owned, and the newest message of a last-in-first-out chain
 * A sender pushes with one compare-and-swap; the sender that moves it from IDLE owns the turn and
 * queues the actor. The owner takes the whole chain and reverses it. Whoever moves IDLE to BUSY
 * without a message (to deliver a signal, to stop in bulk) owns the turn in the same way.
 *
 * Fields without a comment on their writer are written by the owner of the turn only. */
#ifndef RUNTIME_CELL_H
#define RUNTIME_CELL_H

#include "runtime/actor.h"

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>

#define INBOX_IDLE ((uintptr_t)0)
#define INBOX_BUSY ((uintptr_t)1)
#define INBOX_CLOSED ((uintptr_t)2)

/* Requests that need no message: set by anybody, merged, handled before messages. */
enum {
    SIGNAL_STOP = 1,
    SIGNAL_RESTART = 2,
    SIGNAL_RESUME = 4,
    SIGNAL_CHILDREN_GONE = 8, /* the last child of a stopping actor has ended */
    SIGNAL_START = 16,        /* a grain's first turn: pre_start, then messages */
    SIGNAL_PASSIVATE = 32,
};

/* X(name, what a stop's report says) */
#define PHASE_MAP(X)                                                                               \
    X(FREE, "ended")                                                                               \
    X(STARTING, "starting")                                                                        \
    X(RUNNING, "running a message")                                                                \
    X(SUSPENDED, "suspended after a failure")                                                      \
    X(STOPPING, "waiting for its children")                                                        \
    X(POST_STOP, "in PostStop")
enum phase {
#define X(name, text) PHASE_##name,
    PHASE_MAP(X)
#undef X
};

enum {
    ACTOR_BOUNDED = 1,    /* senders count in queued */
    ACTOR_GRAIN = 2,      /* addressed by identity; leftover messages activate it again */
    ACTOR_GUARDIAN = 4,   /* the runtime's own */
    ACTOR_RESTARTING = 8, /* STOPPING its children in order to start again */
    ACTOR_ORDERED = 16,   /* mailbox with an order of its own (priority, fair) in ext */
    ACTOR_PASSIVATES = 32,
    ACTOR_LONG_NAME = 64, /* name is in ext */
    ACTOR_DETACHED = 128, /* claimed: not in the parent's list, still in its count */
    ACTOR_NAMED = 512,    /* has a name that stands in the cell */
    ACTOR_FLOODED = 256,  /* many messages came at once: who tells it more is held back a little */
};

enum { NAME_INLINE = 35, NAME_MAX_BYTES = 255 };

struct msg_list {
    struct ak_msg *head;
    struct ak_msg *tail;
};

struct actor_ext;

struct actor {
    /* What telling and a turn touch. */
    alignas(64) _Atomic uintptr_t inbox;
    _Atomic uint64_t gate;   /* generation << 32 | signals; the generation changes when CLOSED */
    struct msg_list pending; /* taken from the inbox, oldest first */
    ak_receive_fn *receive;
    void *state;
    _Atomic(const struct ak_actor_class *) class;
    _Atomic uint32_t name_hash; /* 0: anonymous */
    _Atomic uint16_t flags;
    _Atomic uint8_t phase; /* written by the owner, read by reports */
    uint8_t name_len;

    alignas(64) _Atomic uint64_t messages; /* handled */
    struct actor_ext *ext;                 /* NULL for most actors */
    struct actor *run_next; /* in the injection queue, a free list or a stopper's chain */
    const struct ak_supervisor *supervisor;
    uint32_t slot;
    uint32_t parent;              /* constant while alive */
    _Atomic uint32_t first_child; /* the tree's links: under the parent's tree lock */
    uint32_t next_sibling;
    uint32_t prev_sibling;
    _Atomic uint32_t child_count; /* under this actor's tree lock */
    bool awaits_children;         /* under this actor's tree lock */
    bool stop_seen;               /* a stopper was here: under the parent's tree lock */
    uint8_t full_policy;          /* enum ak_full_policy */
    _Atomic uint8_t home;         /* worker of the last turn */
    _Atomic uint32_t queued;      /* futex; bounded mailbox: messages told and not yet taken out */

    alignas(64) int64_t window_start_ns; /* of counted failures */
    _Atomic uint32_t failures;           /* in the window */
    _Atomic uint32_t capacity;           /* of a bounded mailbox */
    _Atomic uint32_t last_active;        /* milliseconds of the system's clock, for passivation */
    _Atomic uint32_t passivate_ticks;    /* ms of idleness after which the sweep asks; 0: never */
    _Atomic uint32_t spawn_stack;        /* of ak_prof_spawn_stack */
    char name[NAME_INLINE + 1];
};
static_assert(sizeof(struct actor) == 192, "three cache lines");

static inline bool inbox_is_chain(uintptr_t word)
{
    return word > INBOX_CLOSED;
}

/* The generation of the present use of the cell, or of the next one while CLOSED. */
static inline uint32_t actor_gen(const struct actor *a)
{
    return (uint32_t)(atomic_load_explicit(&a->gate, memory_order_acquire) >> 32);
}

static inline uint32_t actor_signals(const struct actor *a)
{
    return (uint32_t)atomic_load(&a->gate);
}

static inline struct ak_pid actor_pid(const struct actor *a)
{
    return (struct ak_pid){a->slot, actor_gen(a)};
}

static inline enum phase actor_phase(const struct actor *a)
{
    return (enum phase)atomic_load_explicit(&a->phase, memory_order_relaxed);
}

static inline void actor_set_phase(struct actor *a, enum phase p)
{
    atomic_store_explicit(&a->phase, (uint8_t)p, memory_order_relaxed);
}

static inline bool actor_has(const struct actor *a, unsigned flag)
{
    return (atomic_load_explicit(&a->flags, memory_order_relaxed) & flag) != 0;
}

static inline void actor_set_flag(struct actor *a, unsigned flag, bool on)
{
    const unsigned f = atomic_load_explicit(&a->flags, memory_order_relaxed);
    atomic_store_explicit(&a->flags, (uint16_t)(on ? f | flag : f & ~flag), memory_order_relaxed);
}

/* Moves IDLE to BUSY: the caller owns the turn. */
static inline bool actor_claim(struct actor *a)
{
    uintptr_t idle = INBOX_IDLE;
    return atomic_compare_exchange_strong(&a->inbox, &idle, INBOX_BUSY);
}

static inline void msg_list_push(struct msg_list *l, struct ak_msg *m)
{
    m->next = NULL;
    if (l->head == NULL) {
        l->head = m;
    } else {
        l->tail->next = m;
    }
    l->tail = m;
}

static inline struct ak_msg *msg_list_pop(struct msg_list *l)
{
    struct ak_msg *m = l->head;
    if (m != NULL) {
        l->head = m->next;
    }
    return m;
}

/* Puts the list `front` before `l`; front becomes empty. */
static inline void msg_list_prepend(struct msg_list *l, struct msg_list *front)
{
    if (front->head == NULL) {
        return;
    }
    front->tail->next = l->head;
    if (l->head == NULL) {
        l->tail = front->tail;
    }
    l->head = front->head;
    front->head = NULL;
}

#endif
