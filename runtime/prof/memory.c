/* Counter blocks: one per living thread, kept for the next thread when theirs ends. */
#include "mem_thread.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FIRST_BLOCKS = 128, MORE_BYTES = 65536 };

struct runtime_mem_thread runtime_mem_nobody = {.bytes = 1}; /* more than its sample_at */
_Thread_local struct runtime_mem_thread *runtime_mem_tls
    __attribute__((tls_model("initial-exec"))) = &runtime_mem_nobody;
struct runtime_mem_globals runtime_mem_globals;

static struct runtime_mem_thread first_blocks[FIRST_BLOCKS];
static _Atomic(struct runtime_mem_thread *) all_blocks; /* every block in use or kept */
static struct runtime_mem_thread *kept_blocks;          /* of threads that ended; under `lock` */
static struct runtime_mem_thread *fresh_blocks;         /* never used; under `lock` */
static size_t fresh_count;
static atomic_flag lock = ATOMIC_FLAG_INIT;
static pthread_key_t exit_key;
static atomic_bool exit_key_made;

/* Held for a few instructions at thread start and end. No mutex: malloc may run before libc is up.
 */
static void blocks_lock(void)
{
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) {
    }
}

static void blocks_unlock(void)
{
    atomic_flag_clear_explicit(&lock, memory_order_release);
}

static void thread_ended(void *block)
{
    struct runtime_mem_thread *t = block;
    runtime_mem_tls = &runtime_mem_nobody;
    blocks_lock();
    t->kept_next = kept_blocks;
    kept_blocks = t;
    blocks_unlock();
}

__attribute__((constructor)) static void make_exit_key(void)
{
    if (pthread_key_create(&exit_key, thread_ended) == 0) {
        atomic_store(&exit_key_made, true);
    }
}

