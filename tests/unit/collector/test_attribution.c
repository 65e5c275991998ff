#include "base/io.h"
#include "collector/attribution.h"
#include "collector/compare.h"
#include "collector/doctor.h"
#include "collector/ingest.h"
#include "compare/coverage.h"
#include "test.h"

#include <math.h>
#include <stdlib.h>

static struct ak_run *load(struct ak_arena *arena, const char *folder)
{
    static const char *const names[] = {"shutdown.txt", "shutdown_cpu.prof", "shutdown_mem.prof"};
    const char *files[3];
    struct ak_ingest in;
    struct ak_error err = {0};
    const struct ak_ingest_opts opts = {.label = "x"};
    for (int i = 0; i < 3; i++) {
        files[i] = ak_arena_printf(arena, "tests/data/goakt/%s/%s", folder, names[i]);
    }
    if (ak_ingest_files(files, 3, &opts, arena, &in, &err) != AK_OK) {
        print_error("%s\n", err.text);
        abort();
    }
    return in.run;
}

static const struct ak_compare_row *row(const struct ak_comparison *c, const char *name,
                                        const char *unit)
{
    for (size_t i = 0; i < c->row_count; i++) {
        if (strcmp(c->rows[i].benchmark, name) == 0 && strcmp(c->rows[i].unit, unit) == 0) {
            return &c->rows[i];
        }
    }
    abort();
}

struct compared {
    struct ak_arena *arena;
    struct ak_comparison c;
};

static int setup(void **state)
{
    struct ak_arena *arena = ak_arena_new();
    struct compared *both = AK_NEW(arena, struct compared);
    both->arena = arena;
    ak_compare_runs(load(arena, "goakt-v3"), load(arena, "goakt-v4"), NULL, arena, &both->c);
    ak_attribute(&both->c, arena);
    *state = both;
    return 0;
}

static int teardown(void **state)
{
    ak_arena_free(((struct compared *)*state)->arena);
    return 0;
}

static int setup_arena(void **state)
{
    *state = ak_arena_new();
    return 0;
}

static int teardown_arena(void **state)
{
    ak_arena_free(*state);
    return 0;
}

/* Totals of `akreport pprof -top` on the same profiles. */
static void test_sums(void **state)
{
    const struct ak_comparison *c = &((struct compared *)*state)->c;
    const struct ak_compare_row *r =
        row(c, "GCAllocationsDuringShutdown_1000Actors", "bytes/alloc");
    assert_true(r->cause_count >= 3 && r->cause_count <= 10);
    assert_non_null(strstr(r->causes[0].function, "address.(*Address).String"));
    assert_true(r->causes[0].flat_before > 1600000000 && r->causes[0].flat_after == 0);
    assert_string_equal(r->causes[0].value_unit, "bytes");
    double listed = r->cause_unexplained;
    for (size_t i = 0; i < r->cause_count; i++) {
        const struct ak_cause *k = &r->causes[i];
        const double delta = (double)(k->flat_after - k->flat_before);
        assert_true(delta < 0 && fabs(delta) > 2 * k->error);
        assert_true(i == 0 || delta >= (double)(k[-1].flat_after - k[-1].flat_before));
        listed += delta;
    }
    assert_true(listed < 0);
}

static void test_shared(void **state)
{
    const struct ak_comparison *c = &((struct compared *)*state)->c;
    const struct ak_compare_row *a = row(c, "ShutdownLatency_1000Actors", "B/op");
    const struct ak_compare_row *b = row(c, "ShutdownLatency_Mixed", "B/op");
    assert_ptr_equal(a->causes, b->causes);
    assert_non_null(strstr(a->cause_note, "cover 8 benchmarks"));
    const struct ak_compare_row *heap = row(c, "GCAllocationsDuringShutdown_1000Actors", "MB/heap");
    assert_string_equal(heap->causes[0].value_type, "inuse_space");
    assert_non_null(strstr(heap->causes[0].function, "actor.newPID"));
    const struct ak_compare_row *time = row(c, "ShutdownLatency_1000Actors", "ns/op");
    assert_string_equal(time->causes[0].value_unit, "nanoseconds");
}

