/* The threads that the profilers know, and the wrapper of pthread_create that makes them known. */
#ifndef RUNTIME_PROF_THREAD_H
#define RUNTIME_PROF_THREAD_H

#include "prof_ring.h"
#include "prof_unwind.h"
#include "runtime/prof.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The sanitizers wrap the functions of pthread themselves; there, threads are registered by hand.
 */
#if RUNTIME_ASAN || defined(__SANITIZE_THREAD__)
#define RUNTIME_WRAPS_PTHREAD 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define RUNTIME_WRAPS_PTHREAD 0
#endif
#endif
#ifndef RUNTIME_WRAPS_PTHREAD
#define RUNTIME_WRAPS_PTHREAD 1
#endif

enum { RUNTIME_RECENT = 16 };

/* What a thread's signal handler works with; present while CPU sampling runs. */
struct runtime_cpu_block {
    struct runtime_cache cache;
    uint64_t pcs[AK_PROF_DEPTH_MAX];
    struct runtime_ring ring;
};

struct runtime_thread {
    struct runtime_thread *next, *prev; /* of all threads; `next` also of free records */
    pid_t tid;
    void *(*start)(void *); /* NULL: not made by our pthread_create */
    void *start_arg;
    size_t stack_size;          /* as asked for at creation */
    struct runtime_stack own;   /* its own stack */
    struct runtime_stack stack; /* the one it runs on */

    /* Of the CPU profiler. `armed` and `busy` are atomic, between handler and stop. */
    struct runtime_cpu_block *cpu;
    int timer; /* as the kernel numbers it */
    bool has_timer;
    bool armed;
    bool busy;
    int64_t cpu_start_ns; /* of the thread's clock, when the timer was made */
    uint64_t booked;      /* weights of its samples, lost ones too; written by the handler */
    uint64_t signals, complete, truncated, handler_ns; /* by the handler */
    struct runtime_bucket *last;                       /* bucket of its last sample */

    struct runtime_cache *walk_cache;              /* for walks outside the handler */
    uint32_t heap_walk;                            /* number of the walk of its last heap sample */
    struct runtime_bucket *heap_last;              /* bucket of that sample */
    struct runtime_bucket *recent[RUNTIME_RECENT]; /* of its heap samples, by innermost callers */
};

/* The calling thread's record, NULL when it is not known. Readable in a signal handler. */
extern __thread struct runtime_thread *runtime_thread_self
    __attribute__((tls_model("initial-exec")));

/* All records, under the lock. */
void runtime_threads_lock(void);
void runtime_threads_unlock(void);
struct runtime_thread *runtime_threads_first(void); /* lock held */

/* The stack that the calling thread runs on; empty when it is not known. */
struct runtime_stack runtime_thread_stack(void);
/* A cache for walks of the calling thread outside of signal handlers, or NULL. */
struct runtime_cache *runtime_thread_cache(void);

/* pthread_create without the wrapper, for threads of the profilers. */
int runtime_thread_create_plain(pthread_t *out, void *(*start)(void *), void *arg);

/* In a child of fork, with the lock held: forgets all threads but the calling one. */
void runtime_threads_child(void (*forget)(struct runtime_thread *t));

#endif
