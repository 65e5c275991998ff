/* Numbers as Go's strconv reads them, exact: what benchstat takes is taken, with the same value. */
#ifndef COLLECTOR_BENCH_NUMBER_H
#define COLLECTOR_BENCH_NUMBER_H

#include "base/str.h"
#include "swar.h"

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

/* 10^0 to 10^22, all of which a double holds exactly. */
#define COLLECTOR_EXACT_POWERS 22
extern const double collector_powers_of_ten[COLLECTOR_EXACT_POWERS + 1];

/* Digits from p on are added to *value; returns the byte after them. */
static inline const char *collector_number_digits(const char *p, const char *end, uint64_t *value)
{
    static const uint64_t powers[] = {1,      10,      100,      1000,     10000,
                                      100000, 1000000, 10000000, 100000000};
    while (end - p >= COLLECTOR_WORD) {
        uint64_t part;
        const ptrdiff_t n = collector_word_digits(collector_word_load(p), &part);
        *value = *value * powers[n] + part;
        p += n;
        if (n < COLLECTOR_WORD) {
            return p;
        }
    }
    while (p < end && *p >= '0' && *p <= '9') {
        *value = *value * 10 + (uint64_t)(*p++ - '0');
    }
    return p;
}

/* Plain decimal digits with at most one point, from p to the first byte that is neither: returns
 * the byte after them and the exact value, or NULL where the general reader is needed (signs,
 * exponents, more digits than 2^53 holds, nothing there). */
static inline const char *collector_number_scan(const char *p, const char *end, double *out)
{
    const char *const start = p;
    uint64_t value = 0;
    p = collector_number_digits(p, end, &value);
    ptrdiff_t digits = p - start, decimals = 0;
    if (p < end && *p == '.') {
        const char *const point = p;
        p = collector_number_digits(p + 1, end, &value);
        decimals = p - point - 1;
        digits += decimals;
    }
    /* 19 digits cannot overflow 64 bits; more may have, and 2^53 is as far as doubles are exact. */
    if (digits == 0 || digits > 19 || value > (UINT64_C(1) << 53)) {
        return NULL;
    }
    *out = decimals ? (double)value / collector_powers_of_ten[decimals] : (double)value;
    return p;
}

#endif
