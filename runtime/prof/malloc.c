/* The process's malloc family: counts, asks the sampler when its point is reached, and is served by
 * glibc's __libc_ functions. Nothing here blocks or allocates by itself. */
#include "mem_thread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if RUNTIME_MEM_INTERPOSED

#define EXPORT __attribute__((visibility("default")))

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *ptr, size_t size);
extern void *__libc_memalign(size_t align, size_t size);
extern void __libc_free(void *ptr);

enum { MIN_ALIGN = 16 };

/* glibc's chunk header stands before the block: its size with three flag bits, of which the second
 * says that the chunk has its own mapping (and then no following chunk's word to use). */
static size_t libc_usable(const void *p)
{
    size_t word;
    memcpy(&word, (const char *)p - sizeof word, sizeof word);
    const size_t overhead = (word & 2u) != 0 ? 2 * sizeof word : sizeof word;
    return (word & ~(size_t)7) - overhead;
}

/* An allocation of more than this, or the one that completes as many bytes, takes the slow path and
 * is counted when it has succeeded: what is counted before is small. */
#define FAST_BYTES ((uint64_t)1 << 30)

/* The sampling point is reached. Returns the object, or NULL when libc is to serve it, and sets the
 * next point. `frame` is that of the function of the malloc family, where the walk begins. */
static void *sampled(struct runtime_mem_thread *t, size_t size, size_t align, const void *frame)
{
    struct runtime_mem_globals *g = &runtime_mem_globals;
    const struct ak_mem_hooks *hooks = atomic_load_explicit(&g->hooks, memory_order_acquire);
    if (t->in_hook) {
        return NULL;
    }
    const uint32_t round = atomic_load(&g->sample_round);
    const bool first = t->sample_seen != round;
    t->sample_seen = round;
    if (hooks == NULL || !atomic_load_explicit(&g->sampling, memory_order_relaxed)) {
        t->point = UINT64_MAX;
        return NULL;
    }
    uint64_t next = UINT64_MAX;
    t->in_hook = true;
    t->frame = frame;
    void *p = hooks->alloc(size, align, first, &next);
    t->in_hook = false;
    const uint64_t bytes = atomic_load_explicit(&t->bytes, memory_order_relaxed) + size;
    /* 0 is always in the past: a thread that samples each allocation stores nothing below. */
    t->point = next == 0 ? 0 : next > UINT64_MAX - bytes ? UINT64_MAX : bytes + next;
    return p;
}

static inline bool sample_due(const struct runtime_mem_thread *t, size_t size)
{
    const uint64_t bytes = atomic_load_explicit(&t->bytes, memory_order_relaxed);
    return t->sample_seen !=
               atomic_load_explicit(&runtime_mem_globals.sample_round, memory_order_relaxed) ||
           bytes + size > t->point || t->point == 0;
}

/* Up to where the thread may take the fast path from here. */
static void rearm(struct runtime_mem_thread *t, uint32_t round)
{
    struct runtime_mem_globals *g = &runtime_mem_globals;
    const uint64_t far = atomic_load_explicit(&t->bytes, memory_order_relaxed) + FAST_BYTES;
    const uint64_t at = atomic_load(&g->live_on) ? 0 : t->point < far ? t->point : far;
    if (at != atomic_load_explicit(&t->sample_at, memory_order_relaxed)) {
        atomic_store(&t->sample_at, at);
        if (atomic_load(&g->sample_round) != round) {
            atomic_store(&t->sample_at, 0);
        }
    }
}

/* The slow path, for the function of the family whose frame this is. */
static inline void *take_for(const void *frame, size_t size, size_t align)
{
    struct runtime_mem_thread *t = runtime_mem_block();
    const uint32_t round = atomic_load(&runtime_mem_globals.sample_round);
    void *p = NULL;
    if (sample_due(t, size)) {
        p = sampled(t, size, align, frame);
    }
    if (p == NULL) {
        p = align <= MIN_ALIGN ? __libc_malloc(size) : __libc_memalign(align, size);
    }
    p = runtime_mem_counted(t, p, size);
    rearm(t, round);
    return p;
}

/* This and the other functions that may not be inlined are tail-called by those of the family, so
 * that their frames stand for theirs. */
__attribute__((noinline)) static void *take_slowly(size_t size, size_t align)
{
    return take_for(__builtin_frame_address(0), size, align);
}

__attribute__((noinline)) static void *zeroed_slowly(size_t total)
{
    struct runtime_mem_thread *t = runtime_mem_block();
    const uint32_t round = atomic_load(&runtime_mem_globals.sample_round);
    void *p = NULL;
    if (sample_due(t, total)) {
        p = sampled(t, total, MIN_ALIGN, __builtin_frame_address(0));
    }
    p = p != NULL ? memset(p, 0, total) : __libc_calloc(1, total);
    p = runtime_mem_counted(t, p, total);
    rearm(t, round);
    return p;
}

