/* The source below a root, for what SARIF says of a line. */
#ifndef CLI_LINT_SOURCE_H
#define CLI_LINT_SOURCE_H

#include "base/arena.h"
#include "reporter/lint.h"

/* Reads the lines of the first 200 findings that have a place below `root`, sets their columns and
 * fingerprints, and makes their paths relative to it. Findings whose source is not at hand stay as
 * they are and are counted in a note. `root` NULL: nothing. */
void cli_lint_source(const char *root, struct ak_lint_report *r, struct ak_arena *arena);

#endif
