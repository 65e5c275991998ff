/* Spawning, telling and asking by name over the cluster; the proxy actor. */
#include "cluster_node.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <string.h>

enum { MAX_HOPS = 3, PROXY_ASK = 1 };
#define REMOTE_ASK_NS INT64_C(30000000000)

static bool kind_index(const struct ak_cluster *c, const char *name, uint32_t *out)
{
    for (uint32_t i = 0; i < c->opts.kind_count; i++) {
        if (strcmp(c->opts.kinds[i].name, name) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* --- names of this node -------------------------------------------------------------------------
 */

/* Under the lock: makes the name's record this node's, in the next epoch. NULL: no memory. */
static struct record *own(struct ak_cluster *c, const char *name, size_t len, uint32_t kind)
{
    struct record *rec = runtime_registry_find(&c->registry, name, len);
    if (rec == NULL) {
        rec = runtime_registry_add(&c->registry, name, len);
    }
    if (rec != NULL) {
        runtime_registry_set_owner(&c->registry, rec, c->opts.id);
        rec->epoch++;
        rec->kind = kind;
        rec->deleted = false;
    }
    return rec;
}

/* Under the lock: whether a record (or NULL) is of a name that lives, by what this node is told. */
static bool is_living(const struct ak_cluster *c, const struct record *rec)
{
    return rec != NULL && !rec->deleted && runtime_cluster_is_told(c, rec);
}

static bool is_known(struct ak_cluster *c, const char *name, size_t len)
{
    (void)pthread_mutex_lock(&c->lock);
    const struct record *rec = runtime_registry_find(&c->registry, name, len);
    const bool known = is_living(c, rec);
    (void)pthread_mutex_unlock(&c->lock);
    return known;
}

struct ak_pid ak_cluster_spawn(struct ak_cluster *c, const char *kind, const char *name,
                               enum ak_spawn_error *out_error)
{
    uint32_t index;
    const size_t len = strnlen(name, NAME_MAX_BYTES + 1);
    enum ak_spawn_error error = AK_SPAWN_BAD_NAME;
    struct ak_pid pid = AK_NOBODY;
    if (len > 0 && len <= NAME_MAX_BYTES && kind_index(c, kind, &index) &&
        c->opts.kinds[index].class != NULL) {
        error = AK_SPAWN_NAME_TAKEN;
        if (!is_known(c, name, len)) {
            const struct ak_spawn_opts opts = {.class = c->opts.kinds[index].class,
                                               .name = name,
                                               .supervisor = c->opts.kinds[index].supervisor};
            pid = ak_actor_spawn(c->sys, &opts, &error);
        }
    }
    if (pid.slot != 0) {
        (void)pthread_mutex_lock(&c->lock);
        struct record *rec = own(c, name, len, index);
        if (rec != NULL) {
            rec->is_grain = false;
            rec->local = pid;
        }
        (void)pthread_mutex_unlock(&c->lock);
        runtime_cluster_publish(c, name, len);
    }
    if (out_error != NULL) {
        *out_error = error;
    }
    return pid;
}

bool ak_cluster_stop(struct ak_cluster *c, const char *name)
{
    struct ak_pid pid = AK_NOBODY;
    const size_t len = strlen(name);
    (void)pthread_mutex_lock(&c->lock);
    struct record *rec = runtime_registry_find(&c->registry, name, len);
    if (rec != NULL && rec->owner == c->opts.id && !rec->deleted) {
        pid = rec->local;
        rec->deleted = true;
        rec->epoch++;
    }
    (void)pthread_mutex_unlock(&c->lock);
    if (pid.slot == 0) {
        return false;
    }
    ak_actor_stop(c->sys, pid);
    runtime_cluster_publish(c, name, len);
    return true;
}

bool ak_cluster_owner(struct ak_cluster *c, const char *name, uint32_t *out_node)
{
    (void)pthread_mutex_lock(&c->lock);
    const struct record *rec = runtime_registry_find(&c->registry, name, strlen(name));
    const bool found = is_living(c, rec) && (c->members >> rec->owner & 1) != 0;
    if (found) {
        *out_node = rec->owner;
    }
    (void)pthread_mutex_unlock(&c->lock);
    return found;
}

size_t ak_cluster_by_owner(struct ak_cluster *c, uint32_t node, bool grains,
                           void (*each)(void *arg, const char *name), void *arg)
{
    size_t n = 0;
    (void)pthread_mutex_lock(&c->lock);
    for (const struct record *rec = c->registry.of_owner[node % AK_CLUSTER_NODES]; rec != NULL;
         rec = rec->next_of_owner) {
        if (is_living(c, rec) && rec->is_grain == grains) {
            n++;
            if (each != NULL) {
                each(arg, rec->name);
            }
        }
    }
    (void)pthread_mutex_unlock(&c->lock);
    return n;
}

/* --- a message on its way -----------------------------------------------------------------------
 */

struct parcel {
    const char *name; /* of an actor, or "kind/id" */
    size_t name_len;
    bool grain;
    uint32_t kind; /* of a grain */
    uint32_t hops;
    struct ak_pid future; /* of the asker's node, or AK_NOBODY */
    uint32_t asker;
    uint32_t type;
    const void *payload;
    size_t size;
};

/* Where a parcel goes from here. False: nobody knows the name. */
static bool route(struct ak_cluster *c, const struct parcel *p, uint32_t *out_node,
                  struct ak_pid *out_local)
{
    (void)pthread_mutex_lock(&c->lock);
    const struct record *rec = runtime_registry_find(&c->registry, p->name, p->name_len);
    const uint32_t primary =
        runtime_cluster_partition(c, runtime_registry_hash(p->name, p->name_len))->primary;
    bool ok = true;
    *out_local = AK_NOBODY;
    if (is_living(c, rec) && (c->members >> rec->owner & 1) != 0) {
        *out_node = rec->owner;
        *out_local = rec->local;
    } else {
        *out_node = primary;
        ok = p->grain || primary != c->opts.id;
    }
    c->stats.undeliverable += !ok;
    (void)pthread_mutex_unlock(&c->lock);
    return ok;
}

static void forward(struct ak_cluster *c, const struct parcel *p, uint32_t to)
{
    unsigned char buf[PACKET_MAX];
    struct wire w;
    runtime_wire_begin(&w, buf, c, p->grain ? PACKET_GRAIN : PACKET_TELL);
    runtime_wire_u32(&w, p->hops + 1);
    runtime_wire_u32(&w, p->kind);
    runtime_wire_u32(&w, p->asker);
    runtime_wire_u32(&w, p->future.slot);
    runtime_wire_u32(&w, p->future.gen);
    runtime_wire_u32(&w, p->type);
    runtime_wire_u32(&w, (uint32_t)p->name_len);
    runtime_wire_bytes(&w, p->name, p->name_len);
    runtime_wire_u32(&w, (uint32_t)p->size);
    runtime_wire_bytes(&w, p->payload, p->size);
    runtime_cluster_send(c, to, &w);
}

/* The question of another node: the proxy asks for it. */
struct remote_ask {
    struct ak_msg *next, **link; /* of the questions that wait */
    struct ak_cluster *c;
    uint32_t asker;
    struct ak_pid future;
    struct ak_pid target;
    struct ak_msg *msg;
};

/* Gives the message to a local actor. */
static void deliver(struct ak_cluster *c, const struct parcel *p, struct ak_pid pid,
                    struct ak_msg *m)
{
    if (p->future.slot == 0 || p->asker == c->opts.id) {
        (void)ak_actor_tell(c->sys, pid, p->future, m);
        return;
    }
    const struct remote_ask ask = {
        .c = c, .asker = p->asker, .future = p->future, .target = pid, .msg = m};
    struct ak_msg *question = ak_msg_of(PROXY_ASK, &ask, sizeof ask);
    if (question == NULL) {
        ak_msg_free(m);
        return;
    }
    if (ak_actor_tell(c->sys, c->proxy, AK_NOBODY, question) != AK_SENT) {
        ak_msg_free(m); /* the node is stopping: the asker's time runs out */
    }
}

/* Tells a grain of this node and makes its record this node's. */
static void deliver_grain(struct ak_cluster *c, const struct parcel *p, struct ak_msg *m)
{
    const struct ak_grain_kind *kind = c->opts.kinds[p->kind].grain;
    char name[NAME_MAX_BYTES + 1];
    memcpy(name, p->name, p->name_len);
    name[p->name_len] = '\0';
    const char *slash = strchr(name, '/');
    if (slash == NULL || ak_grain_tell(c->sys, kind, slash + 1, AK_NOBODY, m) != AK_SENT) {
        return;
    }
    (void)pthread_mutex_lock(&c->lock);
    struct record *rec = runtime_registry_find(&c->registry, p->name, p->name_len);
    const bool fresh = rec == NULL || rec->deleted || rec->owner != c->opts.id;
    if (fresh) {
        rec = own(c, p->name, p->name_len, p->kind);
        if (rec != NULL) {
            rec->is_grain = true;
        }
    }
    (void)pthread_mutex_unlock(&c->lock);
    if (fresh) {
        runtime_cluster_publish(c, p->name, p->name_len);
    }
}

/* Delivers here or sends on. False: nobody of that name. */
static bool dispatch(struct ak_cluster *c, const struct parcel *p)
{
    uint32_t node;
    struct ak_pid local;
    if (!route(c, p, &node, &local)) {
        return false;
    }
    if (node != c->opts.id) {
        if (p->hops < MAX_HOPS) {
            forward(c, p, node);
        }
        return p->hops < MAX_HOPS;
    }
    struct ak_msg *m = ak_msg_of(p->type, p->payload, p->size);
    if (m == NULL) {
        return false;
    }
    if (p->grain) {
        deliver_grain(c, p, m);
    } else {
        deliver(c, p, local, m);
    }
    return true;
}

void runtime_cluster_on_tell(struct ak_cluster *c, struct wire *w, bool grain)
{
    struct parcel p = {.grain = grain};
    p.hops = runtime_wire_get_u32(w);
    p.kind = runtime_wire_get_u32(w);
    p.asker = runtime_wire_get_u32(w);
    p.future.slot = runtime_wire_get_u32(w);
    p.future.gen = runtime_wire_get_u32(w);
    p.type = runtime_wire_get_u32(w);
    p.name_len = runtime_wire_get_u32(w);
    p.name = runtime_wire_get_bytes(w, p.name_len);
    p.size = runtime_wire_get_u32(w);
    p.payload = runtime_wire_get_bytes(w, p.size);
    const bool bad_kind =
        grain && (p.kind >= c->opts.kind_count || c->opts.kinds[p.kind].grain == NULL);
    if (w->bad || p.name_len == 0 || p.name_len > NAME_MAX_BYTES || p.asker >= AK_CLUSTER_NODES ||
        bad_kind) {
        return;
    }
    (void)dispatch(c, &p);
}

void runtime_cluster_on_reply(struct ak_cluster *c, struct wire *w)
{
    struct ak_pid future;
    future.slot = runtime_wire_get_u32(w);
    future.gen = runtime_wire_get_u32(w);
    const bool dead = runtime_wire_get_u32(w) != 0;
    const uint32_t type = runtime_wire_get_u32(w);
    const uint32_t size = runtime_wire_get_u32(w);
    const void *payload = runtime_wire_get_bytes(w, size);
    if (w->bad || (future.slot & FUTURE_SLOT) == 0) {
        return;
    }
    runtime_future_complete(c->sys, future, dead ? NULL : ak_msg_of(type, payload, size));
}

/* --- from outside -------------------------------------------------------------------------------
 */

static bool send_named(struct ak_cluster *c, const char *name, struct ak_pid future,
                       struct ak_msg *msg)
{
    const struct parcel p = {.name = name,
                             .name_len = strnlen(name, NAME_MAX_BYTES + 1),
                             .future = future,
                             .asker = c->opts.id,
                             .type = msg->type,
                             .payload = ak_msg_view(msg),
                             .size = msg->size};
    const bool ok = p.name_len > 0 && p.name_len <= NAME_MAX_BYTES && dispatch(c, &p);
    ak_msg_free(msg);
    return ok;
}

bool ak_cluster_tell(struct ak_cluster *c, const char *name, struct ak_msg *msg)
{
    return send_named(c, name, AK_NOBODY, msg);
}

enum ak_ask_result ak_cluster_ask(struct ak_cluster *c, const char *name, struct ak_msg *msg,
                                  int64_t timeout_ns, struct ak_msg **out_reply)
{
    const struct ak_pid future = runtime_future_take(c->sys);
    if (future.slot == SLOT_NOBODY) {
        ak_msg_free(msg);
        return AK_ASK_NO_MEMORY;
    }
    const bool sent = send_named(c, name, future, msg);
    const enum ak_ask_result r =
        runtime_future_outcome(c->sys, future, sent ? timeout_ns : 0, out_reply);
    return sent || r == AK_ASK_REPLIED ? r : AK_ASK_DEAD;
}

bool ak_cluster_tell_grain(struct ak_cluster *c, const char *kind, const char *id,
                           struct ak_msg *msg)
{
    char name[NAME_MAX_BYTES + 1];
    struct parcel p = {.name = name,
                       .grain = true,
                       .asker = c->opts.id,
                       .type = msg->type,
                       .payload = ak_msg_view(msg),
                       .size = msg->size};
    const int n = snprintf(name, sizeof name, "%s/%s", kind, id);
    bool ok = n > 0 && n <= NAME_MAX_BYTES && kind_index(c, kind, &p.kind) &&
              c->opts.kinds[p.kind].grain != NULL;
    if (ok) {
        p.name_len = (size_t)n;
        ok = dispatch(c, &p);
    }
    ak_msg_free(msg);
    return ok;
}

/* --- the proxy ----------------------------------------------------------------------------------
 */

struct proxy_state {
    struct ak_cluster *c;
    struct ak_msg *waiting; /* questions, messages with a struct remote_ask */
};

static void wait_for(struct proxy_state *s, struct ak_msg *question)
{
    struct remote_ask *ask = ak_msg_data(question);
    ask->next = s->waiting;
    ask->link = &s->waiting;
    if (ask->next != NULL) {
        ((struct remote_ask *)ak_msg_data(ask->next))->link = &ask->next;
    }
    s->waiting = question;
}

/* Takes the question off the list and frees it. */
static void end_wait(struct ak_msg *question)
{
    const struct remote_ask *ask = ak_msg_view(question);
    *ask->link = ask->next;
    if (ask->next != NULL) {
        ((struct remote_ask *)ak_msg_data(ask->next))->link = ask->link;
    }
    ak_msg_free(question);
}

static int proxy_start(struct ak_ctx *ctx)
{
    struct proxy_state *s = ak_ctx_state(ctx);
    s->c = ak_ctx_arg(ctx);
    return 0;
}
AK_ACTOR_PRE_START(proxy_start);

static int proxy_replied(struct ak_ctx *ctx, struct ak_msg *reply, void *arg)
{
    const struct remote_ask *ask = ak_msg_view((const struct ak_msg *)arg);
    unsigned char buf[PACKET_MAX];
    struct wire w;
    (void)ctx;
    runtime_wire_begin(&w, buf, ask->c, PACKET_REPLY);
    runtime_wire_u32(&w, ask->future.slot);
    runtime_wire_u32(&w, ask->future.gen);
    runtime_wire_u32(&w, reply == NULL);
    runtime_wire_u32(&w, reply != NULL ? reply->type : 0);
    runtime_wire_u32(&w, reply != NULL ? reply->size : 0);
    runtime_wire_bytes(&w, reply != NULL ? ak_msg_view(reply) : NULL,
                       reply != NULL ? reply->size : 0);
    runtime_cluster_send(ask->c, ask->asker, &w);
    end_wait(arg);
    return 0;
}
AK_ACTOR_THEN(proxy_replied);

static int proxy_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    struct proxy_state *s = ak_ctx_state(ctx);
    if (msg->type == AK_MSG_TIMER) {
        runtime_cluster_beat(s->c);
    } else if (msg->type == PROXY_ASK) {
        struct ak_msg *question = ak_ctx_take(ctx);
        const struct remote_ask *ask = ak_msg_view(question);
        wait_for(s, question);
        if (!ak_ctx_request(ctx, ask->target, ask->msg, REMOTE_ASK_NS, proxy_replied, question)) {
            end_wait(question);
        }
    }
    return 0;
}
AK_ACTOR_HANDLER(proxy_receive);

static void proxy_stop(struct ak_ctx *ctx)
{
    struct proxy_state *s = ak_ctx_state(ctx);
    while (s->waiting != NULL) { /* their askers' time runs out */
        end_wait(s->waiting);
    }
    atomic_store(&s->c->proxy_ended, true);
}
AK_ACTOR_POST_STOP(proxy_stop);

const struct ak_actor_class runtime_cluster_proxy = {.kind = "cluster proxy",
                                                     .receive = proxy_receive,
                                                     .pre_start = proxy_start,
                                                     .post_stop = proxy_stop,
                                                     .state_size = sizeof(struct proxy_state)};
