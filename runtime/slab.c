#include "slab.h"

#include "mem_thread.h"

#include <pthread.h>

/* AddressSanitizer sees the life of each message only when blocks come from its own malloc. */
#if defined(__SANITIZE_ADDRESS__)
#define SLAB_PLAIN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLAB_PLAIN 1
#endif
#endif
#ifndef SLAB_PLAIN
#define SLAB_PLAIN 0
#endif

enum { CLASSES = 5, MIN_SHIFT = 6, CHUNK = 65536, REGION_CHUNKS = 4, BATCH = 64 };

struct block {
    struct block *next;
};

/* Freed blocks of one foreign heap and class, in the order of their frees. */
struct outbound {
    struct heap *owner;
    unsigned class;
    unsigned count;
    struct block *head;
    struct block *tail;
};

struct heap {
    struct block *local[CLASSES];
    char *bump[CLASSES]; /* next block never used */
    char *bump_end[CLASSES];
    struct outbound out;
    struct heap *kept_next;
    alignas(64) _Atomic(struct block *) remote[CLASSES];
};

/* First block of each chunk; chunks are aligned to their size. */
struct chunk {
    struct chunk *next_region; /* of a region's first chunk: keeps all regions reachable */
    struct heap *owner;
    unsigned class;
};

static _Thread_local struct heap *tls_heap __attribute__((tls_model("initial-exec")));
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct heap *kept_heaps; /* under lock */
static struct chunk *regions;   /* under lock */
static char *region;            /* chunks not handed out, under lock */
static unsigned region_left;
static pthread_key_t exit_key;
static pthread_once_t exit_once = PTHREAD_ONCE_INIT;
static bool exit_key_made;

static unsigned class_of(size_t size)
{
    unsigned c = 0;
    while (((size_t)1 << (MIN_SHIFT + c)) < size) {
        c++;
    }
    return c;
}

static void flush_outbound(struct outbound *out)
{
    if (out->count == 0) {
        return;
    }
    _Atomic(struct block *) *remote = &out->owner->remote[out->class];
    struct block *seen = atomic_load_explicit(remote, memory_order_relaxed);
    do {
        out->tail->next = seen;
    } while (!atomic_compare_exchange_weak_explicit(remote, &seen, out->head, memory_order_release,
                                                    memory_order_relaxed));
    *out = (struct outbound){0};
}

static void thread_ended(void *p)
{
    struct heap *h = p;
    flush_outbound(&h->out);
    tls_heap = NULL;
    (void)pthread_mutex_lock(&lock);
    h->kept_next = kept_heaps;
    kept_heaps = h;
    (void)pthread_mutex_unlock(&lock);
}

static void make_exit_key(void)
{
    exit_key_made = pthread_key_create(&exit_key, thread_ended) == 0;
}

__attribute__((noinline)) static struct heap *attach(void)
{
    (void)pthread_once(&exit_once, make_exit_key);
    (void)pthread_mutex_lock(&lock);
    struct heap *h = kept_heaps;
    if (h != NULL) {
        kept_heaps = h->kept_next;
    }
    (void)pthread_mutex_unlock(&lock);
    if (h == NULL) {
        h = ak_mem_aligned(64, sizeof *h);
        if (h == NULL) {
            return NULL;
        }
        *h = (struct heap){0};
    }
    tls_heap = h;
    if (exit_key_made) {
        (void)pthread_setspecific(exit_key, h);
    }
    return h;
}

bool runtime_slab_attach(void)
{
    return tls_heap != NULL || attach() != NULL;
}

/* A chunk of 64 KiB, NULL when memory ran out. */
static char *take_chunk(void)
{
    (void)pthread_mutex_lock(&lock);
    if (region_left == 0) {
        region = ak_mem_aligned(CHUNK, (size_t)CHUNK * REGION_CHUNKS);
        region_left = region != NULL ? REGION_CHUNKS : 0;
        if (region != NULL) {
            struct chunk *first = (struct chunk *)(void *)region;
            first->next_region = regions;
            regions = first;
        }
    }
    char *c = NULL;
    if (region_left > 0) {
        c = region;
        region += CHUNK;
        region_left--;
    }
    (void)pthread_mutex_unlock(&lock);
    return c;
}

/* The local list is empty: what others gave back, else blocks never used. */
__attribute__((noinline)) static void *refill(struct heap *h, unsigned class)
{
    struct block *b = atomic_exchange_explicit(&h->remote[class], NULL, memory_order_acquire);
    if (b != NULL) {
        h->local[class] = b->next;
        return b;
    }
    const size_t size = (size_t)1 << (MIN_SHIFT + class);
    if (h->bump[class] == h->bump_end[class]) {
        char *c = take_chunk();
        if (c == NULL) {
            return NULL;
        }
        struct chunk *head = (struct chunk *)(void *)c;
        head->owner = h;
        head->class = class;
        h->bump[class] = c + size;
        h->bump_end[class] = c + CHUNK;
    }
    void *p = h->bump[class];
    h->bump[class] += size;
    return p;
}

void *runtime_slab_alloc(size_t size)
{
    if (SLAB_PLAIN || size > RUNTIME_SLAB_MAX) {
        return ak_mem_aligned(64, size);
    }
    struct heap *h = tls_heap;
    if (__builtin_expect(h == NULL, 0)) {
        h = attach();
        if (h == NULL) {
            return NULL;
        }
    }
    const unsigned class = class_of(size);
    struct block *b = h->local[class];
    if (__builtin_expect(b == NULL, 0)) {
        return refill(h, class);
    }
    h->local[class] = b->next;
    return b;
}

static void give_back(struct heap *h, struct heap *owner, unsigned class, struct block *b)
{
    struct outbound *out = &h->out;
    if (out->owner != owner || out->class != class || out->count == BATCH) {
        flush_outbound(out);
        out->owner = owner;
        out->class = class;
    }
    b->next = NULL;
    if (out->count == 0) {
        out->head = b;
    } else {
        out->tail->next = b;
    }
    out->tail = b;
    out->count++;
}

void runtime_slab_free(void *p, size_t size)
{
    if (SLAB_PLAIN || size > RUNTIME_SLAB_MAX) {
        ak_mem_free(p);
        return;
    }
    struct chunk *chunk = (struct chunk *)((uintptr_t)p & ~(uintptr_t)(CHUNK - 1));
    struct heap *h = tls_heap;
    if (__builtin_expect(h == NULL, 0)) {
        h = attach();
        if (h == NULL) { /* no memory for a heap: the block stays unused */
            return;
        }
    }
    struct block *b = p;
    if (__builtin_expect(chunk->owner == h, 1)) {
        b->next = h->local[chunk->class];
        h->local[chunk->class] = b;
    } else {
        give_back(h, chunk->owner, chunk->class, b);
    }
}
