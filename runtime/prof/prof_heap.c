/* Heap profiler: a Poisson process over the bytes that each thread allocates.
 *
 * Points lie at exponential distances of mean `rate`; an object of s bytes is sampled when a point
 * falls into it, with probability 1 - exp(-s / rate), and stands for the inverse of that many
 * objects. Weights are kept per sample: adding up first and scaling later is biased when one stack
 * allocates several sizes (golang/go#12620, jemalloc/jemalloc#1897). */
#include "prof_heap.h"

#include "base/clock.h"
#include "base/hash.h"
#include "mem_thread.h"
#include "prof_labels.h"
#include "prof_lock.h"
#include "prof_objects.h"
#include "prof_service.h"
#include "prof_snapshot.h"
#include "prof_thread.h"
#include "runtime/memory.h"
#include "runtime/prof.h"

#include <math.h>
#include <stdlib.h>

enum { OBJECTS_SHIFT = 20, BYTES_SHIFT = 10 };
enum { ALLOC_OBJECTS, ALLOC_BYTES, FREED_OBJECTS, FREED_BYTES }; /* counters of a bucket */

static const struct runtime_profile_kind heap_kind = {
    .type = {"alloc_objects", "alloc_space", "inuse_objects", "inuse_space"},
    .unit = {"count", "bytes", "count", "bytes"},
    .type_count = 4,
    .default_type = "inuse_space",
    .period_type = "space",
    .period_unit = "bytes",
    .leaf_is_allocator = true};

static struct {
    struct runtime_lock lock; /* of all but `rate` and `on` */
    struct runtime_stacks stacks;
    uint64_t samples, lost;
    int64_t started_ns;
    struct ak_mem_hooks hooks;
    uint64_t rate; /* atomic */
    bool on;       /* atomic */
} g;

/* State of the thread's random numbers; 0: not seeded yet. */
static __thread uint64_t random_state __attribute__((tls_model("initial-exec")));

void runtime_heap_lock(void)
{
    runtime_lock_take(&g.lock);
}

void runtime_heap_unlock(void)
{
    runtime_lock_give(&g.lock);
}

/* --- sampling ------------------------------------------------------------------------------ */

/* Bytes to the next point of the process, rounded down: a point at 2.7 hits the third byte. */
static uint64_t draw_distance(uint64_t rate)
{
    if (random_state == 0) {
        random_state =
            ak_hash_u64((uint64_t)ak_clock_monotonic_ns() ^ (uint64_t)(uintptr_t)&random_state) | 1;
    }
    random_state += UINT64_C(0x9e3779b97f4a7c15);
    const double u = (double)((ak_hash_u64(random_state) >> 11) + 1) * 0x1p-53; /* (0, 1] */
    const double distance = -log(u) * (double)rate;
    return distance < 0x1p62 ? (uint64_t)distance : UINT64_MAX;
}

static void weigh(struct runtime_object *o, size_t size, uint64_t rate)
{
    if (rate <= 1 || size == 0) {
        o->objects_q = (uint64_t)1 << OBJECTS_SHIFT;
        o->bytes_q = (uint64_t)size << BYTES_SHIFT;
        return;
    }
    const double weight = -1.0 / expm1(-(double)size / (double)rate);
    o->objects_q = (uint64_t)(weight * (1 << OBJECTS_SHIFT) + 0.5);
    o->bytes_q = (uint64_t)(weight * (double)size * (1 << BYTES_SHIFT) + 0.5);
}

static void add_weight(struct runtime_bucket *b, const struct runtime_object *o, unsigned at)
{
    b->value[at] += o->objects_q;
    b->value[at + 1] += o->bytes_q;
}

/* Where a thread remembers the bucket of a stack: most of its allocations come from few stacks, and
 * buckets live for ever. */
