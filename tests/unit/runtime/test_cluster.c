/* The cluster: with threads and a direct transport, and as seeded simulations with loss, delay,
 * doubling, reordering, cuts and crashes. */
#include "probe.h"
#include "runtime/cluster.h"

#include <stdlib.h>

enum { NODES = 3, ACTORS = 10, SIM_RUNS = 300 };

static int grain_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)ctx;
    (void)msg;
    atomic_fetch_add(&probe.handled, 1);
    return 0;
}

static const struct ak_grain_kind grain_kind = {
    .class = {.kind = "grain", .receive = grain_receive}};
static const struct ak_cluster_kind all_kinds[] = {
    {.name = "probe", .class = &probe_class},
    {.name = "local", .class = &probe_class, .stays = true},
    {.name = "grain", .grain = &grain_kind},
};

struct world {
    struct ak_loopback *wire;
    struct ak_system *sys[NODES];
    struct ak_cluster *node[NODES];
    int64_t now_ns;
    bool sim;
};

static void world_begin(struct world *w, bool sim, const struct ak_loopback_opts *opts,
                        uint64_t seed)
{
    memset(&probe, 0, sizeof probe);
    *w = (struct world){.sim = sim};
    w->wire = ak_loopback_new(opts);
    assert_non_null(w->wire);
    const struct ak_transport t = ak_loopback_transport(w->wire);
    for (uint32_t i = 0; i < NODES; i++) {
        const struct ak_system_opts so = {.workers = 2, .deterministic = sim, .seed = seed + i};
        w->sys[i] = ak_system_new(&so);
        const struct ak_cluster_opts co = {.id = i,
                                           .peers = (1u << NODES) - 1,
                                           .heartbeat_ns = 10 * MILLI,
                                           .kinds = all_kinds,
                                           .kind_count = 3};
        w->node[i] = ak_cluster_join(w->sys[i], &t, &co);
        assert_non_null(w->node[i]);
    }
}

static void world_run(struct world *w, int64_t ns)
{
    for (const int64_t end = w->now_ns + ns; w->now_ns < end;) {
        w->now_ns += MILLI;
        for (int i = 0; i < NODES; i++) {
            if (w->sys[i] != NULL) {
                (void)ak_system_run(w->sys[i], MILLI, 0);
            }
        }
        (void)ak_loopback_deliver(w->wire, w->now_ns);
    }
}

/* Ends a node without a word. */
static void crash(struct world *w, int i)
{
    ak_cluster_free(w->node[i]);
    ak_system_free(w->sys[i]);
    w->node[i] = NULL;
    w->sys[i] = NULL;
}

static void world_end(struct world *w)
{
    for (int i = 0; i < NODES; i++) {
        if (w->node[i] != NULL) {
            crash(w, i);
        }
    }
    ak_loopback_free(w->wire);
    assert_int_equal(probe.overlaps, 0);
    assert_int_equal(probe.started, probe.stopped);
}

static void name_of(int node, int i, char out[32])
{
    (void)snprintf(out, 32, "actor-%d-%d", node, i);
}

static void populate(struct world *w)
{
    char name[32];
    for (int n = 0; n < NODES; n++) {
        for (int i = 0; i < ACTORS; i++) {
            name_of(n, i, name);
            assert_true(ak_cluster_spawn(w->node[n], "probe", name, NULL).slot != 0);
        }
    }
}

/* On how many living nodes an actor of this name runs. */
static int living(const struct world *w, const char *name)
{
    int n = 0;
    for (int i = 0; i < NODES; i++) {
        n += w->sys[i] != NULL && ak_actor_find(w->sys[i], name).slot != 0;
    }
    return n;
}

/* Every actor lives exactly once, and all living nodes that know it agree on where. */
static void check_world(const struct world *w, uint64_t seed)
{
    char name[32];
    for (int n = 0; n < NODES; n++) {
        for (int i = 0; i < ACTORS; i++) {
            name_of(n, i, name);
            if (living(w, name) != 1) {
                print_error("seed %llu: %s lives %d times\n", (unsigned long long)seed, name,
                            living(w, name));
                fail();
            }
            for (int k = 0; k < NODES; k++) {
                uint32_t owner;
                if (w->node[k] != NULL && ak_cluster_owner(w->node[k], name, &owner)) {
                    assert_non_null(w->sys[owner]);
                    assert_true(ak_actor_find(w->sys[owner], name).slot != 0);
                }
            }
        }
    }
}

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
    struct world w;
    world_begin(&w, true, &opts, seed * 3);
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
        cmocka_unit_test(test_leave_with_threads), cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_some_stay),          cmocka_unit_test(test_bad_packets),
        cmocka_unit_test(test_simulations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
