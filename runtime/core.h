/* Private: the system, its workers, and the functions by which the files of the runtime work
 * together. Rule of the threads: a function with a `struct turn *` is called by the owner of an
 * actor's turn. */
#ifndef RUNTIME_CORE_H
#define RUNTIME_CORE_H

#include "base/str.h"
#include "cell.h"
#include "runtime/system.h"

#include <pthread.h>

struct ak_prof_labels;

enum {
    CHUNK_FIRST_SHIFT = 8, /* chunk k holds 256 << k cells */
    CHUNKS = 17,           /* 32 M actors */
    RING_SIZE = 2048,
    STEAL_MAX = 256,
    WORKERS_MAX = 64,
    TREE_LOCKS = 64,
    NAME_SHARDS = 16,
    HOOKS_MAX = 16,
    LIFO_RUN_MAX = 64, /* consecutive turns from the LIFO slot */
};

/* Slots of the guardians; children of the user guardian are what ak_actor_spawn makes. */
enum { SLOT_NOBODY = 0, SLOT_USER = 1, SLOT_GRAINS = 2, SLOT_FIRST_FREE = 3 };

/* Flags of a message. */
enum {
    MSG_INTERNAL = 1,  /* for the runtime, ahead of user messages */
    MSG_UNCOUNTED = 2, /* not part of a bounded mailbox's count */
    MSG_REPLY = 4,     /* carries the tag of a request */
    MSG_TIMED = 8,     /* of the block: see msg_wait.h. Stays set for the block's life */
};

/* Types of internal messages. */
enum {
    INTERNAL_STOP = 1, /* AK_STOP_MESSAGE's stop */
    INTERNAL_WATCH,    /* payload: the watcher's pid; becomes the AK_MSG_TERMINATED sent to it */
    INTERNAL_UNWATCH,  /* payload: the watcher's pid */
    INTERNAL_FAILED,   /* payload: struct ak_child_failed */
    INTERNAL_TIMEOUT,  /* of a request; tag */
};

struct counters {
    _Atomic uint64_t messages, spawned, stopped, dead_letters, failures, restarts;
    _Atomic uint64_t turns, steals, parks, wakes, passivated, activated;
};

/* Runnable actors of one worker: pushed by it, taken by it and by thieves (compare-and-swap on
 * head). Positions only grow, so an entry that was overwritten is never taken. */
struct ring {
    alignas(64) _Atomic uint64_t head;
    alignas(64) _Atomic uint64_t tail;
    _Atomic(struct actor *) at[RING_SIZE];
};

/* What a handler sees as its context. One for each worker. */
struct turn {
    struct ak_system *sys;
    struct worker *worker; /* NULL: a thread outside the system */
    struct actor *actor;
    struct ak_msg *msg; /* being handled; NULL when the handler took it */
    void *arg;
    uint32_t tag; /* of the message being handled */
    struct ak_pid sender;
    unsigned handled;    /* messages not yet booked in the actor's count */
    bool bulk;           /* the whole system stops: names are dropped together */
    struct actor *freed; /* cells to give back together */
    struct actor *freed_last;
    struct ak_prof_labels *labels; /* of this thread while the turn runs; NULL outside a turn */
};
struct ak_ctx {
    struct turn turn;
};

struct worker {
    struct ak_system *sys;
    unsigned index;
    pthread_t thread;
    struct actor *lifo; /* made runnable by the turn that runs, run next */
    unsigned lifo_runs;
    struct actor *held_first; /* senders held back, by run_next; see worker.c */
    struct actor *held_last;
    int64_t held_since_ns;
    bool floods;          /* the turn that runs has told a flooded actor */
    uint8_t flooded_home; /* whose worker this is */
    uint64_t random;
    bool urgent;         /* the next theft need not be worth it: someone has waited for long */
    unsigned since_look; /* turns since the clock was read */
    int64_t looked_ns;
    struct ak_ctx ctx;                 /* of its turns */
    _Atomic uint32_t turn_ns;          /* mean length of the last turns */
    _Atomic(struct actor *) moved;     /* by other workers to this one, by run_next */
    alignas(64) _Atomic uint32_t wake; /* futex; see worker.c */
    struct counters count;
    struct ring ring;
};

