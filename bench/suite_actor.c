/* The life of actors: spawn, footprint, restart, passivation, and whether memory grows over many
 * spawn-and-stop cycles. */
#include "base/clock.h"
#include "population.h"
#include "runtime/grain.h"
#include "runtime/metrics.h"
#include "runtime/supervision.h"
#include "stats/trend.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SPAWN_BATCH = 10000, FOOTPRINT_ACTORS = 100000, CYCLES = 1000, SWEPT = 10000 };

/* n named, supervised actors, in systems of at most 10,000. */
static void spawn(struct bench *b)
{
    bench_timer_stop(b);
    int64_t cpu = 0;
    for (uint64_t done = 0; done < b->n && !b->failed;) {
        struct ak_system *sys = bench_system_new(b);
        const uint64_t n = b->n - done < SPAWN_BATCH ? b->n - done : SPAWN_BATCH;
        if (sys != NULL) {
            const int64_t before = ak_clock_cpu_ns();
            bench_timer_start(b);
            (void)bench_population_fill(b, sys, (size_t)n, 0);
            bench_timer_stop(b);
            cpu += ak_clock_cpu_ns() - before;
        }
        ak_system_free(sys);
        done += n;
    }
    bench_report(b, (double)cpu / (double)b->n, "cpu-ns/op");
}

/* Heap and resident bytes of one idle, named, supervised actor, in a system of 100,000. The
 * resident set is also what the kernel rounds up to and what the names' table holds. */
static void footprint(struct bench *b)
{
    double heap = 0;
    double resident = 0;
    const size_t actors = b->opts->is_short ? FOOTPRINT_ACTORS / 10 : FOOTPRINT_ACTORS;
    for (uint64_t i = 0; i < b->n && !b->failed; i++) {
        struct ak_system *sys = bench_system_new(b);
        struct ak_mem_counters before;
        struct ak_mem_counters after;
        const uint64_t rss = ak_mem_rss_bytes();
        ak_mem_counters(&before);
        if (sys != NULL && bench_population_fill(b, sys, actors, 0)) {
            ak_mem_counters(&after);
            const uint64_t rss_after = ak_mem_rss_bytes();
            heap += (double)(after.live_bytes - before.live_bytes) / (double)actors;
            resident += (double)(rss_after > rss ? rss_after - rss : 0) / (double)actors;
        }
        bench_timer_stop(b);
        ak_system_free(sys);
        bench_timer_start(b);
    }
    bench_report(b, heap / (double)b->n, "bytes/actor");
    bench_report(b, resident / (double)b->n, "rss-bytes/actor");
}

/* --- restart --------------------------------------------------------------------------------- */

static _Atomic uint64_t restarts_left;

static int failing_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)ctx;
    (void)msg;
    return 1;
}
AK_ACTOR_HANDLER(failing_receive);

/* Each start tells itself what fails next, until none is left. */
static int failing_start(struct ak_ctx *ctx)
{
    if (atomic_load(&restarts_left) > 0) {
        atomic_fetch_sub(&restarts_left, 1);
        struct ak_msg *m = ak_msg_new(1, 0);
        if (m != NULL) {
            (void)ak_ctx_tell(ctx, ak_ctx_self(ctx), m);
        }
    }
    return 0;
}
AK_ACTOR_PRE_START(failing_start);

static const struct ak_actor_class failing_class = {
    .kind = "failing", .receive = failing_receive, .pre_start = failing_start};
static const struct ak_supervision_rule always_restart[] = {{AK_REASON_ANY, AK_DIRECTIVE_RESTART}};
static const struct ak_supervisor restarting = {.rules = always_restart, .rule_count = 1};

