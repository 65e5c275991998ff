/* A cluster: named actors and grains over several nodes, found and told by name from any of them,
 * and moved when their node leaves.
 *
 * A name belongs to one of `partitions` partitions; the `replicas` live members with the highest
 * rendezvous hash hold its records {name, kind, owner, epoch}, the first of them is its primary.
 * When a member leaves or fails, each survivor starts again those of its actors whose partition it
 * is now the primary of: every survivor computes its own share, nobody coordinates. A record of an
 * older epoch loses (on a tie the smaller owner wins), and a node that finds its actor's record
 * beaten stops the actor. Grains are not started: their next message activates them at the new
 * place. State and mailboxes are not carried. A start that fails is counted and does not hinder the
 * others.
 *
 * Nodes talk through a transport in bytes only. Packets may be lost, late, doubled and out of
 * order: members repeat their records until all agree. */
#ifndef RUNTIME_CLUSTER_H
#define RUNTIME_CLUSTER_H

#include "runtime/grain.h"
#include "runtime/supervision.h"
#include "runtime/system.h"

/* --- transport ------------------------------------------------------------------------------ */

/* Receives a packet; borrows bytes. Any thread; never called while it is inside send of that node.
 */
typedef void ak_packet_fn(void *arg, const void *bytes, size_t size);

struct ak_transport {
    void *self;
    /* Sends a packet (copied or delivered before it returns). Delivery is not promised. Any thread.
     */
    void (*send)(void *self, uint32_t from, uint32_t to, const void *bytes, size_t size);
    /* `receive` NULL: the node is gone, and no call of its function is under way any more. */
    void (*attach)(void *self, uint32_t node, ak_packet_fn *receive, void *arg);
};

/* Nodes of one process. With all fields 0 packets are delivered at once, on the sender's thread;
 * otherwise they wait for ak_loopback_deliver, which is for one thread: the simulation's. */
struct ak_loopback_opts {
    bool queued;
    int64_t delay_ns, jitter_ns; /* a packet takes delay + [0, jitter): reordering */
    unsigned loss_permille;
    unsigned double_permille; /* delivered twice */
    uint64_t seed;
};
struct ak_loopback;
struct ak_loopback *
ak_loopback_new(const struct ak_loopback_opts *opts); /* returns owned or NULL */
void ak_loopback_free(struct ak_loopback *l);         /* after its nodes; accepts NULL */
struct ak_transport ak_loopback_transport(struct ak_loopback *l); /* borrows l */
/* Delivers what is due at now_ns. Returns how many packets were delivered. */
size_t ak_loopback_deliver(struct ak_loopback *l, int64_t now_ns);
/* Cuts or restores the way between two nodes, both directions. */
void ak_loopback_cut(struct ak_loopback *l, uint32_t a, uint32_t b, bool cut);
/* Changes the loss, in packets of a thousand. */
void ak_loopback_loss(struct ak_loopback *l, unsigned permille);

/* --- members -------------------------------------------------------------------------------- */

enum { AK_CLUSTER_NODES = 64 };

/* A kind of actors that the cluster may start. Const, the same on all nodes, kept. */
struct ak_cluster_kind {
    const char *name;
    const struct ak_actor_class *class; /* an actor's kind; or */
    const struct ak_grain_kind *grain;  /* a grain's */
    const struct ak_supervisor *supervisor;
    bool stays; /* not started elsewhere when its node is gone */
};

struct ak_cluster_opts {
    uint32_t id;          /* of this node, 0 to 63, unique */
    uint64_t peers;       /* bit i: node i is a peer that may be there */
    unsigned partitions;  /* 0: 7; the same on all nodes; at most 65,536 */
    unsigned replicas;    /* 0: 3 */
    int64_t heartbeat_ns; /* 0: 50 ms */
    int64_t failure_ns;   /* without a sign of life for so long: gone. 0: 5 heartbeats */
    int64_t memory_ns;    /* how long the end of a name is remembered, so that an older record of it
                           * cannot come back; longer than nodes stay cut off. 0: 10 minutes */
    const struct ak_cluster_kind *kinds; /* keeps; an empty name ends it */
    size_t kind_count;
};

struct ak_cluster;

/* Makes sys a node. Borrows sys and the transport's self until ak_cluster_free. NULL: no memory. */
struct ak_cluster *ak_cluster_join(struct ak_system *sys, const struct ak_transport *transport,
                                   const struct ak_cluster_opts *opts);
/* Leaves in order: hands its records over in one go; its actors go on running until sys is stopped,
 * but the others start theirs at once. */
void ak_cluster_leave(struct ak_cluster *c);
/* Ends the node without a word, as a crash does when it has not left. Before ak_system_free. */
void ak_cluster_free(struct ak_cluster *c);

/* Bits of the members that this node believes alive, itself among them. */
uint64_t ak_cluster_members(struct ak_cluster *c);

/* Spawns an actor on this node and enters its name in the cluster. AK_NOBODY as ak_actor_spawn,
 * also when this node knows the name already. */
struct ak_pid ak_cluster_spawn(struct ak_cluster *c, const char *kind, const char *name,
                               enum ak_spawn_error *out_error);
/* Tells an actor anywhere. Takes msg. False: nobody of that name is known here. */
bool ak_cluster_tell(struct ak_cluster *c, const char *name, struct ak_msg *msg);
/* Asks an actor anywhere, from a thread outside the systems. Takes msg; the reply is owned. */
enum ak_ask_result ak_cluster_ask(struct ak_cluster *c, const char *name, struct ak_msg *msg,
                                  int64_t timeout_ns, struct ak_msg **out_reply);
/* Tells the grain kind/id where it is active, else activates it on its partition's primary. */
bool ak_cluster_tell_grain(struct ak_cluster *c, const char *kind, const char *id,
                           struct ak_msg *msg);
/* Stops an actor of this node and takes its name out. False: it is not here. */
bool ak_cluster_stop(struct ak_cluster *c, const char *name);

/* --- queries -------------------------------------------------------------------------------- */

/* The node that owns the name. False when this node does not know: it knows the names that it owns
 * and those of the partitions that it holds (all, in clusters of no more nodes than replicas). */
bool ak_cluster_owner(struct ak_cluster *c, const char *name, uint32_t *out_node);
/* Calls `each` (borrowing the name, holding the registry's lock) for the names of one owner that
 * this node knows: O(these). Returns how many. `grains`: grains instead of actors. `each` may be
 * NULL. */
size_t ak_cluster_by_owner(struct ak_cluster *c, uint32_t node, bool grains,
                           void (*each)(void *arg, const char *name), void *arg);

struct ak_cluster_stats {
    uint64_t relocated;         /* actors of others started here */
    uint64_t failed;            /* starts that failed */
    uint64_t fenced;            /* own actors stopped, since another owner's record won */
    uint64_t packets, bytes;    /* sent */
    uint64_t undeliverable;     /* messages for names that nobody knew */
    int64_t last_relocation_ns; /* how long the last round of starts took */
    size_t records;             /* of names that this node knows, ended ones among them */
};
void ak_cluster_stats(struct ak_cluster *c, struct ak_cluster_stats *out);

#endif
