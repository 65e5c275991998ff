/* Spawning, telling, asking, trees, behaviours, stash, names: with workers and in deterministic
 * mode. */
#include "probe.h"

static bool sim;

static struct ak_system *start(void)
{
    return probe_system(sim, 42);
}

static void settle(struct ak_system *sys, _Atomic uint64_t *value, uint64_t want)
{
    if (sim) {
        (void)ak_system_run(sys, 0, 0);
        assert_int_equal(atomic_load(value), want);
    } else {
        probe_await(value, want);
    }
}

static void test_tell_in_order(void **state)
{
    (void)state;
    struct ak_system *sys = start();
    const struct ak_pid pid = probe_spawn(sys, "one");
    for (uint64_t i = 0; i < 10000; i++) {
        assert_int_equal(ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_COUNT, i)), AK_SENT);
    }
    settle(sys, &probe.handled, 10000);
    assert_int_equal(probe_ask(sys, pid, 41), 42);
    ak_system_free(sys);
    assert_int_equal(probe.stopped, 1);
    assert_int_equal(probe.overlaps, 0);
}

static void test_names(void **state)
{
    (void)state;
    struct ak_system *sys = start();
    const struct ak_pid pid = probe_spawn(sys, "alpha");
    assert_true(ak_pid_eq(ak_actor_find(sys, "alpha"), pid));
    assert_int_equal(ak_actor_find(sys, "beta").slot, 0);
    enum ak_spawn_error error;
    struct ak_spawn_opts opts = {.class = &probe_class, .name = "alpha"};
    assert_int_equal(ak_actor_spawn(sys, &opts, &error).slot, 0);
    assert_int_equal(error, AK_SPAWN_NAME_TAKEN);
    char long_name[300];
    memset(long_name, 'x', sizeof long_name);
    long_name[255] = '\0';
    opts.name = long_name;
    const struct ak_pid big = ak_actor_spawn(sys, &opts, &error);
    assert_int_equal(error, AK_SPAWN_OK);
    assert_true(ak_pid_eq(ak_actor_find(sys, long_name), big));
    char copy[256];
    assert_true(ak_actor_name(sys, big, copy));
    assert_string_equal(copy, long_name);
    long_name[255] = 'x';
    long_name[256] = '\0';
    assert_int_equal(ak_actor_spawn(sys, &opts, &error).slot, 0);
    assert_int_equal(error, AK_SPAWN_BAD_NAME);
    opts.name = "";
    assert_int_equal(ak_actor_spawn(sys, &opts, &error).slot, 0);
    assert_int_equal(error, AK_SPAWN_BAD_NAME);
    ak_actor_stop(sys, pid);
    settle(sys, &probe.stopped, 1);
    while (ak_actor_find(sys, "alpha").slot != 0) {
    }
    const struct ak_pid again = probe_spawn(sys, "alpha");
    assert_false(ak_pid_eq(again, pid));
    ak_system_free(sys);
}

static void test_many_names(void **state)
{
    (void)state;
    struct ak_system *sys = start();
    char name[32];
    struct ak_pid pids[3000];
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(name, sizeof name, "n%d", i);
        pids[i] = probe_spawn(sys, name);
    }
    for (int i = 0; i < 3000; i += 2) {
        ak_actor_stop(sys, pids[i]);
    }
    settle(sys, &probe.stopped, 1500);
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(name, sizeof name, "n%d", i);
        if (i % 2 == 1) {
            assert_true(ak_pid_eq(ak_actor_find(sys, name), pids[i]));
        }
    }
    ak_system_free(sys);
    assert_int_equal(probe.stopped, 3000);
}