static struct runtime_bucket **recent_of(struct runtime_thread *t,
                                         const struct runtime_stack_key *key)
{
    uint64_t h = key->depth;
    for (uint32_t i = 0; i < key->depth && i < 3; i++) {
        h = (h ^ key->pcs[i]) * UINT64_C(0x9e3779b97f4a7c15);
    }
    return &t->recent[(h >> 32) % RUNTIME_RECENT];
}

/* Has the object allocated and booked. *bucket is NULL: that of key, which is returned. */
static void *take_object(size_t size, size_t align, uint64_t rate, struct runtime_bucket **bucket,
                         const struct runtime_stack_key *key)
{
    runtime_lock_take(&g.lock);
    struct runtime_bucket *const b = *bucket ? *bucket : runtime_stacks_get(&g.stacks, key);
    void *const p = b ? runtime_objects_alloc(size, align) : NULL;
    if (p) {
        struct runtime_object *const o = runtime_object_of(p);
        o->bucket = b;
        weigh(o, size, rate);
        add_weight(b, o, ALLOC_OBJECTS);
        g.samples++;
    } else {
        g.lost++;
    }
    runtime_lock_give(&g.lock);
    *bucket = b;
    return p;
}

/* The bucket of this thread's last sample, when the stack and the labels are those of then. */
static struct runtime_bucket *same_bucket(const struct runtime_thread *t,
                                          const struct runtime_labels *labels)
{
    struct runtime_bucket *const b = t->heap_last;
    const bool same =
        b && t->walk_cache->number == t->heap_walk &&
        runtime_labels_same(b->key.labels, b->key.label_bytes, labels->bytes, labels->length) &&
        runtime_unwind_same(runtime_mem_tls->frame, &t->stack, t->walk_cache);
    return same ? b : NULL;
}

/* Walks, and allocates for the stack that was found. */
static void *sample_stack(size_t size, size_t align, uint64_t rate,
                          const struct runtime_labels *labels)
{
    uint64_t pcs[AK_PROF_DEPTH_MAX];
    struct runtime_walk walk = {.pcs = pcs, .max = AK_PROF_DEPTH_MAX};
    struct runtime_thread *const t = runtime_thread_self;
    const struct runtime_stack stack = runtime_thread_stack();
    runtime_unwind_caller(runtime_mem_tls->frame, &stack, runtime_thread_cache(), &walk);
    if (walk.depth == 0) {
        walk.pcs[walk.depth++] = RUNTIME_PC_UNKNOWN;
    }
    struct runtime_stack_key key = {.pcs = walk.pcs,
                                    .depth = walk.depth,
                                    .epoch = walk.epoch,
                                    .labels = labels->bytes,
                                    .label_bytes = (uint32_t)labels->length};
    struct runtime_bucket **const recent = t ? recent_of(t, &key) : NULL;
    struct runtime_bucket *b = recent ? *recent : NULL;
    if (b && !runtime_stack_same(&b->key, &key)) {
        b = NULL;
    }
    if (!b) {
        key.hash = runtime_stack_hash(&key);
    }
    void *const p = take_object(size, align, rate, &b, &key);
    if (t && t->walk_cache) {
        *recent = t->heap_last = b;
        t->heap_walk = t->walk_cache->number;
    }
    return p;
}

static void *sample(size_t size, size_t align, uint64_t rate)
{
    struct runtime_labels labels;
    runtime_labels_take(&labels);
    struct runtime_bucket *b =
        runtime_thread_self ? same_bucket(runtime_thread_self, &labels) : NULL;
    return b ? take_object(size, align, rate, &b, NULL) : sample_stack(size, align, rate, &labels);
}

static void *on_alloc(size_t size, size_t align, bool first, uint64_t *out_next)
{
    const uint64_t rate = __atomic_load_n(&g.rate, __ATOMIC_RELAXED);
    if (rate <= 1) {
        *out_next = 0;
        return sample(size, align, rate);
    }
    if (first || size == 0) {
        const uint64_t distance = size == 0 && !first ? 0 : draw_distance(rate);
        if (distance >= size) {
            *out_next = distance - size;
            return NULL;
        }
    }
    *out_next = draw_distance(rate);
    return sample(size, align, rate);
}