/* Counts an allocation that takes the fast path. False: it has to take the slow one. */
static inline bool counted_fast(size_t size)
{
    struct runtime_mem_thread *t = runtime_mem_tls;
    uint64_t bytes = atomic_load_explicit(&t->bytes, memory_order_relaxed);
    if (__builtin_expect(__builtin_add_overflow(bytes, size, &bytes), 0) ||
        __builtin_expect(bytes > atomic_load_explicit(&t->sample_at, memory_order_relaxed), 0)) {
        return false;
    }
    atomic_store_explicit(&t->bytes, bytes, memory_order_relaxed);
    runtime_mem_add(&t->mallocs, 1);
    return true;
}

EXPORT void *malloc(size_t size)
{
    return __builtin_expect(counted_fast(size), 1) ? __libc_malloc(size)
                                                   : take_slowly(size, MIN_ALIGN);
}

__attribute__((noinline)) static void free_slowly(void *ptr)
{
    struct runtime_mem_thread *t = runtime_mem_block();
    if (atomic_load_explicit(&runtime_mem_globals.live_on, memory_order_relaxed)) {
        runtime_mem_add_live(t, -(int64_t)malloc_usable_size(ptr));
    }
    if (runtime_mem_is_sampled(ptr)) {
        atomic_load_explicit(&runtime_mem_globals.hooks, memory_order_acquire)->free(ptr);
    } else {
        __libc_free(ptr);
    }
}

EXPORT void free(void *ptr)
{
    if (__builtin_expect(ptr == NULL, 0)) {
        return;
    }
    runtime_mem_add(&runtime_mem_tls->frees, 1);
    const uintptr_t base =
        atomic_load_explicit(&runtime_mem_globals.free_base, memory_order_relaxed);
    if (__builtin_expect(
            (uintptr_t)ptr - base <
                atomic_load_explicit(&runtime_mem_globals.free_size, memory_order_relaxed),
            0)) {
        free_slowly(ptr);
    } else {
        __libc_free(ptr);
    }
}

EXPORT void *calloc(size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        errno = ENOMEM;
        return NULL;
    }
    return __builtin_expect(counted_fast(total), 1) ? __libc_calloc(1, total)
                                                    : zeroed_slowly(total);
}

/* realloc where the old or the coming object is sampled: allocate, copy, free. */
__attribute__((noinline)) static void *move(void *ptr, size_t size)
{
    void *p = take_for(__builtin_frame_address(0), size, MIN_ALIGN);
    if (p != NULL) {
        const size_t old = malloc_usable_size(ptr);
        memcpy(p, ptr, old < size ? old : size);
        free(ptr);
    }
    return p;
}

EXPORT void *realloc(void *ptr, size_t size)
{
    if (ptr == NULL) {
        return malloc(size);
    }
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    struct runtime_mem_thread *t = runtime_mem_block();
    if (__builtin_expect(runtime_mem_is_sampled(ptr) || sample_due(t, size), 0)) {
        return move(ptr, size);
    }
    const bool live = atomic_load_explicit(&runtime_mem_globals.live_on, memory_order_relaxed);
    const size_t old = live ? libc_usable(ptr) : 0;
    void *p = __libc_realloc(ptr, size);
    if (p != NULL) {
        runtime_mem_add(&t->frees, 1);
        runtime_mem_add_live(t, -(int64_t)old);
        (void)runtime_mem_counted(t, p, size);
    }
    return p;
}

EXPORT void *reallocarray(void *ptr, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(ptr, total);
}

static bool is_power_of_two(size_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

EXPORT int posix_memalign(void **out, size_t align, size_t size)
{
    if (!is_power_of_two(align) || align % sizeof(void *) != 0) {
        return EINVAL;
    }
    void *p = take_slowly(size, align); /* rare: always the slow path */
    if (p == NULL) {
        return ENOMEM;
    }
    *out = p;
    return 0;
}

EXPORT void *memalign(size_t align, size_t size)
{
    if (!is_power_of_two(align)) {
        errno = EINVAL;
        return NULL;
    }
    return take_slowly(size, align);
}

EXPORT void *aligned_alloc(size_t align, size_t size)
{
    return memalign(align, size);
}

EXPORT void *valloc(size_t size)
{
    return take_slowly(size, (size_t)sysconf(_SC_PAGESIZE));
}

EXPORT size_t malloc_usable_size(void *ptr)
{
    if (ptr == NULL) {
        return 0;
    }
    if (runtime_mem_is_sampled(ptr)) {
        return atomic_load_explicit(&runtime_mem_globals.hooks, memory_order_acquire)->usable(ptr);
    }
    return libc_usable(ptr);
}

#endif
