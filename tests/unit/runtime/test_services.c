/* Timers, routers, topics, grains, passivation, eviction, metrics, memory counters. */
#include "probe.h"
#include "runtime/metrics.h"
#include "runtime/router.h"
#include "runtime/timer.h"
#include "runtime/topic.h"

#include <pthread.h>
#include <stdlib.h>

static void test_timers(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(true, 5);
    const struct ak_pid pid = probe_spawn(sys, NULL);
    const uint64_t once = ak_timer_start(sys, pid, 5 * MILLI, 0);
    const uint64_t often = ak_timer_start(sys, pid, MILLI, 2 * MILLI);
    assert_true(once != 0 && often != 0);
    assert_true(ak_timer_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_COUNT, 1), 3 * MILLI) != 0);
    (void)ak_system_run(sys, 2 * MILLI, 0);
    assert_int_equal(probe.timers, 1);
    (void)ak_system_run(sys, 8 * MILLI, 0); /* at 10: 1 3 5 7 9 and 5 */
    assert_int_equal(probe.timers, 6);
    assert_int_equal(probe.handled, 7);
    assert_true(ak_timer_cancel(sys, often));
    assert_false(ak_timer_cancel(sys, often));
    assert_false(ak_timer_cancel(sys, once));
    assert_false(ak_timer_cancel(sys, 0));
    (void)ak_system_run(sys, SECOND, 0);
    assert_int_equal(probe.timers, 6);
    assert_int_equal(ak_timer_count(sys), 0);
    assert_true(ak_timer_start(sys, pid, 0, MILLI) != 0);
    ak_actor_stop(sys, pid);
    (void)ak_system_run(sys, SECOND, 0);
    assert_int_equal(ak_timer_count(sys), 0); /* its actor has ended */
    ak_system_free(sys);
}

static void test_many_timers(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(true, 6);
    const struct ak_pid pid = probe_spawn(sys, NULL);
    static uint64_t ids[1000];
    for (uint64_t i = 0; i < 1000; i++) {
        ids[i] = ak_timer_start(sys, pid, (int64_t)((i * 7919) % 1000 + 1) * MILLI, 0);
    }
    for (uint64_t i = 0; i < 1000; i += 2) {
        assert_true(ak_timer_cancel(sys, ids[i]));
    }
    (void)ak_system_run(sys, 500 * MILLI, 0);
    const uint64_t half = probe.timers;
    assert_true(half > 200 && half < 300);
    (void)ak_system_run(sys, 500 * MILLI, 0);
    assert_int_equal(probe.timers, 500);
    ak_system_free(sys);
}

static void test_timer_thread(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(false, 0);
    const struct ak_pid pid = probe_spawn(sys, NULL);
    assert_true(ak_timer_start(sys, pid, 0, MILLI) != 0);
    probe_await(&probe.timers, 3);
    assert_true(ak_timer_start(sys, pid, 3600 * SECOND, 0) != 0);
    ak_system_free(sys);
}

/* --- routers and topics --- */

