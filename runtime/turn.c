/* An actor's turn: signals first, then messages, then the turn is given back. */
#include "base/clock.h"
#include "core.h"
#include "event.h"
#include "ext.h"
#include "grain.h"
#include "mailbox.h"
#include "msg_wait.h"
#include "request.h"
#include "runtime/prof.h"
#include "runtime/supervision.h"
#include "sim.h"

enum { SLICE = 32, TURN_NS = 50000, FLOOD = 4096 };

uintptr_t runtime_inbox_push(struct actor *a, struct ak_msg *m)
{
    uintptr_t word = atomic_load_explicit(&a->inbox, memory_order_relaxed);
    do {
        if (word == INBOX_CLOSED) {
            return word;
        }
        m->next = inbox_is_chain(word) ? (struct ak_msg *)word : NULL;
    } while (!atomic_compare_exchange_weak_explicit(&a->inbox, &word, (uintptr_t)m,
                                                    memory_order_acq_rel, memory_order_relaxed));
    return word;
}

/* Tells an actor whose turn this worker owns, or can claim, without another step of the mailbox's
 * protocol: the message joins what the turn will handle. An actor in the LIFO slot can be run by
 * nobody else. What stands in the inbox was told earlier, perhaps by the same sender: then the
 * message has to go behind it. False: not this way. */
static inline bool push_owned(struct worker *w, struct actor *a, struct ak_msg *m)
{
    const uintptr_t word = atomic_load_explicit(&a->inbox, memory_order_relaxed);
    if (word > INBOX_BUSY || (m->flags & MSG_INTERNAL) != 0 || actor_has(a, ACTOR_ORDERED)) {
        return false;
    }
    if (w->lifo == a) {
        msg_list_push(&a->pending, m);
        return true;
    }
    if (word != INBOX_IDLE || !actor_claim(a)) {
        return false;
    }
    if (__builtin_expect(actor_gen(a) == m->to_gen, 1)) {
        msg_list_push(&a->pending, m);
        runtime_schedule(w->sys, a);
        return true;
    }
    if (!runtime_turn_release(a)) { /* the cell serves another actor since it was looked up */
        runtime_schedule(w->sys, a);
    }
    return false;
}

bool runtime_push(struct ak_system *sys, struct actor *a, struct ak_msg *m)
{
    struct worker *w = runtime_worker_here(sys);
    if (w != NULL && push_owned(w, a, m)) {
        return true;
    }
    const uintptr_t before = runtime_inbox_push(a, m);
    if (before == INBOX_IDLE) {
        runtime_schedule(sys, a);
    } else if (w != NULL && actor_has(a, ACTOR_FLOODED)) {
        w->floods = true;
        w->flooded_home = atomic_load_explicit(&a->home, memory_order_relaxed);
    }
    return before != INBOX_CLOSED;
}

void runtime_send(struct ak_system *sys, struct ak_pid to, struct ak_msg *m)
{
    if ((to.slot & FUTURE_SLOT) != 0) {
        runtime_future_complete(sys, to, m);
        return;
    }
    m->to_gen = to.gen;
    m->flags |= MSG_UNCOUNTED;
    runtime_msg_wait_begin(m);
    struct actor *a = runtime_cell_of(sys, to);
    if (a == NULL || !runtime_push(sys, a, m)) {
        runtime_dead_letter(sys, to, m);
    }
}

void runtime_signal(struct ak_system *sys, struct actor *a, uint32_t gen, uint32_t signals)
{
    uint64_t gate = atomic_load(&a->gate);
    do {
        if ((uint32_t)(gate >> 32) != gen) {
            return;
        }
    } while (!atomic_compare_exchange_weak(&a->gate, &gate, gate | signals));
    if (actor_claim(a)) {
        runtime_schedule(sys, a);
    }
}

