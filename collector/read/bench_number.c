/* Exact number reading. The usual case (at most 15 to 16 digits, few decimals) needs one division
 * of two numbers that a double holds exactly, hence one correctly rounded result (Clinger, "How to
 * read floating point numbers accurately", 1990, the fast path). Everything else goes through the C
 * library, whose strtod rounds correctly too. */
#include "bench_number.h"

#include "base/buf.h"

#include <math.h>
#include <stdlib.h>
#include <strings.h>

const double collector_powers_of_ten[COLLECTOR_EXACT_POWERS + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

const char *collector_number_text(enum collector_number status)
{
    return status == COLLECTOR_NUMBER_RANGE ? "value out of range" : "invalid syntax";
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex_digit(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

enum collector_number collector_number_i64(struct ak_str s, int64_t *out)
{
    size_t i = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+');
    const bool negative = i == 1 && s.ptr[0] == '-';
    if (i == s.len) {
        return COLLECTOR_NUMBER_SYNTAX;
    }
    const size_t digits = s.len - i;
    const uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    uint64_t value = 0;
    /* 18 digits cannot overflow. */
    for (; digits <= 18 && i < s.len && is_digit(s.ptr[i]); i++) {
        value = value * 10 + (uint64_t)(s.ptr[i] - '0');
    }
    for (; i < s.len; i++) {
        if (!is_digit(s.ptr[i])) {
            return COLLECTOR_NUMBER_SYNTAX;
        }
        const uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        if (value > (limit - digit) / 10) {
            return COLLECTOR_NUMBER_RANGE;
        }
        value = value * 10 + digit;
    }
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return COLLECTOR_NUMBER_OK;
}

/* Go's rule: an underscore stands between digits, or between a base prefix and a digit. */
static bool underscores_are_well_placed(struct ak_str s)
{
    size_t i = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+');
    bool after_digit = false, after_underscore = false, hex = false;
    if (i + 1 < s.len && s.ptr[i] == '0' && (s.ptr[i + 1] | 0x20) == 'x') {
        hex = after_digit = true;
        i += 2;
    }
    for (; i < s.len; i++) {
        const char c = s.ptr[i];
        if (is_digit(c) || (hex && is_hex_digit(c))) {
            after_digit = true;
            after_underscore = false;
        } else if (c == '_') {
            if (!after_digit) {
                return false;
            }
            after_digit = false;
            after_underscore = true;
        } else if (after_underscore) {
            return false;
        } else {
            after_digit = false;
        }
    }
    return !after_underscore;
}

static size_t skip_digits(struct ak_str s, size_t i, bool hex, bool *out_any)
{
    while (i < s.len && (s.ptr[i] == '_' || (hex ? is_hex_digit(s.ptr[i]) : is_digit(s.ptr[i])))) {
        *out_any = *out_any || s.ptr[i] != '_';
        i++;
    }
    return i;
}

/* The literal grammar of Go: mantissa with at most one point, exponent e (decimal) or p (needed for
 * hexadecimal). */
static bool is_float_literal(struct ak_str s)
{
    size_t i = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+');
    const bool hex = i + 2 < s.len && s.ptr[i] == '0' && (s.ptr[i + 1] | 0x20) == 'x';
    bool any = false;
    i = skip_digits(s, hex ? i + 2 : i, hex, &any);
    if (i < s.len && s.ptr[i] == '.') {
        i = skip_digits(s, i + 1, hex, &any);
    }
    if (!any) {
        return false;
    }
    if (i == s.len) {
        return !hex;
    }
    if ((s.ptr[i] | 0x20) != (hex ? 'p' : 'e')) {
        return false;
    }
    i++;
    if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+')) {
        i++;
    }
    if (i == s.len || !is_digit(s.ptr[i])) {
        return false;
    }
    return skip_digits(s, i, false, &any) == s.len;
}

static bool parse_special(struct ak_str s, double *out)
{
    const bool sign = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+');
    const struct ak_str word = ak_str_slice(s, sign, s.len);
    if ((word.len == 3 && strncasecmp(word.ptr, "inf", 3) == 0) ||
        (word.len == 8 && strncasecmp(word.ptr, "infinity", 8) == 0)) {
        *out = sign && s.ptr[0] == '-' ? -HUGE_VAL : HUGE_VAL;
        return true;
    }
    if (!sign && word.len == 3 && strncasecmp(word.ptr, "nan", 3) == 0) {
        *out = (double)NAN;
        return true;
    }
    return false;
}

enum collector_number collector_number_f64(struct ak_str s, double *out)
{
    if (s.len > 0 && collector_number_scan(s.ptr, s.ptr + s.len, out) == s.ptr + s.len) {
        return COLLECTOR_NUMBER_OK;
    }
    if (parse_special(s, out)) {
        return COLLECTOR_NUMBER_OK;
    }
    if (!is_float_literal(s) || !underscores_are_well_placed(s)) {
        return COLLECTOR_NUMBER_SYNTAX;
    }
    struct ak_buf plain = AK_BUF_INIT;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '_') {
            ak_buf_putc(&plain, s.ptr[i]);
        }
    }
    const double value = strtod(plain.ptr, NULL);
    ak_buf_release(&plain);
    if (isinf(value)) {
        return COLLECTOR_NUMBER_RANGE;
    }
    *out = value;
    return COLLECTOR_NUMBER_OK;
}
