/* The cluster: with threads and a direct transport, and as seeded simulations with loss, delay,
 * doubling, reordering, cuts and crashes. */
#include "world.h"

#include <stdlib.h>

enum { SIM_RUNS = 300 };

static void test_leave_with_threads(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, false, NULL, 0);
    populate(&w);
    char name[32];
    for (int i = 0; i < NODES; i++) {
        assert_int_equal(ak_cluster_by_owner(w.node[0], (uint32_t)i, false, NULL, NULL), ACTORS);
    }
    ak_cluster_leave(w.node[2]);
    crash(&w, 2);
    for (int n = 0; n < NODES; n++) {
        for (int i = 0; i < ACTORS; i++) {
            name_of(n, i, name);
            for (int k = 0; k < 2; k++) { /* from every survivor, wherever it is */
                struct ak_msg *reply = NULL;
                assert_int_equal(
                    ak_cluster_ask(w.node[k], name, probe_msg(PROBE_ASK, 5), 10 * SECOND, &reply),
                    AK_ASK_REPLIED);
                assert_int_equal(probe_u64(reply), 6);
                ak_msg_free(reply);
            }
        }
    }
    struct ak_cluster_stats s[2];
    ak_cluster_stats(w.node[0], &s[0]);
    ak_cluster_stats(w.node[1], &s[1]);
    assert_int_equal(s[0].relocated + s[1].relocated, ACTORS);
    assert_true(s[0].relocated > 0 && s[1].relocated > 0);
    assert_int_equal(s[0].failed + s[1].failed, 0);
    struct ak_msg *reply = NULL;
    assert_int_equal(ak_cluster_ask(w.node[0], "nobody", probe_msg(PROBE_ASK, 5), 20 * MILLI,
                                    &reply) == AK_ASK_REPLIED,
                     false);
    world_end(&w);
}

static void test_names_are_unique(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, true, NULL, 3);
    enum ak_spawn_error error;
    assert_true(ak_cluster_spawn(w.node[0], "probe", "x", &error).slot != 0);
    assert_int_equal(ak_cluster_spawn(w.node[1], "probe", "x", &error).slot, 0);
    assert_int_equal(error, AK_SPAWN_NAME_TAKEN);
    assert_int_equal(ak_cluster_spawn(w.node[1], "nonsense", "y", &error).slot, 0);
    assert_true(ak_cluster_stop(w.node[0], "x"));
    assert_false(ak_cluster_stop(w.node[0], "x"));
    world_run(&w, 100 * MILLI);
    assert_true(ak_cluster_spawn(w.node[1], "probe", "x", &error).slot != 0);
    world_run(&w, 100 * MILLI);
    uint32_t owner = 99;
    assert_true(ak_cluster_owner(w.node[0], "x", &owner));
    assert_int_equal(owner, 1);
    assert_true(ak_cluster_tell(w.node[0], "x", probe_msg(PROBE_COUNT, 1)));
    world_run(&w, 100 * MILLI);
    assert_int_equal(probe.handled, 1);
    world_end(&w);
}

static void test_some_stay(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, true, NULL, 3);
    assert_true(ak_cluster_spawn(w.node[1], "local", "here", NULL).slot != 0);
    assert_true(ak_cluster_tell_grain(w.node[0], "grain", "g1", probe_msg(1, 1)));
    world_run(&w, 50 * MILLI);
    uint32_t before = 99;
    assert_true(ak_cluster_owner(w.node[0], "grain/g1", &before));
    assert_int_equal(ak_cluster_by_owner(w.node[0], before, true, NULL, NULL), 1);
    ak_cluster_leave(w.node[1]);
    crash(&w, 1);
    world_run(&w, 300 * MILLI);
    assert_int_equal(living(&w, "here"), 0);
    assert_true(ak_cluster_tell_grain(w.node[2], "grain", "g1", probe_msg(1, 1))); /* lazily */
    world_run(&w, 50 * MILLI);
    assert_int_equal(living(&w, "grain/g1"), 1);
    assert_int_equal(probe.handled, 2);
    world_end(&w);
}

/* One seed: faults while nodes talk, one crash or leave, then calm; afterwards all is as it should
 * be. */