/* "/s" in "/shutdown" is no rate: time of a stop is explained as time of an operation is. */
static void test_no_rate(void **state)
{
    const struct ak_comparison *c = &((struct compared *)*state)->c;
    assert_true(collector_is_rate("MB/s") && !collector_is_rate("ms/shutdown"));
    const struct ak_compare_row *stop = row(c, "ShutdownLatency_1000Actors", "ms/shutdown");
    assert_true(stop->cause_count > 0);
    assert_ptr_equal(stop->causes, row(c, "ShutdownLatency_1000Actors", "ns/op")->causes);
}

/* The profile of all eight shrank: it names no function for the one benchmark that got slower. */
static void test_against(void **state)
{
    const struct ak_comparison *c = &((struct compared *)*state)->c;
    const struct ak_compare_row *r = row(c, "GCAllocationsDuringShutdown_1000Grains", "ns/op");
    assert_int_equal(r->verdict, AK_VERDICT_WORSE);
    assert_int_equal(r->cause_count, 0);
    assert_non_null(strstr(r->cause_note, "cover 8 benchmarks together and went the other way"));
    assert_non_null(strstr(r->cause_note, "record --profile-each"));
}

/* One benchmark whose heap profile is that of tests/data/static; each value repeated six times. */
static struct ak_run *one_benchmark(struct ak_arena *arena, double bytes, double mega,
                                    bool has_base)
{
    static const char *const files[] = {"shutdown_mem.prof", "shutdown_before.prof"};
    struct ak_run *run = AK_NEW(arena, struct ak_run);
    *run = (struct ak_run){.label = "", .series_count = 3, .profile_count = has_base ? 2 : 1};
    run->series = AK_NEW_ARRAY(arena, struct ak_series, 3);
    static const char *const units[] = {"B/op", "MB/thing", "ns/op"};
    for (size_t i = 0; i < 3; i++) {
        double *values = AK_NEW_ARRAY(arena, double, 6);
        int64_t *iterations = AK_NEW_ARRAY(arena, int64_t, 6);
        for (size_t k = 0; k < 6; k++) {
            values[k] = (i == 0 ? bytes : i == 1 ? mega : 1) * (1 + 1e-4 * (double)k);
            iterations[k] = 10;
        }
        run->series[i] = (struct ak_series){.benchmark = "Stop",
                                            .package = "github.com/tochemey/goakt/v3/bench",
                                            .unit = units[i],
                                            .values = values,
                                            .count = 6,
                                            .iterations = iterations};
    }
    run->profiles = AK_NEW_ARRAY(arena, struct ak_run_profile, 2);
    for (size_t i = 0; i < 2; i++) {
        struct ak_buf bytes_of = AK_BUF_INIT;
        const char *path = ak_arena_printf(arena, "tests/data/static/%s", files[i]);
        assert_int_equal(ak_file_read(path, SIZE_MAX, &bytes_of, NULL), AK_OK);
        run->profiles[i] =
            (struct ak_run_profile){.name = files[i],
                                    .kind = "heap",
                                    .benchmark = "",
                                    .bytes = ak_arena_str(arena, ak_buf_view(&bytes_of))};
        ak_buf_release(&bytes_of);
    }
    return run;
}

static void assert_near(double is, double wanted, double within)
{
    if (!(fabs(is - wanted) <= within)) {
        fail_msg("%.17g is not %.17g", is, wanted);
    }
}

static double sum_of(const struct ak_compare_row *r)
{
    double sum = r->cause_unexplained;
    for (size_t i = 0; i < r->cause_count; i++) {
        sum += (double)(r->causes[i].flat_after - r->causes[i].flat_before);
    }
    return sum;
}

static void test_unit_of_the_row(void **state)
{
    struct ak_comparison c;
    ak_compare_runs(one_benchmark(*state, 1e6, 0.5, true), one_benchmark(*state, 2e6, 1, false),
                    NULL, *state, &c);
    ak_attribute(&c, *state);
    const struct ak_compare_row *r = row(&c, "Stop", "B/op");
    assert_true(r->cause_count > 0);
    assert_near(r->cause_scale * 60, 1, 1e-12); /* six times ten operations */
    assert_near(sum_of(r) * r->cause_scale, r->after.median - r->before.median, 1);
    /* A million bytes an operation is two things of half a megabyte. */
    const struct ak_compare_row *mega = row(&c, "Stop", "MB/thing");
    assert_near(mega->cause_scale * 60 * 1e6 * 2, 1, 1e-12);
    assert_near(sum_of(mega) * mega->cause_scale, mega->after.median - mega->before.median, 1e-6);
}

