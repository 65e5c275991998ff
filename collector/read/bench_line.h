/* Lines of Go benchmark text taken apart. All slices are borrowed from the line. */
#ifndef COLLECTOR_BENCH_LINE_H
#define COLLECTOR_BENCH_LINE_H

#include "bench_unit.h"

/* Cuts the next field off *rest: what stands before white space; the white space after it is
 * dropped too. A field is empty only at the end or where *rest begins with white space. */
struct ak_str collector_line_field(struct ak_str *rest);

/* "key: value". */
bool collector_line_config(struct ak_str line, struct ak_bench_config *out);

/* The values of one line, reused from line to line. */
struct collector_values {
    struct ak_bench_value *items;
    size_t count, cap;
};
void collector_values_release(struct collector_values *v);

enum collector_line {
    COLLECTOR_LINE_OK,
    COLLECTOR_LINE_BAD,             /* text says why */
    COLLECTOR_LINE_UNREPRESENTABLE, /* as BAD: a value is beyond what a double holds */
};
struct collector_numbers {
    int64_t iterations;
    const char *text; /* why it was refused */
};
/* "100 12.5 ns/op 3 B/op": iterations, then values with units, to the end of `rest`. */
enum collector_line collector_line_numbers(struct ak_str rest, struct ak_bench_units *units,
                                           struct collector_values *values,
                                           struct collector_numbers *out);

/* value and unit from orig_value and orig_unit. benchfmt compares the values before and after
 * tidying and keeps the written unit when they are equal, which zeros and infinities are. */
void collector_line_tidy(const struct ak_bench_units *units, struct ak_bench_value *io);

/* How sure it is that a text is the numbers of a result that the testing package wrote. */
enum collector_layout {
    COLLECTOR_LAYOUT_NONE,
    COLLECTOR_LAYOUT_LOOSE, /* an integer and pairs, one of them per "/op" */
    COLLECTOR_LAYOUT_SURE,  /* columns apart by tabs, and "ns/op" or the padding of the testing
                               package */
};
/* Looks for numbers that end `line`. Text may stand before them when the layout is sure (a
 * benchmark printed it without a newline). *out_numbers is where they begin. */
enum collector_layout collector_line_layout(struct ak_str line, struct ak_str *out_numbers);
/* True when all of `numbers` is an integer and cells of a number and a unit, apart by tabs. */
bool collector_line_is_columns(struct ak_str numbers);

#endif
