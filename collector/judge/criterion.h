/* Judging one criterion on one run: shared by the kinds. */
#ifndef COLLECTOR_CRITERION_H
#define COLLECTOR_CRITERION_H

#include "collector/criteria.h"
#include "regex.h"

struct criterion_job {
    const struct ak_criterion *criterion;
    struct ak_run *run;
    const struct ak_check_opts *opts;
    double confidence;
    struct collector_regex *regex; /* of the benchmark's name; NULL: all */
    struct ak_arena *arena;
    struct ak_check *check; /* rows are appended here */
    size_t *row_cap;
    struct ak_error *err;
};

/* Appends a row for a series (NULL: for the criterion as a whole), not judged yet. Borrowed until
 * the next one. */
struct ak_judgement *collector_criterion_row(struct criterion_job *job,
                                             const struct ak_series *series);
/* Adds a line for --explain. */
void collector_criterion_evidence(struct criterion_job *job, struct ak_judgement *row,
                                  const char *line);
/* True when the series has the criterion's unit and its name matches. */
bool collector_criterion_takes(const struct criterion_job *job, const struct ak_series *series);
double collector_criterion_statistic(const struct ak_criterion *c, const struct ak_summary *s);
bool collector_criterion_meets(const struct ak_criterion *c, double value, double limit);
const char *collector_statistic_text(enum ak_statistic s);

/* The kinds. */
enum ak_status collector_judge_limit(struct criterion_job *job);
enum ak_status collector_judge_growth(struct criterion_job *job);
enum ak_status collector_judge_relative(struct criterion_job *job);
enum ak_status collector_judge_exponent(struct criterion_job *job);
enum ak_status collector_judge_history(struct criterion_job *job); /* against its newest level */
enum ak_status collector_judge_trend(struct criterion_job *job);

/* Has the criterion a row that was judged, or that would have been but for a suppress entry? */
bool collector_criterion_is_judged(const struct ak_check *check, const struct ak_criterion *c);
/* One line for people: which criteria were not judged and what to measure for them; "" when all
 * that are not optional were. In arena. */
const char *collector_check_advice(const struct ak_check *check, const struct ak_criteria *criteria,
                                   struct ak_arena *arena);

#endif
