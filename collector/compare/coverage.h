/* What a profile of a run covers: which rows it can explain, and over how many operations. */
#ifndef COLLECTOR_COVERAGE_H
#define COLLECTOR_COVERAGE_H

#include "store/run.h"

/* The profile and the value type that explain a unit: CPU for times and rates, live bytes for heap
 * sizes, allocated bytes and objects for the rest of memory. kind is NULL when none does. */
struct collector_wanted {
    const char *kind, *type;
};
struct collector_wanted collector_profile_wanted(const char *unit);

/* "MB/s", but not "ms/shutdown": more of it is less time. */
bool collector_is_rate(const char *unit);

/* The run's profile of this kind: that of the benchmark itself, else of one that it is a part of
 * ("Stop" of "Stop/n=10"), else of the whole run; NULL when there is none with its bytes loaded.
 * What was taken before the phase is never chosen. */
const struct ak_run_profile *collector_profile_for(const struct ak_run *run, const char *kind,
                                                   const char *benchmark);
/* The profile of the same kind and benchmark that was taken before the phase ("before" stands in
 * its name): a heap profile counts from the start of the process, the phase is the difference. */
const struct ak_run_profile *collector_profile_base(const struct ak_run *run,
                                                    const struct ak_run_profile *profile);

/* Benchmarks whose work the profile holds: that of its name and its parts, or all of the run. */
size_t collector_benchmarks_covered(const struct ak_run *run, const struct ak_run_profile *profile);
/* Operations that it covers: the iterations of its benchmark, or of all; 0 when not known. The
 * rounds in which the testing package looks for its number of iterations are not printed and so
 * not counted. */
double collector_operations(const struct ak_run *run, const struct ak_run_profile *profile);

/* What one unit of the profile's value type is in the row's unit, for one operation: 1e-6 from
 * nanoseconds to "ms/op". Another denominator than "op" counts when it divides an operation into
 * whole parts, as "ns/entity" beside "ns/op" does, or when another unit of the benchmark with this
 * denominator does ("bytes/stop" by "ms/stop" beside "ns/op"). Without such a unit a denominator
 * that names a phase ("alloc", "shutdown") is taken as one operation. */
struct collector_cost {
    double factor;     /* NaN: the unit is no such cost */
    const char *taken; /* the denominator that was only taken as one operation; NULL: it is known */
};
struct collector_cost collector_cost_of(const struct ak_run *run, const char *benchmark,
                                        const char *unit, const char *type);

#endif
