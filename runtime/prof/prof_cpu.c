/* CPU profiler: one POSIX timer per thread on that thread's CPU clock.
 *
 * The kernel looks at such timers on its tick, so that a signal may stand for several expirations:
 * a sample weighs 1 + overruns. The first expiration is at a random point of the first period. What
 * a thread used after its last signal would be missing: at its end the clock is compared with what
 * was booked, and the difference is carried over all threads; whole periods of it are booked on (or
 * taken from) the stack where the thread was last seen. */
#include "prof_cpu.h"

#include "base/clock.h"
#include "base/hash.h"
#include "prof_labels.h"
#include "prof_service.h"
#include "prof_snapshot.h"
#include "runtime/prof.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_THREAD__)
#define SIGNALS_CLASH 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SIGNALS_CLASH 1
#endif
#endif
#ifndef SIGNALS_CLASH
#define SIGNALS_CLASH 0
#endif

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static const struct runtime_profile_kind cpu_kind = {.type = {"samples", "cpu"},
                                                     .unit = {"count", "nanoseconds"},
                                                     .type_count = 2,
                                                     .period_type = "cpu",
                                                     .period_unit = "nanoseconds"};

/* Under the lock of threads. */
static struct {
    bool running;
    int64_t period_ns;
    int64_t started_ns; /* monotonic */
    int64_t started_wall_ns;
    int64_t carry_ns; /* CPU time that is not booked yet, or booked too much */
    uint64_t draws;   /* of first expirations */
    struct runtime_stacks stacks;
    struct runtime_cpu_block *free_block; /* one is kept for the next thread */
    struct ak_prof_cpu_stats stats;
    struct sigaction before; /* the program's own SIGPROF action */
    bool installed;
} g;

/* --- the handler --------------------------------------------------------------------------- */

static void take_sample(struct runtime_thread *t, const siginfo_t *info, const ucontext_t *uc)
{
    struct runtime_cpu_block *const cpu = t->cpu;
    const int64_t begun = ak_clock_monotonic_ns();
    uintptr_t all[16];
    const struct runtime_regs regs = runtime_regs_of_signal(uc, all);
    struct runtime_stack stack = t->stack;
    if (uc->uc_stack.ss_sp) {
        stack.alt_low = (uintptr_t)uc->uc_stack.ss_sp;
        stack.alt_high = stack.alt_low + uc->uc_stack.ss_size;
    }
    struct runtime_walk walk = {.pcs = cpu->pcs, .max = AK_PROF_DEPTH_MAX};
    runtime_unwind(&regs, &stack, &cpu->cache, &walk);
    struct runtime_labels labels;
    runtime_labels_take(&labels);
    const int overruns = info->si_overrun;
    const struct runtime_ring_sample sample = {
        .weight = 1 + (uint32_t)(overruns > 0 ? overruns : 0),
        .depth = walk.depth,
        .epoch = walk.epoch,
        .label_bytes = (uint32_t)labels.length,
        .pcs = cpu->pcs,
        .labels = labels.bytes,
    };
    runtime_ring_put(&cpu->ring, &sample);
    t->booked += sample.weight;
    t->signals++;
    t->complete += walk.end == RUNTIME_WALK_ROOT;
    t->truncated += walk.end == RUNTIME_WALK_TRUNCATED;
    t->handler_ns += (uint64_t)(ak_clock_monotonic_ns() - begun);
}

static void forward(int number, siginfo_t *info, void *context)
{
    if (g.before.sa_flags & SA_SIGINFO) {
        if (g.before.sa_sigaction) {
            g.before.sa_sigaction(number, info, context);
        }
    } else if (g.before.sa_handler != SIG_DFL && g.before.sa_handler != SIG_IGN) {
        g.before.sa_handler(number);
    }
}

static void on_signal(int number, siginfo_t *info, void *context)
{
    struct runtime_thread *const t = runtime_thread_self;
    const int saved = errno;
    if (info->si_code != SI_TIMER) {
        forward(number, info, context);
    } else if (t && info->si_value.sival_ptr == t) {
        __atomic_store_n(&t->busy, true, __ATOMIC_SEQ_CST);
        if (__atomic_load_n(&t->armed, __ATOMIC_SEQ_CST)) {
            take_sample(t, info, context);
        }
        __atomic_store_n(&t->busy, false, __ATOMIC_RELEASE);
    }
    errno = saved;
}

