/* A node's members and heartbeat; packets in and out. */
#include "cluster_node.h"
#include "runtime/memory.h"
#include "runtime/timer.h"

#include <string.h>
#include <time.h>

enum { SWEEP_BEATS = 64, MAX_PARTITIONS = 65536 };
#define DEFAULT_MEMORY_NS INT64_C(600000000000)

void runtime_cluster_send(struct ak_cluster *c, uint32_t to, const struct wire *w)
{
    if (!w->bad) {
        atomic_fetch_add_explicit(&c->packets, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&c->bytes, w->len, memory_order_relaxed);
        c->transport.send(c->transport.self, c->opts.id, to, w->at, w->len);
    }
}

void runtime_cluster_send_all(struct ak_cluster *c, uint64_t to, const struct wire *w)
{
    for (uint32_t node = 0; node < AK_CLUSTER_NODES; node++) {
        if ((to >> node & 1) != 0 && node != c->opts.id) {
            runtime_cluster_send(c, node, w);
        }
    }
}

/* --- members --------------------------------------------------------------------------------- */

/* Under the lock. */
static void set_members(struct ak_cluster *c, uint64_t members)
{
    c->members = members;
    for (unsigned i = 0; i < c->opts.partitions; i++) {
        uint32_t nodes[AK_CLUSTER_NODES];
        const size_t n = runtime_rendezvous(members, i, nodes, c->opts.replicas);
        c->partitions[i] = (struct partition){.primary = nodes[0]};
        for (size_t k = 0; k < n; k++) {
            c->partitions[i].holders |= (uint64_t)1 << nodes[k];
        }
    }
}

/* A sign of life. True: the node was not a member. */
static bool is_back(struct ak_cluster *c, uint32_t node)
{
    const uint64_t bit = (uint64_t)1 << node;
    (void)pthread_mutex_lock(&c->lock);
    c->last_seen_ns[node] = ak_system_now_ns(c->sys);
    const bool back = (c->members & bit) == 0 && !c->left;
    if (back) {
        set_members(c, c->members | bit);
    }
    (void)pthread_mutex_unlock(&c->lock);
    return back;
}

static void on_bye(struct ak_cluster *c, uint32_t node)
{
    const uint64_t bit = (uint64_t)1 << node;
    (void)pthread_mutex_lock(&c->lock);
    const bool was = (c->members & bit) != 0 && node != c->opts.id;
    if (was) {
        set_members(c, c->members & ~bit);
    }
    (void)pthread_mutex_unlock(&c->lock);
    if (was) {
        runtime_cluster_take_over(c);
    }
}

static void hello(struct ak_cluster *c)
{
    unsigned char buf[PACKET_MAX];
    struct wire w;
    runtime_wire_begin(&w, buf, c, PACKET_HELLO);
    runtime_cluster_send_all(c, c->opts.peers, &w);
}

/* Under the lock: ended names are remembered for a while; what belongs to others, who tell it to
 * others, for as long as a change of members may take to settle. */
static int64_t keep_ns(void *arg, const struct record *rec)
{
    const struct ak_cluster *c = arg;
    if (rec->deleted) {
        return c->opts.memory_ns;
    }
    const bool owner_lives = (c->members >> rec->owner & 1) != 0;
    return owner_lives && !runtime_cluster_is_told(c, rec) ? 4 * c->opts.failure_ns : -1;
}

void runtime_cluster_beat(struct ak_cluster *c)
{
    bool changed = false;
    (void)pthread_mutex_lock(&c->lock);
    const bool left = c->left;
    const int64_t now = ak_system_now_ns(c->sys);
    for (uint32_t node = 0; node < AK_CLUSTER_NODES; node++) {
        const uint64_t bit = (uint64_t)1 << node;
        if (node != c->opts.id && (c->members & bit) != 0 &&
            now - c->last_seen_ns[node] > c->opts.failure_ns) {
            set_members(c, c->members & ~bit);
            changed = true;
        }
    }
    const bool sync = ++c->beats % SYNC_BEATS == 0;
    if (c->beats % SWEEP_BEATS == 0) {
        runtime_registry_sweep(&c->registry, now, keep_ns, c);
    }
    (void)pthread_mutex_unlock(&c->lock);
    /* A node that stops without leaving says nothing about its ending actors: that is a crash. */
    if (left || atomic_load(&c->sys->stopping)) {
        return;
    }
    hello(c);
    if (changed) {
        runtime_cluster_take_over(c);
    } else if (sync) {
        runtime_cluster_sync(c, false);
    }
}

