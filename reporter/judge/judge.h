/* Words, marks and numbers that every judgement renderer shares. */
#ifndef REPORTER_JUDGE_H
#define REPORTER_JUDGE_H

#include "base/buf.h"
#include "store/verdict.h"

/* A mark beside the word, and the escape of its colour. */
const char *reporter_verdict_mark(enum ak_verdict v);
const char *reporter_verdict_color(enum ak_verdict v);
const char *reporter_outcome_mark(enum ak_outcome o);
const char *reporter_outcome_color(enum ak_outcome o);

/* A value in its unit, scaled for people; MB is left as it was printed, since programs differ in
 * whether it has 10^6 or 2^20 bytes. */
void reporter_value(struct ak_buf *out, double value, const char *unit);
/* "+12.3%", "4.20x" for a ratio after / before; "?" for NaN. */
void reporter_change(struct ak_buf *out, double ratio);
/* "[-4.0%, +1.2%]", "[?, ?]" parts that are not finite become "-∞", "+∞". */
void reporter_change_interval(struct ak_buf *out, double lo, double hi);
/* The smallest change that would show: "12%", "3.5 times", "more than 10 times". */
void reporter_detectable(struct ak_buf *out, double change);
/* "<0.001" or "0.012". */
void reporter_p(struct ak_buf *out, double p);
/* "±3%" of a summary, "±∞" when n is too small. */
void reporter_spread(struct ak_buf *out, const struct ak_summary *s);
/* "±2.1% of 12": how far runs of one code lie apart, and how many of the history say so; "" where
 * that was not used. */
void reporter_between(struct ak_buf *out, const struct ak_compare_row *r);
bool reporter_any_between(const struct ak_comparison *c);
/* "goakt-v3 (run 1)" */
void reporter_run_name(struct ak_buf *out, const struct ak_run *run);
/* What the first `shown` causes leave of the profile's change. */
double reporter_unexplained(const struct ak_compare_row *r, unsigned shown);
/* Rows that one pair of profiles explains share their causes: the first of them, which lists them,
 * and the number (from 1) of that explanation in the order of rows. */
size_t reporter_explained_first(const struct ak_comparison *c, size_t row);
size_t reporter_explanation_number(const struct ak_comparison *c, size_t row);
/* "+12.3MB": a value of the profile that explains the row, with sign; in the row's unit and for one
 * operation where the row has a cause_scale. */
void reporter_cause_value(struct ak_buf *out, double value, const struct ak_compare_row *r);

#endif
