/* Opening: what is refused, with which words, and that it is left as it was. */
#include "store_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void write_file(const char *path, const char *bytes, size_t n)
{
    assert_int_equal(ak_file_write(path, (struct ak_str){bytes, n}, NULL), AK_OK);
}

static void assert_refused(struct fixture *f, const char *path, enum ak_store_mode mode,
                           enum ak_status want, const char *reason)
{
    struct ak_store *s = NULL;
    struct ak_error err = {0};
    assert_int_equal(ak_store_open(path, mode, &s, &err), want);
    assert_null(s);
    assert_non_null(strstr(err.text, path));
    if (!strstr(err.text, reason)) {
        fail_msg("\"%s\" does not say \"%s\"", err.text, reason);
    }
    (void)f;
}

static void no_file_of_ours(void **state)
{
    struct fixture *const f = *state;
    const char *const path = ak_arena_printf(f->arena, "%s/x.db", f->dir);
    assert_refused(f, path, AK_STORE_READ, AK_NOT_FOUND, "No such file");
    assert_refused(f, path, AK_STORE_WRITE, AK_NOT_FOUND, "No such file");
    assert_refused(f, f->dir, AK_STORE_READ, AK_FORMAT, "directory");
    assert_refused(f, f->dir, AK_STORE_CREATE, AK_FORMAT, "directory");
    assert_refused(f, "/dev/null", AK_STORE_READ, AK_FORMAT, "not a regular file");
    write_file(path, "", 0);
    assert_refused(f, path, AK_STORE_READ, AK_FORMAT, "empty");
    write_file(path, "hello, this is no database at all", 33);
    assert_refused(f, path, AK_STORE_CREATE, AK_FORMAT, "not a database");
    const char *const far = ak_arena_printf(f->arena, "%s/none/x.db", f->dir);
    assert_refused(f, far, AK_STORE_CREATE, AK_NOT_FOUND, "No such file");
}

static void an_empty_file_becomes_a_store(void **state)
{
    struct fixture *const f = *state;
    const char *const path = ak_arena_printf(f->arena, "%s/x.db", f->dir);
    struct ak_store *s;
    write_file(path, "", 0);
    assert_int_equal(ak_store_open(path, AK_STORE_CREATE, &s, &f->err), AK_OK);
    ak_store_close(s);
}

/* Runs SQL on the file as any program could. */
static void spoil(struct fixture *f, const char *sql)
{
    sqlite3 *db;
    ak_store_close(f->store);
    f->store = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    char *text = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &text) != SQLITE_OK) {
        fail_msg("%s", text);
    }
    sqlite3_close(db);
}

static void other_applications_and_versions(void **state)
{
    struct fixture *const f = *state;
    spoil(f, "PRAGMA user_version=3");
    assert_refused(f, f->path, AK_STORE_READ, AK_UNSUPPORTED, "newer");
    assert_refused(f, f->path, AK_STORE_CREATE, AK_UNSUPPORTED, "newer");
    spoil(f, "PRAGMA user_version=2; PRAGMA application_id=7");
    assert_refused(f, f->path, AK_STORE_CREATE, AK_FORMAT, "not an akreport history");
}

static void foreign_objects(void **state)
{
    struct fixture *const f = *state;
    spoil(f, "CREATE TRIGGER planted AFTER INSERT ON run BEGIN DELETE FROM run; END");
    assert_refused(f, f->path, AK_STORE_READ, AK_FORMAT, "planted");
    spoil(f, "DROP TRIGGER planted; CREATE VIEW planted AS SELECT 1");
    assert_refused(f, f->path, AK_STORE_WRITE, AK_FORMAT, "planted");
    spoil(f, "DROP VIEW planted; ALTER TABLE sample ADD COLUMN extra INTEGER");
    assert_refused(f, f->path, AK_STORE_WRITE, AK_FORMAT, "sample");
    spoil(f, "DROP TABLE sample");
    assert_refused(f, f->path, AK_STORE_WRITE, AK_FORMAT, "missing");
}

static void analyze_is_fine(void **state)
{
    struct fixture *const f = *state;
    spoil(f, "ANALYZE");
    fixture_reopen(f, AK_STORE_WRITE);
}

static void a_changed_byte_is_found(void **state)
{
    struct fixture *const f = *state;
    struct ak_added added;
    assert_int_equal(ak_store_add_run(f->store, fixture_run(f->arena, "a", 9), &added, &f->err),
                     AK_OK);
    spoil(f, "UPDATE sample SET vals = replace(vals, '1', '2')");
    fixture_reopen(f, AK_STORE_READ);
    struct ak_verification v;
    assert_int_equal(ak_store_verify(f->store, f->arena, &v, &f->err), AK_OK);
    assert_int_equal(v.problem_count, 1);
    assert_non_null(strstr(v.problems[0], "does not match its key"));
}

static void locked_is_busy(void **state)
{
    struct fixture *const f = *state;
    sqlite3 *db;
    struct ak_added added;
    setenv("AKREPORT_BUSY_MS", "20", 1);
    fixture_reopen(f, AK_STORE_WRITE);
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(ak_store_add_run(f->store, fixture_run(f->arena, "a", 1), &added, &f->err),
                     AK_BUSY);
    assert_non_null(strstr(f->err.text, f->path));
    sqlite3_close(db);
    unsetenv("AKREPORT_BUSY_MS");
    assert_int_equal(ak_store_add_run(f->store, fixture_run(f->arena, "a", 1), &added, &f->err),
                     AK_OK);
}