static void simulate(uint64_t seed)
{
    const struct ak_loopback_opts opts = {.queued = true,
                                          .delay_ns = MILLI,
                                          .jitter_ns = (int64_t)(seed % 9) * MILLI + 1,
                                          .loss_permille = (unsigned)(seed * 7 % 300),
                                          .double_permille = (unsigned)(seed * 13 % 200),
                                          .seed = seed};
    static const unsigned partitions[] = {0, 0, 1, 31};
    const struct ak_cluster_opts like = {.partitions = partitions[seed / 3 % 4],
                                         .replicas = seed % 4 == 1 ? 2 : 0};
    struct world w;
    world_begin_like(&w, true, &opts, seed * 3, &like);
    ak_loopback_loss(w.wire, 0);
    world_run(&w, 30 * MILLI); /* the members see each other */
    populate(&w);
    world_run(&w, 100 * MILLI);
    ak_loopback_loss(w.wire, opts.loss_permille);
    const int victim = (int)(seed % NODES);
    if (seed % 5 == 0) { /* cut one node off for longer than a failure takes to be seen, and heal */
        const uint32_t alone = (uint32_t)victim;
        ak_loopback_cut(w.wire, alone, (alone + 1) % NODES, true);
        ak_loopback_cut(w.wire, alone, (alone + 2) % NODES, true);
        world_run(&w, 200 * MILLI);
        ak_loopback_cut(w.wire, alone, (alone + 1) % NODES, false);
        ak_loopback_cut(w.wire, alone, (alone + 2) % NODES, false);
    } else {
        if (seed % 5 < 3) {
            ak_cluster_leave(w.node[victim]);
            world_run(&w, (int64_t)(seed % 4) * MILLI);
        }
        crash(&w, victim);
        world_run(&w, 200 * MILLI);
    }
    ak_loopback_loss(w.wire, 0);
    world_run(&w, 600 * MILLI);
    check_world(&w, seed);
    world_end(&w);
}

/* A node that was cut off and the others start the same actors; when the cut heals, the records of
 * the later epoch win, and the losers are stopped. */
static void test_fencing(void **state)
{
    (void)state;
    struct world w;
    const struct ak_loopback_opts opts = {.queued = true, .delay_ns = MILLI};
    world_begin(&w, true, &opts, 8);
    world_run(&w, 30 * MILLI);
    populate(&w);
    world_run(&w, 100 * MILLI);
    ak_loopback_cut(w.wire, 2, 0, true);
    ak_loopback_cut(w.wire, 2, 1, true);
    world_run(&w, 300 * MILLI);
    assert_int_equal(ak_cluster_members(w.node[0]), 3);
    assert_int_equal(ak_cluster_members(w.node[2]), 4);
    int twice = 0;
    char name[32];
    for (int i = 0; i < NODES * ACTORS; i++) {
        name_of(i / ACTORS, i % ACTORS, name);
        twice += living(&w, name) == 2;
    }
    assert_int_equal(twice, NODES * ACTORS); /* either side has all of them */
    ak_loopback_cut(w.wire, 2, 0, false);
    ak_loopback_cut(w.wire, 2, 1, false);
    world_run(&w, 600 * MILLI);
    check_world(&w, 0);
    uint64_t fenced = 0;
    for (int i = 0; i < NODES; i++) {
        struct ak_cluster_stats s;
        ak_cluster_stats(w.node[i], &s);
        fenced += s.fenced;
    }
    assert_int_equal(fenced, NODES * ACTORS);
    world_end(&w);
}

static void test_simulations(void **state)
{
    (void)state;
    const char *env = getenv("AK_SIM_RUNS");
    const uint64_t runs = env != NULL ? strtoull(env, NULL, 10) : SIM_RUNS;
    for (uint64_t seed = 1; seed <= runs; seed++) {
        simulate(seed);
    }
}

/* Packets of nonsense change nothing and crash nothing. */
static void test_bad_packets(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, true, NULL, 3);
    populate(&w);
    const struct ak_transport t = ak_loopback_transport(w.wire);
    uint64_t x = 1;
    unsigned char bytes[200];
    for (int i = 0; i < 20000; i++) {
        for (size_t k = 0; k < sizeof bytes; k++) {
            x = x * 6364136223846793005ULL + 1442695040888963407ULL;
            bytes[k] = (x >> 60) < 9 ? 0 : (unsigned char)(x >> 33);
        }
        bytes[0] = (unsigned char)(3 + i % 4); /* not BYE: that is a valid wish */
        bytes[1] = bytes[2] = bytes[3] = 0;
        bytes[4] = 1;
        bytes[5] = bytes[6] = bytes[7] = 0;
        t.send(t.self, 1, 0, bytes, (size_t)(x >> 40) % sizeof bytes);
    }
    world_run(&w, 100 * MILLI);
    assert_int_equal(ak_cluster_members(w.node[0]), 7);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leave_with_threads),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_some_stay),
        cmocka_unit_test(test_bad_packets),
        cmocka_unit_test(test_fencing),
        cmocka_unit_test(test_simulations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
