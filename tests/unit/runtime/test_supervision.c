/* What happens to an actor whose handler fails. Deterministic mode, several seeds. */
#include "probe.h"
#include "runtime/events.h"
#include "runtime/metrics.h"

enum { SEEDS = 20 };

static const struct ak_supervision_rule rules[] = {{1, AK_DIRECTIVE_RESTART},
                                                   {2, AK_DIRECTIVE_RESUME},
                                                   {3, AK_DIRECTIVE_STOP},
                                                   {4, AK_DIRECTIVE_ESCALATE}};
static const struct ak_supervisor one_for_one = {
    .rules = rules, .rule_count = 4, .max_restarts = 3, .window_ns = SECOND};
static const struct ak_supervisor one_for_all = {
    .strategy = AK_ONE_FOR_ALL, .rules = rules, .rule_count = 4};

static struct ak_pid child[3];
static const struct ak_supervisor *parent_supervisor;
static const struct ak_supervisor *child_supervisor;

/* A parent that spawns three children at its start and passes nothing on. */
static int parent_start(struct ak_ctx *ctx)
{
    for (int i = 0; i < 3; i++) {
        const struct ak_spawn_opts opts = {.class = &probe_class, .supervisor = child_supervisor};
        child[i] = ak_ctx_spawn(ctx, &opts, NULL);
    }
    return 0;
}

static const struct ak_actor_class parent_class = {.kind = "parent",
                                                   .receive = probe_receive,
                                                   .pre_start = parent_start,
                                                   .post_stop = probe_stop,
                                                   .state_size = sizeof(struct probe_state)};

static struct ak_system *family(uint64_t seed, const struct ak_supervisor *of_child,
                                struct ak_pid *out)
{
    struct ak_system *sys = probe_system(true, seed);
    child_supervisor = of_child;
    const struct ak_spawn_opts opts = {
        .class = &parent_class, .name = "parent", .supervisor = parent_supervisor};
    *out = ak_actor_spawn(sys, &opts, NULL);
    assert_true(out->slot != 0);
    return sys;
}

static void fail_with(struct ak_system *sys, struct ak_pid pid, uint64_t reason)
{
    (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_FAIL, reason));
    (void)ak_system_run(sys, 0, 0);
}

static uint64_t restarts(struct ak_system *sys)
{
    struct ak_system_metrics m;
    ak_system_metrics(sys, &m);
    return m.restarts;
}

static void test_resume_keeps_state(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct ak_pid parent;
        struct ak_system *sys = family(seed, &one_for_one, &parent);
        for (int i = 0; i < 5; i++) {
            (void)ak_actor_tell(sys, child[0], AK_NOBODY, probe_msg(PROBE_COUNT, 0));
        }
        fail_with(sys, child[0], 2);
        assert_int_equal(restarts(sys), 0);
        assert_int_equal(probe_ask(sys, child[0], 1), 2);
        assert_int_equal(probe.started, 3);
        ak_system_free(sys);
        assert_int_equal(probe.stopped, 4);
    }
}

static void test_restart_keeps_mailbox(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct ak_pid parent;
        struct ak_system *sys = family(seed, &one_for_one, &parent);
        (void)ak_actor_tell(sys, child[0], AK_NOBODY, probe_msg(PROBE_SPAWN, 2));
        (void)ak_actor_tell(sys, child[0], AK_NOBODY, probe_msg(PROBE_FAIL, 1));
        for (int i = 0; i < 5; i++) {
            (void)ak_actor_tell(sys, child[0], AK_NOBODY, probe_msg(PROBE_COUNT, 0));
        }
        (void)ak_system_run(sys, 0, 0);
        assert_int_equal(restarts(sys), 1);
        assert_int_equal(probe.handled, 7);
        assert_int_equal(probe.stopped, 3); /* its children and itself */
        assert_true(ak_actor_is_alive(sys, child[0]));
        assert_int_equal(ak_system_count(sys), 4);
        ak_system_free(sys);
        assert_int_equal(probe.overlaps, 0);
    }
}

static void test_too_many_restarts_stop(void **state)
{
    (void)state;
    struct ak_pid parent;
    struct ak_system *sys = family(1, &one_for_one, &parent);
    for (int i = 0; i < 3; i++) {
        fail_with(sys, child[0], 1);
        assert_true(ak_actor_is_alive(sys, child[0]));
    }
    (void)ak_system_run(sys, 2 * SECOND, 0); /* a fresh window */
    for (int i = 0; i < 3; i++) {
        fail_with(sys, child[0], 1);
    }
    assert_true(ak_actor_is_alive(sys, child[0]));
    fail_with(sys, child[0], 1);
    assert_false(ak_actor_is_alive(sys, child[0]));
    assert_true(ak_actor_is_alive(sys, child[1]));
    assert_int_equal(restarts(sys), 6);
    ak_system_free(sys);
}

