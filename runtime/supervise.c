/* Supervision, in the parent's turn. */
#include "core.h"
#include "runtime/supervision.h"

#include <string.h>

static enum ak_directive directive_for(const struct ak_supervisor *s, int reason)
{
    for (size_t i = 0; s != NULL && i < s->rule_count; i++) {
        if (s->rules[i].reason == AK_REASON_ANY || s->rules[i].reason == reason) {
            return s->rules[i].directive;
        }
    }
    return AK_DIRECTIVE_STOP;
}

/* Counts a restart of the suspended child c (so that nobody else writes these fields). False: one
 * too many in the window. */
static bool may_restart(struct ak_system *sys, struct actor *c)
{
    const struct ak_supervisor *s = c->supervisor;
    if (s->max_restarts == 0) {
        return true;
    }
    const int64_t now = ak_system_now_ns(sys);
    if (c->failures == 0 || (s->window_ns > 0 && now - c->window_start_ns > s->window_ns)) {
        c->window_start_ns = now;
        c->failures = 0;
    }
    return ++c->failures <= s->max_restarts;
}

static void signal_children(struct turn *t, uint32_t signals)
{
    struct ak_system *sys = t->sys;
    struct actor *parent = t->actor;
    pthread_mutex_t *lock = runtime_tree_lock(sys, parent->slot);
    (void)pthread_mutex_lock(lock);
    const uint32_t first = atomic_load_explicit(&parent->first_child, memory_order_relaxed);
    uint32_t slot = first;
    while (slot != 0) {
        struct actor *c = runtime_cell_at(sys, slot);
        runtime_signal(sys, c, actor_gen(c), signals);
        slot = c->next_sibling != first ? c->next_sibling : 0;
    }
    (void)pthread_mutex_unlock(lock);
}

void runtime_supervise(struct turn *t, const struct ak_msg *m)
{
    struct ak_child_failed what;
    memcpy(&what, ak_msg_view(m), sizeof what);
    struct actor *c = runtime_cell_of(t->sys, what.child);
    if (c == NULL) {
        return;
    }
    enum ak_directive d = directive_for(c->supervisor, what.reason);
    if (actor_phase(t->actor) == PHASE_STOPPING) {
        d = AK_DIRECTIVE_STOP;
    }
    if (d == AK_DIRECTIVE_ESCALATE) {
        if (actor_has(t->actor, ACTOR_GUARDIAN)) {
            d = AK_DIRECTIVE_STOP; /* nobody is above */
        } else {
            runtime_turn_failed(t, what.reason);
            return; /* the parent's fate decides the child's: a restart or a stop ends it */
        }
    }
    if (d == AK_DIRECTIVE_RESTART && !may_restart(t->sys, c)) {
        d = AK_DIRECTIVE_STOP;
    }
    static const uint32_t signals[] = {[AK_DIRECTIVE_STOP] = SIGNAL_STOP,
                                       [AK_DIRECTIVE_RESUME] = SIGNAL_RESUME,
                                       [AK_DIRECTIVE_RESTART] = SIGNAL_RESTART};
    if (c->supervisor != NULL && c->supervisor->strategy == AK_ONE_FOR_ALL &&
        d != AK_DIRECTIVE_RESUME) {
        signal_children(t, signals[d]);
    } else {
        runtime_signal(t->sys, c, what.child.gen, signals[d]);
    }
}
