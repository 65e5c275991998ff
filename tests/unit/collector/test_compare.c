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

/* --- many runs --------------------------------------------------------------------------- */

static void test_many(void **state)
{
    struct ak_series a[] = {series(*state, "A", 100, 10, 1), series(*state, "B", 100, 10, 2)};
    struct ak_series b[] = {series(*state, "C", 100, 10, 3), series(*state, "A", 80, 10, 4)};
    struct ak_series c[] = {series(*state, "B", 130, 10, 5), series(*state, "C", 100, 10, 6)};
    struct ak_run x = run_of(a, 2), y = run_of(b, 2), z = run_of(c, 2);
    struct ak_run *const runs[] = {&x, &y, &z};
    struct ak_comparison_set set;
    ak_compare_many(runs, 3, NULL, *state, &set);
    assert_int_equal(set.pair_count, 2);
    const struct ak_comparison *first = &set.pairs[0], *second = &set.pairs[1];
    assert_int_equal(first->row_count, 3);
    assert_int_equal(second->row_count, 3);
    for (size_t i = 0; i < 3; i++) { /* rows stand in the same order */
        assert_string_equal(first->rows[i].benchmark, second->rows[i].benchmark);
    }
    assert_string_equal(first->rows[0].benchmark, "B"); /* worse in one pair comes first */
    assert_int_equal(row(first, "A")->verdict, AK_VERDICT_BETTER);
    assert_int_equal(row(second, "B")->verdict, AK_VERDICT_WORSE);
    assert_int_equal(row(second, "A")->verdict, AK_VERDICT_INCOMPARABLE);
    assert_int_equal(row(first, "C")->before.n, 0);
    assert_int_equal(ak_compare_set_exit(&set), 1);
    struct ak_comparison two;
    ak_compare_runs(&x, &y, NULL, *state, &two);
    /* More tests in the family: p can only grow. */
    assert_true(row(first, "A")->p_adjusted >= row(&two, "A")->p_adjusted);
    assert_true(row(first, "A")->p_adjusted <= 2 * row(&two, "A")->p);
}

static void test_neither(void **state)
{
    struct ak_series a[] = {series(*state, "A", 100, 10, 1)};
    struct ak_series c[] = {series(*state, "C", 100, 10, 2)};
    struct ak_run x = run_of(a, 1), y = run_of(a, 1), z = run_of(c, 1);
    struct ak_run *const runs[] = {&x, &y, &z};
    struct ak_comparison_set set;
    ak_compare_many(runs, 3, NULL, *state, &set);
    assert_string_equal(row(&set.pairs[0], "C")->reason, "in neither run");
    assert_int_equal(set.pairs[0].counts[AK_VERDICT_INCOMPARABLE], 0); /* not one of its rows */
    assert_int_equal(set.pairs[1].counts[AK_VERDICT_INCOMPARABLE], 2);
}

/* --- the variance between runs ----------------------------------------------------------- */

#define PAST 12

/* Runs of one benchmark at these levels, the last being the newest of the history. */
static struct ak_run *const *history(struct ak_arena *a, const double *levels, size_t n)
{
    struct ak_run **runs = AK_NEW_ARRAY(a, struct ak_run *, n);
    for (size_t i = 0; i < n; i++) {
        struct ak_series *s = AK_NEW_ARRAY(a, struct ak_series, 1);
        *s = series(a, "A", levels[i], 10, 100 + i);
        runs[i] = AK_NEW_ARRAY(a, struct ak_run, 1);
        *runs[i] = run_of(s, 1);
    }
    return runs;
}

static enum ak_verdict judged(struct ak_arena *a, const double *levels, size_t n, double after,
                              struct ak_compare_row *out)
{
    struct ak_run *const *past = history(a, levels, n);
    struct ak_series next = series(a, "A", after, 10, 7);
    struct ak_run y = run_of(&next, 1);
    struct ak_comparison c;
    const struct ak_compare_opts opts = {.history = past, .history_count = n};
    ak_compare_runs(past[n - 1], &y, &opts, a, &c);
    *out = c.rows[0];
    return c.rows[0].verdict;
}

static void test_between(void **state)
{
    /* Runs that differ by 6 %: 12 % is nothing new, twice as slow is. */
    static const double noisy[PAST] = {100, 107, 94, 103, 97, 108, 95, 101, 106, 93, 104, 99};
    struct ak_compare_row r;
    assert_int_equal(judged(*state, noisy, PAST, 112, &r), AK_VERDICT_UNSURE);
    assert_non_null(strstr(r.reason, "12 runs of the history"));
    assert_int_equal(r.need_more, 0); /* more values do not help */
    assert_true(r.between > 0.04 && r.between < 0.07);
    assert_true(r.ratio_lo < 1 && r.ratio_hi > 1.2); /* the interval knows it too */
    assert_true(r.detectable > 0.2);
    assert_int_equal(judged(*state, noisy, PAST, 200, &r), AK_VERDICT_WORSE);
    assert_string_equal(r.reason, "");
    /* A quiet machine: 6 % is a change. */
    static const double quiet[PAST] = {100,  100.3, 99.8,  100.1, 99.9,  100.2,
                                       99.7, 100,   100.1, 99.9,  100.2, 100};
    assert_int_equal(judged(*state, quiet, PAST, 106, &r), AK_VERDICT_WORSE);
    /* A step in the code is no noise, even in a short history. */
    static const double stepped[PAST] = {8000, 8040, 7980,  8010, 7990,  8020,
                                         99.7, 100,  100.1, 99.9, 100.2, 100};
    assert_int_equal(judged(*state, stepped, PAST, 106, &r), AK_VERDICT_WORSE);
    assert_true(r.between < 0.01);
    assert_int_equal(judged(*state, noisy, 5, 112, &r), AK_VERDICT_WORSE); /* too few to know */
    assert_true(isnan(r.between));
    assert_int_equal(r.between_runs, 0);
}