static void test_stop_and_default(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct ak_pid parent;
        struct ak_system *sys = family(seed, &one_for_one, &parent);
        fail_with(sys, child[0], 3);
        fail_with(sys, child[1], 99); /* no rule: stop */
        assert_false(ak_actor_is_alive(sys, child[0]));
        assert_false(ak_actor_is_alive(sys, child[1]));
        assert_true(ak_actor_is_alive(sys, child[2]));
        assert_true(ak_actor_is_alive(sys, parent));
        ak_system_free(sys);
    }
}

static void test_one_for_all(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct ak_pid parent;
        struct ak_system *sys = family(seed, &one_for_all, &parent);
        fail_with(sys, child[1], 1);
        assert_int_equal(restarts(sys), 3);
        assert_int_equal(probe.started, 6);
        fail_with(sys, child[2], 3);
        for (int i = 0; i < 3; i++) {
            assert_false(ak_actor_is_alive(sys, child[i]));
        }
        ak_system_free(sys);
        assert_int_equal(probe.overlaps, 0);
    }
}

static void test_escalate(void **state)
{
    (void)state;
    static const struct ak_supervision_rule restart4[] = {{4, AK_DIRECTIVE_RESTART}};
    static const struct ak_supervisor restarting = {.rules = restart4, .rule_count = 1};
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        parent_supervisor = &restarting;
        struct ak_pid parent;
        struct ak_system *sys = family(seed, &one_for_one, &parent);
        const struct ak_pid old = child[0];
        fail_with(sys, child[0], 4);
        assert_true(ak_actor_is_alive(sys, parent));
        assert_false(ak_actor_is_alive(sys, old));
        assert_true(ak_actor_is_alive(sys, child[0]));
        assert_int_equal(restarts(sys), 1);
        assert_int_equal(ak_system_count(sys), 4);
        parent_supervisor = NULL;
        ak_system_free(sys);
    }
}

static void test_events(void **state)
{
    (void)state;
    struct ak_pid parent;
    struct ak_system *sys = family(3, &one_for_one, &parent);
    const struct ak_pid listener = probe_spawn(sys, "listener");
    assert_true(ak_event_subscribe(sys, listener,
                                   AK_EVENT_FAILED | AK_EVENT_RESTARTED | AK_EVENT_STOPPED |
                                       AK_EVENT_DEAD_LETTER));
    fail_with(sys, child[0], 1);
    assert_int_equal(probe.events, 2);
    fail_with(sys, child[1], 3);
    assert_int_equal(probe.events, 4);
    for (int i = 0; i < 100; i++) { /* ten a second are published */
        (void)ak_actor_tell(sys, child[1], AK_NOBODY, probe_msg(PROBE_COUNT, 0));
    }
    (void)ak_system_run(sys, 0, 0);
    assert_int_equal(probe.events, 14);
    assert_true(ak_event_subscribe(sys, listener, 0));
    fail_with(sys, child[0], 1);
    assert_int_equal(probe.events, 14);
    ak_system_free(sys);
}

static int start_fails(struct ak_ctx *ctx)
{
    (void)ctx;
    return 7;
}

static void test_start_fails(void **state)
{
    (void)state;
    static const struct ak_actor_class class = {
        .kind = "stillborn", .receive = probe_receive, .pre_start = start_fails, .state_size = 8};
    struct ak_system *sys = probe_system(true, 1);
    const struct ak_spawn_opts opts = {.class = &class, .name = "x"};
    enum ak_spawn_error error;
    assert_int_equal(ak_actor_spawn(sys, &opts, &error).slot, 0);
    assert_int_equal(error, AK_SPAWN_START_FAILED);
    assert_int_equal(ak_actor_find(sys, "x").slot, 0);
    assert_int_equal(ak_system_count(sys), 0);
    (void)probe_spawn(sys, "x");
    ak_system_free(sys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resume_keeps_state),
        cmocka_unit_test(test_restart_keeps_mailbox),
        cmocka_unit_test(test_too_many_restarts_stop),
        cmocka_unit_test(test_stop_and_default),
        cmocka_unit_test(test_one_for_all),
        cmocka_unit_test(test_escalate),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_start_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
