/* Watching: the request travels as a message to the watched actor, stays with it, and comes back as
 * the notice: nothing is locked, and nothing is allocated when an actor ends. */
#include "core.h"
#include "ext.h"

#include <string.h>

static struct ak_pid watcher_of(const struct ak_msg *m)
{
    struct ak_pid pid;
    memcpy(&pid, ak_msg_view(m), sizeof pid);
    return pid;
}

static bool send_request(struct ak_ctx *ctx, struct ak_pid pid, uint32_t type)
{
    const struct ak_pid self = ak_ctx_self(ctx);
    struct ak_msg *m = ak_msg_of(type, &self, sizeof self);
    if (m == NULL) {
        return false;
    }
    m->flags |= MSG_INTERNAL;
    runtime_send(ctx->turn.sys, pid, m);
    return true;
}

bool ak_ctx_watch(struct ak_ctx *ctx, struct ak_pid pid)
{
    return send_request(ctx, pid, INTERNAL_WATCH);
}

void ak_ctx_unwatch(struct ak_ctx *ctx, struct ak_pid pid)
{
    (void)send_request(ctx, pid, INTERNAL_UNWATCH);
}

void runtime_watch_add(struct actor *a, struct ak_msg *m)
{
    struct actor_ext *ext = runtime_ext_of(a);
    if (ext ==
        NULL) { /* no memory to remember it: the actor ends, so that its watcher is not left */
        atomic_fetch_or(&a->gate, SIGNAL_STOP);
        ak_msg_free(m);
        return;
    }
    for (const struct ak_msg *w = ext->watchers; w != NULL; w = w->next) {
        if (ak_pid_eq(watcher_of(w), watcher_of(m))) {
            ak_msg_free(m);
            return;
        }
    }
    m->next = ext->watchers;
    ext->watchers = m;
}

void runtime_watch_remove(struct actor *a, const struct ak_msg *m)
{
    struct ak_msg **at = a->ext != NULL ? &a->ext->watchers : NULL;
    while (at != NULL && *at != NULL) {
        struct ak_msg *w = *at;
        if (ak_pid_eq(watcher_of(w), watcher_of(m))) {
            *at = w->next;
            ak_msg_free(w);
            return;
        }
        at = &w->next;
    }
}

void runtime_watch_notify(struct ak_system *sys, struct ak_pid dead, struct ak_msg *watchers)
{
    struct ak_msg *next;
    for (struct ak_msg *m = watchers; m != NULL; m = next) {
        next = m->next;
        const struct ak_pid watcher = watcher_of(m);
        m->type = AK_MSG_TERMINATED;
        m->flags &= MSG_TIMED;
        memcpy(ak_msg_data(m), &dead, sizeof dead);
        runtime_send(sys, watcher, m);
    }
}
