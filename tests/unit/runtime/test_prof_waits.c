/* Contention and actors profiles. */
#include "test_prof.h"

#include <pthread.h>

static NOINLINE void wait_here(uint64_t ns)
{
    ak_prof_wait("lock", ns);
}

static NOINLINE void wait_there(uint64_t ns)
{
    ak_prof_wait("mailbox", ns);
}

static struct ak_profile *contention(void)
{
    struct ak_error err = {0};
    if (ak_prof_contention_write(test_path(), &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
    return test_load();
}

static void waits_are_added_up(void **state)
{
    (void)state;
    wait_here(1000); /* off: not counted */
    assert_false(ak_prof_contention_running());
    assert_int_equal(ak_prof_contention_start(1, NULL), AK_OK);
    assert_true(ak_prof_contention_running());
    for (int i = 0; i < 10; i++) {
        wait_here(1000);
        wait_there(50);
    }
    ak_prof_contention_stop();
    wait_here(1000);
    struct ak_profile *p = contention();
    assert_true(test_str_is(p, p->sample_types[0].type, "contentions"));
    assert_true(test_str_is(p, p->sample_types[1].type, "delay"));
    assert_true(test_str_is(p, p->sample_types[1].unit, "nanoseconds"));
    assert_int_equal(test_sum(p, 0, NULL), 20);
    assert_int_equal(test_sum(p, 1, NULL), 10500);
    assert_int_equal(test_sum_label(p, 1, "wait", "lock"), 10000);
    assert_int_equal(test_sum_label(p, 0, "wait", "mailbox"), 10);
    assert_int_equal(test_sum(p, 1, "wait_there"), 500);
    ak_profile_free(p);
}

/* Short waits are sampled: the totals stay right, in counts and in ns. */
static void short_waits_are_unbiased(void **state)
{
    enum { COUNT = 20000, NS = 300, RATE = 10000 };
    (void)state;
    struct ak_profile *p = contention();
    const int64_t count_before = test_sum(p, 0, "wait_here"),
                  ns_before = test_sum(p, 1, "wait_here");
    ak_profile_free(p);
    assert_int_equal(ak_prof_contention_start(RATE, NULL), AK_OK);
    for (int i = 0; i < COUNT; i++) {
        wait_here(NS);
    }
    ak_prof_contention_stop();
    p = contention();
    const double count = (double)(test_sum(p, 0, "wait_here") - count_before);
    const double ns = (double)(test_sum(p, 1, "wait_here") - ns_before);
    const double chance = (double)NS / RATE;
    const double sigma = sqrt(COUNT * chance * (1 - chance)) / chance; /* of the count */
    assert_true(fabs(count - COUNT) < 5 * sigma);
    assert_true(fabs(ns - (double)COUNT * NS) < 5 * sigma * NS);
    ak_profile_free(p);
}

static void *many_waits(void *arg)
{
    for (int i = 0; i < 5000; i++) {
        wait_there(1);
    }
    return arg;
}

static void every_waiter_counts(void **state)
{
    pthread_t id[4];
    (void)state;
    struct ak_profile *p = contention();
    const int64_t before = test_sum(p, 0, "many_waits");
    ak_profile_free(p);
    assert_int_equal(ak_prof_contention_start(1, NULL), AK_OK);
    for (int i = 0; i < 4; i++) {
        pthread_create(&id[i], NULL, many_waits, NULL);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(id[i], NULL);
    }
    ak_prof_contention_stop();
    p = contention();
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    (void)before; /* these threads are not known, so their stacks are not read */
    assert_true(test_sum_label(p, 0, "wait", "mailbox") >= 20000);
#else
    assert_int_equal(test_sum(p, 0, "many_waits") - before, 20000);
#endif
    ak_profile_free(p);
}

/* --- locks of the program, seen by themselves -------------------------------------------- */

#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)

enum { HOLD_NS = 100000000 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t both;

static NOINLINE void *locker(void *arg)
{
    pthread_barrier_wait(&both);
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    pthread_barrier_wait(&both);
    pthread_rwlock_rdlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
    return arg;
}

static void hold(void)
{
    const struct timespec ts = {0, HOLD_NS};
    pthread_barrier_wait(&both);
    nanosleep(&ts, NULL);
}

/* Waits for `lock` that the locker made: the profiler's own threads may wait for locks of theirs.
 */
static int64_t waits_of_locker(const struct ak_profile *p, const char *lock)
{
    int64_t sum = 0;
    for (size_t i = 0; i < p->sample_count; i++) {
        if (test_has(p, i, "locker") && test_has(p, i, lock)) {
            sum += p->values[i * p->sample_type_count];
        }
    }
    return sum;
}

static void locks_that_are_not_free_are_waits(void **state)
{
    pthread_t id;
    (void)state;
    pthread_barrier_init(&both, NULL, 2);
    assert_int_equal(ak_prof_contention_start(1, NULL), AK_OK);
    pthread_mutex_lock(&mutex);
    pthread_rwlock_wrlock(&rwlock); /* both free: no waits */
    pthread_create(&id, NULL, locker, NULL);
    hold();
    pthread_mutex_unlock(&mutex);
    hold();
    pthread_rwlock_unlock(&rwlock);
    pthread_join(id, NULL);
    ak_prof_contention_stop();
    struct ak_profile *p = contention();
    assert_int_equal(test_sum(p, 0, "locker"), 2);
    assert_true(test_sum(p, 1, "locker") > 0);
    assert_true(waits_of_locker(p, "pthread_mutex_lock") == 1);
    assert_true(waits_of_locker(p, "pthread_rwlock_rdlock") == 1);
    assert_int_equal(test_sum(p, 0, "hold"), 0);
    ak_profile_free(p);
    pthread_barrier_destroy(&both);
}

#else

static void locks_that_are_not_free_are_waits(void **state)
{
    (void)state;
    skip(); /* the sanitizer's wrapper stands there */
}

#endif

/* --- actors -------------------------------------------------------------------------------- */

static uint32_t stack_one, stack_two;

static NOINLINE uint32_t spawn(void)
{
    const uint32_t stack = ak_prof_spawn_stack();
    return stack;
}

static NOINLINE uint32_t spawner_one(void)
{
    const uint32_t stack = spawn();
    return stack;
}

static volatile uint32_t sink;

static NOINLINE uint32_t spawner_two(void)
{
    const uint32_t stack = spawn();
    sink = stack; /* equal functions would be merged */
    return stack;
}

static void tell_all(void *ctx, struct ak_prof_actors *actors)
{
    (void)ctx;
    for (int i = 0; i < 7; i++) {
        ak_prof_actors_add(actors, stack_one, "worker", "idle", 1);
    }
    ak_prof_actors_add(actors, stack_one, "worker", "running", 2);
    ak_prof_actors_add(actors, stack_two, "router", "idle", 5);
    ak_prof_actors_add(actors, 0, NULL, "idle", 1);
    ak_prof_actors_add(actors, 123456, "lost", NULL, 3);
}

static void actors_are_counted_by_stack_kind_and_state(void **state)
{
    uint32_t again = 0;
    volatile int times = 3; /* one call site: the loop must not be unrolled */
    (void)state;
    assert_int_equal(spawner_one(), 0); /* off */
    ak_prof_actors_start();
    for (int i = 0; i < times; i++) {
        stack_one = spawner_one();
        again = again ? again : stack_one;
        assert_int_equal(stack_one, again);
    }
    stack_two = spawner_two();
    ak_prof_actors_stop();
    assert_true(stack_one > 0 && stack_two > 0 && stack_one != stack_two);
    assert_int_equal(ak_prof_actors_write(test_path(), tell_all, NULL, NULL), AK_OK);
    struct ak_profile *p = test_load();
    assert_int_equal(p->sample_type_count, 1);
    assert_true(test_str_is(p, p->sample_types[0].type, "actors"));
    assert_int_equal(test_sum(p, 0, NULL), 18);
    assert_int_equal(test_sum(p, 0, "spawner_one"), 9);
    assert_int_equal(test_sum(p, 0, "spawner_two"), 5);
    assert_int_equal(test_sum_label(p, 0, "kind", "worker"), 9);
    assert_int_equal(test_sum_label(p, 0, "state", "idle"), 13);
    assert_int_equal(test_sum(p, 0, "[unknown stack]"), 4);
    ak_profile_free(p);
}

int main(void)
{
    ak_prof_thread_register();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_are_added_up),
        cmocka_unit_test(short_waits_are_unbiased),
        cmocka_unit_test(every_waiter_counts),
        cmocka_unit_test(locks_that_are_not_free_are_waits),
        cmocka_unit_test(actors_are_counted_by_stack_kind_and_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
