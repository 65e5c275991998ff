/* Timers: a binary heap of entries by (time, id) under one mutex, and a thread that sleeps until
 * the first is due, started with the first timer. Starting and ending cost O(log n). */
#include "timer.h"

#include "runtime/memory.h"
#include "sim.h"

#include <string.h>

struct entry {
    int64_t due_ns;
    int64_t period_ns;
    uint64_t id;  /* number << 32 | index into entries + 1 */
    size_t place; /* in the heap */
    struct ak_pid to, from;
    struct ak_msg *msg; /* of ak_timer_tell */
    runtime_timer_fn *fn;
    uint64_t arg;
    uint32_t next_free;
    bool used;
};

struct timers {
    pthread_mutex_t lock;
    struct entry *entries;
    uint32_t entry_count, entry_cap;
    uint32_t free_entry; /* index + 1 */
    uint32_t *heap;      /* indexes of entries */
    size_t heap_count;
    uint32_t numbers;
    pthread_t thread;
    bool thread_runs;
    bool quit;
    _Atomic uint32_t changed; /* futex: the first timer is another one */
};

bool runtime_timers_init(struct ak_system *sys)
{
    struct timers *t = ak_mem_zalloc(sizeof *t);
    if (t == NULL) {
        return false;
    }
    if (pthread_mutex_init(&t->lock, NULL) != 0) {
        ak_mem_free(t);
        return false;
    }
    sys->timers = t;
    return true;
}

static bool comes_before(const struct timers *t, uint32_t x, uint32_t y)
{
    const struct entry *a = &t->entries[x];
    const struct entry *b = &t->entries[y];
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->id < b->id;
}

static void put(struct timers *t, size_t place, uint32_t index)
{
    t->heap[place] = index;
    t->entries[index].place = place;
}

