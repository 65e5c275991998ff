#include "set.h"

#include "base/mem.h"

void profile_set_release(struct profile_set *s)
{
    ak_free(s->slots);
    ak_free(s->hashes);
    *s = (struct profile_set){0};
}

static uint32_t fold(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

/* The item in a slot, NONE when the slot is free or holds another hash. */
static uint32_t item_in(const struct profile_set *s, uint32_t slot, uint32_t h)
{
    const uint32_t mask = (uint32_t)(s->cap - 1);
    return ((slot ^ h) & ~mask) == 0 ? (slot & mask) - 1 : PROFILE_SET_NONE;
}

uint32_t profile_set_find(const struct profile_set *s, uint64_t hash,
                          bool (*same)(const void *ctx, uint32_t item), const void *ctx)
{
    if (s->cap == 0) {
        return PROFILE_SET_NONE;
    }
    const uint32_t h = fold(hash);
    for (size_t at = h & (s->cap - 1); s->slots[at] != 0; at = (at + 1) & (s->cap - 1)) {
        const uint32_t item = item_in(s, s->slots[at], h);
        if (item != PROFILE_SET_NONE && s->hashes[item] == h && same(ctx, item)) {
            return item;
        }
    }
    return PROFILE_SET_NONE;
}

void profile_set_prefetch(const struct profile_set *s, uint64_t hash)
{
    if (s->cap > 0) {
        __builtin_prefetch(&s->slots[fold(hash) & (s->cap - 1)]);
    }
}

uint32_t profile_set_likely(const struct profile_set *s, uint64_t hash)
{
    const uint32_t h = fold(hash);
    return s->cap > 0 ? item_in(s, s->slots[h & (s->cap - 1)], h) : PROFILE_SET_NONE;
}

static void place(struct profile_set *s, uint32_t item)
{
    const size_t mask = s->cap - 1;
    const uint32_t h = s->hashes[item];
    size_t at = h & mask;
    while (s->slots[at] != 0) {
        at = (at + 1) & mask;
    }
    s->slots[at] = (h & ~(uint32_t)mask) | (item + 1);
}

static void grow(struct profile_set *s)
{
    s->cap = s->cap ? s->cap * 2 : 64;
    ak_free(s->slots);
    s->slots = ak_calloc(s->cap, sizeof *s->slots);
    for (size_t i = 0; i < s->count; i++) {
        place(s, (uint32_t)i);
    }
}

uint32_t profile_set_add(struct profile_set *s, uint64_t hash)
{
    if ((s->count + 1) * 4 > s->cap * 3) {
        grow(s);
    }
    AK_GROW(s->hashes, s->count + 1, s->hashes_cap);
    s->hashes[s->count] = fold(hash);
    place(s, (uint32_t)s->count);
    return (uint32_t)s->count++;
}
