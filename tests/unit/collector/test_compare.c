#include "collector/compare.h"
#include "stats/random.h"
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int setup(void **state)
{
    *state = ak_arena_new();
    return 0;
}

static int teardown(void **state)
{
    ak_arena_free(*state);
    return 0;
}

/* A series of n normal values with spread 1 % about `level`. */
static struct ak_series series(struct ak_arena *a, const char *name, double level, size_t n,
                               uint64_t seed)
{
    struct ak_random r = ak_random_seeded(seed);
    double *v = ak_arena_alloc(a, n * sizeof *v);
    for (size_t i = 0; i < n; i++) {
        v[i] = level * (1 + 0.01 * ak_random_normal(&r));
    }
    return (struct ak_series){
        .benchmark = name, .package = "p", .unit = "ns/op", .procs = 8, .values = v, .count = n};
}

static struct ak_run run_of(struct ak_series *s, size_t n)
{
    return (struct ak_run){.label = "r", .series = s, .series_count = n};
}

static const struct ak_compare_row *row(const struct ak_comparison *c, const char *name)
{
    for (size_t i = 0; i < c->row_count; i++) {
        if (strcmp(c->rows[i].benchmark, name) == 0) {
            return &c->rows[i];
        }
    }
    fail();
    abort(); /* not reached: fail() jumps */
}

static void test_verdicts(void **state)
{
    struct ak_arena *a = *state;
    struct ak_series before[] = {series(a, "Worse", 100, 10, 1), series(a, "Better", 100, 10, 2),
                                 series(a, "Same", 100, 10, 3),  series(a, "Few", 100, 3, 4),
                                 series(a, "Gone", 100, 10, 5),  series(a, "Rate", 100, 10, 6)};
    struct ak_series after[] = {series(a, "Worse", 120, 10, 11),  series(a, "Better", 80, 10, 12),
                                series(a, "Same", 100.2, 10, 13), series(a, "Few", 130, 3, 14),
                                series(a, "New", 100, 10, 15),    series(a, "Rate", 120, 10, 16)};
    before[5].unit = after[5].unit = "MB/s";
    before[5].better = after[5].better = AK_HIGHER_IS_BETTER;
    struct ak_run x = run_of(before, 6), y = run_of(after, 6);
    struct ak_comparison c;
    ak_compare_runs(&x, &y, NULL, a, &c);
    assert_int_equal(c.row_count, 7);
    assert_int_equal(row(&c, "Worse")->verdict, AK_VERDICT_WORSE);
    assert_true(row(&c, "Worse")->ratio_lo > 1.15 && row(&c, "Worse")->ratio_hi < 1.25);
    assert_int_equal(row(&c, "Better")->verdict, AK_VERDICT_BETTER);
    assert_int_equal(row(&c, "Same")->verdict, AK_VERDICT_SAME);
    assert_int_equal(row(&c, "Rate")->verdict, AK_VERDICT_BETTER);
    assert_int_equal(row(&c, "Gone")->verdict, AK_VERDICT_INCOMPARABLE);
    assert_string_equal(row(&c, "Gone")->reason, "only in the first run");
    assert_string_equal(row(&c, "New")->reason, "only in the second run");
    const struct ak_compare_row *few = row(&c, "Few");
    assert_int_equal(few->verdict, AK_VERDICT_UNSURE);
    assert_string_equal(few->reason, "too few values to show any difference");
    assert_true(few->need_more >= 2 && few->need_more <= 6);
    assert_ptr_equal(row(&c, "Worse"), &c.rows[0]); /* the worst stands first */
    assert_int_equal(ak_compare_exit(&c), 1);
    assert_int_equal(c.geomean_count, 1); /* one MB/s row is no mean */
    assert_int_equal(c.geomeans[0].pairs, 4);
    assert_true(fabs(c.geomeans[0].ratio - pow(1.2 * 0.8 * 1.002 * 1.3, 0.25)) < 0.01);
}

static void test_pairing(void **state)
{
    struct ak_series before[] = {series(*state, "A", 1, 6, 1), series(*state, "A", 2, 6, 2)};
    struct ak_series after[] = {series(*state, "A", 1, 6, 3), series(*state, "A", 2, 6, 4)};
    before[0].package = "mod/v3/x";
    before[1].package = "other";
    after[0].package = "mod/v4/x";
    after[1].package = "other";
    struct ak_run x = run_of(before, 2), y = run_of(after, 2);
    struct ak_comparison c;
    ak_compare_runs(&x, &y, NULL, *state, &c);
    assert_int_equal(c.row_count, 2); /* equal packages first, the other two then pair */
    assert_int_equal(c.counts[AK_VERDICT_SAME] + c.counts[AK_VERDICT_UNSURE], 2);
    before[0].procs = 4;
    ak_compare_runs(&x, &y, NULL, *state, &c);
    assert_int_equal(c.row_count, 3);
    assert_int_equal(row(&c, "A-4")->verdict, AK_VERDICT_INCOMPARABLE);
}

static void test_zeros(void **state)
{
    double zero[6] = {0}, some[6] = {8, 8, 8, 8, 8, 8};
    struct ak_series before[] = {
        {.benchmark = "Z", .package = "", .unit = "B/op", .values = zero, .count = 6},
        {.benchmark = "N", .package = "", .unit = "B/op", .values = zero, .count = 6}};
    struct ak_series after[] = {
        {.benchmark = "Z", .package = "", .unit = "B/op", .values = zero, .count = 6},
        {.benchmark = "N", .package = "", .unit = "B/op", .values = some, .count = 6}};
    struct ak_run x = run_of(before, 2), y = run_of(after, 2);
    struct ak_comparison c;
    ak_compare_runs(&x, &y, NULL, *state, &c);
    assert_int_equal(row(&c, "Z")->verdict, AK_VERDICT_SAME);
    assert_int_equal(row(&c, "N")->verdict, AK_VERDICT_WORSE);
    assert_true(isnan(row(&c, "N")->ratio));
}

static void test_nothing(void **state)
{
    struct ak_run x = {.label = "a"}, y = {.label = "b"};
    struct ak_comparison c;
    ak_compare_runs(&x, &y, NULL, *state, &c);
    assert_int_equal(c.row_count, 0);
    assert_int_equal(ak_compare_exit(&c), 3);
}

static void test_environment(void **state)
{
    struct ak_kv a[] = {{"cpu", "X"}, {"load1", "0.1"}, {"goos", "linux"}};
    struct ak_kv b[] = {{"cpu", "Y"}, {"load1", "7"}, {"goos", "linux"}, {"cores", "2"}};
    struct ak_run x = {.label = "a", .env = a, .env_count = 3};
    struct ak_run y = {.label = "b", .env = b, .env_count = 4};
    struct ak_comparison c;
    ak_compare_runs(&x, &y, NULL, *state, &c);
    assert_int_equal(c.environment_difference_count, 1);
    assert_string_equal(c.environment_differences[0].value, "X -> Y");
    assert_int_equal(c.warning_count, 1);
    assert_non_null(strstr(c.warnings[0], "loaded"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),    cmocka_unit_test(test_pairing),
        cmocka_unit_test(test_zeros),       cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_environment),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
