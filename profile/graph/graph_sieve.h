/* A sieve for edges: tells those that may weigh as much as the cut from those that cannot, without
 * a place for each. An edge adds its magnitudes to the counter that its ends hash to; a counter
 * below the cut rules out all edges that share it (a counting filter, wrong only towards "may").
 *
 * Counters are 32 bits, in units of about a millionth of the cut and rounded up, and there are as
 * many as make an average one lie at a quarter of the cut: the table stays in the second-level
 * cache, where one of 64-bit sums that knew no size missed at every step of a stack. */
#ifndef PROFILE_GRAPH_SIEVE_H
#define PROFILE_GRAPH_SIEVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct graph_sieve {
    uint16_t *counters;
    uint64_t
        *heavy; /* a bit for each counter that reached the cut; made by profile_graph_sieve_seal */
    unsigned shift;
    uint64_t unit;
    uint32_t full; /* the cut in units */
};

/* `cut` is above 0; `load` is about the sum of all magnitudes that will be added, `passing` the
 * number of edges that will be let through whatever they weigh. */
void profile_graph_sieve_init(struct graph_sieve *s, uint64_t cut, double load, size_t passing);
/* After the last addition, before the first question. */
void profile_graph_sieve_seal(struct graph_sieve *s);
void profile_graph_sieve_release(struct graph_sieve *s);

/* What a weight counts: more than nothing and at least its magnitude. */
static inline uint32_t graph_sieve_units(const struct graph_sieve *s, uint64_t magnitude)
{
    const uint64_t units = magnitude / s->unit;
    return units < s->full ? (uint32_t)units + 1 : s->full;
}

static inline uint64_t graph_sieve_place(const struct graph_sieve *s, uint32_t from, uint32_t to)
{
    return (((uint64_t)from << 32 | to) * 0x9e3779b97f4a7c15ULL) >> s->shift;
}

static inline void graph_sieve_add(const struct graph_sieve *s, uint32_t from, uint32_t to,
                                   uint32_t units)
{
    uint16_t *c = &s->counters[graph_sieve_place(s, from, to)];
    const uint32_t sum = *c + units;
    *c = (uint16_t)(sum < s->full ? sum : s->full);
}

static inline bool graph_sieve_may_pass(const struct graph_sieve *s, uint32_t from, uint32_t to)
{
    const uint64_t at = graph_sieve_place(s, from, to);
    return s->heavy[at / 64] >> (at % 64) & 1;
}

#endif
