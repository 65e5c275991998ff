/* Mailboxes other than the default: priority, fair, bounded; and the runtime's own messages, which
 * pass them all. */
#include "probe.h"
#include "runtime/mailbox.h"
#include "runtime/metrics.h"

#include <pthread.h>

static uint64_t seen[64];
static size_t seen_count;

static int recorder_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)ctx;
    if (seen_count < 64) {
        seen[seen_count++] = probe_u64(msg);
    }
    atomic_fetch_add(&probe.handled, 1);
    return 0;
}

static const struct ak_actor_class recorder_class = {.kind = "recorder",
                                                     .receive = recorder_receive};

static struct ak_pid recorder(struct ak_system *sys, const struct ak_mailbox_opts *mailbox)
{
    seen_count = 0;
    const struct ak_spawn_opts opts = {.class = &recorder_class, .mailbox = mailbox};
    const struct ak_pid pid = ak_actor_spawn(sys, &opts, NULL);
    assert_true(pid.slot != 0);
    return pid;
}

static uint32_t by_value(const struct ak_msg *m)
{
    return (uint32_t)(probe_u64(m) / 10);
}

static void test_priority(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(true, 9);
    static const struct ak_mailbox_opts opts = {.order = AK_MAILBOX_PRIORITY, .priority = by_value};
    const struct ak_pid pid = recorder(sys, &opts);
    static const uint64_t values[] = {31, 10, 32, 5, 11, 33, 6, 1};
    for (size_t i = 0; i < 8; i++) {
        (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(1, values[i]));
    }
    (void)ak_system_run(sys, 0, 0);
    static const uint64_t want[] = {5, 6, 1, 10, 11, 31, 32, 33};
    assert_int_equal(seen_count, 8);
    assert_memory_equal(seen, want, sizeof want);
    ak_system_free(sys);
}

static void test_fair(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(true, 9);
    static const struct ak_mailbox_opts opts = {.order = AK_MAILBOX_FAIR};
    const struct ak_pid pid = recorder(sys, &opts);
    const struct ak_pid loud = probe_spawn(sys, NULL);
    const struct ak_pid quiet = probe_spawn(sys, NULL);
    for (uint64_t i = 0; i < 20; i++) {
        (void)ak_actor_tell(sys, pid, loud, probe_msg(1, 1));
    }
    (void)ak_actor_tell(sys, pid, quiet, probe_msg(1, 2));
    (void)ak_system_run(sys, 0, 0);
    assert_int_equal(seen_count, 21);
    assert_true(seen[0] == 2 || seen[1] == 2);
    ak_system_free(sys);
}

static void test_bounded(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(true, 9);
    static const struct ak_mailbox_opts opts = {.capacity = 4, .full = AK_FULL_REJECT};
    const struct ak_pid pid = recorder(sys, &opts);
    for (uint64_t i = 0; i < 4; i++) {
        assert_int_equal(ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(1, i)), AK_SENT);
    }
    assert_int_equal(ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(1, 9)), AK_SEND_FULL);
    (void)ak_system_run(sys, 0, 0);
    assert_int_equal(seen_count, 4);
    assert_int_equal(ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(1, 9)), AK_SENT);
    struct ak_system_metrics m;
    ak_system_metrics(sys, &m);
    assert_int_equal(m.dead_letters, 1);
    ak_system_free(sys);
}

static void *flood_main(void *arg)
{
    struct ak_system *sys = arg;
    const struct ak_pid pid = ak_actor_find(sys, "blocked");
    for (uint64_t i = 0; i < 2000; i++) {
        assert_int_equal(ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(1, i)), AK_SENT);
    }
    return NULL;
}

static void test_bounded_blocks(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(false, 0);
    static const struct ak_mailbox_opts mailbox = {.capacity = 8, .full = AK_FULL_BLOCK};
    seen_count = 64;
    const struct ak_spawn_opts opts = {
        .class = &recorder_class, .mailbox = &mailbox, .name = "blocked"};
    assert_true(ak_actor_spawn(sys, &opts, NULL).slot != 0);
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, flood_main, sys), 0);
    }
    for (int i = 0; i < 2; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    probe_await(&probe.handled, 4000);
    ak_system_free(sys);
}

