/* Whatever fails below the store: what was acknowledged is there, and the file is sound.
 * AK_FAULT_STRIDE=N looks at each N-th operation and 8 N-th allocation only (default 23). */
#include "fault_vfs.h"
#include "store_fixture.h"

#include <sys/stat.h>

enum { RUNS = 3 };

struct scene {
    struct ak_arena *arena;
    struct ak_run *runs[RUNS];
    char dir[64], path[96];
    bool added[RUNS];       /* acknowledged */
    bool removing, removed; /* the first run: tried, acknowledged */
    bool tagging, tagged;
};

static struct ak_run *scene_run(struct ak_arena *arena, size_t i)
{
    static const char *const files[] = {"tests/data/profiles/goakt-Ask-000.cpu.pb.gz",
                                        "tests/data/profiles/goakt-Ask-015.cpu.pb.gz",
                                        "tests/data/profiles/goakt-Request-002.cpu.pb.gz"};
    struct ak_run *const run = fixture_run(arena, "fault", i + 1);
    struct ak_buf bytes = AK_BUF_INIT;
    run->time_ns = (int64_t)i + 1;
    run->profiles = AK_NEW(arena, struct ak_run_profile);
    run->profile_count = 1;
    assert_int_equal(ak_file_read_inflated(files[i], NULL, &bytes, NULL), AK_OK);
    run->profiles[0] = (struct ak_run_profile){.name = "cpu.prof",
                                               .kind = "cpu",
                                               .benchmark = "",
                                               .bytes = ak_arena_str(arena, ak_buf_view(&bytes))};
    ak_buf_release(&bytes);
    return run;
}

static int scene_setup(void **state)
{
    struct scene *const x = ak_calloc(1, sizeof *x);
    x->arena = ak_arena_new();
    for (size_t i = 0; i < RUNS; i++) {
        x->runs[i] = scene_run(x->arena, i);
    }
    snprintf(x->dir, sizeof x->dir, "/tmp/akfault.XXXXXX");
    if (!mkdtemp(x->dir)) {
        return -1;
    }
    snprintf(x->path, sizeof x->path, "%s/s.db", x->dir);
    *state = x;
    return 0;
}

static void scene_clear(struct scene *x)
{
    const enum ak_status ignored = ak_dir_walk(x->dir, 1, fixture_remove, NULL, NULL);
    (void)ignored;
    memset(x->added, 0, sizeof x->added);
    x->removing = x->removed = x->tagging = x->tagged = false;
}

static int scene_teardown(void **state)
{
    struct scene *const x = *state;
    scene_clear(x);
    rmdir(x->dir);
    ak_arena_free(x->arena);
    ak_free(x);
    return 0;
}

static void add(struct scene *x, struct ak_store *s, size_t i)
{
    struct ak_added added;
    x->added[i] = ak_store_add_run(s, x->runs[i], &added, NULL) == AK_OK || x->added[i];
}

static void remove_first(struct scene *x, struct ak_store *s)
{
    int64_t id;
    if (ak_store_find_run(s, "fault~1", &id, NULL) == AK_OK && x->added[0] && x->added[1]) {
        x->removing = true;
        x->removed = ak_store_remove_runs(s, &id, 1, NULL) == AK_OK;
    }
}

static void tag_newest(struct scene *x, struct ak_store *s)
{
    int64_t id;
    if (x->added[1] && !x->added[2] && ak_store_find_run(s, "fault", &id, NULL) == AK_OK) {
        x->tagging = true;
        x->tagged = ak_store_tag(s, id, "kept", NULL) == AK_OK;
    }
}

/* Creates, adds, removes, tags, compacts; a failed step does not end it, as with a tool that is
 * called again. */
static void work(struct scene *x)
{
    struct ak_store *s;
    if (ak_store_open(x->path, AK_STORE_CREATE, &s, NULL) == AK_OK) {
        add(x, s, 0);
        add(x, s, 1);
        remove_first(x, s);
        tag_newest(x, s);
        ak_store_close(s);
    }
    if (ak_store_open(x->path, AK_STORE_CREATE, &s, NULL) == AK_OK) {
        add(x, s, 2);
        const enum ak_status ignored = ak_store_compact(s, NULL);
        (void)ignored;
        ak_store_close(s);
    }
}

static const struct ak_run *find_time(const struct ak_run *runs, size_t n, int64_t time)
{
    for (size_t i = 0; i < n; i++) {
        if (runs[i].time_ns == time) {
            return &runs[i];
        }
    }
    return NULL;
}

