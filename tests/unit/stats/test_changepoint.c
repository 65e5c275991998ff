#include "stats/changepoint.h"
#include "stats/random.h"
#include "test.h"

#include <math.h>

static void test_steps(void **state)
{
    (void)state;
    double v[90];
    struct ak_random r = ak_random_seeded(3);
    for (int i = 0; i < 90; i++) {
        const double level = i < 30 ? 100 : i < 60 ? 130 : 90;
        v[i] = level * (1 + 0.02 * ak_random_normal(&r));
    }
    struct ak_change c[4];
    assert_int_equal(ak_change_points(v, 90, NULL, c, 4), 2);
    assert_int_equal(c[0].at, 30);
    assert_int_equal(c[1].at, 60);
    assert_true(fabs(c[0].before - 100) < 2 && fabs(c[0].after - 130) < 2);
    assert_true(fabs(c[1].after - 90) < 2 && c[1].p <= 0.01);
    assert_int_equal(ak_change_points(v, 90, NULL, c, 1), 1); /* no more room */
}

/* Six runs of GoAkt v3, then six of v4: ms for a stop of 1,000 actors. */
static void test_real(void **state)
{
    (void)state;
    static const double v[] = {152.2, 139.4, 150.9, 148.9, 146.3, 143.9,
                               12.9,  11.5,  11.1,  11.0,  12.6,  11.2};
    struct ak_change c[4];
    assert_int_equal(ak_change_points(v, 12, NULL, c, 4), 1);
    assert_int_equal(c[0].at, 6);
}

/* Histories that are too young for ranks: what is plain is told, what is not is not. */
static void test_short(void **state)
{
    (void)state;
    static const double plain[] = {152, 139, 151, 149, 12.9, 11.5, 11.1, 11.0};
    static const double two[] = {152, 139, 151, 149, 146, 144, 12.9, 11.5};
    static const double mild[] = {100, 103, 98, 101, 109, 112, 107, 110};
    struct ak_change c[4];
    assert_int_equal(ak_change_points(plain, 8, NULL, c, 4), 1);
    assert_int_equal(c[0].at, 4);
    assert_int_equal(ak_change_points(two, 8, NULL, c, 4), 0); /* two runs are no level */
    assert_int_equal(ak_change_points(mild, 8, NULL, c, 4), 0);
}

static void test_none(void **state)
{
    (void)state;
    double v[60], drift = 100;
    struct ak_random r = ak_random_seeded(8);
    struct ak_change c[4];
    for (int i = 0; i < 60; i++) {
        v[i] = 100 * (1 + 0.03 * ak_random_normal(&r));
    }
    assert_int_equal(ak_change_points(v, 60, NULL, c, 4), 0);
    v[20] *= 2; /* outliers are no levels */
    v[41] *= 1.8;
    assert_int_equal(ak_change_points(v, 60, NULL, c, 4), 0);
    for (int i = 0; i < 60; i++) {
        v[i] = drift *= 1.004;
    }
    assert_int_equal(ak_change_points(v, 60, NULL, c, 4), 0);
    const struct ak_change_opts floor = {.floor = 0.3};
    for (int i = 0; i < 60; i++) {
        v[i] = i < 30 ? 100 : 120;
    }
    assert_int_equal(ak_change_points(v, 60, &floor, c, 4), 0);
}

static void test_odd_input(void **state)
{
    (void)state;
    struct ak_change c[4];
    const double few[] = {1, 2, 3, 4, 5}, bad[] = {1, 2, NAN, 4, 5, 6, 7}, same[8] = {0};
    assert_int_equal(ak_change_points(few, 5, NULL, c, 4), 0);
    assert_int_equal(ak_change_points(bad, 7, NULL, c, 4), 0);
    assert_int_equal(ak_change_points(same, 8, NULL, c, 4), 0);
    assert_int_equal(ak_change_points(few, 0, NULL, c, 4), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),     cmocka_unit_test(test_real),
        cmocka_unit_test(test_short),     cmocka_unit_test(test_none),
        cmocka_unit_test(test_odd_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
