/* Times as other tools write them. */
#ifndef COLLECTOR_ISO_TIME_H
#define COLLECTOR_ISO_TIME_H

#include "base/str.h"

/* "2026-11-23T05:21:00.25+01:00" (T or a blank, fraction and zone optional, no zone is UTC) as
 * nanoseconds since 1970 UTC; 0 when it is no such time. */
int64_t collector_iso_time_ns(struct ak_str s);

#endif
