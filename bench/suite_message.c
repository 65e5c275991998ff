/* Messages: GoAkt's Tell, Ask, Request, SendAsync and SendSync, and the flows by which actor
 * runtimes are compared. All but Ask and SendSync time until every message was handled, not only
 * queued. cpu-ns/op is the processor time of the whole process for one message. */
#include "base/clock.h"
#include "base/mem.h"
#include "harness.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MSG_WORK = 1, MSG_GO, MSG_ASK };
enum { BURST = 1000, WINDOW = 10000, SINKS = 1000, SOURCES = 4 };
#define ASK_TIMEOUT_NS INT64_C(5000000000)

static const char *const type_names[] = {[MSG_WORK] = "Work", [MSG_GO] = "Go", [MSG_ASK] = "Ask"};
static const struct ak_message_names type_table = {type_names, AK_COUNT(type_names)};

/* What the actors of one run share. */
struct flow {
    _Atomic uint64_t handled;  /* by the sinks, published per burst */
    _Atomic uint32_t finished; /* futex-free: polled by the benchmark's thread */
    uint64_t want;
};
static struct flow flow;

static struct ak_msg *message(uint32_t type)
{
    return ak_msg_new(type, 0);
}

/* --- actors ---------------------------------------------------------------------------------- */

struct sink_state {
    uint64_t handled;
};

/* Counts; publishes its count now and then, and at the end of what it expects. */
static int sink_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    if (msg->type == MSG_ASK) {
        (void)ak_ctx_reply(ctx, message(MSG_ASK));
        return 0;
    }
    struct sink_state *s = ak_ctx_state(ctx);
    if (++s->handled % 256 == 0 || s->handled == flow.want) {
        atomic_store_explicit(&flow.handled, s->handled, memory_order_release);
    }
    return 0;
}
AK_ACTOR_HANDLER(sink_receive);

static const struct ak_actor_class sink_class = {.messages = &type_table,
                                                 .kind = "sink",
                                                 .receive = sink_receive,
                                                 .state_size = sizeof(struct sink_state)};

struct source_state {
    uint64_t left;
    size_t next;
    struct ak_pid *to;
    size_t to_count;
};

/* Sends a burst, then queues itself behind what it sent. */
static int source_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    struct source_state *s = ak_ctx_state(ctx);
    (void)msg;
    for (unsigned i = 0; i < BURST && s->left > 0; i++, s->left--) {
        (void)ak_ctx_tell(ctx, s->to[s->next], message(MSG_WORK));
        s->next = s->next + 1 == s->to_count ? 0 : s->next + 1;
    }
    if (s->left > 0) {
        (void)ak_ctx_tell(ctx, ak_ctx_self(ctx), ak_ctx_take(ctx));
    } else {
        atomic_fetch_add(&flow.finished, 1);
    }
    return 0;
}
AK_ACTOR_HANDLER(source_receive);

static int source_start(struct ak_ctx *ctx)
{
    memcpy(ak_ctx_state(ctx), ak_ctx_arg(ctx), sizeof(struct source_state));
    return 0;
}
AK_ACTOR_PRE_START(source_start);

static const struct ak_actor_class source_class = {.messages = &type_table,
                                                   .kind = "source",
                                                   .receive = source_receive,
                                                   .pre_start = source_start,
                                                   .state_size = sizeof(struct source_state)};

struct ping_state {
    uint64_t left;
    struct ak_pid other;
};

static int ping_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    struct ping_state *s = ak_ctx_state(ctx);
    if (msg->type == MSG_GO) {
        memcpy(&s->other, ak_msg_view(msg), sizeof s->other);
        return 0;
    }
    if (s->left-- > 0) {
        (void)ak_ctx_tell(ctx, s->other, ak_ctx_take(ctx));
    } else {
        atomic_fetch_add(&flow.finished, 1);
    }
    return 0;
}
AK_ACTOR_HANDLER(ping_receive);

