/* The transport between nodes of one process: at once, or through a queue with delay, loss,
 * doubling and cuts, drawn from a seed. */
#include "base/hash.h"
#include "runtime/cluster.h"
#include "runtime/memory.h"

#include <pthread.h>
#include <string.h>

struct packet {
    struct packet *next;
    int64_t due_ns;
    uint32_t from, to;
    size_t size;
    unsigned char bytes[];
};

struct ak_loopback {
    struct ak_loopback_opts opts;
    pthread_rwlock_t lock; /* of the table of nodes; held for reading while a node receives */
    struct {
        ak_packet_fn *receive;
        void *arg;
    } nodes[AK_CLUSTER_NODES];
    uint64_t cuts[AK_CLUSTER_NODES]; /* bit j of i: cut */
    struct packet *queue;            /* by due time, equal ones in their order */
    uint64_t draws;
    int64_t now_ns;
};

struct ak_loopback *ak_loopback_new(const struct ak_loopback_opts *opts)
{
    struct ak_loopback *l = ak_mem_zalloc(sizeof *l);
    if (l == NULL) {
        return NULL;
    }
    if (opts != NULL) {
        l->opts = *opts;
    }
    if (pthread_rwlock_init(&l->lock, NULL) != 0) {
        ak_mem_free(l);
        return NULL;
    }
    return l;
}

void ak_loopback_free(struct ak_loopback *l)
{
    if (l == NULL) {
        return;
    }
    struct packet *next;
    for (struct packet *p = l->queue; p != NULL; p = next) {
        next = p->next;
        ak_mem_free(p);
    }
    (void)pthread_rwlock_destroy(&l->lock);
    ak_mem_free(l);
}

static uint64_t draw(struct ak_loopback *l)
{
    return ak_hash_u64(l->opts.seed * 0x9e3779b97f4a7c15ULL + ++l->draws);
}

static void hand_over(struct ak_loopback *l, uint32_t from, uint32_t to, const void *bytes,
                      size_t size)
{
    (void)pthread_rwlock_rdlock(&l->lock);
    if (to < AK_CLUSTER_NODES && l->nodes[to].receive != NULL && (l->cuts[from] >> to & 1) == 0) {
        l->nodes[to].receive(l->nodes[to].arg, bytes, size);
    }
    (void)pthread_rwlock_unlock(&l->lock);
}

static void enqueue(struct ak_loopback *l, uint32_t from, uint32_t to, const void *bytes,
                    size_t size)
{
    struct packet *p = ak_mem_alloc(sizeof *p + size);
    if (p == NULL) {
        return; /* lost */
    }
    const int64_t jitter =
        l->opts.jitter_ns > 0 ? (int64_t)(draw(l) % (uint64_t)l->opts.jitter_ns) : 0;
    *p = (struct packet){
        .due_ns = l->now_ns + l->opts.delay_ns + jitter, .from = from, .to = to, .size = size};
    memcpy(p->bytes, bytes, size);
    struct packet **at = &l->queue;
    while (*at != NULL && (*at)->due_ns <= p->due_ns) {
        at = &(*at)->next;
    }
    p->next = *at;
    *at = p;
}

static void loopback_send(void *self, uint32_t from, uint32_t to, const void *bytes, size_t size)
{
    struct ak_loopback *l = self;
    if (!l->opts.queued) {
        hand_over(l, from, to, bytes, size);
        return;
    }
    if (draw(l) % 1000 < l->opts.loss_permille) {
        return;
    }
    enqueue(l, from, to, bytes, size);
    if (draw(l) % 1000 < l->opts.double_permille) {
        enqueue(l, from, to, bytes, size);
    }
}

static void loopback_attach(void *self, uint32_t node, ak_packet_fn *receive, void *arg)
{
    struct ak_loopback *l = self;
    (void)pthread_rwlock_wrlock(&l->lock);
    l->nodes[node].receive = receive;
    l->nodes[node].arg = arg;
    (void)pthread_rwlock_unlock(&l->lock);
}

struct ak_transport ak_loopback_transport(struct ak_loopback *l)
{
    return (struct ak_transport){.self = l, .send = loopback_send, .attach = loopback_attach};
}

size_t ak_loopback_deliver(struct ak_loopback *l, int64_t now_ns)
{
    size_t delivered = 0;
    l->now_ns = now_ns;
    while (l->queue != NULL && l->queue->due_ns <= now_ns) {
        struct packet *p = l->queue;
        l->queue = p->next;
        hand_over(l, p->from, p->to, p->bytes, p->size);
        ak_mem_free(p);
        delivered++;
    }
    return delivered;
}

void ak_loopback_cut(struct ak_loopback *l, uint32_t a, uint32_t b, bool cut)
{
    (void)pthread_rwlock_wrlock(&l->lock);
    const uint64_t bit_a = (uint64_t)1 << a;
    const uint64_t bit_b = (uint64_t)1 << b;
    l->cuts[a] = cut ? l->cuts[a] | bit_b : l->cuts[a] & ~bit_b;
    l->cuts[b] = cut ? l->cuts[b] | bit_a : l->cuts[b] & ~bit_a;
    (void)pthread_rwlock_unlock(&l->lock);
}

void ak_loopback_loss(struct ak_loopback *l, unsigned permille)
{
    l->opts.loss_permille = permille;
}
