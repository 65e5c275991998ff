#include "prof_pool.h"

#include <sys/mman.h>

struct runtime_pool_block {
    struct runtime_pool_block *next;
    size_t size;
};

enum { FIRST_BLOCK = 64 * 1024, LARGEST_BLOCK = 1024 * 1024, ALIGN = 16 };

void *runtime_pages_map(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void runtime_pages_unmap(void *p, size_t size)
{
    if (p) {
        munmap(p, size);
    }
}

static void *add_block(struct runtime_pool *pool, size_t need)
{
    size_t size = pool->bytes < FIRST_BLOCK ? FIRST_BLOCK : pool->bytes;
    size = size > LARGEST_BLOCK ? LARGEST_BLOCK : size;
    if (size < need + ALIGN) {
        size = (need + ALIGN + 4095) & ~(size_t)4095;
    }
    struct runtime_pool_block *block = runtime_pages_map(size);
    if (!block) {
        return NULL;
    }
    *block = (struct runtime_pool_block){pool->blocks, size};
    pool->blocks = block;
    pool->at = (uint8_t *)block + ALIGN;
    pool->end = (uint8_t *)block + size;
    pool->bytes += size;
    return block;
}

void *runtime_pool_alloc(struct runtime_pool *pool, size_t size)
{
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (size > (size_t)(pool->end - pool->at) && !add_block(pool, size)) {
        return NULL;
    }
    void *const p = pool->at;
    pool->at += size;
    return p;
}

void runtime_pool_release(struct runtime_pool *pool)
{
    struct runtime_pool_block *block = pool->blocks;
    while (block) {
        struct runtime_pool_block *const next = block->next;
        munmap(block, block->size);
        block = next;
    }
    *pool = (struct runtime_pool){0};
}
