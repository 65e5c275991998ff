/* What the readers of diagnostics and of the source behind them share. */
#ifndef COLLECTOR_LINT_DIAGNOSTICS_H
#define COLLECTOR_LINT_DIAGNOSTICS_H

#include "collector/lint.h"

/* Makes the index of lines again after files or lines of decisions were changed. */
void collector_diagnostics_reindex(struct ak_go_diagnostics *d);
/* The key of a file in d->loop_files. */
uint64_t collector_diagnostics_file_key(struct ak_str package, struct ak_str file);

#endif