/* The only row of bytes, in this unit. Between both sides lie the 33 MB before the phase; the first
 * holds 84 MB, for 60 operations. */
static struct ak_compare_row bytes_row(struct ak_arena *arena, const char *unit, double before,
                                       double after)
{
    struct ak_run *runs[] = {one_benchmark(arena, before, 1, true),
                             one_benchmark(arena, after, 1, false)};
    struct ak_comparison c;
    for (size_t i = 0; i < 2; i++) {
        runs[i]->series[0].unit = unit;
        runs[i]->series[1].unit = "things"; /* no other unit of bytes */
    }
    ak_compare_runs(runs[0], runs[1], NULL, arena, &c);
    ak_attribute(&c, arena);
    return *row(&c, "Stop", unit);
}

/* Without B/op nothing says what an "alloc" is: it is taken as one operation, and said to be. */
static void test_taken_as_operation(void **state)
{
    const struct ak_compare_row r = bytes_row(*state, "bytes/alloc", 1e6, 1.54e6);
    assert_true(r.cause_count > 0);
    assert_near(r.cause_scale * 60, 1, 1e-12);
    assert_near(sum_of(&r) * r.cause_scale, r.after.median - r.before.median, 1);
    assert_non_null(strstr(r.cause_note, "one alloc is taken as one operation"));
}

/* Not where the profile holds less than 60 of them, where the functions grew by far more than the
 * row, nor for things of which an operation has many. */
static void test_not_taken(void **state)
{
    const struct ak_compare_row many = bytes_row(*state, "bytes/alloc", 2e6, 2.54e6);
    const struct ak_compare_row small = bytes_row(*state, "bytes/alloc", 1e4, 1.5e4);
    const struct ak_compare_row thing = bytes_row(*state, "bytes/actor", 1e6, 1.54e6);
    const struct ak_compare_row *const rows[] = {&many, &small, &thing};
    for (size_t i = 0; i < 3; i++) {
        assert_true(rows[i]->cause_count > 0);
        assert_true(isnan(rows[i]->cause_scale));
        assert_null(strstr(rows[i]->cause_note, "taken"));
    }
}

/* Two ms/stop make an ns/op: so do two bytes/stop, and nothing has to be taken. */
static void test_sibling(void **state)
{
    struct ak_run *run = one_benchmark(*state, 1e6, 0.5e-6, false);
    run->series[0].unit = "bytes/stop";
    run->series[1].unit = "ms/stop";
    const struct collector_cost cost = collector_cost_of(run, "Stop", "bytes/stop", "alloc_space");
    assert_near(cost.factor, 0.5, 1e-12);
    assert_null(cost.taken);
}

/* A profile of "Stop" explains its parts, together; that of a part or of the run comes first or
 * last. */
static void test_parts(void **state)
{
    struct ak_run *run = one_benchmark(*state, 1e6, 0.5, false);
    run->series[0].benchmark = "Stop/n=10";
    run->series[1].benchmark = "Stop/n=100";
    run->series[2].benchmark = "Stopwatch";
    run->profiles[0].benchmark = "Stop";
    const struct ak_run_profile *p = collector_profile_for(run, "heap", "Stop/n=10");
    assert_ptr_equal(p, &run->profiles[0]);
    assert_null(collector_profile_for(run, "heap", "Stopwatch"));
    assert_null(collector_profile_for(run, "cpu", "Stop/n=10"));
    assert_int_equal(collector_benchmarks_covered(run, p), 2);
    assert_near(collector_operations(run, p), 120, 0);
    run->profile_count = 2;
    run->profiles[1].name = "other.prof";
    assert_ptr_equal(collector_profile_for(run, "heap", "Stopwatch"), &run->profiles[1]);
    assert_ptr_equal(collector_profile_for(run, "heap", "Stop/n=10"), &run->profiles[0]);
    run->profiles[1].benchmark = "Stop/n=10";
    assert_ptr_equal(collector_profile_for(run, "heap", "Stop/n=10"), &run->profiles[1]);
    assert_int_equal(collector_benchmarks_covered(run, &run->profiles[1]), 1);
}

