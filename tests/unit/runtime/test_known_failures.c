/* Failures that users of other actor runtimes have reported, each with the project and its issue:
 * none of them may happen here. */
#include "runtime/metrics.h"
#include "runtime/topic.h"
#include "world.h"

#include <pthread.h>

enum { SEEDS = 30 };

static uint64_t dead_letters(const struct ak_system *sys)
{
    struct ak_system_metrics m;
    ak_system_metrics(sys, &m);
    return m.dead_letters;
}

/* --- stopping ----------------------------------------------------------------------------------
 */

static const struct ak_supervision_rule restart_any[] = {{AK_REASON_ANY, AK_DIRECTIVE_RESTART}};
static const struct ak_supervisor restarting = {.rules = restart_any, .rule_count = 1};

/* GoAkt 778: a stop hangs after a restart. */
static void test_stop_after_restart(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct ak_system *sys = probe_system(seed % 3 != 0, seed);
        const struct ak_spawn_opts opts = {.class = &probe_class, .supervisor = &restarting};
        for (int i = 0; i < 10; i++) {
            const struct ak_pid pid = ak_actor_spawn(sys, &opts, NULL);
            (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_SPAWN, 3));
            for (int k = 0; k < 1 + i % 3; k++) {
                (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_FAIL, 1));
            }
        }
        if (seed % 3 != 0) {
            (void)ak_system_run(sys, 0, seed * 3 + 1); /* the stop comes in the midst of restarts */
        }
        static struct ak_stop_report report;
        assert_true(ak_system_stop(sys, 30 * SECOND, &report));
        assert_int_equal(report.alive_count, 0);
        assert_int_equal(probe.started, probe.stopped);
        ak_system_free(sys);
    }
}

static int hook_fails(struct ak_system *sys, void *arg)
{
    (void)sys;
    ++*(int *)arg;
    return 1;
}

/* GoAkt 779: what a failing hook means is unclear. Here: the report counts it, no later hook runs
 * when it was FAIL or RETRY_FAIL, the later ones run when it was SKIP or RETRY_SKIP, and the actors
 * are stopped in every case. */
static void test_a_hook_that_fails(void **state)
{
    (void)state;
    static const struct {
        enum ak_hook_policy policy;
        int runs, later;
        size_t failures;
    } cases[] = {{AK_HOOK_FAIL, 1, 0, 1},
                 {AK_HOOK_RETRY_FAIL, 4, 0, 1},
                 {AK_HOOK_SKIP, 1, 1, 2},
                 {AK_HOOK_RETRY_SKIP, 4, 1, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ak_system *sys = probe_system(true, i);
        int runs = 0;
        int later = 0;
        const struct ak_hook hook = {.run = hook_fails, .arg = &runs, .policy = cases[i].policy};
        const struct ak_hook next = {.run = hook_fails, .arg = &later};
        assert_true(ak_system_add_hook(sys, &hook) && ak_system_add_hook(sys, &next));
        (void)probe_spawn(sys, "x");
        static struct ak_stop_report report;
        assert_true(ak_system_stop(sys, SECOND, &report));
        assert_int_equal(runs, cases[i].runs);
        assert_int_equal(later, cases[i].later);
        assert_int_equal(report.hook_failures, cases[i].failures);
        assert_int_equal(probe.stopped, 1);
        ak_system_free(sys);
    }
}

/* GoAkt 895: what stands in a killed actor's mailbox is lost without a word, and its memory with
 * it. Here each message is a dead letter. */
static void test_mailbox_of_the_killed(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct ak_system *sys = probe_system(true, seed);
        const struct ak_pid pid = probe_spawn(sys, NULL);
        for (int i = 0; i < 1000; i++) {
            (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_COUNT, 0));
        }
        (void)ak_system_run(sys, 0, seed + 1);
        ak_actor_stop(sys, pid);
        (void)ak_system_run(sys, 0, 0);
        assert_int_equal(probe.handled + dead_letters(sys), 1000);
        assert_true(dead_letters(sys) > 0);
        ak_system_free(sys);
    }
}

/* GoAkt 847, 848: actors that a failure suspended are never stopped, when their parent ends before
 * it decides. */