static void restart(struct bench *b)
{
    bench_timer_stop(b);
    struct ak_system *sys = bench_system_new(b);
    atomic_store(&restarts_left, b->n);
    const struct ak_spawn_opts opts = {.class = &failing_class, .supervisor = &restarting};
    const int64_t cpu = ak_clock_cpu_ns();
    bench_timer_start(b);
    if (sys != NULL && ak_actor_spawn(sys, &opts, NULL).slot != 0) {
        struct ak_system_metrics m;
        do {
            const struct timespec ts = {0, 20000};
            (void)nanosleep(&ts, NULL);
            ak_system_metrics(sys, &m);
        } while (m.restarts < b->n);
    }
    bench_timer_stop(b);
    bench_report(b, (double)(ak_clock_cpu_ns() - cpu) / (double)b->n, "cpu-ns/op");
    ak_system_free(sys);
}

/* --- passivation ----------------------------------------------------------------------------- */

static int quiet_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)ctx;
    (void)msg;
    return 0;
}
AK_ACTOR_HANDLER(quiet_receive);

static const struct ak_actor_class quiet_class = {.kind = "quiet", .receive = quiet_receive};

/* 10,000 actors, all idle for long enough: from the sweep to the end of the last one. */
static void sweep(struct bench *b)
{
    static const struct ak_passivation soon = {.after_ns = 1000000};
    bench_timer_stop(b);
    for (uint64_t i = 0; i < b->n && !b->failed; i++) {
        struct ak_system *sys = bench_system_new(b);
        const struct ak_spawn_opts opts = {.class = &quiet_class, .passivation = &soon};
        for (size_t k = 0; sys != NULL && k < SWEPT; k++) {
            (void)ak_actor_spawn(sys, &opts, NULL);
        }
        bench_timer_start(b);
        while (sys != NULL && ak_system_count(sys) > 0) {
            (void)ak_system_passivate(sys);
            const struct timespec ts = {0, 200000};
            (void)nanosleep(&ts, NULL);
        }
        bench_timer_stop(b);
        ak_system_free(sys);
    }
    bench_report(b, (double)b->elapsed_ns / (double)b->n / SWEPT, "ns/entity");
}

/* --- growth ---------------------------------------------------------------------------------- */

/* 100 actors and 10 grains in a system of their own: spawned, stopped. Returns what lives then. */
static double spawn_stop_cycle(struct bench *b)
{
    struct ak_system *sys = bench_system_new(b);
    if (sys != NULL && bench_population_fill(b, sys, 100, 10)) {
        (void)ak_system_stop(sys, -1, NULL);
    }
    ak_system_free(sys);
    struct ak_mem_counters now;
    ak_mem_counters(&now);
    return (double)now.live_bytes;
}

/* n times: 1,000 cycles, the live heap after each. MB/heap is the last, MB/heap-max the largest of
 * them, and bytes/cycle the median slope (Theil and Sen) over all cycles but the first tenth, in
 * which pools fill. */
static void heap_growth(struct bench *b)
{
    static double live[CYCLES];
    const unsigned cycles = b->opts->is_short ? CYCLES / 10 : CYCLES;
    double growth = 0;
    double most = 0;
    for (uint64_t i = 0; i < b->n && !b->failed; i++) {
        for (unsigned c = 0; c < cycles && !b->failed; c++) {
            live[c] = spawn_stop_cycle(b);
            most = live[c] > most ? live[c] : most;
        }
        bench_timer_stop(b);
        growth += ak_theil_sen(live + cycles / 10, cycles - cycles / 10, 0.95).slope.value;
        bench_timer_start(b);
    }
    const double mib = 1024.0 * 1024.0;
    bench_report(b, live[cycles - 1] / mib, "MB/heap");
    bench_report(b, most / mib, "MB/heap-max");
    bench_report(b, growth / (double)b->n, "bytes/cycle");
}

const struct bench_case bench_actor_suite[] = {
    {"Spawn", spawn, 0, 0, BENCH_PHASE_NONE},
    {"ActorMemoryFootprint", footprint, 0, 0, BENCH_PHASE_NONE},
    {"SupervisionRestart", restart, 0, 0, BENCH_PHASE_NONE},
    {"PassivationSweep", sweep, 0, 0, BENCH_PHASE_NONE},
    {"HeapGrowth", heap_growth, 0, 0, BENCH_PHASE_NONE},
    {0}};
