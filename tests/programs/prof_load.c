/* Loads of known shape for the profilers, each with its own truth on standard output as "name
 * value" lines. Linked with the profilers alone and built without frame pointers.
 *
 * prof_load shape HZ CPU_MS FILE      four functions with 50, 30, 15, 5 % of the CPU
 *
 * prof_load work HZ LOOPS FILE        the same, a fixed amount of it
 *
 * prof_load libc HZ CPU_MS FILE       a loop that lives in malloc, free and memcpy
 *
 * prof_load threads N HZ CPU_MS FILE  N threads of CPU_MS each, half of them one after the other
 *
 * prof_load bursty HZ CPU_MS FILE     one busy thread, three that sleep most of the time
 *
 * prof_load deep DEPTH HZ CPU_MS FILE recursion
 *
 * prof_load heap RATE COUNT FILE      mixed sizes from two sites, half of them freed
 *
 * prof_load mal RATE OPS THREADS      cost of malloc and free; RATE 0: not sampled
 *
 * prof_load counters THREADS OPS      exact counters against what ended threads did */
#include "runtime/memory.h"
#include "runtime/prof.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOINLINE __attribute__((noinline))

static int64_t clock_ns(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void die(const struct ak_error *err)
{
    fprintf(stderr, "prof_load: %s\n", err->text);
    exit(2);
}

static void start(unsigned hz)
{
    struct ak_error err;
    if (hz > 0 && ak_prof_cpu_start(hz, &err) != AK_OK) {
        die(&err);
    }
}

static void say(const char *name, uint64_t value)
{
    printf("%s %" PRIu64 "\n", name, value);
}

static void stop(unsigned hz, const char *path)
{
    struct ak_error err;
    struct ak_prof_cpu_stats s;
    if (hz == 0) {
        return;
    }
    if (ak_prof_cpu_stop(path, &err) != AK_OK) {
        die(&err);
    }
    ak_prof_cpu_stats(&s);
    say("signals", s.signals);
    say("samples", s.samples);
    printf("residual %" PRId64 "\n", s.residual);
    say("lost", s.lost);
    say("complete", s.complete);
    say("truncated", s.truncated);
    say("threads", s.threads);
    say("handler_ns", s.handler_ns);
}

/* --- work ---------------------------------------------------------------------------------- */

static volatile uint64_t sink;

/* A leaf that needs no stack. */
static NOINLINE void leaf(uint64_t rounds)
{
    uint64_t x = rounds;
    for (uint64_t i = 0; i < rounds; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        x ^= x >> 29;
    }
    sink = x;
}

enum { UNIT = 20000 };
static int64_t spent_ns[4];

#define SHAPE_FUNCTION(name, index, units)                                                         \
    static NOINLINE void name(void)                                                                \
    {                                                                                              \
        const int64_t before = clock_ns(CLOCK_THREAD_CPUTIME_ID);                                  \
        leaf((units)*UNIT);                                                                        \
        spent_ns[index] += clock_ns(CLOCK_THREAD_CPUTIME_ID) - before;                             \
    }
SHAPE_FUNCTION(shape_a, 0, 50)
SHAPE_FUNCTION(shape_b, 1, 30)
SHAPE_FUNCTION(shape_c, 2, 15)
SHAPE_FUNCTION(shape_d, 3, 5)

static NOINLINE void shape_loop(int64_t cpu_ns)
{
    const int64_t end = clock_ns(CLOCK_THREAD_CPUTIME_ID) + cpu_ns;
    while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < end) {
        shape_a();
        shape_b();
        shape_c();
        shape_d();
    }
}

static NOINLINE void work_loop(uint64_t loops)
{
    for (uint64_t i = 0; i < loops; i++) {
        shape_a();
        shape_b();
        shape_c();
        shape_d();
    }
}

static NOINLINE void libc_loop(int64_t cpu_ns)
{
    enum { SLOTS = 256 };
    static void *slot[SLOTS];
    const int64_t end = clock_ns(CLOCK_THREAD_CPUTIME_ID) + cpu_ns;
    uint64_t seed = 1;
    while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < end) {
        for (int i = 0; i < 5000; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            const size_t at = (seed >> 33) % SLOTS, size = 16 + (seed >> 45) % 3000;
            free(slot[at]);
            slot[at] = malloc(size);
            memset(slot[at], 1, size);
        }
    }
    for (int i = 0; i < SLOTS; i++) {
        free(slot[i]);
    }
}

static NOINLINE uint64_t deep(unsigned depth, int64_t end)
{
    if (depth > 0) {
        const uint64_t below = deep(depth - 1, end);
        sink = below; /* not a tail call, not a loop */
        return below + 1;
    }
    while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < end) {
        leaf(UNIT);
    }
    return 0;
}

static NOINLINE void *thread_work(void *arg)
{
    shape_loop(*(const int64_t *)arg);
    return NULL;
}

