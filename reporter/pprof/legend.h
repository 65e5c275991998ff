/* The lines above a report, and how times are written. */
#ifndef REPORTER_PPROF_LEGEND_H
#define REPORTER_PPROF_LEGEND_H

#include "reporter/pprof.h"

/* The lines about the profile alone: file, type, time ... */
void reporter_pprof_profile_legend(struct ak_pprof_report *r);
/* Those and what the graph shows of it, filters, and what was dropped. */
void reporter_pprof_graph_legend(struct ak_pprof_report *r);

/* "2026-11-23 00:57:08 UTC" in the local zone; with `exact` nanoseconds and the offset too. */
void reporter_time(struct ak_buf *out, int64_t ns, bool exact);
/* "1h40m0s", "1.5ms", as Go writes durations. */
void reporter_duration(struct ak_buf *out, int64_t ns);

#endif