static void a_reader_changes_nothing(void **state)
{
    struct fixture *const f = *state;
    struct ak_added added;
    fixture_reopen(f, AK_STORE_READ);
    assert_int_equal(ak_store_add_run(f->store, fixture_run(f->arena, "a", 1), &added, &f->err),
                     AK_IO);
    assert_int_equal(ak_store_tag(f->store, 1, "x", &f->err), AK_IO);
}

/* Runs `body` as a user who may not write; true when it returned 0. Skips when not root. */
static bool as_nobody(struct fixture *f, int (*body)(struct fixture *f))
{
    const pid_t child = fork();
    if (child == 0) {
        _exit(setgid(65534) == 0 && setuid(65534) == 0 ? body(f) : 9);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int read_one_run(struct fixture *f)
{
    struct ak_store *s;
    struct ak_run *runs;
    size_t n = 0;
    if (ak_store_open(f->path, AK_STORE_READ, &s, &f->err) != AK_OK) {
        fprintf(stderr, "# %s\n", f->err.text);
        return 1;
    }
    const enum ak_status st = ak_store_list_runs(s, NULL, f->arena, &runs, &n, &f->err);
    ak_store_close(s);
    return st == AK_OK && n == 1 ? 0 : 2;
}

static int write_is_refused(struct fixture *f)
{
    struct ak_store *s;
    const enum ak_status st = ak_store_open(f->path, AK_STORE_WRITE, &s, &f->err);
    return st == AK_IO && strstr(f->err.text, f->path) ? 0 : 1;
}

static void read_only_places(void **state)
{
    struct fixture *const f = *state;
    struct ak_added added;
    if (getuid() != 0) {
        skip();
    }
    assert_int_equal(ak_store_add_run(f->store, fixture_run(f->arena, "a", 1), &added, &f->err),
                     AK_OK);
    ak_store_close(f->store);
    f->store = NULL;
    assert_int_equal(chmod(f->dir, 0555), 0);
    assert_int_equal(chmod(f->path, 0444), 0);
    assert_true(as_nobody(f, read_one_run));
    assert_true(as_nobody(f, write_is_refused));
    assert_int_equal(chmod(f->dir, 0777), 0);
    assert_true(as_nobody(f, read_one_run));
    assert_true(as_nobody(f, write_is_refused));
}

/* --- several processes
 * ---------------------------------------------------------------------------- */

/* Adds runs of an own label until killed or `count` are in; a byte to `ack` for each. */
static void writer(const char *path, const char *label, size_t count, int ack)
{
    struct ak_arena *const arena = ak_arena_new();
    struct ak_store *s;
    struct ak_error err;
    if (ak_store_open(path, AK_STORE_CREATE, &s, &err) != AK_OK) {
        fprintf(stderr, "# %s\n", err.text);
        _exit(1);
    }
    for (size_t i = 0; i < count; i++) {
        struct ak_added added;
        struct ak_run *const run = fixture_run(arena, label, i % 50 + 1);
        run->command = "x";
        run->time_ns = (int64_t)i + 1;
        if (ak_store_add_run(s, run, &added, &err) != AK_OK || !added.is_new) {
            fprintf(stderr, "# %s\n", err.text);
            _exit(1);
        }
        if (write(ack, "+", 1) != 1) {
            _exit(1);
        }
    }
    ak_store_close(s);
    _exit(0);
}

static void assert_whole(struct fixture *f, const char *path, size_t at_least)
{
    struct ak_store *s;
    struct ak_verification v;
    assert_int_equal(ak_store_open(path, AK_STORE_READ, &s, &f->err), AK_OK);
    assert_int_equal(ak_store_verify(s, f->arena, &v, &f->err), AK_OK);
    if (v.problem_count) {
        fail_msg("%s", v.problems[0]);
    }
    assert_true(v.runs >= at_least);
    ak_store_close(s);
}

static void two_writers_at_once(void **state)
{
    struct fixture *const f = *state;
    const char *const path = ak_arena_printf(f->arena, "%s/two.db", f->dir);
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    pid_t children[2];
    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            writer(path, i ? "left" : "right", 25, null);
        }
    }
    for (int i = 0; i < 2; i++) {
        int status = 0;
        waitpid(children[i], &status, 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    close(null);
    assert_whole(f, path, 50);
}

static void killed_in_the_middle(void **state)
{
    struct fixture *const f = *state;
    for (unsigned round = 0; round < 10; round++) {
        const char *const path = ak_arena_printf(f->arena, "%s/kill%u.db", f->dir, round);
        int pipes[2];
        assert_int_equal(pipe(pipes), 0);
        const pid_t child = fork();
        if (child == 0) {
            writer(path, "killed", 100000, pipes[1]);
        }
        close(pipes[1]);
        /* Killed after a number of acknowledged runs, at whatever it does then. */
        char byte;
        size_t acknowledged = 0;
        while (acknowledged < 1 + round * 3 && read(pipes[0], &byte, 1) == 1) {
            acknowledged++;
        }
        usleep(round * 137);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(pipes[0], &byte, 1) == 1) {
            acknowledged++;
        }
        close(pipes[0]);
        assert_true(acknowledged > 0);
        assert_whole(f, path, acknowledged);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(no_file_of_ours),
        FIXTURE_TEST(an_empty_file_becomes_a_store),
        FIXTURE_TEST(other_applications_and_versions),
        FIXTURE_TEST(foreign_objects),
        FIXTURE_TEST(analyze_is_fine),
        FIXTURE_TEST(a_changed_byte_is_found),
        FIXTURE_TEST(locked_is_busy),
        FIXTURE_TEST(a_reader_changes_nothing),
        FIXTURE_TEST(read_only_places),
        FIXTURE_TEST(two_writers_at_once),
        FIXTURE_TEST(killed_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
