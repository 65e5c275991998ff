/* Findings into the history, and out of it for a change. */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include "lint/lint.h"
#include "run_side.h"
#include "store/lint.h"

/* Keeps the findings of a report as a look of that kind at the run o->record, in place of an older
 * one. */
enum ak_status cli_findings_keep(const char *kind, const struct lint_options *o,
                                 const struct ak_lint_report *r, struct ak_error *err) AK_MUST_USE;

/* What a change did to the findings that the two runs keep. *out_any: whether there are looks at
 * `after`, a run of the history. `before` may be NULL. In the arena of sides. */
enum ak_status cli_findings_compare(const struct run_sides *sides, const struct ak_run *before,
                                    const struct ak_run *after, struct ak_lint_changes *out,
                                    bool *out_any, struct ak_error *err) AK_MUST_USE;

#endif
