/* What a handler asks its context. */
#include "core.h"
#include "ext.h"
#include "runtime/memory.h"

struct ak_system *ak_ctx_system(const struct ak_ctx *ctx)
{
    return ctx->turn.sys;
}

struct ak_pid ak_ctx_self(const struct ak_ctx *ctx)
{
    return actor_pid(ctx->turn.actor);
}

struct ak_pid ak_ctx_parent(const struct ak_ctx *ctx)
{
    return actor_pid(runtime_cell_at(ctx->turn.sys, ctx->turn.actor->parent));
}

struct ak_pid ak_ctx_sender(const struct ak_ctx *ctx)
{
    return ctx->turn.sender;
}

void *ak_ctx_state(const struct ak_ctx *ctx)
{
    return ctx->turn.actor->state;
}

void *ak_ctx_arg(const struct ak_ctx *ctx)
{
    return ctx->turn.arg;
}

const char *ak_ctx_name(const struct ak_ctx *ctx)
{
    return runtime_actor_name(ctx->turn.actor);
}

int64_t ak_ctx_now_ns(const struct ak_ctx *ctx)
{
    return ak_system_now_ns(ctx->turn.sys);
}

size_t ak_ctx_children(const struct ak_ctx *ctx, struct ak_pid *out, size_t max)
{
    struct ak_system *sys = ctx->turn.sys;
    struct actor *a = ctx->turn.actor;
    pthread_mutex_t *lock = runtime_tree_lock(sys, a->slot);
    (void)pthread_mutex_lock(lock);
    const size_t count = atomic_load_explicit(&a->child_count, memory_order_relaxed);
    uint32_t slot = atomic_load_explicit(&a->first_child, memory_order_relaxed);
    for (size_t i = 0; i < count && i < max && slot != 0; i++) {
        const struct actor *c = runtime_cell_at(sys, slot);
        out[i] = actor_pid(c);
        slot = c->next_sibling;
    }
    (void)pthread_mutex_unlock(lock);
    return count;
}

enum ak_send ak_ctx_tell(struct ak_ctx *ctx, struct ak_pid to, struct ak_msg *msg)
{
    return ak_actor_tell(ctx->turn.sys, to, actor_pid(ctx->turn.actor), msg);
}

enum ak_send ak_ctx_reply(struct ak_ctx *ctx, struct ak_msg *msg)
{
    msg->tag = ctx->turn.tag;
    if (msg->tag != 0) {
        msg->flags |= MSG_REPLY;
    }
    return ak_actor_tell(ctx->turn.sys, ctx->turn.sender, actor_pid(ctx->turn.actor), msg);
}

enum ak_send ak_ctx_forward(struct ak_ctx *ctx, struct ak_pid to)
{
    struct ak_msg *m = ak_ctx_take(ctx);
    if (m == NULL) {
        return AK_SEND_DEAD;
    }
    m->flags &= MSG_TIMED;
    return ak_actor_tell(ctx->turn.sys, to, ctx->turn.sender, m);
}

struct ak_msg *ak_ctx_take(struct ak_ctx *ctx)
{
    struct ak_msg *m = ctx->turn.msg;
    ctx->turn.msg = NULL;
    return m;
}

void ak_ctx_stop(struct ak_ctx *ctx)
{
    struct actor *a = ctx->turn.actor;
    atomic_fetch_or(&a->gate, SIGNAL_STOP);
}

void ak_ctx_become(struct ak_ctx *ctx, ak_receive_fn *receive)
{
    ctx->turn.actor->receive = receive;
}

bool ak_ctx_push_behaviour(struct ak_ctx *ctx, ak_receive_fn *receive)
{
    struct actor *a = ctx->turn.actor;
    struct actor_ext *ext = runtime_ext_of(a);
    if (ext == NULL || ext->behaviour_count == BEHAVIOURS_MAX) {
        return false;
    }
    ext->behaviours[ext->behaviour_count++] = a->receive;
    a->receive = receive;
    return true;
}

bool ak_ctx_pop_behaviour(struct ak_ctx *ctx)
{
    struct actor *a = ctx->turn.actor;
    if (a->ext == NULL || a->ext->behaviour_count == 0) {
        return false;
    }
    a->receive = a->ext->behaviours[--a->ext->behaviour_count];
    return true;
}

bool ak_ctx_stash(struct ak_ctx *ctx)
{
    struct actor_ext *ext = runtime_ext_of(ctx->turn.actor);
    if (ext == NULL || ctx->turn.msg == NULL) {
        return false;
    }
    struct ak_msg *m = ak_ctx_take(ctx);
    m->flags |= MSG_UNCOUNTED; /* it has left the mailbox's count once */
    msg_list_push(&ext->stash, m);
    return true;
}

bool ak_ctx_unstash(struct ak_ctx *ctx)
{
    struct actor *a = ctx->turn.actor;
    struct ak_msg *m = a->ext != NULL ? msg_list_pop(&a->ext->stash) : NULL;
    if (m == NULL) {
        return false;
    }
    m->next = NULL;
    struct msg_list one = {m, m};
    msg_list_prepend(&a->pending, &one);
    return true;
}

void ak_ctx_unstash_all(struct ak_ctx *ctx)
{
    struct actor *a = ctx->turn.actor;
    if (a->ext != NULL) {
        msg_list_prepend(&a->pending, &a->ext->stash);
    }
}
