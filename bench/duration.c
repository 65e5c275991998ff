/* Durations of the command line, as Go's. */
#include "harness.h"

#include <math.h>

/* Cuts a number and its unit off the front. */
static bool take_part(struct ak_str *text, double *out_ns)
{
    static const struct {
        const char *unit;
        double ns;
    } units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
    size_t digits = 0;
    while (digits < text->len &&
           ((text->ptr[digits] >= '0' && text->ptr[digits] <= '9') || text->ptr[digits] == '.')) {
        digits++;
    }
    double value;
    if (!ak_str_f64(ak_str_slice(*text, 0, digits), &value)) {
        return false;
    }
    const struct ak_str rest = ak_str_slice(*text, digits, text->len);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        const struct ak_str unit = ak_str_from(units[i].unit);
        if (ak_str_starts(rest, unit)) {
            *out_ns = value * units[i].ns;
            *text = ak_str_slice(rest, unit.len, rest.len);
            return isfinite(value);
        }
    }
    return false;
}

bool bench_duration_parse(struct ak_str text, int64_t *out_ns)
{
    double sum = 0;
    if (ak_str_eq(text, AK_STR("0"))) {
        *out_ns = 0;
        return true;
    }
    do {
        double part;
        if (!take_part(&text, &part)) {
            return false;
        }
        sum += part;
    } while (text.len > 0);
    *out_ns = sum < 1e15 ? (int64_t)sum : 0;
    return sum < 1e15;
}

bool bench_time_parse(struct bench_session *s, const char *text)
{
    struct ak_str t = ak_str_from(text);
    s->per_iterations = ak_str_ends(t, AK_STR("x"));
    if (s->per_iterations) {
        t.len--;
        return ak_str_u64(t, &s->iterations) && s->iterations > 0 && s->iterations <= 1000000000;
    }
    return bench_duration_parse(t, &s->time_ns) && s->time_ns > 0;
}
