/* Findings come back as they were, live from a first to a last run, and go where their runs go. */
#include "store/lint.h"
#include "store_fixture.h"

#include <sqlite3.h>

static int64_t add(struct ak_store *s, struct fixture *f, const char *label)
{
    struct ak_added added;
    assert_int_equal(ak_store_add_run(s, fixture_run(f->arena, label, 2), &added, &f->err), AK_OK);
    return added.run_id;
}

static const char *evidence[] = {"the compiler says: x escapes", "12 objects"};

static struct ak_lint_row row(const char *function, int64_t line, double share)
{
    return (struct ak_lint_row){.identity = "12 of 30",
                                .rule = "L001",
                                .title = "title",
                                .level = "note",
                                .message = "73.1 % of the bytes",
                                .file = "actor/pid.go",
                                .function = function,
                                .line = line,
                                .bytes = 61,
                                .objects = 7,
                                .share = share,
                                .evidence = evidence,
                                .evidence_count = 2};
}

static void put(struct fixture *f, struct ak_store *s, int64_t run, const char *kind,
                int64_t time_ns, struct ak_lint_row *rows, size_t count)
{
    const struct ak_lint_look look = {
        .kind = kind, .subject = "subject", .time_ns = time_ns, .rows = rows, .count = count};
    assert_int_equal(ak_store_put_look(s, run, &look, &f->err), AK_OK);
}

static struct ak_lint_look *looks(struct fixture *f, struct ak_store *s, int64_t run, size_t want)
{
    struct ak_lint_look *out = NULL;
    size_t count = 0;
    assert_int_equal(ak_store_load_looks(s, run, f->arena, &out, &count, &f->err), AK_OK);
    assert_int_equal(count, want);
    return out;
}

static void findings_come_back(void **state)
{
    struct fixture *const f = *state;
    const int64_t run = add(f->store, f, "a");
    struct ak_lint_row rows[] = {row("F", 7, 0.5), row("G", 8, 0.25)};
    looks(f, f->store, run, 0);
    put(f, f->store, run, "go", 5, rows, 2);
    put(f, f->store, run, "bench", 6, NULL, 0);
    const struct ak_lint_look *got = looks(f, f->store, run, 2);
    assert_string_equal(got[0].kind, "bench"); /* by kind; one without findings is a look too */
    assert_int_equal(got[0].count, 0);
    assert_string_equal(got[1].subject, "subject");
    assert_int_equal(got[1].time_ns, 5);
    assert_int_equal(got[1].count, 2);
    const struct ak_lint_row *r = &got[1].rows[1];
    assert_string_equal(r->function, "G");
    assert_string_equal(r->title, "title");
    assert_string_equal(r->evidence[1], "12 objects");
    assert_int_equal(r->evidence_count, 2);
    assert_int_equal(r->line, 8);
    assert_int_equal(r->objects, 7);
    assert_true(r->share > 0.24 && r->share < 0.26);
    assert_int_equal(strlen(r->key), 16);
    put(f, f->store, run, "go", 7, rows, 1); /* in place of the older */
    got = looks(f, f->store, run, 2);
    assert_int_equal(got[1].count, 1);
}

static void keys_stay_when_lines_and_numbers_change(void **state)
{
    struct fixture *const f = *state;
    const int64_t one = add(f->store, f, "a"), two = add(f->store, f, "b");
    struct ak_lint_row rows[] = {row("F", 7, 0.5), row("F", 9, 0.4)};
    put(f, f->store, one, "go", 1, rows, 2);
    rows[0].line = 70;
    rows[0].identity = "99 of 3";
    rows[0].message = "1 %";
    rows[1].line = 20; /* now before the other: equal ones are numbered by line */
    put(f, f->store, two, "go", 1, rows, 2);
    const struct ak_lint_look *a = looks(f, f->store, one, 1), *b = looks(f, f->store, two, 1);
    assert_string_not_equal(a->rows[0].key, a->rows[1].key);
    assert_string_equal(a->rows[0].key, b->rows[1].key);
    assert_string_equal(a->rows[1].key, b->rows[0].key);
    rows[0].identity = "of another kind";
    put(f, f->store, two, "go", 1, rows, 1);
    assert_string_not_equal(a->rows[0].key, looks(f, f->store, two, 1)->rows[0].key);
}

