#include "stats/distribution.h"
#include "stats/quantile.h"
#include "test.h"

#include <math.h>

static int near(double a, double b, double tolerance)
{
    return fabs(a - b) <= tolerance * fmax(1, fabs(b));
}
#define NEAR(a, b, tolerance) assert_true(near((a), (b), (tolerance)))

static void test_sort(void **state)
{
    (void)state;
    double v[100];
    for (int i = 0; i < 100; i++) {
        v[i] = (i * 37) % 100;
    }
    v[7] = NAN;
    ak_sort_f64(v, 100);
    for (int i = 1; i < 99; i++) {
        assert_true(v[i - 1] <= v[i]);
    }
    assert_true(isnan(v[99]));
    double few[] = {3, NAN, -1, 2};
    ak_sort_f64(few, 4);
    assert_true(few[0] == -1 && few[1] == 2 && few[2] == 3 && isnan(few[3]));
}

static void test_quantiles(void **state)
{
    (void)state;
    const double v[] = {1, 2, 3, 4};
    NEAR(ak_quantile_sorted(v, 4, 0.5), 2.5, 1e-15);
    assert_true(ak_quantile_sorted(v, 4, 0) == 1 && ak_quantile_sorted(v, 4, 1) == 4);
    NEAR(ak_quantile_sorted(v, 4, 0.25), 1 + 5 / 12.0, 1e-12);
    assert_true(isnan(ak_quantile_sorted(v, 0, 0.5)) && isnan(ak_median(v, 0)));
    NEAR(ak_spread(v, 4), 1.4826, 1e-12);
    NEAR(ak_geomean((double[]){1, 4, 16}, 3), 4, 1e-12);
    assert_true(isnan(ak_geomean((double[]){1, 0}, 2)) && isnan(ak_geomean(v, 0)));
}

/* Bounds that golang.org/x/perf gives, recorded. */
static void test_median_order(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        double confidence;
        size_t lo, hi;
    } rows[] = {
        {1, 0.95, 0, 2},   {2, 0.5, 1, 2},     {3, 0.8, 0, 3},     {5, 0.95, 0, 5},
        {6, 0.95, 1, 6},   {8, 0.5, 3, 6},     {9, 0.95, 2, 8},    {10, 0.95, 2, 9},
        {14, 0.95, 3, 11}, {17, 0.99, 3, 14},  {20, 0.8, 7, 13},   {21, 0.95, 6, 16},
        {22, 0.8, 8, 15},  {24, 0.9, 8, 17},   {27, 0.8, 11, 18},  {29, 0.9, 11, 20},
        {30, 0.9, 11, 20}, {30, 0.999, 7, 25}, {31, 0.95, 10, 22}, {32, 0.999, 7, 26},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct ak_order_interval o = ak_median_order(rows[i].n, rows[i].confidence);
        assert_int_equal(o.lo, rows[i].lo);
        assert_int_equal(o.hi, rows[i].hi);
    }
    assert_int_equal(ak_median_samples(0.95), 6);
    assert_int_equal(ak_median_samples(1), 0);
    const double v[] = {1, 2};
    const struct ak_interval ci = ak_median_interval(v, 2, 0.95);
    assert_true(isinf(ci.lo) && isinf(ci.hi) && ci.value == 1.5);
}

static void test_distributions(void **state)
{
    (void)state;
    NEAR(ak_normal_quantile(0.975), 1.959963984540054, 1e-14);
    NEAR(ak_normal_quantile(1e-10), -6.361340902404056, 1e-13);
    NEAR(ak_normal_cdf(ak_normal_quantile(0.3)), 0.3, 1e-14);
    assert_true(isnan(ak_normal_quantile(NAN)) && isinf(ak_normal_quantile(0)));
    NEAR(ak_t_quantile(0.975, 3), 3.182446305284263, 1e-10);
    NEAR(ak_t_quantile(0.025, 10), -2.2281388519649385, 1e-10);
    NEAR(ak_t_cdf(2, 5), 0.9490302605850709, 1e-12);
    const struct ak_interval b = ak_binomial_interval(9, 36, 0.95);
    NEAR(b.value, 0.25, 1e-15);
    NEAR(b.lo, 0.12120329412383495, 1e-12);
    NEAR(b.hi, 0.422029584578144, 1e-12);
    const struct ak_interval none = ak_binomial_interval(0, 10, 0.95);
    NEAR(none.hi, 0.3084971, 1e-6);
    assert_true(none.lo == 0 && isnan(ak_binomial_interval(0, 0, 0.95).value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_median_order),
        cmocka_unit_test(test_distributions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