static void test_bounded_drops(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(true, 9);
    static const struct ak_mailbox_opts opts = {.capacity = 2, .full = AK_FULL_DROP};
    const struct ak_pid pid = recorder(sys, &opts);
    for (uint64_t i = 0; i < 5; i++) {
        assert_int_equal(ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(1, i)),
                         i < 2 ? AK_SENT : AK_SEND_FULL);
    }
    (void)ak_system_run(sys, 0, 0);
    assert_int_equal(seen_count, 2);
    assert_int_equal(seen[1], 1); /* the newest are dropped */
    struct ak_system_metrics m;
    ak_system_metrics(sys, &m);
    assert_int_equal(m.dead_letters, 0);
    ak_system_free(sys);
}

/* --- a handler does not wait for room --- */

static struct ak_pid full_one;
static _Atomic uint64_t refused;

static int pusher_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    for (uint64_t i = probe_u64(msg); i > 0; i--) {
        if (ak_ctx_tell(ctx, full_one, probe_msg(1, i)) == AK_SEND_FULL) {
            atomic_fetch_add(&refused, 1);
        }
    }
    return 0;
}

static void test_a_handler_is_told_that_it_is_full(void **state)
{
    (void)state;
    static const struct ak_actor_class class = {.kind = "pusher", .receive = pusher_receive};
    static const struct ak_mailbox_opts opts = {.capacity = 8, .full = AK_FULL_BLOCK};
    static const struct ak_system_opts one = {.workers = 1};
    memset(&probe, 0, sizeof probe);
    struct ak_system *sys = ak_system_new(&one);
    full_one = recorder(sys, &opts);
    atomic_store(&refused, 0);
    const struct ak_spawn_opts so = {.class = &class};
    const struct ak_pid pusher = ak_actor_spawn(sys, &so, NULL);
    (void)ak_actor_tell(sys, pusher, AK_NOBODY, probe_msg(1, 20));
    probe_await(&refused, 12); /* its only worker is the pusher's */
    probe_await(&probe.handled, 8);
    ak_system_free(sys);
    assert_int_equal(probe.handled, 8);
    assert_int_equal(refused, 12);
}

/* --- the system's lane --- */

/* A stop, a watch and a failure's decision are handled before any user message. */
static void test_system_messages_pass(void **state)
{
    (void)state;
    static const struct ak_mailbox_opts kinds[] = {
        {.order = AK_MAILBOX_FIFO},
        {.order = AK_MAILBOX_PRIORITY, .priority = by_value},
        {.order = AK_MAILBOX_FAIR},
        {.order = AK_MAILBOX_FIFO, .capacity = 10, .full = AK_FULL_REJECT},
        {.order = AK_MAILBOX_PRIORITY, .priority = by_value, .capacity = 10},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct ak_system *sys = probe_system(true, k);
        const struct ak_pid pid = recorder(sys, &kinds[k]);
        uint64_t sent = 0;
        for (uint64_t i = 0; i < 500; i++) {
            sent += ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(1, i)) == AK_SENT;
        }
        ak_actor_stop(sys, pid);
        (void)ak_system_run(sys, 0, 0);
        assert_false(ak_actor_is_alive(sys, pid));
        assert_int_equal(probe.handled, 0);
        struct ak_system_metrics m;
        ak_system_metrics(sys, &m);
        assert_int_equal(m.dead_letters, 500);
        assert_int_equal(sent, kinds[k].capacity == 0 ? 500 : 10);
        ak_system_free(sys);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_priority),
        cmocka_unit_test(test_fair),
        cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_bounded_blocks),
        cmocka_unit_test(test_bounded_drops),
        cmocka_unit_test(test_a_handler_is_told_that_it_is_full),
        cmocka_unit_test(test_system_messages_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
