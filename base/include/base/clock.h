/* Clocks, and times as text. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/buf.h"

int64_t ak_clock_wall_ns(void); /* since 1970, UTC */
int64_t ak_clock_monotonic_ns(void);
int64_t ak_clock_cpu_ns(void); /* of this process */
/* "2026-11-23T05:21:00Z". */
void ak_time_format(struct ak_buf *out, int64_t wall_ns);

#endif