static void check_store(struct scene *x, struct ak_store *s, struct ak_arena *arena)
{
    struct ak_error err;
    struct ak_verification v;
    struct ak_run *runs;
    size_t n;
    assert_int_equal(ak_store_verify(s, arena, &v, &err), AK_OK);
    if (v.problem_count) {
        fail_msg("operation %ld: %s", fault.at + memory_fault.at, v.problems[0]);
    }
    assert_int_equal(ak_store_list_runs(s, NULL, arena, &runs, &n, &err), AK_OK);
    for (size_t i = 0; i < RUNS; i++) {
        const struct ak_run *const run = find_time(runs, n, (int64_t)i + 1);
        if (x->added[i] && !run && !(i == 0 && x->removing)) {
            fail_msg("operation %ld: run %zu was acknowledged and is gone",
                     fault.at + memory_fault.at, i);
        }
        if (i == 0 && x->removed && run) {
            fail_msg("operation %ld: a run is there whose removal was acknowledged",
                     fault.at + memory_fault.at);
        }
        if (i == 1 && x->tagged && run && run->tag_count != 1) {
            fail_msg("operation %ld: an acknowledged tag is lost", fault.at + memory_fault.at);
        }
    }
}

/* Without faults again: what a later process finds. A file that never got its schema is empty. */
static void check(struct scene *x)
{
    struct ak_store *s;
    struct ak_error err = {0};
    struct stat st;
    if (stat(x->path, &st) != 0 || st.st_size == 0) {
        assert_false(x->added[0] || x->added[1] || x->added[2]);
        return;
    }
    if (ak_store_open(x->path, AK_STORE_CREATE, &s, &err) != AK_OK) {
        fail_msg("operation %ld: %s", fault.at + memory_fault.at, err.text);
    }
    struct ak_arena *const arena = ak_arena_new();
    check_store(x, s, arena);
    ak_arena_free(arena);
    ak_store_close(s);
}

static long stride(void)
{
    const char *const text = getenv("AK_FAULT_STRIDE");
    const long n = text ? strtol(text, NULL, 10) : 23;
    return n > 0 ? n : 1;
}

/* Every operation (of the stride) fails once, until the work has fewer operations than that. */
static void sweep(struct scene *x, struct fault *which, struct fault kind)
{
    long hits = 0;
    const long step = which == &memory_fault ? stride() * 8 : stride();
    for (long at = 1;; at += step) {
        scene_clear(x);
        *which = kind;
        which->at = at;
        work(x);
        const bool hit = which->hits > 0;
        which->at = 0;
        check(x);
        if (!hit) {
            break;
        }
        hits++;
    }
    print_message("%ld faults survived\n", hits);
    assert_true(hits > 5);
}

static void without_faults_all_is_acknowledged(void **state)
{
    struct scene *const x = *state;
    fault = memory_fault = (struct fault){0};
    work(x);
    assert_true(x->added[0] && x->added[1] && x->added[2] && x->removed && x->tagged);
    check(x);
}

static void an_operation_fails_once(void **state)
{
    sweep(*state, &fault, (struct fault){0});
}
static void all_operations_fail_from_some_on(void **state)
{
    sweep(*state, &fault, (struct fault){.sticky = true});
}
static void a_write_is_torn(void **state)
{
    sweep(*state, &fault, (struct fault){.torn = true});
}
static void a_write_is_torn_and_nothing_works_after(void **state)
{
    sweep(*state, &fault, (struct fault){.torn = true, .sticky = true});
}
static void the_disk_is_full_once(void **state)
{
    sweep(*state, &fault, (struct fault){.full = true});
}
static void the_disk_stays_full(void **state)
{
    sweep(*state, &fault, (struct fault){.full = true, .sticky = true});
}
static void a_read_fails(void **state)
{
    sweep(*state, &fault, (struct fault){.reads = true});
}
static void memory_runs_out_once(void **state)
{
    fault = (struct fault){0};
    sweep(*state, &memory_fault, (struct fault){0});
}

#define SCENE(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(without_faults_all_is_acknowledged),
        SCENE(an_operation_fails_once),
        SCENE(all_operations_fail_from_some_on),
        SCENE(a_write_is_torn),
        SCENE(a_write_is_torn_and_nothing_works_after),
        SCENE(the_disk_is_full_once),
        SCENE(the_disk_stays_full),
        SCENE(a_read_fails),
        SCENE(memory_runs_out_once),
    };
    setenv("AKREPORT_BUSY_MS", "0", 1);
    if (memory_fault_install() != SQLITE_OK || fault_vfs_install() != SQLITE_OK) {
        return 2;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
