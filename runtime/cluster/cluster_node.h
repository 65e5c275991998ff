/* Private: one node of a cluster, and its packets.
 *
 * The node's lock is never held while a packet is sent or an actor is spawned: what to send is
 * collected first. A proxy actor, a child of the user guardian, makes the node's heart beat (a
 * timer's messages) and asks local actors in the name of remote askers. */
#ifndef RUNTIME_CLUSTER_NODE_H
#define RUNTIME_CLUSTER_NODE_H

#include "core.h"
#include "registry.h"

enum packet_type {
    PACKET_HELLO = 1,
    PACKET_BYE,
    PACKET_RECORDS,
    PACKET_TELL,
    PACKET_GRAIN,
    PACKET_REPLY
};
enum { PACKET_MAX = 32768, SYNC_BEATS = 4, RECORD_MAX = 300, START_TRIES = 20 };

/* Who keeps the records of a partition's names, by this node's members. */
struct partition {
    uint64_t holders;
    uint32_t primary;
};

struct ak_cluster {
    struct ak_system *sys;
    struct ak_transport transport;
    struct ak_cluster_opts opts;
    pthread_mutex_t lock; /* of the fields below, to `stats` */
    struct registry registry;
    uint64_t members; /* believed alive, with this node; see set_members */
    struct partition *partitions;
    int64_t last_seen_ns[AK_CLUSTER_NODES];
    uint64_t beats;
    bool left;
    struct ak_cluster_stats stats;
    struct ak_pid proxy;
    atomic_bool proxy_ended;
    _Atomic uint64_t packets, bytes;
};

/* --- writing and reading packets --- */

struct wire {
    unsigned char *at;
    size_t len, cap; /* reading: position and size */
    bool bad;        /* something did not fit, or was not there */
};
void runtime_wire_bytes(struct wire *w, const void *p, size_t n);
void runtime_wire_u32(struct wire *w, uint32_t v);
void runtime_wire_u64(struct wire *w, uint64_t v);
uint32_t runtime_wire_get_u32(struct wire *w);
uint64_t runtime_wire_get_u64(struct wire *w);
/* n bytes of the packet, NULL when there are fewer. */
const void *runtime_wire_get_bytes(struct wire *w, size_t n);
void runtime_wire_begin(struct wire *w, unsigned char *buf, const struct ak_cluster *c,
                        enum packet_type type);
void runtime_wire_record(struct wire *w, const struct record *rec);

/* --- cluster.c --- */

void runtime_cluster_send(struct ak_cluster *c, uint32_t to, const struct wire *w);
/* To all nodes of the mask but this one. */
void runtime_cluster_send_all(struct ak_cluster *c, uint64_t to, const struct wire *w);
/* Under the lock: the partition of a name. */
static inline const struct partition *runtime_cluster_partition(const struct ak_cluster *c,
                                                                uint64_t hash)
{
    return &c->partitions[hash % c->opts.partitions];
}
/* Under the lock: whether this node is told of each change of a name that `owner` owns. What else
 * it may know of a name is old. */
static inline bool runtime_cluster_is_told(const struct ak_cluster *c, const struct record *rec)
{
    return rec->owner == c->opts.id ||
           (runtime_cluster_partition(c, rec->hash)->holders >> c->opts.id & 1) != 0;
}
void runtime_cluster_beat(struct ak_cluster *c);

/* --- cluster_move.c --- */

/* Sends one record to its holders. */
void runtime_cluster_publish(struct ak_cluster *c, const char *name, size_t len);
/* The members have changed: takes over what is this node's to start, and repeats its own records.
 */
void runtime_cluster_take_over(struct ak_cluster *c);
/* Repeats own records to their holders (`to_all`: to every member, for a leave). */
void runtime_cluster_sync(struct ak_cluster *c, bool to_all);
void runtime_cluster_records(struct ak_cluster *c, uint32_t from, struct wire *w);

/* --- cluster_tell.c --- */

void runtime_cluster_on_tell(struct ak_cluster *c, struct wire *w, bool grain);
void runtime_cluster_on_reply(struct ak_cluster *c, struct wire *w);
extern const struct ak_actor_class runtime_cluster_proxy;

#endif