static void on_free(void *p)
{
    const struct runtime_object *const o = runtime_object_of(p);
    runtime_lock_take(&g.lock);
    add_weight(o->bucket, o, FREED_OBJECTS);
    runtime_objects_free(p);
    runtime_lock_give(&g.lock);
}

#if RUNTIME_MEM_INTERPOSED

void runtime_heap_pause(void)
{
    runtime_mem_block()->in_hook = true;
}

/* What was allocated meanwhile moved the thread past its next point: it begins again. */
void runtime_heap_resume(void)
{
    struct runtime_mem_thread *const t = runtime_mem_block();
    t->in_hook = false;
    t->sample_seen = atomic_load(&runtime_mem_globals.sample_round) - 1;
    atomic_store(&t->sample_at, 0);
}

#else

void runtime_heap_pause(void)
{
}

void runtime_heap_resume(void)
{
}

#endif

/* --- start and stop ------------------------------------------------------------------------ */

static uint64_t rate_or_default(uint64_t rate)
{
    const char *const text = rate == 0 ? getenv("AK_MEMPROFILERATE") : NULL;
    if (text) {
        ak_str_u64(ak_str_from(text), &rate);
    }
    return rate == 0 ? AK_PROF_HEAP_RATE : rate;
}

/* Whether malloc comes here: another library, or a tool such as valgrind, may stand before us. */
static bool owns_malloc(void)
{
    struct ak_mem_counters before, after;
    ak_mem_counters(&before);
    void *volatile p = malloc(1);
    free(p);
    ak_mem_counters(&after);
    return ak_mem_is_interposed() && after.mallocs > before.mallocs;
}

enum ak_status ak_prof_heap_start(uint64_t rate, struct ak_error *err)
{
    uintptr_t base;
    size_t size;
    if (!owns_malloc()) {
        return ak_fail(
            err, AK_UNSUPPORTED,
            "heap profile: malloc is not ours here (sanitizer, valgrind, another allocator)");
    }
    const bool was_on = __atomic_load_n(&g.on, __ATOMIC_ACQUIRE);
    if (!runtime_modules_refresh() || (!was_on && !runtime_service_hold())) {
        return ak_fail(err, AK_NO_SPACE, "heap profile: no memory for its tables");
    }
    runtime_lock_take(&g.lock);
    const bool open = runtime_objects_open(&base, &size);
    if (g.started_ns == 0) {
        g.started_ns = ak_clock_monotonic_ns();
    }
    runtime_lock_give(&g.lock);
    if (!open) {
        if (!was_on) {
            runtime_service_drop();
        }
        return ak_fail(err, AK_NO_SPACE, "heap profile: no range of addresses for its objects");
    }
    g.hooks = (struct ak_mem_hooks){on_alloc, on_free, runtime_objects_usable, base, size};
    __atomic_store_n(&g.rate, rate_or_default(rate), __ATOMIC_RELAXED);
    __atomic_store_n(&g.on, true, __ATOMIC_RELEASE);
    if (!ak_mem_set_hooks(&g.hooks)) {
        ak_prof_heap_stop();
        return ak_fail(err, AK_BUSY, "heap profile: another sampler has malloc");
    }
    ak_mem_sampling(true);
    return AK_OK;
}

void ak_prof_heap_stop(void)
{
    if (__atomic_exchange_n(&g.on, false, __ATOMIC_ACQ_REL)) {
        ak_mem_sampling(false);
        runtime_service_drop();
    }
}

uint64_t ak_prof_heap_rate(void)
{
    return __atomic_load_n(&g.on, __ATOMIC_ACQUIRE) ? __atomic_load_n(&g.rate, __ATOMIC_RELAXED)
                                                    : 0;
}

