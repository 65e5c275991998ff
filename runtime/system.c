/* An actor system's beginning and end. */
#include "base/clock.h"
#include "core.h"
#include "event.h"
#include "passivate.h"
#include "runtime/grain.h"
#include "runtime/memory.h"
#include "sim.h"
#include "slab.h"
#include "timer.h"
#include "topic.h"

#include <sched.h>
#include <string.h>
#include <time.h>

enum { DEFAULT_BATCH = 128, DEFAULT_DEAD_LETTERS = 10 };
enum { AWAKE_NS = 200000 };

static int guardian_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)ctx;
    (void)msg;
    return 0;
}
AK_ACTOR_HANDLER(guardian_receive);

static const struct ak_actor_class guardian_class = {.kind = "guardian",
                                                     .receive = guardian_receive};

static unsigned usable_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 1;
    }
    const int n = CPU_COUNT(&set);
    return n > 0 ? (unsigned)n : 1;
}

static bool init_locks(struct ak_system *sys)
{
    bool ok = pthread_mutex_init(&sys->queue_lock, NULL) == 0 &&
              pthread_mutex_init(&sys->cells_lock, NULL) == 0 &&
              pthread_mutex_init(&sys->stop_lock, NULL) == 0;
    for (unsigned i = 0; ok && i < TREE_LOCKS; i++) {
        ok = pthread_mutex_init(&sys->tree_locks[i], NULL) == 0;
    }
    return ok;
}

static bool make_guardian(struct ak_system *sys)
{
    struct actor *a = runtime_cell_take(sys);
    if (a == NULL) {
        return false;
    }
    a->class = &guardian_class;
    a->receive = guardian_receive;
    actor_set_flag(a, ACTOR_GUARDIAN, true);
    actor_set_phase(a, PHASE_RUNNING);
    atomic_store(&a->inbox, INBOX_IDLE);
    return true;
}

static void set_opts(struct ak_system *sys, const struct ak_system_opts *opts)
{
    sys->opts = opts != NULL ? *opts : (struct ak_system_opts){0};
    sys->batch_fixed = sys->opts.batch != 0;
    sys->batch = sys->batch_fixed ? sys->opts.batch : DEFAULT_BATCH;
    if (sys->opts.dead_letter_limit == 0) {
        sys->opts.dead_letter_limit = DEFAULT_DEAD_LETTERS;
    }
    const unsigned wanted = sys->opts.workers != 0 ? sys->opts.workers : usable_cores();
    sys->worker_count = wanted < WORKERS_MAX ? wanted : WORKERS_MAX;
}

static bool set_up(struct ak_system *sys)
{
    if (!init_locks(sys) || !runtime_names_init(sys) || !runtime_futures_init(sys) ||
        !runtime_timers_init(sys) || !runtime_events_init(sys) || !runtime_topics_init(sys) ||
        !runtime_passivator_init(sys) || !make_guardian(sys) || !make_guardian(sys)) {
        return false;
    }
    if (sys->opts.deterministic) {
        return runtime_sim_init(sys);
    }
    sys->workers = ak_mem_aligned(64, sys->worker_count * sizeof *sys->workers);
    if (sys->workers == NULL) {
        return false;
    }
    memset(sys->workers, 0, sys->worker_count * sizeof *sys->workers);
    return runtime_workers_start(sys);
}

static void release(struct ak_system *sys)
{
    runtime_sim_release(sys);
    runtime_passivator_release(sys);
    runtime_events_release(sys);
    runtime_topics_release(sys);
    runtime_timers_release(sys);
    runtime_futures_release(sys);
    runtime_names_release(sys);
    runtime_cells_release(sys);
    ak_mem_free(sys->workers);
    for (unsigned i = 0; i < TREE_LOCKS; i++) {
        (void)pthread_mutex_destroy(&sys->tree_locks[i]);
    }
    (void)pthread_mutex_destroy(&sys->queue_lock);
    (void)pthread_mutex_destroy(&sys->cells_lock);
    (void)pthread_mutex_destroy(&sys->stop_lock);
    ak_mem_free(sys);
}

struct ak_system *ak_system_new(const struct ak_system_opts *opts)
{
    struct ak_system *sys = ak_mem_aligned(64, sizeof *sys);
    if (sys == NULL) {
        return NULL;
    }
    memset(sys, 0, sizeof *sys);
    sys->cells_used = 1; /* slot 0 is nobody */
    set_opts(sys, opts);
    if (!set_up(sys)) {
        release(sys);
        return NULL;
    }
    return sys;
}

void ak_system_free(struct ak_system *sys)
{
    if (sys == NULL) {
        return;
    }
    (void)ak_system_stop(sys, -1, NULL);
    runtime_timers_quit(sys);
    if (sys->sim == NULL) {
        runtime_workers_join(sys);
    }
    release(sys);
    runtime_slab_trim();
}

/* --- stop ---------------------------------------------------------------------------------- */

bool ak_system_add_hook(struct ak_system *sys, const struct ak_hook *hook)
{
    (void)pthread_mutex_lock(&sys->stop_lock);
    const bool room = sys->hook_count < HOOKS_MAX && !atomic_load(&sys->stopping);
    if (room) {
        sys->hooks[sys->hook_count++] = *hook;
    }
    (void)pthread_mutex_unlock(&sys->stop_lock);
    return room;
}

static void pause_ns(int64_t ns)
{
    const struct timespec ts = {ns / 1000000000, ns % 1000000000};
    (void)nanosleep(&ts, NULL);
}

