/* One column of a projection as a run: its facts, and what was pooled in it. */
#ifndef COLLECTOR_PROJECT_COLUMN_H
#define COLLECTOR_PROJECT_COLUMN_H

#include "bench_cells.h"
#include "collector/project.h"

/* The cells of a column and the inputs they came from. */
struct project_column {
    struct ak_run *run;
    uint32_t place;            /* of its key in the order of columns */
    const struct cell **cells; /* of one table and column */
    size_t count;
    bool *from; /* by input */
    bool whole; /* made of one input, and no other column of the table is */
};

/* Marks the inputs of each column, and which columns are whole. */
void collector_columns_sources(struct project_column *columns, size_t count, size_t input_count,
                               struct ak_arena *arena);
/* The environment and the facts of the run; its label and series stay as they are. */
void collector_column_facts(const struct cells *c, const struct ak_project_input *inputs,
                            size_t input_count, struct project_column *column);
/* What no expression took and in which values of one cell differ: a warning each in arena; returns
 * how many. */
#define COLUMN_WARNINGS_MAX 16
size_t collector_columns_pooled(const struct cells *c, const struct project_column *columns,
                                size_t count, const char **out);

#endif
