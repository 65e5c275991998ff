/* Helpers of the cluster's tests: three nodes on one wire, in threads or simulated. */
#ifndef TESTS_RUNTIME_WORLD_H
#define TESTS_RUNTIME_WORLD_H

#include "probe.h"
#include "runtime/cluster.h"

enum { NODES = 3, ACTORS = 10 };

static int grain_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)ctx;
    (void)msg;
    atomic_fetch_add(&probe.handled, 1);
    return 0;
}

static const struct ak_grain_kind grain_kind = {
    .class = {.kind = "grain", .receive = grain_receive}};
/* Starts where it is spawned first, and nowhere else. */
static _Atomic int fragile_starts;
static int fragile_start(struct ak_ctx *ctx)
{
    (void)ctx;
    if (atomic_fetch_add(&fragile_starts, 1) > 0) {
        return 1;
    }
    return probe_start(ctx);
}

static const struct ak_actor_class fragile_class = {.kind = "fragile",
                                                    .receive = probe_receive,
                                                    .pre_start = fragile_start,
                                                    .post_stop = probe_stop,
                                                    .state_size = sizeof(struct probe_state)};

static const struct ak_cluster_kind all_kinds[] = {
    {.name = "probe", .class = &probe_class},
    {.name = "local", .class = &probe_class, .stays = true},
    {.name = "grain", .grain = &grain_kind},
    {.name = "fragile", .class = &fragile_class},
};

struct world {
    struct ak_loopback *wire;
    struct ak_system *sys[NODES];
    struct ak_cluster *node[NODES];
    int64_t now_ns;
    bool sim;
};

/* `like` gives the partitions, replicas and memory_ns of each node. */
static inline void world_begin_like(struct world *w, bool sim, const struct ak_loopback_opts *opts,
                                    uint64_t seed, const struct ak_cluster_opts *like)
{
    memset(&probe, 0, sizeof probe);
    atomic_store(&fragile_starts, 0);
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
                                           .partitions = like->partitions,
                                           .replicas = like->replicas,
                                           .memory_ns = like->memory_ns,
                                           .kinds = all_kinds,
                                           .kind_count = 4};
        w->node[i] = ak_cluster_join(w->sys[i], &t, &co);
        assert_non_null(w->node[i]);
    }
}

static inline void world_begin(struct world *w, bool sim, const struct ak_loopback_opts *opts,
                               uint64_t seed)
{
    const struct ak_cluster_opts defaults = {0};
    world_begin_like(w, sim, opts, seed, &defaults);
}

static inline void world_run(struct world *w, int64_t ns)
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
static inline void crash(struct world *w, int i)
{
    ak_cluster_free(w->node[i]);
    ak_system_free(w->sys[i]);
    w->node[i] = NULL;
    w->sys[i] = NULL;
}

static inline void world_end(struct world *w)
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

static inline void name_of(int node, int i, char out[32])
{
    (void)snprintf(out, 32, "actor-%d-%d", node, i);
}

static inline void populate(struct world *w)
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
static inline int living(const struct world *w, const char *name)
{
    int n = 0;
    for (int i = 0; i < NODES; i++) {
        n += w->sys[i] != NULL && ak_actor_find(w->sys[i], name).slot != 0;
    }
    return n;
}

/* Every actor lives exactly once, and all living nodes that know it agree on where. */
static inline void check_world(const struct world *w, uint64_t seed)
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

#endif
