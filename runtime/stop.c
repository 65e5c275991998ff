/* Stopping a tree of actors: children before parents, each PostStop with the actor's turn owned.
 *
 * The owner of the root's turn walks down without recursion. Of each actor's children it claims the
 * idle ones under the parent's tree lock, up to STOP_BATCH at a time, and takes them off the list
 * as a chain; busy ones get a signal (and move to the list's end, marked). Leaves of the chain end
 * at once, with one update of the parent's count for the batch; others are walked into. An actor
 * whose busy children remain gives its turn back as STOPPING; the last child to end signals
 * CHILDREN_GONE. Nothing is allocated. Cost: one lock per batch, one compare-and-swap per idle
 * actor. */
#include "core.h"
#include "event.h"
#include "ext.h"
#include "grain.h"
#include "request.h"
#include "runtime/prof.h"
#include "timer.h"

enum { STOP_BATCH = 64, AHEAD = 12 };

static void dead_letters(struct ak_system *sys, struct ak_pid pid, struct msg_list *list)
{
    struct ak_msg *m;
    while ((m = msg_list_pop(list)) != NULL) {
        runtime_dead_letter(sys, pid, m);
    }
}

/* After the last drain. */
static struct ak_msg *take_watchers(struct actor *a)
{
    struct ak_msg *watchers = a->ext != NULL ? a->ext->watchers : NULL;
    if (watchers != NULL) {
        a->ext->watchers = NULL;
    }
    return watchers;
}

void runtime_stop_close(struct turn *t, struct actor *a)
{
    struct ak_system *sys = t->sys;
    const struct ak_pid pid = actor_pid(a);
    runtime_turn_drain(sys, a, INBOX_CLOSED);
    struct ak_msg *watchers = take_watchers(a);
    struct msg_list rest = a->pending;
    a->pending = (struct msg_list){0};
    if (rest.head != NULL && actor_has(a, ACTOR_GRAIN)) {
        runtime_grain_ended(sys, a, &rest);
    }
    runtime_ext_free(sys, a);
    actor_set_phase(a, PHASE_FREE);
    atomic_store_explicit(&a->gate, (uint64_t)(pid.gen + 1) << 32, memory_order_release);
    a->run_next = t->freed;
    t->freed_last = t->freed != NULL ? t->freed_last : a;
    t->freed = a;
    runtime_event_publish(sys, AK_EVENT_STOPPED, pid, AK_NOBODY, 0);
    dead_letters(sys, pid, &rest);
    runtime_watch_notify(sys, pid, watchers);
}

static void post_stop(struct turn *t, struct actor *a)
{
    actor_set_phase(a, PHASE_POST_STOP);
    if (a->class->post_stop == NULL) {
        return;
    }
    struct actor *outer = t->actor;
    struct ak_msg *msg = t->msg;
    t->actor = a;
    t->msg = NULL;
    t->sender = AK_NOBODY;
    runtime_turn_label(t, a);
    const char *const message = runtime_turn_label_phase(t, "PostStop");
    a->class->post_stop((struct ak_ctx *)(void *)t);
    (void)runtime_turn_label_phase(t, message);
    t->actor = outer;
    t->msg = msg;
}

/* Gives back the cells that ended. */
static void flush(struct turn *t)
{
    if (t->freed != NULL) {
        runtime_cells_give(t->sys, t->freed, t->freed_last);
        t->freed = NULL;
    }
}

/* Before the parent learns it: whoever waits for the parent sees the count. */
static void count_stopped(struct ak_system *sys, size_t n)
{
    RUNTIME_COUNT(sys, stopped, n);
    atomic_fetch_sub(&sys->live, n);
}

/* Ends an actor without children, whose turn the caller owns, but for its place in the tree. */
static void end_actor(struct turn *t, struct actor *a)
{
    post_stop(t, a);
    if (!t->bulk || actor_has(a, ACTOR_LONG_NAME)) {
        runtime_names_remove(t->sys, a);
    }
    runtime_state_free(a);
    runtime_stop_close(t, a);
}

void runtime_stop_leave_parent(struct ak_system *sys, struct actor *a, uint32_t count)
{
    struct actor *parent = runtime_cell_at(sys, a->parent);
    pthread_mutex_t *lock = runtime_tree_lock(sys, parent->slot);
    (void)pthread_mutex_lock(lock);
    if (!actor_has(a, ACTOR_DETACHED)) {
        runtime_cell_at(sys, a->prev_sibling)->next_sibling = a->next_sibling;
        runtime_cell_at(sys, a->next_sibling)->prev_sibling = a->prev_sibling;
        if (atomic_load_explicit(&parent->first_child, memory_order_relaxed) == a->slot) {
            atomic_store_explicit(&parent->first_child,
                                  a->next_sibling == a->slot ? 0 : a->next_sibling,
                                  memory_order_relaxed);
        }
    }
    const uint32_t left =
        atomic_fetch_sub_explicit(&parent->child_count, count, memory_order_relaxed) - count;
    if (left == 0 && parent->awaits_children) {
        parent->awaits_children = false;
        runtime_signal(sys, parent, actor_gen(parent), SIGNAL_CHILDREN_GONE);
    }
    (void)pthread_mutex_unlock(lock);
}

