/* Units of sample values, as pprof scales and prints them: kB is 1024 bytes, times are ns us ms s
 * hrs. (base/units.h is for benchmark metrics, where MB is 10^6.) */
#ifndef PROFILE_MEASURE_H
#define PROFILE_MEASURE_H

#include "base/buf.h"

/* Scales value from one unit to another; `to` may be "auto" or "minimum" (the largest unit in which
 * the value is at least 1). *out_unit, a constant or `to` itself, is the unit to print ("" for
 * counts). */
double ak_measure_scale(int64_t value, struct ak_str from, struct ak_str to,
                        struct ak_str *out_unit);
/* Appends the value with its unit: "1.50s", "2s", "0". */
void ak_measure_label(struct ak_buf *out, int64_t value, struct ak_str from, struct ak_str to);
/* Appends |value / total| in percent, six columns wide or more: "12.34%", "  100%", "0.051%". */
void ak_measure_percent(struct ak_buf *out, int64_t value, int64_t total);

/* True when both units measure the same kind (bytes, time, GCU). */
bool ak_measure_compatible(struct ak_str a, struct ak_str b);

#endif