static void test_suspended_actors_end(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct ak_system *sys = probe_system(true, seed);
        const struct ak_pid parent = probe_spawn(sys, "parent");
        (void)ak_actor_tell(sys, parent, AK_NOBODY, probe_msg(PROBE_SPAWN, 8));
        (void)ak_system_run(sys, 0, 0);
        for (uint32_t i = 1; i <= 8; i++) {
            const struct ak_pid child = {parent.slot + i, 1};
            (void)ak_actor_tell(sys, child, AK_NOBODY, probe_msg(PROBE_FAIL, 1));
            (void)ak_actor_tell(sys, child, AK_NOBODY, probe_msg(PROBE_COUNT, 1));
        }
        (void)ak_system_run(sys, 0, seed % 12 + 1);
        if (seed % 2 == 0) {
            ak_actor_stop(sys, parent);
            (void)ak_system_run(sys, 0, 0);
        } else {
            assert_true(ak_system_stop(sys, SECOND, NULL));
        }
        assert_int_equal(ak_system_count(sys), 0);
        assert_int_equal(probe.started, 9);
        assert_int_equal(probe.stopped, 9);
        ak_system_free(sys);
    }
}

/* CAF 1997: a system cannot end while messages refer to actors. A PID is a value. */
static void test_messages_refer_to_actors(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(true, 3);
    struct ak_pid pids[10];
    for (int i = 0; i < 10; i++) {
        pids[i] = probe_spawn(sys, NULL);
    }
    for (int i = 0; i < 10; i++) {
        struct ak_msg *m = ak_msg_of(PROBE_COUNT, &pids[(i + 1) % 10], sizeof pids[0]);
        (void)ak_actor_tell(sys, pids[i], pids[(i + 2) % 10], m);
    }
    assert_true(ak_system_stop(sys, SECOND, NULL));
    assert_int_equal(probe.stopped, 10);
    ak_system_free(sys);
}

static void *stop_main(void *sys)
{
    return ak_system_stop(sys, 30 * SECOND, NULL) ? sys : NULL;
}

/* CAF 686, 695, 755, 1196, 1266: a stop hangs, among them when two threads stop at once. */
static void test_two_stop_at_once(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct ak_system *sys = probe_system(false, 0);
        for (int i = 0; i < 100; i++) {
            (void)ak_actor_tell(sys, probe_spawn(sys, NULL), AK_NOBODY, probe_msg(PROBE_SPAWN, 2));
        }
        pthread_t threads[3];
        for (int i = 0; i < 3; i++) {
            assert_int_equal(pthread_create(&threads[i], NULL, stop_main, sys), 0);
        }
        for (int i = 0; i < 3; i++) {
            void *ended = NULL;
            (void)pthread_join(threads[i], &ended);
            assert_ptr_equal(ended, sys);
        }
        assert_int_equal(probe.started, probe.stopped);
        ak_system_free(sys);
    }
}

/* Proto.Actor (Go) 391: a stop that stands in the mailbox does not let the messages before it be
 * handled. */
static void test_poison_pill(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct ak_system *sys = probe_system(true, seed);
        const struct ak_pid pid = probe_spawn(sys, NULL);
        for (int i = 0; i < 100; i++) {
            const uint32_t type = i == 60 ? PROBE_STOP : PROBE_COUNT;
            (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(type, 0));
        }
        (void)ak_system_run(sys, 0, 0);
        assert_int_equal(probe.handled, 61);
        assert_int_equal(dead_letters(sys), 39);
        ak_system_free(sys);
    }
}

/* Proto.Actor (Go) 351: the time that a stop waits is fixed. Tenzir 4965: nobody knows who hangs.
 * Here the caller says how long, and the report says who and why. */
static void test_deadline_is_the_callers(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(false, 0);
    const struct ak_pid pid = probe_spawn(sys, "sleeper");
    (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_SLEEP_MS, 300));
    probe_await(&probe.handled, 1);
    static struct ak_stop_report report;
    assert_false(ak_system_stop(sys, 5 * MILLI, &report));
    assert_int_equal(report.alive_count, 1);
    assert_string_equal(report.alive[0].name, "sleeper");
    assert_string_equal(report.alive[0].doing, "running a message");
    assert_true(ak_system_stop(sys, -1, &report));
    assert_int_equal(report.stopped, 1);
    ak_system_free(sys);
}

