#include "base/hash.h"
#include "base/mem.h"
#include "label_order.h"
#include "merger.h"

#include <math.h>
#include <string.h>

/* The candidate: its stack is written behind the last stack of the result. */
struct sample_key {
    const struct ak_profile *p;
    const struct ak_stacks *stacks;
    struct stacks_part stack;
    const struct ak_label *labels; /* sorted, strings of the result */
    size_t label_count;
};

static bool same_labels(const struct sample_key *k, uint32_t item)
{
    const uint64_t *start = k->p->label_start;
    const size_t count = start ? start[item + 1] - start[item] : 0;
    if (count != k->label_count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct ak_label *a = &k->p->labels[start[item] + i], *b = &k->labels[i];
        if (a->key != b->key || a->str != b->str || a->num != b->num ||
            a->num_unit != b->num_unit) {
            return false;
        }
    }
    return true;
}

static bool same_sample(const void *ctx, uint32_t item)
{
    const struct sample_key *k = ctx;
    const struct stacks_part stack = stacks_at(k->stacks, item);
    return stacks_equal(&stack, &k->stack) && same_labels(k, item);
}

static uint64_t hash_sample(const struct sample_key *k)
{
    uint64_t hash = ak_hash_bytes(k->stack.bytes, k->stack.size, 0);
    for (size_t i = 0; i < k->label_count; i++) {
        const struct ak_label *l = &k->labels[i];
        const uint64_t parts[3] = {(uint64_t)l->key << 32 | l->str, (uint64_t)l->num, l->num_unit};
        hash = ak_hash_bytes(parts, sizeof parts, hash);
    }
    return hash;
}

/* The values of a sample in the result's types and units. False when pprof leaves the sample out:
 * all are zero, or all that had to be scaled are. */
static bool take_values(struct ak_merge *m, size_t sample, bool *out_overflow)
{
    const int64_t *src = m->src->values + sample * m->src->sample_type_count;
    const uint32_t types = m->b.p->sample_type_count;
    bool keep = !m->scaled, nonzero = false;
    for (uint32_t i = 0; i < types; i++) {
        int64_t v = src[m->columns[i]];
        if (m->ratios[i] != 1) {
            const double scaled = round((double)v * m->ratios[i]);
            *out_overflow = *out_overflow || !(fabs(scaled) < 0x1p63);
            v = *out_overflow ? INT64_MIN : (int64_t)scaled;
            keep = keep || v != 0;
        }
        nonzero = nonzero || v != 0;
        m->values[i] = v;
    }
    return keep && nonzero;
}

static size_t take_labels(struct ak_merge *m, size_t sample)
{
    const size_t count = profile_sorted_labels(m->src, sample, &m->labels, &m->labels_cap);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct ak_label *l = &m->labels[i];
        const struct ak_label to = {.key = profile_merge_string(m, l->key),
                                    .str = profile_merge_string(m, l->str),
                                    .num = l->num,
                                    .num_unit = profile_merge_string(m, l->num_unit)};
        if (to.str != 0 || !ak_label_is_text(l)) { /* a text that was "" says nothing */
            m->labels[kept++] = to;
        }
    }
    return kept;
}

static enum ak_status overflow(const struct ak_merge *m, uint32_t type, struct ak_error *err)
{
    const struct ak_str name = m->b.strings.strs[m->b.p->sample_types[type].type];
    return ak_fail(err, AK_OVERFLOW, "the sum of %.*s does not fit in 64 bits", (int)name.len,
                   name.ptr);
}

static enum ak_status add_values(struct ak_merge *m, uint32_t sample, struct ak_error *err)
{
    const uint32_t types = m->b.p->sample_type_count;
    int64_t *to = m->b.p->values + (size_t)sample * types;
    for (uint32_t i = 0; i < types; i++) {
        int64_t sum;
        if (__builtin_add_overflow(to[i], m->values[i], &sum) && !m->opts.compat) {
            return overflow(m, i, err);
        }
        to[i] = sum; /* the builtin wraps as Go does */
    }
    return AK_OK;
}

/* The stack of a sample in locations of the result. */
static struct stacks_part take_stack(struct ak_merge *m, size_t sample)
{
    const struct ak_profile *src = m->src;
    const uint32_t *const known = m->locations_memo.to;
    const uint32_t *ids = src->stack_ids + src->stack_start[sample];
    const size_t depth = src->stack_start[sample + 1] - src->stack_start[sample];
    AK_GROW(m->stack, depth, m->stack_cap);
    uint32_t all = 0;
    for (size_t i = 0; i < depth; i++) {
        const uint32_t to = known[ids[i]];
        m->stack[i] = to != 0 ? to - 1 : profile_merge_location(m, ids[i]);
        all |= m->stack[i];
    }
    return profile_stacks_write(&m->stacks, m->stack, depth, all);
}

static enum ak_status merge_sample(struct ak_merge *m, size_t sample, struct ak_error *err)
{
    struct ak_profile *p = m->b.p;
    const struct stacks_part stack = take_stack(m, sample); /* before labels: it adds strings too */
    const size_t label_count = take_labels(m, sample);
    const struct sample_key k = {.p = p,
                                 .stacks = &m->stacks,
                                 .stack = stack,
                                 .labels = m->labels,
                                 .label_count = label_count};
    const uint64_t hash = hash_sample(&k);
    const uint32_t at = profile_set_find(&m->samples, hash, same_sample, &k);
    if (at != PROFILE_SET_NONE) {
        return add_values(m, at, err);
    }
    if (p->sample_count >= UINT32_MAX - 1) {
        return ak_fail(err, AK_LIMIT, "more than 4294967294 different samples");
    }
    profile_set_add(&m->samples, hash);
    profile_stacks_keep(&m->stacks, &stack);
    ak_build_sample(&m->b, &(struct ak_build_sample){.values = m->values,
                                                     .labels = m->labels,
                                                     .label_count = label_count});
    return AK_OK;
}

enum ak_status profile_merge_samples(struct ak_merge *m, struct ak_error *err)
{
    for (size_t i = 0; i < m->src->sample_count; i++) {
        bool too_large = false;
        const bool keep = take_values(m, i, &too_large);
        if (too_large && !m->opts.compat) {
            return ak_fail(err, AK_OVERFLOW, "a scaled value does not fit in 64 bits");
        }
        const enum ak_status st = keep ? merge_sample(m, i, err) : AK_OK;
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}
