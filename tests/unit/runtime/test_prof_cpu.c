/* The CPU profiler: shares of functions, totals against the clocks, threads, labels, fork. */
#include "prof/prof_thread.h"
#include "test_prof.h"

#include <pthread.h>
#include <sys/wait.h>

#if defined(TEST_NO_CPU)

static void starting_is_refused(void **state)
{
    struct ak_error err;
    (void)state;
    assert_int_equal(ak_prof_cpu_start(100, &err), AK_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(starting_is_refused)};
    const int rc = cmocka_run_group_tests(tests, NULL, NULL);
    puts("ok 2 - the CPU profiler # SKIP its signals do not go with ThreadSanitizer");
    return rc;
}

#else

static volatile uint64_t sink;

static NOINLINE void leaf(uint64_t rounds)
{
    uint64_t x = rounds;
    for (uint64_t i = 0; i < rounds; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        x ^= x >> 29;
    }
    sink = x;
}

enum { ROUNDS = 20000 };

static NOINLINE void share_50(void)
{
    leaf(ROUNDS);
    sink += 50; /* equal functions would be merged */
}
static NOINLINE void share_30(void)
{
    leaf(ROUNDS);
    sink += 30; /* equal functions would be merged */
}
static NOINLINE void share_15(void)
{
    leaf(ROUNDS);
    sink += 15; /* equal functions would be merged */
}
static NOINLINE void share_5(void)
{
    leaf(ROUNDS);
    sink += 5; /* equal functions would be merged */
}

/* Drawn at random, so that the timer cannot fall into step with the load. */
static NOINLINE void load(int64_t cpu_ns)
{
    const int64_t end = test_clock_ns(CLOCK_THREAD_CPUTIME_ID) + cpu_ns;
    uint64_t seed = (uint64_t)end;
    while (test_clock_ns(CLOCK_THREAD_CPUTIME_ID) < end) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        const unsigned draw = (unsigned)(seed >> 33) % 100;
        if (draw < 50) {
            share_50();
        } else if (draw < 80) {
            share_30();
        } else if (draw < 95) {
            share_15();
        } else {
            share_5();
        }
    }
}

/* Until so many stacks were taken: a busy machine gives fewer ticks for the same CPU time. */
static NOINLINE void load_stacks(uint64_t want)
{
    struct ak_prof_cpu_stats s;
    ak_prof_cpu_stats(&s);
    const uint64_t before = s.signals;
    for (int i = 0; i < 1000 && s.signals < before + want; i++) {
        load(20000000);
        ak_prof_cpu_stats(&s);
    }
    assert_true(s.signals >= before + want);
}