static int ping_start(struct ak_ctx *ctx)
{
    ((struct ping_state *)ak_ctx_state(ctx))->left = flow.want;
    return 0;
}
AK_ACTOR_PRE_START(ping_start);

static const struct ak_actor_class ping_class = {.messages = &type_table,
                                                 .kind = "ping",
                                                 .receive = ping_receive,
                                                 .pre_start = ping_start,
                                                 .state_size = sizeof(struct ping_state)};

/* --- running --------------------------------------------------------------------------------- */

static struct ak_pid spawn(struct bench *b, struct ak_system *sys,
                           const struct ak_actor_class *class, void *arg)
{
    const struct ak_spawn_opts opts = {.class = class, .arg = arg};
    const struct ak_pid pid = ak_actor_spawn(sys, &opts, NULL);
    if (pid.slot == 0) {
        bench_fail(b, "no memory for an actor");
    }
    return pid;
}

static void nap(void)
{
    const struct timespec ts = {0, 300000};
    (void)nanosleep(&ts, NULL);
}

static void flow_reset(struct bench *b)
{
    atomic_store(&flow.handled, 0);
    atomic_store(&flow.finished, 0);
    flow.want = b->n;
}

/* ns/op and the rates of a flow that took the timer's time and `cpu_ns`. */
static void report(struct bench *b, int64_t cpu_ns, const char *rate)
{
    if (rate != NULL && b->elapsed_ns > 0) {
        bench_report(b, (double)b->n * 1e9 / (double)b->elapsed_ns, rate);
    }
    bench_report(b, (double)cpu_ns / (double)b->n, "cpu-ns/op");
}

static void tell_from_outside(struct bench *b)
{
    bench_timer_stop(b);
    struct ak_system *sys = bench_system_new(b);
    flow_reset(b);
    const struct ak_pid pid = sys != NULL ? spawn(b, sys, &sink_class, NULL) : AK_NOBODY;
    if (!b->failed) {
        const int64_t cpu = ak_clock_cpu_ns();
        bench_timer_start(b);
        for (uint64_t i = 0; i < b->n; i++) {
            (void)ak_actor_tell(sys, pid, AK_NOBODY, message(MSG_WORK));
            while (i % BURST == 0 && i > atomic_load(&flow.handled) + WINDOW) {
                nap();
            }
        }
        while (atomic_load(&flow.handled) < b->n) {
            nap();
        }
        bench_timer_stop(b);
        report(b, ak_clock_cpu_ns() - cpu, "messages/sec");
    }
    ak_system_free(sys);
}

/* `by_name`: GoAkt's SendAsync and SendSync look the actor up for each message. */
static void ask_from_outside(struct bench *b, bool by_name)
{
    bench_timer_stop(b);
    struct ak_system *sys = bench_system_new(b);
    flow_reset(b);
    const struct ak_spawn_opts opts = {.class = &sink_class, .name = "sink"};
    struct ak_pid pid = sys != NULL ? ak_actor_spawn(sys, &opts, NULL) : AK_NOBODY;
    const int64_t cpu = ak_clock_cpu_ns();
    bench_timer_start(b);
    for (uint64_t i = 0; i < b->n && !b->failed; i++) {
        struct ak_msg *reply;
        pid = by_name ? ak_actor_find(sys, "sink") : pid;
        if (ak_actor_ask(sys, pid, message(MSG_ASK), ASK_TIMEOUT_NS, &reply) != AK_ASK_REPLIED) {
            bench_fail(b, "no reply within 5 s");
            break;
        }
        ak_msg_free(reply);
    }
    bench_timer_stop(b);
    report(b, ak_clock_cpu_ns() - cpu, "messages/sec");
    ak_system_free(sys);
}

static void ask(struct bench *b)
{
    ask_from_outside(b, false);
}

static void send_sync(struct bench *b)
{
    ask_from_outside(b, true);
}

