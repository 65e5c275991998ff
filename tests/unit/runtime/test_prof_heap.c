/* The heap profiler: exact at rate 1, unbiased above, frees that take away what was added. */
#include "runtime/memory.h"
#include "test_prof.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/wait.h>

enum { ALLOC_OBJECTS, ALLOC_SPACE, INUSE_OBJECTS, INUSE_SPACE };

static uint64_t seed = 1;

static uint64_t draw(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return seed >> 33;
}

static NOINLINE void *site_a(size_t size)
{
    void *volatile p = malloc(size);
    return p;
}

static NOINLINE void *site_b(size_t size)
{
    void *volatile p = calloc(1, size);
    return p;
}

static void begin(uint64_t rate)
{
    struct ak_error err = {0};
    if (ak_prof_heap_start(rate, &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
}

static struct ak_profile *written(void)
{
    struct ak_error err = {0};
    if (ak_prof_heap_write(test_path(), &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
    return test_load();
}

/* --- exact --------------------------------------------------------------------------------- */

static void rate_1_is_exact(void **state)
{
    enum { COUNT = 500 };
    void *kept[COUNT];
    int64_t bytes_a = 0, bytes_b = 0, freed = 0;
    (void)state;
    begin(1);
    for (int i = 0; i < COUNT; i++) {
        const size_t size = 1 + draw() % 5000;
        kept[i] = i % 3 ? site_a(size) : site_b(size);
        *(i % 3 ? &bytes_a : &bytes_b) += (int64_t)size;
        if (i % 5 == 1 && i % 3) {
            freed += (int64_t)size;
        }
    }
    for (int i = 1; i < COUNT; i += 5) {
        if (i % 3) {
            free(kept[i]);
            kept[i] = NULL;
        }
    }
    struct ak_profile *p = written();
    ak_prof_heap_stop();
    assert_int_equal(test_sum(p, ALLOC_SPACE, "site_a"), bytes_a);
    assert_int_equal(test_sum(p, ALLOC_SPACE, "site_b"), bytes_b);
    assert_int_equal(test_sum(p, ALLOC_OBJECTS, "site_a") + test_sum(p, ALLOC_OBJECTS, "site_b"),
                     COUNT);
    assert_int_equal(test_sum(p, INUSE_SPACE, "site_a"), bytes_a - freed);
    assert_int_equal(test_sum(p, INUSE_SPACE, "site_b"), bytes_b);
    for (int i = 0; i < COUNT; i++) {
        free(kept[i]);
    }
    ak_profile_free(p);
    p = written(); /* sampling is off, frees are booked */
    assert_int_equal(test_sum(p, INUSE_OBJECTS, "site_a"), 0);
    assert_int_equal(test_sum(p, INUSE_SPACE, "site_b"), 0);
    assert_int_equal(test_sum(p, ALLOC_SPACE, "site_a"), bytes_a);
    ak_profile_free(p);
}

/* Walks of the same place through different callers must not be taken for one another: same stack
 * pointer, other return address above; other labels on the same stack. */
static NOINLINE void *way_one(void)
{
    void *volatile p = site_a(64);
    return p;
}

static volatile int sink;

static NOINLINE void *way_two(void)
{
    void *volatile p = site_a(64);
    sink = 1; /* equal functions would be merged */
    return p;
}

static void callers_of_one_site_are_told_apart(void **state)
{
    enum { COUNT = 3000 };
    static void *(*const volatile ways[2])(void) = {way_one, way_two};
    static const struct ak_prof_labels labels[2] = {{.actor = "even"}, {.actor = "odd"}};
    int64_t through_one = 0;
    (void)state;
    begin(1);
    for (int i = 0; i < COUNT; i++) {
        const int way = (int)(draw() % 2);
        through_one += way == 0;
        ak_prof_labels_set(&labels[i % 2]);
        free(ways[way]());
    }
    ak_prof_labels_set(NULL);
    struct ak_profile *p = written();
    ak_prof_heap_stop();
    assert_int_equal(test_sum(p, ALLOC_OBJECTS, "way_one"), through_one);
    assert_int_equal(test_sum(p, ALLOC_OBJECTS, "way_two"), COUNT - through_one);
    assert_int_equal(test_sum_label(p, ALLOC_OBJECTS, "actor", "even"), COUNT / 2);
    assert_int_equal(test_sum_label(p, ALLOC_OBJECTS, "actor", "odd"), COUNT / 2);
    ak_profile_free(p);
}

/* What stands below the caller of a function of the malloc family is not shown. */
static void assert_no_frames_of_malloc(const struct ak_profile *p)
{
    static const char *const names[] = {
        "malloc",         "calloc",   "realloc",     "aligned_alloc", "memalign",     "move",
        "posix_memalign", "take_for", "take_slowly", "on_alloc",      "zeroed_slowly"};
    for (size_t i = 0; i < p->sample_count; i++) {
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
            assert_false(test_has(p, i, names[k]));
        }
    }
}

static void header_and_leaves_are_go_s(void **state)
{
    static const char *const types[] = {"alloc_objects", "alloc_space", "inuse_objects",
                                        "inuse_space"};
    static const char *const units[] = {"count", "bytes", "count", "bytes"};
    const struct ak_prof_labels labels = {.actor = "heap actor"};
    (void)state;
    begin(1);
    ak_prof_labels_set(&labels);
    free(site_a(12345));
    ak_prof_labels_set(NULL);
    struct ak_profile *p = written();
    ak_prof_heap_stop();
    assert_int_equal(p->sample_type_count, 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_true(test_str_is(p, p->sample_types[i].type, types[i]));
        assert_true(test_str_is(p, p->sample_types[i].unit, units[i]));
    }
    assert_true(test_str_is(p, p->default_sample_type, "inuse_space"));
    assert_true(test_str_is(p, p->period_type.type, "space"));
    assert_int_equal(p->period, 1);
    assert_int_equal(test_sum_label(p, ALLOC_SPACE, "actor", "heap actor"), 12345);
    assert_no_frames_of_malloc(p);
    assert_true(test_has_comment(p, "exact counters"));
    ak_profile_free(p);
}

static void the_whole_malloc_family_is_sampled(void **state)
{
    (void)state;
    begin(1);
    uint8_t *p = malloc(10);
    memset(p, 7, 10);
    p = realloc(p, 100000);
    assert_int_equal(p[9], 7);
    memset(p, 8, 100000);
    p = realloc(p, 20);
    assert_int_equal(p[19], 8);
    ak_prof_heap_stop();
    p = realloc(p, 5000); /* out of the sampled range */
    assert_int_equal(p[19], 8);
    begin(1);
    p = realloc(p, 6000); /* and into it */
    assert_int_equal(p[19], 8);
    assert_true(malloc_usable_size(p) >= 6000);
    free(p);
    p = calloc(100, 10);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(p[i], 0);
    }
    free(p);
    void *q = NULL;
    assert_int_equal(posix_memalign(&q, 4096, 100), 0);
    assert_int_equal((uintptr_t)q % 4096, 0);
    free(q);
    q = aligned_alloc(64, 128);
    assert_int_equal((uintptr_t)q % 64, 0);
    free(q);
    free(malloc(0));
    ak_prof_heap_stop();
    struct ak_profile *written_then = written();
    assert_true(test_sum(written_then, ALLOC_SPACE, "the_whole_malloc_family_is_sampled") >
                100000 + 20 + 6000 + 1000);
    assert_no_frames_of_malloc(written_then);
    ak_profile_free(written_then);
}

/* --- unbiased ------------------------------------------------------------------------------ */

/* Scaled totals of one run against the truth, in units of their own standard deviation. */
static void run_once(double *out_bytes, double *out_objects)
{
    enum { COUNT = 20000, RATE = 4096 };
    struct ak_prof_heap_stats before, after;
    double bytes = 0, bytes_variance = 0, objects_variance = 0;
    begin(RATE);
    ak_prof_heap_stats(&before);
    for (int i = 0; i < COUNT; i++) {
        const uint64_t kind = draw() % 100;
        const size_t size = kind < 75   ? 16 + draw() % 64
                            : kind < 98 ? 64 + draw() % 1024
                                        : 1024 + draw() % 16384;
        const double q = exp(-(double)size / RATE), p = 1 - q;
        free(site_a(size));
        bytes += (double)size;
        bytes_variance += (double)size * (double)size * q / p;
        objects_variance += q / p;
    }
    ak_prof_heap_stop();
    ak_prof_heap_stats(&after);
    *out_bytes = ((double)(after.alloc_bytes - before.alloc_bytes) - bytes) / sqrt(bytes_variance);
    *out_objects =
        ((double)(after.alloc_objects - before.alloc_objects) - COUNT) / sqrt(objects_variance);
    assert_int_equal(after.inuse_bytes, before.inuse_bytes);
    assert_int_equal(after.inuse_objects, before.inuse_objects);
}

/* The mean over runs of a standard normal has the deviation 1 / sqrt(runs), its spread is 1. */
static void totals_are_unbiased(void **state)
{
    enum { RUNS = 20 };
    double bytes = 0, objects = 0, squares = 0;
    (void)state;
    for (int i = 0; i < RUNS; i++) {
        double b, o;
        run_once(&b, &o);
        bytes += b / RUNS;
        objects += o / RUNS;
        squares += b * b / RUNS;
    }
    if (fabs(bytes) > 4.5 / sqrt(RUNS) || fabs(objects) > 4.5 / sqrt(RUNS) || squares > 3.5) {
        fail_msg("mean error of bytes %.2f, of objects %.2f, mean square %.2f", bytes, objects,
                 squares);
    }
}

/* --- more ---------------------------------------------------------------------------------- */

static void snapshots_make_a_pair(void **state)
{
    (void)state;
    begin(1);
    void *const before = site_a(1000);
    struct ak_prof_snapshot *const first = ak_prof_heap_snapshot();
    void *const during = site_b(5000);
    struct ak_prof_snapshot *const second = ak_prof_heap_snapshot();
    assert_non_null(first);
    assert_non_null(second);
    assert_int_equal(ak_prof_snapshot_write(first, test_path(), NULL), AK_OK);
    struct ak_profile *p = test_load();
    const int64_t b_before = test_sum(p, INUSE_SPACE, "site_b");
    const int64_t a_before = test_sum(p, INUSE_SPACE, "site_a");
    ak_profile_free(p);
    assert_int_equal(ak_prof_snapshot_write(second, test_path(), NULL), AK_OK);
    p = test_load();
    assert_int_equal(test_sum(p, INUSE_SPACE, "site_b") - b_before, 5000);
    assert_int_equal(test_sum(p, INUSE_SPACE, "site_a"), a_before);
    ak_profile_free(p);
    ak_prof_snapshot_free(first);
    ak_prof_snapshot_free(second);
    ak_prof_snapshot_free(NULL);
    free(before);
    free(during);
    ak_prof_heap_stop();
}

static void the_rate_comes_from_the_environment(void **state)
{
    (void)state;
    setenv("AK_MEMPROFILERATE", "7000", 1);
    begin(0);
    assert_int_equal(ak_prof_heap_rate(), 7000);
    begin(99);
    assert_int_equal(ak_prof_heap_rate(), 99);
    unsetenv("AK_MEMPROFILERATE");
    begin(0);
    assert_int_equal(ak_prof_heap_rate(), AK_PROF_HEAP_RATE);
    ak_prof_heap_stop();
    assert_int_equal(ak_prof_heap_rate(), 0);
}

struct box {
    pthread_mutex_t lock;
    void *slot[64];
};

/* Threads free what others allocated. */
static void *churn(void *arg)
{
    struct box *const box = arg;
    uint64_t mine = (uint64_t)pthread_self();
    for (int i = 0; i < 20000; i++) {
        mine = mine * 6364136223846793005u + 1442695040888963407u;
        void *const p = site_a(1 + (mine >> 40) % 300);
        const size_t at = (mine >> 33) % 64;
        pthread_mutex_lock(&box->lock);
        void *const old = box->slot[at];
        box->slot[at] = p;
        pthread_mutex_unlock(&box->lock);
        free(old);
    }
    return NULL;
}

static void threads_and_forks_share_it(void **state)
{
    enum { COUNT = 4 };
    struct box box = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct ak_prof_heap_stats before, after;
    pthread_t id[COUNT];
    int status;
    (void)state;
    begin(64);
    ak_prof_heap_stats(&before);
    for (int i = 0; i < COUNT; i++) {
        pthread_create(&id[i], NULL, churn, &box);
    }
    for (int i = 0; i < 20; i++) {
        const pid_t pid = fork();
        if (pid == 0) { /* allocates, profiles, writes */
            free(site_b(100000));
            _exit(i == 0 && ak_prof_heap_write(test_path(), NULL) != AK_OK);
        }
        waitpid(pid, &status, 0);
        assert_int_equal(status, 0);
        if (i == 0) {
            char path[64];
            snprintf(path, sizeof path, "/akprof.%ld.pb.gz", (long)pid);
            const char *const dir = getenv("TMPDIR");
            char whole[256];
            snprintf(whole, sizeof whole, "%s%s", dir ? dir : "/tmp", path);
            assert_int_equal(unlink(whole), 0);
        }
    }
    for (int i = 0; i < COUNT; i++) {
        pthread_join(id[i], NULL);
    }
    for (int i = 0; i < 64; i++) {
        free(box.slot[i]);
    }
    ak_prof_heap_stop();
    ak_prof_heap_stats(&after);
    assert_true(after.samples - before.samples > 10000);
    assert_int_equal(after.lost, 0);
    assert_true(after.inuse_bytes <= before.inuse_bytes + 4096); /* the threads' own */
}

static void starting_is_refused(void **state)
{
    struct ak_error err;
    (void)state;
    assert_int_equal(ak_prof_heap_start(1, &err), AK_UNSUPPORTED);
}

/* Where a sanitizer or valgrind owns malloc there is nothing to sample. */
static int skipped(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(starting_is_refused)};
    const int rc = cmocka_run_group_tests(tests, NULL, NULL);
    puts("ok 2 - the heap profiler # SKIP malloc is not ours here");
    return rc;
}

int main(void)
{
    if (ak_prof_heap_start(0, NULL) == AK_UNSUPPORTED) {
        return skipped();
    }
    ak_prof_heap_stop();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rate_1_is_exact),
        cmocka_unit_test(callers_of_one_site_are_told_apart),
        cmocka_unit_test(header_and_leaves_are_go_s),
        cmocka_unit_test(the_whole_malloc_family_is_sampled),
        cmocka_unit_test(totals_are_unbiased),
        cmocka_unit_test(snapshots_make_a_pair),
        cmocka_unit_test(the_rate_comes_from_the_environment),
        cmocka_unit_test(threads_and_forks_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
