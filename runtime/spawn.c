/* Starting an actor: cell, name, place in the tree, pre_start; then its mailbox is released. */
#include "core.h"
#include "event.h"
#include "ext.h"
#include "grain.h"
#include "mailbox.h"
#include "passivate.h"
#include "runtime/memory.h"
#include "runtime/prof.h"
#include "slab.h"

#include <string.h>

void runtime_state_free(struct actor *a)
{
    if (a->state != NULL) {
        runtime_slab_free(a->state, a->class->state_size);
        a->state = NULL;
    }
}

int runtime_actor_start(struct turn *t, struct actor *a, void *arg)
{
    const struct ak_actor_class *class = a->class;
    if (class->state_size > 0) {
        a->state = runtime_slab_alloc(class->state_size);
        if (a->state == NULL) {
            return -1;
        }
        memset(a->state, 0, class->state_size);
    }
    if (class->pre_start == NULL) {
        return 0;
    }
    struct ak_ctx ctx = {.turn = *t};
    ctx.turn.actor = a;
    ctx.turn.arg = arg;
    ctx.turn.msg = NULL;
    ctx.turn.sender = AK_NOBODY;
    const int reason = class->pre_start(&ctx);
    if (reason != 0) {
        runtime_state_free(a);
    }
    return reason;
}

/* Fills a cell whose inbox is CLOSED; it is owned (BUSY) afterwards. False: no memory. */
static bool set_up(struct ak_system *sys, struct actor *a, const struct ak_spawn_opts *opts,
                   const struct actor *parent)
{
    const size_t len = opts->name != NULL ? strlen(opts->name) : 0;
    a->pending = (struct msg_list){0};
    atomic_store_explicit(&a->class, opts->class, memory_order_relaxed);
    a->receive = opts->class->receive;
    a->state = NULL;
    a->ext = NULL;
    a->supervisor = opts->supervisor;
    a->parent = parent->slot;
    a->next_sibling = a->prev_sibling = 0;
    a->name_len = (uint8_t)len;
    atomic_store_explicit(&a->name_hash, 0, memory_order_relaxed);
    a->window_start_ns = 0;
    atomic_store_explicit(&a->failures, 0, memory_order_relaxed);
    a->awaits_children = a->stop_seen = false;
    a->name[0] = '\0';
    atomic_store_explicit(&a->first_child, 0, memory_order_relaxed);
    atomic_store_explicit(&a->child_count, 0, memory_order_relaxed);
    atomic_store_explicit(&a->messages, 0, memory_order_relaxed);
    atomic_store_explicit(&a->flags, 0, memory_order_relaxed);
    atomic_store_explicit(&a->spawn_stack, ak_prof_spawn_stack(), memory_order_relaxed);
    actor_set_phase(a, PHASE_STARTING);
    if (len > NAME_INLINE || opts->mailbox != NULL || opts->passivation != NULL) {
        struct actor_ext *ext = runtime_ext_of(a);
        if (ext == NULL || (opts->mailbox != NULL && !runtime_mailbox_attach(a, opts->mailbox))) {
            runtime_ext_free(sys, a);
            return false;
        }
        if (len > NAME_INLINE) {
            memcpy(ext->long_name, opts->name, len + 1);
            actor_set_flag(a, ACTOR_LONG_NAME, true);
        }
    }
    if (len > 0 && len <= NAME_INLINE) {
        memcpy(a->name, opts->name, len + 1);
        actor_set_flag(a, ACTOR_NAMED, true);
    }
    atomic_store_explicit(&a->name_hash, len > 0 ? runtime_name_hash(opts->name, len) : 0,
                          memory_order_relaxed);
    atomic_store_explicit(&a->inbox, INBOX_BUSY, memory_order_release);
    return true;
}

/* Puts a at the end of the parent's children. False: the parent is stopping. */
static bool link_child(struct ak_system *sys, struct actor *parent, struct actor *a)
{
    pthread_mutex_t *lock = runtime_tree_lock(sys, parent->slot);
    (void)pthread_mutex_lock(lock);
    const enum phase phase = actor_phase(parent);
    const bool open = phase == PHASE_RUNNING || phase == PHASE_STARTING;
    if (open) {
        const uint32_t first = atomic_load_explicit(&parent->first_child, memory_order_relaxed);
        if (first == 0) {
            a->next_sibling = a->prev_sibling = a->slot;
            atomic_store_explicit(&parent->first_child, a->slot, memory_order_relaxed);
        } else {
            struct actor *head = runtime_cell_at(sys, first);
            struct actor *tail = runtime_cell_at(sys, head->prev_sibling);
            a->next_sibling = first;
            a->prev_sibling = tail->slot;
            tail->next_sibling = a->slot;
            head->prev_sibling = a->slot;
        }
        atomic_fetch_add_explicit(&parent->child_count, 1, memory_order_relaxed);
    }
    (void)pthread_mutex_unlock(lock);
    return open;
}

/* Ends an owned cell that never ran; what was told to it meanwhile is dead. */
static void abandon(struct ak_system *sys, struct actor *a)
{
    runtime_names_remove(sys, a);
    struct turn t = {.sys = sys};
    runtime_stop_close(&t, a);
    runtime_cells_give(sys, t.freed, t.freed_last);
}

