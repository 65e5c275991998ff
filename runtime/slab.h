/* Private: blocks of 64 to 1,024 bytes from per-thread heaps, for messages and small state.
 *
 * A block belongs to the heap of the thread that carved it. Freed by that thread it goes to the
 * local list; freed by another it is collected with its neighbours and pushed to the owner's remote
 * list, one atomic operation for up to 64 blocks, in the order of the frees, so that recycled
 * blocks keep the order of their addresses (locality, not the queue, decides the cost of a
 * message). A thread that ends leaves its heap to the next one. A trim gives back what is not in
 * use; nothing on the way of a message counts for it. */
#ifndef RUNTIME_SLAB_H
#define RUNTIME_SLAB_H

#include <stdbool.h>
#include <stddef.h>

enum { RUNTIME_SLAB_MAX = 1024 };

/* Aligned to 64, not zeroed. Sizes above RUNTIME_SLAB_MAX come from malloc. NULL: out of memory. */
void *runtime_slab_alloc(size_t size);
/* `size` as it was asked for. Any thread. */
void runtime_slab_free(void *p, size_t size);

/* Gives the calling thread its heap before it is needed. False: out of memory. */
bool runtime_slab_attach(void);

/* Gives memory without a block in use back to libc, but for 1 MiB: of the calling thread's heap and
 * of the heaps of threads that have ended. Cost: a walk over their free blocks. Any thread. */
void runtime_slab_trim(void);

#endif
