/* Findings into the history. */
#ifndef CLI_FINDINGS_KEEP_H
#define CLI_FINDINGS_KEEP_H

#include "lint.h"

/* Keeps the findings of a report as a look of that kind at the run o->record, in place of an older
 * one. */
enum ak_status cli_findings_keep(const char *kind, const struct lint_options *o,
                                 const struct ak_lint_report *r, struct ak_error *err) AK_MUST_USE;

#endif