void runtime_turn_drain(struct ak_system *sys, struct actor *a, uintptr_t leave)
{
    const uintptr_t word = atomic_exchange_explicit(&a->inbox, leave, memory_order_acq_rel);
    if (!inbox_is_chain(word)) {
        return;
    }
    const uint32_t gen = actor_gen(a);
    size_t count = 0;
    struct msg_list user = {0};
    struct msg_list internal = {0};
    struct ak_msg *next;
    for (struct ak_msg *m = (struct ak_msg *)word; m != NULL; m = next) {
        next = m->next;
        count++;
        if (m->to_gen != gen) { /* told to an earlier actor of this cell */
            runtime_dead_letter(sys, (struct ak_pid){a->slot, m->to_gen}, m);
            continue;
        }
        struct msg_list *list = (m->flags & MSG_INTERNAL) != 0 ? &internal : &user;
        m->next = list->head; /* newest first becomes oldest first */
        if (list->head == NULL) {
            list->tail = m;
        }
        list->head = m;
    }
    const bool was_flooded = actor_has(a, ACTOR_FLOODED);
    const bool is_flooded = count >= FLOOD || (was_flooded && a->pending.head != NULL);
    if (was_flooded != is_flooded) {
        actor_set_flag(a, ACTOR_FLOODED, is_flooded);
    }
    if (actor_has(a, ACTOR_ORDERED)) {
        runtime_mailbox_take(a->ext->mailbox, &user);
    } else if (user.head != NULL) {
        if (a->pending.head == NULL) {
            a->pending.head = user.head;
        } else {
            a->pending.tail->next = user.head;
        }
        a->pending.tail = user.tail;
    }
    msg_list_prepend(&a->pending, &internal);
}

bool runtime_turn_release(struct actor *a)
{
    uintptr_t busy = INBOX_BUSY;
    if (!atomic_compare_exchange_strong(&a->inbox, &busy, INBOX_IDLE)) {
        return false;
    }
    /* Whoever set a signal before this moment could not claim; who sets one later can. */
    return actor_signals(a) == 0 || !actor_claim(a);
}

void runtime_turn_failed(struct turn *t, int reason)
{
    struct actor *a = t->actor;
    RUNTIME_COUNT(t->sys, failures, 1);
    runtime_event_publish(t->sys, AK_EVENT_FAILED, actor_pid(a), AK_NOBODY, (uint32_t)reason);
    actor_set_phase(a, PHASE_SUSPENDED);
    const struct ak_child_failed what = {actor_pid(a), reason};
    struct ak_msg *m = ak_msg_of(INTERNAL_FAILED, &what, sizeof what);
    struct actor *parent = runtime_cell_at(t->sys, a->parent);
    if (m == NULL) { /* no memory to ask: the actor ends */
        runtime_signal(t->sys, a, actor_gen(a), SIGNAL_STOP);
        return;
    }
    m->flags |= MSG_INTERNAL;
    runtime_send(t->sys, actor_pid(parent), m);
}

static void handle_internal(struct turn *t, struct ak_msg *m)
{
    struct actor *a = t->actor;
    switch (m->type) {
    case INTERNAL_STOP:
        runtime_signal(t->sys, a, actor_gen(a), SIGNAL_STOP);
        break;
    case INTERNAL_WATCH:
        runtime_watch_add(a, m); /* keeps m */
        return;
    case INTERNAL_UNWATCH:
        runtime_watch_remove(a, m);
        break;
    case INTERNAL_FAILED:
        runtime_supervise(t, m);
        break;
    case INTERNAL_TIMEOUT:
        runtime_request_timeout(t, m->tag);
        break;
    default:
        break;
    }
    ak_msg_free(m);
}

static void deliver(struct turn *t, struct ak_msg *m)
{
    struct actor *a = t->actor;
    t->msg = m;
    t->sender = m->sender;
    t->tag = m->tag;
    t->labels->message_code = (uint64_t)m->type + 1;
    runtime_msg_wait_end(m, a->receive);
    struct ak_ctx *ctx = (struct ak_ctx *)(void *)t;
    const int reason =
        (m->flags & MSG_REPLY) != 0 ? runtime_request_reply(t, m) : a->receive(ctx, m);
    if (t->msg != NULL) {
        ak_msg_free(t->msg);
        t->msg = NULL;
    }
    t->handled++;
    if (__builtin_expect(reason != 0, 0)) {
        runtime_turn_failed(t, reason);
    }
}