static const struct ak_lint_life *life(const struct ak_lint_life *lives, size_t count,
                                       const char *function)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(lives[i].row.function, function) == 0) {
            return &lives[i];
        }
    }
    fail_msg("no %s", function);
    return NULL;
}

static void findings_live_from_run_to_run(void **state)
{
    struct fixture *const f = *state;
    const int64_t one = add(f->store, f, "a"), two = add(f->store, f, "a~"),
                  three = add(f->store, f, "a~~");
    struct ak_lint_row first[] = {row("Gone", 1, 0.9), row("Open", 2, 0.1)};
    struct ak_lint_row last[] = {row("Open", 3, 0.2), row("New", 4, 0.05)};
    put(f, f->store, one, "go", 1, first, 2);
    put(f, f->store, two, "bench", 1, first, 1); /* of another kind: says nothing of these */
    put(f, f->store, three, "go", 1, last, 2);
    struct ak_lint_life *lives = NULL;
    size_t count = 0;
    assert_int_equal(ak_store_lint_lives(f->store, NULL, f->arena, &lives, &count, &f->err), AK_OK);
    assert_int_equal(count, 4);
    assert_string_equal(lives[0].row.function, "New");
    assert_int_equal(lives[0].state, AK_LINT_NEW);
    const struct ak_lint_life *open = life(lives, count, "Open");
    assert_int_equal(open->state, AK_LINT_OPEN);
    assert_int_equal(open->first.id, one);
    assert_int_equal(open->last.id, three);
    assert_int_equal(open->runs, 2);
    assert_int_equal(open->looks, 2);
    assert_int_equal(open->row.line, 3);
    assert_string_equal(lives[3].row.function, "Gone");
    assert_int_equal(lives[3].state, AK_LINT_GONE);
    assert_int_equal(lives[3].last.id, one);
    assert_int_equal(ak_store_lint_lives(f->store, "a~", f->arena, &lives, &count, &f->err), AK_OK);
    assert_int_equal(count, 1);
    assert_int_equal(lives[0].state, AK_LINT_OPEN); /* a first look brings nothing new */
}

static void changes_are_told_from_two_sides(void **state)
{
    struct fixture *const f = *state;
    const int64_t one = add(f->store, f, "a"), two = add(f->store, f, "b");
    struct ak_lint_row old[] = {row("Gone", 1, 0.9), row("Open", 2, 0.1)};
    struct ak_lint_row new[] = {row("Open", 3, 0.2), row("New", 4, 0.05), row("Newer", 5, 0.3)};
    put(f, f->store, one, "go", 1, old, 2);
    put(f, f->store, two, "go", 1, new, 3);
    put(f, f->store, two, "bench", 1, new, 1);
    struct ak_lint_changes c;
    ak_lint_compare(looks(f, f->store, one, 1), 1, looks(f, f->store, two, 2), 2, f->arena, &c);
    assert_true(c.is_compared);
    assert_int_equal(c.added_count, 2);
    assert_string_equal(c.added[0]->function, "Newer");
    assert_string_equal(c.added[1]->function, "New");
    assert_int_equal(c.open_count, 2); /* the bench look has nothing to be compared with */
    assert_int_equal(c.gone_count, 1);
    put(f, f->store, two, AK_LINT_KIND_CHANGE, 1, old, 1); /* new by what it is */
    ak_lint_compare(looks(f, f->store, one, 1), 1, looks(f, f->store, two, 3), 3, f->arena, &c);
    assert_int_equal(c.added_count, 3);
    assert_string_equal(c.added[0]->function, "Gone");
    put(f, f->store, two, AK_LINT_KIND_CHANGE, 1, NULL, 0);
    ak_lint_compare(NULL, 0, looks(f, f->store, two, 3), 1, f->arena, &c); /* bench alone */
    assert_false(c.is_compared);
    assert_int_equal(c.added_count, 0);
    assert_int_equal(c.open_count, 1);
}

static struct ak_store *second_store(struct fixture *f, const char *name)
{
    struct ak_store *s = NULL;
    const char *path = ak_arena_printf(f->arena, "%s/%s", f->dir, name);
    assert_int_equal(ak_store_open(path, AK_STORE_CREATE, &s, &f->err), AK_OK);
    return s;
}