/* The action stays when profiling ends, because signals may still be on their way. */
static bool install_handler(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK}, now;
    action.sa_sigaction = on_signal;
    sigfillset(&action.sa_mask);
    if (sigaction(SIGPROF, NULL, &now) != 0) {
        return false;
    }
    if (g.installed && (now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_signal) {
        return true;
    }
    g.before = now;
    g.installed = sigaction(SIGPROF, &action, NULL) == 0;
    return g.installed;
}

/* --- threads ------------------------------------------------------------------------------- */

/* The kernel's name for the CPU clock of a thread. */
static clockid_t clock_of(const struct runtime_thread *t)
{
    return (clockid_t)((~(unsigned)t->tid << 3) | 6u);
}

static int64_t cpu_ns(const struct runtime_thread *t)
{
    struct timespec ts;
    if (clock_gettime(clock_of(t), &ts) != 0) {
        return -1;
    }
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static struct runtime_cpu_block *take_block(void)
{
    struct runtime_cpu_block *block = g.free_block;
    g.free_block = NULL;
    if (block) {
        block->ring.head = block->ring.tail = block->ring.lost = 0;
        return block;
    }
    block = runtime_pages_map(sizeof *block);
    if (block) { /* page faults now, not in the handler */
        for (size_t at = 0; at < sizeof *block; at += 4096) {
            ((volatile uint8_t *)block)[at] = 0;
        }
    }
    return block;
}

static void give_block(struct runtime_cpu_block *block)
{
    if (!g.free_block) {
        g.free_block = block;
    } else {
        runtime_pages_unmap(block, sizeof *block);
    }
}

/* By system calls: the C library's timer_create allocates, which a heap profile would show. */
static bool start_timer(struct runtime_thread *t)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGPROF};
    event.sigev_value.sival_ptr = t;
    event.sigev_notify_thread_id = t->tid;
    if (syscall(SYS_timer_create, clock_of(t), &event, &t->timer) != 0) {
        return false;
    }
    const uint64_t draw = ak_hash_u64((uint64_t)g.started_wall_ns + g.draws++);
    const int64_t first_ns = 1 + (int64_t)(draw % (uint64_t)g.period_ns);
    const struct itimerspec when = {
        .it_interval = {.tv_sec = g.period_ns / 1000000000, .tv_nsec = g.period_ns % 1000000000},
        .it_value = {.tv_sec = first_ns / 1000000000, .tv_nsec = first_ns % 1000000000}};
    t->cpu_start_ns = cpu_ns(t);
    if (syscall(SYS_timer_settime, t->timer, 0, &when, NULL) != 0) {
        syscall(SYS_timer_delete, t->timer);
        return false;
    }
    return true;
}

static void arm(struct runtime_thread *t)
{
    t->cpu = take_block();
    t->booked = t->signals = t->complete = t->truncated = t->handler_ns = 0;
    t->last = NULL;
    if (t->cpu) {
        __atomic_store_n(&t->armed, true, __ATOMIC_SEQ_CST);
        t->has_timer = start_timer(t);
    }
    if (t->has_timer) {
        g.stats.threads++;
        return;
    }
    g.stats.untimed++;
    __atomic_store_n(&t->armed, false, __ATOMIC_SEQ_CST);
    if (t->cpu) {
        give_block(t->cpu);
        t->cpu = NULL;
    }
}

static void book(struct runtime_thread *t, const struct runtime_stack_key *key, uint64_t weight)
{
    struct runtime_bucket *const bucket = runtime_stacks_get(&g.stacks, key);
    if (!bucket) {
        g.stats.lost += weight;
        return;
    }
    bucket->value[0] += weight;
    g.stats.samples += weight;
    t->last = bucket;
}

static void drain(struct runtime_thread *t)
{
    uint64_t pcs[AK_PROF_DEPTH_MAX];
    uint8_t labels[RUNTIME_LABELS_MAX];
    struct runtime_ring_sample s;
    while (runtime_ring_take(&t->cpu->ring, &s, pcs, labels)) {
        struct runtime_stack_key key = {.pcs = pcs,
                                        .depth = s.depth,
                                        .epoch = s.epoch,
                                        .labels = labels,
                                        .label_bytes = s.label_bytes};
        key.hash = runtime_stack_hash(&key);
        book(t, &key, s.weight);
    }
}

