#include "base/arena.h"

#include "base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Blocks grow from 4 KiB to 1 MiB; an allocation larger than a quarter block gets a block of its
 * own behind the current one, so that the rest of the current block is not lost. */
#define BLOCK_MIN 4096u
#define BLOCK_MAX (1u << 20)
#define ALIGN 16u

struct block {
    struct block *next;
    size_t size; /* of the memory behind this header */
};

static_assert(sizeof(struct block) % ALIGN == 0, "allocations stay aligned");

struct ak_arena {
    struct block *blocks; /* the first is current */
    char *at, *end;
    size_t next_size;
    size_t bytes;
};

struct ak_arena *ak_arena_new(void)
{
    struct ak_arena *a = ak_calloc(1, sizeof *a);
    a->next_size = BLOCK_MIN;
    return a;
}

static void free_blocks(struct block *b)
{
    while (b) {
        struct block *next = b->next;
        ak_free(b);
        b = next;
    }
}

void ak_arena_free(struct ak_arena *a)
{
    if (a) {
        free_blocks(a->blocks);
        ak_free(a);
    }
}

static char *block_memory(struct block *b)
{
    return (char *)(b + 1);
}

void ak_arena_reset(struct ak_arena *a)
{
    struct block *keep = a->blocks;
    if (!keep) {
        return;
    }
    free_blocks(keep->next);
    keep->next = NULL;
    a->at = block_memory(keep);
    a->end = a->at + keep->size;
    a->bytes = keep->size;
}

static struct block *new_block(struct ak_arena *a, size_t size)
{
    struct block *b = ak_malloc(sizeof *b + size);
    b->size = size;
    a->bytes += sizeof *b + size;
    return b;
}

static void *alloc_slow(struct ak_arena *a, size_t size)
{
    if (size > a->next_size / 4 && a->blocks) {
        struct block *own = new_block(a, size);
        own->next = a->blocks->next;
        a->blocks->next = own;
        return block_memory(own);
    }
    const size_t want = size > a->next_size ? size : a->next_size;
    struct block *b = new_block(a, want);
    b->next = a->blocks;
    a->blocks = b;
    if (a->next_size < BLOCK_MAX) {
        a->next_size *= 2;
    }
    a->at = block_memory(b) + size;
    a->end = block_memory(b) + want;
    return block_memory(b);
}

void *ak_arena_alloc(struct ak_arena *a, size_t size)
{
    const size_t rounded = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (rounded < size) {
        return ak_malloc(size); /* ends in the out-of-memory handler */
    }
    if ((size_t)(a->end - a->at) < rounded || !a->at) {
        return alloc_slow(a, rounded ? rounded : ALIGN);
    }
    char *p = a->at;
    a->at += rounded;
    return p;
}

void *ak_arena_zalloc(struct ak_arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        bytes = SIZE_MAX;
    }
    void *p = ak_arena_alloc(a, bytes);
    memset(p, 0, bytes);
    return p;
}

void *ak_arena_copy(struct ak_arena *a, const void *p, size_t size)
{
    void *copy = ak_arena_alloc(a, size);
    if (size > 0) {
        memcpy(copy, p, size);
    }
    return copy;
}

char *ak_arena_strndup(struct ak_arena *a, const char *s, size_t n)
{
    char *copy = ak_arena_alloc(a, n + 1);
    if (n > 0) {
        memcpy(copy, s, n);
    }
    copy[n] = '\0';
    return copy;
}

char *ak_arena_strdup(struct ak_arena *a, const char *s)
{
    return ak_arena_strndup(a, s, strlen(s));
}

struct ak_str ak_arena_str(struct ak_arena *a, struct ak_str s)
{
    return (struct ak_str){ak_arena_strndup(a, s.ptr, s.len), s.len};
}

char *ak_arena_printf(struct ak_arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    const int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        return ak_arena_strdup(a, "");
    }
    char *s = ak_arena_alloc(a, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(s, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return s;
}

size_t ak_arena_bytes(const struct ak_arena *a)
{
    return a->bytes;
}
