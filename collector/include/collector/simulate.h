/* How often the judgements are wrong: seeded simulations of unchanged and of changed code. The
 * table in docs/STATISTICS.md is what this prints. */
#ifndef COLLECTOR_SIMULATE_H
#define COLLECTOR_SIMULATE_H

#include "base/arena.h"

struct ak_simulation {
    const char *group; /* "compare", "compare apart", "leak", "change" */
    const char *model; /* the noise */
    const char *what;  /* "false alarm per row" */
    size_t hits, trials;
    double goal; /* share; hits / trials must not exceed it, or reach it; 0: none */
    bool at_least;
};

struct ak_simulate_opts {
    uint64_t seed;
    size_t trials; /* per cell; 0: 400 */
};

/* Runs all simulations, calling `each` in a fixed order. Tens of seconds at 400 trials. */
void ak_simulate(const struct ak_simulate_opts *opts,
                 void (*each)(void *ctx, const struct ak_simulation *row), void *ctx);

#endif