/* Adds what the clock says and the signals did not, or takes away what they said too much. */
static void book_residual(struct runtime_thread *t)
{
    const int64_t now = cpu_ns(t);
    if (now < 0) {
        return;
    }
    g.carry_ns += now - t->cpu_start_ns - (int64_t)t->booked * g.period_ns;
    const int64_t whole =
        (g.carry_ns + (g.carry_ns < 0 ? -g.period_ns : g.period_ns) / 2) / g.period_ns;
    if (whole > 0) {
        const uint64_t pcs[] = {RUNTIME_PC_UNSAMPLED, (uint64_t)(uintptr_t)t->start};
        struct runtime_stack_key key = {.pcs = pcs, .depth = t->start ? 2 : 1};
        key.hash = runtime_stack_hash(&key);
        book(t, t->last ? &t->last->key : &key, (uint64_t)whole);
        g.carry_ns -= whole * g.period_ns;
        g.stats.residual += whole;
    } else if (whole < 0 && t->last && t->last->value[0] >= (uint64_t)-whole) {
        t->last->value[0] -= (uint64_t)-whole;
        g.stats.samples -= (uint64_t)-whole;
        g.carry_ns -= whole * g.period_ns;
        g.stats.residual += whole;
    }
}

/* Ends the sampling of t, from any thread. */
static void disarm(struct runtime_thread *t)
{
    __atomic_store_n(&t->armed, false, __ATOMIC_SEQ_CST);
    syscall(SYS_timer_delete, t->timer);
    t->has_timer = false;
    while (t != runtime_thread_self && __atomic_load_n(&t->busy, __ATOMIC_SEQ_CST)) {
        sched_yield();
    }
    drain(t);
    book_residual(t);
    g.stats.lost += t->cpu->ring.lost;
    g.stats.signals += t->signals;
    g.stats.complete += t->complete;
    g.stats.truncated += t->truncated;
    g.stats.handler_ns += t->handler_ns;
    give_block(t->cpu);
    t->cpu = NULL;
}

void runtime_cpu_thread_begin(struct runtime_thread *t)
{
    if (g.running) {
        arm(t);
    }
}

void runtime_cpu_thread_end(struct runtime_thread *t)
{
    if (t->has_timer) {
        disarm(t);
    }
}

void runtime_cpu_drain(void)
{
    runtime_threads_lock();
    for (struct runtime_thread *t = runtime_threads_first(); t; t = t->next) {
        if (t->has_timer) {
            drain(t);
        }
    }
    runtime_threads_unlock();
}

/* The kernel does not give timers to a child. */
static void forget(struct runtime_thread *t)
{
    t->armed = t->has_timer = t->busy = false;
    runtime_pages_unmap(t->cpu, sizeof *t->cpu);
    t->cpu = NULL;
}

void runtime_cpu_child(void)
{
    runtime_threads_child(forget);
    runtime_stacks_release(&g.stacks);
    g.running = false;
}

/* --- start and stop ------------------------------------------------------------------------ */

static bool start_locked(unsigned hz)
{
    g.stats = (struct ak_prof_cpu_stats){.hz = hz};
    g.period_ns = 1000000000 / (int64_t)hz;
    g.carry_ns = 0;
    g.started_ns = ak_clock_monotonic_ns();
    g.started_wall_ns = ak_clock_wall_ns();
    if (!install_handler()) {
        return false;
    }
    g.running = true;
    for (struct runtime_thread *t = runtime_threads_first(); t; t = t->next) {
        arm(t);
    }
    g.running = g.stats.threads > 0 || g.stats.untimed == 0;
    return g.running;
}

enum ak_status ak_prof_cpu_start(unsigned hz, struct ak_error *err)
{
    hz = hz == 0 ? AK_PROF_CPU_HZ : hz;
    if (hz > AK_PROF_CPU_HZ_MAX) {
        return ak_fail(err, AK_USAGE, "CPU profile: %u samples a second; at most %u", hz,
                       (unsigned)AK_PROF_CPU_HZ_MAX);
    }
#if !defined(RUNTIME_UNWIND_BY)
    return ak_fail(err, AK_UNSUPPORTED, "CPU profile: not on this processor");
#else
    if (SIGNALS_CLASH) {
        return ak_fail(err, AK_UNSUPPORTED, "CPU profile: not in a build with ThreadSanitizer");
    }
    if (!runtime_modules_refresh() || !runtime_service_hold()) {
        return ak_fail(err, AK_NO_SPACE, "CPU profile: no memory for its tables");
    }
    runtime_threads_lock();
    const bool busy = g.running;
    const bool started = !busy && start_locked(hz);
    const int why = errno;
    runtime_threads_unlock();
    if (!started) {
        runtime_service_drop();
        return busy ? ak_fail(err, AK_BUSY, "CPU profile: already running")
                    : ak_fail_errno(err, AK_UNSUPPORTED, why, "CPU profile: no timer");
    }
    return AK_OK;
#endif
}

