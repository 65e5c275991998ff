/* The line that import and record print about a run they stored. */
#ifndef CLI_RUN_SUMMARY_H
#define CLI_RUN_SUMMARY_H

#include "store/store.h"

/* "80 results of 8 benchmarks (72 rejoined), 2 profiles". */
void cli_run_summary(struct ak_buf *out, const struct ak_run *run, size_t benchmarks);
/* "goakt-v3: <summary>, run 1" or "goakt-v3: nothing new, run 1 is the same", with newline. */
void cli_run_stored(struct ak_buf *out, const struct ak_run *run, size_t benchmarks,
                    const struct ak_added *added);

#endif
