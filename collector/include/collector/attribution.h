/* Which functions explain a change: the profiles of both runs, subtracted function by function.
 *
 * A sample belongs to the innermost function of the benchmark's own module on its stack, so that a
 * growing map or a log call is charged to who grows and logs; samples without such a function
 * belong to the outermost function (the start of a goroutine or thread). The deltas of all
 * functions add up to that of the profile. Functions are matched by name without a module's major
 * version ("/v4"). */
#ifndef COLLECTOR_ATTRIBUTION_H
#define COLLECTOR_ATTRIBUTION_H

#include "store/verdict.h"

/* Fills the causes of the rows that are better or worse, where both runs have a profile of the
 * right kind with bytes loaded: CPU for times, allocated bytes and objects for memory per
 * operation, live bytes for heap sizes. Rows that the same pair of profiles explains share one
 * array. A cause is only named when it exceeds twice its sampling error; the rest is
 * cause_unexplained. A profile that cannot be decoded becomes a note. O(samples x depth) per pair
 * and type. */
void ak_attribute(struct ak_comparison *c, struct ak_arena *arena);

/* Functions of one profile that hold the most of a value type, for naming allocation sites:
 * flat_after, cum_after and samples_after are set, the rest is 0. `package` is the package of the
 * benchmark, "" when not known. */
struct ak_cause *ak_attribute_top(const struct ak_run_profile *profile, const char *type,
                                  const char *package, struct ak_arena *arena, size_t *out_count);

#endif
