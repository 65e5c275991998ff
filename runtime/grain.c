/* Grains: actors below the grains' guardian, found by "kind/id" in the table of names. Whoever
 * enters the name first activates; the others tell the one that is there. */
#include "grain.h"

#include "ext.h"
#include "passivate.h"
#include "runtime/grain.h"

#include <stdio.h>
#include <string.h>

enum { TRIES = 1000 };

/* "kind/id". False when it is too long. */
static bool full_name(const struct ak_grain_kind *kind, const char *id,
                      char out[NAME_MAX_BYTES + 1])
{
    const int n = snprintf(out, NAME_MAX_BYTES + 1, "%s/%s", kind->class.kind, id);
    return n > 0 && n <= NAME_MAX_BYTES;
}

static const struct ak_grain_kind *kind_of(const struct actor *a)
{
    /* `class` is the first member of the kind that the grain was activated with. */
    return (const struct ak_grain_kind *)(const void *)a->class;
}

/* Makes the grain unless it is there. False: it cannot be made. */
static bool activate(struct ak_system *sys, const struct ak_grain_kind *kind, const char *name)
{
    const bool passivates = kind->passivation.after_ns > 0 || kind->passivation.after_messages > 0;
    const struct ak_spawn_opts opts = {.class = &kind->class,
                                       .name = name,
                                       .supervisor = kind->supervisor,
                                       .passivation = passivates ? &kind->passivation : NULL};
    struct ak_pid pid;
    struct ak_pid other;
    struct actor *a = runtime_spawn_grain(sys, &opts, &pid, &other);
    if (a == NULL) {
        return other.slot != SLOT_NOBODY;
    }
    runtime_schedule(sys, a); /* owned since it was made: its first turn starts it */
    return true;
}

/* Pushes msg to the grain; one that ends meanwhile is activated again. */
static enum ak_send push(struct ak_system *sys, const struct ak_grain_kind *kind, const char *name,
                         struct ak_msg *msg)
{
    for (unsigned i = 0; i < TRIES; i++) {
        if (runtime_names_push(sys, ak_str_from(name), msg)) {
            return AK_SENT;
        }
        if (!activate(sys, kind, name)) {
            break;
        }
    }
    runtime_dead_letter(sys, AK_NOBODY, msg);
    return AK_SEND_DEAD;
}

enum ak_send ak_grain_tell(struct ak_system *sys, const struct ak_grain_kind *kind, const char *id,
                           struct ak_pid from, struct ak_msg *msg)
{
    char name[NAME_MAX_BYTES + 1];
    msg->sender = from;
    if (atomic_load_explicit(&sys->stopping, memory_order_relaxed)) {
        runtime_dead_letter(sys, AK_NOBODY, msg);
        return AK_SEND_REFUSED;
    }
    if (!full_name(kind, id, name)) {
        runtime_dead_letter(sys, AK_NOBODY, msg);
        return AK_SEND_DEAD;
    }
    return push(sys, kind, name, msg);
}

struct ak_pid ak_grain_find(struct ak_system *sys, const struct ak_grain_kind *kind, const char *id)
{
    char name[NAME_MAX_BYTES + 1];
    return full_name(kind, id, name) ? runtime_names_find(sys, name, strlen(name)) : AK_NOBODY;
}

void runtime_grain_start(struct turn *t, struct actor *a)
{
    const int reason = runtime_actor_start(t, a, kind_of(a)->arg);
    if (reason == 0) {
        actor_set_phase(a, PHASE_RUNNING);
        return;
    }
    a->class = &runtime_failed_grain; /* no PostStop for what never started */
    RUNTIME_COUNT(t->sys, failures, 1);
    actor_set_flag(a, ACTOR_GRAIN, false);
    runtime_signal(t->sys, a, actor_gen(a), SIGNAL_STOP);
}

static int refuse(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)ctx;
    (void)msg;
    return 0;
}
AK_ACTOR_HANDLER(refuse);

const struct ak_actor_class runtime_failed_grain = {.kind = "failed grain", .receive = refuse};

void runtime_grain_ended(struct ak_system *sys, const struct actor *a, struct msg_list *rest)
{
    if (rest->head == NULL || atomic_load_explicit(&sys->stopping, memory_order_relaxed)) {
        return;
    }
    char name[NAME_MAX_BYTES + 1];
    memcpy(name, runtime_actor_name(a), (size_t)a->name_len + 1);
    struct ak_msg *m;
    while ((m = msg_list_pop(rest)) != NULL) {
        if ((m->flags & MSG_INTERNAL) != 0) {
            runtime_dead_letter(sys, actor_pid(a), m);
        } else {
            (void)push(sys, kind_of(a), name, m);
        }
    }
}
