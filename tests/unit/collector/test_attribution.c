#include "collector/attribution.h"
#include "collector/compare.h"
#include "collector/doctor.h"
#include "collector/ingest.h"
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

static size_t count_rule(const struct ak_finding *f, size_t n, enum ak_doctor_rule rule)
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
    assert_int_equal(count_rule(f, n, AK_DOCTOR_P001), 0); /* 1,042 samples */
    assert_int_equal(count_rule(f, n, AK_DOCTOR_P002), 1);
    assert_int_equal(count_rule(f, n, AK_DOCTOR_P003), 1);
    assert_int_equal(count_rule(f, n, AK_DOCTOR_P009), 1);
    assert_int_equal(count_rule(f, n, AK_DOCTOR_P010), 0);
    assert_int_equal(count_rule(f, n, AK_DOCTOR_P011), 0);
    f = ak_doctor_run(run, NULL, *state, &n);
    assert_int_equal(count_rule(f, n, AK_DOCTOR_P002), 0); /* no limit to resolve */
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
    assert_int_equal(f[0].rule, AK_DOCTOR_P011);
    assert_string_equal(f[0].subject, "NoLoop");
    assert_string_equal(ak_doctor_id(f[0].rule), "P011");
}

int main(void)
{
    const struct CMUnitTest causes[] = {cmocka_unit_test(test_sums), cmocka_unit_test(test_shared)};
    const struct CMUnitTest doctor[] = {cmocka_unit_test(test_doctor),
                                        cmocka_unit_test(test_no_loop)};
    const int failed = cmocka_run_group_tests(causes, setup, teardown);
    return failed + cmocka_run_group_tests(doctor, setup_arena, teardown_arena);
}
