/* Projections: results regrouped into runs by what their names and "key: value" lines say, so that
 * what is compared can be parts of one run as well as runs. */
#ifndef COLLECTOR_PROJECT_H
#define COLLECTOR_PROJECT_H

#include "collector/compare.h"

#define AK_PROJECT_COLUMNS_MAX 32

struct ak_project_input {
    const char *label;        /* the text of ".file" */
    const struct ak_run *run; /* with its text where it has one: there results keep their lines */
};

/* Expressions in the language of golang.org/x/perf/benchproc, the same as of ak_bench_table_build.
 * NULL: one table, rows ".fullname", columns ".file", nothing ignored, every result. */
struct ak_project_opts {
    const char *table, *row, *col, *ignore, *filter;
};

/* The columns of one table as runs, the first of which is the base. */
struct ak_project_table {
    const char *heading; /* as of struct ak_comparison_table */
    struct ak_kv *key;
    size_t key_count;
    struct ak_run **runs; /* labelled by the column */
    size_t run_count;
    size_t **places; /* by run and series: of its row and unit in the order of the projection */
    const char **warnings; /* "in 3 cells of new.txt results that differ in cpu are pooled ..." */
    size_t warning_count;
};
struct ak_projected {
    struct ak_project_table *tables;
    size_t table_count;
    bool rows_ordered; /* -row asks for an order: rows are not sorted by what they show */
};

/* Makes the runs. Values of one row and column are pooled in the order of the inputs; where they
 * differ in something that no expression takes, a warning says so and nothing is split. Results of
 * packages are different rows unless an expression takes "pkg". A run's environment is what its
 * results say, without what an expression takes. A column that is the only one made of an input,
 * and of no other, keeps that run's profiles, commit and session; no run has an id, since the store
 * does not know it.
 *
 * AK_USAGE for a malformed expression, AK_LIMIT for more than AK_PROJECT_COLUMNS_MAX columns,
 * AK_NOT_JUDGED when no result is left. In arena, borrows the inputs. O(values + cells log cells +
 * rows * columns). */
enum ak_status ak_project_runs(const struct ak_project_input *inputs, size_t count,
                               const struct ak_project_opts *opts, struct ak_arena *arena,
                               struct ak_projected *out, struct ak_error *err) AK_MUST_USE;

/* Judges the columns of each table against its first, p adjusted over the rows of all tables.
 * Rows are in the order that -row asks for, if it does. Borrows. */
void ak_project_compare(const struct ak_projected *projected, const struct ak_compare_opts *opts,
                        struct ak_arena *arena, struct ak_comparison_tables *out);

/* As ak_compare_exit over all tables. */
int ak_project_exit(const struct ak_comparison_tables *tables);

#endif
