/* Units of measured values: parsing "1.5 MB", scaling for people, directions.
 * MB is 10^6 and MiB 2^20 here. (pprof's own kB = 1024 lives in profile/, where its bytes matter.)
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include "base/buf.h"

enum ak_direction { AK_LOWER_IS_BETTER, AK_HIGHER_IS_BETTER };

enum ak_unit_class { AK_UNIT_OTHER, AK_UNIT_TIME, AK_UNIT_BYTES, AK_UNIT_COUNT };

/* What a unit of Go benchmark text measures and its factor to the class's base (seconds, bytes, 1):
 * "ns/op" -> TIME 1e-9; "ms/shutdown" -> TIME 1e-3; "B/op", "bytes/alloc" -> BYTES 1;
 * "MB/s" -> BYTES 1e6 (per second); "MB/alloc", "MB/heap" -> BYTES 1e6 as written (GoAkt's are
 * MiB: the caller knows). "allocs/op", "count/alloc" -> COUNT 1. Unknown: OTHER, factor 1. */
struct ak_unit_info {
    enum ak_unit_class class;
    double factor;
    enum ak_direction better; /* "/s" and "/sec" rates: higher; else lower */
};
struct ak_unit_info ak_unit_info(struct ak_str unit);

/* "1 MB", "100ms", "1.5 KiB", "12" -> value in the class's base unit (bytes, seconds, or as it
 * is). False when it is no number or the suffix is unknown. */
bool ak_quantity_parse(struct ak_str text, enum ak_unit_class *out_class, double *out_value);

/* Appends a value of `unit` scaled for people with 3-4 significant digits and its unit:
 * (1234567, "ns/op") -> "1.235ms"; (1.14e6, "bytes/alloc") -> "1.140MB"; other units keep their
 * name: (3.82, "MB/heap") -> "3.820 MB/heap". Zero is "0". */
void ak_value_format(struct ak_buf *out, double value, struct ak_str unit);

/* One scale for a column or an axis: choose by a value, then print all with it. */
struct ak_scale {
    double divide;   /* print value / divide */
    char suffix[16]; /* "ms", "MB", "k" or the unit's own name */
    enum ak_unit_class class;
};
struct ak_scale ak_scale_for(double value, struct ak_str unit);
void ak_scale_format(struct ak_buf *out, double value, const struct ak_scale *scale);

/* "+12.3%", "-0.4%", "0%", "12.0x" above 10 times; NaN is "?". `ratio` is after / before. */
void ak_ratio_format(struct ak_buf *out, double ratio);
/* "1.2s", "3m05s", "2h10m" for progress and durations. */
void ak_duration_format(struct ak_buf *out, double seconds);

#endif
