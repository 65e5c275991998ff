/* Memory for sampled objects: a range of its own, so that free knows a sampled pointer by its
 * address, with the sample's weight in front of each object. Cells of size classes, recycled within
 * their class; not locked. */
#ifndef RUNTIME_PROF_OBJECTS_H
#define RUNTIME_PROF_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stands in front of the object. Weights are fixed-point, so that what a free takes away is exactly
 * what the allocation added. */
struct runtime_object {
    struct runtime_bucket *bucket;
    uint64_t objects_q; /* objects it stands for, in 1 / 2^20 */
    uint64_t bytes_q;   /* bytes it stands for, in 1 / 2^10 */
    uint32_t class;
    uint32_t shift; /* from the start of the cell to this header */
};

/* Reserves the range (64 GiB of addresses, less where that is refused); once. False when none can
 * be had. */
bool runtime_objects_open(uintptr_t *out_base, size_t *out_size);

/* An object of `size` bytes at a multiple of `align` (a power of two >= 16), or NULL when the range
 * is full. Its header is runtime_object_of. */
void *runtime_objects_alloc(size_t size, size_t align);
void runtime_objects_free(void *object);
size_t runtime_objects_usable(const void *object);

static inline struct runtime_object *runtime_object_of(void *object)
{
    return (struct runtime_object *)object - 1;
}

#endif
