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

/* The sampling point is reached. Returns the object, or NULL when libc is to serve it. `frame` is
 * that of the function of the malloc family, where the sampler's walk begins. */
__attribute__((noinline)) static void *sampled(struct runtime_mem_thread *t, size_t size,
                                               size_t align, const void *frame)
{
    struct runtime_mem_globals *g = &runtime_mem_globals;
    const struct ak_mem_hooks *hooks = atomic_load_explicit(&g->hooks, memory_order_acquire);
    if (t->in_hook || hooks == NULL) {
        return NULL;
    }
    if (!atomic_load_explicit(&g->sampling, memory_order_relaxed)) {
        atomic_store_explicit(&t->sample_at, UINT64_MAX, memory_order_relaxed);
        return NULL;
    }
    const uint32_t round = atomic_load(&g->sample_round);
    const bool first = atomic_load_explicit(&t->sample_seen, memory_order_relaxed) != round;
    atomic_store_explicit(&t->sample_seen, round, memory_order_relaxed);
    uint64_t next = UINT64_MAX;
    t->in_hook = true;
    t->frame = frame;
    void *p = hooks->alloc(size, align, first, &next);
    t->in_hook = false;
    const uint64_t bytes = atomic_load_explicit(&t->bytes, memory_order_relaxed) + size;
    /* 0 is always in the past: a thread that samples each allocation stores nothing. */
    const uint64_t at = next == 0 ? 0 : next > UINT64_MAX - bytes ? UINT64_MAX : bytes + next;
    if (at != atomic_load_explicit(&t->sample_at, memory_order_relaxed)) {
        atomic_store(&t->sample_at, at);
    }
    if (atomic_load(&g->sample_round) != round) {
        atomic_store(&t->sample_at, 0);
    }
    return p;
}

static inline bool sample_due(const struct runtime_mem_thread *t, size_t size)
{
    return atomic_load_explicit(&t->bytes, memory_order_relaxed) + size >
           atomic_load_explicit(&t->sample_at, memory_order_relaxed);
}

__attribute__((always_inline)) static inline void *take(size_t size, size_t align)
{
    struct runtime_mem_thread *t = runtime_mem_block();
    void *p = NULL;
    if (__builtin_expect(sample_due(t, size), 0)) {
        p = sampled(t, size, align, __builtin_frame_address(0));
    }
    if (__builtin_expect(p == NULL, 1)) {
        p = align <= MIN_ALIGN ? __libc_malloc(size) : __libc_memalign(align, size);
    }
    return runtime_mem_counted(t, p, size);
}

EXPORT void *malloc(size_t size)
{
    return take(size, MIN_ALIGN);
}

EXPORT void free(void *ptr)
{
    if (ptr == NULL) {
        return;
    }
    runtime_mem_freed(runtime_mem_block(), ptr);
    if (__builtin_expect(runtime_mem_is_sampled(ptr), 0)) {
        atomic_load_explicit(&runtime_mem_globals.hooks, memory_order_acquire)->free(ptr);
        return;
    }
    __libc_free(ptr);
}

EXPORT void *calloc(size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        errno = ENOMEM;
        return NULL;
    }
    struct runtime_mem_thread *t = runtime_mem_block();
    if (__builtin_expect(sample_due(t, total), 0)) {
        void *p = sampled(t, total, MIN_ALIGN, __builtin_frame_address(0));
        if (p != NULL) {
            memset(p, 0, total);
            return runtime_mem_counted(t, p, total);
        }
    }
    return runtime_mem_counted(t, __libc_calloc(1, total), total);
}

/* realloc where the old or the coming object is sampled: allocate, copy, free. */
static void *move(void *ptr, size_t size)
{
    void *p = malloc(size);
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
    void *p = take(size, align);
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
    return take(size, align);
}

EXPORT void *aligned_alloc(size_t align, size_t size)
{
    return memalign(align, size);
}

EXPORT void *valloc(size_t size)
{
    return take(size, (size_t)sysconf(_SC_PAGESIZE));
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