struct name_shard {
    pthread_mutex_t lock;
    struct name_entry *entries;
    uint32_t cap; /* power of two, or 0 */
    uint32_t count;
};

struct ak_system {
    struct ak_system_opts opts;
    unsigned batch;   /* messages of a turn */
    bool batch_fixed; /* a turn of short messages may not go on */
    unsigned worker_count;
    struct worker *workers;     /* worker_count of them */
    _Atomic uint64_t idle_mask; /* bit i: worker i is parked or about to be */
    _Atomic uint32_t searching; /* workers awake that look for work of others */
    atomic_bool quit;
    _Atomic uint32_t ready; /* futex: workers that have all they need */
    atomic_bool watched;    /* a sleeping worker looks at the rings now and then */

    pthread_mutex_t
        queue_lock; /* injection queue: from threads outside, and what a ring had no room for */
    struct actor *queue_head;
    struct actor *queue_tail;
    _Atomic size_t queue_len;

    _Atomic(struct actor *) chunks[CHUNKS];
    void *chunk_blocks[CHUNKS];
    pthread_mutex_t cells_lock;
    struct actor *free_cells;    /* under cells_lock */
    _Atomic uint32_t cells_used; /* written under cells_lock */

    pthread_mutex_t tree_locks[TREE_LOCKS];
    struct name_shard names[NAME_SHARDS];

    atomic_bool stopping;            /* user messages and spawns are refused */
    _Atomic size_t live;             /* user actors and grains */
    _Atomic uint32_t guardians_done; /* futex: guardians that have ended */
    pthread_mutex_t stop_lock;
    struct ak_hook hooks[HOOKS_MAX];
    size_t hook_count;

    struct counters outside; /* by threads that are no workers; read-modify-write */
    struct futures *futures;
    struct timers *timers;
    struct events *events;
    struct topics *topics;
    struct passivator *passivator;
    struct simulation *sim; /* deterministic mode */
    _Atomic uint32_t request_tag;
};

/* --- cells.c -----------------------------------------------------------------------------------
 */

/* A cell with inbox CLOSED, or NULL when memory ran out. */
struct actor *runtime_cell_take(struct ak_system *sys);
/* Gives back a chain (run_next) of cells whose inbox is CLOSED. */
void runtime_cells_give(struct ak_system *sys, struct actor *first, struct actor *last);
/* Slots below this have been in use. */
uint32_t runtime_cells_used(const struct ak_system *sys);
/* What the actor does, for reports: a literal. */
const char *runtime_actor_state(const struct actor *a);
void runtime_cells_release(struct ak_system *sys);
/* The chunk of a slot, and where it stands in it. */
static inline unsigned runtime_chunk_of(uint32_t slot)
{
    return 31u - (unsigned)__builtin_clz((slot >> CHUNK_FIRST_SHIFT) + 1);
}
static inline uint32_t runtime_chunk_index(uint32_t slot, unsigned k)
{
    return slot - (((1u << k) - 1) << CHUNK_FIRST_SHIFT);
}
/* The cell of a slot that is or was in use: never NULL. */
__attribute__((returns_nonnull)) static inline struct actor *
runtime_cell_at(const struct ak_system *sys, uint32_t slot)
{
    const unsigned k = runtime_chunk_of(slot);
    struct actor *chunk = atomic_load_explicit(&sys->chunks[k], memory_order_acquire);
    return chunk + runtime_chunk_index(slot, k);
}
/* The actor of pid, or NULL when it has ended. It may end at any moment. */
static inline struct actor *runtime_cell_of(const struct ak_system *sys, struct ak_pid pid)
{
    const unsigned k = runtime_chunk_of(pid.slot);
    struct actor *chunk =
        k < CHUNKS ? atomic_load_explicit(&sys->chunks[k], memory_order_acquire) : NULL;
    if (__builtin_expect(chunk == NULL, 0)) {
        return NULL;
    }
    struct actor *a = chunk + runtime_chunk_index(pid.slot, k);
    return actor_gen(a) == pid.gen && pid.slot != SLOT_NOBODY ? a : NULL;
}
static inline pthread_mutex_t *runtime_tree_lock(struct ak_system *sys, uint32_t slot)
{
    return &sys->tree_locks[slot % TREE_LOCKS];
}

