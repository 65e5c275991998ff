/* Tags, removal, pruning, compacting, merging, verifying. */
#include "store_fixture.h"

static int64_t add(struct fixture *f, struct ak_store *s, const char *label, int64_t time)
{
    struct ak_run *const run = fixture_run(f->arena, label, (size_t)time + 1);
    run->time_ns = time;
    run->profiles = AK_NEW_ARRAY(f->arena, struct ak_run_profile, 2);
    run->profile_count = 2;
    static const char *const files[] = {"tests/data/profiles/goakt-Ask-000.cpu.pb.gz",
                                        "tests/data/profiles/goakt-Ask-015.cpu.pb.gz"};
    for (size_t i = 0; i < 2; i++) {
        struct ak_buf bytes = AK_BUF_INIT;
        assert_int_equal(
            ak_file_read_inflated(files[(i + (size_t)time) % 2], NULL, &bytes, &f->err), AK_OK);
        run->profiles[i] =
            (struct ak_run_profile){.name = "cpu.prof",
                                    .kind = "cpu",
                                    .benchmark = i ? "b" : "",
                                    .bytes = ak_arena_str(f->arena, ak_buf_view(&bytes))};
        ak_buf_release(&bytes);
    }
    struct ak_added added;
    assert_int_equal(ak_store_add_run(s, run, &added, &f->err), AK_OK);
    assert_true(added.is_new);
    return added.run_id;
}

static size_t run_count(struct fixture *f, struct ak_store *s)
{
    struct ak_run *runs;
    size_t n;
    assert_int_equal(ak_store_list_runs(s, NULL, f->arena, &runs, &n, &f->err), AK_OK);
    return n;
}

static void assert_sound(struct fixture *f, struct ak_store *s, size_t runs, size_t profiles)
{
    struct ak_verification v;
    assert_int_equal(ak_store_verify(s, f->arena, &v, &f->err), AK_OK);
    if (v.problem_count) {
        fail_msg("%s", v.problems[0]);
    }
    assert_int_equal(v.runs, runs);
    assert_int_equal(v.profiles, profiles);
}

static struct ak_run *load(struct fixture *f, struct ak_store *s, int64_t id)
{
    struct ak_run *run;
    assert_int_equal(
        ak_store_load_run(s, id, AK_LOAD_TEXT | AK_LOAD_PROFILES, f->arena, &run, &f->err), AK_OK);
    return run;
}

static void tags_are_sorted_and_single(void **state)
{
    struct fixture *const f = *state;
    const int64_t id = add(f, f->store, "a", 1);
    assert_int_equal(ak_store_tag(f->store, id, "release", &f->err), AK_OK);
    assert_int_equal(ak_store_tag(f->store, id, "best", &f->err), AK_OK);
    assert_int_equal(ak_store_tag(f->store, id, "best", &f->err), AK_OK);
    struct ak_run *run = load(f, f->store, id);
    assert_int_equal(run->tag_count, 2);
    assert_string_equal(run->tags[0], "best");
    assert_string_equal(run->tags[1], "release");
    assert_int_equal(ak_store_untag(f->store, id, "best", &f->err), AK_OK);
    assert_int_equal(ak_store_untag(f->store, id, "best", &f->err), AK_OK);
    run = load(f, f->store, id);
    assert_int_equal(run->tag_count, 1);
    assert_int_equal(ak_store_tag(f->store, id, "", &f->err), AK_USAGE);
    assert_int_equal(ak_store_tag(f->store, id, "two words", &f->err), AK_USAGE);
    assert_int_equal(ak_store_tag(f->store, id, "esc\x1b", &f->err), AK_USAGE);
    assert_int_equal(ak_store_tag(f->store, 99, "x", &f->err), AK_NOT_FOUND);
}

static void removal_takes_all_or_nothing(void **state)
{
    struct fixture *const f = *state;
    const int64_t a = add(f, f->store, "a", 1);
    const int64_t b = add(f, f->store, "b", 2);
    const int64_t wrong[] = {a, 99};
    assert_int_equal(ak_store_remove_runs(f->store, wrong, 2, &f->err), AK_NOT_FOUND);
    assert_sound(f, f->store, 2, 2);
    assert_int_equal(ak_store_remove_runs(f->store, &a, 1, &f->err), AK_OK);
    assert_sound(f, f->store, 1, 2); /* b has the same profiles */
    assert_int_equal(ak_store_remove_runs(f->store, &b, 1, &f->err), AK_OK);
    assert_sound(f, f->store, 0, 0);
}