static void threads(unsigned count, int64_t cpu_ns)
{
    enum { MAX = 256 };
    pthread_t id[MAX];
    count = count > MAX ? MAX : count;
    for (unsigned i = 0; i < count; i++) { /* half of them one after the other */
        pthread_create(&id[i], NULL, thread_work, &cpu_ns);
        if (i % 2 == 0) {
            pthread_join(id[i], NULL);
        }
    }
    for (unsigned i = 1; i < count; i += 2) {
        pthread_join(id[i], NULL);
    }
}

static int64_t bursty_end;
static int64_t bursty_ns[4];

#define BURSTY_FUNCTION(name, index, rounds, sleep_ns)                                             \
    static NOINLINE void *name(void *arg)                                                          \
    {                                                                                              \
        const struct timespec nap = {0, sleep_ns};                                                 \
        while (__atomic_load_n(&bursty_end, __ATOMIC_RELAXED) == 0) {                              \
            leaf(rounds);                                                                          \
            if (sleep_ns > 0) {                                                                    \
                nanosleep(&nap, NULL);                                                             \
            }                                                                                      \
        }                                                                                          \
        bursty_ns[index] = clock_ns(CLOCK_THREAD_CPUTIME_ID);                                      \
        return arg;                                                                                \
    }
BURSTY_FUNCTION(bursty_a, 0, 20000, 0)
BURSTY_FUNCTION(bursty_b, 1, 30000, 100000)
BURSTY_FUNCTION(bursty_c, 2, 20000, 300000)
BURSTY_FUNCTION(bursty_d, 3, 20000, 500000)

static void bursty(int64_t cpu_ns)
{
    static void *(*const run[])(void *) = {bursty_a, bursty_b, bursty_c, bursty_d};
    const struct timespec nap = {0, 1000000};
    pthread_t id[4];
    for (int i = 0; i < 4; i++) {
        pthread_create(&id[i], NULL, run[i], NULL);
    }
    while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) < cpu_ns) {
        nanosleep(&nap, NULL);
    }
    __atomic_store_n(&bursty_end, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 4; i++) {
        pthread_join(id[i], NULL);
    }
}

/* --- heap ---------------------------------------------------------------------------------- */

static NOINLINE void *site_small(size_t size)
{
    void *const volatile p = malloc(size);
    return p;
}

static NOINLINE void *site_large(size_t size)
{
    void *const volatile p = malloc(size);
    sink = size; /* equal functions would be merged */
    return p;
}

static void heap(uint64_t rate, uint64_t count, const char *path)
{
    struct ak_error err;
    struct ak_mem_counters before, after;
    struct ak_prof_heap_stats s;
    uint64_t seed = (uint64_t)clock_ns(CLOCK_MONOTONIC), freed_bytes = 0, freed = 0;
    if (ak_prof_heap_start(rate, &err) != AK_OK) {
        die(&err);
    }
    ak_mem_counters(&before);
    for (uint64_t i = 0; i < count; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        const uint64_t kind = (seed >> 33) % 100;
        const size_t size = kind < 75   ? 16 + (seed >> 40) % 64
                            : kind < 98 ? 64 + (seed >> 40) % 1024
                                        : 1024 + (seed >> 40) % 16384;
        void *const p = kind < 75 ? site_small(size) : site_large(size);
        if (i % 2 == 0) {
            freed++;
            freed_bytes += size;
            free(p);
        }
    }
    ak_mem_counters(&after);
    ak_prof_heap_stats(&s);
    if (ak_prof_heap_write(path, &err) != AK_OK) {
        die(&err);
    }
    ak_prof_heap_stop();
    say("exact_alloc_bytes", after.bytes - before.bytes);
    say("exact_alloc_objects", after.mallocs - before.mallocs);
    say("exact_inuse_bytes", after.bytes - before.bytes - freed_bytes);
    say("exact_inuse_objects", after.mallocs - before.mallocs - freed);
    say("alloc_bytes", s.alloc_bytes);
    say("alloc_objects", s.alloc_objects);
    say("inuse_bytes", s.inuse_bytes);
    say("inuse_objects", s.inuse_objects);
    say("samples", s.samples);
    say("lost", s.lost);
}

struct mal {
    uint64_t ops;
    int64_t cpu_ns;
};

static size_t mal_size(uint64_t seed)
{
    const uint64_t kind = (seed >> 33) % 100;
    return kind < 75   ? 16 + (seed >> 40) % 64
           : kind < 98 ? 64 + (seed >> 40) % 1024
                       : 1024 + (seed >> 40) % 16384;
}

static NOINLINE void *mal_site(uint64_t seed)
{
    void *const volatile p = malloc(mal_size(seed));
    return p;
}

static void *mal_thread(void *arg)
{
    enum { SLOTS = 4096 };
    struct mal *const m = arg;
    void **const slot = calloc(SLOTS, sizeof *slot);
    uint64_t seed = 88172645463325252u;
    const int64_t before = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    for (uint64_t i = 0; i < m->ops; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        void **const at = &slot[(seed >> 20) % SLOTS];
        free(*at);
        *at = mal_site(seed);
    }
    m->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - before;
    for (int i = 0; i < SLOTS; i++) {
        free(slot[i]);
    }
    free(slot);
    return NULL;
}