static void merging_keeps_the_later_look(void **state)
{
    struct fixture *const f = *state;
    struct ak_store *const other = second_store(f, "other.db");
    struct ak_lint_row rows[] = {row("Early", 1, 0.9), row("Late", 2, 0.1)};
    const int64_t here = add(f->store, f, "a"), there = add(other, f, "a");
    put(f, f->store, here, "go", 1, rows, 1);
    put(f, other, there, "go", 2, rows + 1, 1);
    put(f, other, there, "bench", 2, rows, 2);
    struct ak_merged merged;
    assert_int_equal(ak_store_merge(f->store, other, &merged, &f->err), AK_OK);
    assert_int_equal(ak_store_merge(other, f->store, &merged, &f->err), AK_OK);
    for (int i = 0; i < 2; i++) {
        const struct ak_lint_look *l = looks(f, i ? other : f->store, i ? there : here, 2);
        assert_int_equal(l[0].count, 2);
        assert_int_equal(l[1].count, 1);
        assert_string_equal(l[1].rows[0].function, "Late");
    }
    ak_store_close(other);
}

static void sql(struct fixture *f, const char *text)
{
    sqlite3 *db;
    char *message = NULL;
    ak_store_close(f->store);
    f->store = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s", message);
    }
    sqlite3_close(db);
}

static void removal_and_damage(void **state)
{
    struct fixture *const f = *state;
    const int64_t one = add(f->store, f, "a"), two = add(f->store, f, "b");
    struct ak_lint_row rows[] = {row("F", 1, 0.9), row("G", 2, 0.1)};
    put(f, f->store, one, "go", 1, rows, 2);
    put(f, f->store, two, "go", 1, rows, 2);
    assert_int_equal(ak_store_remove_runs(f->store, &one, 1, &f->err), AK_OK);
    looks(f, f->store, one, 0);
    struct ak_verification v;
    assert_int_equal(ak_store_verify(f->store, f->arena, &v, &f->err), AK_OK);
    assert_int_equal(v.problem_count, 0);
    sql(f, "UPDATE finding SET body = x'07' WHERE ordinal = 2");
    assert_int_equal(ak_store_open(f->path, AK_STORE_WRITE, &f->store, &f->err), AK_OK);
    assert_int_equal(ak_store_verify(f->store, f->arena, &v, &f->err), AK_OK);
    assert_int_equal(v.problem_count, 1);
    assert_non_null(strstr(v.problems[0], "damaged"));
    struct ak_lint_look *out;
    size_t count;
    assert_int_equal(ak_store_load_looks(f->store, two, f->arena, &out, &count, &f->err),
                     AK_CORRUPT);
}

static void an_older_history_is_read_and_brought_up(void **state)
{
    struct fixture *const f = *state;
    const int64_t run = add(f->store, f, "a");
    struct ak_lint_row rows[] = {row("F", 1, 0.9)};
    sql(f, "DROP VIEW v_findings; DROP TABLE finding; PRAGMA user_version=1");
    assert_int_equal(ak_store_open(f->path, AK_STORE_READ, &f->store, &f->err), AK_OK);
    looks(f, f->store, run, 0);
    struct ak_lint_life *lives;
    size_t count = 1;
    assert_int_equal(ak_store_lint_lives(f->store, NULL, f->arena, &lives, &count, &f->err), AK_OK);
    assert_int_equal(count, 0);
    ak_store_close(f->store);
    assert_int_equal(ak_store_open(f->path, AK_STORE_WRITE, &f->store, &f->err), AK_OK);
    put(f, f->store, run, "go", 1, rows, 1);
    looks(f, f->store, run, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(findings_come_back),
        FIXTURE_TEST(keys_stay_when_lines_and_numbers_change),
        FIXTURE_TEST(findings_live_from_run_to_run),
        FIXTURE_TEST(changes_are_told_from_two_sides),
        FIXTURE_TEST(merging_keeps_the_later_look),
        FIXTURE_TEST(removal_and_damage),
        FIXTURE_TEST(an_older_history_is_read_and_brought_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
