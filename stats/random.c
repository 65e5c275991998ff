#include "stats/random.h"

#include "base/hash.h"
#include "base/mem.h"

#include <math.h>

static uint64_t rotate(uint64_t x, unsigned k)
{
    return x << k | x >> (64 - k);
}

struct ak_random ak_random_seeded(uint64_t seed)
{
    struct ak_random r;
    for (unsigned i = 0; i < 4; i++) {
        seed += 0x9e3779b97f4a7c15ULL;
        r.state[i] = ak_hash_u64(seed);
    }
    return r;
}

uint64_t ak_random_u64(struct ak_random *r)
{
    uint64_t *s = r->state;
    const uint64_t result = rotate(s[1] * 5, 7) * 9;
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double ak_random_unit(struct ak_random *r)
{
    return ldexp((double)(ak_random_u64(r) >> 11), -53);
}

size_t ak_random_below(struct ak_random *r, size_t n)
{
    const uint64_t limit = UINT64_MAX - UINT64_MAX % n; /* a multiple of n */
    uint64_t v = ak_random_u64(r);
    while (v >= limit) {
        v = ak_random_u64(r);
    }
    return (size_t)(v % n);
}

double ak_random_normal(struct ak_random *r)
{
    /* Box and Muller (1958); the second of the pair is not kept, so that the state is all there is.
     */
    const double radius = sqrt(-2 * log(1 - ak_random_unit(r)));
    return radius * cos(2 * M_PI * ak_random_unit(r));
}

void ak_random_shuffle(struct ak_random *r, double *values, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        const size_t j = ak_random_below(r, i);
        const double v = values[i - 1];
        values[i - 1] = values[j];
        values[j] = v;
    }
}

struct ak_interval ak_bootstrap_interval(const double *values, size_t n,
                                         double (*statistic)(const double *values, size_t n),
                                         const struct ak_bootstrap *how)
{
    if (n == 0 || how->rounds == 0) {
        return (struct ak_interval){AK_NAN, AK_NAN, AK_NAN};
    }
    struct ak_random r = ak_random_seeded(how->seed);
    double *results = ak_reallocarray(NULL, how->rounds + n, sizeof *results);
    double *sample = results + how->rounds;
    for (size_t round = 0; round < how->rounds; round++) {
        for (size_t i = 0; i < n; i++) {
            sample[i] = values[ak_random_below(&r, n)];
        }
        results[round] = statistic(sample, n);
    }
    ak_sort_f64(results, how->rounds);
    const double tail = (1 - how->confidence) / 2;
    const struct ak_interval interval = {
        .value = statistic(values, n),
        .lo = ak_quantile_sorted(results, how->rounds, tail),
        .hi = ak_quantile_sorted(results, how->rounds, 1 - tail),
    };
    ak_free(results);
    return interval;
}
