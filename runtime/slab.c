#include "slab.h"

#include "prof/mem_thread.h"

#include <assert.h>
#include <malloc.h>
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
/* Regions without a block in use that a trim keeps, and how many given back make it worth asking
 * libc to return pages. */
enum { REGIONS_KEPT = 4, REGIONS_TRIM = 64 };

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

/* First block of each chunk; chunks are aligned to their size. A region is REGION_CHUNKS of them.
 */
struct chunk {
    struct heap *owner;        /* NULL: not handed out */
    struct chunk *next_free;   /* of chunks not handed out */
    struct chunk *next_region; /* of a region's first chunk: keeps all regions reachable */
    unsigned class;
    unsigned free; /* during a trim: blocks of it that are free */
};
static_assert(sizeof(struct chunk) <= 1 << MIN_SHIFT, "the header takes one block");

static _Thread_local struct heap *tls_heap __attribute__((tls_model("initial-exec")));
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct heap *kept_heaps;   /* of threads that ended; under lock */
static struct chunk *regions;     /* under lock */
static struct chunk *free_chunks; /* under lock */
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

static struct chunk *chunk_at(struct chunk *region, unsigned i)
{
    return (struct chunk *)(void *)((char *)region + (size_t)i * CHUNK);
}

static struct chunk *chunk_of(const void *block)
{
    return (struct chunk *)((uintptr_t)block & ~(uintptr_t)(CHUNK - 1));
}

/* Under lock. */
static void add_region(void)
{
    struct chunk *region = ak_mem_aligned(CHUNK, (size_t)CHUNK * REGION_CHUNKS);
    if (region == NULL) {
        return;
    }
    for (unsigned i = REGION_CHUNKS; i-- > 0;) {
        struct chunk *c = chunk_at(region, i);
        *c = (struct chunk){.next_free = free_chunks};
        free_chunks = c;
    }
    region->next_region = regions;
    regions = region;
}

/* A chunk of 64 KiB for a heap, NULL when memory ran out. */
static struct chunk *take_chunk(struct heap *h, unsigned class)
{
    (void)pthread_mutex_lock(&lock);
    if (free_chunks == NULL) {
        add_region();
    }
    struct chunk *c = free_chunks;
    if (c != NULL) {
        free_chunks = c->next_free;
        c->owner = h;
        c->class = class;
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
        struct chunk *c = take_chunk(h, class);
        if (c == NULL) {
            return NULL;
        }
        h->bump[class] = (char *)c + size;
        h->bump_end[class] = (char *)c + CHUNK;
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
    struct chunk *chunk = chunk_of(p);
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

/* --- giving memory back ---------------------------------------------------------------------- */

/* All free blocks of a heap and class as one list; the heap has none afterwards. */
static struct block *take_free(struct heap *h, unsigned class)
{
    struct block *list = h->local[class];
    struct block **end = &list;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = atomic_exchange_explicit(&h->remote[class], NULL, memory_order_acquire);
    h->local[class] = NULL;
    return list;
}

static bool is_all_free(const struct chunk *c)
{
    return c->free == ((unsigned)CHUNK >> (MIN_SHIFT + c->class)) - 1;
}

/* Takes the chunks without a block in use from a heap that no other thread works on. Under lock.
 * What stands in a message, or on its way back from another thread, counts as in use. */
static void trim_heap(struct heap *h)
{
    for (unsigned class = 0; class < CLASSES; class ++) {
        struct block *list = take_free(h, class);
        for (struct block *b = list; b != NULL; b = b->next) {
            chunk_of(b)->free++;
        }
        const size_t never_used = (size_t)(h->bump_end[class] - h->bump[class]);
        if (never_used > 0) {
            struct chunk *c = chunk_of(h->bump[class]);
            c->free += (unsigned)(never_used >> (MIN_SHIFT + class));
            if (is_all_free(c)) {
                c->owner = NULL;
                h->bump[class] = h->bump_end[class] = NULL;
            }
        }
        struct block **end = &h->local[class];
        for (struct block *b = list, *next; b != NULL; b = next) {
            next = b->next;
            struct chunk *c = chunk_of(b);
            if (is_all_free(c)) {
                c->owner = NULL;
            } else {
                *end = b;
                end = &b->next;
            }
        }
        *end = NULL;
    }
}

static bool is_region_free(struct chunk *region)
{
    for (unsigned i = 0; i < REGION_CHUNKS; i++) {
        if (chunk_at(region, i)->owner != NULL) {
            return false;
        }
    }
    return true;
}

/* Frees regions all of whose chunks are free, but for a few, and lists the free chunks of the
 * others anew. Under lock. Returns how many were freed. */
static unsigned free_regions(void)
{
    unsigned unused = 0;
    struct chunk **at = &regions;
    free_chunks = NULL;
    while (*at != NULL) {
        struct chunk *region = *at;
        if (is_region_free(region) && ++unused > REGIONS_KEPT) {
            *at = region->next_region;
            ak_mem_free(region);
            continue;
        }
        for (unsigned i = REGION_CHUNKS; i-- > 0;) {
            struct chunk *c = chunk_at(region, i);
            c->free = 0;
            if (c->owner == NULL) {
                c->next_free = free_chunks;
                free_chunks = c;
            }
        }
        at = &region->next_region;
    }
    return unused > REGIONS_KEPT ? unused - REGIONS_KEPT : 0;
}

void runtime_slab_trim(void)
{
    struct heap *own = tls_heap;
    if (own != NULL) {
        flush_outbound(&own->out);
    }
    (void)pthread_mutex_lock(&lock);
    if (own != NULL) {
        trim_heap(own);
    }
    for (struct heap *h = kept_heaps; h != NULL; h = h->kept_next) {
        trim_heap(h);
    }
    const unsigned freed = free_regions();
    (void)pthread_mutex_unlock(&lock);
    if (freed >= REGIONS_TRIM) {
        (void)malloc_trim(0);
    }
}
