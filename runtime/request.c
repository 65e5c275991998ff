#include "request.h"

#include "ext.h"
#include "slab.h"
#include "timer.h"

/* Takes the request of this tag off the actor's list, or NULL. */
static struct request *take(struct actor *a, uint32_t tag)
{
    struct request **at = a->ext != NULL ? &a->ext->requests : NULL;
    while (at != NULL && *at != NULL) {
        struct request *r = *at;
        if (r->tag == tag) {
            *at = r->next;
            return r;
        }
        at = &r->next;
    }
    return NULL;
}

static int finish(struct turn *t, struct request *r, struct ak_msg *reply)
{
    ak_then_fn *then = r->then;
    void *arg = r->arg;
    if (r->timer != 0) {
        (void)ak_timer_cancel(t->sys, r->timer);
    }
    runtime_slab_free(r, sizeof *r);
    return then((struct ak_ctx *)(void *)t, reply, arg);
}

bool ak_ctx_request(struct ak_ctx *ctx, struct ak_pid to, struct ak_msg *msg, int64_t timeout_ns,
                    ak_then_fn *then, void *arg)
{
    struct turn *t = &ctx->turn;
    struct ak_system *sys = t->sys;
    struct actor_ext *ext = runtime_ext_of(t->actor);
    struct request *r = ext != NULL ? runtime_slab_alloc(sizeof *r) : NULL;
    struct ak_msg *late = r != NULL ? ak_msg_new(INTERNAL_TIMEOUT, 0) : NULL;
    if (late == NULL) {
        if (r != NULL) {
            runtime_slab_free(r, sizeof *r);
        }
        ak_msg_free(msg);
        return false;
    }
    uint32_t tag = atomic_fetch_add_explicit(&sys->request_tag, 1, memory_order_relaxed) + 1;
    tag =
        tag != 0 ? tag : atomic_fetch_add_explicit(&sys->request_tag, 1, memory_order_relaxed) + 1;
    late->flags |= MSG_INTERNAL;
    late->tag = tag;
    const struct ak_pid self = actor_pid(t->actor);
    *r = (struct request){.next = ext->requests, .tag = tag, .then = then, .arg = arg};
    r->timer = ak_timer_tell(sys, self, AK_NOBODY, late, timeout_ns);
    if (r->timer == 0) {
        runtime_slab_free(r, sizeof *r);
        ak_msg_free(msg);
        return false;
    }
    ext->requests = r;
    msg->tag = tag;
    (void)ak_actor_tell(sys, to, self, msg);
    return true;
}

int runtime_request_reply(struct turn *t, struct ak_msg *m)
{
    struct request *r = take(t->actor, m->tag);
    if (r != NULL) {
        return finish(t, r, m);
    }
    t->msg = NULL; /* too late, or a second reply */
    runtime_dead_letter(t->sys, actor_pid(t->actor), m);
    return 0;
}

void runtime_request_timeout(struct turn *t, uint32_t tag)
{
    struct request *r = take(t->actor, tag);
    if (r == NULL || actor_phase(t->actor) == PHASE_STOPPING) {
        if (r != NULL) {
            runtime_slab_free(r, sizeof *r);
        }
        return;
    }
    t->msg = NULL;
    t->sender = AK_NOBODY;
    t->tag = 0;
    const int reason = finish(t, r, NULL);
    if (reason != 0) {
        runtime_turn_failed(t, reason);
    }
}

void runtime_requests_drop(struct ak_system *sys, struct actor *a)
{
    struct request *next;
    for (struct request *r = a->ext->requests; r != NULL; r = next) {
        next = r->next;
        (void)ak_timer_cancel(sys, r->timer);
        runtime_slab_free(r, sizeof *r);
    }
    a->ext->requests = NULL;
}
