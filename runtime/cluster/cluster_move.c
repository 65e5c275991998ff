/* Records: publishing, merging, and starting again what a gone member owned. */
#include "cluster_node.h"
#include "runtime/memory.h"

#include <string.h>

/* Records on their way to one node: a packet goes out when it is full. */
struct batch {
    struct ak_cluster *c;
    struct outgoing *first, **last;
};

/* A packet to send once the lock is free. */
struct outgoing {
    struct outgoing *next;
    uint32_t to;
    struct wire wire;
    unsigned char bytes[PACKET_MAX];
};

static void batch_init(struct batch *b, struct ak_cluster *c)
{
    *b = (struct batch){.c = c};
    b->last = &b->first;
}

/* Adds the record to what goes to `to`; without memory it goes with the next repetition. */
static void batch_add(struct batch *b, uint32_t to, const struct record *rec)
{
    struct outgoing *o = NULL;
    for (struct outgoing *x = b->first; x != NULL; x = x->next) {
        if (x->to == to && x->wire.cap - x->wire.len >= RECORD_MAX) {
            o = x;
        }
    }
    if (o == NULL) {
        o = ak_mem_alloc(sizeof *o);
        if (o == NULL) {
            return;
        }
        o->next = NULL;
        o->to = to;
        runtime_wire_begin(&o->wire, o->bytes, b->c, PACKET_RECORDS);
        *b->last = o;
        b->last = &o->next;
    }
    runtime_wire_record(&o->wire, rec);
}

static void batch_add_all(struct batch *b, uint64_t to, const struct record *rec)
{
    for (uint32_t node = 0; node < AK_CLUSTER_NODES; node++) {
        if ((to >> node & 1) != 0 && node != b->c->opts.id) {
            batch_add(b, node, rec);
        }
    }
}

/* Not under the lock. */
static void batch_send(struct batch *b)
{
    struct outgoing *next;
    for (struct outgoing *o = b->first; o != NULL; o = next) {
        next = o->next;
        runtime_cluster_send(b->c, o->to, &o->wire);
        ak_mem_free(o);
    }
}

void runtime_cluster_publish(struct ak_cluster *c, const char *name, size_t len)
{
    struct batch b;
    batch_init(&b, c);
    (void)pthread_mutex_lock(&c->lock);
    const struct record *rec = runtime_registry_find(&c->registry, name, len);
    if (rec != NULL) {
        batch_add_all(&b, runtime_cluster_partition(c, rec->hash)->holders, rec);
    }
    (void)pthread_mutex_unlock(&c->lock);
    batch_send(&b);
}

void runtime_cluster_sync(struct ak_cluster *c, bool to_all)
{
    struct batch b;
    batch_init(&b, c);
    (void)pthread_mutex_lock(&c->lock);
    for (uint32_t owner = 0; owner < AK_CLUSTER_NODES; owner++) {
        const bool mine = owner == c->opts.id;
        const bool gone = (c->members >> owner & 1) == 0;
        if (!mine && !gone) {
            continue;
        }
        for (struct record *rec = c->registry.of_owner[owner]; rec != NULL;
             rec = rec->next_of_owner) {
            if (mine && !rec->deleted && !rec->is_grain && rec->local.slot != 0 &&
                !ak_actor_is_alive(c->sys, rec->local)) {
                rec->deleted = true; /* it has ended by itself */
                rec->epoch++;
            }
            const uint64_t holders = runtime_cluster_partition(c, rec->hash)->holders;
            batch_add_all(&b, to_all ? c->members : holders, rec);
        }
    }
    (void)pthread_mutex_unlock(&c->lock);
    batch_send(&b);
    if (!to_all) {
        runtime_cluster_take_over(c);
    }
}

/* --- taking over ------------------------------------------------------------------------------ */

/* An actor to start here. */
struct task {
    struct task *next;
    const struct ak_cluster_kind *kind;
    uint8_t name_len;
    char name[NAME_MAX_BYTES + 1];
};