/* --- order of a stop, refusals ------------------------------------------------------------------
 */

static _Atomic uint64_t clock_of_stop, hook_at, user_at, grain_at, told_in_stop;
static struct ak_pid user_one;

static int ordered_hook(struct ak_system *sys, void *arg)
{
    (void)arg;
    assert_int_equal(ak_actor_tell(sys, user_one, AK_NOBODY, probe_msg(PROBE_COUNT, 0)),
                     AK_SEND_REFUSED);
    atomic_store(&hook_at, atomic_fetch_add(&clock_of_stop, 1) + 1);
    return 0;
}

static void user_stop(struct ak_ctx *ctx)
{
    atomic_store(&told_in_stop, 1 + (uint64_t)ak_ctx_tell(ctx, user_one, probe_msg(1, 0)));
    atomic_store(&user_at, atomic_fetch_add(&clock_of_stop, 1) + 1);
}

static void last_grain_stop(struct ak_ctx *ctx)
{
    (void)ctx;
    atomic_store(&grain_at, atomic_fetch_add(&clock_of_stop, 1) + 1);
}

/* GoAkt 1073: user messages are refused while a system stops; and its order: hooks, user actors,
 * grains. */
static void test_order_of_a_stop(void **state)
{
    (void)state;
    static const struct ak_actor_class user = {
        .kind = "user", .receive = probe_receive, .post_stop = user_stop, .state_size = 64};
    static const struct ak_grain_kind last = {
        .class = {.kind = "last", .receive = grain_receive, .post_stop = last_grain_stop}};
    for (int sim = 0; sim < 2; sim++) {
        struct ak_system *sys = probe_system(sim != 0, 5);
        clock_of_stop = hook_at = user_at = grain_at = told_in_stop = 0;
        const struct ak_hook hook = {.run = ordered_hook};
        assert_true(ak_system_add_hook(sys, &hook));
        assert_int_equal(ak_grain_tell(sys, &last, "1", AK_NOBODY, probe_msg(1, 1)), AK_SENT);
        const struct ak_spawn_opts opts = {.class = &user};
        user_one = ak_actor_spawn(sys, &opts, NULL);
        if (sim != 0) {
            (void)ak_system_run(sys, 0, 0);
        } else {
            probe_await(&probe.handled, 1);
        }
        assert_true(ak_system_stop(sys, 30 * SECOND, NULL));
        assert_int_equal(hook_at, 1);
        assert_int_equal(user_at, 2);
        assert_int_equal(grain_at, 3);
        assert_int_equal(told_in_stop, 1 + AK_SEND_REFUSED);
        assert_int_equal(ak_grain_tell(sys, &last, "1", AK_NOBODY, probe_msg(1, 1)),
                         AK_SEND_REFUSED);
        ak_system_free(sys);
    }
}

static atomic_int slow_children;

static void slow_stop(struct ak_ctx *ctx)
{
    (void)ctx;
    const struct timespec ts = {0, 2000000};
    (void)nanosleep(&ts, NULL);
    atomic_fetch_sub(&slow_children, 1);
}

static const struct ak_actor_class slow_class = {
    .kind = "slow", .receive = grain_receive, .post_stop = slow_stop};

static int slow_parent_start(struct ak_ctx *ctx)
{
    for (int i = 0; i < 5; i++) {
        const struct ak_spawn_opts opts = {.class = &slow_class};
        assert_true(ak_ctx_spawn(ctx, &opts, NULL).slot != 0);
        atomic_fetch_add(&slow_children, 1);
    }
    return 0;
}

static void slow_parent_stop(struct ak_ctx *ctx)
{
    (void)ctx;
    assert_int_equal(atomic_load(&slow_children), 0);
    atomic_fetch_add(&probe.stopped, 1);
}

/* Proto.Actor (Go) 774: a parent does not wait for slow children. */
static void test_parents_wait(void **state)
{
    (void)state;
    static const struct ak_actor_class parent = {.kind = "parent",
                                                 .receive = grain_receive,
                                                 .pre_start = slow_parent_start,
                                                 .post_stop = slow_parent_stop};
    struct ak_system *sys = probe_system(false, 0);
    const struct ak_spawn_opts opts = {.class = &parent};
    ak_actor_stop(sys, ak_actor_spawn(sys, &opts, NULL));
    probe_await(&probe.stopped, 1);
    ak_system_free(sys);
}

