/* Private: counter blocks of threads, shared by memory.c and malloc.c. */
#ifndef RUNTIME_MEM_THREAD_H
#define RUNTIME_MEM_THREAD_H

#include "runtime/memory.h"

#include <malloc.h>
#include <stdalign.h>
#include <stdatomic.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RUNTIME_MEM_INTERPOSED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define RUNTIME_MEM_INTERPOSED 0
#endif
#endif
#ifndef RUNTIME_MEM_INTERPOSED
#define RUNTIME_MEM_INTERPOSED 1
#endif

/* Written by its thread only (one instruction a counter, none locked), read by anybody; sample_at
 * is also written by whoever sends all threads to the slow path. */
struct runtime_mem_thread {
    alignas(64) _Atomic uint64_t bytes;
    _Atomic uint64_t mallocs;
    _Atomic uint64_t frees;
    _Atomic int64_t live_bytes;
    _Atomic uint64_t sample_at; /* value of `bytes` above which an allocation takes the slow path */
    uint64_t point;             /* value of `bytes` at which the sampler is asked; never below */
    uint32_t sample_seen;       /* the sampling round whose `first` call was made */
    bool in_hook;
    const void *frame; /* while in_hook, of the function of the malloc family */
    struct runtime_mem_thread *all_next;
    struct runtime_mem_thread *kept_next;
};

struct runtime_mem_globals {
    _Atomic(const struct ak_mem_hooks *) hooks;
    /* Pointers in [free_base, free_base + free_size) take free's slow path: the sampled objects, or
     * all pointers while live bytes are counted. Between two stores it may be any range: the slow
     * path looks again. */
    _Atomic uintptr_t free_base;
    _Atomic size_t free_size;
    _Atomic uintptr_t arena;       /* range of sampled objects */
    _Atomic size_t arena_size;     /* 0: none, and no pointer lies in it */
    _Atomic uint32_t sample_round; /* one more when threads must look at what follows */
    atomic_bool sampling;
    atomic_bool live_on;
    _Atomic int64_t live_base;
};

/* The calling thread's block; runtime_mem_nobody before its first allocation. */
extern _Thread_local struct runtime_mem_thread *runtime_mem_tls
    __attribute__((tls_model("initial-exec")));
/* Sends its first allocation to the slow path. Frees of threads that never allocated and were not
 * made by pthread_create are counted here. */
extern struct runtime_mem_thread runtime_mem_nobody;
extern struct runtime_mem_globals runtime_mem_globals;

/* Gives the calling thread its block. Ends the process when there is no memory for 128 bytes. */
struct runtime_mem_thread *runtime_mem_attach(void);

static inline struct runtime_mem_thread *runtime_mem_block(void)
{
    struct runtime_mem_thread *t = runtime_mem_tls;
    return __builtin_expect(t != &runtime_mem_nobody, 1) ? t : runtime_mem_attach();
}

static inline bool runtime_mem_is_sampled(const void *p)
{
    const uintptr_t base = atomic_load_explicit(&runtime_mem_globals.arena, memory_order_relaxed);
    return (uintptr_t)p - base <
           atomic_load_explicit(&runtime_mem_globals.arena_size, memory_order_relaxed);
}

/* By the owner of the counter. One instruction where that can be said: no signal comes between. */
static inline void runtime_mem_add(_Atomic uint64_t *counter, uint64_t n)
{
#if defined(__x86_64__) && RUNTIME_MEM_INTERPOSED
    __asm__("addq %1, %0" : "+m"(*counter) : "er"(n) : "cc");
#else
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
                          memory_order_relaxed);
#endif
}

static inline void runtime_mem_add_live(struct runtime_mem_thread *t, int64_t n)
{
    atomic_store_explicit(&t->live_bytes,
                          atomic_load_explicit(&t->live_bytes, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

/* Books an allocation that gave p (NULL: it failed) and returns p. */
static inline void *runtime_mem_counted(struct runtime_mem_thread *t, void *p, size_t size)
{
    if (__builtin_expect(p != NULL, 1)) {
        runtime_mem_add(&t->bytes, size);
        runtime_mem_add(&t->mallocs, 1);
        if (atomic_load_explicit(&runtime_mem_globals.live_on, memory_order_relaxed)) {
            runtime_mem_add_live(t, (int64_t)malloc_usable_size(p));
        }
    }
    return p;
}

/* Books a free of p, which is still allocated. */
static inline void runtime_mem_freed(struct runtime_mem_thread *t, void *p)
{
    runtime_mem_add(&t->frees, 1);
    if (atomic_load_explicit(&runtime_mem_globals.live_on, memory_order_relaxed)) {
        runtime_mem_add_live(t, -(int64_t)malloc_usable_size(p));
    }
}

#endif
