#include "ranktable.h"

#include "base/mem.h"

#include <string.h>

struct ak_rank_table {
    /* cumulative[a][b], a <= b: P(U <= u) for u = 0 .. a * b / 2; NULL until asked for */
    double *cumulative[RANK_TABLE_LIMIT + 1][RANK_TABLE_LIMIT + 1];
};

struct ak_rank_table *ak_rank_table_new(void)
{
    return ak_calloc(1, sizeof(struct ak_rank_table));
}

void ak_rank_table_free(struct ak_rank_table *t)
{
    if (!t) {
        return;
    }
    for (size_t a = 0; a <= RANK_TABLE_LIMIT; a++) {
        for (size_t b = 0; b <= RANK_TABLE_LIMIT; b++) {
            ak_free(t->cumulative[a][b]);
        }
    }
    ak_free(t);
}

/* One cell of the recurrence of Mann and Whitney,
 *   p(n, m, u) = (n p(n-1, m, u-m) + m p(n, m-1, u)) / (n + m),
 * written over p(n, m-1), from the largest u down since it needs only u and smaller ones. */
static void cell_fill(double *out, const double *left, const double *up, size_t n, size_t m,
                      size_t top)
{
    const double both = (double)(n + m);
    for (size_t u = (n * m < top ? n * m : top) + 1; u-- > 0;) {
        const double l = u >= m ? (double)n * left[u - m] : 0;
        const double r = (double)m * up[u];
        out[u] = (l + r) / both;
    }
}

/* Row m holds p(n, m) for n = 0 .. min(m, a); p(m, m-1) is p(m-1, m) by symmetry. */
static double *distribution(size_t a, size_t b)
{
    const size_t top = a * b / 2, width = top + 1;
    double *rows = ak_calloc((a + 1) * width, sizeof *rows);
    for (size_t m = 0; m <= b; m++) {
        rows[0] = 1;
        for (size_t n = 1; n <= (m < a ? m : a); n++) {
            double *out = rows + n * width;
            const double *up = n < m ? out : rows + (m - 1) * width;
            cell_fill(out, rows + (n - 1) * width, up, n, m, top);
        }
    }
    double *sum = ak_reallocarray(NULL, width, sizeof *sum);
    double total = 0;
    for (size_t u = 0; u < width; u++) {
        total += rows[a * width + u];
        sum[u] = total;
    }
    ak_free(rows);
    return sum;
}

double stats_rank_cdf(struct ak_rank_table *t, size_t nx, size_t ny, size_t u)
{
    const size_t a = nx < ny ? nx : ny, b = nx < ny ? ny : nx;
    if (!t->cumulative[a][b]) {
        t->cumulative[a][b] = distribution(a, b);
    }
    return t->cumulative[a][b][u < a * b / 2 ? u : a * b / 2];
}