static void test_router(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(true, 2);
    struct ak_pid pids[3];
    for (int i = 0; i < 3; i++) {
        pids[i] = probe_spawn(sys, NULL);
    }
    struct ak_router *r = ak_router_new(sys, AK_ROUTE_ROUND_ROBIN, pids, 3, 0);
    for (int i = 0; i < 9; i++) {
        assert_int_equal(ak_router_tell(r, AK_NOBODY, probe_msg(PROBE_COUNT, 0)), 1);
    }
    (void)ak_system_run(sys, 0, 0);
    struct ak_actor_metrics m;
    for (int i = 0; i < 3; i++) {
        assert_true(ak_actor_metrics(sys, pids[i], &m));
        assert_int_equal(m.messages, 3);
    }
    ak_actor_stop(sys, pids[1]);
    (void)ak_system_run(sys, 0, 0);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(ak_router_tell(r, AK_NOBODY, probe_msg(PROBE_COUNT, 0)), 1);
    }
    ak_router_free(r);
    r = ak_router_new(sys, AK_ROUTE_FAN_OUT, pids, 3, 0);
    assert_int_equal(ak_router_tell(r, AK_NOBODY, probe_msg(PROBE_COUNT, 0)), 2);
    ak_router_free(r);
    r = ak_router_new(sys, AK_ROUTE_RANDOM, pids, 3, 77);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(ak_router_tell(r, AK_NOBODY, probe_msg(PROBE_COUNT, 0)), 1);
    }
    ak_router_free(r);
    (void)ak_system_run(sys, 0, 0);
    assert_true(ak_actor_metrics(sys, pids[0], &m));
    assert_true(m.messages > 20 && m.messages < 90);
    assert_int_equal(probe.handled, 9 + 6 + 2 + 100);
    assert_null(ak_router_new(sys, AK_ROUTE_RANDOM, pids, 0, 0));
    for (int i = 0; i < 3; i++) {
        ak_actor_stop(sys, pids[i]);
    }
    (void)ak_system_run(sys, 0, 0);
    for (int routing = AK_ROUTE_ROUND_ROBIN; routing <= AK_ROUTE_FAN_OUT; routing++) {
        r = ak_router_new(sys, (enum ak_routing)routing, pids, 3, 1);
        assert_int_equal(ak_router_tell(r, AK_NOBODY, probe_msg(PROBE_COUNT, 0)), 0);
        ak_router_free(r);
    }
    struct ak_system_metrics sm;
    ak_system_metrics(sys, &sm);
    assert_int_equal(sm.dead_letters, 3);
    ak_system_free(sys);
}

static void test_topic(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(true, 2);
    const struct ak_pid a = probe_spawn(sys, NULL);
    const struct ak_pid b = probe_spawn(sys, NULL);
    assert_true(ak_topic_subscribe(sys, "news", a));
    assert_true(ak_topic_subscribe(sys, "news", a));
    assert_true(ak_topic_subscribe(sys, "news", b));
    assert_int_equal(ak_topic_publish(sys, "news", AK_NOBODY, probe_msg(PROBE_COUNT, 0)), 2);
    assert_int_equal(ak_topic_publish(sys, "sport", AK_NOBODY, probe_msg(PROBE_COUNT, 0)), 0);
    assert_true(ak_topic_unsubscribe(sys, "news", a));
    assert_false(ak_topic_unsubscribe(sys, "news", a));
    assert_int_equal(ak_topic_publish(sys, "news", AK_NOBODY, probe_msg(PROBE_COUNT, 0)), 1);
    (void)ak_system_run(sys, 0, 0);
    ak_actor_stop(sys, b);
    (void)ak_system_run(sys, 0, 0);
    assert_int_equal(ak_topic_count(sys, "news"), 0);
    assert_int_equal(probe.handled, 3);
    ak_system_free(sys);
}

/* --- grains --- */

static _Atomic uint64_t early; /* messages handled before pre_start was done */
static _Atomic uint64_t activations;

struct grain_state {
    bool ready;
};

static int grain_start(struct ak_ctx *ctx)
{
    struct grain_state *s = ak_ctx_state(ctx);
    atomic_fetch_add(&activations, 1);
    s->ready = true;
    return 0;
}

static int grain_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    const struct grain_state *s = ak_ctx_state(ctx);
    if (!s->ready) {
        atomic_fetch_add(&early, 1);
    }
    atomic_fetch_add(&probe.handled, 1);
    if (msg->type == PROBE_ASK) {
        (void)ak_ctx_reply(ctx, probe_msg(PROBE_ASK, strlen(ak_ctx_name(ctx))));
    } else if (msg->type == PROBE_STOP) {
        ak_ctx_stop(ctx);
    }
    return 0;
}

static void grain_stop(struct ak_ctx *ctx)
{
    (void)ctx;
    atomic_fetch_add(&probe.stopped, 1);
}