static void mal(uint64_t rate, uint64_t ops, unsigned count)
{
    enum { MAX = 16 };
    struct ak_error err;
    struct mal m[MAX];
    pthread_t id[MAX];
    count = count > MAX ? MAX : count;
    if (rate > 0 && ak_prof_heap_start(rate, &err) != AK_OK) {
        die(&err);
    }
    for (unsigned i = 0; i < count; i++) {
        m[i] = (struct mal){.ops = ops};
        pthread_create(&id[i], NULL, mal_thread, &m[i]);
    }
    int64_t total = 0;
    for (unsigned i = 0; i < count; i++) {
        pthread_join(id[i], NULL);
        total += m[i].cpu_ns;
    }
    printf("ns_per_op %.2f\n", (double)total / (double)ops / count);
}

struct counted {
    uint64_t ops, bytes;
};

static void *counters_thread(void *arg)
{
    struct counted *const c = arg;
    for (uint64_t i = 0; i < c->ops; i++) {
        const size_t size = 1 + i * 37 % 5000;
        c->bytes += size;
        c->bytes += mal_size((uint64_t)size << 40);
        free(mal_site((uint64_t)size << 40));
        void *const volatile p = malloc(size);
        free(p);
    }
    return NULL;
}

static void counters(unsigned count, uint64_t ops)
{
    enum { MAX = 256 };
    struct counted c[MAX];
    pthread_t id[MAX];
    pthread_attr_t small;
    struct ak_mem_counters before, after;
    uint64_t bytes = 0;
    count = count > MAX ? MAX : count;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 17);
    for (unsigned round = 0; round < 2; round++) { /* the second finds stacks that are made */
        ak_mem_counters(&before);
        bytes = 0;
        for (unsigned i = 0; i < count; i++) {
            c[i] = (struct counted){.ops = ops};
            pthread_create(&id[i], &small, counters_thread, &c[i]);
        }
        for (unsigned i = 0; i < count; i++) {
            pthread_join(id[i], NULL);
            bytes += c[i].bytes;
        }
        ak_mem_counters(&after);
    }
    say("mallocs_off", after.mallocs - before.mallocs - 2 * ops * count);
    say("frees_off", after.frees - before.frees - 2 * ops * count);
    say("bytes_off", after.bytes - before.bytes - bytes);
}

/* --- main ---------------------------------------------------------------------------------- */

static uint64_t number(const char *text)
{
    return strtoull(text, NULL, 10);
}

static int load_cpu(int argc, char **argv)
{
    const bool counted = strcmp(argv[1], "threads") == 0 || strcmp(argv[1], "deep") == 0;
    if (argc != (counted ? 6 : 5)) {
        return 2;
    }
    const unsigned count = counted ? (unsigned)number(argv[2]) : 0;
    char **const rest = argv + (counted ? 3 : 2);
    const unsigned hz = (unsigned)number(rest[0]);
    const int64_t cpu_ns = (int64_t)number(rest[1]) * 1000000;
    start(hz);
    const int64_t before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    if (strcmp(argv[1], "shape") == 0) {
        shape_loop(cpu_ns);
    } else if (strcmp(argv[1], "work") == 0) {
        work_loop(number(rest[1]));
    } else if (strcmp(argv[1], "libc") == 0) {
        libc_loop(cpu_ns);
    } else if (strcmp(argv[1], "threads") == 0) {
        threads(count, cpu_ns);
    } else if (strcmp(argv[1], "deep") == 0) {
        deep(count, clock_ns(CLOCK_THREAD_CPUTIME_ID) + cpu_ns);
    } else {
        bursty(before + cpu_ns);
    }
    const int64_t used = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before;
    stop(hz, rest[2]);
    say("cpu_ns", (uint64_t)used);
    for (int i = 0; i < 4; i++) {
        printf("true_%c %" PRId64 "\n", 'a' + i,
               strcmp(argv[1], "bursty") == 0 ? bursty_ns[i] : spent_ns[i]);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "heap") == 0) {
        heap(number(argv[2]), number(argv[3]), argv[4]);
        return 0;
    }
    if (argc == 5 && strcmp(argv[1], "mal") == 0) {
        mal(number(argv[2]), number(argv[3]), (unsigned)number(argv[4]));
        return 0;
    }
    if (argc == 4 && strcmp(argv[1], "counters") == 0) {
        counters((unsigned)number(argv[2]), number(argv[3]));
        return 0;
    }
    if (argc < 2 || load_cpu(argc, argv) != 0) {
        fprintf(stderr, "usage: prof_load shape|libc|bursty HZ CPU_MS FILE | work HZ LOOPS FILE | "
                        "threads|deep N HZ CPU_MS FILE | "
                        "heap RATE COUNT FILE | mal RATE OPS THREADS | counters THREADS OPS\n");
        return 2;
    }
    return 0;
}
