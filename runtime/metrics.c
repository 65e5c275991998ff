#include "runtime/metrics.h"

#include "core.h"
#include "runtime/prof.h"

#include <string.h>

static void add(struct ak_system_metrics *m, const struct counters *c)
{
    m->messages += atomic_load_explicit(&c->messages, memory_order_relaxed);
    m->turns += atomic_load_explicit(&c->turns, memory_order_relaxed);
    m->spawned += atomic_load_explicit(&c->spawned, memory_order_relaxed);
    m->stopped += atomic_load_explicit(&c->stopped, memory_order_relaxed);
    m->activated += atomic_load_explicit(&c->activated, memory_order_relaxed);
    m->passivated += atomic_load_explicit(&c->passivated, memory_order_relaxed);
    m->dead_letters += atomic_load_explicit(&c->dead_letters, memory_order_relaxed);
    m->failures += atomic_load_explicit(&c->failures, memory_order_relaxed);
    m->restarts += atomic_load_explicit(&c->restarts, memory_order_relaxed);
    m->steals += atomic_load_explicit(&c->steals, memory_order_relaxed);
    m->parks += atomic_load_explicit(&c->parks, memory_order_relaxed);
    m->wakes += atomic_load_explicit(&c->wakes, memory_order_relaxed);
}

void ak_system_metrics(const struct ak_system *sys, struct ak_system_metrics *out)
{
    struct ak_system_metrics m = {.actors = ak_system_count(sys)};
    add(&m, &sys->outside);
    for (unsigned i = 0; sys->workers != NULL && i < sys->worker_count; i++) {
        add(&m, &sys->workers[i].count);
    }
    *out = m;
}

const char *runtime_actor_state(const struct actor *a)
{
    static const char *const texts[] = {
#define X(name, text) [PHASE_##name] = text,
        PHASE_MAP(X)
#undef X
    };
    const enum phase phase = actor_phase(a);
    const bool idle = phase == PHASE_RUNNING && atomic_load(&a->inbox) == INBOX_IDLE;
    return idle ? "idle" : texts[phase];
}

bool ak_actor_metrics(const struct ak_system *sys, struct ak_pid pid, struct ak_actor_metrics *out)
{
    const struct actor *a = runtime_cell_of(sys, pid);
    if (a == NULL || atomic_load(&a->inbox) == INBOX_CLOSED) {
        return false;
    }
    out->messages = atomic_load_explicit(&a->messages, memory_order_relaxed);
    out->children = atomic_load_explicit(&a->child_count, memory_order_relaxed);
    out->failures = atomic_load_explicit(&a->failures, memory_order_relaxed);
    out->kind = atomic_load_explicit(&a->class, memory_order_relaxed)->kind;
    out->state = runtime_actor_state(a);
    return actor_gen(a) == pid.gen;
}

uint32_t runtime_cells_used(const struct ak_system *sys)
{
    return atomic_load_explicit(&sys->cells_used, memory_order_acquire);
}

static void add_actors(void *ctx, struct ak_prof_actors *actors)
{
    const struct ak_system *sys = ctx;
    const uint32_t used = runtime_cells_used(sys);
    for (uint32_t slot = SLOT_FIRST_FREE; slot < used; slot++) {
        const struct actor *a = runtime_cell_at(sys, slot);
        if (atomic_load(&a->inbox) != INBOX_CLOSED) {
            const uint32_t stack = atomic_load_explicit(&a->spawn_stack, memory_order_relaxed);
            const struct ak_actor_class *class =
                atomic_load_explicit(&a->class, memory_order_relaxed);
            ak_prof_actors_add(actors, stack, class->kind, runtime_actor_state(a), 1);
        }
    }
}

enum ak_status ak_system_actors_write(const struct ak_system *sys, const char *path,
                                      struct ak_error *err)
{
    void *ctx;
    memcpy(&ctx, &sys, sizeof ctx);
    return ak_prof_actors_write(path, add_actors, ctx, err);
}