/* --- names and services -------------------------------------------------------------------------
 */

/* GoAkt 888: a name is not found right after its spawn, or still found after its end. */
static void test_names_are_in_time(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(false, 0);
    for (int i = 0; i < 300; i++) {
        const struct ak_pid pid = probe_spawn(sys, "it");
        assert_true(ak_pid_eq(ak_actor_find(sys, "it"), pid));
        (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_STOP, 0));
        while (ak_actor_is_alive(sys, pid)) {
        }
        assert_int_equal(ak_actor_find(sys, "it").slot, 0);
    }
    ak_system_free(sys);
}

/* GoAkt 1214, 1215: topics are kept when nobody is subscribed any more. */
static void test_topics_are_forgotten(void **state)
{
    (void)state;
    if (!ak_mem_is_interposed() || !probe_counts()) {
        skip();
    }
    struct ak_system *sys = probe_system(true, 1);
    const struct ak_pid stays = probe_spawn(sys, NULL);
    int64_t live[2] = {0, 0};
    ak_mem_count_live(true);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 200; i++) {
            char name[32];
            (void)snprintf(name, sizeof name, "topic-%d-%d", round, i);
            const struct ak_pid ends = probe_spawn(sys, NULL);
            assert_true(ak_topic_subscribe(sys, name, i % 2 == 0 ? ends : stays));
            ak_actor_stop(sys, ends);
            (void)ak_system_run(sys, 0, 0);
            if (i % 2 == 0) {
                assert_int_equal(ak_topic_publish(sys, name, AK_NOBODY, probe_msg(1, 1)), 0);
            } else {
                assert_true(ak_topic_unsubscribe(sys, name, stays));
            }
        }
        struct ak_mem_counters c;
        ak_mem_counters(&c);
        live[round] = c.live_bytes;
    }
    assert_int_equal(live[1], live[0]);
    ak_mem_count_live(false);
    ak_system_free(sys);
}

/* --- cluster ------------------------------------------------------------------------------------
 */

/* A world of three nodes with their thirty actors, all known everywhere. */
static void settled(struct world *w, uint64_t seed)
{
    const struct ak_loopback_opts opts = {.queued = true, .delay_ns = MILLI, .seed = seed};
    world_begin(w, true, &opts, seed);
    world_run(w, 30 * MILLI);
    populate(w);
    world_run(w, 100 * MILLI);
}

/* GoAkt 781: stopped actors come back when their node leaves. */
static void test_the_stopped_stay_stopped(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        struct world w;
        settled(&w, seed);
        assert_true(ak_cluster_stop(w.node[2], "actor-2-3"));
        ak_actor_stop(w.sys[2], ak_actor_find(w.sys[2], "actor-2-4")); /* without the cluster */
        world_run(&w, 100 * MILLI);
        if (seed % 2 == 0) {
            ak_cluster_leave(w.node[2]);
        }
        crash(&w, 2);
        world_run(&w, 300 * MILLI);
        assert_int_equal(living(&w, "actor-2-3"), 0);
        assert_int_equal(living(&w, "actor-2-4"), 0);
        assert_int_equal(living(&w, "actor-2-5"), 1);
        world_end(&w);
    }
}

/* GoAkt 446, 574, 791, 1036: nothing is relocated, or not when the leader leaves, or not at the
 * second departure. */
static void test_every_departure_relocates(void **state)
{
    (void)state;
    static const int orders[][2] = {{0, 1}, {1, 0}, {2, 0}, {0, 2}};
    for (uint64_t i = 0; i < 8; i++) {
        struct world w;
        settled(&w, i);
        for (int k = 0; k < 2; k++) {
            const int victim = orders[i / 2][k];
            if (i % 2 == 0) {
                ak_cluster_leave(w.node[victim]);
            }
            crash(&w, victim);
            world_run(&w, 300 * MILLI);
            check_world(&w, i);
        }
        world_end(&w);
    }
}