/* `count` claimed leaves have ended; the caller owns the parent, so nobody awaits them. */
static void count_ended(struct ak_system *sys, struct actor *parent, uint32_t count)
{
    if (count > 0) {
        count_stopped(sys, count);
        pthread_mutex_t *lock = runtime_tree_lock(sys, parent->slot);
        (void)pthread_mutex_lock(lock);
        atomic_fetch_sub_explicit(&parent->child_count, count, memory_order_relaxed);
        (void)pthread_mutex_unlock(lock);
    }
}

static void ask_to_stop(struct ak_system *sys, struct actor *c)
{
    if (sys->opts.stop_mode == AK_STOP_MESSAGE) {
        struct ak_msg *m = ak_msg_new(INTERNAL_STOP, 0);
        if (m != NULL) {
            m->flags |= MSG_INTERNAL | MSG_UNCOUNTED;
            m->to_gen = actor_gen(c);
            (void)runtime_push(sys, c, m);
            return;
        }
    }
    runtime_signal(sys, c, actor_gen(c), SIGNAL_STOP);
}

/* Takes the head off the circular list; the lock is held. */
static void unlink_head(struct ak_system *sys, struct actor *parent, struct actor *c)
{
    if (c->next_sibling == c->slot) {
        atomic_store_explicit(&parent->first_child, 0, memory_order_relaxed);
        return;
    }
    runtime_cell_at(sys, c->prev_sibling)->next_sibling = c->next_sibling;
    runtime_cell_at(sys, c->next_sibling)->prev_sibling = c->prev_sibling;
    atomic_store_explicit(&parent->first_child, c->next_sibling, memory_order_relaxed);
}

/* Children are mostly spawned one after the other and then stand in neighbouring cells: fetches
 * what a claim and an end touch of a cell that will come soon. */
static inline void fetch_ahead(const struct ak_system *sys, uint32_t slot)
{
    if (slot + AHEAD < atomic_load_explicit(&sys->cells_used, memory_order_relaxed)) {
        const char *soon = (const char *)runtime_cell_at(sys, slot + AHEAD);
        __builtin_prefetch(soon, 1);
        __builtin_prefetch(soon + 64, 1);
    }
}

/* Claims up to STOP_BATCH idle children as a chain (next_sibling, 0 ends) and asks busy ones to
 * stop. Returns the chain's first slot; 0 when every child was seen. */
static uint32_t take_children(struct ak_system *sys, struct actor *a)
{
    if (atomic_load_explicit(&a->first_child, memory_order_relaxed) == 0) {
        return 0;
    }
    uint32_t chain = 0;
    struct actor *last = NULL;
    pthread_mutex_t *lock = runtime_tree_lock(sys, a->slot);
    (void)pthread_mutex_lock(lock);
    for (unsigned n = 0; n < STOP_BATCH;) {
        const uint32_t slot = atomic_load_explicit(&a->first_child, memory_order_relaxed);
        struct actor *c = slot != 0 ? runtime_cell_at(sys, slot) : NULL;
        if (c == NULL || c->stop_seen) {
            break;
        }
        fetch_ahead(sys, slot);
        if (sys->opts.stop_mode == AK_STOP_CLAIM && actor_claim(c)) {
            unlink_head(sys, a, c);
            actor_set_flag(c, ACTOR_DETACHED, true);
            c->next_sibling = 0;
            if (last == NULL) {
                chain = slot;
            } else {
                last->next_sibling = slot;
            }
            last = c;
            n++;
        } else {
            c->stop_seen = true;
            atomic_store_explicit(&a->first_child, c->next_sibling, memory_order_relaxed);
            ask_to_stop(sys, c);
        }
    }
    (void)pthread_mutex_unlock(lock);
    return chain;
}

static void mark_stopping(struct ak_system *sys, struct actor *a)
{
    pthread_mutex_t *lock = runtime_tree_lock(sys, a->slot);
    (void)pthread_mutex_lock(lock);
    actor_set_phase(a, PHASE_STOPPING);
    (void)pthread_mutex_unlock(lock);
}

static bool is_leaf(const struct actor *a)
{
    return atomic_load_explicit(&a->child_count, memory_order_acquire) == 0;
}

