#include "base/mem.h"
#include "ranktable.h"
#include "stats/distribution.h"
#include "stats/ranktest.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define PAIRS_IN_MEMORY 4096

/* The differences y[j] - x[i] of two sorted samples, seen as one multiset. */
struct differences {
    const double *x, *y;
    size_t nx, ny;
    double *all; /* all of them, when few; else NULL */
};

/* k-th smallest (from 0) of v, reordering it. Expected O(n). */
static double select_kth(double *v, size_t n, size_t k)
{
    size_t lo = 0, hi = n;
    while (hi - lo > 1) {
        const double pivot = v[lo + (hi - lo) / 2];
        size_t a = lo, b = hi;
        for (size_t i = lo; i < b;) { /* three parts: smaller, equal, larger */
            const double e = v[i];
            if (e < pivot) {
                v[i++] = v[a];
                v[a++] = e;
            } else if (e > pivot) {
                v[i] = v[--b];
                v[b] = e;
            } else {
                i++;
            }
        }
        if (k < a) {
            hi = a;
        } else if (k < b) {
            return pivot;
        } else {
            lo = b;
        }
    }
    return v[lo];
}

/* Doubles as integers in the same order, so that a bisection ends after 64 steps. */
static uint64_t ordered_of(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double of_ordered(uint64_t o)
{
    const uint64_t bits = o >> 63 ? o & ~(UINT64_C(1) << 63) : ~o;
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static size_t count_at_most(const struct differences *d, double limit)
{
    size_t count = 0, j = 0;
    for (size_t i = 0; i < d->nx; i++) { /* a larger x lets more of y in */
        while (j < d->ny && d->y[j] - d->x[i] <= limit) {
            j++;
        }
        count += j;
    }
    return count;
}

static double kth_difference(struct differences *d, size_t k)
{
    if (d->all) {
        return select_kth(d->all, d->nx * d->ny, k);
    }
    uint64_t lo = ordered_of(d->y[0] - d->x[d->nx - 1]);
    uint64_t hi = ordered_of(d->y[d->ny - 1] - d->x[0]);
    while (lo < hi) {
        const uint64_t mid = lo + (hi - lo) / 2;
        if (count_at_most(d, of_ordered(mid)) > k) {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    return of_ordered(lo);
}

/* How many differences may be cut off on each side: the largest k with P(U <= k - 1) <= tail. */
static size_t cut_off(struct ak_rank_table *t, size_t nx, size_t ny, double tail)
{
    if (nx <= RANK_TABLE_LIMIT && ny <= RANK_TABLE_LIMIT) {
        size_t k = 0;
        while (k < nx * ny / 2 && stats_rank_cdf(t, nx, ny, k) <= tail) {
            k++;
        }
        return k;
    }
    const double pairs = (double)nx * (double)ny;
    const double sigma = sqrt(pairs * (double)(nx + ny + 1) / 12);
    return (size_t)fmax(0, floor(pairs / 2 + ak_normal_quantile(tail) * sigma - 0.5) + 1);
}

struct ak_interval ak_shift(struct ak_rank_table *t, const double *x, size_t nx, const double *y,
                            size_t ny, double confidence)
{
    if (nx == 0 || ny == 0) {
        return (struct ak_interval){AK_NAN, AK_NAN, AK_NAN};
    }
    struct differences d = {.x = x, .y = y, .nx = nx, .ny = ny};
    const size_t pairs = nx * ny;
    if (pairs <= PAIRS_IN_MEMORY) {
        d.all = ak_reallocarray(NULL, pairs, sizeof *d.all);
        for (size_t i = 0; i < pairs; i++) {
            d.all[i] = y[i / nx] - x[i % nx];
        }
    }
    const size_t k = confidence < 1 ? cut_off(t, nx, ny, (1 - confidence) / 2) : 0;
    const double upper = kth_difference(&d, pairs / 2);
    const double lower = pairs % 2 ? upper : kth_difference(&d, pairs / 2 - 1);
    const struct ak_interval shift = {
        .value = lower + (upper - lower) / 2,
        .lo = k > 0 ? kth_difference(&d, k - 1) : -AK_INFINITY,
        .hi = k > 0 ? kth_difference(&d, pairs - k) : AK_INFINITY,
    };
    ak_free(d.all);
    return shift;
}

struct ak_interval ak_shift_ratio(struct ak_rank_table *t, const double *x, size_t nx,
                                  const double *y, size_t ny, double confidence)
{
    if (nx == 0 || ny == 0 || !(x[0] > 0) || !(y[0] > 0)) {
        return (struct ak_interval){AK_NAN, AK_NAN, AK_NAN};
    }
    double *logs = ak_reallocarray(NULL, nx + ny, sizeof *logs);
    for (size_t i = 0; i < nx; i++) {
        logs[i] = log(x[i]);
    }
    for (size_t i = 0; i < ny; i++) {
        logs[nx + i] = log(y[i]);
    }
    const struct ak_interval s = ak_shift(t, logs, nx, logs + nx, ny, confidence);
    ak_free(logs);
    return (struct ak_interval){exp(s.value), exp(s.lo), exp(s.hi)};
}
