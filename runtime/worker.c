/* Workers: each runs turns from its LIFO slot, its ring, the injection queue and the rings of
 * others, and sleeps on a futex when there is nothing: an idle system makes no wake-ups. */
#include "base/clock.h"
#include "run_queue.h"
#include "runtime/prof.h"
#include "sim.h"
#include "slab.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SPINS = 40, LOOK_EVERY = 64 };
enum { PATIENCE_NS = 200000, WATCH_NS = 500000, HOLD_NS = 50000, HOLD_MOST_NS = 10000000 };

/* Values of worker.wake. */
enum { WAKE_NONE, WAKE_WORK, WAKE_WATCH };

_Thread_local struct worker *runtime_worker_tls __attribute__((tls_model("initial-exec")));

void runtime_futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t timeout_ns)
{
    const struct timespec ts = {timeout_ns / 1000000000, timeout_ns % 1000000000};
    (void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, timeout_ns < 0 ? NULL : &ts, NULL, 0);
}

void runtime_futex_wake(_Atomic uint32_t *word)
{
    (void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

/* --- sleeping and waking ------------------------------------------------------------------- */

/* Wakes worker i when it sleeps. It searches when it wakes: it is counted so from now on. */
static bool wake(struct ak_system *sys, unsigned i)
{
    const uint64_t bit = (uint64_t)1 << i;
    if ((atomic_load(&sys->idle_mask) & bit) == 0 ||
        (atomic_fetch_and(&sys->idle_mask, ~bit) & bit) == 0) {
        return false;
    }
    struct worker *w = &sys->workers[i];
    atomic_fetch_add(&sys->searching, 1);
    if (atomic_exchange(&w->wake, WAKE_WORK) == WAKE_WATCH) {
        atomic_store(&sys->watched, false);
    }
    runtime_futex_wake(&w->wake);
    RUNTIME_COUNT(sys, wakes, 1);
    return true;
}

/* Wakes one sleeping worker unless one is already looking for work. */
static void wake_one(struct ak_system *sys)
{
    uint64_t idle = atomic_load(&sys->idle_mask);
    if (idle == 0 || atomic_load(&sys->searching) != 0) {
        return;
    }
    while (idle != 0 && !wake(sys, (unsigned)__builtin_ctzll(idle))) {
        idle &= idle - 1;
    }
}

/* Makes one sleeping worker look at the rings every WATCH_NS as long as actors wait in them. */
static void wake_watcher(struct ak_system *sys)
{
    const uint64_t idle = atomic_load_explicit(&sys->idle_mask, memory_order_relaxed);
    if (idle == 0 || atomic_load_explicit(&sys->watched, memory_order_relaxed) ||
        atomic_exchange(&sys->watched, true)) {
        return;
    }
    struct worker *w = &sys->workers[__builtin_ctzll(idle)];
    uint32_t asleep = WAKE_NONE;
    if (atomic_compare_exchange_strong(&w->wake, &asleep, WAKE_WATCH)) {
        runtime_futex_wake(&w->wake);
    } else {
        atomic_store(&sys->watched, false);
    }
}

/* Whether the actors in w's ring would wait for long, by the length of w's last turns. Short turns
 * are cheaper on one core than messages that travel between cores, and what will be done within
 * PATIENCE_NS is done before another core has woken and fetched it. A turn that is long without
 * warning is the watcher's business. */
static bool is_worth_help(const struct worker *w)
{
    const uint64_t waiting = atomic_load_explicit(&w->ring.tail, memory_order_relaxed) -
                             atomic_load_explicit(&w->ring.head, memory_order_relaxed);
    return waiting * atomic_load_explicit(&w->turn_ns, memory_order_relaxed) >= PATIENCE_NS;
}

/* After this worker queued an actor behind others. */
static void wake_for_backlog(struct worker *w)
{
    if (is_worth_help(w)) {
        wake_one(w->sys);
    } else {
        wake_watcher(w->sys);
    }
}

void runtime_schedule(struct ak_system *sys, struct actor *a)
{
    if (sys->sim != NULL) {
        runtime_sim_schedule(sys, a);
        return;
    }
    struct worker *w = runtime_worker_here(sys);
    if (w == NULL) {
        runtime_inject(sys, a);
        wake_one(sys);
        return;
    }
    struct actor *displaced = w->lifo;
    w->lifo = a;
    if (displaced == NULL) {
        return;
    }
    if (!runtime_ring_push(&w->ring, displaced)) {
        runtime_inject(sys, displaced);
    }
    wake_for_backlog(w);
}

void runtime_schedule_last(struct ak_system *sys, struct actor *a)
{
    struct worker *w = runtime_worker_here(sys);
    if (sys->sim != NULL || w == NULL) {
        runtime_schedule(sys, a);
        return;
    }
    if (!runtime_ring_push(&w->ring, a)) {
        runtime_inject(sys, a);
    }
    wake_for_backlog(w);
}

/* --- holding back --------------------------------------------------------------------------- */

/* Senders whose addressee does not keep up would only fill memory that is then far from any cache.
 * One of another worker moves to the worker of its addressee, where messages stay in one cache;
 * there it runs again after LOOK_EVERY other turns or HOLD_MOST_NS, or when there is nothing else
 * to do after HOLD_NS: it is delayed, never stopped, so that no ring of waits can close. */
void runtime_hold_back(struct worker *w, struct actor *a)
{
    const unsigned home = w->flooded_home;
    if (home != w->index) {
        runtime_move_to(&w->sys->workers[home], a);
        (void)wake(w->sys, home);
        return;
    }
    a->run_next = NULL;
    if (w->held_first == NULL) {
        w->held_first = a;
        w->held_since_ns = ak_clock_monotonic_ns();
    } else {
        w->held_last->run_next = a;
    }
    w->held_last = a;
}

static void let_go(struct worker *w)
{
    struct actor *a = w->held_first;
    w->held_first = NULL;
    for (struct actor *next; a != NULL; a = next) {
        next = a->run_next;
        if (!runtime_ring_push(&w->ring, a)) {
            runtime_inject(w->sys, a);
        }
    }
}

/* --- sleeping --------------------------------------------------------------------------------- */

static bool work_is_there(const struct worker *w)
{
    const struct ak_system *sys = w->sys;
    if (atomic_load(&sys->queue_len) != 0 || runtime_has_moved(w)) {
        return true;
    }
    for (unsigned i = 0; i < sys->worker_count; i++) {
        if (!runtime_ring_is_empty(&sys->workers[i].ring) && is_worth_help(&sys->workers[i])) {
            return true;
        }
    }
    return false;
}

/* What stood in the rings at a watcher's last look. */
struct look {
    uint64_t tail[WORKERS_MAX];
    bool moved[WORKERS_MAX];
};

/* Whether an actor that stood in a ring at the last look stands there still. Notes what is there
 * now. */
static bool someone_waits_long(const struct ak_system *sys, struct look *look, bool *out_waiting)
{
    bool stuck = false;
    *out_waiting = false;
    for (unsigned i = 0; i < sys->worker_count; i++) {
        const uint64_t head = atomic_load(&sys->workers[i].ring.head);
        const uint64_t tail = atomic_load(&sys->workers[i].ring.tail);
        const bool moved = runtime_has_moved(&sys->workers[i]);
        stuck = stuck || head < look->tail[i] || (moved && look->moved[i]);
        look->tail[i] = tail;
        look->moved[i] = moved;
        *out_waiting = *out_waiting || tail != head || moved;
    }
    return stuck;
}

static bool rings_are_empty(const struct ak_system *sys)
{
    for (unsigned i = 0; i < sys->worker_count; i++) {
        const struct worker *w = &sys->workers[i];
        if (!runtime_ring_is_empty(&w->ring) || runtime_has_moved(w)) {
            return false;
        }
    }
    return true;
}

/* The watcher's sleep. True: there is work to take over. False: woken, or nothing waits any more.
 */
static bool watch(struct worker *w)
{
    struct ak_system *sys = w->sys;
    struct look look = {{0}, {0}};
    bool waiting = false;
    (void)someone_waits_long(sys, &look, &waiting);
    for (;;) {
        runtime_futex_wait(&w->wake, WAKE_NONE, WATCH_NS);
        const bool woken = atomic_load(&w->wake) != WAKE_NONE;
        if (!woken && someone_waits_long(sys, &look, &waiting)) {
            w->urgent = true;
            atomic_store(&sys->watched, false);
            return true;
        }
        if (woken || !waiting) {
            atomic_store(&sys->watched, false);
            /* Who came meanwhile relied on this watcher. */
            if (woken || rings_are_empty(sys) || atomic_exchange(&sys->watched, true)) {
                return false;
            }
        }
    }
}

/* Takes back the announcement of a sleep. False: a waker has chosen this worker meanwhile. */
static bool unannounce(struct worker *w)
{
    const uint64_t bit = (uint64_t)1 << w->index;
    if ((atomic_fetch_and(&w->sys->idle_mask, ~bit) & bit) == 0) {
        return false;
    }
    atomic_fetch_add(&w->sys->searching, 1);
    return true;
}

/* True: another worker is awake, or was a moment ago. */
static bool others_are_awake(const struct worker *w)
{
    const uint64_t all = UINT64_MAX >> (64 - w->sys->worker_count);
    return (atomic_load(&w->sys->idle_mask) & all) != all;
}

/* A first, short sleep while others are awake. True: afterwards actors wait that nobody watches. */
static bool doze(struct worker *w)
{
    struct ak_system *sys = w->sys;
    runtime_futex_wait(&w->wake, WAKE_NONE, WATCH_NS);
    return atomic_load(&w->wake) == WAKE_NONE && !rings_are_empty(sys) &&
           !atomic_exchange(&sys->watched, true);
}

/* Sleeps until woken. Announces the sleep first and looks once more afterwards: a sender that
 * queued before the announcement is seen here, one that queued after it sees the announcement.
 * Only a sender on a worker that is awake may miss it, whose push and look are plain steps that the
 * processor may exchange; so as long as another one is awake the first sleep is a short one. */
static void park(struct worker *w)
{
    struct ak_system *sys = w->sys;
    atomic_fetch_or(&sys->idle_mask, (uint64_t)1 << w->index);
    if ((work_is_there(w) || atomic_load(&sys->quit)) && unannounce(w)) {
        return;
    }
    RUNTIME_COUNT(sys, parks, 1);
    bool watches = others_are_awake(w) && doze(w);
    for (;;) {
        const uint32_t what = atomic_exchange(&w->wake, WAKE_NONE);
        if (what == WAKE_WORK) {
            if (watches) {
                atomic_store(&sys->watched, false);
            }
            return;
        }
        if (what == WAKE_WATCH || watches) {
            watches = false;
            if (watch(w) && unannounce(w)) {
                return;
            }
        } else {
            runtime_futex_wait(&w->wake, WAKE_NONE, -1);
        }
    }
}

static struct actor *steal(struct worker *w)
{
    struct ak_system *sys = w->sys;
    struct actor *got[STEAL_MAX];
    const bool urgent = w->urgent;
    w->urgent = false;
    w->random = w->random * 6364136223846793005ULL + 1442695040888963407ULL;
    const unsigned first = (unsigned)((w->random >> 33) % sys->worker_count);
    for (unsigned i = 0; i < sys->worker_count; i++) {
        struct worker *victim = &sys->workers[(first + i) % sys->worker_count];
        if (victim == w || !(urgent || is_worth_help(victim))) {
            continue;
        }
        if (urgent) {
            runtime_take_moved(victim, w);
        }
        const size_t n = runtime_ring_take(&victim->ring, got, STEAL_MAX, true);
        for (size_t k = 1; k < n; k++) {
            if (!runtime_ring_push(&w->ring, got[k])) {
                runtime_inject(sys, got[k]);
            }
        }
        if (n > 0) {
            RUNTIME_COUNT(sys, steals, 1);
            return got[0];
        }
    }
    return runtime_ring_take(&w->ring, got, 1, false) == 1 ? got[0] : NULL;
}

/* --- the loop ------------------------------------------------------------------------------ */

/* What others have given: to all workers, or to this one. */
static struct actor *take_given(struct worker *w)
{
    struct actor *a = runtime_take_injected(w);
    if (a != NULL || !runtime_has_moved(w)) {
        return a;
    }
    runtime_take_moved(w, w);
    return runtime_ring_take(&w->ring, &a, 1, false) == 1 ? a : NULL;
}

/* Every LOOK_EVERY turns: measures their length, and sees to those who wait elsewhere than in the
 * ring. */
__attribute__((noinline)) static struct actor *look_around(struct worker *w)
{
    const int64_t now = ak_clock_monotonic_ns();
    const int64_t mean = (now - w->looked_ns) / w->since_look;
    atomic_store_explicit(&w->turn_ns, mean < INT32_MAX ? (uint32_t)mean : INT32_MAX,
                          memory_order_relaxed);
    w->looked_ns = now;
    w->since_look = 0;
    if (w->held_first != NULL) {
        let_go(w);
    }
    return take_given(w);
}

static inline struct actor *next_own(struct worker *w)
{
    struct actor *a = NULL;
    if (__builtin_expect(w->since_look >= LOOK_EVERY, 0) && (a = look_around(w)) != NULL) {
        return a;
    }
    if (__builtin_expect(w->held_first != NULL, 0) &&
        ak_clock_monotonic_ns() - w->held_since_ns > HOLD_MOST_NS) {
        let_go(w);
    }
    struct actor *last = w->lifo;
    if (last != NULL && w->lifo_runs < LIFO_RUN_MAX) {
        w->lifo = NULL;
        w->lifo_runs++;
        return last;
    }
    w->lifo_runs = 0;
    if (runtime_ring_take(&w->ring, &a, 1, false) == 1) {
        return a;
    }
    w->lifo = NULL;
    return last != NULL ? last : take_given(w);
}

/* Nothing but held senders: waits a moment and runs them. */
static struct actor *next_held(struct worker *w)
{
    struct actor *a;
    runtime_futex_wait(&w->wake, WAKE_NONE, HOLD_NS);
    let_go(w);
    return runtime_ring_take(&w->ring, &a, 1, false) == 1 ? a : NULL;
}

/* Looks at the other workers for a moment, then sleeps; returns work, or NULL when the system ends.
 * The searcher that finds work wakes the next one: there may be more. */
static struct actor *find_work(struct worker *w)
{
    struct ak_system *sys = w->sys;
    atomic_fetch_add(&sys->searching, 1);
    for (;;) {
        for (unsigned i = 0; i < SPINS; i++) {
            struct actor *a = take_given(w);
            a = a != NULL ? a : steal(w);
            if (a != NULL) {
                if (atomic_fetch_sub(&sys->searching, 1) == 1 && work_is_there(w)) {
                    wake_one(sys);
                }
                return a;
            }
            runtime_relax();
        }
        atomic_fetch_sub(&sys->searching, 1);
        if (atomic_load(&sys->quit)) {
            return NULL;
        }
        park(w); /* whoever woke us counted us as searching */
    }
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    char name[16];
    (void)snprintf(name, sizeof name, "ak-worker-%u", w->index);
    (void)pthread_setname_np(pthread_self(), name);
    runtime_worker_tls = w;
    struct ak_prof_labels labels = {0};
    w->ctx.turn = (struct turn){.sys = w->sys, .worker = w, .labels = &labels};
    (void)ak_prof_labels_set(&labels);
    ak_prof_thread_register();
    (void)runtime_slab_attach(); /* else with the first message: not in a stop, which allocates
                                    nothing */
    atomic_fetch_add(&w->sys->ready, 1);
    runtime_futex_wake(&w->sys->ready);
    for (;;) {
        struct actor *a = next_own(w);
        if (a == NULL && w->held_first != NULL) {
            a = next_held(w);
        }
        if (a == NULL) {
            a = find_work(w);
            if (a == NULL) {
                break;
            }
            w->looked_ns = ak_clock_monotonic_ns();
            w->since_look = 0;
        }
        runtime_turn_run(w->sys, w, a);
        w->since_look++;
    }
    (void)ak_prof_labels_set(NULL);
    runtime_worker_tls = NULL;
    return NULL;
}

static void quit(struct ak_system *sys)
{
    atomic_store(&sys->quit, true);
    for (unsigned i = 0; i < sys->worker_count; i++) {
        const uint64_t bit = (uint64_t)1 << i;
        if ((atomic_fetch_and(&sys->idle_mask, ~bit) & bit) != 0) {
            atomic_fetch_add(&sys->searching, 1);
            atomic_store(&sys->workers[i].wake, WAKE_WORK);
            runtime_futex_wake(&sys->workers[i].wake);
        }
    }
}

bool runtime_workers_start(struct ak_system *sys)
{
    for (unsigned i = 0; i < sys->worker_count; i++) {
        struct worker *w = &sys->workers[i];
        w->sys = sys;
        w->index = i;
        w->random = i + 1;
    }
    for (unsigned i = 0; i < sys->worker_count; i++) {
        struct worker *w = &sys->workers[i];
        if (pthread_create(&w->thread, NULL, worker_main, w) != 0) {
            quit(sys);
            while (i-- > 0) {
                (void)pthread_join(sys->workers[i].thread, NULL);
            }
            return false;
        }
    }
    uint32_t ready;
    while ((ready = atomic_load(&sys->ready)) < sys->worker_count) {
        runtime_futex_wait(&sys->ready, ready, -1);
    }
    return true;
}

void runtime_workers_join(struct ak_system *sys)
{
    quit(sys);
    for (unsigned i = 0; i < sys->worker_count; i++) {
        (void)pthread_join(sys->workers[i].thread, NULL);
    }
}
