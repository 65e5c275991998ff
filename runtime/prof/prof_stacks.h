/* Samples aggregated by stack and labels: a hash table in pages of its own, growing only. Not
 * locked: its owner is. */
#ifndef RUNTIME_PROF_STACKS_H
#define RUNTIME_PROF_STACKS_H

#include "prof_pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RUNTIME_VALUES = 4 };

/* What identifies a bucket. Borrowed while looking up. */
struct runtime_stack_key {
    const uint64_t *pcs; /* leaf first */
    uint32_t depth;
    uint32_t epoch;
    const uint8_t *labels; /* see prof_labels.h */
    uint32_t label_bytes;
    uint64_t hash; /* by runtime_stack_hash */
};

struct runtime_bucket {
    struct runtime_bucket *chain; /* same hash slot */
    struct runtime_bucket *next;  /* in order of first sight */
    uint32_t index;               /* in that order, from 0 */
    struct runtime_stack_key key; /* points behind this struct */
    uint64_t value[RUNTIME_VALUES];
};

struct runtime_stacks {
    struct runtime_pool pool;
    struct runtime_bucket **slots;
    size_t slot_count; /* power of two, or 0 */
    size_t count;
    size_t words; /* of all pcs */
    size_t label_bytes;
    struct runtime_bucket *first;
    struct runtime_bucket **last;
};

uint64_t runtime_stack_hash(const struct runtime_stack_key *key);
/* Whether two keys are the same stack with the same labels; `hash` is not looked at. */
bool runtime_stack_same(const struct runtime_stack_key *a, const struct runtime_stack_key *b);
/* The bucket of a key, made when absent; NULL when there is no memory. */
struct runtime_bucket *runtime_stacks_get(struct runtime_stacks *stacks,
                                          const struct runtime_stack_key *key);
void runtime_stacks_release(struct runtime_stacks *stacks);

#endif
