/* The distribution of U without ties, computed once per pair of sizes. */
#ifndef STATS_RANKTABLE_H
#define STATS_RANKTABLE_H

#include "stats/ranktest.h"

#define RANK_TABLE_LIMIT 50

/* P(U <= u) for u below nx * ny / 2, sizes 1..RANK_TABLE_LIMIT. */
double stats_rank_cdf(struct ak_rank_table *t, size_t nx, size_t ny, size_t u);

#endif
