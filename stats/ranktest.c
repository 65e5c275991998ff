#include "stats/ranktest.h"

#include "base/mem.h"
#include "ranktable.h"
#include "stats/distribution.h"

#include <math.h>
#include <string.h>

#define TIES_EXACT_LIMIT 25

/* Sizes of the groups of equal values of both samples together, in ascending order, and how many of
 * each come from x. */
struct groups {
    size_t *size, *from_x;
    size_t count;
    bool ties;
};

static struct groups groups_merge(const double *x, size_t nx, const double *y, size_t ny)
{
    struct groups g = {0};
    g.size = ak_calloc(2 * (nx + ny), sizeof *g.size);
    g.from_x = g.size + nx + ny;
    size_t i = 0, j = 0;
    while (i < nx || j < ny) {
        const double v = j >= ny || (i < nx && x[i] <= y[j]) ? x[i] : y[j];
        const size_t i0 = i, j0 = j;
        while (i < nx && x[i] <= v) {
            i++;
        }
        while (j < ny && y[j] <= v) {
            j++;
        }
        if (i == i0 && j == j0) { /* NaN: equal to nothing, takes one */
            i += i < nx;
            j += i == i0;
        }
        g.from_x[g.count] = i - i0;
        g.size[g.count++] = i - i0 + (j - j0);
        g.ties = g.ties || i - i0 + (j - j0) > 1;
    }
    return g;
}

/* Twice the rank sum of x, so that half ranks stay whole. */
static size_t groups_rank_sum2(const struct groups *g)
{
    size_t before = 0, sum = 0;
    for (size_t k = 0; k < g->count; k++) {
        sum += g->from_x[k] * (2 * before + g->size[k] + 1);
        before += g->size[k];
    }
    return sum;
}

static double choose(size_t n, size_t k)
{
    double c = 1;
    for (size_t i = 1; i <= k; i++) {
        c = c * (double)(n - k + i) / (double)i; /* whole after each step, exact below 2^53 */
    }
    return c;
}

/* The table of ways_at_most: ways[m][s] to choose m values with a doubled rank sum of s. */
struct ways {
    double *counts;
    size_t nx, limit, width;
};

/* Adds one group of `size` equal values of doubled rank `rank2`, the last of the first `done`
 * values. Sums that cannot end within the limit are left out: the nx - m values still to be chosen
 * have ranks above `done`. */
static void ways_add_group(struct ways *w, size_t size, size_t rank2, size_t done)
{
    for (size_t m = done < w->nx ? done : w->nx; m > 0; m--) {
        const size_t left = w->nx - m, least = left * (2 * done + left + 1);
        if (least > w->limit) {
            continue;
        }
        double *to = w->counts + m * w->width;
        const size_t top = w->limit - least;
        double choices = 1;
        for (size_t take = 1; take <= size && take <= m; take++) {
            choices = choices * (double)(size - take + 1) / (double)take;
            const size_t add = take * rank2, low = (m - take) * (m - take + 1) + add;
            const double *from = w->counts + (m - take) * w->width;
            for (size_t s = low; s <= top; s++) {
                to[s] += choices * from[s - add];
            }
        }
    }
}

/* How many ways to choose nx of all values give a doubled rank sum of at most `limit`: one group
 * after the other. Counts are whole numbers below 2^53. */
static double ways_at_most(const struct groups *g, size_t nx, size_t limit)
{
    struct ways w = {.nx = nx, .limit = limit, .width = limit + 1};
    w.counts = ak_calloc((nx + 1) * w.width, sizeof *w.counts);
    w.counts[0] = 1;
    size_t before = 0;
    for (size_t k = 0; k < g->count; k++) {
        ways_add_group(&w, g->size[k], 2 * before + g->size[k] + 1, before + g->size[k]);
        before += g->size[k];
    }
    double sum = 0;
    for (size_t s = 0; s < w.width; s++) {
        sum += w.counts[nx * w.width + s];
    }
    ak_free(w.counts);
    return sum;
}

/* P(U <= u). With unequal sizes the tied distribution need not be symmetric; like benchstat, the
 * smaller of U and its mirror is looked up on x's side. */
static double tied_cdf(const struct groups *g, size_t nx, size_t ny, double u)
{
    const size_t limit = (size_t)(2 * u) + nx * (nx + 1);
    return ways_at_most(g, nx, limit) / choose(nx + ny, nx);
}

static void test_normal(struct ak_rank_test *r, const struct groups *g, size_t nx, size_t ny)
{
    double tied = 0;
    for (size_t k = 0; k < g->count; k++) {
        const double size = (double)g->size[k];
        tied += size * size * size - size;
    }
    const double n = (double)(nx + ny), pairs = (double)nx * (double)ny;
    const double sigma = sqrt(pairs * ((n + 1) - tied / (n * (n - 1))) / 12);
    const double away = r->u - pairs / 2;
    const double corrected = away == 0 ? 0 : away - copysign(0.5, away);
    r->z = corrected / sigma;
    r->tail = ak_normal_cdf(-fabs(r->z));
    r->p = fmin(1, 2 * r->tail);
}

struct ak_rank_test ak_mann_whitney(struct ak_rank_table *t, const double *x, size_t nx,
                                    const double *y, size_t ny)
{
    struct ak_rank_test r = {.state = AK_RANK_EMPTY, .p = 1};
    if (nx == 0 || ny == 0) {
        return r;
    }
    struct groups g = groups_merge(x, nx, y, ny);
    r.state = g.count == 1 ? AK_RANK_EQUAL : AK_RANK_TESTED;
    r.u = (double)(groups_rank_sum2(&g) - nx * (nx + 1)) / 2;
    const double other = (double)nx * (double)ny - r.u;
    const size_t limit = g.ties ? TIES_EXACT_LIMIT : RANK_TABLE_LIMIT;
    if (r.state == AK_RANK_TESTED && nx <= limit && ny <= limit) {
        r.exact = true;
        const double u = fmin(r.u, other);
        r.tail = u == r.u && u == other ? 0.5 /* doubling P(U <= u) would count the middle twice */
                 : g.ties               ? tied_cdf(&g, nx, ny, u)
                                        : stats_rank_cdf(t, nx, ny, (size_t)u);
        r.p = fmin(1, 2 * r.tail);
    } else if (r.state == AK_RANK_TESTED) {
        test_normal(&r, &g, nx, ny);
    }
    ak_free(g.size);
    return r;
}

double ak_mann_whitney_min_p(size_t nx, size_t ny)
{
    return fmin(1, 2 / choose(nx + ny, nx < ny ? nx : ny));
}
