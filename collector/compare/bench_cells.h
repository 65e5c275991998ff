/* The cells of tables while results come in: values by (table, row, column). */
#ifndef COLLECTOR_BENCH_CELLS_H
#define COLLECTOR_BENCH_CELLS_H

#include "collector/bench_table.h"
#include "projection.h"
#include "store/run.h"

#define CELL_TABLE_BITS 16
#define CELL_COLUMN_BITS 20

struct cell {
    uint32_t table, row, column; /* keys of the projections */
    double *values;
    size_t count, cap;
    uint32_t *residues; /* keys of what no projection took, each differing from the one before */
    size_t residue_count, residue_cap;
    uint32_t first_input, last_input; /* that gave values */
};

enum cells_rules {
    CELLS_BENCHSTAT, /* tables of configurations, tidied values */
    /* For a judgement: one table unless -table is given, values and units as written; a row keeps
     * its package, and a result its file in what no projection took, unless one takes those. */
    CELLS_JUDGED,
};

/* What the record before had: results come in runs of one name, which needs no looking up again. */
struct repeat {
    struct ak_buf name;
    uint64_t circumstances;
    bool known, refused; /* refused: by the filter, whatever the units */
    uint32_t row, column, residue;
};

struct cells {
    struct ak_arena *arena;
    enum cells_rules rules;
    bool has_package; /* the last field of `row` is the package */
    uint32_t input;   /* being read */
    struct ak_intern texts;
    struct ak_bench_units *units;
    struct projection_set set;
    struct projection table, row, column, residue, ignored;
    struct cell *items;
    size_t count, cap;
    struct ak_idmap by_key;
    uint32_t *unit_texts; /* by unit id: id of its text, 0 unknown */
    size_t unit_cap;
    uint32_t *unit_tables; /* by unit id: table key + 1 under `circumstances` */
    uint64_t circumstances;
    bool table_by_name; /* the table depends on the name too: found anew for each result */
    struct repeat repeat;
    uint32_t *kept; /* scratch of the filter */
    size_t kept_cap;
    const char **notes;
    size_t note_count, note_cap;
    uint64_t results, split_results;
};

enum ak_status collector_cells_init(struct cells *c, enum cells_rules rules,
                                    const struct ak_bench_table_opts *opts, struct ak_arena *arena,
                                    struct ak_error *err) AK_MUST_USE;
void collector_cells_release(struct cells *c);
/* Reads one input to its end. `index` tells the inputs apart. */
enum ak_status collector_cells_read(struct cells *c, const struct ak_bench_input *input,
                                    size_t index, const struct ak_bench_table_opts *opts,
                                    struct ak_error *err) AK_MUST_USE;
/* Adds the results of a run: those of its benchmark text, where every result still has the lines
 * that were in force, or of its series when it was read from another format. */
enum ak_status collector_cells_add_run(struct cells *c, const char *label, const struct ak_run *run,
                                       size_t index, struct ak_error *err) AK_MUST_USE;
/* The first key of the cell's residues where field `f` has another text than in residues[0], or
 * that itself when all agree. */
uint32_t collector_cell_differs(const struct cells *c, const struct cell *cell, size_t f);
/* Sorts the different ones of *count keys by the projection and sets *count to their number;
 * returns the place of each key of the projection in that order. In arena. */
uint32_t *collector_cells_order(const struct cells *c, struct projection *p, uint32_t *keys,
                                size_t *count);

#endif