static void sift_up(struct timers *t, size_t i, uint32_t index)
{
    while (i > 0 && comes_before(t, index, t->heap[(i - 1) / 2])) {
        put(t, i, t->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    put(t, i, index);
}

static void sift_down(struct timers *t, size_t i, uint32_t index)
{
    for (size_t child; (child = 2 * i + 1) < t->heap_count; i = child) {
        if (child + 1 < t->heap_count && comes_before(t, t->heap[child + 1], t->heap[child])) {
            child++;
        }
        if (!comes_before(t, t->heap[child], index)) {
            break;
        }
        put(t, i, t->heap[child]);
    }
    put(t, i, index);
}

static void heap_remove(struct timers *t, size_t place)
{
    const uint32_t last = t->heap[--t->heap_count];
    if (place == t->heap_count) {
        return;
    }
    sift_down(t, place, last);
    sift_up(t, t->entries[last].place, last);
}

static bool grow(struct timers *t)
{
    const uint32_t cap = t->entry_cap == 0 ? 64 : t->entry_cap * 2;
    struct entry *entries = ak_mem_alloc(cap * sizeof *entries);
    uint32_t *heap = ak_mem_alloc(cap * sizeof *heap);
    if (entries == NULL || heap == NULL) {
        ak_mem_free(entries);
        ak_mem_free(heap);
        return false;
    }
    if (t->entry_count > 0) {
        memcpy(entries, t->entries, t->entry_count * sizeof *entries);
        memcpy(heap, t->heap, t->heap_count * sizeof *heap);
    }
    ak_mem_free(t->entries);
    ak_mem_free(t->heap);
    t->entries = entries;
    t->heap = heap;
    t->entry_cap = cap;
    return true;
}

static void free_entry(struct timers *t, struct entry *e)
{
    e->used = false;
    e->next_free = t->free_entry;
    t->free_entry = (uint32_t)(e - t->entries) + 1;
}

/* --- the thread --------------------------------------------------------------------------- */

/* Does what a due timer is for. Not under the lock. */
static void fire(struct ak_system *sys, const struct entry *e)
{
    if (e->fn != NULL) {
        e->fn(sys, e->arg);
        return;
    }
    struct ak_msg *m = e->msg;
    if (m == NULL) {
        m = ak_msg_of(AK_MSG_TIMER, &e->id, sizeof e->id);
        if (m == NULL) { /* no memory for this tick */
            return;
        }
    }
    m->sender = e->from;
    runtime_send(sys, e->to, m);
}

/* Takes the first timer if it is due; an interval stays, at its next time after now. */
static bool take_due(struct timers *t, int64_t now, struct entry *out)
{
    bool due = false;
    (void)pthread_mutex_lock(&t->lock);
    if (t->heap_count > 0 && !t->quit) {
        const uint32_t index = t->heap[0];
        struct entry *e = &t->entries[index];
        if (e->due_ns <= now) {
            due = true;
            *out = *e;
            if (e->period_ns > 0) {
                const int64_t missed = (now - e->due_ns) / e->period_ns;
                e->due_ns += (missed + 1) * e->period_ns;
                sift_down(t, 0, index);
            } else {
                heap_remove(t, 0);
                free_entry(t, e);
            }
        }
    }
    (void)pthread_mutex_unlock(&t->lock);
    return due;
}

/* An interval to an actor that has ended ends too. */
static void end_if_dead(struct ak_system *sys, const struct entry *e)
{
    if (e->period_ns > 0 && e->fn == NULL && !ak_actor_is_alive(sys, e->to)) {
        (void)ak_timer_cancel(sys, e->id);
    }
}

void runtime_timers_fire(struct ak_system *sys, int64_t now_ns)
{
    struct entry e;
    while (take_due(sys->timers, now_ns, &e)) {
        fire(sys, &e);
        end_if_dead(sys, &e);
    }
}

int64_t runtime_timers_next_ns(struct ak_system *sys)
{
    struct timers *t = sys->timers;
    (void)pthread_mutex_lock(&t->lock);
    const int64_t next = t->heap_count > 0 ? t->entries[t->heap[0]].due_ns : INT64_MAX;
    (void)pthread_mutex_unlock(&t->lock);
    return next;
}

static bool has_quit(struct timers *t)
{
    (void)pthread_mutex_lock(&t->lock);
    const bool quit = t->quit;
    (void)pthread_mutex_unlock(&t->lock);
    return quit;
}

static void *timer_main(void *arg)
{
    struct ak_system *sys = arg;
    struct timers *t = sys->timers;
    (void)pthread_setname_np(pthread_self(), "ak-timer");
    while (!has_quit(t)) {
        const uint32_t seen = atomic_load(&t->changed);
        const int64_t now = ak_system_now_ns(sys);
        runtime_timers_fire(sys, now);
        const int64_t next = runtime_timers_next_ns(sys);
        if (next > now) {
            runtime_futex_wait(&t->changed, seen, next == INT64_MAX ? -1 : next - now);
        }
    }
    return NULL;
}

void runtime_timers_quit(struct ak_system *sys)
{
    struct timers *t = sys->timers;
    (void)pthread_mutex_lock(&t->lock);
    t->quit = true;
    const bool join = t->thread_runs;
    t->thread_runs = false;
    (void)pthread_mutex_unlock(&t->lock);
    atomic_fetch_add(&t->changed, 1);
    runtime_futex_wake(&t->changed);
    if (join) {
        (void)pthread_join(t->thread, NULL);
    }
}

void runtime_timers_release(struct ak_system *sys)
{
    struct timers *t = sys->timers;
    if (t == NULL) {
        return;
    }
    for (size_t i = 0; i < t->heap_count; i++) {
        ak_msg_free(t->entries[t->heap[i]].msg);
    }
    (void)pthread_mutex_destroy(&t->lock);
    ak_mem_free(t->entries);
    ak_mem_free(t->heap);
    ak_mem_free(t);
    sys->timers = NULL;
}

/* --- starting and ending ------------------------------------------------------------------- */

/* Under the lock: enters *e. Its id, or 0. */
static uint64_t enter(struct ak_system *sys, struct timers *t, const struct entry *e)
{
    if (t->quit || (t->free_entry == 0 && t->entry_count == t->entry_cap && !grow(t))) {
        return 0;
    }
    if (sys->sim == NULL && !t->thread_runs) {
        if (pthread_create(&t->thread, NULL, timer_main, sys) != 0) {
            return 0;
        }
        t->thread_runs = true;
    }
    const uint32_t index = t->free_entry != 0 ? t->free_entry - 1 : t->entry_count++;
    if (t->free_entry != 0) {
        t->free_entry = t->entries[index].next_free;
    }
    t->entries[index] = *e;
    t->entries[index].used = true;
    t->entries[index].id = (uint64_t)++t->numbers << 32 | (index + 1);
    sift_up(t, t->heap_count++, index);
    return t->entries[index].id;
}

static uint64_t start(struct ak_system *sys, struct entry *e, int64_t delay_ns)
{
    struct timers *t = sys->timers;
    const int64_t now = ak_system_now_ns(sys);
    const int64_t delay = delay_ns > 0 ? delay_ns : 0;
    e->due_ns = delay > INT64_MAX - now ? INT64_MAX - 1 : now + delay;
    (void)pthread_mutex_lock(&t->lock);
    const uint64_t id = enter(sys, t, e);
    const bool first = id != 0 && t->entries[t->heap[0]].id == id;
    (void)pthread_mutex_unlock(&t->lock);
    if (first) {
        atomic_fetch_add(&t->changed, 1);
        runtime_futex_wake(&t->changed);
    }
    return id;
}

uint64_t ak_timer_start(struct ak_system *sys, struct ak_pid to, int64_t delay_ns,
                        int64_t period_ns)
{
    struct entry e = {.to = to, .period_ns = period_ns > 0 ? period_ns : 0};
    return start(sys, &e, delay_ns);
}

uint64_t ak_timer_tell(struct ak_system *sys, struct ak_pid to, struct ak_pid from,
                       struct ak_msg *msg, int64_t delay_ns)
{
    struct entry e = {.to = to, .from = from, .msg = msg};
    const uint64_t id = start(sys, &e, delay_ns);
    if (id == 0) {
        ak_msg_free(msg);
    }
    return id;
}

uint64_t runtime_timer_call(struct ak_system *sys, int64_t delay_ns, int64_t period_ns,
                            runtime_timer_fn *fn, uint64_t arg)
{
    struct entry e = {.fn = fn, .arg = arg, .period_ns = period_ns};
    return start(sys, &e, delay_ns);
}

bool ak_timer_cancel(struct ak_system *sys, uint64_t id)
{
    struct timers *t = sys->timers;
    const uint32_t index = (uint32_t)id - 1;
    struct ak_msg *msg = NULL;
    bool ended = false;
    (void)pthread_mutex_lock(&t->lock);
    if (index < t->entry_count && t->entries[index].used && t->entries[index].id == id) {
        struct entry *e = &t->entries[index];
        msg = e->msg;
        heap_remove(t, e->place);
        free_entry(t, e);
        ended = true;
    }
    (void)pthread_mutex_unlock(&t->lock);
    ak_msg_free(msg);
    return ended;
}

size_t ak_timer_count(struct ak_system *sys)
{
    (void)pthread_mutex_lock(&sys->timers->lock);
    const size_t n = sys->timers->heap_count;
    (void)pthread_mutex_unlock(&sys->timers->lock);
    return n;
}
