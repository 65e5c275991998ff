#include "prof_stacks.h"

#include "base/hash.h"
#include "prof_labels.h"

#include <string.h>

enum { FIRST_SLOTS = 1024 };

uint64_t runtime_stack_hash(const struct runtime_stack_key *key)
{
    uint64_t h = (uint64_t)key->depth << 32 | key->epoch;
    for (uint32_t i = 0; i < key->depth; i++) {
        h = (h ^ key->pcs[i]) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    return key->label_bytes ? ak_hash_bytes(key->labels, key->label_bytes, h) : ak_hash_u64(h);
}

bool runtime_stack_same(const struct runtime_stack_key *a, const struct runtime_stack_key *b)
{
    return a->depth == b->depth && a->epoch == b->epoch &&
           memcmp(a->pcs, b->pcs, a->depth * sizeof a->pcs[0]) == 0 &&
           runtime_labels_same(a->labels, a->label_bytes, b->labels, b->label_bytes);
}

static bool grow(struct runtime_stacks *s)
{
    const size_t count = s->slot_count ? s->slot_count * 2 : FIRST_SLOTS;
    struct runtime_bucket **slots = runtime_pages_map(count * sizeof(struct runtime_bucket *));
    if (!slots) {
        return false;
    }
    for (struct runtime_bucket *b = s->first; b; b = b->next) {
        struct runtime_bucket **const slot = &slots[b->key.hash & (count - 1)];
        b->chain = *slot;
        *slot = b;
    }
    runtime_pages_unmap(s->slots, s->slot_count * sizeof(struct runtime_bucket *));
    s->slots = slots;
    s->slot_count = count;
    return true;
}

static struct runtime_bucket *add(struct runtime_stacks *s, const struct runtime_stack_key *key)
{
    const size_t pcs_bytes = key->depth * sizeof key->pcs[0];
    struct runtime_bucket *b;
    uint64_t *pcs;
    b = runtime_pool_alloc(&s->pool, sizeof *b + pcs_bytes + key->label_bytes);
    if (!b) {
        return NULL;
    }
    pcs = (uint64_t *)(b + 1);
    memcpy(pcs, key->pcs, pcs_bytes);
    if (key->label_bytes) {
        memcpy((uint8_t *)pcs + pcs_bytes, key->labels, key->label_bytes);
    }
    b->key = *key;
    b->key.pcs = pcs;
    b->key.labels = (const uint8_t *)pcs + pcs_bytes;
    b->index = (uint32_t)s->count++;
    s->words += key->depth;
    s->label_bytes += key->label_bytes;
    struct runtime_bucket **const slot = &s->slots[key->hash & (s->slot_count - 1)];
    b->chain = *slot;
    *slot = b;
    if (!s->last) {
        s->last = &s->first;
    }
    *s->last = b;
    s->last = &b->next;
    return b;
}

struct runtime_bucket *runtime_stacks_get(struct runtime_stacks *s,
                                          const struct runtime_stack_key *key)
{
    if (s->slot_count == 0 && !grow(s)) {
        return NULL;
    }
    struct runtime_bucket *b = s->slots[key->hash & (s->slot_count - 1)];
    while (b && (b->key.hash != key->hash || !runtime_stack_same(&b->key, key))) {
        b = b->chain;
    }
    if (b) {
        return b;
    }
    if (s->count >= s->slot_count) {
        grow(s); /* without memory the chains get longer */
    }
    return add(s, key);
}

void runtime_stacks_release(struct runtime_stacks *s)
{
    runtime_pages_unmap(s->slots, s->slot_count * sizeof(struct runtime_bucket *));
    runtime_pool_release(&s->pool);
    *s = (struct runtime_stacks){0};
}
