#include "test.h"

#include "base/mem.h"
#include "stats/multiple.h"
#include "stats/random.h"
#include "stats/ranktest.h"

#include <math.h>

static int near(double a, double b, double tolerance)
{
    return fabs(a - b) <= tolerance * fmax(1e-12, fabs(b));
}
#define NEAR(a, b, tolerance) assert_true(near((a), (b), (tolerance)))

static int make_table(void **state)
{
    *state = ak_rank_table_new();
    return 0;
}

static int drop_table(void **state)
{
    ak_rank_table_free(*state);
    return 0;
}

/* p-values from scipy.stats.mannwhitneyu(method='exact'), recorded. */
static void test_exact(void **state)
{
    const double a[] = {1, 2, 3, 4, 5}, b[] = {6, 7, 8, 9, 10}, c[] = {2.5, 4.5, 6, 7, 8};
    struct ak_rank_test r = ak_mann_whitney(*state, a, 5, b, 5);
    NEAR(r.p, 0.007936507936507936, 1e-12);
    assert_true(r.exact && r.u == 0);
    NEAR(ak_mann_whitney_min_p(5, 5), 0.007936507936507936, 1e-12);
    NEAR(ak_mann_whitney_min_p(8, 3), 2 / 165.0, 1e-12);
    r = ak_mann_whitney(*state, a, 5, c, 5);
    assert_true(r.u == 4);
    NEAR(r.p, 0.09523809523809523, 1e-12);
    r = ak_mann_whitney(*state, a, 3, c, 5);
    NEAR(r.p, 2 * 2 / 56.0, 1e-12); /* u = 1: two of the 56 orders */
}

/* All C(6, 3) choices by hand: values 1 1 2 | 2 3 3. */
static void test_ties(void **state)
{
    const double a[] = {1, 1, 2}, b[] = {2, 3, 3};
    const struct ak_rank_test r = ak_mann_whitney(*state, a, 3, b, 3);
    assert_true(r.exact && r.u == 0.5);
    NEAR(r.p, 2 * 2 / 20.0, 1e-12);
    const struct ak_rank_test same = ak_mann_whitney(*state, a, 2, a, 2);
    assert_int_equal(same.state, AK_RANK_EQUAL);
    assert_true(same.p == 1);
    assert_int_equal(ak_mann_whitney(*state, a, 0, b, 3).state, AK_RANK_EMPTY);
}

static void test_normal(void **state)
{
    double x[60], y[60];
    for (int i = 0; i < 60; i++) {
        x[i] = i;
        y[i] = i + 10.5;
    }
    const struct ak_rank_test r = ak_mann_whitney(*state, x, 60, y, 60);
    assert_true(!r.exact && r.u == 1225);
    NEAR(r.z, -574.5 / sqrt(3600 * 121 / 12.0), 1e-12);
    double ties[30];
    for (int i = 0; i < 30; i++) {
        ties[i] = i / 3;
    }
    assert_false(ak_mann_whitney(*state, ties, 30, ties, 30).exact);
    assert_true(ak_mann_whitney(*state, ties, 30, ties, 30).p == 1);
}

/* NaN and infinities give some answer and never a loop without end. */
static void test_not_numbers(void **state)
{
    double x[] = {1, NAN, NAN}, y[] = {2, 3, NAN};
    (void)ak_mann_whitney(*state, x, 3, y, 3);
    (void)ak_shift(*state, x, 3, y, 3, 0.95);
    double big[100];
    for (int i = 0; i < 100; i++) {
        big[i] = i < 50 ? (double)i : (double)INFINITY;
    }
    big[99] = NAN;
    (void)ak_mann_whitney(*state, big, 100, big, 100);
    (void)ak_shift(*state, big, 100, big, 100, 0.95);
    assert_true(isnan(ak_shift(*state, x, 0, y, 3, 0.95).value));
}

/* The interval of Hodges and Lehmann against its definition, all differences sorted. */
static void test_shift(void **state)
{
    struct ak_random random = ak_random_seeded(7);
    double x[90], y[80];
    for (int i = 0; i < 90; i++) {
        x[i] = ak_random_normal(&random);
    }
    for (int i = 0; i < 80; i++) {
        y[i] = 0.5 + ak_random_normal(&random);
    }
    ak_sort_f64(x, 90);
    ak_sort_f64(y, 80);
    double *all = ak_reallocarray(NULL, 7200, sizeof *all);
    for (int i = 0; i < 7200; i++) {
        all[i] = y[i / 90] - x[i % 90];
    }
    ak_sort_f64(all, 7200);
    const struct ak_interval s = ak_shift(*state, x, 90, y, 80, 0.95); /* by bisection */
    NEAR(s.value, (all[3599] + all[3600]) / 2, 1e-14);
    assert_true(s.lo < s.value && s.value < s.hi && s.lo > 0);
    int below = 0;
    while (all[below] < s.lo) {
        below++;
    }
    assert_in_range(below, 2970, 2985); /* 3600 - 1.96 * 320.3 = 2972 */
    ak_free(all);
}

static void test_ratio(void **state)
{
    const double x[] = {10, 11, 12, 13, 14, 15}, y[] = {20, 22, 24, 26, 28, 30};
    const struct ak_interval r = ak_shift_ratio(*state, x, 6, y, 6, 0.95);
    assert_true(r.lo > 1.3 && r.lo < 2 && r.hi > 2 && r.hi < 3);
    NEAR(r.value, 2, 1e-12);
    assert_true(isinf(ak_shift_ratio(*state, x, 3, y, 3, 0.95).hi));
    const double zero[] = {0, 1};
    assert_true(isnan(ak_shift_ratio(*state, zero, 2, y, 2, 0.95).value));
}

/* p-values and their adjustments from R's p.adjust, recorded. */
static void test_multiple(void **state)
{
    (void)state;
    const double p[] = {0.01, 0.04, NAN, 0.03, 0.005};
    double out[5];
    ak_adjust_holm(p, 5, out);
    NEAR(out[0], 0.03, 1e-12);
    NEAR(out[1], 0.06, 1e-12);
    assert_true(isnan(out[2]));
    NEAR(out[3], 0.06, 1e-12);
    NEAR(out[4], 0.02, 1e-12);
    ak_adjust_benjamini_hochberg(p, 5, out);
    NEAR(out[0], 0.02, 1e-12);
    NEAR(out[1], 0.04, 1e-12);
    NEAR(out[3], 0.04, 1e-12);
    NEAR(out[4], 0.02, 1e-12);
}

static void test_bootstrap(void **state)
{
    (void)state;
    double v[101];
    for (int i = 0; i < 101; i++) {
        v[i] = i;
    }
    const struct ak_bootstrap how = {.rounds = 400, .confidence = 0.95, .seed = 3};
    const struct ak_interval a = ak_bootstrap_interval(v, 101, ak_median, &how);
    const struct ak_interval b = ak_bootstrap_interval(v, 101, ak_median, &how);
    assert_true(a.lo == b.lo && a.hi == b.hi && a.value == 50);
    assert_true(a.lo > 30 && a.lo < 45 && a.hi > 55 && a.hi < 70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),    cmocka_unit_test(test_ties),
        cmocka_unit_test(test_normal),   cmocka_unit_test(test_not_numbers),
        cmocka_unit_test(test_shift),    cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_multiple), cmocka_unit_test(test_bootstrap),
    };
    return cmocka_run_group_tests(tests, make_table, drop_table);
}