static struct ak_pid failed(enum ak_spawn_error *out_error, enum ak_spawn_error error)
{
    if (out_error != NULL) {
        *out_error = error;
    }
    return AK_NOBODY;
}

static enum ak_spawn_error check(const struct ak_system *sys, const struct ak_spawn_opts *opts)
{
    if (atomic_load_explicit(&sys->stopping, memory_order_acquire)) {
        return AK_SPAWN_STOPPING;
    }
    if (opts->name != NULL) {
        const size_t len = strnlen(opts->name, NAME_MAX_BYTES + 1);
        if (len == 0 || len > NAME_MAX_BYTES) {
            return AK_SPAWN_BAD_NAME;
        }
    }
    return AK_SPAWN_OK;
}

/* Cell, name and place in the tree. NULL on failure; *out_other is who has the name. */
static struct actor *prepare(struct ak_system *sys, struct actor *parent,
                             const struct ak_spawn_opts *opts, struct ak_pid *out_other,
                             enum ak_spawn_error *out_error)
{
    struct actor *a = runtime_cell_take(sys);
    *out_error = AK_SPAWN_NO_MEMORY;
    if (a == NULL) {
        return NULL;
    }
    if (!set_up(sys, a, opts, parent)) {
        runtime_cells_give(sys, a, a);
        return NULL;
    }
    if (a->name_hash != 0 && !runtime_names_add(sys, a, out_other)) {
        *out_error = out_other->slot != 0 ? AK_SPAWN_NAME_TAKEN : AK_SPAWN_NO_MEMORY;
        a->name_hash = 0;
        abandon(sys, a);
        return NULL;
    }
    if (!link_child(sys, parent, a)) {
        *out_error = AK_SPAWN_STOPPING;
        abandon(sys, a);
        return NULL;
    }
    atomic_fetch_add_explicit(&sys->live, 1, memory_order_relaxed);
    *out_error = AK_SPAWN_OK;
    return a;
}

/* Gives the turn back, or queues the actor when messages or signals came meanwhile. */
static void open_mailbox(struct ak_system *sys, struct actor *a)
{
    if (!runtime_turn_release(a)) {
        runtime_schedule(sys, a);
    }
}

struct ak_pid runtime_spawn(struct turn *t, struct actor *parent, const struct ak_spawn_opts *opts,
                            enum ak_spawn_error *out_error)
{
    struct ak_system *sys = t->sys;
    enum ak_spawn_error error = check(sys, opts);
    if (error != AK_SPAWN_OK) {
        return failed(out_error, error);
    }
    struct ak_pid other = AK_NOBODY;
    struct actor *a = prepare(sys, parent, opts, &other, &error);
    if (a == NULL) {
        return failed(out_error, error);
    }
    const int reason = runtime_actor_start(t, a, opts->arg);
    if (reason != 0) {
        runtime_stop_leave_parent(sys, a, 1);
        atomic_fetch_sub_explicit(&sys->live, 1, memory_order_relaxed);
        abandon(sys, a);
        return failed(out_error, AK_SPAWN_START_FAILED);
    }
    actor_set_phase(a, PHASE_RUNNING);
    if (opts->passivation != NULL) {
        runtime_passivate_enter(sys, a, opts->passivation);
    }
    RUNTIME_COUNT(sys, spawned, 1);
    const struct ak_pid pid = actor_pid(a);
    runtime_event_publish(sys, AK_EVENT_STARTED, pid, AK_NOBODY, 0);
    open_mailbox(sys, a);
    if (out_error != NULL) {
        *out_error = AK_SPAWN_OK;
    }
    return pid;
}

struct actor *runtime_spawn_grain(struct ak_system *sys, const struct ak_spawn_opts *opts,
                                  struct ak_pid *out_pid, struct ak_pid *out_other)
{
    enum ak_spawn_error error = check(sys, opts);
    *out_other = AK_NOBODY;
    if (error != AK_SPAWN_OK) {
        return NULL;
    }
    struct actor *parent = runtime_cell_at(sys, SLOT_GRAINS);
    struct actor *a = prepare(sys, parent, opts, out_other, &error);
    if (a == NULL) {
        return NULL;
    }
    actor_set_flag(a, ACTOR_GRAIN, true);
    if (opts->passivation != NULL) {
        runtime_passivate_enter(sys, a, opts->passivation);
    }
    atomic_fetch_or(&a->gate, SIGNAL_START);
    RUNTIME_COUNT(sys, activated, 1);
    *out_pid = actor_pid(a);
    return a;
}

struct ak_pid ak_actor_spawn(struct ak_system *sys, const struct ak_spawn_opts *opts,
                             enum ak_spawn_error *out_error)
{
    struct ak_ctx ctx = {.turn = {.sys = sys, .worker = runtime_worker_here(sys)}};
    return runtime_spawn(&ctx.turn, runtime_cell_at(sys, SLOT_USER), opts, out_error);
}

struct ak_pid ak_ctx_spawn(struct ak_ctx *ctx, const struct ak_spawn_opts *opts,
                           enum ak_spawn_error *out_error)
{
    return runtime_spawn(&ctx->turn, ctx->turn.actor, opts, out_error);
}