static const struct ak_grain_kind grain_kind = {.class = {.kind = "g",
                                                          .receive = grain_receive,
                                                          .pre_start = grain_start,
                                                          .post_stop = grain_stop,
                                                          .state_size = sizeof(struct grain_state)},
                                                .passivation = {.after_ns = 100 * MILLI}};

static void test_grains(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        struct ak_system *sys = probe_system(true, seed);
        atomic_store(&early, 0);
        atomic_store(&activations, 0);
        for (int i = 0; i < 20; i++) {
            assert_int_equal(ak_grain_tell(sys, &grain_kind, "7", AK_NOBODY, probe_msg(1, 1)),
                             AK_SENT);
        }
        struct ak_msg *reply;
        assert_int_equal(
            ak_grain_ask(sys, &grain_kind, "7", probe_msg(PROBE_ASK, 0), SECOND, &reply),
            AK_ASK_REPLIED);
        assert_int_equal(probe_u64(reply), 3);
        ak_msg_free(reply);
        assert_int_equal(activations, 1);
        assert_true(ak_grain_find(sys, &grain_kind, "7").slot != 0);
        (void)ak_system_run(sys, SECOND, 0); /* idle: passivated */
        assert_int_equal(ak_grain_find(sys, &grain_kind, "7").slot, 0);
        assert_int_equal(probe.stopped, 1);
        for (int i = 0; i < 10; i++) { /* what it had not handled activates it again */
            (void)ak_grain_tell(sys, &grain_kind, "7", AK_NOBODY,
                                probe_msg(i == 2 ? PROBE_STOP : 1, 1));
        }
        (void)ak_system_run(sys, 0, 0);
        assert_int_equal(probe.handled, 31);
        assert_int_equal(activations, 3);
        assert_int_equal(early, 0);
        ak_system_free(sys);
        assert_int_equal(probe.stopped, 3);
    }
}

static int grain_start_fails(struct ak_ctx *ctx)
{
    (void)ctx;
    return 1;
}

static void test_grain_that_cannot_start(void **state)
{
    (void)state;
    static const struct ak_grain_kind kind = {.class = {.kind = "bad",
                                                        .receive = grain_receive,
                                                        .pre_start = grain_start_fails,
                                                        .post_stop = grain_stop}};
    struct ak_system *sys = probe_system(true, 1);
    struct ak_msg *reply;
    assert_int_equal(ak_grain_ask(sys, &kind, "x", probe_msg(PROBE_ASK, 0), SECOND, &reply),
                     AK_ASK_DEAD);
    assert_int_equal(ak_system_count(sys), 0);
    ak_system_free(sys);
    assert_int_equal(probe.stopped, 0);
    assert_int_equal(probe.handled, 0);
}

static void *grain_main(void *arg)
{
    char id[8];
    for (uint64_t i = 0; i < 3000; i++) {
        (void)snprintf(id, sizeof id, "%llu", (unsigned long long)(i % 7));
        const uint32_t type = i % 50 == 0 ? PROBE_STOP : 1;
        assert_int_equal(ak_grain_tell(arg, &grain_kind, id, AK_NOBODY, probe_msg(type, 0)),
                         AK_SENT);
    }
    return NULL;
}

static void test_grains_in_parallel(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(false, 0);
    atomic_store(&early, 0);
    atomic_store(&activations, 0);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, grain_main, sys), 0);
    }
    for (int i = 0; i < 3; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    probe_await(&probe.handled, 9000);
    assert_int_equal(early, 0);
    ak_system_free(sys);
    assert_int_equal(probe.handled, 9000);
    assert_int_equal(probe.stopped, activations);
}

/* --- passivation and eviction --- */