/* True: all children have ended. False: the last of them will signal. */
static bool settle(struct ak_system *sys, struct actor *a)
{
    if (is_leaf(a)) {
        return true;
    }
    pthread_mutex_t *lock = runtime_tree_lock(sys, a->slot);
    (void)pthread_mutex_lock(lock);
    const bool done = is_leaf(a);
    a->awaits_children = !done;
    (void)pthread_mutex_unlock(lock);
    return done;
}

/* Stops the leaves of a chain until one has children; returns that one, or NULL at the end. */
static struct actor *end_leaves(struct turn *t, struct actor *parent, uint32_t *chain)
{
    uint32_t ended = 0;
    struct actor *inner = NULL;
    while (*chain != 0 && inner == NULL) {
        struct actor *c = runtime_cell_at(t->sys, *chain);
        if (!is_leaf(c)) {
            actor_set_flag(c, ACTOR_RESTARTING, false); /* it ends instead */
            inner = c;
            break;
        }
        *chain = c->next_sibling;
        end_actor(t, c);
        ended++;
    }
    count_ended(t->sys, parent, ended);
    return inner;
}

static void guardian_done(struct ak_system *sys)
{
    atomic_fetch_add(&sys->guardians_done, 1);
    runtime_futex_wake(&sys->guardians_done);
}

static void restart(struct turn *t, struct actor *a)
{
    struct ak_system *sys = t->sys;
    post_stop(t, a);
    runtime_state_free(a);
    runtime_ext_restart(sys, a);
    a->receive = a->class->receive;
    actor_set_flag(a, ACTOR_RESTARTING, false);
    actor_set_phase(a, PHASE_STARTING);
    RUNTIME_COUNT(sys, restarts, 1);
    runtime_event_publish(sys, AK_EVENT_RESTARTED, actor_pid(a), AK_NOBODY, 0);
    const int reason = runtime_actor_start(t, a, NULL);
    if (reason == 0) {
        actor_set_phase(a, PHASE_RUNNING);
    } else {
        struct turn own = {.sys = sys, .worker = t->worker, .actor = a};
        runtime_turn_failed(&own, reason);
    }
    runtime_schedule_last(sys, a);
}

/* Ends (or starts again) an actor all of whose children have ended; the caller loses the turn. */
static void finish(struct turn *t, struct actor *a)
{
    struct ak_system *sys = t->sys;
    if (actor_has(a, ACTOR_RESTARTING)) {
        restart(t, a);
        return;
    }
    if (actor_has(a, ACTOR_GUARDIAN)) {
        flush(t);
        actor_set_phase(a, PHASE_FREE);
        const struct ak_pid pid = actor_pid(a);
        runtime_turn_drain(sys, a, INBOX_CLOSED);
        struct ak_msg *watchers = take_watchers(a);
        runtime_ext_free(sys, a);
        dead_letters(sys, pid, &a->pending);
        runtime_watch_notify(sys, pid, watchers);
        guardian_done(sys);
        return;
    }
    post_stop(t, a);
    if (!t->bulk || actor_has(a, ACTOR_LONG_NAME)) {
        runtime_names_remove(sys, a);
    }
    runtime_state_free(a);
    count_stopped(sys, 1);
    /* Before the cell closes: a stopper that finds it in the list must signal this use of it. */
    runtime_stop_leave_parent(sys, a, 1);
    runtime_stop_close(t, a);
}

void runtime_stop_tree(struct turn *t, struct actor *root)
{
    struct ak_system *sys = t->sys;
    struct actor *a = root;
    t->bulk = actor_has(root, ACTOR_GUARDIAN);
    mark_stopping(sys, root);
    uint32_t chain = take_children(sys, root);
    for (;;) {
        struct actor *inner = end_leaves(t, a, &chain);
        if (inner != NULL) { /* its later siblings wait in the chain behind it */
            a = inner;
            mark_stopping(sys, a);
            chain = take_children(sys, a);
            continue;
        }
        chain = take_children(sys, a);
        if (chain != 0) {
            continue;
        }
        struct actor *parent = runtime_cell_at(sys, a->parent);
        const bool at_root = a == root;
        const uint32_t next = at_root ? 0 : a->next_sibling;
        if (settle(sys, a)) {
            finish(t, a);
        } else {
            runtime_schedule_last(sys, a); /* its own turn gives it back */
        }
        if (at_root) {
            break;
        }
        a = parent;
        chain = next;
    }
    flush(t);
}

bool runtime_stop_children_gone(struct turn *t, struct actor *a)
{
    if (!settle(t->sys, a)) {
        return false;
    }
    t->bulk = false;
    finish(t, a);
    flush(t);
    return true;
}
