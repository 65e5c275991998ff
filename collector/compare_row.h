/* One row of a comparison: made from two series, judged once all rows are known. */
#ifndef COLLECTOR_COMPARE_ROW_H
#define COLLECTOR_COMPARE_ROW_H

#include "collector/compare.h"
#include "stats/ranktest.h"

struct row_maker {
    struct ak_arena *arena;
    struct ak_rank_table *ranks;
    double margin, alpha, confidence;
    bool show_procs; /* names end in "-N" */
};

/* Summaries, p and ratio. One side may be NULL: the row is then not comparable. */
void collector_row_make(const struct row_maker *m, const struct ak_series *before,
                        const struct ak_series *after, struct ak_compare_row *out);
/* The verdict, from p_adjusted among `tested` rows. */
void collector_row_judge(const struct row_maker *m, size_t tested, struct ak_compare_row *row);

#endif