static void test_in_turn(void **state)
{
    static const double noisy[PAST] = {100, 107, 94, 103, 97, 108, 95, 101, 106, 93, 104, 99};
    struct ak_run *const *past = history(*state, noisy, PAST);
    struct ak_kv session = {AK_ENV_SESSION, "17"}, other = {AK_ENV_SESSION, "18"};
    struct ak_series next = series(*state, "A", 112, 10, 7);
    struct ak_run y = run_of(&next, 1);
    past[PAST - 1]->env = y.env = &session;
    past[PAST - 1]->env_count = y.env_count = 1;
    const struct ak_compare_opts opts = {.history = past, .history_count = PAST};
    struct ak_comparison c;
    ak_compare_runs(past[PAST - 1], &y, &opts, *state, &c);
    assert_int_equal(c.rows[0].verdict, AK_VERDICT_WORSE);
    assert_non_null(strstr(c.variance, "in turn"));
    assert_int_equal(c.environment_difference_count, 0);
    y.env = &other; /* another session is another time */
    ak_compare_runs(past[PAST - 1], &y, &opts, *state, &c);
    assert_int_equal(c.rows[0].verdict, AK_VERDICT_UNSURE);
}

/* --- what must never be judged wrongly --------------------------------------------------- */

static enum ak_verdict verdict_of(struct ak_arena *a, double *x, size_t nx, double *y, size_t ny,
                                  struct ak_compare_row *out)
{
    struct ak_series before = {
        .benchmark = "A", .package = "", .unit = "ns/op", .values = x, .count = nx};
    struct ak_series after = before;
    after.values = y;
    after.count = ny;
    struct ak_run r1 = run_of(&before, 1), r2 = run_of(&after, 1);
    struct ak_comparison c;
    ak_compare_runs(&r1, &r2, NULL, a, &c);
    *out = c.rows[0];
    return c.rows[0].verdict;
}

static void test_corners(void **state)
{
    struct ak_compare_row r;
    double one[] = {5}, ten[] = {10}, many[200], ties[] = {7, 7, 7, 7, 7, 7, 7, 7};
    double above[] = {8, 8, 8, 8, 8, 8, 8, 8}, near[] = {7.1, 7.1, 7.1, 7.1, 7.1, 7.1, 7.1, 7.1};
    double huge[] = {1e300, 1.1e300, 1.05e300, 1.02e300, 1.01e300, 1.03e300};
    double tiny[] = {1e-300, 1.1e-300, 1.05e-300, 1.02e-300, 1.01e-300, 1.03e-300};
    double negative[] = {-5, -6, -5.5, -5.2, -5.8, -5.1}, mixed[] = {-1, 2, -3, 4, -5, 6};
    double turned[] = {1, -2, 3, -4, 5, -6};
    for (size_t i = 0; i < 200; i++) {
        many[i] = 5 + 0.001 * (double)i;
    }
    /* One value a side says nothing, however far apart. */
    assert_int_equal(verdict_of(*state, one, 1, ten, 1, &r), AK_VERDICT_UNSURE);
    assert_true(isnan(r.detectable));
    /* One against 200: p cannot be small. */
    assert_int_equal(verdict_of(*state, many, 200, ten, 1, &r), AK_VERDICT_UNSURE);
    assert_true(r.p > 0.009);
    /* Only ties: equal is the same, apart is a change, within the margin is the same. */
    assert_int_equal(verdict_of(*state, ties, 8, ties, 8, &r), AK_VERDICT_SAME);
    assert_int_equal(verdict_of(*state, ties, 8, above, 8, &r), AK_VERDICT_WORSE);
    assert_int_equal(verdict_of(*state, ties, 8, near, 8, &r), AK_VERDICT_SAME);
    /* The ends of double: no infinity, no NaN. */
    assert_int_equal(verdict_of(*state, tiny, 6, huge, 6, &r), AK_VERDICT_WORSE);
    assert_false(isnan(r.p) || isnan(r.ratio));
    assert_int_equal(verdict_of(*state, huge, 6, huge, 6, &r), AK_VERDICT_UNSURE);
    assert_true(r.ratio >= 1 && r.ratio <= 1);
    /* Below zero there is no ratio; what overlaps is not judged. */
    assert_int_equal(verdict_of(*state, mixed, 6, turned, 6, &r), AK_VERDICT_UNSURE);
    assert_true(isnan(r.ratio));
    /* Two thirds zero on one side: significant, but both medians are zero, so neither way. */
    double none[30] = {0}, some[30] = {0};
    for (size_t i = 20; i < 30; i++) {
        some[i] = 1;
    }
    assert_int_equal(verdict_of(*state, none, 30, some, 30, &r), AK_VERDICT_UNSURE);
    assert_true(r.p < 0.001);
    assert_int_equal(verdict_of(*state, mixed, 6, mixed, 6, &r), AK_VERDICT_UNSURE);
    assert_int_equal(verdict_of(*state, negative, 6, ties, 8, &r), AK_VERDICT_WORSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),    cmocka_unit_test(test_pairing),
        cmocka_unit_test(test_zeros),       cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_environment), cmocka_unit_test(test_many),
        cmocka_unit_test(test_neither),     cmocka_unit_test(test_between),
        cmocka_unit_test(test_in_turn),     cmocka_unit_test(test_corners),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
