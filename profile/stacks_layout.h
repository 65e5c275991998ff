/* How packed stacks lie, for those that write them (merge) and those that walk them (graph). */
#ifndef PROFILE_STACKS_LAYOUT_H
#define PROFILE_STACKS_LAYOUT_H

#include "profile/stacks.h"

#include <string.h>

#define STACKS_NARROW_MAX 0xffffu
#define STACKS_PAD 8u /* so many are spread at once: reading may go that far beyond the end */

struct ak_stacks {
    bool narrow; /* 16 bits are used where they do */
    unsigned char *bytes;
    size_t cap;
    /* Stack i is bytes[start[i] .. start[i + 1]), without the lowest bit, which tells in start[i]
     * that the stack is wide. */
    uint64_t *start;
    size_t start_cap;
    size_t count;
    size_t depth_max;
};

struct stacks_part {
    const unsigned char *bytes;
    size_t size;
    bool is_wide;
};

void profile_stacks_init(struct ak_stacks *s, bool narrow);
void profile_stacks_release(struct ak_stacks *s);

/* Writes a stack behind the last one; it counts only after profile_stacks_keep. `all` has the bits
 * of all ids. The part is valid until the next call. O(depth). */
struct stacks_part profile_stacks_write(struct ak_stacks *s, const uint32_t *ids, size_t depth,
                                        uint32_t all);
void profile_stacks_keep(struct ak_stacks *s, const struct stacks_part *part);

static inline struct stacks_part stacks_at(const struct ak_stacks *s, size_t i)
{
    const uint64_t first = s->start[i] & ~UINT64_C(1), end = s->start[i + 1] & ~UINT64_C(1);
    return (struct stacks_part){s->bytes + first, (size_t)(end - first), (s->start[i] & 1) != 0};
}

static inline bool stacks_equal(const struct stacks_part *a, const struct stacks_part *b)
{
    return a->size == b->size && a->is_wide == b->is_wide &&
           (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

/* The locations of stack i, leaf first: in `room`, which has place for depth_max of them and
 * STACKS_PAD more. Returns their number. */
size_t profile_stacks_read(const struct ak_stacks *s, size_t i, uint32_t *room);

#endif
