/* Exact counters of heap memory, and the door through which a sampling heap profiler watches it.
 *
 * A program that links runtime/ has its malloc family replaced (runtime/malloc.c): each call is
 * counted in a block that belongs to the calling thread and is served by the C library. Blocks of
 * threads that ended keep their values, so that totals are exact over all threads that ever ran.
 * With a sanitizer, which brings its own malloc, only the runtime's own memory is counted.
 *
 * Cost: 11 instructions per malloc and 13 per free, sampled or not (bench/self/profilers.sh), while
 * live bytes are not counted. Exact but for one case: a request below 1 GiB that the C library
 * refuses is counted. */
#ifndef RUNTIME_MEMORY_H
#define RUNTIME_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sums since the process began. All are of requested sizes except live_bytes. */
struct ak_mem_counters {
    uint64_t bytes; /* requested by malloc, calloc, realloc, posix_memalign, ... (Go: TotalAlloc) */
    uint64_t mallocs;   /* calls that gave memory (Go: Mallocs) */
    uint64_t frees;     /* blocks given back; a realloc is a malloc of the new size and a free */
    int64_t live_bytes; /* usable bytes not given back, counted since ak_mem_count_live(true) */
};

/* Any thread. Exact for threads that are not inside malloc at this moment; never blocks. */
void ak_mem_counters(struct ak_mem_counters *out);

/* Whether the process's malloc family is counted (false under a sanitizer). */
bool ak_mem_is_interposed(void);

/* Counts live bytes from here on: each malloc and free takes a slower path, about 60 instructions
 * more. Call it before the threads start; live_bytes starts at the C library's own count of bytes
 * in use. */
void ak_mem_count_live(bool on);

/* Resident set of the process, bytes, from the kernel. 0 when not known. */
uint64_t ak_mem_rss_bytes(void);

/* --- the door for a sampler -------------------------------------------------------------- */

/* How a sampling heap profiler watches allocations. Each thread counts the bytes it asked for and
 * calls `alloc` when the count reaches the thread's next sampling point. A malloc inside a hook is
 * served by the C library and counted, and never sampled.
 *
 * A sampled object must live in the sampler's own range [arena, arena + arena_size): then every
 * free, realloc and malloc_usable_size tells a sampled pointer by one subtraction and one compare,
 * and pays nothing else for the others. */
struct ak_mem_hooks {
    /* Called in the allocating thread instead of the C library's allocator. `align` is a power of
     * two >= 16. Returns memory in the sampler's range, or NULL to have the C library serve this
     * object unsampled (range full, too large). *out_next_bytes: after how many further bytes of
     * this thread the hook is called again (an exponential draw; 0 is the very next allocation;
     * UINT64_MAX is never). `first` is true on the thread's first call after the hooks were set,
     * which is at its next allocation whatever its size: a Poisson sampler then only draws its
     * first distance, and takes the object only when that is smaller than the object. */
    void *(*alloc)(size_t size, size_t align, bool first, uint64_t *out_next_bytes);
    /* Frees a pointer of the range. Any thread. Leaves errno as it was. */
    void (*free)(void *ptr);
    /* Bytes that may be used at a pointer of the range (at least the size asked for). */
    size_t (*usable)(const void *ptr);
    uintptr_t arena;
    size_t arena_size;
};

/* Installs the sampler (keeps `hooks` for the life of the process) and makes each thread call
 * `alloc` at its next allocation. The range of the first call stays for good: sampled objects can
 * be freed after sampling was turned off; later calls must name the same range. Returns false when
 * malloc is not replaced (sanitizer) or the range differs. Not from inside a hook. */
bool ak_mem_set_hooks(const struct ak_mem_hooks *hooks);

/* Turns sampling off (`alloc` is not called any more) or on again; frees of sampled objects go on
 * reaching the hooks. */
void ak_mem_sampling(bool on);

/* --- the runtime's own allocations ------------------------------------------------------- */

/* malloc, zeroed malloc, aligned malloc and free of the runtime; NULL when memory ran out. Counted
 * in every build, with a sanitizer too. `align` is a power of two. */
void *ak_mem_alloc(size_t size);
void *ak_mem_zalloc(size_t size);
void *ak_mem_aligned(size_t align, size_t size);
void ak_mem_free(void *ptr);

#ifdef __cplusplus
}
#endif

#endif
