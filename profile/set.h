/* A set of items that are numbered in the order of insertion and live in arrays of the caller: an
 * open-addressing table of numbers, with the hash of each item. */
#ifndef PROFILE_SET_H
#define PROFILE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct profile_set {
    /* Number + 1, which is below cap, and above it those bits of the hash that did not choose the
     * slot: a slot of another hash is passed without a look at `hashes`. 0: free. */
    uint32_t *slots;
    size_t cap;       /* power of two, or 0 */
    uint32_t *hashes; /* of item i */
    size_t count, hashes_cap;
};

#define PROFILE_SET_NONE UINT32_MAX

void profile_set_release(struct profile_set *s);

/* The item with this hash for which same(ctx, item) holds, or PROFILE_SET_NONE. */
uint32_t profile_set_find(const struct profile_set *s, uint64_t hash,
                          bool (*same)(const void *ctx, uint32_t item), const void *ctx);
/* For looking many up at once: fetches the slot, then tells the item in it, which may be another.
 */
void profile_set_prefetch(const struct profile_set *s, uint64_t hash);
uint32_t profile_set_likely(const struct profile_set *s, uint64_t hash);
/* Adds the next item, which must not be there; returns its number, the count before. */
uint32_t profile_set_add(struct profile_set *s, uint64_t hash);

#endif
