/* Cells of actors: chunks of doubling size, so that a slot gives its cell by shift and subtract and
 * a cell never moves. Freed cells are used again, last freed first. */
#include "core.h"
#include "runtime/memory.h"

/* Under cells_lock. */
static bool add_chunk(struct ak_system *sys, unsigned k)
{
    const size_t bytes = ((size_t)1 << (CHUNK_FIRST_SHIFT + k)) * sizeof(struct actor);
    char *block = ak_mem_zalloc(bytes + 64);
    if (block == NULL) {
        return false;
    }
    char *aligned = block + (64 - (uintptr_t)block % 64) % 64;
    sys->chunk_blocks[k] = block;
    atomic_store_explicit(&sys->chunks[k], (struct actor *)(void *)aligned, memory_order_release);
    return true;
}

/* Under cells_lock: a cell that was never used. */
static struct actor *fresh_cell(struct ak_system *sys)
{
    const uint32_t slot = sys->cells_used;
    const unsigned k = runtime_chunk_of(slot);
    if (k >= CHUNKS || (sys->chunk_blocks[k] == NULL && !add_chunk(sys, k))) {
        return NULL;
    }
    struct actor *a = runtime_cell_at(sys, slot);
    a->slot = slot;
    atomic_store_explicit(&a->inbox, INBOX_CLOSED, memory_order_relaxed);
    atomic_store_explicit(&a->gate, (uint64_t)1 << 32, memory_order_release);
    atomic_store_explicit(&sys->cells_used, slot + 1, memory_order_release);
    return a;
}

struct actor *runtime_cell_take(struct ak_system *sys)
{
    (void)pthread_mutex_lock(&sys->cells_lock);
    struct actor *a = sys->free_cells;
    if (a != NULL) {
        sys->free_cells = a->run_next;
    } else {
        a = fresh_cell(sys);
    }
    (void)pthread_mutex_unlock(&sys->cells_lock);
    return a;
}

void runtime_cells_give(struct ak_system *sys, struct actor *first, struct actor *last)
{
    (void)pthread_mutex_lock(&sys->cells_lock);
    last->run_next = sys->free_cells;
    sys->free_cells = first;
    (void)pthread_mutex_unlock(&sys->cells_lock);
}

void runtime_cells_release(struct ak_system *sys)
{
    for (unsigned k = 0; k < CHUNKS; k++) {
        ak_mem_free(sys->chunk_blocks[k]);
    }
}
