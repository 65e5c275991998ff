/* What the readers of diagnostics and of the source behind them share. */
#ifndef COLLECTOR_LINT_DIAGNOSTICS_H
#define COLLECTOR_LINT_DIAGNOSTICS_H

#include "collector/lint.h"

/* Makes the index of lines again after files or lines of decisions were changed. */
void collector_diagnostics_reindex(struct ak_go_diagnostics *d);
/* The key of a line in d->needs, of a file (line 0) in d->loop_files. */
uint64_t collector_diagnostics_line_key(struct ak_str package, struct ak_str file, uint32_t line);

#endif