static void send_async(struct bench *b)
{
    bench_timer_stop(b);
    struct ak_system *sys = bench_system_new(b);
    flow_reset(b);
    const struct ak_spawn_opts opts = {.class = &sink_class, .name = "sink"};
    if (sys != NULL && ak_actor_spawn(sys, &opts, NULL).slot != 0) {
        const int64_t cpu = ak_clock_cpu_ns();
        bench_timer_start(b);
        for (uint64_t i = 0; i < b->n; i++) {
            (void)ak_actor_tell(sys, ak_actor_find(sys, "sink"), AK_NOBODY, message(MSG_WORK));
            while (i % BURST == 0 && i > atomic_load(&flow.handled) + WINDOW) {
                nap();
            }
        }
        while (atomic_load(&flow.handled) < b->n) {
            nap();
        }
        bench_timer_stop(b);
        report(b, ak_clock_cpu_ns() - cpu, "messages/sec");
    }
    ak_system_free(sys);
}

/* `sources` actors tell `sinks` actors, n messages together. */
static void flood(struct bench *b)
{
    bench_timer_stop(b);
    struct ak_system *sys = bench_system_new(b);
    const size_t sources = b->what->a;
    const size_t sinks = b->what->b;
    flow_reset(b);
    struct ak_pid *to = ak_calloc(sinks, sizeof *to);
    struct ak_pid from[SOURCES] = {{0, 0}};
    for (size_t i = 0; sys != NULL && i < sinks; i++) {
        to[i] = spawn(b, sys, &sink_class, NULL);
    }
    for (size_t i = 0; sys != NULL && i < sources; i++) {
        struct source_state s = {
            .left = b->n / sources + (i < b->n % sources), .to = to, .to_count = sinks};
        from[i] = spawn(b, sys, &source_class, &s);
    }
    if (!b->failed) {
        const int64_t cpu = ak_clock_cpu_ns();
        bench_timer_start(b);
        for (size_t i = 0; i < sources; i++) {
            (void)ak_actor_tell(sys, from[i], AK_NOBODY, message(MSG_GO));
        }
        while (atomic_load(&flow.finished) < sources ||
               (sinks == 1 && atomic_load(&flow.handled) < b->n)) {
            nap();
        }
        if (sinks > 1) { /* the sources have sent all: an answer of each sink says that it has
                            handled all */
            for (size_t i = 0; i < sinks; i++) {
                struct ak_msg *reply = NULL;
                (void)ak_actor_ask(sys, to[i], message(MSG_ASK), ASK_TIMEOUT_NS, &reply);
                ak_msg_free(reply);
            }
        }
        bench_timer_stop(b);
        report(b, ak_clock_cpu_ns() - cpu, "messages/sec");
    }
    ak_system_free(sys);
    ak_free(to);
}

static void ping_pong(struct bench *b)
{
    bench_timer_stop(b);
    struct ak_system *sys = bench_system_new(b);
    flow_reset(b);
    const struct ak_pid x = sys != NULL ? spawn(b, sys, &ping_class, NULL) : AK_NOBODY;
    const struct ak_pid y = sys != NULL ? spawn(b, sys, &ping_class, NULL) : AK_NOBODY;
    if (!b->failed) {
        (void)ak_actor_tell(sys, x, AK_NOBODY, ak_msg_of(MSG_GO, &y, sizeof y));
        (void)ak_actor_tell(sys, y, AK_NOBODY, ak_msg_of(MSG_GO, &x, sizeof x));
        const int64_t cpu = ak_clock_cpu_ns();
        bench_timer_start(b);
        (void)ak_actor_tell(sys, x, AK_NOBODY, message(MSG_WORK));
        while (atomic_load(&flow.finished) == 0) {
            nap();
        }
        bench_timer_stop(b);
        report(b, ak_clock_cpu_ns() - cpu, NULL);
    }
    ak_system_free(sys);
}

/* --- requests between actors ----------------------------------------------------------------- */

