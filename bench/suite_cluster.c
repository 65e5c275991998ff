/* Three nodes in one process: what it costs when one of them leaves, and queries of the registry.
 * The scale is GoAkt's: 30 actors on each node, 7 partitions, 3 replicas. */
#include "base/clock.h"
#include "harness.h"
#include "runtime/cluster.h"

#include <stdio.h>
#include <time.h>

enum { NODES = 3, ACTORS = 30, MSG_ASK = 1, MANY_ACTORS = 1000 };
#define ASK_TIMEOUT_NS INT64_C(5000000000)

static int member_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    if (msg->type == MSG_ASK) {
        struct ak_msg *reply = ak_msg_new(MSG_ASK, 0);
        if (reply != NULL) {
            (void)ak_ctx_reply(ctx, reply);
        }
    }
    return 0;
}
AK_ACTOR_HANDLER(member_receive);

static const char *const type_names[] = {"Hello", [MSG_ASK] = "Ask"};
static const struct ak_message_names type_table = {type_names, 2};
static const struct ak_actor_class member_class = {
    .messages = &type_table, .kind = "member", .receive = member_receive};
static const struct ak_grain_kind grain_kind = {
    .class = {.messages = &type_table, .kind = "grain", .receive = member_receive}};
static const struct ak_cluster_kind kinds[] = {{.name = "member", .class = &member_class},
                                               {.name = "grain", .grain = &grain_kind}};

struct world {
    struct ak_loopback *wire;
    struct ak_system *sys[NODES];
    struct ak_cluster *node[NODES];
};

static bool world_begin(struct bench *b, struct world *w, uint32_t nodes)
{
    *w = (struct world){.wire = ak_loopback_new(NULL)};
    const struct ak_transport t = ak_loopback_transport(w->wire);
    for (uint32_t i = 0; w->wire != NULL && i < nodes; i++) {
        const struct ak_cluster_opts opts = {
            .id = i, .peers = (1u << NODES) - 1, .kinds = kinds, .kind_count = 2};
        w->sys[i] = bench_system_new(b);
        w->node[i] = w->sys[i] != NULL ? ak_cluster_join(w->sys[i], &t, &opts) : NULL;
        if (w->node[i] == NULL) {
            bench_fail(b, "node %u could not join", i);
            return false;
        }
    }
    return w->wire != NULL;
}

static void node_end(struct world *w, int i)
{
    ak_cluster_free(w->node[i]);
    ak_system_free(w->sys[i]);
    w->node[i] = NULL;
    w->sys[i] = NULL;
}

static void world_end(struct world *w)
{
    for (int i = 0; i < NODES; i++) {
        node_end(w, i);
    }
    ak_loopback_free(w->wire);
}

static bool populate(struct bench *b, struct world *w, uint32_t nodes, unsigned actors)
{
    char name[32];
    for (uint32_t n = 0; n < nodes; n++) {
        for (unsigned i = 0; i < actors; i++) {
            (void)snprintf(name, sizeof name, "member-%u-%u", n, i);
            if (ak_cluster_spawn(w->node[n], "member", name, NULL).slot == 0) {
                bench_fail(b, "%s could not be spawned", name);
                return false;
            }
        }
    }
    return true;
}

/* Every actor of every node must answer, asked from the first node. */
static bool all_answer(struct bench *b, struct world *w)
{
    char name[32];
    for (uint32_t n = 0; n < NODES; n++) {
        for (unsigned i = 0; i < ACTORS; i++) {
            (void)snprintf(name, sizeof name, "member-%u-%u", n, i);
            struct ak_msg *question = ak_msg_new(MSG_ASK, 0);
            struct ak_msg *reply = NULL;
            if (question == NULL || ak_cluster_ask(w->node[0], name, question, ASK_TIMEOUT_NS,
                                                   &reply) != AK_ASK_REPLIED) {
                bench_fail(b, "%s does not answer after the node has left", name);
                return false;
            }
            ak_msg_free(reply);
        }
    }
    return true;
}