/* --- names.c -----------------------------------------------------------------------------------
 */

uint32_t runtime_name_hash(const char *name, size_t len); /* never 0 */
const char *runtime_actor_name(const struct actor *a);    /* "" when anonymous */
/* Enters a's name. False when another living actor has it (its slot in *out_other when not NULL) or
 * memory ran out (*out_other SLOT_NOBODY). */
bool runtime_names_add(struct ak_system *sys, const struct actor *a, struct ak_pid *out_other);
void runtime_names_remove(struct ak_system *sys, const struct actor *a);
struct ak_pid runtime_names_find(struct ak_system *sys, const char *name, size_t len);
/* Pushes msg to the actor of this name while the name keeps its cell from being used again. False:
 * there is none. */
bool runtime_names_push(struct ak_system *sys, struct ak_str name, struct ak_msg *msg);
/* Copies the name of a living actor. False when it has ended. */
bool runtime_names_copy(struct ak_system *sys, struct ak_pid pid, char out_name[256]);
void runtime_names_clear(struct ak_system *sys); /* drops all entries, keeps the memory */
bool runtime_names_init(struct ak_system *sys);
void runtime_names_release(struct ak_system *sys);

/* --- worker.c ----------------------------------------------------------------------------------
 */

/* Queues an actor whose turn the caller owns. */
void runtime_schedule(struct ak_system *sys, struct actor *a);
/* The same, behind all that this worker has to run: for an actor whose turn used up its batch. */
void runtime_schedule_last(struct ak_system *sys, struct actor *a);
/* The same for an actor that told a flooded one: it is held back for a moment. */
void runtime_hold_back(struct worker *w, struct actor *a);
/* The worker that runs on this thread for sys, or NULL. */
extern _Thread_local struct worker *runtime_worker_tls __attribute__((tls_model("initial-exec")));
static inline struct worker *runtime_worker_here(const struct ak_system *sys)
{
    struct worker *w = runtime_worker_tls;
    return w != NULL && w->sys == sys ? w : NULL;
}
bool runtime_workers_start(struct ak_system *sys);
void runtime_workers_join(struct ak_system *sys);
static inline void runtime_counter_add(_Atomic uint64_t *counter, uint64_t n)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
                          memory_order_relaxed);
}
/* Adds to a counter of this thread's worker, or to the shared one. */
#define RUNTIME_COUNT(sys, field, n)                                                               \
    do {                                                                                           \
        struct worker *here_ = runtime_worker_here(sys);                                           \
        if (here_ != NULL) {                                                                       \
            runtime_counter_add(&here_->count.field, (n));                                         \
        } else {                                                                                   \
            atomic_fetch_add_explicit(&(sys)->outside.field, (n), memory_order_relaxed);           \
        }                                                                                          \
    } while (0)

/* In a loop that looks at what another thread writes. */
static inline void runtime_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}
void runtime_futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t timeout_ns);
void runtime_futex_wake(_Atomic uint32_t *word);

/* --- turn.c ------------------------------------------------------------------------------------
 */

/* Runs a turn of an actor that the caller owns: signals, then up to `batch` messages, then gives
 * the turn back (or queues the actor again). The actor may have ended afterwards. */
void runtime_turn_run(struct ak_system *sys, struct worker *w, struct actor *a);
/* Moves what arrived to `pending`, oldest first, internal messages ahead. The inbox becomes
 * `leave`: INBOX_BUSY, or INBOX_CLOSED at the end. */
void runtime_turn_drain(struct ak_system *sys, struct actor *a, uintptr_t leave);
/* Gives the turn back. False: new messages or signals came, the caller still owns it. */
bool runtime_turn_release(struct actor *a);
/* Suspends the actor after a failure and asks the parent. */
void runtime_turn_failed(struct turn *t, int reason);
/* Names `a` as what the thread works on, for profiles. */
void runtime_turn_label(struct turn *t, const struct actor *a);
/* Names the part of an actor's life that runs instead of a message (a literal), NULL: none. Returns
 * what was named before. */