static void test_late_tell_is_dead(void **state)
{
    (void)state;
    struct ak_system *sys = start();
    const struct ak_pid pid = probe_spawn(sys, NULL);
    ak_actor_stop(sys, pid);
    settle(sys, &probe.stopped, 1);
    while (ak_actor_is_alive(sys, pid)) {
    }
    const struct ak_pid next = probe_spawn(sys, NULL); /* may use the same slot */
    assert_false(ak_pid_eq(next, pid));
    assert_int_equal(ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_COUNT, 0)), AK_SEND_DEAD);
    struct ak_msg *reply = NULL;
    assert_int_equal(ak_actor_ask(sys, pid, probe_msg(PROBE_ASK, 1), 30 * SECOND, &reply),
                     AK_ASK_DEAD);
    const struct ak_pid nonsense = {0x7fffffff, 7};
    assert_int_equal(ak_actor_tell(sys, nonsense, AK_NOBODY, probe_msg(PROBE_COUNT, 0)),
                     AK_SEND_DEAD);
    assert_int_equal(ak_actor_tell(sys, AK_NOBODY, AK_NOBODY, probe_msg(PROBE_COUNT, 0)),
                     AK_SEND_DEAD);
    ak_system_free(sys);
    assert_int_equal(probe.handled, 0);
}

static void test_ask_times_out(void **state)
{
    (void)state;
    struct ak_system *sys = start();
    const struct ak_pid pid = probe_spawn(sys, NULL);
    struct ak_msg *reply = NULL;
    assert_int_equal(ak_actor_ask(sys, pid, probe_msg(PROBE_COUNT, 0), 2 * MILLI, &reply),
                     AK_ASK_TIMEOUT);
    assert_null(reply);
    assert_int_equal(probe_ask(sys, pid, 1), 2);
    ak_system_free(sys);
}

static void test_children_stop_before_parents(void **state)
{
    (void)state;
    struct ak_system *sys = start();
    const struct ak_pid parent = probe_spawn(sys, "parent");
    (void)ak_actor_tell(sys, parent, AK_NOBODY, probe_msg(PROBE_SPAWN, 100));
    (void)probe_ask(sys, parent, 0);
    assert_int_equal(ak_system_count(sys), 101);
    ak_actor_stop(sys, parent);
    settle(sys, &probe.stopped, 101);
    ak_system_free(sys);
    assert_int_equal(probe.stopped, 101);
    assert_int_equal(probe.overlaps, 0);
}

/* --- behaviours and stash --- */

static int second_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    if (msg->type == PROBE_ASK) {
        (void)ak_ctx_reply(ctx, probe_msg(PROBE_ASK, 1000));
    } else if (msg->type == PROBE_STOP) {
        assert_true(ak_ctx_pop_behaviour(ctx));
        assert_false(ak_ctx_pop_behaviour(ctx));
        ak_ctx_unstash_all(ctx);
    } else {
        assert_true(ak_ctx_stash(ctx));
    }
    return 0;
}

static int first_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    if (msg->type == PROBE_SPAWN) {
        assert_true(ak_ctx_push_behaviour(ctx, second_receive));
        return 0;
    }
    return probe_receive(ctx, msg);
}

static const struct ak_actor_class moody_class = {
    .kind = "moody", .receive = first_receive, .state_size = sizeof(struct probe_state)};

static void test_behaviours_and_stash(void **state)
{
    (void)state;
    struct ak_system *sys = start();
    const struct ak_spawn_opts opts = {.class = &moody_class};
    const struct ak_pid pid = ak_actor_spawn(sys, &opts, NULL);
    assert_int_equal(probe_ask(sys, pid, 1), 2);
    (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_SPAWN, 0));
    for (int i = 0; i < 5; i++) {
        (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_COUNT, 0));
    }
    assert_int_equal(probe_ask(sys, pid, 1), 1000);
    assert_int_equal(probe.handled, 1);
    (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_STOP, 0));
    assert_int_equal(probe_ask(sys, pid, 1), 2);
    assert_int_equal(probe.handled, 7);
    ak_system_free(sys);
}

/* --- forward, request, watch --- */

static struct ak_pid target;
static _Atomic uint64_t answers;

static int on_answer(struct ak_ctx *ctx, struct ak_msg *reply, void *arg)
{
    (void)ctx;
    assert_ptr_equal(arg, &target);
    atomic_fetch_add(&answers, reply != NULL ? probe_u64(reply) : 100000);
    return 0;
}

