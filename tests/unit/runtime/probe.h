/* Helpers of the runtime's tests: an actor that counts, answers, fails and spawns on request. */
#ifndef TESTS_RUNTIME_PROBE_H
#define TESTS_RUNTIME_PROBE_H

#include "runtime/actor.h"
#include "runtime/grain.h"
#include "runtime/memory.h"
#include "runtime/supervision.h"
#include "runtime/system.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* After what it needs. */
#include <cmocka.h>

enum {
    PROBE_COUNT = 1,
    PROBE_ASK,
    PROBE_FAIL,
    PROBE_SPAWN,
    PROBE_STOP,
    PROBE_SLEEP_MS,
    PROBE_SPIN
};

#define SECOND INT64_C(1000000000)
#define MILLI INT64_C(1000000)

/* What the probes of a test did, over all of them. */
struct probe_totals {
    _Atomic uint64_t started, handled, stopped, terminated, timers, events;
    _Atomic int inside; /* handlers of one actor that run at once: must never be above 1 */
    _Atomic uint64_t overlaps;
    _Atomic uint64_t order; /* PostStops are numbered */
};
static struct probe_totals probe;

struct probe_state {
    atomic_int inside;
    uint64_t handled;
};

static inline void probe_enter(struct probe_state *s)
{
    if (atomic_fetch_add(&s->inside, 1) != 0) {
        atomic_fetch_add(&probe.overlaps, 1);
    }
}

static inline void probe_leave(struct probe_state *s)
{
    atomic_fetch_sub(&s->inside, 1);
}

static inline uint64_t probe_u64(const struct ak_msg *m)
{
    uint64_t v = 0;
    memcpy(&v, ak_msg_view(m), m->size < sizeof v ? m->size : sizeof v);
    return v;
}

static inline struct ak_msg *probe_msg(uint32_t type, uint64_t v)
{
    return ak_msg_of(type, &v, sizeof v);
}

static inline int probe_handle(struct ak_ctx *ctx, struct ak_msg *msg, struct probe_state *s);

static int probe_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    struct probe_state *s = ak_ctx_state(ctx);
    probe_enter(s);
    const int reason = probe_handle(ctx, msg, s);
    probe_leave(s);
    return reason;
}

static int probe_start(struct ak_ctx *ctx)
{
    (void)ctx;
    atomic_fetch_add(&probe.started, 1);
    return 0;
}

static void probe_stop(struct ak_ctx *ctx)
{
    struct probe_state *s = ak_ctx_state(ctx);
    probe_enter(s);
    atomic_fetch_add(&probe.stopped, 1);
    probe_leave(s);
}

static const struct ak_actor_class probe_class = {.kind = "probe",
                                                  .receive = probe_receive,
                                                  .pre_start = probe_start,
                                                  .post_stop = probe_stop,
                                                  .state_size = sizeof(struct probe_state)};

static inline int probe_handle(struct ak_ctx *ctx, struct ak_msg *msg, struct probe_state *s)
{
    s->handled++;
    atomic_fetch_add(&probe.handled, 1);
    switch (msg->type) {
    case PROBE_ASK:
        (void)ak_ctx_reply(ctx, probe_msg(PROBE_ASK, probe_u64(msg) + 1));
        return 0;
    case PROBE_FAIL:
        return (int)probe_u64(msg);
    case PROBE_SPAWN:
        for (uint64_t i = probe_u64(msg); i > 0; i--) {
            const struct ak_spawn_opts opts = {.class = &probe_class};
            (void)ak_ctx_spawn(ctx, &opts, NULL); /* refused while the system stops */
        }
        return 0;
    case PROBE_STOP:
        ak_ctx_stop(ctx);
        return 0;
    case PROBE_SLEEP_MS: {
        const struct timespec ts = {0, (long)(probe_u64(msg) * 1000000)};
        (void)nanosleep(&ts, NULL);
        return 0;
    }
    case AK_MSG_TERMINATED:
        atomic_fetch_add(&probe.terminated, 1);
        return 0;
    case AK_MSG_TIMER:
        atomic_fetch_add(&probe.timers, 1);
        return 0;
    case AK_MSG_EVENT:
        atomic_fetch_add(&probe.events, 1);
        return 0;
    default:
        return 0;
    }
}

/* Whether this process's allocations are counted: not where a sanitizer or valgrind serves them. */
static inline bool probe_counts(void)
{
    struct ak_mem_counters before;
    struct ak_mem_counters after;
    ak_mem_counters(&before);
    void *volatile p = ak_mem_alloc(1);
    ak_mem_counters(&after);
    ak_mem_free(p);
    return after.mallocs != before.mallocs;
}

static inline struct ak_pid probe_spawn(struct ak_system *sys, const char *name)
{
    const struct ak_spawn_opts opts = {.class = &probe_class, .name = name};
    enum ak_spawn_error error;
    const struct ak_pid pid = ak_actor_spawn(sys, &opts, &error);
    assert_int_equal(error, AK_SPAWN_OK);
    return pid;
}

static inline struct ak_system *probe_system(bool deterministic, uint64_t seed)
{
    memset(&probe, 0, sizeof probe);
    const struct ak_system_opts opts = {.workers = 3, .deterministic = deterministic, .seed = seed};
    struct ak_system *sys = ak_system_new(&opts);
    assert_non_null(sys);
    return sys;
}

/* Waits (real time) until *value is want; a test that waits for ever is killed by its runner. */
static inline void probe_await(_Atomic uint64_t *value, uint64_t want)
{
    while (atomic_load(value) < want) {
        const struct timespec ts = {0, 200000};
        (void)nanosleep(&ts, NULL);
    }
}

static inline uint64_t probe_ask(struct ak_system *sys, struct ak_pid pid, uint64_t v)
{
    struct ak_msg *reply = NULL;
    assert_int_equal(ak_actor_ask(sys, pid, probe_msg(PROBE_ASK, v), 30 * SECOND, &reply),
                     AK_ASK_REPLIED);
    const uint64_t got = probe_u64(reply);
    ak_msg_free(reply);
    return got;
}

#endif