static void start(unsigned hz)
{
    struct ak_error err = {0};
    if (ak_prof_cpu_start(hz, &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
}

static struct ak_profile *stop(void)
{
    struct ak_error err = {0};
    if (ak_prof_cpu_stop(test_path(), &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
    return test_load();
}

/* --- what a profile holds ------------------------------------------------------------------ */

static void check_share(const struct ak_profile *p, const char *name, double share,
                        uint64_t signals)
{
    const double total = (double)test_sum(p, 0, NULL);
    const double sigma = sqrt(share * (1 - share) / (double)signals);
    const double got = (double)test_sum(p, 0, name) / total;
    if (fabs(got - share) > 5.5 * sigma) { /* samples weigh differently: sigma is a bit larger */
        fail_msg("%s has %.1f %%, wanted %.1f +- %.1f", name, 100 * got, 100 * share, 100 * sigma);
    }
}

static void shares_and_header_are_right(void **state)
{
    struct ak_prof_cpu_stats s;
    (void)state;
    start(1000);
    load_stacks(150);
    struct ak_profile *p = stop();
    ak_prof_cpu_stats(&s);
    check_share(p, "share_50", 0.50, s.signals);
    check_share(p, "share_30", 0.30, s.signals);
    check_share(p, "share_15", 0.15, s.signals);
    check_share(p, "share_5", 0.05, s.signals);
    assert_int_equal(p->sample_type_count, 2);
    assert_true(test_str_is(p, p->sample_types[0].type, "samples"));
    assert_true(test_str_is(p, p->sample_types[1].type, "cpu"));
    assert_true(test_str_is(p, p->sample_types[1].unit, "nanoseconds"));
    assert_int_equal(p->period, 1000000);
    assert_int_equal(test_sum(p, 1, NULL), test_sum(p, 0, NULL) * p->period);
    assert_int_equal(test_sum(p, 0, NULL), s.samples + s.lost);
    assert_true(p->duration_ns > 0 && p->time_ns > 0);
    assert_true(test_has_comment(p, "timer_create"));
    assert_true(test_has_comment(p, "lost: 0"));
    assert_true(p->mapping_count > 0);
    assert_true(test_has(p, 0, "main"));
    ak_profile_free(p);
}

static void all_stacks_reach_the_root(void **state)
{
    struct ak_prof_cpu_stats s;
    (void)state;
    start(1000);
    do { /* leaves of libc: no frame pointers */
        for (size_t i = 1; i < 2000; i++) {
            char *volatile text = malloc(i * 16);
            memset(text, 'x', i * 16);
            sink += strnlen(text, i * 8);
            free(text);
        }
        ak_prof_cpu_stats(&s);
    } while (s.signals < 40);
    assert_int_equal(ak_prof_cpu_stop(NULL, NULL), AK_OK);
    ak_prof_cpu_stats(&s);
    assert_true((double)s.complete >= 0.98 * (double)s.signals);
}

static void labels_follow_the_thread(void **state)
{
    const struct ak_prof_labels ping = {.actor = "a1", .kind = "pinger", .message = "ping"};
    const struct ak_prof_labels pong = {.actor = "a2", .kind = "ponger", .benchmark = "Other"};
    (void)state;
    ak_prof_benchmark_set("BenchmarkLabels");
    start(1000);
    ak_prof_labels_set(&ping);
    load_stacks(10);
    ak_prof_labels_set(&pong);
    load_stacks(10);
    ak_prof_labels_set(NULL);
    struct ak_profile *p = stop();
    ak_prof_benchmark_set(NULL);
    const int64_t total = test_sum(p, 0, NULL);
    const int64_t first = test_sum_label(p, 0, "actor", "a1");
    const int64_t second = test_sum_label(p, 0, "actor", "a2");
    assert_true(first >= 10 && second >= 10 && first + second <= total);
    assert_int_equal(test_sum_label(p, 0, "message", "ping"), first);
    assert_int_equal(test_sum_label(p, 0, "kind", "ponger"), second);
    assert_int_equal(test_sum_label(p, 0, "benchmark", "Other"), second);
    assert_int_equal(test_sum_label(p, 0, "benchmark", "BenchmarkLabels"), total - second);
    ak_profile_free(p);
}

/* --- totals -------------------------------------------------------------------------------- */

static NOINLINE void *short_thread(void *arg)
{
    ak_prof_thread_register(); /* for builds that do not wrap pthread_create */
    const int64_t begun = test_clock_ns(CLOCK_THREAD_CPUTIME_ID);
    load(*(const int64_t *)arg);
    __atomic_add_fetch(&((int64_t *)arg)[1], test_clock_ns(CLOCK_THREAD_CPUTIME_ID) - begun,
                       __ATOMIC_RELAXED);
    return NULL;
}

/* Threads that live two periods: without the residual a tenth of their time would be missing. */
static void totals_follow_the_clocks_of_short_threads(void **state)
{
    enum { COUNT = 24 };
    int64_t work[2] = {5000000, 0}; /* ns of each, sum of what they used */
    pthread_t id[COUNT];
    struct ak_prof_cpu_stats s;
    (void)state;
    start(500);
    const int64_t before = test_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < COUNT; i += 2) {
        pthread_create(&id[i], NULL, short_thread, work);
        pthread_create(&id[i + 1], NULL, short_thread, work);
        pthread_join(id[i], NULL);
        pthread_join(id[i + 1], NULL);
    }
    const int64_t used = test_clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before;
    struct ak_profile *p = stop();
    ak_prof_cpu_stats(&s);
    const int64_t booked = test_sum(p, 1, NULL);
    assert_true(s.threads >= COUNT);
    /* at least what the threads measured, at most what the process used, to one period */
    assert_true(booked >= work[1] - 2 * p->period);
    assert_true(booked <= used + 2 * p->period);
    assert_true(test_sum(p, 0, "short_thread") > 0);
    ak_profile_free(p);
}

static void *endless(void *arg)
{
    ak_prof_thread_register();
    while (!__atomic_load_n((const bool *)arg, __ATOMIC_RELAXED)) {
        leaf(1000);
    }
    return NULL;
}

static void many_threads_at_a_high_rate_end(void **state)
{
    enum { COUNT = 64 };
    bool done = false;
    pthread_t id[COUNT];
    struct ak_prof_cpu_stats s;
    (void)state;
    start(1000);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(pthread_create(&id[i], NULL, endless, &done), 0);
    }
    nanosleep(&(struct timespec){0, 300000000}, NULL);
    __atomic_store_n(&done, true, __ATOMIC_RELAXED);
    for (int i = 0; i < COUNT; i++) {
        pthread_join(id[i], NULL);
    }
    struct ak_profile *p = stop();
    ak_prof_cpu_stats(&s);
    assert_true(s.threads > COUNT);
    assert_int_equal(s.untimed, 0);
    assert_int_equal(test_sum(p, 0, NULL), s.samples + s.lost);
    ak_profile_free(p);
}

static NOINLINE void deep_load(unsigned depth, int64_t cpu_ns)
{
    if (depth > 0) {
        deep_load(depth - 1, cpu_ns);
        sink += depth; /* not a tail call */
        return;
    }
    load(cpu_ns);
}

/* Nobody empties the buffer meanwhile: what finds it full is in the profile by that name, and the
 * sum follows the clock all the same. */
static void lost_samples_are_reported(void **state)
{
    struct ak_prof_cpu_stats s;
    (void)state;
    start(4000);
    runtime_threads_lock();
    deep_load(100, 1000000000);
    runtime_threads_unlock();
    struct ak_profile *p = stop();
    ak_prof_cpu_stats(&s);
    assert_true(s.lost > 0);
    assert_int_equal(test_sum(p, 0, "[lost samples]"), s.lost);
    assert_int_equal(test_sum(p, 0, NULL), s.samples + s.lost);
    assert_true(test_sum(p, 0, NULL) >= 3900);
    char comment[64];
    snprintf(comment, sizeof comment, "lost: %llu", (unsigned long long)s.lost);
    assert_true(test_has_comment(p, comment));
    ak_profile_free(p);
}

/* --- states -------------------------------------------------------------------------------- */

static void wrong_use_is_refused(void **state)
{
    struct ak_error err;
    (void)state;
    assert_int_equal(ak_prof_cpu_stop(NULL, &err), AK_USAGE);
    assert_int_equal(ak_prof_cpu_start(AK_PROF_CPU_HZ_MAX + 1, &err), AK_USAGE);
    start(0);
    assert_true(ak_prof_cpu_running());
    assert_int_equal(ak_prof_cpu_start(100, &err), AK_BUSY);
    assert_int_equal(ak_prof_cpu_stop("/nonexistent/folder/x.prof", &err), AK_NOT_FOUND);
    assert_non_null(strstr(err.text, "/nonexistent/folder/x.prof"));
    assert_false(ak_prof_cpu_running());
    for (int i = 0; i < 50; i++) {
        start(1000);
        assert_int_equal(ak_prof_cpu_stop(NULL, &err), AK_OK);
    }
}

/* The child: its profiler is off, can be started, and writes what the child did. */
static int child_profile(void)
{
    struct ak_error err;
    if (ak_prof_cpu_running() || ak_prof_cpu_start(1000, &err) != AK_OK) {
        return 1;
    }
    load(50000000);
    if (ak_prof_cpu_stop(test_path(), &err) != AK_OK) {
        return 2;
    }
    struct ak_profile *p = NULL;
    if (ak_profile_load(test_path(), NULL, &p, &err) != AK_OK) {
        return 3;
    }
    const int64_t samples = test_sum(p, 0, NULL);
    unlink(test_path());
    return samples >= 40 && samples <= 80 ? 0 : 4;
}

static void forks_go_on_in_parent_and_child(void **state)
{
    int status;
    (void)state;
    start(4000);
    for (int i = 0; i < 40; i++) {
        const pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            _exit(i == 0 ? child_profile() : 0);
        }
        load(1000000);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    load_stacks(10);
    struct ak_profile *p = stop();
    assert_true(test_sum(p, 0, "load") >= 10);
    ak_profile_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_and_header_are_right),
        cmocka_unit_test(all_stacks_reach_the_root),
        cmocka_unit_test(labels_follow_the_thread),
        cmocka_unit_test(totals_follow_the_clocks_of_short_threads),
        cmocka_unit_test(many_threads_at_a_high_rate_end),
        cmocka_unit_test(lost_samples_are_reported),
        cmocka_unit_test(wrong_use_is_refused),
        cmocka_unit_test(forks_go_on_in_parent_and_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