static void test_passivation(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(true, 4);
    static const struct ak_passivation idle = {.after_ns = 40 * MILLI};
    static const struct ak_passivation worn = {.after_messages = 3};
    struct ak_spawn_opts opts = {.class = &probe_class, .passivation = &idle};
    const struct ak_pid a = ak_actor_spawn(sys, &opts, NULL);
    const struct ak_pid b = ak_actor_spawn(sys, &opts, NULL);
    opts.passivation = &worn;
    const struct ak_pid c = ak_actor_spawn(sys, &opts, NULL);
    for (int i = 0; i < 10; i++) {
        (void)ak_actor_tell(sys, a, AK_NOBODY, probe_msg(PROBE_COUNT, 0));
        (void)ak_system_run(sys, 20 * MILLI, 0);
    }
    assert_true(ak_actor_is_alive(sys, a));
    assert_false(ak_actor_is_alive(sys, b));
    (void)ak_system_run(sys, 100 * MILLI, 0);
    assert_false(ak_actor_is_alive(sys, a));
    assert_true(ak_actor_is_alive(sys, c));
    for (int i = 0; i < 3; i++) {
        (void)ak_actor_tell(sys, c, AK_NOBODY, probe_msg(PROBE_COUNT, 0));
    }
    (void)ak_system_run(sys, 0, 0);
    assert_false(ak_actor_is_alive(sys, c));
    ak_system_free(sys);
}

static void test_eviction(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(true, 4);
    static const struct ak_passivation idle = {.after_ns = 3600 * SECOND};
    struct ak_pid pids[20];
    for (int i = 0; i < 20; i++) {
        const struct ak_spawn_opts opts = {.class = &probe_class, .passivation = &idle};
        pids[i] = ak_actor_spawn(sys, &opts, NULL);
        (void)ak_system_run(sys, 10 * MILLI, 0);
    }
    assert_true(ak_system_evict(sys, 10, 25, AK_EVICT_LRU, SECOND));
    (void)ak_system_run(sys, SECOND, 0);
    assert_int_equal(ak_system_count(sys), 15); /* a quarter of 20 */
    assert_false(ak_actor_is_alive(sys, pids[4]));
    assert_true(ak_actor_is_alive(sys, pids[5]));
    (void)ak_system_run(sys, 10 * SECOND, 0);
    assert_int_equal(ak_system_count(sys), 10);
    ak_system_free(sys);
}

/* 20 actors that were told 20, 19, ... things, one after the other. */
static struct ak_system *used_actors(struct ak_pid pids[20])
{
    struct ak_system *sys = probe_system(true, 4);
    static const struct ak_passivation idle = {.after_ns = 3600 * SECOND};
    for (int i = 0; i < 20; i++) {
        const struct ak_spawn_opts opts = {.class = &probe_class, .passivation = &idle};
        pids[i] = ak_actor_spawn(sys, &opts, NULL);
        for (int k = i; k < 20; k++) {
            (void)ak_actor_tell(sys, pids[i], AK_NOBODY, probe_msg(PROBE_COUNT, 0));
        }
        (void)ak_system_run(sys, 10 * MILLI, 0);
    }
    return sys;
}

static void test_eviction_order(void **state)
{
    (void)state;
    static const enum ak_eviction which[] = {AK_EVICT_LRU, AK_EVICT_MRU, AK_EVICT_LFU};
    static const int first_to_go[] = {0, 15, 15}; /* five of them */
    for (int w = 0; w < 3; w++) {
        struct ak_pid pids[20];
        struct ak_system *sys = used_actors(pids);
        assert_true(ak_system_evict(sys, 15, 100, which[w], SECOND));
        (void)ak_system_run(sys, SECOND, 0);
        assert_int_equal(ak_system_count(sys), 15); /* all that are too many, not more */
        for (int i = 0; i < 20; i++) {
            assert_int_equal(ak_actor_is_alive(sys, pids[i]),
                             !(i >= first_to_go[w] && i < first_to_go[w] + 5));
        }
        ak_system_free(sys);
    }
}

static int pausing_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    if (msg->type == PROBE_COUNT) {
        ak_ctx_passivation_pause(ctx);
    } else {
        ak_ctx_passivation_resume(ctx);
    }
    return 0;
}

