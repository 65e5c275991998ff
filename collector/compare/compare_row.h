/* One row of a comparison: made from two series, judged once all rows are known. */
#ifndef COLLECTOR_COMPARE_ROW_H
#define COLLECTOR_COMPARE_ROW_H

#include "between.h"
#include "collector/compare.h"
#include "stats/ranktest.h"

/* Fewer values are no sample, whatever p they give with a large one on the other side. */
#define ROW_SIDE_MIN 4

struct row_maker {
    struct ak_arena *arena;
    struct ak_rank_table *ranks;
    double margin, alpha, confidence;
    bool show_procs; /* names end in "-N" */
};

/* Summaries, p and ratio. A side may be NULL: the row is then not comparable. `name` has the row's
 * name and unit. */
void collector_row_make(const struct row_maker *m, const struct ak_series *name,
                        const struct ak_series *before, const struct ak_series *after,
                        struct ak_compare_row *out);
/* Adds what is known of the variance between runs: the larger p counts, the interval is widened. */
void collector_row_between(const struct row_maker *m, const struct between *between,
                           struct ak_compare_row *row);
/* A row among the others. */
struct row_family {
    size_t tested; /* rows with a p */
    double
        discovery; /* the row's p after Benjamini and Hochberg, for words and not for the verdict */
};
/* The verdict, from p_adjusted. */
void collector_row_judge(const struct row_maker *m, const struct row_family *family,
                         struct ak_compare_row *row);

/* True for facts of the environment that change from run to run and say nothing about whether runs
 * can be compared. */
bool collector_env_is_volatile(const char *key);

#endif
