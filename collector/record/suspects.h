/* Rows of two interleaved runs that look different, and measuring them again. */
#ifndef COLLECTOR_SUSPECTS_H
#define COLLECTOR_SUSPECTS_H

#include "store/run.h"

struct collector_suspects {
    const struct ak_series **series; /* of the first run */
    size_t count;
    size_t rows; /* benchmark and unit in both runs */
};

/* A row is a suspect when Mann-Whitney gives p <= 0.05 and the medians' ratio is beyond 2 %: a wide
 * net, since the fresh values decide. In arena. */
void collector_suspects_find(const struct ak_run *a, const struct ak_run *b, struct ak_arena *arena,
                             struct collector_suspects *out);
/* "^(BenchmarkA|BenchmarkB)$", by functions. */
const char *collector_suspects_pattern(const struct collector_suspects *s, struct ak_arena *arena);
/* A shell command that runs only the benchmarks of `pattern`: "{bench}" in it is replaced; a plain
 * go test, akbench or test binary gets a -bench flag unless pattern is "."; any other command runs
 * whole. */
const char *collector_suspects_command(const char *command, const char *pattern,
                                       struct ak_arena *arena);
/* Gives the suspects' series in `run` the values of the same series in `fresh`, where it has them.
 */
void collector_suspects_replace(const struct collector_suspects *s, struct ak_run *run,
                                const struct ak_run *fresh, struct ak_arena *arena);

#endif
