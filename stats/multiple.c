#include "stats/multiple.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

struct indexed {
    double p;
    size_t index;
};

static int by_p(const void *pa, const void *pb)
{
    const struct indexed *a = pa, *b = pb;
    if (a->p < b->p || a->p > b->p) {
        return a->p < b->p ? -1 : 1;
    }
    return a->index < b->index ? -1 : a->index > b->index;
}

/* The p-values that are numbers, ascending; *out_count of them. Others are copied to out_adjusted.
 */
static struct indexed *ranked(const double *p, size_t n, double *out_adjusted, size_t *out_count)
{
    struct indexed *order = ak_calloc(n + 1, sizeof *order);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        out_adjusted[i] = p[i];
        if (!isnan(p[i])) {
            order[count++] = (struct indexed){p[i], i};
        }
    }
    qsort(order, count, sizeof *order, by_p);
    *out_count = count;
    return order;
}

void ak_adjust_holm(const double *p, size_t n, double *out_adjusted)
{
    size_t count;
    struct indexed *order = ranked(p, n, out_adjusted, &count);
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fmin(1, order[i].p * (double)(count - i)));
        out_adjusted[order[i].index] = largest;
    }
    ak_free(order);
}

void ak_adjust_benjamini_hochberg(const double *p, size_t n, double *out_adjusted)
{
    size_t count;
    struct indexed *order = ranked(p, n, out_adjusted, &count);
    double smallest = 1;
    for (size_t i = count; i-- > 0;) {
        smallest = fmin(smallest, order[i].p * (double)count / (double)(i + 1));
        out_adjusted[order[i].index] = smallest;
    }
    ak_free(order);
}
