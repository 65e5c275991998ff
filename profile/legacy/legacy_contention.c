#include "legacy_reader.h"

#include <math.h>

/* "--- contentionz 1 ---" of gperftools, "--- mutex:" and "--- contention:" of Go: lines
 * "attribute = value", then "delay count @ 0x...". */

bool profile_legacy_is_contention(struct ak_str head)
{
    return ak_str_starts(head, AK_STR("--- contentionz ")) ||
           ak_str_starts(head, AK_STR("--- mutex:")) ||
           ak_str_starts(head, AK_STR("--- contention:"));
}

struct contention {
    struct legacy *l;
    int64_t cpu_hz, period;
};

/* AK_FORMAT for attributes that only Java writes, and unknown ones. */
static enum ak_status take_attribute(struct contention *c, struct ak_str key, struct ak_str value)
{
    int64_t ms;
    bool ok = false;
    if (ak_str_eq(key, AK_STR("cycles/second"))) {
        ok = profile_legacy_int(value, &c->cpu_hz);
    } else if (ak_str_eq(key, AK_STR("sampling period"))) {
        ok = profile_legacy_int(value, &c->period);
    } else if (ak_str_eq(key, AK_STR("ms since reset"))) {
        ok = profile_legacy_int(value, &ms);
        c->l->b.p->duration_ns = ok ? (int64_t)((uint64_t)ms * 1000000u) : 0;
    } else {
        ok = ak_str_eq(key, AK_STR("discarded samples"));
    }
    return ok ? AK_OK : AK_FORMAT;
}

/* Reads attributes; the line at hand is then the first that is none. */
static enum ak_status read_attributes(struct contention *c, struct legacy_lines *lines)
{
    while (profile_legacy_next(lines)) {
        const struct ak_str line = profile_legacy_trim(lines->line);
        if (profile_legacy_is_comment(line)) {
            continue;
        }
        const ptrdiff_t equals = ak_str_chr(line, '=');
        if (ak_str_starts(line, AK_STR("---")) || equals < 0) {
            break;
        }
        const enum ak_status st =
            take_attribute(c, profile_legacy_trim(ak_str_slice(line, 0, (size_t)equals)),
                           profile_legacy_trim(ak_str_slice(line, (size_t)equals + 1, line.len)));
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

/* "N N @" with any number of blanks between the numbers; with none, the last digit is the second
 * number, as a search from left to right finds it. */
static bool eat_numbers(struct legacy_cursor *c, struct ak_str *a, struct ak_str *b)
{
    *a = profile_legacy_eat_digits(c);
    if (a->len == 0) {
        return false;
    }
    const struct legacy_cursor behind = *c;
    profile_legacy_eat_blanks(c);
    *b = profile_legacy_eat_digits(c);
    if (b->len == 0) {
        *c = behind;
        *b = (struct ak_str){a->ptr + a->len - 1, 1};
        a->len--;
    }
    return a->len > 0 && profile_legacy_eat(c, " @");
}

static bool find_sample(struct ak_str line, struct ak_str *a, struct ak_str *b, struct ak_str *rest)
{
    for (size_t i = 0; i < line.len; i++) {
        struct legacy_cursor c = profile_legacy_cursor(ak_str_slice(line, i, line.len));
        if (eat_numbers(&c, a, b)) {
            *rest = profile_legacy_eat_addresses(&c);
            return true;
        }
    }
    return false;
}

static int64_t to_i64(double v)
{
    return fabs(v) < 0x1p63 ? (int64_t)v : INT64_MIN;
}

/* Delays are in cycles where the clock rate is known; both are un-sampled by the period. */
static enum ak_status read_sample(struct contention *c, struct ak_str line, struct ak_error *err)
{
    struct ak_str a, b, addresses;
    int64_t delay, count;
    if (!find_sample(line, &a, &b, &addresses)) {
        return AK_FORMAT;
    }
    if (!ak_str_i64(a, &delay) || !ak_str_i64(b, &count)) {
        return profile_legacy_damaged(c->l, line, err);
    }
    if (c->period > 0) {
        if (c->cpu_hz > 0) {
            const double ghz = (double)c->cpu_hz / 1e9;
            delay = to_i64((double)delay * (double)c->period / ghz);
        }
        count = (int64_t)((uint64_t)count * (uint64_t)c->period);
    }
    if (!profile_legacy_push_all(c->l, addresses, 1)) {
        return profile_legacy_damaged(c->l, line, err);
    }
    return profile_legacy_end_sample(c->l, (const int64_t[]){count, delay}, err);
}

/* From the line at hand on. */
static enum ak_status read_samples(struct contention *c, struct legacy_lines *lines,
                                   struct ak_error *err)
{
    do {
        const struct ak_str line = profile_legacy_trim(lines->line);
        if (ak_str_starts(line, AK_STR("---"))) {
            break;
        }
        const enum ak_status st =
            profile_legacy_is_comment(line) ? AK_OK : read_sample(c, line, err);
        if (st != AK_OK) {
            return st;
        }
    } while (profile_legacy_next(lines));
    return AK_OK;
}

enum ak_status profile_legacy_contention(struct legacy *l, struct ak_str bytes,
                                         struct ak_error *err)
{
    struct legacy_lines lines = {.rest = bytes};
    struct contention c = {.l = l, .period = 1};
    if (!profile_legacy_next(&lines) || !profile_legacy_is_contention(lines.line)) {
        return AK_FORMAT;
    }
    enum ak_status st = read_attributes(&c, &lines);
    if (st != AK_OK) {
        return st;
    }
    profile_legacy_type(l, "contentions", "count");
    profile_legacy_type(l, "delay", "nanoseconds");
    profile_legacy_period(l, "contentions", "count", c.period);
    st = read_samples(&c, &lines, err);
    st = st == AK_OK ? profile_legacy_find_map(l, &lines, err) : st;
    if (st == AK_OK) {
        profile_legacy_finish(l, true);
    }
    return st;
}
