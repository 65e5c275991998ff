/* Can the data carry the claim: rules P001 to P017 about the profiles and results of a run. A
 * finding is a caution beside a verdict and never changes it. A share is found above a limit only
 * when its whole interval is: the exact binomial one (Clopper and Pearson 1934) over the effective
 * number of sampled events, (sum of weights)^2 / sum of squared weights (Kish 1965) of the part or
 * of the rest, whichever says less. */
#ifndef COLLECTOR_DOCTOR_H
#define COLLECTOR_DOCTOR_H

#include "collector/rules.h"
#include "profile/profile.h"
#include "store/verdict.h"

struct ak_finding {
    enum ak_rule rule;
    const char *subject;  /* profile or benchmark */
    const char *evidence; /* the numbers, one line */
};

/* The finding in one line, in arena: "P001 too few samples …: cpu.prof: 11 samples …", or, where
 * the evidence is a sentence about the subject, "P007 Stop_NActors ns/op grows …". */
const char *ak_doctor_sentence(const struct ak_finding *finding, struct ak_arena *arena);

struct ak_doctor_opts {
    double limit_bytes; /* the smallest limit on bytes that is judged; 0: none (P002 is quiet) */
    const struct ak_profile *base; /* subtracted from profiles of its kind; NULL: none */
    const char
        *build_id; /* of the binary that will be shown beside the profiles; NULL: not known */
};

/* All findings, sorted by rule and subject, in arena. Profiles need their bytes; others are not
 * looked at. O(samples x depth) a profile. opts may be NULL. */
struct ak_finding *ak_doctor_run(const struct ak_run *run, const struct ak_doctor_opts *opts,
                                 struct ak_arena *arena, size_t *out_count);

#endif
