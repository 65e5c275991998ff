/* Numbers as Go's strconv reads them, exact: what benchstat takes is taken, with the same value. */
#ifndef COLLECTOR_BENCH_NUMBER_H
#define COLLECTOR_BENCH_NUMBER_H

#include "base/str.h"

enum collector_number {
    COLLECTOR_NUMBER_OK,
    COLLECTOR_NUMBER_SYNTAX,
    COLLECTOR_NUMBER_RANGE, /* does not fit: 1e999 */
};

/* "invalid syntax", "value out of range". */
const char *collector_number_text(enum collector_number status);

/* A whole signed decimal integer. */
enum collector_number collector_number_i64(struct ak_str s, int64_t *out);

/* A whole floating-point number: decimal, hexadecimal with p exponent, digits apart by single
 * underscores, inf, infinity and nan in any case. */
enum collector_number collector_number_f64(struct ak_str s, double *out);

/* Plain decimal digits with at most one point, from p to the first byte that is neither: returns
 * the byte after them and the exact value, or NULL where the general reader is needed (signs,
 * exponents, more digits than 2^53 holds, nothing there). */
const char *collector_number_scan(const char *p, const char *end, double *out);

#endif
