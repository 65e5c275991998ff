#include "base/mem.h"
#include "stacks_layout.h"

void profile_stacks_init(struct ak_stacks *s, bool narrow)
{
    *s = (struct ak_stacks){.narrow = narrow};
    AK_GROW(s->start, 1, s->start_cap);
    s->start[0] = 0;
}

void profile_stacks_release(struct ak_stacks *s)
{
    ak_free(s->bytes);
    ak_free(s->start);
    *s = (struct ak_stacks){0};
}

void ak_stacks_free(struct ak_stacks *s)
{
    if (s) {
        profile_stacks_release(s);
        ak_free(s);
    }
}

size_t ak_stacks_count(const struct ak_stacks *s)
{
    return s->count;
}

size_t ak_stacks_bytes(const struct ak_stacks *s)
{
    return (size_t)(s->start[s->count] & ~UINT64_C(1));
}

typedef uint16_t narrow_block __attribute__((vector_size(STACKS_PAD * sizeof(uint16_t))));
typedef uint32_t wide_block __attribute__((vector_size(STACKS_PAD * sizeof(uint32_t))));

static void spread(uint32_t *to, const unsigned char *from, size_t depth)
{
    for (size_t i = 0; i < depth; i += STACKS_PAD) {
        narrow_block block;
        memcpy(&block, from + i * sizeof(uint16_t), sizeof block);
        const wide_block ids = __builtin_convertvector(block, wide_block);
        memcpy(to + i, &ids, sizeof ids);
    }
}

struct stacks_part profile_stacks_write(struct ak_stacks *s, const uint32_t *ids, size_t depth,
                                        uint32_t all)
{
    const bool is_wide = !s->narrow || all > STACKS_NARROW_MAX;
    const size_t used = ak_stacks_bytes(s);
    const size_t size = depth * (is_wide ? sizeof(uint32_t) : sizeof(uint16_t));
    AK_GROW(s->bytes, used + size + STACKS_PAD * sizeof(uint16_t), s->cap);
    unsigned char *to = s->bytes + used;
    if (!is_wide) {
        uint16_t *narrow = (void *)to;
        for (size_t i = 0; i < depth; i++) {
            narrow[i] = (uint16_t)ids[i];
        }
    } else if (size > 0) {
        memcpy(to, ids, size);
    }
    s->depth_max = depth > s->depth_max ? depth : s->depth_max;
    return (struct stacks_part){to, size, is_wide};
}

void profile_stacks_keep(struct ak_stacks *s, const struct stacks_part *part)
{
    AK_GROW(s->start, s->count + 2, s->start_cap);
    s->start[s->count] |= part->is_wide;
    s->start[s->count + 1] = (uint64_t)(part->bytes - s->bytes) + part->size;
    s->count++;
}

size_t profile_stacks_read(const struct ak_stacks *s, size_t i, uint32_t *room)
{
    const struct stacks_part part = stacks_at(s, i);
    if (part.is_wide) {
        memcpy(room, part.bytes, part.size);
        return part.size / sizeof(uint32_t);
    }
    spread(room, part.bytes, part.size / sizeof(uint16_t));
    return part.size / sizeof(uint16_t);
}

/* When every stack is wide, the bytes are the array that a profile has. */
static uint32_t *take_ids(struct ak_stacks *s)
{
    if (!s->narrow && s->bytes) {
        uint32_t *ids = (uint32_t *)(void *)s->bytes;
        s->bytes = NULL;
        return ids;
    }
    size_t total = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct stacks_part part = stacks_at(s, i);
        total += part.size / (part.is_wide ? sizeof(uint32_t) : sizeof(uint16_t));
    }
    uint32_t *ids = ak_reallocarray(NULL, total + STACKS_PAD, sizeof *ids);
    uint32_t *at = ids;
    for (size_t i = 0; i < s->count; i++) {
        at += profile_stacks_read(s, i, at);
    }
    return ids;
}

void ak_stacks_restore_take(struct ak_stacks *s, struct ak_profile *p)
{
    if (!s) {
        return;
    }
    ak_free(p->stack_ids);
    ak_free(p->stack_start);
    p->stack_ids = take_ids(s);
    uint64_t begin = 0;
    for (size_t i = 0; i < s->count; i++) { /* from bytes to locations */
        const uint64_t end = s->start[i + 1] & ~UINT64_C(1);
        const size_t width = s->start[i] & 1 ? sizeof(uint32_t) : sizeof(uint16_t);
        const uint64_t depth = (end - (s->start[i] & ~UINT64_C(1))) / width;
        s->start[i] = begin;
        begin += depth;
    }
    s->start[s->count] = begin;
    p->stack_start = s->start;
    s->start = NULL;
    ak_stacks_free(s);
}
