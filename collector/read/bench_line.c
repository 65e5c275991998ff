#include "bench_line.h"

#include "base/mem.h"
#include "bench_number.h"
#include "rune.h"
#include "swar.h"

/* What a byte is for the splitting of fields. */
enum byte_class { BYTE_TEXT, BYTE_SPACE, BYTE_HIGH };

static inline enum byte_class class_of(char c)
{
    const uint8_t byte = (uint8_t)c;
    if (byte > ' ') {
        return byte < 0x80 ? BYTE_TEXT : BYTE_HIGH;
    }
    return byte == ' ' || (byte >= '\t' && byte <= '\r') ? BYTE_SPACE : BYTE_TEXT;
}

/* Bytes of the white space at p, 0 when there is none. */
static size_t space_at(const char *p, const char *end)
{
    switch (class_of(*p)) {
    case BYTE_TEXT:
        return 0;
    case BYTE_SPACE:
        return 1;
    case BYTE_HIGH:
        break;
    }
    uint32_t rune;
    const size_t n = ak_utf8_decode(p, (size_t)(end - p), &rune);
    return collector_rune_is_space(rune) ? n : 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static const char *skip_any_space(const char *p, const char *end)
{
    while (p < end) {
        const size_t n = space_at(p, end);
        if (n == 0) {
            break;
        }
        p += n;
    }
    return p;
}

static inline const char *skip_space(const char *p, const char *end)
{
    if (end - p >= COLLECTOR_WORD) { /* columns are padded with a few blanks */
        const uint64_t other = collector_word_not_blank(collector_word_load(p));
        if (other && class_of(p[collector_word_first(other)]) == BYTE_TEXT) {
            return p + collector_word_first(other);
        }
    }
    return skip_any_space(p, end);
}

/* The first byte at or after p that is no visible ASCII character. */
static const char *skip_visible(const char *p, const char *end)
{
    while (end - p >= COLLECTOR_WORD) {
        const uint64_t other = collector_word_not_visible(collector_word_load(p));
        if (other) {
            return p + collector_word_first(other);
        }
        p += COLLECTOR_WORD;
    }
    while (p < end && (uint8_t)*p > ' ' && (uint8_t)*p < 0x80) {
        p++;
    }
    return p;
}

static const char *field_end(const char *p, const char *end)
{
    for (;;) {
        p = skip_visible(p, end);
        if (p == end || is_blank(*p) || space_at(p, end) > 0) {
            return p;
        }
        uint32_t rune;
        p += ak_utf8_decode(p, (size_t)(end - p), &rune);
    }
}

struct ak_str collector_line_field(struct ak_str *rest)
{
    if (rest->len == 0) {
        return (struct ak_str){0};
    }
    const char *const start = rest->ptr, *const end = start + rest->len;
    const char *const stop = field_end(start, end);
    const char *const next = skip_space(stop, end);
    *rest = (struct ak_str){next, (size_t)(end - next)};
    return (struct ak_str){start, (size_t)(stop - start)};
}

bool collector_line_config(struct ak_str line, struct ak_bench_config *out)
{
    size_t i = 0;
    for (;;) {
        if (i == line.len) {
            return false;
        }
        uint32_t rune;
        const size_t n = ak_utf8_decode(line.ptr + i, line.len - i, &rune);
        if ((i == 0 && !collector_rune_is_lower(rune)) || collector_rune_is_space(rune) ||
            collector_rune_is_upper(rune)) {
            return false;
        }
        if (rune == ':') {
            break;
        }
        i += n;
    }
    size_t value = i + 1;
    while (value < line.len && (line.ptr[value] == ' ' || line.ptr[value] == '\t')) {
        value++;
    }
    if (value == i + 1 && value < line.len) {
        return false; /* "key:value" */
    }
    out->key = ak_str_slice(line, 0, i);
    out->value = ak_str_slice(line, value, line.len);
    return true;
}

void collector_values_release(struct collector_values *v)
{
    ak_free(v->items);
    *v = (struct collector_values){0};
}

/* The unit that begins at p. Lines repeat their units in the same order, so the unit that the line
 * before had in this place is tried first. Returns the byte after it. */
static const char *read_unit(const char *p, const char *end, struct ak_bench_units *units,
                             struct ak_bench_value *io)
{
    const struct ak_str guess = io->orig_unit;
    if (guess.len > 0 && guess.len <= (size_t)(end - p) &&
        collector_bytes_equal(p, guess.ptr, guess.len) &&
        (p + guess.len == end || class_of(p[guess.len]) == BYTE_SPACE)) {
        return p + guess.len;
    }
    const char *const stop = field_end(p, end);
    const struct collector_unit *unit =
        collector_units_get(units, (struct ak_str){p, (size_t)(stop - p)});
    io->orig_unit = unit->name;
    io->orig_unit_id = unit->id;
    return stop;
}

void collector_line_tidy(const struct ak_bench_units *units, struct ak_bench_value *v)
{
    const struct collector_unit *unit = collector_units_at(units, v->orig_unit_id);
    v->value = v->orig_value * unit->factor;
    const bool same = v->value == v->orig_value;
    v->unit = same ? unit->name : unit->tidied;
    v->unit_id = same ? unit->id : unit->tidied_id;
}

static enum collector_line refuse(struct collector_numbers *out, enum collector_line status,
                                  const char *text)
{
    out->text = text;
    return status;
}

static enum collector_line read_value(const char **p, const char *end, double *out_value,
                                      struct collector_numbers *out)
{
    const char *stop = collector_number_scan(*p, end, out_value);
    if (!stop || (stop < end && class_of(*stop) != BYTE_SPACE)) {
        stop = field_end(*p, end);
        const enum collector_number st =
            collector_number_f64((struct ak_str){*p, (size_t)(stop - *p)}, out_value);
        if (st == COLLECTOR_NUMBER_RANGE) {
            return refuse(out, COLLECTOR_LINE_UNREPRESENTABLE,
                          "parsing measurement: value out of range");
        }
        if (st == COLLECTOR_NUMBER_SYNTAX) {
            return refuse(out, COLLECTOR_LINE_BAD, "parsing measurement: invalid syntax");
        }
    }
    *p = skip_space(stop, end);
    return COLLECTOR_LINE_OK;
}

/* Cuts the iteration count off *rest; false, with the reason, when there is none. */
static bool read_count(struct ak_str *rest, struct collector_numbers *out)
{
    const char *const start = rest->ptr, *const end = start + rest->len;
    uint64_t value = 0;
    const char *const stop = rest->len ? collector_number_digits(start, end, &value) : start;
    if (stop > start && stop - start <= 18 && stop < end && is_blank(*stop)) {
        const char *const next = skip_space(stop, end);
        out->iterations = (int64_t)value;
        *rest = (struct ak_str){next, (size_t)(end - next)};
        return true;
    }
    const struct ak_str count = collector_line_field(rest);
    enum collector_number st = COLLECTOR_NUMBER_SYNTAX;
    if (count.len > 0) {
        st = collector_number_i64(count, &out->iterations);
    }
    if (st != COLLECTOR_NUMBER_OK) {
        out->text = count.len == 0                 ? "missing iteration count"
                    : st == COLLECTOR_NUMBER_RANGE ? "parsing iteration count: value out of range"
                                                   : "parsing iteration count: invalid syntax";
    }
    return st == COLLECTOR_NUMBER_OK;
}

enum collector_line collector_line_numbers(struct ak_str rest, struct ak_bench_units *units,
                                           struct collector_values *values,
                                           struct collector_numbers *out)
{
    if (!read_count(&rest, out)) {
        return COLLECTOR_LINE_BAD;
    }
    const char *p = rest.ptr, *const end = rest.ptr + rest.len;
    size_t n = 0;
    for (; p < end; n++) {
        double value;
        const enum collector_line line = read_value(&p, end, &value, out);
        if (line != COLLECTOR_LINE_OK) {
            return line;
        }
        if (p == end) {
            return refuse(out, COLLECTOR_LINE_BAD, "missing units");
        }
        if (n == values->cap) {
            AK_GROW(values->items, n + 1, values->cap);
            memset(values->items + n, 0, (values->cap - n) * sizeof *values->items);
        }
        struct ak_bench_value *v = &values->items[n];
        v->orig_value = value;
        p = skip_space(read_unit(p, end, units, v), end);
        collector_line_tidy(units, v);
    }
    values->count = n;
    return n > 0 ? COLLECTOR_LINE_OK : refuse(out, COLLECTOR_LINE_BAD, "missing measurements");
}
