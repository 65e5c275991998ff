/* Result lines as the testing package writes them, read in one go: the way that nearly all lines
 * take. What it does not take is no error, but left to the general reader (bench_line.h), which
 * gives the same for every line that both take. */
#ifndef COLLECTOR_BENCH_QUICK_H
#define COLLECTOR_BENCH_QUICK_H

#include "bench_line.h"

struct collector_quick {
    struct ak_str name; /* after the first `skip` bytes */
    struct ak_str rest; /* iterations and all that follows */
    int64_t iterations;
};

/* "BenchmarkX-8  100  12.5 ns/op  3 B/op": a name of more than `skip` bytes, iterations, pairs of
 * value and unit. */
bool collector_line_quick(struct ak_str line, size_t skip, struct ak_bench_units *units,
                          struct collector_values *values, struct collector_quick *out);

#endif