/* The next message that this phase may handle, or NULL. */
static struct ak_msg *next_message(struct turn *t)
{
    struct actor *a = t->actor;
    struct ak_msg *m = a->pending.head;
    if (m != NULL && (m->flags & MSG_INTERNAL) != 0) {
        return msg_list_pop(&a->pending);
    }
    if (__builtin_expect(actor_phase(a) == PHASE_SUSPENDED, 0)) {
        return NULL;
    }
    if (m != NULL) {
        (void)msg_list_pop(&a->pending);
    } else if (actor_has(a, ACTOR_ORDERED)) {
        m = runtime_mailbox_next(a->ext->mailbox);
    }
    if (m != NULL && actor_has(a, ACTOR_BOUNDED) && (m->flags & MSG_UNCOUNTED) == 0) {
        runtime_mailbox_left(a);
    }
    return m;
}

/* Handles messages until there is none, a signal came, or the budget is used. */
static void run_messages(struct turn *t, unsigned *budget)
{
    struct actor *a = t->actor;
    while (*budget > 0 && actor_signals(a) == 0) {
        struct ak_msg *m = next_message(t);
        if (m == NULL) {
            return;
        }
        --*budget;
        if ((m->flags & MSG_INTERNAL) != 0) {
            handle_internal(t, m);
        } else if (__builtin_expect(actor_phase(a) == PHASE_STOPPING, 0)) {
            runtime_dead_letter(t->sys, actor_pid(a), m);
        } else {
            deliver(t, m);
        }
    }
}

/* False when the actor has ended or waits for its children: the turn is lost. */
static bool handle_signals(struct turn *t, uint32_t signals)
{
    struct actor *a = t->actor;
    atomic_fetch_and(&a->gate, ~(uint64_t)signals);
    t->labels->message_code = 0;
    const bool stopping = actor_phase(a) == PHASE_STOPPING;
    if ((signals & SIGNAL_START) != 0 && actor_phase(a) == PHASE_STARTING) {
        runtime_grain_start(t, a);
    }
    if ((signals & SIGNAL_STOP) != 0) {
        actor_set_flag(a, ACTOR_RESTARTING, false);
    }
    if ((signals & SIGNAL_CHILDREN_GONE) != 0 && stopping) {
        return !runtime_stop_children_gone(t, a);
    }
    if (stopping) {
        return true;
    }
    if ((signals & (SIGNAL_STOP | SIGNAL_PASSIVATE)) != 0) {
        if ((signals & SIGNAL_STOP) == 0 && !runtime_passivate_still_due(t->sys, a)) {
            return true;
        }
        runtime_stop_tree(t, a);
        return false;
    }
    if ((signals & SIGNAL_RESTART) != 0) {
        actor_set_flag(a, ACTOR_RESTARTING, true);
        runtime_stop_tree(t, a);
        return false;
    }
    if ((signals & SIGNAL_RESUME) != 0 && actor_phase(a) == PHASE_SUSPENDED) {
        actor_set_phase(a, PHASE_RUNNING);
    }
    return true;
}

/* A long name is freed with its actor while a signal handler may still read it: no label. */
static inline void label(struct ak_prof_labels *labels, const struct actor *a)
{
    const struct ak_actor_class *class = atomic_load_explicit(&a->class, memory_order_relaxed);
    labels->actor = actor_has(a, ACTOR_NAMED) ? a->name : NULL;
    labels->kind = class->kind;
    labels->messages = class->messages;
}

void runtime_turn_label(struct turn *t, const struct actor *a)
{
    if (t->labels != NULL) {
        label(t->labels, a);
    }
}

const char *runtime_turn_label_phase(struct turn *t, const char *phase)
{
    if (t->labels == NULL) {
        return NULL;
    }
    const char *const before = t->labels->message;
    t->labels->message = phase;
    return before;
}

/* True: the batch is used up and messages wait. */
static bool has_messages(const struct actor *a)
{
    return a->pending.head != NULL ||
           (actor_has(a, ACTOR_ORDERED) && runtime_mailbox_has(a->ext->mailbox));
}

