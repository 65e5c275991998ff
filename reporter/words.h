/* The same words for charts, pages and comments. All texts are in the arena given. */
#ifndef REPORTER_WORDS_H
#define REPORTER_WORDS_H

#include "store/verdict.h"

const char *reporter_text_value(struct ak_arena *a, double value, const char *unit);
/* Two values in one scale; where the unit has no scale of its own, without its name. NaN is "–". */
struct text_pair {
    const char *before, *after;
};
struct text_pair reporter_text_pair(struct ak_arena *a, double before, double after,
                                    const char *unit);
/* The median, NaN for an empty sample. */
double reporter_median(const struct ak_summary *s);
const char *reporter_text_change(struct ak_arena *a, double ratio); /* "-17.9%", "×2e+06", "?" */
/* "[+9.1%, +15.0%]", "" when not known. */
const char *reporter_text_interval(struct ak_arena *a, double lo, double hi);
const char *reporter_text_p(struct ak_arena *a, double p_value); /* "p=0.012", "p<0.001", "" */
/* "±2.1% of 12": how far runs of one code lie apart in the history; "" where that was not used. */
const char *reporter_text_between(struct ak_arena *a, const struct ak_compare_row *row);
const char *reporter_text_count(struct ak_arena *a, size_t n, const char *one, const char *many);
/* "3 better, 1 worse, 4 unsure" of non-zero verdicts; "nothing" when all are zero. */
const char *reporter_text_counts(struct ak_arena *a, const size_t counts[AK_VERDICT_COUNT]);
/* The label, or "run 12", or `otherwise`. */
const char *reporter_text_run(struct ak_arena *a, const struct ak_run *run, const char *otherwise);
/* The same for one of two runs: "nightly (run 12)" where both have one label. */
const char *reporter_text_run_beside(struct ak_arena *a, const struct ak_run *run,
                                     const struct ak_run *other, const char *otherwise);
/* The first 10 digits of its commit, "+" when dirty; "" when not known. */
const char *reporter_text_commit(struct ak_arena *a, const struct ak_run *run);
/* "+1.64MB per stop of 1,000 actors", "" when there is no slope. */
const char *reporter_text_slope(struct ak_arena *a, const struct ak_judgement *j);
/* What was measured against its limit: "1.140MB, limit < 1 MB", "leak: +1.64MB per stop". */
const char *reporter_text_finding(struct ak_arena *a, const struct ak_judgement *j);
/* A value of the profile that explains a row, with its sign: "+1.20MB", "-12.0ms"; in the row's
 * unit and for one operation where the row has a cause_scale. */
const char *reporter_text_amount(struct ak_arena *a, double value,
                                 const struct ak_compare_row *row);
/* Its sampling error, one sigma: "±3.1MB". */
const char *reporter_text_error(struct ak_arena *a, const struct ak_cause *cause,
                                const struct ak_compare_row *row);
double reporter_cause_delta(const struct ak_cause *cause); /* of its own cost, after - before */
/* Do the causes of row i stand at an earlier row of this verdict? Rows of one pair of
 * profiles share their causes. AK_VERDICT_COUNT stands for any verdict. */
bool reporter_causes_shown(const struct ak_comparison *cmp, size_t i, enum ak_verdict verdict);
/* A function's name without the path of its package: "actor.(*PID).stop". */
const char *reporter_text_function(const char *function);

#endif
