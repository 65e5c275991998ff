/* Telling, finding and stopping from any thread; dead letters. */
#include "core.h"
#include "event.h"
#include "ext.h"
#include "mailbox.h"
#include "msg_wait.h"

#include <string.h>

static enum ak_send dead(struct ak_system *sys, struct ak_pid to, struct ak_msg *m)
{
    runtime_dead_letter(sys, to, m);
    return AK_SEND_DEAD;
}

__attribute__((noinline)) static enum ak_send full(struct ak_system *sys, struct actor *a,
                                                   struct ak_pid to, struct ak_msg *m)
{
    if (a->full_policy == AK_FULL_DROP) {
        ak_msg_free(m);
    } else {
        runtime_dead_letter(sys, to, m);
    }
    return AK_SEND_FULL;
}

static enum ak_send tell(struct ak_system *sys, struct ak_pid to, struct ak_msg *m)
{
    struct actor *a = runtime_cell_of(sys, to);
    m->to_gen = to.gen;
    runtime_msg_wait_begin(m);
    if (__builtin_expect(a == NULL, 0)) {
        return dead(sys, to, m);
    }
    if (__builtin_expect(actor_has(a, ACTOR_BOUNDED), 0) && (m->flags & MSG_UNCOUNTED) == 0 &&
        !runtime_mailbox_enter(sys, a)) {
        return full(sys, a, to, m);
    }
    return runtime_push(sys, a, m) ? AK_SENT : dead(sys, to, m);
}

enum ak_send ak_actor_tell(struct ak_system *sys, struct ak_pid to, struct ak_pid from,
                           struct ak_msg *msg)
{
    msg->sender = from;
    if (__builtin_expect((to.slot & FUTURE_SLOT) != 0, 0)) {
        runtime_future_complete(sys, to, msg);
        return AK_SENT;
    }
    if (__builtin_expect(atomic_load_explicit(&sys->stopping, memory_order_relaxed), 0)) {
        runtime_dead_letter(sys, to, msg);
        return AK_SEND_REFUSED;
    }
    return tell(sys, to, msg);
}

size_t ak_actor_tell_many(struct ak_system *sys, struct ak_pid to, struct ak_msg *const *msgs,
                          size_t count)
{
    size_t sent = 0;
    for (size_t i = 0; i < count; i++) {
        sent += ak_actor_tell(sys, to, AK_NOBODY, msgs[i]) == AK_SENT;
    }
    return sent;
}

struct ak_pid ak_actor_find(struct ak_system *sys, const char *name)
{
    return runtime_names_find(sys, name, strlen(name));
}

void ak_actor_stop(struct ak_system *sys, struct ak_pid pid)
{
    struct actor *a = runtime_cell_of(sys, pid);
    if (a != NULL && pid.slot >= SLOT_FIRST_FREE) {
        runtime_signal(sys, a, pid.gen, SIGNAL_STOP);
    }
}

bool ak_actor_is_alive(struct ak_system *sys, struct ak_pid pid)
{
    const struct actor *a = runtime_cell_of(sys, pid);
    return a != NULL && atomic_load(&a->inbox) != INBOX_CLOSED;
}

bool ak_actor_name(struct ak_system *sys, struct ak_pid pid, char out_name[256])
{
    return runtime_names_copy(sys, pid, out_name);
}

void runtime_dead_letter(struct ak_system *sys, struct ak_pid to, struct ak_msg *m)
{
    if ((m->flags & MSG_INTERNAL) != 0) {
        if (m->type == INTERNAL_WATCH) { /* the watched actor is gone: tell the watcher so */
            m->next = NULL;
            runtime_watch_notify(sys, to, m);
        } else {
            ak_msg_free(m);
        }
        return;
    }
    RUNTIME_COUNT(sys, dead_letters, 1);
    runtime_event_publish(sys, AK_EVENT_DEAD_LETTER, to, m->sender, m->type);
    const struct ak_pid asker = m->sender;
    if ((asker.slot & FUTURE_SLOT) != 0) {
        runtime_future_complete(sys, asker, NULL);
    } else if (m->tag != 0 && (m->flags & MSG_REPLY) == 0 && asker.slot != SLOT_NOBODY) {
        m->type = INTERNAL_TIMEOUT; /* the block itself carries the news to the asker */
        m->flags = (m->flags & MSG_TIMED) | MSG_INTERNAL;
        runtime_send(sys, asker, m);
        return;
    }
    ak_msg_free(m);
}
