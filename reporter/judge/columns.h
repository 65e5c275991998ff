/* Aligned text: rows of cells whose widths are only known at the end, with whole lines between. */
#ifndef REPORTER_COLUMNS_H
#define REPORTER_COLUMNS_H

#include "base/buf.h"

#define COLUMNS_MAX 128 /* further cells of a row share the last */

enum columns_align { COLUMNS_LEFT, COLUMNS_RIGHT };

struct columns {
    struct ak_buf text; /* of all cells and lines, one after the other */
    struct columns_item {
        size_t at, len;
        size_t width;      /* runes */
        int column;        /* -1: a line of its own */
        const char *color; /* escape around it, or NULL */
    } * items;
    size_t count, cap;
    int next; /* column of the next cell */
    size_t widths[COLUMNS_MAX];
    enum columns_align align[COLUMNS_MAX];
};

/* Zero is a valid start. Cells are sanitised for a terminal. */
void reporter_columns_release(struct columns *c);
void reporter_columns_cell(struct columns *c, struct ak_str text);
void reporter_columns_puts(struct columns *c, const char *text);
/* As puts, between escape `color` and its end; NULL: plain. */
void reporter_columns_colored(struct columns *c, const char *text, const char *color);
void reporter_columns_end_row(struct columns *c);
void reporter_columns_line(struct columns *c, const char *text);
/* Runes of the longest possible row, with the blanks between. */
size_t reporter_columns_width(const struct columns *c);
/* Two blanks between columns, no blanks at the end of a line. */
void reporter_columns_write(const struct columns *c, struct ak_buf *out);

#endif