const char *runtime_turn_label_phase(struct turn *t, const char *phase);
/* Sets signals of the use `gen` of the cell and, when the actor is idle, queues it. Nothing when
 * that use has ended. */
void runtime_signal(struct ak_system *sys, struct actor *a, uint32_t gen, uint32_t signals);
/* Pushes into the mailbox; returns the word before. INBOX_IDLE: the caller owns the turn now and
 * must queue it. INBOX_CLOSED: nothing was pushed. */
uintptr_t runtime_inbox_push(struct actor *a, struct ak_msg *m);
/* Pushes into the mailbox and queues. False (the caller keeps m) when no actor is there. */
bool runtime_push(struct ak_system *sys, struct actor *a, struct ak_msg *m);
/* Sends a message of the runtime: not refused while stopping, not bounded. Dead letter when late.
 */
void runtime_send(struct ak_system *sys, struct ak_pid to, struct ak_msg *m);

/* --- spawn.c -----------------------------------------------------------------------------------
 */

struct ak_pid runtime_spawn(struct turn *t, struct actor *parent, const struct ak_spawn_opts *opts,
                            enum ak_spawn_error *out_error);
/* State and pre_start of a's first or next start. 0, or the reason of the failure. */
int runtime_actor_start(struct turn *t, struct actor *a, void *arg);
void runtime_state_free(struct actor *a);
/* Makes a grain's actor, owned by the caller, that starts in its first turn. NULL: there is one
 * already
 * (*out_other) or it cannot be made (*out_other nobody). */
struct actor *runtime_spawn_grain(struct ak_system *sys, const struct ak_spawn_opts *opts,
                                  struct ak_pid *out_pid, struct ak_pid *out_other);

/* --- stop.c ------------------------------------------------------------------------------------
 */

/* Stops the tree below and with `root`, whose turn the caller owns and loses. */
void runtime_stop_tree(struct turn *t, struct actor *root);
/* The last child of a stopping actor has ended; the caller owns the turn and loses it when this
 * gives true. */
bool runtime_stop_children_gone(struct turn *t, struct actor *a);
/* Takes a from its parent's list and `count` from the parent's count, and tells the parent when
 * that was the last child it waits for. */
void runtime_stop_leave_parent(struct ak_system *sys, struct actor *a, uint32_t count);
/* Closes an actor's mailbox: what stands in it becomes dead letters, watchers are told, the cell's
 * generation ends and it joins t->freed. */
void runtime_stop_close(struct turn *t, struct actor *a);

/* --- dead letters, futures, requests, supervision, watching: one file each ----------------------
 */

/* Ends a message that reached nobody: tells the asker, counts, publishes, frees. */
void runtime_dead_letter(struct ak_system *sys, struct ak_pid to, struct ak_msg *m);

bool runtime_futures_init(struct ak_system *sys);
void runtime_futures_release(struct ak_system *sys);
/* PIDs of futures have this bit in their slot. */
#define FUTURE_SLOT 0x80000000u
/* A future that waits, AK_NOBODY when memory ran out. */
struct ak_pid runtime_future_take(struct ak_system *sys);
/* Waits for its reply and ends it; see ak_actor_ask. */
enum ak_ask_result runtime_future_outcome(struct ak_system *sys, struct ak_pid pid,
                                          int64_t timeout_ns, struct ak_msg **out_reply);
/* Completes the future with m (NULL: the asked actor is dead). Takes m. */
void runtime_future_complete(struct ak_system *sys, struct ak_pid future, struct ak_msg *m);

void runtime_watch_add(struct actor *a, struct ak_msg *m);
void runtime_watch_remove(struct actor *a, const struct ak_msg *m);
/* `dead` has ended: sends the prepared notices. */
void runtime_watch_notify(struct ak_system *sys, struct ak_pid dead, struct ak_msg *watchers);

void runtime_supervise(struct turn *t, const struct ak_msg *m); /* in the parent's turn */

#endif