static bool cpu_values(const struct runtime_bucket *b, int64_t *out)
{
    out[0] = (int64_t)b->value[0];
    out[1] = out[0] * g.period_ns;
    return out[0] > 0;
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0.0;
}

static void describe(struct ak_prof_snapshot *s)
{
    const struct ak_prof_cpu_stats *const st = &g.stats;
    runtime_snapshot_comment(
        s,
        "cpu: timer_create on each thread's CPU clock, %u Hz, signals on the kernel's "
        "tick; a sample weighs 1 + overruns",
        st->hz);
#if defined(RUNTIME_UNWIND_BY)
    runtime_snapshot_comment(s, "stacks: by " RUNTIME_UNWIND_BY "; at most %d frames",
                             AK_PROF_DEPTH_MAX);
#endif
    runtime_snapshot_comment(s,
                             "stacks: %llu taken, %.1f %% reach the thread's first function, "
                             "%llu truncated",
                             (unsigned long long)st->signals, percent(st->complete, st->signals),
                             (unsigned long long)st->truncated);
    runtime_snapshot_comment(
        s, "samples: %llu, of which %lld booked at the end of threads; lost: %llu",
        (unsigned long long)st->samples, (long long)st->residual, (unsigned long long)st->lost);
    runtime_snapshot_comment(s, "threads: %llu sampled, %llu without a timer",
                             (unsigned long long)st->threads, (unsigned long long)st->untimed);
}

static struct ak_prof_snapshot *stop_locked(bool keep)
{
    for (struct runtime_thread *t = runtime_threads_first(); t; t = t->next) {
        if (t->has_timer) {
            disarm(t);
        }
    }
    g.running = false;
    struct ak_prof_snapshot *s =
        keep ? runtime_snapshot_new(&cpu_kind, &g.stacks, cpu_values, 1) : NULL;
    if (s) {
        s->period = g.period_ns;
        s->time_ns = g.started_wall_ns;
        s->duration_ns = ak_clock_monotonic_ns() - g.started_ns;
        if (g.stats.lost) {
            const int64_t values[] = {(int64_t)g.stats.lost, (int64_t)g.stats.lost * g.period_ns};
            runtime_snapshot_add_special(s, RUNTIME_PC_LOST, values);
        }
        describe(s);
    }
    runtime_stacks_release(&g.stacks);
    if (g.free_block) {
        runtime_pages_unmap(g.free_block, sizeof *g.free_block);
        g.free_block = NULL;
    }
    return s;
}

/* Stops; *out stays NULL when not `keep`. */
static enum ak_status stop(bool keep, struct ak_prof_snapshot **out, struct ak_error *err)
{
    runtime_threads_lock();
    const bool running = g.running;
    struct ak_prof_snapshot *const s = running ? stop_locked(keep) : NULL;
    runtime_threads_unlock();
    if (!running) {
        return ak_fail(err, AK_USAGE, "CPU profile: not running");
    }
    runtime_service_drop();
    if (keep && !s) {
        return ak_fail(err, AK_NO_SPACE, "CPU profile: no memory for a copy of its samples");
    }
    *out = s;
    return AK_OK;
}

enum ak_status ak_prof_cpu_stop_snapshot(struct ak_prof_snapshot **out, struct ak_error *err)
{
    return stop(true, out, err);
}

enum ak_status ak_prof_cpu_stop(const char *path, struct ak_error *err)
{
    struct ak_prof_snapshot *s = NULL;
    enum ak_status st = stop(path != NULL, &s, err);
    if (s) {
        st = ak_prof_snapshot_write(s, path, err);
        ak_prof_snapshot_free(s);
    }
    return st;
}

bool ak_prof_cpu_running(void)
{
    runtime_threads_lock();
    const bool running = g.running;
    runtime_threads_unlock();
    return running;
}

void ak_prof_cpu_stats(struct ak_prof_cpu_stats *out)
{
    runtime_threads_lock();
    *out = g.stats;
    for (struct runtime_thread *t = runtime_threads_first(); t; t = t->next) {
        if (t->has_timer) { /* not added up before its end */
            out->signals += __atomic_load_n(&t->signals, __ATOMIC_RELAXED);
            out->lost += __atomic_load_n(&t->cpu->ring.lost, __ATOMIC_RELAXED);
        }
    }
    runtime_threads_unlock();
}
