#include "collector/growth.h"
#include "stats/random.h"
#include "test.h"

#include <math.h>

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

static struct ak_trend judged(void **state, const double *v, size_t n)
{
    struct ak_trend t;
    ak_growth_judge(v, n, NULL, *state, &t);
    return t;
}

/* MB/heap of GoAkt v4 after each stop of 1,000 actors, and of v3. */
static void test_real(void **state)
{
    static const double leak[] = {7.646, 9.315, 10.94, 12.60, 14.22,
                                  15.86, 17.49, 19.12, 20.76, 22.40};
    static const double five[] = {4.285, 5.912, 7.545, 9.176, 10.81};
    static const double flat[] = {2.671, 2.685, 2.685, 2.805, 2.818,
                                  2.836, 2.688, 2.679, 2.752, 2.682};
    struct ak_trend t = judged(state, leak, 10);
    assert_int_equal(t.growth, AK_GROWTH_LEAK);
    assert_true(fabs(t.slope - 1.635) < 0.01 && t.slope_lo < t.slope && t.slope_hi > t.slope);
    t = judged(state, five, 5);
    assert_int_equal(t.growth, AK_GROWTH_LEAK);
    assert_int_equal(judged(state, flat, 10).growth, AK_GROWTH_NONE);
}

static void test_shapes(void **state)
{
    double warm[60], step[60], saw[60], line[60], falling[60];
    struct ak_random r = ak_random_seeded(11);
    for (int i = 0; i < 60; i++) {
        const double noise = 1 + 0.01 * ak_random_normal(&r);
        warm[i] = 100 * (1 - 0.5 * exp(-i / 4.0)) * noise;
        step[i] = (i < 37 ? 100 : 130) * noise;
        saw[i] = 100 + 5 * (i % 7) * noise;
        line[i] = (100 + i / 3.0) * noise;
        falling[i] = (100 - i / 3.0) * noise;
    }
    assert_int_equal(judged(state, warm, 60).growth, AK_GROWTH_WARMUP);
    const struct ak_trend s = judged(state, step, 60);
    assert_int_equal(s.growth, AK_GROWTH_STEP);
    assert_in_range(s.step_at, 36, 38);
    assert_int_equal(judged(state, saw, 60).growth, AK_GROWTH_NONE);
    assert_int_equal(judged(state, line, 60).growth, AK_GROWTH_LEAK);
    assert_int_equal(judged(state, falling, 60).growth, AK_GROWTH_NONE);
    assert_int_equal(judged(state, warm, 10).growth, AK_GROWTH_WARMUP);
}

static void test_little_data(void **state)
{
    const double v[] = {1, 2, 3, 4};
    struct ak_trend t = judged(state, v, 4);
    assert_int_equal(t.growth, AK_GROWTH_UNSURE);
    assert_string_equal(t.reason, "4 repetitions, 5 are needed");
    assert_int_equal(judged(state, v, 0).growth, AK_GROWTH_UNSURE);
    const double same[] = {5, 5, 5, 5, 5, 5}, zero[] = {0, 0, 0, 0, 0, 0};
    assert_int_equal(judged(state, same, 6).growth, AK_GROWTH_NONE);
    assert_int_equal(judged(state, zero, 6).growth, AK_GROWTH_NONE);
    const double odd[] = {1, NAN, 3, INFINITY, 5, 6};
    assert_int_equal(judged(state, odd, 6).growth, AK_GROWTH_UNSURE);
}

/* A very long series is thinned out, and its slope is still per repetition. */
static void test_long(void **state)
{
    const size_t n = 10000;
    double *v = ak_arena_alloc(*state, n * sizeof *v);
    for (size_t i = 0; i < n; i++) {
        v[i] = 1000 + 0.5 * (double)i;
    }
    const struct ak_trend t = judged(state, v, n);
    assert_int_equal(t.growth, AK_GROWTH_LEAK);
    assert_true(fabs(t.slope - 0.5) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_little_data),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