static void receive(void *arg, const void *bytes, size_t size)
{
    struct ak_cluster *c = arg;
    struct wire w = {.cap = size};
    memcpy(&w.at, &bytes, sizeof bytes); /* only read */
    const uint32_t type = runtime_wire_get_u32(&w);
    const uint32_t from = runtime_wire_get_u32(&w);
    if (w.bad || from >= AK_CLUSTER_NODES) {
        return;
    }
    if (type == PACKET_BYE) {
        on_bye(c, from);
        return;
    }
    if (type == PACKET_HELLO && is_back(c, from)) {
        hello(c);
        runtime_cluster_take_over(c);
    } else if (type == PACKET_RECORDS) {
        runtime_cluster_records(c, from, &w);
    } else if (type == PACKET_TELL || type == PACKET_GRAIN) {
        runtime_cluster_on_tell(c, &w, type == PACKET_GRAIN);
    } else if (type == PACKET_REPLY) {
        runtime_cluster_on_reply(c, &w);
    }
}

/* --- joining and leaving ---------------------------------------------------------------------- */

static void set_opts(struct ak_cluster *c, const struct ak_cluster_opts *opts)
{
    c->opts = *opts;
    c->opts.id = opts->id % AK_CLUSTER_NODES;
    c->opts.partitions = opts->partitions != 0 ? opts->partitions : 7;
    if (c->opts.partitions > MAX_PARTITIONS) {
        c->opts.partitions = MAX_PARTITIONS;
    }
    c->opts.replicas = opts->replicas != 0 ? opts->replicas : 3;
    if (c->opts.replicas > AK_CLUSTER_NODES) {
        c->opts.replicas = AK_CLUSTER_NODES;
    }
    c->opts.heartbeat_ns = opts->heartbeat_ns > 0 ? opts->heartbeat_ns : 50000000;
    c->opts.failure_ns = opts->failure_ns > 0 ? opts->failure_ns : 5 * c->opts.heartbeat_ns;
    c->opts.memory_ns = opts->memory_ns > 0 ? opts->memory_ns : DEFAULT_MEMORY_NS;
}

static bool set_up(struct ak_cluster *c)
{
    c->partitions = ak_mem_zalloc(c->opts.partitions * sizeof *c->partitions);
    if (c->partitions == NULL || !runtime_registry_init(&c->registry)) {
        return false;
    }
    set_members(c, (uint64_t)1 << c->opts.id);
    return pthread_mutex_init(&c->lock, NULL) == 0;
}

struct ak_cluster *ak_cluster_join(struct ak_system *sys, const struct ak_transport *transport,
                                   const struct ak_cluster_opts *opts)
{
    struct ak_cluster *c = ak_mem_zalloc(sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    c->sys = sys;
    c->transport = *transport;
    set_opts(c, opts);
    if (!set_up(c)) {
        runtime_registry_release(&c->registry);
        ak_mem_free(c->partitions);
        ak_mem_free(c);
        return NULL;
    }
    const struct ak_spawn_opts proxy = {.class = &runtime_cluster_proxy, .arg = c};
    c->proxy = ak_actor_spawn(sys, &proxy, NULL);
    if (c->proxy.slot == 0 ||
        ak_timer_start(sys, c->proxy, c->opts.heartbeat_ns, c->opts.heartbeat_ns) == 0) {
        atomic_store(&c->proxy_ended, c->proxy.slot == 0);
        ak_cluster_free(c);
        return NULL;
    }
    transport->attach(transport->self, c->opts.id, receive, c);
    hello(c);
    return c;
}

void ak_cluster_leave(struct ak_cluster *c)
{
    runtime_cluster_sync(c, true);
    (void)pthread_mutex_lock(&c->lock);
    const bool first = !c->left;
    const uint64_t members = c->members;
    c->left = true;
    set_members(c, (uint64_t)1 << c->opts.id);
    (void)pthread_mutex_unlock(&c->lock);
    if (first) {
        unsigned char buf[PACKET_MAX];
        struct wire w;
        runtime_wire_begin(&w, buf, c, PACKET_BYE);
        runtime_cluster_send_all(c, members, &w);
    }
}

void ak_cluster_free(struct ak_cluster *c)
{
    if (c == NULL) {
        return;
    }
    c->transport.attach(c->transport.self, c->opts.id, NULL, NULL);
    ak_actor_stop(c->sys, c->proxy);
    while (!atomic_load(&c->proxy_ended)) {
        if (c->sys->sim != NULL) {
            (void)ak_system_run(c->sys, 0, 1);
        } else {
            const struct timespec ts = {0, 100000};
            (void)nanosleep(&ts, NULL);
        }
    }
    runtime_registry_release(&c->registry);
    ak_mem_free(c->partitions);
    (void)pthread_mutex_destroy(&c->lock);
    ak_mem_free(c);
}

uint64_t ak_cluster_members(struct ak_cluster *c)
{
    (void)pthread_mutex_lock(&c->lock);
    const uint64_t members = c->members;
    (void)pthread_mutex_unlock(&c->lock);
    return members;
}

void ak_cluster_stats(struct ak_cluster *c, struct ak_cluster_stats *out)
{
    (void)pthread_mutex_lock(&c->lock);
    *out = c->stats;
    out->records = c->registry.count;
    (void)pthread_mutex_unlock(&c->lock);
    out->packets = atomic_load_explicit(&c->packets, memory_order_relaxed);
    out->bytes = atomic_load_explicit(&c->bytes, memory_order_relaxed);
}
