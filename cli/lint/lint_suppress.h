/* The suppress entries of a criteria file, applied to findings. */
#ifndef CLI_LINT_SUPPRESS_H
#define CLI_LINT_SUPPRESS_H

#include "collector/criteria.h"
#include "reporter/lint.h"

/* Reads the criteria file `path` and makes its entries ready; NULL: both are left NULL. The clock
 * is that of the machine. In arena, but the caller frees *out. */
enum ak_status cli_lint_suppress_load(const char *path, struct ak_arena *arena,
                                      const struct ak_criteria **out_criteria,
                                      struct ak_suppress_list **out,
                                      struct ak_error *err) AK_MUST_USE;
/* Takes the findings that an entry matches out of the report, and adds a note for each entry. */
void cli_lint_suppress(struct ak_suppress_list *list, struct ak_lint_report *r,
                       struct ak_arena *arena);
/* Whether an entry takes a finding at this place. */
bool cli_lint_suppresses(struct ak_suppress_list *list, const char *rule, const char *file,
                         const char *function, const char *benchmark);

#endif