/* Under the lock: makes the record this node's, in the next epoch when it was another's. NULL:
 * there is nothing to start, or no memory for it. */
static struct task *claim(struct ak_cluster *c, struct record *rec)
{
    const struct ak_cluster_kind *kind = &c->opts.kinds[rec->kind];
    if (rec->owner != c->opts.id) {
        rec->epoch++;
        rec->tries = 0;
        rec->local = AK_NOBODY;
        rec->deleted = kind->stays;
        runtime_registry_set_owner(&c->registry, rec, c->opts.id);
    }
    struct task *t = rec->deleted ? NULL : ak_mem_zalloc(sizeof *t);
    if (t != NULL) {
        t->kind = kind;
        t->name_len = rec->name_len;
        memcpy(t->name, rec->name, rec->name_len);
        rec->starting = true;
    }
    return t;
}

/* Under the lock: whether this node has to start the actor of a record that it holds. */
static bool is_mine_to_start(const struct ak_cluster *c, const struct record *rec)
{
    if (rec->deleted || rec->is_grain || rec->starting || rec->kind >= c->opts.kind_count ||
        c->opts.kinds[rec->kind].class == NULL) {
        return false;
    }
    if (rec->owner == c->opts.id) {
        return rec->local.slot == 0;
    }
    return (c->members >> rec->owner & 1) == 0 &&
           runtime_cluster_partition(c, rec->hash)->primary == c->opts.id;
}

static struct task *claim_orphans(struct ak_cluster *c)
{
    struct task *first = NULL;
    (void)pthread_mutex_lock(&c->lock);
    for (uint32_t owner = 0; owner < AK_CLUSTER_NODES && !c->left; owner++) {
        struct record *next;
        for (struct record *rec = c->registry.of_owner[owner]; rec != NULL; rec = next) {
            next = rec->next_of_owner;
            struct task *t = is_mine_to_start(c, rec) ? claim(c, rec) : NULL;
            if (t != NULL) {
                t->next = first;
                first = t;
            }
        }
    }
    (void)pthread_mutex_unlock(&c->lock);
    return first;
}

/* Starts one actor and notes how that went. A failed start is tried again with the next
 * repetitions: its name may still be held by an actor that was told to stop. */
static void start(struct ak_cluster *c, const struct task *t)
{
    const struct ak_spawn_opts opts = {
        .class = t->kind->class, .name = t->name, .supervisor = t->kind->supervisor};
    const struct ak_pid pid = ak_actor_spawn(c->sys, &opts, NULL);
    bool beaten = false;
    (void)pthread_mutex_lock(&c->lock);
    struct record *rec = runtime_registry_find(&c->registry, t->name, t->name_len);
    if (rec != NULL && rec->owner == c->opts.id && !rec->deleted) {
        rec->local = pid;
        rec->starting = false;
        if (pid.slot == 0 && ++rec->tries == START_TRIES) {
            rec->deleted = true;
            rec->epoch++;
            c->stats.failed++;
        }
    } else {
        beaten = pid.slot != 0; /* another owner's record came while it started */
    }
    c->stats.relocated += pid.slot != 0 && !beaten;
    (void)pthread_mutex_unlock(&c->lock);
    if (beaten) {
        ak_actor_stop(c->sys, pid);
    }
}

void runtime_cluster_take_over(struct ak_cluster *c)
{
    const int64_t begin = ak_system_now_ns(c->sys);
    struct task *tasks = claim_orphans(c);
    if (tasks == NULL) {
        return;
    }
    struct batch b;
    batch_init(&b, c);
    struct task *next;
    for (struct task *t = tasks; t != NULL; t = next) {
        next = t->next;
        start(c, t);
        (void)pthread_mutex_lock(&c->lock);
        const struct record *rec = runtime_registry_find(&c->registry, t->name, t->name_len);
        if (rec != NULL) {
            batch_add_all(&b, runtime_cluster_partition(c, rec->hash)->holders, rec);
        }
        (void)pthread_mutex_unlock(&c->lock);
        ak_mem_free(t);
    }
    batch_send(&b);
    (void)pthread_mutex_lock(&c->lock);
    c->stats.last_relocation_ns = ak_system_now_ns(c->sys) - begin;
    (void)pthread_mutex_unlock(&c->lock);
}

