#include "base/io.h"
#include "base/str.h"
#include "stats/trend.h"
#include "test.h"

#include <math.h>

/* tests/data/trend: series.csv holds name,i,value; trend_expected.csv one row of statistics each.
 */
static struct ak_buf series, expected;

static int load(void **state)
{
    (void)state;
    return ak_file_read("tests/data/trend/series.csv", 1 << 20, &series, NULL) ||
           ak_file_read("tests/data/trend/trend_expected.csv", 1 << 20, &expected, NULL);
}

static int unload(void **state)
{
    (void)state;
    ak_buf_release(&series);
    ak_buf_release(&expected);
    return 0;
}

static size_t values_of(struct ak_str name, double *out, size_t max)
{
    struct ak_str rest = ak_buf_view(&series);
    size_t n = 0;
    while (rest.ptr && n < max) {
        struct ak_str line = ak_str_cut(&rest, '\n');
        if (ak_str_eq(ak_str_cut(&line, ','), name)) {
            ak_str_cut(&line, ',');
            assert_true(ak_str_f64(ak_str_trim(line), &out[n++]));
        }
    }
    return n;
}

static void check_row(struct ak_str line)
{
    double v[512], want[23];
    const struct ak_str name = ak_str_cut(&line, ',');
    const size_t n = values_of(name, v, 512);
    for (int i = 1; i < 23; i++) {
        assert_true(ak_str_f64(ak_str_trim(ak_str_cut(&line, ',')), &want[i]));
    }
    assert_true(n == (size_t)want[1]);
#define SAME(column, got)                                                                          \
    assert_true(fabs((got)-want[column]) <= 1e-9 * fmax(1, fabs(want[column])))
    const struct ak_kendall mk = ak_mann_kendall(v, n);
    SAME(2, (double)mk.s);
    SAME(3, mk.variance);
    SAME(4, mk.z);
    SAME(5, mk.p);
    SAME(6, mk.tau);
    const struct ak_line line_fit = ak_theil_sen(v, n, 0.95);
    SAME(9, line_fit.slope.value);
    SAME(10, line_fit.intercept);
    SAME(11, line_fit.slope.lo);
    SAME(12, line_fit.slope.hi);
    if (n > 3 && !isnan(want[15])) { /* NaN: no scatter about the line, we take the plain test */
        const struct ak_kendall hr = ak_mann_kendall_hamed_rao(v, n);
        SAME(15, hr.z);
        SAME(16, hr.p);
        const struct ak_kendall white = ak_mann_kendall_prewhitened(v, n);
        SAME(21, white.z);
        SAME(22, white.p);
    }
#undef SAME
}

static void test_published(void **state)
{
    (void)state;
    struct ak_str rest = ak_buf_view(&expected);
    ak_str_cut(&rest, '\n');
    size_t rows = 0;
    while (rest.ptr) {
        const struct ak_str line = ak_str_cut(&rest, '\n');
        if (line.len > 0) {
            check_row(line);
            rows++;
        }
    }
    assert_int_equal(rows, 17);
}

static void test_exact_rising(void **state)
{
    (void)state;
    const double up[] = {1, 2, 3, 4, 5}, one_off[] = {1, 2, 3, 5, 4};
    assert_true(fabs(ak_mann_kendall(up, 5).p_rising - 1 / 120.0) < 1e-15);
    assert_true(fabs(ak_mann_kendall(one_off, 5).p_rising - 5 / 120.0) < 1e-15);
    const double down[] = {5, 4, 3, 2, 1};
    assert_true(fabs(ak_mann_kendall(down, 5).p_rising - 1) < 1e-15);
}

static void test_least_squares(void **state)
{
    (void)state;
    const double x[] = {0, 1, 2, 3}, y[] = {1, 3, 5, 7.4};
    const struct ak_line l = ak_least_squares(x, y, 4, 0.95);
    assert_true(fabs(l.slope.value - 2.12) < 1e-12);
    assert_true(l.slope.lo < 2.12 && l.slope.lo > 1.6 && l.slope.hi < 2.6);
    assert_true(isnan(ak_least_squares(x, y, 2, 0.95).slope.value));
}

static void test_odd_input(void **state)
{
    (void)state;
    const double v[] = {1, NAN, INFINITY, 2, 2}, same[] = {3, 3, 3, 3};
    (void)ak_mann_kendall(v, 5);
    (void)ak_theil_sen(v, 5, 0.95);
    (void)ak_mann_kendall_hamed_rao(v, 5);
    (void)ak_mann_kendall_prewhitened(v, 5);
    assert_true(ak_mann_kendall(same, 4).p == 1);
    assert_true(ak_mann_kendall_prewhitened(same, 4).p == 1);
    assert_true(isnan(ak_theil_sen(v, 1, 0.95).slope.value));
    assert_true(isnan(ak_autocorrelation(same, 4, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_exact_rising),
        cmocka_unit_test(test_least_squares),
        cmocka_unit_test(test_odd_input),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
