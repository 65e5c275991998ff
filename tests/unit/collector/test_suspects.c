#include "base/mem.h"
#include "collector/interleave.h"
#include "record/machine.h"
#include "record/suspects.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct ak_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = ak_arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ak_arena_free(arena);
    return 0;
}

/* A run of two functions: A's values are 100..107 times factor, B's are the same everywhere. */
static struct ak_run run_with(double factor)
{
    static int64_t iterations[8];
    struct ak_series *series = AK_NEW_ARRAY(arena, struct ak_series, 3);
    static const char *const names[] = {"A/x=1", "A/x=2", "B.c"};
    for (size_t i = 0; i < 3; i++) {
        double *values = AK_NEW_ARRAY(arena, double, 8);
        for (size_t k = 0; k < 8; k++) {
            values[k] = (100 + (double)k) * (i < 2 ? factor : 1);
        }
        series[i] = (struct ak_series){.benchmark = names[i],
                                       .package = factor > 1 ? "new" : "old",
                                       .unit = "ns/op",
                                       .procs = 1,
                                       .values = values,
                                       .iterations = iterations,
                                       .count = 8};
    }
    return (struct ak_run){.series = series, .series_count = 3};
}

static void finds_rows_that_look_different(void **state)
{
    (void)state;
    const struct ak_run a = run_with(1), b = run_with(1.2), same = run_with(1.001);
    struct collector_suspects s;
    collector_suspects_find(&a, &b, arena, &s);
    assert_int_equal(s.rows, 3);
    assert_int_equal(s.count, 2);
    assert_string_equal(collector_suspects_pattern(&s, arena), "^(BenchmarkA)$");
    collector_suspects_find(&a, &same, arena, &s);
    assert_int_equal(s.count, 0);
    assert_string_equal(collector_suspects_pattern(&s, arena), ".");
}

static void fresh_values_take_the_place_of_the_old(void **state)
{
    (void)state;
    struct ak_run a = run_with(1), b = run_with(1.2);
    const struct ak_run fresh = run_with(1.1);
    struct collector_suspects s;
    collector_suspects_find(&a, &b, arena, &s);
    collector_suspects_replace(&s, &b, &fresh, arena);
    assert_true(b.series[0].values[0] > 109 && b.series[0].values[0] < 111);
    assert_true(b.series[2].values[0] == 100);
}

static void restricts_commands_that_allow_it(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"go test -bench=. ./bench", "go test -bench=. ./bench -bench='^(BenchmarkA)$'"},
        {"cd x && go test -bench=. .", "cd x && go test -bench=. ."},
        {"build/akbench -bench .", "build/akbench -bench . -bench='^(BenchmarkA)$'"},
        {"./p.test -test.bench .", "./p.test -test.bench . -test.bench='^(BenchmarkA)$'"},
        {"make bench", "make bench"},
        {"cd x && go test -bench={bench} .", "cd x && go test -bench='^(BenchmarkA)$' ."},
    };
    for (size_t i = 0; i < AK_COUNT(cases); i++) {
        assert_string_equal(collector_suspects_command(cases[i][0], "^(BenchmarkA)$", arena),
                            cases[i][1]);
    }
    assert_string_equal(collector_suspects_command("go test -bench=X", ".", arena),
                        "go test -bench=X");
}

static void on_output(void *ctx, struct ak_str bytes)
{
    ak_buf_str(ctx, bytes);
}

static void interleaves_and_confirms(void **state)
{
    (void)state;
    struct ak_buf shown = AK_BUF_INIT;
    struct ak_interleave x;
    const struct ak_interleave_opts opts = {
        .labels = {"old", "new"},
        .commands = {"printf '#old %s\\nBenchmarkA 1 100 ns/op\\nBenchmarkB 1 5 B/op' {bench}",
                     "printf '#new %s\\nBenchmarkA 1 120 ns/op\\nBenchmarkB 1 5 B/op' {bench}"},
        .rounds = 5,
        .confirm = 2,
        .ui = {.ctx = &shown, .output = on_output},
    };
    assert_int_equal(ak_interleave_run(&opts, arena, &x, NULL), AK_OK);
    assert_int_equal(x.rows, 2);
    assert_int_equal(x.suspects, 1);
    assert_int_equal(x.sides[0].run->series[0].count, 2);
    assert_int_equal(x.sides[1].run->series[1].count, 5);
    assert_string_equal(x.sides[1].run->label, "new");
    assert_non_null(strstr(ak_run_env(x.sides[0].run, "interleaved"), "5 rounds"));
    /* A B, B A, ... and then the suspects alone. */
    struct ak_buf order = AK_BUF_INIT;
    for (const char *p = shown.ptr; (p = strchr(p, '#')); p++) {
        ak_buf_putc(&order, p[1]);
    }
    assert_string_equal(order.ptr, "onnoonnoon"
                                   "onno");
    assert_non_null(strstr(shown.ptr, "#new ^(BenchmarkA)$"));
    ak_buf_release(&order);
    ak_buf_release(&shown);
}

static void a_failing_command_ends_the_rounds(void **state)
{
    (void)state;
    struct ak_buf shown = AK_BUF_INIT;
    struct ak_interleave x;
    const struct ak_interleave_opts opts = {
        .labels = {"a", "b"},
        .commands = {"echo 'BenchmarkA 1 5 ns/op'", "echo 'BenchmarkA 1 5 ns/op'; exit 4"},
        .rounds = 5,
        .ui = {.ctx = &shown, .output = on_output},
    };
    assert_int_equal(ak_interleave_run(&opts, arena, &x, NULL), AK_OK);
    assert_int_equal(x.exit_code, 4);
    assert_int_equal(x.sides[1].run->series[0].count, 1);
    assert_int_equal(x.sides[1].run->state, AK_RUN_FAILED);
    ak_buf_release(&shown);
}

static void reads_lists_of_cpus(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "a", "1-", "3-1", "99999", "1,,2", "-1"};
    struct collector_pin pin = {.is_pinned = false};
    for (size_t i = 0; i < AK_COUNT(bad); i++) {
        assert_int_equal(collector_machine_pin(bad[i], &pin, NULL), AK_USAGE);
    }
    assert_false(pin.is_pinned);
    assert_int_equal(collector_machine_wait_idle(0), COLLECTOR_IDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_rows_that_look_different),
        cmocka_unit_test(fresh_values_take_the_place_of_the_old),
        cmocka_unit_test(restricts_commands_that_allow_it),
        cmocka_unit_test(interleaves_and_confirms),
        cmocka_unit_test(a_failing_command_ends_the_rounds),
        cmocka_unit_test(reads_lists_of_cpus),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
