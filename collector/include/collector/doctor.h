/* Can the data carry the claim: rules P001 to P017 about the profiles and results of a run. A
 * finding is a caution beside a verdict and never changes it. A share is found above a limit only
 * when its whole interval is: the exact binomial one (Clopper and Pearson 1934) over the effective
 * number of sampled events, (sum of weights)^2 / sum of squared weights (Kish 1965) of the part or
 * of the rest, whichever says less. */
#ifndef COLLECTOR_DOCTOR_H
#define COLLECTOR_DOCTOR_H

#include "profile/profile.h"
#include "store/verdict.h"

/* id, what the rule finds, what to do about it */
#define AK_DOCTOR_MAP(X)                                                                           \
    X(P001, "too few samples for claims about lines",                                              \
      "Measure for longer, or repeat with -count; compare functions, not lines.")                  \
    X(P002, "the heap rate is too coarse for the limit",                                           \
      "Judge by exact counters; set runtime.MemProfileRate lower where the profile must explain.") \
    X(P003, "a cumulative heap profile speaks of more than the phase",                             \
      "Take a profile before the phase too, and subtract it (--base).")                            \
    X(P004, "focus on the phase loses the work of other goroutines",                               \
      "Subtract a profile from before the phase instead of focusing on its frames.")               \
    X(P005, "the profiler sees itself", "Leave its frames out (-ignore) before reading shares.")   \
    X(P006, "a library function dominates",                                                        \
      "Look at its callers in the module: the line to edit is there.")                             \
    X(P007, "cost grows faster than the size",                                                     \
      "Look for a loop in a loop over the entities; measure one size more to be sure.")            \
    X(P008, "much time goes into log formatting",                                                  \
      "Set the level of the logger, or test it before formatting: one that discards still "        \
      "formats.")                                                                                  \
    X(P009, "much time goes into garbage collection",                                              \
      "Allocate less; the allocation profile names where.")                                        \
    X(P010, "locations without symbols or cut stacks",                                             \
      "Profile a binary with symbols; deep recursion cannot be attributed to its callers.")        \
    X(P011, "the benchmark has no loop", "Repeat the operation b.N times, or use b.Loop.")         \
    X(P012, "one lock makes most of the waiting",                                                  \
      "Shorten what runs under that lock, split it, or keep the state in one actor.")              \
    X(P013, "memory is held by timers that have not fired",                                        \
      "In a loop use one time.Timer and Reset; time.After is freed only when it fires.")           \
    X(P014, "growing slices and maps is hot", "Make them with the size they will have.")           \
    X(P015, "JSON by reflection is hot",                                                           \
      "Encode by hand or by generated code on this path, or less often.")                          \
    X(P016, "profile and binary do not belong together",                                           \
      "Use the binary that was profiled: lines of another one are wrong.")                         \
    X(P017, "the base is not from before",                                                         \
      "Give the profile from before the phase, of the same process, as the base.")

enum ak_doctor_rule {
#define X(code, text, help) AK_DOCTOR_##code,
    AK_DOCTOR_MAP(X)
#undef X
        AK_DOCTOR_COUNT
};
const char *ak_doctor_id(enum ak_doctor_rule rule); /* "P001" */
const char *ak_doctor_text(enum ak_doctor_rule rule);
const char *ak_doctor_help(enum ak_doctor_rule rule);

struct ak_finding {
    enum ak_doctor_rule rule;
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
