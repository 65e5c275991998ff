/* Seeded random numbers: the same on every machine. Generator: xoshiro256** of Blackman and Vigna,
 * seeded by splitmix64 (prng.di.unimi.it). */
#ifndef STATS_RANDOM_H
#define STATS_RANDOM_H

#include "stats/quantile.h"

#include <stddef.h>
#include <stdint.h>

struct ak_random {
    uint64_t state[4];
};

struct ak_random ak_random_seeded(uint64_t seed);
uint64_t ak_random_u64(struct ak_random *r);
double ak_random_unit(struct ak_random *r);            /* in [0, 1) */
size_t ak_random_below(struct ak_random *r, size_t n); /* in [0, n), n > 0, without bias */
double ak_random_normal(struct ak_random *r);          /* mean 0, standard deviation 1 */
void ak_random_shuffle(struct ak_random *r, double *values, size_t n);

/* Percentile bootstrap interval of a statistic of one sample (Efron 1979, Annals of Statistics 7).
 * `rounds` resamples. */
struct ak_bootstrap {
    size_t rounds;
    double confidence;
    uint64_t seed;
};
struct ak_interval ak_bootstrap_interval(const double *values, size_t n,
                                         double (*statistic)(const double *values, size_t n),
                                         const struct ak_bootstrap *how);

#endif
