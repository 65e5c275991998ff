/* How long one stop of a whole system takes, and what it allocates: GoAkt's benchmarks
 * BenchmarkShutdownLatency and BenchmarkGCAllocationsDuringShutdown with its units. MB is 2^20
 * bytes in both of its units, as GoAkt prints them. */
#include "population.h"

enum { STOP_LIMIT_S = 60 };

/* One system, filled, stopped inside the timer. What the stop allocated is added to *out. */
static bool stop_once(struct bench *b, struct ak_mem_counters *out)
{
    bench_timer_stop(b);
    struct ak_system *sys = bench_system_new(b);
    const size_t entities = b->what->a + b->what->b;
    bool ok = sys != NULL && bench_population_fill(b, sys, b->what->a, b->what->b);
    if (ok) {
        struct ak_mem_counters before;
        struct ak_mem_counters after;
        bench_phase_begin(b);
        ak_mem_counters(&before);
        bench_timer_start(b);
        ok = ak_system_stop(sys, (int64_t)STOP_LIMIT_S * 1000000000, NULL);
        bench_timer_stop(b);
        ak_mem_counters(&after);
        bench_phase_end(b);
        out->bytes += after.bytes - before.bytes;
        out->mallocs += after.mallocs - before.mallocs;
        const uint64_t ended = bench_population_stopped();
        if (!ok || ended != entities) {
            bench_fail(b, "%zu actors and grains, but %llu ended", entities,
                       (unsigned long long)ended);
            ok = false;
        }
    }
    ak_system_free(sys);
    return ok;
}

static void shutdown_latency(struct bench *b)
{
    struct ak_mem_counters sum = {0};
    for (uint64_t i = 0; i < b->n; i++) {
        if (!stop_once(b, &sum)) {
            return;
        }
    }
    const double per_stop = (double)b->elapsed_ns / (double)b->n;
    bench_report(b, per_stop / 1e6, "ms/shutdown");
    bench_report(b, per_stop / (double)(b->what->a + b->what->b), "ns/entity");
}

static void gc_allocations(struct bench *b)
{
    struct ak_mem_counters sum = {0};
    for (uint64_t i = 0; i < b->n; i++) {
        if (!stop_once(b, &sum)) {
            return;
        }
    }
    struct ak_mem_counters now;
    ak_mem_counters(&now);
    const double n = (double)b->n;
    const double mib = 1024.0 * 1024.0;
    bench_report(b, (double)sum.bytes / n, "bytes/alloc");
    bench_report(b, (double)sum.bytes / n / mib, "MB/alloc");
    bench_report(b, (double)sum.mallocs / n, "count/alloc");
    bench_report(b, (double)now.live_bytes / mib, "MB/heap");
}

const struct bench_case bench_shutdown_suite[] = {
    {"ShutdownLatency_100Actors", shutdown_latency, 100, 0, BENCH_PHASE_SHUTDOWN},
    {"ShutdownLatency_1000Actors", shutdown_latency, 1000, 0, BENCH_PHASE_SHUTDOWN},
    {"ShutdownLatency_10000Actors", shutdown_latency, 10000, 0, BENCH_PHASE_SHUTDOWN},
    {"ShutdownLatency_100Grains", shutdown_latency, 0, 100, BENCH_PHASE_SHUTDOWN},
    {"ShutdownLatency_1000Grains", shutdown_latency, 0, 1000, BENCH_PHASE_SHUTDOWN},
    {"ShutdownLatency_Mixed", shutdown_latency, 500, 500, BENCH_PHASE_SHUTDOWN},
    {"GCAllocationsDuringShutdown_100Actors", gc_allocations, 100, 0, BENCH_PHASE_SHUTDOWN},
    {"GCAllocationsDuringShutdown_1000Actors", gc_allocations, 1000, 0, BENCH_PHASE_SHUTDOWN},
    {"GCAllocationsDuringShutdown_100Grains", gc_allocations, 0, 100, BENCH_PHASE_SHUTDOWN},
    {"GCAllocationsDuringShutdown_1000Grains", gc_allocations, 0, 1000, BENCH_PHASE_SHUTDOWN},
    {"GCAllocationsDuringShutdown_Mixed", gc_allocations, 500, 500, BENCH_PHASE_SHUTDOWN},
    {0}};
