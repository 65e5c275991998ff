#include "base/idmap.h"

#include "base/hash.h"
#include "base/mem.h"

#include <string.h>

void ak_idmap_release(struct ak_idmap *m)
{
    ak_free(m->keys);
    ak_free(m->slots);
    *m = (struct ak_idmap){0};
}

void ak_idmap_reset(struct ak_idmap *m)
{
    if (m->cap) {
        memset(m->slots, 0, m->cap * sizeof *m->slots);
    }
    m->count = 0;
}

/* The slot of key: its own, or the free one where it belongs. */
static size_t find_slot(const struct ak_idmap *m, uint64_t key)
{
    size_t at = ak_hash_u64(key) & (m->cap - 1);
    while (m->slots[at] && m->keys[at] != key) {
        at = (at + 1) & (m->cap - 1);
    }
    return at;
}

static void grow(struct ak_idmap *m)
{
    const struct ak_idmap old = *m;
    m->cap = old.cap ? old.cap * 2 : 64;
    m->keys = ak_reallocarray(NULL, m->cap, sizeof *m->keys);
    m->slots = ak_calloc(m->cap, sizeof *m->slots);
    for (size_t i = 0; i < old.cap; i++) {
        if (old.slots[i]) {
            const size_t at = find_slot(m, old.keys[i]);
            m->keys[at] = old.keys[i];
            m->slots[at] = old.slots[i];
        }
    }
    ak_free(old.keys);
    ak_free(old.slots);
}

uint32_t ak_idmap_get(const struct ak_idmap *m, uint64_t key)
{
    if (m->cap == 0) {
        return AK_IDMAP_NONE;
    }
    return m->slots[find_slot(m, key)] - 1; /* 0 - 1 is AK_IDMAP_NONE */
}

uint32_t ak_idmap_put(struct ak_idmap *m, uint64_t key, uint32_t value, bool *out_new)
{
    if ((m->count + 1) * 4 > m->cap * 3) {
        grow(m);
    }
    const size_t at = find_slot(m, key);
    const bool is_new = m->slots[at] == 0;
    if (is_new) {
        m->keys[at] = key;
        m->slots[at] = value + 1;
        m->count++;
    }
    if (out_new) {
        *out_new = is_new;
    }
    return m->slots[at] - 1;
}

void ak_intern_init(struct ak_intern *t, struct ak_arena *keeps)
{
    *t = (struct ak_intern){.arena = keeps};
}

void ak_intern_release(struct ak_intern *t)
{
    ak_free(t->strs);
    ak_free(t->slots);
    *t = (struct ak_intern){.arena = t->arena};
}

static size_t intern_slot(const struct ak_intern *t, struct ak_str s)
{
    size_t at = ak_hash_str(s) & (t->slots_cap - 1);
    while (t->slots[at] && !ak_str_eq(t->strs[t->slots[at] - 1], s)) {
        at = (at + 1) & (t->slots_cap - 1);
    }
    return at;
}

uint32_t ak_intern_find(const struct ak_intern *t, struct ak_str s)
{
    return t->slots_cap ? t->slots[intern_slot(t, s)] - 1 : AK_IDMAP_NONE;
}

static void intern_grow(struct ak_intern *t)
{
    ak_free(t->slots);
    t->slots_cap = t->slots_cap ? t->slots_cap * 2 : 64;
    t->slots = ak_calloc(t->slots_cap, sizeof *t->slots);
    for (size_t i = 0; i < t->count; i++) {
        t->slots[intern_slot(t, t->strs[i])] = (uint32_t)i + 1;
    }
}

uint32_t ak_intern_add(struct ak_intern *t, struct ak_str s)
{
    if ((t->count + 1) * 4 > t->slots_cap * 3) {
        intern_grow(t);
    }
    const size_t at = intern_slot(t, s);
    if (t->slots[at] == 0) {
        AK_GROW(t->strs, t->count + 1, t->cap);
        t->strs[t->count++] = ak_arena_str(t->arena, s);
        t->slots[at] = (uint32_t)t->count;
    }
    return t->slots[at] - 1;
}