static void pruning_keeps_the_newest_and_the_tagged(void **state)
{
    struct fixture *const f = *state;
    int64_t ids[5];
    for (int i = 0; i < 5; i++) {
        ids[i] = add(f, f->store, i == 4 ? "other" : "main", i + 1);
    }
    assert_int_equal(ak_store_tag(f->store, ids[0], "keep", &f->err), AK_OK);
    struct ak_run *gone;
    size_t n;
    struct ak_prune policy = {.keep = 1};
    assert_int_equal(ak_store_find_prunable(f->store, &policy, f->arena, &gone, &n, &f->err),
                     AK_OK);
    assert_int_equal(n, 2);
    assert_int_equal(gone[0].id, ids[1]);
    assert_int_equal(gone[1].id, ids[2]);
    policy.older_than_ns = 3;
    assert_int_equal(ak_store_find_prunable(f->store, &policy, f->arena, &gone, &n, &f->err),
                     AK_OK);
    assert_int_equal(n, 1);
    policy = (struct ak_prune){.older_than_ns = 100, .label = "other"};
    assert_int_equal(ak_store_find_prunable(f->store, &policy, f->arena, &gone, &n, &f->err),
                     AK_OK);
    assert_int_equal(n, 1);
    policy = (struct ak_prune){0};
    assert_int_equal(ak_store_find_prunable(f->store, &policy, f->arena, &gone, &n, &f->err),
                     AK_OK);
    assert_int_equal(n, 0); /* no rule lets nothing go */
}

static void compacting_changes_no_content(void **state)
{
    struct fixture *const f = *state;
    const int64_t a = add(f, f->store, "a", 1);
    const int64_t b = add(f, f->store, "b", 2);
    const struct ak_run *const before = load(f, f->store, b);
    assert_int_equal(ak_store_remove_runs(f->store, &a, 1, &f->err), AK_OK);
    assert_int_equal(ak_store_compact(f->store, &f->err), AK_OK);
    fixture_assert_same_run(before, load(f, f->store, b));
    assert_sound(f, f->store, 1, 2);
    fixture_reopen(f, AK_STORE_READ);
    fixture_assert_same_run(before, load(f, f->store, b));
}

/* Another connection compacts, so that all ids of dictionaries change, between two uses. */
static void other_writers_changes_are_seen(void **state)
{
    struct fixture *const f = *state;
    add(f, f->store, "a", 1);
    const int64_t b = add(f, f->store, "b", 2);
    const struct ak_run *const before = load(f, f->store, b);
    struct ak_store *other;
    assert_int_equal(ak_store_open(f->path, AK_STORE_WRITE, &other, &f->err), AK_OK);
    const int64_t c = add(f, other, "c", 4);
    assert_int_equal(ak_store_compact(other, &f->err), AK_OK);
    fixture_assert_same_run(before, load(f, f->store, b));
    add(f, f->store, "d", 5);
    assert_int_equal(load(f, other, c)->profile_count, 2);
    assert_sound(f, other, 4, 2);
    ak_store_close(other);
}

static struct ak_store *second(struct fixture *f, const char *name)
{
    struct ak_store *s;
    assert_int_equal(ak_store_open(ak_arena_printf(f->arena, "%s/%s", f->dir, name),
                                   AK_STORE_CREATE, &s, &f->err),
                     AK_OK);
    return s;
}

static void assert_same_store(struct fixture *f, struct ak_store *a, struct ak_store *b)
{
    struct ak_run *x;
    struct ak_run *y;
    size_t n;
    size_t m;
    assert_int_equal(ak_store_list_runs(a, NULL, f->arena, &x, &n, &f->err), AK_OK);
    assert_int_equal(ak_store_list_runs(b, NULL, f->arena, &y, &m, &f->err), AK_OK);
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(x[i].key, y[i].key);
        fixture_assert_same_run(load(f, a, x[i].id), load(f, b, y[i].id));
        assert_int_equal(x[i].tag_count, y[i].tag_count);
    }
}

static void merging_is_idempotent_and_symmetric(void **state)
{
    struct fixture *const f = *state;
    struct ak_store *a[2];
    struct ak_store *b[2];
    for (int i = 0; i < 2; i++) {
        a[i] = second(f, i ? "a1.db" : "a0.db");
        b[i] = second(f, i ? "b1.db" : "b0.db");
        add(f, a[i], "one", 1);
        const int64_t shared = add(f, a[i], "shared", 3);
        assert_int_equal(ak_store_tag(a[i], shared, "left", &f->err), AK_OK);
        const int64_t same = add(f, b[i], "shared", 3);
        assert_int_equal(ak_store_tag(b[i], same, "right", &f->err), AK_OK);
        add(f, b[i], "two", 2);
    }
    struct ak_merged merged;
    assert_int_equal(ak_store_merge(a[0], b[0], &merged, &f->err), AK_OK);
    assert_int_equal(merged.runs_new, 1);
    assert_int_equal(merged.runs_there, 1);
    assert_int_equal(ak_store_merge(b[1], a[1], &merged, &f->err), AK_OK);
    assert_same_store(f, a[0], b[1]);
    assert_int_equal(ak_store_merge(a[0], b[0], &merged, &f->err), AK_OK);
    assert_int_equal(merged.runs_new, 0);
    assert_int_equal(run_count(f, a[0]), 3);
    assert_same_store(f, a[0], b[1]);
    assert_sound(f, a[0], 3, 2);
    for (int i = 0; i < 2; i++) {
        ak_store_close(a[i]);
        ak_store_close(b[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(tags_are_sorted_and_single),
        FIXTURE_TEST(removal_takes_all_or_nothing),
        FIXTURE_TEST(pruning_keeps_the_newest_and_the_tagged),
        FIXTURE_TEST(compacting_changes_no_content),
        FIXTURE_TEST(other_writers_changes_are_seen),
        FIXTURE_TEST(merging_is_idempotent_and_symmetric),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
