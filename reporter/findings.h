/* Findings of static checks as values for templates of the comment and the dashboard. */
#ifndef REPORTER_FINDINGS_H
#define REPORTER_FINDINGS_H

#include "reporter/template.h"
#include "store/lint.h"

/* Sets has_findings, findings_title and the list findings (is_new, place, message, rule): what the
 * change added first, then the hottest of what was there. NULL or nothing to show: has_findings is
 * false. Texts are Markdown. */
void reporter_findings_comment(struct ak_arena *a, struct ak_tvalue *root,
                               const struct ak_lint_changes *changes, size_t most);

/* The same names for the dashboard, with state, heat, first and last run: findings that are new or
 * open, at most `most`. Texts are plain. */
void reporter_findings_dashboard(struct ak_arena *a, struct ak_tvalue *root,
                                 const struct ak_lint_life *lives, size_t count, size_t most);

#endif