/* Runs one hook with its retries. */
static bool run_hook(struct ak_system *sys, const struct ak_hook *h)
{
    const bool retry = h->policy == AK_HOOK_RETRY_FAIL || h->policy == AK_HOOK_RETRY_SKIP;
    const unsigned tries = retry ? 1 + (h->retries != 0 ? h->retries : 3) : 1;
    for (unsigned i = 0; i < tries; i++) {
        if (h->run(sys, h->arg) == 0) {
            return true;
        }
        if (i + 1 < tries && sys->sim == NULL) {
            pause_ns(h->pause_ns != 0 ? h->pause_ns : 1000000000);
        }
    }
    return false;
}

static size_t run_hooks(struct ak_system *sys)
{
    size_t failures = 0;
    for (size_t i = 0; i < sys->hook_count; i++) {
        if (!run_hook(sys, &sys->hooks[i])) {
            failures++;
            const enum ak_hook_policy p = sys->hooks[i].policy;
            if (p == AK_HOOK_FAIL || p == AK_HOOK_RETRY_FAIL) {
                break;
            }
        }
    }
    sys->hook_count = 0;
    return failures;
}

/* Waits until `count` guardians have ended. False at the deadline (negative: none). Most stops are
 * over before a sleep and its end would be, so it looks for a moment before it sleeps. */
static bool await_guardians(struct ak_system *sys, uint32_t count, int64_t deadline_ns)
{
    const int64_t begin = ak_system_now_ns(sys);
    for (;;) {
        const uint32_t done = atomic_load(&sys->guardians_done);
        if (done >= count) {
            return true;
        }
        if (sys->sim != NULL) {
            if (runtime_sim_step(sys)) {
                continue;
            }
            if (deadline_ns < 0 || runtime_sim_now_ns(sys) >= deadline_ns) {
                return false;
            }
            runtime_sim_advance(sys, deadline_ns);
            continue;
        }
        const int64_t now = ak_system_now_ns(sys);
        const int64_t left = deadline_ns < 0 ? -1 : deadline_ns - now;
        if (deadline_ns >= 0 && left <= 0) {
            return false;
        }
        if (now - begin < AWAKE_NS && sys->worker_count > 1) {
            runtime_relax();
            continue;
        }
        runtime_futex_wait(&sys->guardians_done, done, left);
    }
}

static void describe(struct ak_system *sys, const struct actor *a, struct ak_alive *out)
{
    char name[256];
    out->pid = actor_pid(a);
    (void)runtime_names_copy(sys, out->pid, name);
    memcpy(out->name, name, sizeof out->name - 1);
    out->name[sizeof out->name - 1] = '\0';
    out->kind = atomic_load_explicit(&a->class, memory_order_relaxed)->kind;
    out->doing = runtime_actor_state(a);
    out->children = atomic_load_explicit(&a->child_count, memory_order_relaxed);
    out->messages = atomic_load_explicit(&a->messages, memory_order_relaxed);
}

static void list_alive(struct ak_system *sys, struct ak_stop_report *r)
{
    const uint32_t used = runtime_cells_used(sys);
    r->alive_count = 0;
    for (uint32_t slot = SLOT_FIRST_FREE; slot < used; slot++) {
        const struct actor *a = runtime_cell_at(sys, slot);
        if (atomic_load(&a->inbox) == INBOX_CLOSED) {
            continue;
        }
        if (r->alive_count < AK_STOP_LIST) {
            describe(sys, a, &r->alive[r->alive_count]);
        }
        r->alive_count++;
    }
}

static bool stop_guardians(struct ak_system *sys, int64_t deadline_ns)
{
    static const uint32_t order[] = {SLOT_USER, SLOT_GRAINS};
    for (uint32_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (atomic_load(&sys->guardians_done) > i) {
            continue;
        }
        struct actor *g = runtime_cell_at(sys, order[i]);
        runtime_signal(sys, g, actor_gen(g), SIGNAL_STOP);
        if (!await_guardians(sys, i + 1, deadline_ns)) {
            return false;
        }
    }
    return true;
}

bool ak_system_stop(struct ak_system *sys, int64_t timeout_ns, struct ak_stop_report *out_report)
{
    const int64_t begin = ak_system_now_ns(sys);
    const int64_t deadline =
        timeout_ns < 0 || timeout_ns > INT64_MAX - begin ? -1 : begin + timeout_ns;
    (void)pthread_mutex_lock(&sys->stop_lock);
    const size_t before = ak_system_count(sys);
    const bool first = !atomic_exchange(&sys->stopping, true);
    if (first && sys->sim == NULL) {
        runtime_timers_quit(sys);
    }
    const size_t hook_failures = first ? run_hooks(sys) : 0;
    const bool ended = stop_guardians(sys, deadline);
    if (ended) {
        runtime_names_clear(sys);
    }
    (void)pthread_mutex_unlock(&sys->stop_lock);
    if (out_report != NULL) {
        out_report->hook_failures = hook_failures;
        out_report->duration_ns = ak_system_now_ns(sys) - begin;
        out_report->alive_count = 0;
        if (!ended) {
            list_alive(sys, out_report);
        }
        out_report->stopped = before - ak_system_count(sys);
    }
    return ended;
}

/* --- facts --------------------------------------------------------------------------------- */

int64_t ak_system_now_ns(const struct ak_system *sys)
{
    return sys->sim != NULL ? runtime_sim_now_ns(sys) : ak_clock_monotonic_ns();
}

unsigned ak_system_workers(const struct ak_system *sys)
{
    return sys->worker_count;
}

size_t ak_system_count(const struct ak_system *sys)
{
    return atomic_load_explicit(&sys->live, memory_order_relaxed);
}