struct asker_state {
    uint64_t left;
    struct ak_pid to;
};

static int asker_then(struct ak_ctx *ctx, struct ak_msg *reply, void *arg);

static int asker_next(struct ak_ctx *ctx)
{
    struct asker_state *s = ak_ctx_state(ctx);
    if (s->left-- == 0) {
        atomic_fetch_add(&flow.finished, 1);
        return 0;
    }
    return ak_ctx_request(ctx, s->to, message(MSG_ASK), ASK_TIMEOUT_NS, asker_then, NULL) ? 0 : 1;
}
AK_ACTOR_THEN(asker_then);

static int asker_then(struct ak_ctx *ctx, struct ak_msg *reply, void *arg)
{
    (void)arg;
    if (reply == NULL) {
        atomic_fetch_add(&flow.finished, 2);
        return 0;
    }
    return asker_next(ctx);
}

static int asker_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)msg;
    return asker_next(ctx);
}
AK_ACTOR_HANDLER(asker_receive);

static int asker_start(struct ak_ctx *ctx)
{
    memcpy(ak_ctx_state(ctx), ak_ctx_arg(ctx), sizeof(struct asker_state));
    return 0;
}
AK_ACTOR_PRE_START(asker_start);

static const struct ak_actor_class asker_class = {.messages = &type_table,
                                                  .kind = "asker",
                                                  .receive = asker_receive,
                                                  .pre_start = asker_start,
                                                  .state_size = sizeof(struct asker_state)};

static void request(struct bench *b)
{
    bench_timer_stop(b);
    struct ak_system *sys = bench_system_new(b);
    flow_reset(b);
    struct asker_state s = {.left = b->n};
    s.to = sys != NULL ? spawn(b, sys, &sink_class, NULL) : AK_NOBODY;
    const struct ak_pid asker = sys != NULL ? spawn(b, sys, &asker_class, &s) : AK_NOBODY;
    if (!b->failed) {
        const int64_t cpu = ak_clock_cpu_ns();
        bench_timer_start(b);
        (void)ak_actor_tell(sys, asker, AK_NOBODY, message(MSG_GO));
        while (atomic_load(&flow.finished) == 0) {
            nap();
        }
        bench_timer_stop(b);
        report(b, ak_clock_cpu_ns() - cpu, "messages/sec");
        if (atomic_load(&flow.finished) != 1) {
            bench_fail(b, "a request timed out");
        }
    }
    ak_system_free(sys);
}

/* The yardstick of the rows above: what one locked operation costs on this machine at this moment,
 * in a line that no other core wants. */
static void locked_operation(struct bench *b)
{
    static _Atomic uint64_t word;
    const int64_t cpu = ak_clock_cpu_ns();
    bench_timer_reset(b);
    for (uint64_t i = 0; i < b->n; i++) {
        (void)atomic_fetch_add(&word, 1);
    }
    bench_timer_stop(b);
    report(b, ak_clock_cpu_ns() - cpu, NULL);
}

const struct bench_case bench_message_suite[] = {
    {"Tell", tell_from_outside, 0, 0, BENCH_PHASE_NONE},
    {"Ask", ask, 0, 0, BENCH_PHASE_NONE},
    {"Request", request, 0, 0, BENCH_PHASE_NONE},
    {"SendAsync", send_async, 0, 0, BENCH_PHASE_NONE},
    {"SendSync", send_sync, 0, 0, BENCH_PHASE_NONE},
    {"Tell1to1", flood, 1, 1, BENCH_PHASE_NONE},
    {"Tell4to1", flood, SOURCES, 1, BENCH_PHASE_NONE},
    {"FanOut1000", flood, 1, SINKS, BENCH_PHASE_NONE},
    {"PingPong", ping_pong, 0, 0, BENCH_PHASE_NONE},
    {"LockedOperation", locked_operation, 0, 0, BENCH_PHASE_NONE},
    {0}};
