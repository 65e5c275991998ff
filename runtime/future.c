/* Futures: where a thread outside the system waits for a reply. A future's PID has FUTURE_SLOT in
 * its slot, so that a reply finds it like an actor; the generation makes late replies dead letters.
 */
#include "core.h"
#include "runtime/grain.h"
#include "runtime/memory.h"
#include "sim.h"

enum { WAITING, DONE };
enum { CHUNK_FUTURES = 64, FUTURE_CHUNKS = 64 };

struct future {
    _Atomic uint32_t state; /* futex */
    uint32_t gen;
    struct ak_msg *reply;
    uint32_t next_free; /* index + 1 */
};

struct futures {
    pthread_mutex_t lock;
    struct future *chunks[FUTURE_CHUNKS];
    uint32_t count;
    uint32_t free; /* index + 1 */
};

bool runtime_futures_init(struct ak_system *sys)
{
    sys->futures = ak_mem_zalloc(sizeof *sys->futures);
    return sys->futures != NULL && pthread_mutex_init(&sys->futures->lock, NULL) == 0;
}

void runtime_futures_release(struct ak_system *sys)
{
    struct futures *f = sys->futures;
    if (f == NULL) {
        return;
    }
    for (unsigned i = 0; i < FUTURE_CHUNKS; i++) {
        ak_mem_free(f->chunks[i]);
    }
    (void)pthread_mutex_destroy(&f->lock);
    ak_mem_free(f);
    sys->futures = NULL;
}

static struct future *at(const struct futures *f, uint32_t index)
{
    return &f->chunks[index / CHUNK_FUTURES][index % CHUNK_FUTURES];
}

/* AK_NOBODY when memory ran out. */
struct ak_pid runtime_future_take(struct ak_system *sys)
{
    struct futures *f = sys->futures;
    struct ak_pid pid = AK_NOBODY;
    (void)pthread_mutex_lock(&f->lock);
    uint32_t index = f->free - 1;
    bool have = f->free != 0;
    if (have) {
        f->free = at(f, index)->next_free;
    } else if (f->count < CHUNK_FUTURES * FUTURE_CHUNKS) {
        index = f->count;
        struct future **chunk = &f->chunks[index / CHUNK_FUTURES];
        if (*chunk == NULL) {
            *chunk = ak_mem_zalloc(CHUNK_FUTURES * sizeof **chunk);
        }
        have = *chunk != NULL;
        f->count += have;
    }
    if (have) {
        struct future *x = at(f, index);
        atomic_store(&x->state, WAITING);
        x->reply = NULL;
        x->gen++;
        pid = (struct ak_pid){FUTURE_SLOT | index, x->gen};
    }
    (void)pthread_mutex_unlock(&f->lock);
    return pid;
}

/* Ends the future's use; *out_reply as it stands. Returns its state. */
static uint32_t give(struct futures *f, struct ak_pid pid, struct ak_msg **out_reply)
{
    const uint32_t index = pid.slot & ~FUTURE_SLOT;
    (void)pthread_mutex_lock(&f->lock);
    struct future *x = at(f, index);
    const uint32_t state = atomic_load(&x->state);
    *out_reply = x->reply;
    x->reply = NULL;
    x->gen++;
    x->next_free = f->free;
    f->free = index + 1;
    (void)pthread_mutex_unlock(&f->lock);
    return state;
}

void runtime_future_complete(struct ak_system *sys, struct ak_pid future, struct ak_msg *m)
{
    struct futures *f = sys->futures;
    const uint32_t index = future.slot & ~FUTURE_SLOT;
    _Atomic uint32_t *wake = NULL;
    (void)pthread_mutex_lock(&f->lock);
    struct future *x = index < f->count ? at(f, index) : NULL;
    if (x != NULL && x->gen == future.gen && atomic_load(&x->state) == WAITING) {
        x->reply = m;
        atomic_store(&x->state, DONE);
        wake = &x->state;
    }
    (void)pthread_mutex_unlock(&f->lock);
    if (wake != NULL) {
        runtime_futex_wake(wake); /* cells of futures stay until the system ends */
    } else if (m != NULL) {
        m->sender = AK_NOBODY;
        m->tag = 0;
        runtime_dead_letter(sys, future, m);
    }
}

/* Waits until the future is done or the time has come. */
static void await(struct ak_system *sys, _Atomic uint32_t *state, int64_t deadline)
{
    while (atomic_load(state) == WAITING) {
        const int64_t now = ak_system_now_ns(sys);
        if (now >= deadline) {
            return;
        }
        if (sys->sim == NULL) {
            runtime_futex_wait(state, WAITING, deadline - now);
        } else if (ak_system_run(sys, 0, 1) == 0) {
            runtime_sim_advance(sys, deadline);
        }
    }
}

/* The reply, or why there is none; ends the future. */
enum ak_ask_result runtime_future_outcome(struct ak_system *sys, struct ak_pid pid,
                                          int64_t timeout_ns, struct ak_msg **out_reply)
{
    struct futures *f = sys->futures;
    const int64_t now = ak_system_now_ns(sys);
    const int64_t deadline = timeout_ns > INT64_MAX - now ? INT64_MAX : now + timeout_ns;
    await(sys, &at(f, pid.slot & ~FUTURE_SLOT)->state, deadline);
    struct ak_msg *reply;
    if (give(f, pid, &reply) == WAITING) {
        return AK_ASK_TIMEOUT;
    }
    if (reply == NULL) {
        return AK_ASK_DEAD;
    }
    *out_reply = reply;
    return AK_ASK_REPLIED;
}

enum ak_ask_result ak_actor_ask(struct ak_system *sys, struct ak_pid to, struct ak_msg *msg,
                                int64_t timeout_ns, struct ak_msg **out_reply)
{
    const struct ak_pid pid = runtime_future_take(sys);
    if (pid.slot == SLOT_NOBODY) {
        ak_msg_free(msg);
        return AK_ASK_NO_MEMORY;
    }
    (void)ak_actor_tell(sys, to, pid, msg);
    return runtime_future_outcome(sys, pid, timeout_ns, out_reply);
}

enum ak_ask_result ak_grain_ask(struct ak_system *sys, const struct ak_grain_kind *kind,
                                const char *id, struct ak_msg *msg, int64_t timeout_ns,
                                struct ak_msg **out_reply)
{
    const struct ak_pid pid = runtime_future_take(sys);
    if (pid.slot == SLOT_NOBODY) {
        ak_msg_free(msg);
        return AK_ASK_NO_MEMORY;
    }
    (void)ak_grain_tell(sys, kind, id, pid, msg);
    return runtime_future_outcome(sys, pid, timeout_ns, out_reply);
}
