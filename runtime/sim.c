#include "sim.h"

#include "base/hash.h"
#include "runtime/memory.h"
#include "timer.h"

struct simulation {
    struct actor **runnable;
    size_t count, cap;
    uint64_t seed;
    uint64_t draws;
    int64_t now_ns;
};

bool runtime_sim_init(struct ak_system *sys)
{
    sys->sim = ak_mem_zalloc(sizeof *sys->sim);
    if (sys->sim == NULL) {
        return false;
    }
    sys->sim->seed = sys->opts.seed;
    sys->sim->cap = 256;
    sys->sim->runnable = ak_mem_alloc(sys->sim->cap * sizeof *sys->sim->runnable);
    return sys->sim->runnable != NULL;
}

void runtime_sim_release(struct ak_system *sys)
{
    if (sys->sim != NULL) {
        ak_mem_free(sys->sim->runnable);
        ak_mem_free(sys->sim);
        sys->sim = NULL;
    }
}

uint64_t ak_system_draw(struct ak_system *sys)
{
    struct simulation *s = sys->sim;
    return ak_hash_u64(s->seed * 0x9e3779b97f4a7c15ULL + ++s->draws);
}

/* An actor that finds no room waits in the injection queue's list, which needs no memory. */
void runtime_sim_schedule(struct ak_system *sys, struct actor *a)
{
    struct simulation *s = sys->sim;
    if (s->count == s->cap) {
        struct actor **more = ak_mem_alloc(2 * s->cap * sizeof *more);
        if (more == NULL) {
            a->run_next = sys->queue_head;
            sys->queue_head = a;
            return;
        }
        for (size_t i = 0; i < s->count; i++) {
            more[i] = s->runnable[i];
        }
        ak_mem_free(s->runnable);
        s->runnable = more;
        s->cap *= 2;
    }
    s->runnable[s->count++] = a;
}

unsigned runtime_sim_batch(struct ak_system *sys)
{
    return 1 + (unsigned)(ak_system_draw(sys) % 4);
}

bool runtime_sim_step(struct ak_system *sys)
{
    struct simulation *s = sys->sim;
    struct actor *a = sys->queue_head;
    if (a != NULL) {
        sys->queue_head = a->run_next;
    } else if (s->count > 0) {
        const size_t i = (size_t)(ak_system_draw(sys) % s->count);
        a = s->runnable[i];
        s->runnable[i] = s->runnable[--s->count];
    } else {
        return false;
    }
    runtime_turn_run(sys, NULL, a);
    return true;
}

int64_t runtime_sim_now_ns(const struct ak_system *sys)
{
    return sys->sim->now_ns;
}

void runtime_sim_advance(struct ak_system *sys, int64_t limit_ns)
{
    struct simulation *s = sys->sim;
    const int64_t next = runtime_timers_next_ns(sys);
    s->now_ns = next < limit_ns ? next : limit_ns;
    runtime_timers_fire(sys, s->now_ns);
}

uint64_t ak_system_run(struct ak_system *sys, int64_t horizon_ns, uint64_t max_turns)
{
    struct simulation *s = sys->sim;
    const int64_t end = horizon_ns > INT64_MAX - s->now_ns ? INT64_MAX : s->now_ns + horizon_ns;
    uint64_t turns = 0;
    while (max_turns == 0 || turns < max_turns) {
        runtime_timers_fire(sys, s->now_ns);
        if (runtime_sim_step(sys)) {
            turns++;
            continue;
        }
        const int64_t next = runtime_timers_next_ns(sys);
        if (next > end) {
            s->now_ns = horizon_ns > 0 ? end : s->now_ns;
            break;
        }
        s->now_ns = next > s->now_ns ? next : s->now_ns;
    }
    return turns;
}
