/* Units of things that last from one repetition to the next, so that their trend matters. */
#ifndef COLLECTOR_LEVEL_H
#define COLLECTOR_LEVEL_H

#include "store/verdict.h"

/* True for units that speak of a heap, resident memory, goroutines and the like. */
bool collector_unit_is_level(const char *unit);

/* From "per repetition" to "per operation" where all repetitions have the same number of them: then
 * the name of the benchmark can say what one is ("stop of 1,000 actors"). */
void collector_trend_per_operation(const struct ak_series *series, struct ak_arena *arena,
                                   struct ak_trend *trend);

/* "1.64 MB for every stop of 1,000 actors (95 % interval 1.63 to 1.64)", in arena. */
const char *collector_slope_text(const struct ak_trend *trend, const char *unit,
                                 struct ak_arena *arena);

#endif