/* --- reading ------------------------------------------------------------------------------- */

static int64_t objects_of(uint64_t q)
{
    return (int64_t)((q + (1u << (OBJECTS_SHIFT - 1))) >> OBJECTS_SHIFT);
}

static int64_t bytes_of(uint64_t q)
{
    return (int64_t)((q + (1u << (BYTES_SHIFT - 1))) >> BYTES_SHIFT);
}

static bool heap_values(const struct runtime_bucket *b, int64_t *out)
{
    out[0] = objects_of(b->value[ALLOC_OBJECTS]);
    out[1] = bytes_of(b->value[ALLOC_BYTES]);
    out[2] = objects_of(b->value[ALLOC_OBJECTS] - b->value[FREED_OBJECTS]);
    out[3] = bytes_of(b->value[ALLOC_BYTES] - b->value[FREED_BYTES]);
    return true;
}

struct ak_prof_snapshot *ak_prof_heap_snapshot(void)
{
    struct ak_mem_counters exact;
    ak_mem_counters(&exact);
    runtime_lock_take(&g.lock);
    struct ak_prof_snapshot *s = runtime_snapshot_new(&heap_kind, &g.stacks, heap_values, 0);
    const uint64_t samples = g.samples, lost = g.lost;
    const int64_t started_ns = g.started_ns;
    runtime_lock_give(&g.lock);
    if (!s) {
        return NULL;
    }
    s->period = (int64_t)__atomic_load_n(&g.rate, __ATOMIC_RELAXED);
    s->duration_ns = started_ns ? ak_clock_monotonic_ns() - started_ns : 0;
    runtime_snapshot_comment(s,
                             "heap: Poisson sampling, one per %lld bytes on average; each sample "
                             "weighs 1 / (1 - exp(-size / rate))",
                             (long long)s->period);
#if defined(RUNTIME_UNWIND_BY)
    runtime_snapshot_comment(s, "stacks: by " RUNTIME_UNWIND_BY "; at most %d frames",
                             AK_PROF_DEPTH_MAX);
#endif
    runtime_snapshot_comment(s, "samples: %llu; lost: %llu", (unsigned long long)samples,
                             (unsigned long long)lost);
    runtime_snapshot_comment(s,
                             "exact counters of the process since it began: %llu bytes in %llu "
                             "allocations, %llu frees; judge by these, not by the samples",
                             (unsigned long long)exact.bytes, (unsigned long long)exact.mallocs,
                             (unsigned long long)exact.frees);
    return s;
}

enum ak_status ak_prof_heap_write(const char *path, struct ak_error *err)
{
    struct ak_prof_snapshot *const s = ak_prof_heap_snapshot();
    if (!s) {
        return ak_fail(err, AK_NO_SPACE, "heap profile: no memory for a copy of its samples");
    }
    const enum ak_status st = ak_prof_snapshot_write(s, path, err);
    ak_prof_snapshot_free(s);
    return st;
}

void ak_prof_heap_stats(struct ak_prof_heap_stats *out)
{
    uint64_t total[RUNTIME_VALUES] = {0};
    runtime_lock_take(&g.lock);
    for (const struct runtime_bucket *b = g.stacks.first; b; b = b->next) {
        for (unsigned i = 0; i < RUNTIME_VALUES; i++) {
            total[i] += b->value[i];
        }
    }
    *out = (struct ak_prof_heap_stats){
        .samples = g.samples,
        .lost = g.lost,
        .alloc_objects = (uint64_t)objects_of(total[ALLOC_OBJECTS]),
        .alloc_bytes = (uint64_t)bytes_of(total[ALLOC_BYTES]),
        .inuse_objects = (uint64_t)objects_of(total[ALLOC_OBJECTS] - total[FREED_OBJECTS]),
        .inuse_bytes = (uint64_t)bytes_of(total[ALLOC_BYTES] - total[FREED_BYTES])};
    runtime_lock_give(&g.lock);
}
