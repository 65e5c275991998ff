#include "bench_quick.h"

#include "base/mem.h"
#include "bench_fields.h"
#include "bench_number.h"

/* The `n` bytes before `end` less '0' in the upper bytes of a word, 0 below. There must be eight
 * bytes to read. */
static inline uint64_t digits_before(const char *end, ptrdiff_t n)
{
    const int below = (int)(8 * (COLLECTOR_WORD - n));
    return (collector_word_load(end - COLLECTOR_WORD) ^ COLLECTOR_EVERY_BYTE('0')) >> below
                                                                                          << below;
}

/* One to eight bytes, one of which may be a point beside a digit. */
static inline bool short_number(const char *p, const char *end, double *out)
{
    uint64_t digits = digits_before(end, end - p);
    const uint64_t other = collector_word_at_least(digits, 10);
    if (!other) {
        *out = (double)collector_word_value(digits);
        return true;
    }
    const int at = (int)collector_word_first(other);
    if ((digits >> (8 * at) & 0xff) != ('.' ^ '0') || end - p < 2) {
        return false;
    }
    /* The digits before the point move up into its place. */
    const uint64_t before = (UINT64_C(1) << (8 * at)) - 1;
    const uint64_t behind = at == 7 ? 0 : ~UINT64_C(0) << (8 * (at + 1));
    digits = (digits & behind) | (digits & before) << 8;
    if (collector_word_at_least(digits, 10)) {
        return false;
    }
    *out = (double)collector_word_value(digits) / collector_powers_of_ten[7 - at];
    return true;
}

static bool read_number(const char *p, const char *end, double *out)
{
    if (end - p <= COLLECTOR_WORD && short_number(p, end, out)) {
        return true;
    }
    return collector_number_scan(p, end, out) == end ||
           collector_number_f64((struct ak_str){p, (size_t)(end - p)}, out) == COLLECTOR_NUMBER_OK;
}

static bool read_count(const char *p, const char *end, int64_t *out)
{
    uint64_t value = 0;
    if (end - p <= COLLECTOR_WORD) {
        const uint64_t digits = digits_before(end, end - p);
        *out = (int64_t)collector_word_value(digits);
        return !collector_word_at_least(digits, 10);
    }
    if (end - p > 18 || collector_number_digits(p, end, &value) != end) {
        return false;
    }
    *out = (int64_t)value;
    return true;
}

/* Lines repeat their units in the same order, so that of the line before is tried first. */
static inline void take_unit(struct ak_str unit, struct ak_bench_units *units,
                             struct ak_bench_value *v)
{
    if (unit.len != v->orig_unit.len ||
        !collector_bytes_equal(unit.ptr, v->orig_unit.ptr, unit.len)) {
        const struct collector_unit *known = collector_units_get(units, unit);
        v->orig_unit = known->name;
        v->orig_unit_id = known->id;
    }
    collector_line_tidy(units, v);
}

bool collector_line_quick(struct ak_str line, size_t skip, struct ak_bench_units *units,
                          struct collector_values *values, struct collector_quick *out)
{
    struct collector_fields f;
    if (!collector_fields_find(line, &f) || f.count < 4 || f.count % 2 != 0 || f.at[1] <= skip ||
        skip < (size_t)COLLECTOR_WORD ||
        !read_count(line.ptr + f.at[2], line.ptr + f.at[3], &out->iterations)) {
        return false;
    }
    const size_t n = f.count / 2 - 1;
    if (n > values->cap) {
        const size_t had = values->cap;
        AK_GROW(values->items, n, values->cap);
        memset(values->items + had, 0, (values->cap - had) * sizeof *values->items);
    }
    for (size_t i = 0; i < n; i++) {
        const uint16_t *at = f.at + 4 + 4 * i;
        struct ak_bench_value *v = &values->items[i];
        if (!read_number(line.ptr + at[0], line.ptr + at[1], &v->orig_value)) {
            return false;
        }
        take_unit((struct ak_str){line.ptr + at[2], (size_t)(at[3] - at[2])}, units, v);
    }
    values->count = n;
    out->name = (struct ak_str){line.ptr + skip, f.at[1] - skip};
    out->rest = (struct ak_str){line.ptr + f.at[2], line.len - f.at[2]};
    return true;
}
