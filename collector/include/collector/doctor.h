/* Can the data carry the claim: rules P001 to P011 about the profiles and results of a run. A
 * finding is a caution beside a verdict and never changes it. */
#ifndef COLLECTOR_DOCTOR_H
#define COLLECTOR_DOCTOR_H

#include "store/verdict.h"

#define AK_DOCTOR_MAP(X)                                                                           \
    X(P001, "too few samples for claims about lines")                                              \
    X(P002, "the heap rate is too coarse for the limit")                                           \
    X(P003, "a cumulative heap profile speaks of more than the phase")                             \
    X(P004, "focus on the phase loses the work of other goroutines")                               \
    X(P005, "the profiler sees itself")                                                            \
    X(P006, "a library function dominates")                                                        \
    X(P007, "cost grows faster than the size")                                                     \
    X(P008, "much time goes into log formatting")                                                  \
    X(P009, "much time goes into garbage collection")                                              \
    X(P010, "locations without symbols or cut stacks")                                             \
    X(P011, "the benchmark has no loop")

enum ak_doctor_rule {
#define X(code, text) AK_DOCTOR_##code,
    AK_DOCTOR_MAP(X)
#undef X
        AK_DOCTOR_COUNT
};
const char *ak_doctor_id(enum ak_doctor_rule rule); /* "P001" */
const char *ak_doctor_text(enum ak_doctor_rule rule);

struct ak_finding {
    enum ak_doctor_rule rule;
    const char *subject;  /* profile or benchmark */
    const char *evidence; /* the numbers, one line */
};

struct ak_doctor_opts {
    double limit_bytes; /* the smallest limit on bytes that is judged; 0: none (P002 is quiet) */
};

/* All findings, sorted by rule and subject, in arena. Profiles need their bytes; others are not
 * looked at. O(samples x depth) a profile. opts may be NULL. */
struct ak_finding *ak_doctor_run(const struct ak_run *run, const struct ak_doctor_opts *opts,
                                 struct ak_arena *arena, size_t *out_count);

#endif
