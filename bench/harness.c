#include "harness.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- the timer ------------------------------------------------------------------------------- */

void bench_timer_start(struct bench *b)
{
    if (!b->running) {
        struct ak_mem_counters c;
        ak_mem_counters(&c);
        b->start_bytes = c.bytes;
        b->start_mallocs = c.mallocs;
        b->running = true;
        b->started_ns = ak_clock_monotonic_ns();
    }
}

void bench_timer_stop(struct bench *b)
{
    if (b->running) {
        b->elapsed_ns += ak_clock_monotonic_ns() - b->started_ns;
        struct ak_mem_counters c;
        ak_mem_counters(&c);
        b->bytes += c.bytes - b->start_bytes;
        b->mallocs += c.mallocs - b->start_mallocs;
        b->running = false;
    }
}

void bench_timer_reset(struct bench *b)
{
    const bool running = b->running;
    bench_timer_stop(b);
    b->elapsed_ns = 0;
    b->bytes = b->mallocs = 0;
    b->metric_count = 0;
    if (running) {
        bench_timer_start(b);
    }
}

void bench_report(struct bench *b, double value, const char *unit)
{
    for (size_t i = 0; i < b->metric_count; i++) {
        if (strcmp(b->metrics[i].unit, unit) == 0) {
            b->metrics[i].value = value;
            return;
        }
    }
    if (b->metric_count < BENCH_METRICS_MAX) {
        b->metrics[b->metric_count++] = (struct bench_metric){unit, value};
    }
}

void bench_fail(struct bench *b, const char *fmt, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    (void)fprintf(stderr, "akbench: Benchmark%s: %s\n", b->what->name, text);
    b->failed = true;
}

void bench_phase_begin(struct bench *b)
{
    bench_profiles_phase_begin(b);
    bench_profiles_label(b, true);
    b->in_phase = true;
}

void bench_phase_end(struct bench *b)
{
    bench_profiles_label(b, false);
    bench_profiles_phase_end(b);
    b->in_phase = false;
    b->phases++;
}

struct ak_system *bench_system_new(struct bench *b)
{
    const struct ak_system_opts opts = {.workers = b->workers, .stop_mode = b->stop_mode};
    struct ak_system *sys = ak_system_new(&opts);
    if (sys == NULL) {
        bench_fail(b, "no memory or threads for an actor system");
    }
    return sys;
}

/* --- runs ------------------------------------------------------------------------------------ */

/* One call of the function with this n. Returns the wall time of it all. */
static int64_t run_n(const struct bench_session *s, const struct bench_case *c, uint64_t n,
                     struct bench *out)
{
    *out = (struct bench){
        .what = c, .opts = &s->opts, .n = n, .workers = s->workers, .stop_mode = s->stop_mode};
    bench_profiles_label(out, c->phase == BENCH_PHASE_NONE);
    const int64_t begin = ak_clock_monotonic_ns();
    bench_timer_start(out);
    c->run(out);
    bench_timer_stop(out);
    return ak_clock_monotonic_ns() - begin;
}

/* The next n, from the wall time of the last one: what would take the whole time, a fifth more, at
 * most a hundred times the last and at least one more (the rule of Go's testing package). */
static uint64_t predict(int64_t goal_ns, uint64_t last_n, int64_t wall_ns)
{
    const double per = (double)(wall_ns > 0 ? wall_ns : 1) / (double)last_n;
    double n = (double)goal_ns / per * 1.2;
    n = n > 100.0 * (double)last_n ? 100.0 * (double)last_n : n;
    n = n < (double)last_n + 1 ? (double)last_n + 1 : n;
    return n > 1e9 ? (uint64_t)1000000000 : (uint64_t)n;
}

static void measure(const struct bench_session *s, const struct bench_case *c, struct bench *out)
{
    if (s->per_iterations) {
        (void)run_n(s, c, s->iterations, out);
        return;
    }
    uint64_t n = 1;
    for (;;) {
        const int64_t wall = run_n(s, c, n, out);
        if (out->failed || wall >= s->time_ns || n >= 1000000000) {
            return;
        }
        n = predict(s->time_ns, n, wall);
    }
}

static void run_with_workers(struct bench_session *s, const struct bench_case *c)
{
    for (int64_t i = 0; i < s->opts.count; i++) {
        if (s->opts.verbose) {
            (void)fprintf(stderr, "akbench: Benchmark%s, %" PRId64 " of %" PRId64 "\n", c->name,
                          i + 1, s->opts.count);
        }
        struct bench b;
        measure(s, c, &b);
        if (b.failed) {
            s->failures++;
            continue;
        }
        bench_print_result(s, &b);
    }
}

void bench_session_run(struct bench_session *s, const struct bench_case *c)
{
    for (size_t i = 0; i < s->cpu_count; i++) {
        s->workers = s->cpus[i];
        run_with_workers(s, c);
    }
}
