#include "graph_sieve.h"

#include "base/mem.h"

#define BITS_MIN 12u
#define BITS_MAX 22u
#define UNITS (1u << 14) /* in the cut: rounding up adds a millionth of it for a passage */

void profile_graph_sieve_init(struct graph_sieve *s, uint64_t cut, double load, size_t passing)
{
    unsigned bits = BITS_MIN;
    while (bits < BITS_MAX &&
           (load > (double)cut / 4 * (double)(1u << bits) || passing * 8 > (size_t)1 << bits)) {
        bits++;
    }
    *s = (struct graph_sieve){.shift = 64 - bits, .unit = cut < UNITS ? 1 : cut / UNITS};
    s->full = (uint32_t)(cut / s->unit); /* below 2 * UNITS */
    s->counters = ak_calloc((size_t)1 << bits, sizeof *s->counters);
}

void profile_graph_sieve_seal(struct graph_sieve *s)
{
    const size_t size = (size_t)1 << (64 - s->shift);
    s->heavy = ak_calloc(size / 64, sizeof *s->heavy);
    for (size_t i = 0; i < size; i++) {
        s->heavy[i / 64] |= (uint64_t)(s->counters[i] >= s->full) << (i % 64);
    }
    ak_free(s->counters);
    s->counters = NULL;
}

void profile_graph_sieve_release(struct graph_sieve *s)
{
    ak_free(s->counters);
    ak_free(s->heavy);
    *s = (struct graph_sieve){0};
}