/* Under `lock`. NULL when the kernel has no memory. */
static struct runtime_mem_thread *fresh_block(void)
{
    if (fresh_count == 0) {
        if (fresh_blocks == NULL) {
            fresh_blocks = first_blocks;
            fresh_count = FIRST_BLOCKS;
        } else {
            void *p =
                mmap(NULL, MORE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (p == MAP_FAILED) {
                return NULL;
            }
            fresh_blocks = p;
            fresh_count = MORE_BYTES / sizeof(struct runtime_mem_thread);
        }
    }
    fresh_count--;
    struct runtime_mem_thread *t = fresh_blocks++;
    t->all_next = atomic_load_explicit(&all_blocks, memory_order_relaxed);
    atomic_store_explicit(&all_blocks, t, memory_order_release);
    return t;
}

struct runtime_mem_thread *runtime_mem_attach(void)
{
    blocks_lock();
    struct runtime_mem_thread *t = kept_blocks;
    if (t != NULL) {
        kept_blocks = t->kept_next;
    } else {
        t = fresh_block();
    }
    blocks_unlock();
    if (t == NULL) {
        static const char text[] = "akreport runtime: no memory for a thread's counters\n";
        const ssize_t n = write(STDERR_FILENO, text, sizeof text - 1);
        (void)n;
        abort();
    }
    /* A sampler sees each thread's first allocation, also of a thread that got a kept block. */
    t->sample_seen = atomic_load(&runtime_mem_globals.sample_round) - 1;
    t->point = 0;
    atomic_store(&t->sample_at, 0);
    runtime_mem_tls = t;
    if (atomic_load_explicit(&exit_key_made, memory_order_acquire)) {
        (void)pthread_setspecific(exit_key, t);
    }
    return t;
}

void ak_mem_counters(struct ak_mem_counters *out)
{
    struct ak_mem_counters sum = {0};
    sum.live_bytes = atomic_load_explicit(&runtime_mem_globals.live_base, memory_order_relaxed);
    sum.frees = atomic_load_explicit(&runtime_mem_nobody.frees, memory_order_relaxed);
    const struct runtime_mem_thread *t = atomic_load_explicit(&all_blocks, memory_order_acquire);
    for (; t != NULL; t = t->all_next) {
        sum.bytes += atomic_load_explicit(&t->bytes, memory_order_relaxed);
        sum.mallocs += atomic_load_explicit(&t->mallocs, memory_order_relaxed);
        sum.frees += atomic_load_explicit(&t->frees, memory_order_relaxed);
        sum.live_bytes += atomic_load_explicit(&t->live_bytes, memory_order_relaxed);
    }
    *out = sum;
}

/* Sends every living thread into the slow path at its next allocation, where it looks what holds
 * now. A thread that stores its own next point at the same moment is caught by `sample_round`. */
static void set_slow_allocations(void)
{
    atomic_fetch_add(&runtime_mem_globals.sample_round, 1);
    struct runtime_mem_thread *t = atomic_load_explicit(&all_blocks, memory_order_acquire);
    for (; t != NULL; t = t->all_next) {
        atomic_store(&t->sample_at, 0);
    }
}

static void set_slow_frees(void)
{
    struct runtime_mem_globals *g = &runtime_mem_globals;
    const bool all = atomic_load(&g->live_on);
    atomic_store(&g->free_base, all ? 0 : atomic_load(&g->arena));
    atomic_store(&g->free_size, all ? SIZE_MAX : atomic_load(&g->arena_size));
}

bool ak_mem_is_interposed(void)
{
    return RUNTIME_MEM_INTERPOSED;
}

void ak_mem_count_live(bool on)
{
    if (on && !atomic_load(&runtime_mem_globals.live_on)) {
        const struct mallinfo2 info = mallinfo2();
        struct ak_mem_counters before;
        ak_mem_counters(&before);
        const int64_t base = RUNTIME_MEM_INTERPOSED ? (int64_t)(info.uordblks + info.hblkhd) : 0;
        atomic_fetch_add(&runtime_mem_globals.live_base, base - before.live_bytes);
    }
    atomic_store(&runtime_mem_globals.live_on, on);
    set_slow_frees();
    set_slow_allocations();
}

uint64_t ak_mem_rss_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    if (f == NULL) {
        return 0;
    }
    unsigned long long size = 0;
    unsigned long long resident = 0;
    const int n = fscanf(f, "%llu %llu", &size, &resident);
    (void)fclose(f);
    return n == 2 ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

bool ak_mem_set_hooks(const struct ak_mem_hooks *hooks)
{
    struct runtime_mem_globals *g = &runtime_mem_globals;
    if (!RUNTIME_MEM_INTERPOSED) {
        return false;
    }
    const size_t size = atomic_load(&g->arena_size);
    if (size != 0 && (size != hooks->arena_size || atomic_load(&g->arena) != hooks->arena)) {
        return false;
    }
    atomic_store(&g->hooks, hooks);
    atomic_store(&g->arena, hooks->arena);
    atomic_store(&g->arena_size, hooks->arena_size);
    set_slow_frees();
    ak_mem_sampling(true);
    return true;
}

void ak_mem_sampling(bool on)
{
    atomic_store(&runtime_mem_globals.sampling, on);
    set_slow_allocations();
}

/* --- the runtime's own allocations --------------------------------------------------------- */

void *ak_mem_alloc(size_t size)
{
    void *p = malloc(size);
    return RUNTIME_MEM_INTERPOSED ? p : runtime_mem_counted(runtime_mem_block(), p, size);
}

void *ak_mem_zalloc(size_t size)
{
    void *p = calloc(1, size);
    return RUNTIME_MEM_INTERPOSED ? p : runtime_mem_counted(runtime_mem_block(), p, size);
}

void *ak_mem_aligned(size_t align, size_t size)
{
    void *p = NULL;
    if (posix_memalign(&p, align, size) != 0) {
        return NULL;
    }
    return RUNTIME_MEM_INTERPOSED ? p : runtime_mem_counted(runtime_mem_block(), p, size);
}

void ak_mem_free(void *ptr)
{
    if (!RUNTIME_MEM_INTERPOSED && ptr != NULL) {
        runtime_mem_freed(runtime_mem_block(), ptr);
    }
    free(ptr);
}
