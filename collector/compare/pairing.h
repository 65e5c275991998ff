/* Which series of several runs are the same row: the one place that says so. */
#ifndef COLLECTOR_PAIRING_H
#define COLLECTOR_PAIRING_H

#include "base/arena.h"
#include "store/run.h"

/* Rows in order of first sight: those of the first run, then what only later ones have. */
struct pairing {
    size_t runs, rows;
    const struct ak_series **cells; /* rows * runs; NULL where a run has no such series */
};

/* Series are one row when benchmark, GOMAXPROCS and unit are equal and the package is; what then
 * stays alone is paired without the package, since a module may change its path. In arena, borrows
 * the runs. O(series). */
void collector_pair(const struct ak_run *const *runs, size_t count, struct ak_arena *arena,
                    struct pairing *out);

/* The series of row `row` in run `run`, or NULL. */
const struct ak_series *collector_pair_cell(const struct pairing *p, size_t row, size_t run);
/* The row in the first of the first `runs` runs that has it, or NULL. */
const struct ak_series *collector_pair_name(const struct pairing *p, size_t row, size_t runs);

#endif
