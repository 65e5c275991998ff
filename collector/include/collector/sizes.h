/* How a cost grows with the size of the problem: the exponent of a power law over benchmarks that
 * differ only in the number of entities in their name (100, 1,000, 10,000 actors). */
#ifndef COLLECTOR_SIZES_H
#define COLLECTOR_SIZES_H

#include "store/run.h"

struct ak_size_law {
    const char *name; /* the benchmarks' name with "N" for the number */
    const char *unit;
    const struct ak_series *first; /* of the smallest size, borrowed from the run */
    size_t sizes;                  /* different numbers */
    double exponent, lo, hi; /* least squares on logarithms of all values, with its interval */
    double last_exponent;    /* between the medians of the two largest sizes */
    double smallest, largest;
    const char *medians;  /* of each size: "100: 10.3ms of 5, 1000: 237ms of 5" */
    const char *sentence; /* "B/op grows with a power of 1.83 over 3 sizes (100 to 10,000) ..." */
};

/* The laws of all families of at least two sizes; values not above zero leave a family out. */
struct ak_size_law *ak_sizes_laws(const struct ak_run *run, double confidence,
                                  struct ak_arena *arena, size_t *out_count);
/* The laws of bytes, allocations or time that grow faster than linearly: exponent above
 * 1.3 with its whole interval, over the two largest sizes too, carried by at least 3 sizes. */
struct ak_size_law *ak_sizes_superlinear(const struct ak_run *run, struct ak_arena *arena,
                                         size_t *out_count);

#endif