static void test_passivation_pauses(void **state)
{
    (void)state;
    static const struct ak_actor_class class = {.kind = "pausing", .receive = pausing_receive};
    static const struct ak_passivation idle = {.after_ns = 40 * MILLI};
    struct ak_system *sys = probe_system(true, 4);
    const struct ak_spawn_opts opts = {.class = &class, .passivation = &idle};
    const struct ak_pid pid = ak_actor_spawn(sys, &opts, NULL);
    (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_COUNT, 0));
    (void)ak_system_run(sys, SECOND, 0);
    assert_true(ak_actor_is_alive(sys, pid));
    (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_ASK, 0));
    (void)ak_system_run(sys, 30 * MILLI, 0);
    assert_true(ak_actor_is_alive(sys, pid)); /* the time begins anew */
    (void)ak_system_run(sys, 100 * MILLI, 0);
    assert_false(ak_actor_is_alive(sys, pid));
    ak_system_free(sys);
}

/* --- memory --- */

static void *allocate_main(void *arg)
{
    for (int i = 0; i < 1000; i++) {
        void *p = ak_mem_alloc(100);
        assert_non_null(p);
        ak_mem_free(p);
    }
    return arg;
}

static void test_counters_are_exact(void **state)
{
    (void)state;
    if (!probe_counts()) {
        skip();
    }
    struct ak_mem_counters before;
    struct ak_mem_counters after;
    pthread_t threads[4];
    pthread_attr_t attr;
    assert_int_equal(pthread_attr_init(&attr), 0);
    ak_mem_counters(&before);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], &attr, allocate_main, NULL), 0);
    }
    for (int i = 0; i < 4; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    ak_mem_counters(&after); /* the threads have ended: theirs count all the same */
    (void)pthread_attr_destroy(&attr);
    const uint64_t bytes = after.bytes - before.bytes;
    const uint64_t mallocs = after.mallocs - before.mallocs;
    assert_true(mallocs >= 4000 && mallocs < 4100); /* and what making a thread takes */
    assert_true(bytes >= 400000 && bytes < 500000);
    ak_mem_counters(&before);
    void *p = ak_mem_zalloc(12345);
    void *q = ak_mem_aligned(4096, 54321);
    assert_int_equal((uintptr_t)q % 4096, 0);
    ak_mem_counters(&after);
    assert_int_equal(after.mallocs - before.mallocs, 2);
    assert_int_equal(after.bytes - before.bytes, 12345 + 54321);
    ak_mem_free(p);
    ak_mem_free(q);
    ak_mem_free(NULL);
    ak_mem_counters(&after);
    assert_int_equal(after.frees - before.frees, 2);
}

static void test_live_bytes(void **state)
{
    (void)state;
    if (!ak_mem_is_interposed() || !probe_counts()) {
        skip();
    }
    struct ak_mem_counters before;
    struct ak_mem_counters after;
    ak_mem_count_live(true);
    ak_mem_counters(&before);
    char *p = malloc(1000);
    char *volatile keep = p;
    ak_mem_counters(&after);
    assert_true(after.live_bytes - before.live_bytes >= 1000);
    p = realloc(keep, 100000);
    assert_non_null(p);
    keep = p;
    ak_mem_counters(&after);
    assert_true(after.live_bytes - before.live_bytes >= 100000);
    assert_true(after.live_bytes - before.live_bytes < 110000);
    free(keep);
    void *volatile zero = calloc(10, 10);
    free(zero);
    ak_mem_counters(&after);
    assert_int_equal(after.live_bytes, before.live_bytes);
    ak_mem_count_live(false);
    assert_true(ak_mem_rss_bytes() > 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timers),
        cmocka_unit_test(test_many_timers),
        cmocka_unit_test(test_timer_thread),
        cmocka_unit_test(test_router),
        cmocka_unit_test(test_topic),
        cmocka_unit_test(test_grains),
        cmocka_unit_test(test_grain_that_cannot_start),
        cmocka_unit_test(test_grains_in_parallel),
        cmocka_unit_test(test_passivation),
        cmocka_unit_test(test_eviction),
        cmocka_unit_test(test_eviction_order),
        cmocka_unit_test(test_passivation_pauses),
        cmocka_unit_test(test_counters_are_exact),
        cmocka_unit_test(test_live_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