/* Adds what the turn has handled to the actor's own count, before the actor can end. */
static void book_messages(struct turn *t)
{
    runtime_counter_add(&t->actor->messages, t->handled);
    t->handled = 0;
}

/* A turn that used up its batch goes on with what stood in the mailbox when it began, for TURN_NS
 * at most: many short messages are handled while they are in this core's cache. Returns how many
 * it handled; *out_full: there are more. */
__attribute__((noinline)) static unsigned go_on(struct turn *t, bool *out_full)
{
    int64_t until_ns = 0;
    unsigned done = 0;
    while ((*out_full = has_messages(t->actor)) && actor_signals(t->actor) == 0) {
        const int64_t now = ak_clock_monotonic_ns();
        until_ns = until_ns != 0 ? until_ns : now + TURN_NS;
        if (now >= until_ns) {
            break;
        }
        unsigned left = SLICE;
        run_messages(t, &left);
        done += SLICE - left;
        if (left > 0) {
            *out_full = false;
            break;
        }
    }
    return done;
}

/* Counts what a turn did. */
static inline void count_turn(struct turn *t, struct worker *w, unsigned messages)
{
    if (w != NULL) {
        runtime_counter_add(&w->count.turns, 1);
        runtime_counter_add(&w->count.messages, messages);
    } else {
        struct counters *c = &t->sys->outside;
        atomic_fetch_add_explicit(&c->turns, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&c->messages, messages, memory_order_relaxed);
    }
}

/* The turn is over: gives it back, or queues the actor when there is more. */
static inline void end_turn(struct turn *t, struct worker *w, struct actor *a, bool full)
{
    if (__builtin_expect(!full && runtime_turn_release(a), 1)) {
        return;
    }
    if (w != NULL && w->floods) {
        runtime_hold_back(w, a);
    } else {
        runtime_schedule_last(t->sys, a);
    }
}

/* What arrives while the turn runs waits for the next turn, behind the other actors: a turn ends.
 */
static inline void run(struct turn *t, struct worker *w, struct actor *a, unsigned batch,
                       bool exact)
{
    unsigned left = batch;
    unsigned more = 0;
    bool full = false;
    bool owned = true;
    t->actor = a;
    label(t->labels, a);
    for (uint32_t signals = actor_signals(a);; signals = actor_signals(a)) {
        if (__builtin_expect(signals != 0, 0)) {
            book_messages(t);
            owned = handle_signals(t, signals);
            if (!owned) {
                break;
            }
        }
        if (left == batch &&
            inbox_is_chain(atomic_load_explicit(&a->inbox, memory_order_relaxed))) {
            runtime_turn_drain(t->sys, a, INBOX_BUSY);
        }
        run_messages(t, &left);
        if (__builtin_expect(left == 0, 0)) {
            full = has_messages(a);
            more += !exact && full ? go_on(t, &full) : 0;
        }
        if (actor_signals(a) == 0) {
            break;
        }
    }
    count_turn(t, w, batch - left + more);
    if (owned) {
        book_messages(t);
        if (__builtin_expect(actor_has(a, ACTOR_PASSIVATES), 0) && batch - left > 0) {
            runtime_passivate_touch(t->sys, a);
        }
        end_turn(t, w, a, full);
    }
    t->labels->actor = t->labels->kind = NULL;
    t->labels->message_code = 0;
}

void runtime_turn_run(struct ak_system *sys, struct worker *w, struct actor *a)
{
    if (__builtin_expect(w != NULL, 1)) {
        w->floods = false;
        atomic_store_explicit(&a->home, (uint8_t)w->index, memory_order_relaxed);
        run(&w->ctx.turn, w, a, sys->batch, sys->batch_fixed);
        return;
    }
    struct ak_prof_labels labels = {0};
    struct ak_ctx ctx = {.turn = {.sys = sys, .labels = &labels}};
    const struct ak_prof_labels *before = ak_prof_labels_set(&labels);
    run(&ctx.turn, NULL, a, runtime_sim_batch(sys), true);
    (void)ak_prof_labels_set(before);
}