/* The timed part: node 3 leaves, until all 90 actors, its 30 among them, have answered. */
static void rebalancing(struct bench *b)
{
    struct ak_mem_counters sum = {0};
    struct ak_mem_counters before;
    struct ak_mem_counters after = {0};
    bench_timer_stop(b);
    for (uint64_t i = 0; i < b->n && !b->failed; i++) {
        struct world w;
        if (world_begin(b, &w, NODES) && populate(b, &w, NODES, ACTORS)) {
            bench_phase_begin(b);
            ak_mem_counters(&before);
            bench_timer_start(b);
            ak_cluster_leave(w.node[NODES - 1]);
            (void)ak_system_stop(w.sys[NODES - 1], -1, NULL);
            (void)all_answer(b, &w);
            bench_timer_stop(b);
            ak_mem_counters(&after);
            bench_phase_end(b);
            sum.bytes += after.bytes - before.bytes;
            sum.mallocs += after.mallocs - before.mallocs;
        }
        world_end(&w);
    }
    const double n = (double)b->n;
    const double mib = 1024.0 * 1024.0;
    bench_report(b, (double)sum.bytes / n, "bytes/alloc");
    bench_report(b, (double)sum.bytes / n / mib, "MB/alloc");
    bench_report(b, (double)sum.mallocs / n, "count/alloc");
    bench_report(b, (double)after.live_bytes / mib, "MB/heap");
    bench_report(b, (double)after.live_bytes / mib, "MB/heap-inuse");
}

/* --- queries ---------------------------------------------------------------------------------- */

static size_t seen;

static void count_name(void *arg, const char *name)
{
    (void)arg;
    seen += name[0] != '\0';
}

/* Waits until the first node has the records of all actors: members tell each other in a while. */
static bool await_records(struct bench *b, struct world *w, uint32_t nodes, unsigned actors)
{
    const int64_t deadline = ak_clock_monotonic_ns() + ASK_TIMEOUT_NS;
    char name[32];
    for (uint32_t n = 0; n < nodes; n++) {
        for (unsigned i = 0; i < actors; i++) {
            uint32_t owner;
            (void)snprintf(name, sizeof name, "member-%u-%u", n, i);
            while (!ak_cluster_owner(w->node[0], name, &owner) || owner != n) {
                const struct timespec ts = {0, 1000000};
                (void)nanosleep(&ts, NULL);
                if (ak_clock_monotonic_ns() > deadline) {
                    bench_fail(b, "%s is not known to the first node", name);
                    return false;
                }
            }
        }
    }
    return true;
}

/* A world of two nodes with 1,000 actors each and 1,000 grains for the query to look through. */
static bool query_world(struct bench *b, struct world *w)
{
    bench_timer_stop(b);
    bool ok = world_begin(b, w, 2) && populate(b, w, 2, MANY_ACTORS) &&
              await_records(b, w, 2, MANY_ACTORS);
    char id[32];
    for (unsigned i = 0; ok && i < MANY_ACTORS; i++) {
        (void)snprintf(id, sizeof id, "%u", i);
        struct ak_msg *m = ak_msg_new(0, 0);
        ok = m != NULL && ak_cluster_tell_grain(w->node[0], "grain", id, m);
    }
    return ok;
}

/* `what`: 0 actors by owner, 1 grains by owner, 2 owner of a name, 3 ask by name. */
static void query(struct bench *b)
{
    struct world w;
    const bool ok = query_world(b, &w);
    char name[32];
    bench_phase_begin(b);
    bench_timer_start(b);
    for (uint64_t i = 0; ok && !b->failed && i < b->n; i++) {
        if (b->what->a < 2) {
            seen = 0;
            const size_t n = ak_cluster_by_owner(w.node[0], (uint32_t)(i % 2), b->what->a == 1,
                                                 count_name, NULL);
            if (n != seen || (b->what->a == 0 && n != MANY_ACTORS)) {
                bench_fail(b, "a query gave %zu names", n);
            }
            continue;
        }
        uint32_t owner;
        (void)snprintf(name, sizeof name, "member-%u-%u", (unsigned)(i % 2),
                       (unsigned)(i % MANY_ACTORS));
        if (b->what->a == 2) {
            if (!ak_cluster_owner(w.node[0], name, &owner) || owner != i % 2) {
                bench_fail(b, "%s was not found", name);
            }
            continue;
        }
        struct ak_msg *reply = NULL;
        if (ak_cluster_ask(w.node[0], name, ak_msg_new(MSG_ASK, 0), ASK_TIMEOUT_NS, &reply) !=
            AK_ASK_REPLIED) {
            bench_fail(b, "%s does not answer", name);
        }
        ak_msg_free(reply);
    }
    bench_timer_stop(b);
    bench_phase_end(b);
    world_end(&w);
}

const struct bench_case bench_cluster_suite[] = {
    {"MemoryFootprintDuringRebalancing", rebalancing, 0, 0, BENCH_PHASE_REBALANCING},
    {"QueryActorsByOwner", query, 0, 0, BENCH_PHASE_QUERY},
    {"QueryGrainsByOwner", query, 1, 0, BENCH_PHASE_QUERY},
    {"QueryActorOf", query, 2, 0, BENCH_PHASE_QUERY},
    {"QueryAsk", query, 3, 0, BENCH_PHASE_QUERY},
    {0}};