/* GoAkt 1331: a node that leaves in order is missed only after a time-out. */
static void test_a_leave_is_seen_at_once(void **state)
{
    (void)state;
    struct world w;
    settled(&w, 4);
    ak_cluster_leave(w.node[1]);
    crash(&w, 1);
    world_run(&w, 3 * MILLI); /* packets take one; a failure is seen after 50 */
    assert_int_equal(ak_cluster_members(w.node[0]), 5);
    assert_int_equal(ak_cluster_members(w.node[2]), 5);
    char name[32];
    for (int i = 0; i < ACTORS; i++) {
        name_of(1, i, name);
        assert_int_equal(living(&w, name), 1);
    }
    world_end(&w);
}

/* GoAkt 1255: one actor that does not start ends the relocation of all. */
static void test_one_failure_is_not_fatal(void **state)
{
    (void)state;
    struct world w;
    settled(&w, 4);
    assert_true(ak_cluster_spawn(w.node[1], "fragile", "glass", NULL).slot != 0);
    world_run(&w, 100 * MILLI);
    ak_cluster_leave(w.node[1]);
    crash(&w, 1);
    world_run(&w, 2 * SECOND);
    check_world(&w, 4);
    assert_int_equal(living(&w, "glass"), 0);
    struct ak_cluster_stats s[2];
    ak_cluster_stats(w.node[0], &s[0]);
    ak_cluster_stats(w.node[2], &s[1]);
    assert_int_equal(s[0].failed + s[1].failed, 1);
    assert_int_equal(s[0].relocated + s[1].relocated, ACTORS);
    assert_true(fragile_starts > 2); /* it was tried again */
    world_end(&w);
}

/* Proto.Actor (Go) 1110: what the members tell each other is kept for ever. */
static void test_ended_names_are_forgotten(void **state)
{
    (void)state;
    struct world w;
    const struct ak_loopback_opts opts = {.queued = true, .delay_ns = MILLI};
    const struct ak_cluster_opts like = {.memory_ns = SECOND};
    world_begin_like(&w, true, &opts, 6, &like);
    world_run(&w, 30 * MILLI);
    populate(&w);
    for (int i = 0; i < 500; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "short-%d", i);
        assert_true(ak_cluster_spawn(w.node[i % NODES], "probe", name, NULL).slot != 0);
        world_run(&w, MILLI);
        assert_true(ak_cluster_stop(w.node[i % NODES], name));
    }
    struct ak_cluster_stats s;
    ak_cluster_stats(w.node[0], &s);
    assert_true(s.records > 300);
    world_run(&w, 5 * SECOND);
    for (int i = 0; i < NODES; i++) {
        ak_cluster_stats(w.node[i], &s);
        assert_int_equal(s.records, NODES * ACTORS);
    }
    check_world(&w, 0);
    world_end(&w);
}

/* A question from another node that is never answered ends with its node, and so does its memory
 * (the address sanitizer's build looks at that). */
static void test_unanswered_questions_end(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, false, NULL, 0);
    populate(&w);
    struct ak_msg *reply = NULL;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(
            ak_cluster_ask(w.node[0], "actor-1-1", probe_msg(PROBE_COUNT, 1), 5 * MILLI, &reply),
            AK_ASK_TIMEOUT);
    }
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stop_after_restart),
        cmocka_unit_test(test_a_hook_that_fails),
        cmocka_unit_test(test_mailbox_of_the_killed),
        cmocka_unit_test(test_suspended_actors_end),
        cmocka_unit_test(test_messages_refer_to_actors),
        cmocka_unit_test(test_two_stop_at_once),
        cmocka_unit_test(test_poison_pill),
        cmocka_unit_test(test_deadline_is_the_callers),
        cmocka_unit_test(test_order_of_a_stop),
        cmocka_unit_test(test_parents_wait),
        cmocka_unit_test(test_names_are_in_time),
        cmocka_unit_test(test_topics_are_forgotten),
        cmocka_unit_test(test_the_stopped_stay_stopped),
        cmocka_unit_test(test_every_departure_relocates),
        cmocka_unit_test(test_a_leave_is_seen_at_once),
        cmocka_unit_test(test_one_failure_is_not_fatal),
        cmocka_unit_test(test_ended_names_are_forgotten),
        cmocka_unit_test(test_unanswered_questions_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