static int middle_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    switch (msg->type) {
    case PROBE_ASK:
        assert_int_equal(ak_ctx_forward(ctx, target), AK_SENT);
        return 0;
    case PROBE_COUNT:
        assert_true(ak_ctx_request(ctx, target, probe_msg(PROBE_ASK, probe_u64(msg)), SECOND,
                                   on_answer, &target));
        return 0;
    case PROBE_SPIN: /* nobody answers PROBE_COUNT */
        assert_true(
            ak_ctx_request(ctx, target, probe_msg(PROBE_COUNT, 0), MILLI, on_answer, &target));
        return 0;
    case PROBE_SPAWN:
        assert_true(ak_ctx_watch(ctx, target));
        assert_true(ak_ctx_watch(ctx, target));
        return 0;
    case AK_MSG_TERMINATED: {
        struct ak_pid dead;
        memcpy(&dead, ak_msg_view(msg), sizeof dead);
        assert_true(ak_pid_eq(dead, target));
        atomic_fetch_add(&probe.terminated, 1);
        return 0;
    }
    default:
        return 0;
    }
}

static const struct ak_actor_class middle_class = {.kind = "middle", .receive = middle_receive};

static void test_forward_request_watch(void **state)
{
    (void)state;
    struct ak_system *sys = start();
    atomic_store(&answers, 0);
    target = probe_spawn(sys, "target");
    const struct ak_spawn_opts opts = {.class = &middle_class};
    const struct ak_pid middle = ak_actor_spawn(sys, &opts, NULL);
    assert_int_equal(probe_ask(sys, middle, 6), 7); /* forwarded */
    (void)ak_actor_tell(sys, middle, AK_NOBODY, probe_msg(PROBE_COUNT, 9));
    settle(sys, &answers, 10);
    (void)ak_actor_tell(sys, middle, AK_NOBODY, probe_msg(PROBE_SPIN, 0));
    if (sim) {
        (void)ak_system_run(sys, SECOND, 0);
    }
    settle(sys, &answers, 100010); /* timed out */
    (void)ak_actor_tell(sys, middle, AK_NOBODY, probe_msg(PROBE_SPAWN, 0));
    (void)ak_actor_tell(sys, middle, AK_NOBODY, probe_msg(PROBE_COUNT, 0));
    settle(sys, &answers, 100011);
    ak_actor_stop(sys, target);
    settle(sys, &probe.terminated, 1);
    (void)ak_actor_tell(sys, middle, AK_NOBODY, probe_msg(PROBE_SPAWN, 0)); /* watch the dead */
    settle(sys, &probe.terminated, 3);
    (void)ak_actor_tell(sys, middle, AK_NOBODY, probe_msg(PROBE_COUNT, 0)); /* ask the dead */
    settle(sys, &answers, 200011);
    ak_system_free(sys);
}

static void test_messages(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 32, 33, 100, 500, 992, 993, 5000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct ak_msg *m = ak_msg_new(7, sizes[i]);
        assert_non_null(m);
        memset(ak_msg_data(m), 0x5a, sizes[i]);
        struct ak_msg *copy = ak_msg_copy(m);
        assert_int_equal(copy->size, sizes[i]);
        assert_int_equal(copy->type, 7);
        assert_memory_equal(ak_msg_view(copy), ak_msg_view(m), sizes[i]);
        assert_int_equal((uintptr_t)ak_msg_view(m) % 16, 0);
        ak_msg_free(m);
        ak_msg_free(copy);
    }
    assert_null(ak_msg_new(1, (size_t)1 << 24));
    ak_msg_free(NULL);
}

static int to_threads(void **state)
{
    (void)state;
    sim = false;
    return 0;
}

static int to_sim(void **state)
{
    (void)state;
    sim = true;
    return 0;
}

#define BOTH(test)                                                                                 \
    {#test "/threads", test, to_threads, NULL, NULL},                                              \
    {                                                                                              \
#test "/deterministic", test, to_sim, NULL, NULL                                           \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        BOTH(test_tell_in_order),
        BOTH(test_names),
        BOTH(test_many_names),
        BOTH(test_late_tell_is_dead),
        BOTH(test_ask_times_out),
        BOTH(test_children_stop_before_parents),
        BOTH(test_behaviours_and_stash),
        BOTH(test_forward_request_watch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
