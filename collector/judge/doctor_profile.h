/* One profile as the doctor sees it: traits of its functions, shares with intervals. */
#ifndef COLLECTOR_DOCTOR_PROFILE_H
#define COLLECTOR_DOCTOR_PROFILE_H

#include "collector/doctor.h"
#include "compare/functions.h"
#include "stats/distribution.h"

/* What a function is. */
enum doctor_trait {
    DOCTOR_BENCHMARK = 1, /* the body of a benchmark */
    DOCTOR_PHASE = 2,     /* the operation that is measured: stop, shutdown */
    DOCTOR_PROFILER = 4,
    DOCTOR_LOGGER = 8,
    DOCTOR_COLLECTOR = 16, /* of garbage */
    DOCTOR_MODULE = 32,
    DOCTOR_LOCK = 64,
    DOCTOR_TIMER = 128, /* makes a timer that lives until it fires */
    DOCTOR_GROW = 256,  /* moves a slice or a map to a larger place */
    DOCTOR_JSON = 512,
    DOCTOR_REFLECT = 1024,
    DOCTOR_LIBRARY = 2048, /* of the standard library or the runtime */
};

struct doctor { /* collects what is found */
    const struct ak_run *run;
    const struct ak_doctor_opts *opts;
    struct ak_arena *arena;
    struct ak_finding *found;
    size_t count, cap;
};
/* Texts in the doctor's arena. The first 400 findings are kept. */
void collector_doctor_find(struct doctor *d, enum ak_rule rule, const char *subject,
                           const char *evidence);

struct doctor_profile {
    struct doctor *doctor;
    const struct ak_profile *p; /* less the base */
    const char *name, *kind;
    bool has_base;
    unsigned *traits; /* by function */
    int type;         /* the value that shares are of: cpu, alloc_space or delay; -1: none */
    int count_type;   /* of events, for the intervals; -1: each sample is one */
};

struct doctor_share {
    double part, total;           /* of the value type; below zero counts as zero */
    double part_squares, squares; /* of the weights of sampled events */
    double seen;                  /* sampled events in the total */
    struct ak_interval interval;  /* of part / total, 95 % */
};

/* The share of value type `type` in samples whose stacks have a frame with each of the traits in
 * `all` (0: every sample). O(samples x depth). */
struct doctor_share collector_doctor_share(const struct doctor_profile *d, int type, unsigned all);
/* The squared weight of the events behind value v of a sample: v^2 / events for those of which few
 * are seen; 0 for objects so large that each is. *out_events are those seen. */
double collector_doctor_square(const struct doctor_profile *d, int count_type,
                               const int64_t *values, double v, double *out_events);
/* Sets the interval from the sums. */
void collector_doctor_judge(struct doctor_share *s);
/* The traits of all frames of a sample together. */
unsigned collector_doctor_sample(const struct doctor_profile *d, size_t sample);

/* Fills d from profile `profile` of the run; `p` is decoded, less the base. Release also when
 * nothing was found. */
void collector_doctor_profile_init(struct doctor_profile *d, struct doctor *doctor,
                                   const struct ak_run_profile *profile, const struct ak_profile *p,
                                   const char *package);
void collector_doctor_profile_release(struct doctor_profile *d);

/* The rules about profiles. */
void collector_doctor_rules(struct doctor_profile *d);

#endif