/* 32,276 kB were allocated before the phase, by `pprof -top -sample_index=alloc_space`. */
static void test_phase(void **state)
{
    struct ak_comparison c;
    ak_compare_runs(one_benchmark(*state, 1e6, 0.5, true), one_benchmark(*state, 2e6, 1, false),
                    NULL, *state, &c);
    ak_attribute(&c, *state);
    const struct ak_compare_row *r = row(&c, "Stop", "B/op");
    double grown = 0;
    for (size_t i = 0; i < r->cause_count; i++) {
        const struct ak_cause *k = &r->causes[i];
        assert_true(k->flat_after - k->flat_before > 2 * k->error);
        grown += (double)(k->flat_after - k->flat_before);
    }
    assert_true(grown > 0.8 * 32276e3 * 1.024 && grown < 1.001 * 32276e3 * 1.024);
    assert_non_null(strstr(r->cause_note, "before the phase"));
    ak_compare_runs(one_benchmark(*state, 1e6, 0.5, true), one_benchmark(*state, 2e6, 1, true),
                    NULL, *state, &c);
    ak_attribute(&c, *state);
    assert_int_equal(row(&c, "Stop", "B/op")->cause_count, 0); /* the same phase on both sides */
}

static size_t count_rule(const struct ak_finding *f, size_t n, enum ak_rule rule)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += f[i].rule == rule;
    }
    return count;
}

static void test_doctor(void **state)
{
    const struct ak_run *run = load(*state, "goakt-v4");
    const struct ak_doctor_opts opts = {.limit_bytes = 1e6};
    size_t n;
    const struct ak_finding *f = ak_doctor_run(run, &opts, *state, &n);
    assert_int_equal(count_rule(f, n, AK_RULE_P001), 0); /* 1,042 samples */
    assert_int_equal(count_rule(f, n, AK_RULE_P002), 1);
    assert_int_equal(count_rule(f, n, AK_RULE_P003), 1);
    assert_int_equal(count_rule(f, n, AK_RULE_P009), 1);
    assert_int_equal(count_rule(f, n, AK_RULE_P010), 0);
    assert_int_equal(count_rule(f, n, AK_RULE_P011), 0);
    f = ak_doctor_run(run, NULL, *state, &n);
    assert_int_equal(count_rule(f, n, AK_RULE_P002), 0); /* no limit to resolve */
}

static void test_no_loop(void **state)
{
    double ns[] = {0.0155}, slow[] = {12};
    int64_t iterations[] = {1000000000};
    struct ak_series s[] = {{.benchmark = "NoLoop",
                             .package = "",
                             .unit = "ns/op",
                             .values = ns,
                             .count = 1,
                             .iterations = iterations},
                            {.benchmark = "Loop",
                             .package = "",
                             .unit = "ns/op",
                             .values = slow,
                             .count = 1,
                             .iterations = iterations}};
    const struct ak_run run = {.label = "", .series = s, .series_count = 2};
    size_t n;
    const struct ak_finding *f = ak_doctor_run(&run, NULL, *state, &n);
    assert_int_equal(n, 1);
    assert_int_equal(f[0].rule, AK_RULE_P011);
    assert_string_equal(f[0].subject, "NoLoop");
    assert_string_equal(ak_rule_id(f[0].rule), "P011");
}

int main(void)
{
    const struct CMUnitTest causes[] = {cmocka_unit_test(test_sums), cmocka_unit_test(test_shared),
                                        cmocka_unit_test(test_no_rate),
                                        cmocka_unit_test(test_against)};
    const struct CMUnitTest scales[] = {
        cmocka_unit_test(test_unit_of_the_row), cmocka_unit_test(test_taken_as_operation),
        cmocka_unit_test(test_not_taken),       cmocka_unit_test(test_sibling),
        cmocka_unit_test(test_phase),           cmocka_unit_test(test_parts)};
    const struct CMUnitTest doctor[] = {cmocka_unit_test(test_doctor),
                                        cmocka_unit_test(test_no_loop)};
    const int failed = cmocka_run_group_tests(causes, setup, teardown);
    return failed + cmocka_run_group_tests(scales, setup_arena, teardown_arena) +
           cmocka_run_group_tests(doctor, setup_arena, teardown_arena);
}
