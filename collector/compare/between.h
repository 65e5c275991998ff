/* How far runs of one code lie apart: the second level of variance, beside that of the repetitions
 * within a run. */
#ifndef COLLECTOR_BETWEEN_H
#define COLLECTOR_BETWEEN_H

#include "base/arena.h"

struct between {
    double sd;         /* of the logarithm of a run's value; NaN when too few runs */
    size_t runs;       /* used */
    size_t df;         /* degrees of freedom: runs less levels */
    double level;      /* of the newest level: the mean of its logarithms, as a value */
    size_t level_runs; /* runs that belong to it */
};

/* From one value per run of a history, oldest first (what is not above zero, or NaN, is left out):
 * the logarithms about the mean of the level that they belong to, so that a change in the code is
 * not taken for noise. A level has at least 3 runs, and a step between two leaves at most a quarter
 * of the squares; smaller steps count as noise, which errs to the side of caution. Needs 6 runs,
 * and 4 more than there are levels. O(n^2). */
void collector_between_of(const double *values, size_t count, struct ak_arena *arena,
                          struct between *out);

#endif