/* --- merging ---------------------------------------------------------------------------------- */

struct incoming {
    uint64_t epoch;
    uint32_t owner, kind;
    bool deleted, is_grain;
    const char *name;
    size_t name_len;
};

static bool read_record(struct wire *w, struct incoming *in)
{
    in->epoch = runtime_wire_get_u64(w);
    in->owner = runtime_wire_get_u32(w);
    in->kind = runtime_wire_get_u32(w);
    const uint32_t bits = runtime_wire_get_u32(w);
    in->deleted = (bits & 1) != 0;
    in->is_grain = (bits & 2) != 0;
    in->name_len = bits >> 8 & 0xff;
    in->name = runtime_wire_get_bytes(w, in->name_len);
    return !w->bad && in->owner < AK_CLUSTER_NODES && in->name_len > 0;
}

static bool wins(const struct incoming *in, const struct record *rec)
{
    if (rec->owner == AK_CLUSTER_NODES || in->epoch != rec->epoch) {
        return rec->owner == AK_CLUSTER_NODES || in->epoch > rec->epoch;
    }
    if (in->owner != rec->owner) {
        return in->owner < rec->owner;
    }
    return in->deleted && !rec->deleted;
}

/* Under the lock. Returns the own actor that lost its name, or AK_NOBODY; *out_reply: the sender's
 * record is old, it should get ours. */
static struct ak_pid merge(struct ak_cluster *c, const struct incoming *in, struct record **out_rec,
                           bool *out_reply)
{
    struct record *rec = runtime_registry_find(&c->registry, in->name, in->name_len);
    struct ak_pid loser = AK_NOBODY;
    *out_reply = false;
    if (rec == NULL && !in->deleted) { /* an end is only news of a name that is known */
        rec = runtime_registry_add(&c->registry, in->name, in->name_len);
    }
    *out_rec = rec;
    if (rec == NULL) {
        return loser;
    }
    if (!wins(in, rec)) {
        *out_reply = in->epoch != rec->epoch || in->owner != rec->owner;
        return loser;
    }
    if (rec->owner == c->opts.id && in->owner != c->opts.id) {
        loser = rec->local;
        c->stats.fenced += loser.slot != 0;
    }
    rec->epoch = in->epoch;
    rec->kind = in->kind;
    rec->deleted = in->deleted;
    rec->is_grain = in->is_grain;
    rec->starting = false;
    if (in->owner != c->opts.id) {
        rec->local = AK_NOBODY;
    }
    runtime_registry_set_owner(&c->registry, rec, in->owner);
    return loser;
}

void runtime_cluster_records(struct ak_cluster *c, uint32_t from, struct wire *w)
{
    struct batch b;
    batch_init(&b, c);
    bool orphans = false;
    while (w->len < w->cap) {
        struct incoming in;
        if (!read_record(w, &in)) {
            break;
        }
        struct record *rec;
        bool reply;
        (void)pthread_mutex_lock(&c->lock);
        const struct ak_pid loser = merge(c, &in, &rec, &reply);
        if (rec != NULL && reply) {
            batch_add(&b, from, rec);
        }
        orphans = orphans || (c->members >> in.owner & 1) == 0;
        (void)pthread_mutex_unlock(&c->lock);
        if (loser.slot != 0) {
            ak_actor_stop(c->sys, loser);
        }
    }
    batch_send(&b);
    if (orphans) {
        runtime_cluster_take_over(c);
    }
}
