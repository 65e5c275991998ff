/* Memory of the profilers: whole pages from the kernel, so that nothing of theirs is seen by
 * malloc's counters or by the heap profiler, and so that it can be used inside malloc. */
#ifndef RUNTIME_PROF_POOL_H
#define RUNTIME_PROF_POOL_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed pages, or NULL. `size` is rounded up to pages by the kernel. */
void *runtime_pages_map(size_t size);
void runtime_pages_unmap(void *p, size_t size); /* accepts NULL */

/* Many small pieces released at once. Zeroed pool = empty pool. Not locked. */
struct runtime_pool {
    struct runtime_pool_block *blocks;
    uint8_t *at;
    uint8_t *end;
    size_t bytes; /* obtained from the kernel */
};

/* Zeroed, aligned to 16 bytes; NULL when there is no memory. */
void *runtime_pool_alloc(struct runtime_pool *pool, size_t size);
void runtime_pool_release(struct runtime_pool *pool);

#endif
