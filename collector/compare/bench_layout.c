/* Recognising the numbers of a result that stand apart from its name.
 *
 * The testing package writes "%8d", then for each value a tab, the value padded to the right, one
 * blank and the unit. A benchmark that prints while it is measured puts its text between the name
 * and these numbers. A log may hold numbers too, so only that layout is sure; a line that lost its
 * tabs on the way is loose, and counts only when nothing surer follows before the next name. */
#include "read/bench_line.h"
#include "read/bench_number.h"

/* Width of the iteration count in the testing package's layout. */
#define COUNT_WIDTH 8

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct ak_str trim_end(struct ak_str s)
{
    while (s.len > 0 && is_blank(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

static struct ak_str trim_blanks(struct ak_str s)
{
    while (s.len > 0 && is_blank(s.ptr[0])) {
        s = ak_str_slice(s, 1, s.len);
    }
    return trim_end(s);
}

/* "   12.5 ns/op": a number, one blank, a unit that is no number. */
static bool is_cell(struct ak_str cell, struct ak_str *out_unit)
{
    struct ak_str rest = trim_blanks(cell);
    const struct ak_str number = collector_line_field(&rest);
    const struct ak_str unit = collector_line_field(&rest);
    double value;
    *out_unit = unit;
    return unit.len > 0 && rest.len == 0 && unit.ptr == number.ptr + number.len + 1 &&
           collector_number_f64(number, &value) != COLLECTOR_NUMBER_SYNTAX &&
           collector_number_f64(unit, &value) == COLLECTOR_NUMBER_SYNTAX;
}

/* All cells after the count, apart by tabs; *out_timed when one of them is ns/op. */
static bool are_cells(struct ak_str cells, bool *out_timed)
{
    *out_timed = false;
    while (cells.ptr) {
        struct ak_str unit;
        if (!is_cell(ak_str_cut(&cells, '\t'), &unit)) {
            return false;
        }
        *out_timed = *out_timed || ak_str_eq(unit, AK_STR("ns/op"));
    }
    return true;
}

/* The count that ends at `tab`, with its padding. *out_padded when it has the full width. The count
 * begins the line, or follows a blank, or is so wide that text may stand right before it. */
static bool find_count(struct ak_str line, size_t tab, size_t *out_start, bool *out_padded)
{
    size_t digits = tab;
    while (digits > 0 && is_digit(line.ptr[digits - 1])) {
        digits--;
    }
    if (digits == tab) {
        return false;
    }
    size_t start = digits;
    while (start > 0 && line.ptr[start - 1] == ' ' && tab - start < COUNT_WIDTH) {
        start--;
    }
    *out_start = digits;
    *out_padded = tab - start >= COUNT_WIDTH;
    if (digits == 0 || is_blank(line.ptr[digits - 1])) {
        return true;
    }
    const char before = line.ptr[digits - 1];
    return tab - digits >= COUNT_WIDTH && before != '.' && before != '-' && before != '+';
}

static enum collector_layout find_columns(struct ak_str line, struct ak_str *out_numbers)
{
    /* Each candidate tab costs a walk over the rest only when a digit stands before it and the
     * first cell fits, so a hostile line costs at most its length times its columns of equal form;
     * the count of tries bounds that. */
    unsigned tries = 0;
    line = trim_end(line);
    for (size_t i = 1; i < line.len && tries < 64; i++) {
        size_t start;
        bool padded, timed;
        if (line.ptr[i] != '\t' || !is_digit(line.ptr[i - 1]) ||
            !find_count(line, i, &start, &padded)) {
            continue;
        }
        tries++;
        const bool alone = trim_blanks(ak_str_slice(line, 0, start)).len == 0;
        if (are_cells(ak_str_slice(line, i + 1, line.len), &timed) &&
            (padded || (alone && timed))) {
            *out_numbers = ak_str_slice(line, start, line.len);
            return COLLECTOR_LAYOUT_SURE;
        }
    }
    return COLLECTOR_LAYOUT_NONE;
}

bool collector_line_is_columns(struct ak_str numbers)
{
    struct ak_str cells = trim_blanks(numbers);
    const struct ak_str count = ak_str_cut(&cells, '\t');
    int64_t iterations;
    bool timed;
    return cells.ptr && collector_number_i64(count, &iterations) == COLLECTOR_NUMBER_OK &&
           are_cells(cells, &timed);
}

static bool is_loose(struct ak_str line, struct ak_str *out_numbers)
{
    struct ak_str rest = trim_blanks(line);
    const struct ak_str whole = rest;
    int64_t count;
    if (rest.len == 0 || !is_digit(rest.ptr[0]) ||
        collector_number_i64(collector_line_field(&rest), &count) != COLLECTOR_NUMBER_OK) {
        return false;
    }
    bool per_op = false;
    while (rest.len > 0) {
        double value;
        const struct ak_str number = collector_line_field(&rest);
        const struct ak_str unit = collector_line_field(&rest);
        if (collector_number_f64(number, &value) == COLLECTOR_NUMBER_SYNTAX || unit.len == 0 ||
            collector_number_f64(unit, &value) != COLLECTOR_NUMBER_SYNTAX) {
            return false;
        }
        per_op = per_op || ak_str_ends(unit, AK_STR("/op"));
    }
    *out_numbers = whole;
    return per_op;
}

enum collector_layout collector_line_layout(struct ak_str line, struct ak_str *out_numbers)
{
    if (line.len == 0) {
        return COLLECTOR_LAYOUT_NONE;
    }
    const enum collector_layout columns = find_columns(line, out_numbers);
    if (columns != COLLECTOR_LAYOUT_NONE) {
        return columns;
    }
    return is_loose(line, out_numbers) ? COLLECTOR_LAYOUT_LOOSE : COLLECTOR_LAYOUT_NONE;
}
