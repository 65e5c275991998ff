/* Runs in and out of a store: everything that was put in comes back. */
#include "store_fixture.h"

static void gives_back_what_was_added(void **state)
{
    struct fixture *const f = *state;
    struct ak_run *const run = fixture_run(f->arena, "before", 3);
    struct ak_added added;
    assert_int_equal(ak_store_add_run(f->store, run, &added, &f->err), AK_OK);
    assert_true(added.is_new);
    struct ak_run *got;
    assert_int_equal(ak_store_load_run(f->store, added.run_id, AK_LOAD_TEXT | AK_LOAD_PROFILES,
                                       f->arena, &got, &f->err),
                     AK_OK);
    fixture_assert_same_run(run, got);
}

static void survives_closing(void **state)
{
    struct fixture *const f = *state;
    struct ak_run *const run = fixture_run(f->arena, "before", 3);
    struct ak_added added;
    assert_int_equal(ak_store_add_run(f->store, run, &added, &f->err), AK_OK);
    fixture_reopen(f, AK_STORE_READ);
    struct ak_run *got;
    assert_int_equal(ak_store_load_run(f->store, added.run_id, AK_LOAD_TEXT | AK_LOAD_PROFILES,
                                       f->arena, &got, &f->err),
                     AK_OK);
    fixture_assert_same_run(run, got);
}

static void adding_twice_adds_once(void **state)
{
    struct fixture *const f = *state;
    struct ak_run *const run = fixture_run(f->arena, "before", 3);
    struct ak_added first;
    struct ak_added second;
    assert_int_equal(ak_store_add_run(f->store, run, &first, &f->err), AK_OK);
    run->time_ns += 5; /* an import's time is not its content */
    assert_int_equal(ak_store_add_run(f->store, run, &second, &f->err), AK_OK);
    assert_false(second.is_new);
    assert_int_equal(second.run_id, first.run_id);
    run->series[0].values[0] += 1;
    assert_int_equal(ak_store_add_run(f->store, run, &second, &f->err), AK_OK);
    assert_true(second.is_new);
}

static void recorded_runs_are_events(void **state)
{
    struct fixture *const f = *state;
    struct ak_run *const run = fixture_run(f->arena, "before", 3);
    run->command = "make bench";
    struct ak_added added;
    assert_int_equal(ak_store_add_run(f->store, run, &added, &f->err), AK_OK);
    run->time_ns += 5;
    assert_int_equal(ak_store_add_run(f->store, run, &added, &f->err), AK_OK);
    assert_true(added.is_new);
}

static void keeps_the_order_of_series(void **state)
{
    struct fixture *const f = *state;
    struct ak_added added;
    struct ak_run *const run = fixture_run(f->arena, "a", 2);
    assert_int_equal(ak_store_add_run(f->store, run, &added, &f->err), AK_OK);
    const struct ak_series first = run->series[0];
    run->series[0] = run->series[run->series_count - 1];
    run->series[run->series_count - 1] = first;
    assert_int_equal(ak_store_add_run(f->store, run, &added, &f->err), AK_OK);
    assert_true(added.is_new);
    struct ak_run *got;
    assert_int_equal(ak_store_load_run(f->store, added.run_id, AK_LOAD_TEXT | AK_LOAD_PROFILES,
                                       f->arena, &got, &f->err),
                     AK_OK);
    fixture_assert_same_run(run, got);
}

static void refuses_values_that_are_not_finite(void **state)
{
    struct fixture *const f = *state;
    struct ak_run *const run = fixture_run(f->arena, "a", 2);
    run->series[0].values[1] = (double)INFINITY;
    struct ak_added added;
    assert_int_equal(ak_store_add_run(f->store, run, &added, &f->err), AK_FORMAT);
    struct ak_run *runs;
    size_t n;
    assert_int_equal(ak_store_list_runs(f->store, NULL, f->arena, &runs, &n, &f->err), AK_OK);
    assert_int_equal(n, 0);
}

static int64_t find(struct fixture *f, const char *selector)
{
    int64_t id = 0;
    const enum ak_status st = ak_store_find_run(f->store, selector, &id, &f->err);
    return st == AK_OK ? id : -(int64_t)st;
}

static void finds_runs_by_every_selector(void **state)
{
    struct fixture *const f = *state;
    int64_t ids[3];
    for (int i = 0; i < 3; i++) {
        struct ak_run *const run = fixture_run(f->arena, "main", (size_t)i + 2);
        run->time_ns = 1000 * (i + 1);
        run->commit = i == 1 ? "0123abcd" : "ffff0000";
        struct ak_added added;
        assert_int_equal(ak_store_add_run(f->store, run, &added, &f->err), AK_OK);
        ids[i] = added.run_id;
    }
    struct ak_run *runs;
    size_t n;
    assert_int_equal(ak_store_list_runs(f->store, "main", f->arena, &runs, &n, &f->err), AK_OK);
    assert_int_equal(n, 3);
    assert_int_equal(runs[0].id, ids[0]);
    assert_int_equal(runs[0].benchmark_count, 2);
    assert_int_equal(find(f, "main"), ids[2]);
    assert_int_equal(find(f, "main~0"), ids[2]);
    assert_int_equal(find(f, "main~2"), ids[0]);
    assert_int_equal(find(f, "main~3"), -AK_NOT_FOUND);
    assert_int_equal(find(f, "#2"), ids[1]);
    assert_int_equal(find(f, "2"), ids[1]);
    assert_int_equal(find(f, "commit:0123"), ids[1]);
    assert_int_equal(find(f, ak_arena_strndup(f->arena, runs[1].key, 8)), ids[1]);
    assert_int_equal(find(f, "nothing"), -AK_NOT_FOUND);
    assert_non_null(strstr(f->err.text, "main"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(gives_back_what_was_added),
        FIXTURE_TEST(survives_closing),
        FIXTURE_TEST(adding_twice_adds_once),
        FIXTURE_TEST(recorded_runs_are_events),
        FIXTURE_TEST(keeps_the_order_of_series),
        FIXTURE_TEST(refuses_values_that_are_not_finite),
        FIXTURE_TEST(finds_runs_by_every_selector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
