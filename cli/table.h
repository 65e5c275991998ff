/* A text table for the terminal: cells are made harmless, columns as wide as their widest cell. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/arena.h"
#include "base/buf.h"

enum { CLI_TABLE_MAX_COLUMNS = 16 };

struct cli_table {
    struct ak_arena *arena; /* keeps */
    const char *columns;    /* one letter a column: 'l' text left, 'r' numbers right */
    struct ak_str *cells;   /* row by row, sanitised */
    size_t *widths;         /* of each cell, in runes */
    size_t count, cap, widths_cap;
};

/* borrows columns. */
void cli_table_init(struct cli_table *t, struct ak_arena *keeps, const char *columns);
void cli_table_cell(struct cli_table *t, const char *text); /* the next cell, row by row */
void cli_table_cellf(struct cli_table *t, const char *fmt, ...) AK_PRINTF(2, 3);
/* Appends the table; no blanks at the ends of lines. Releases it. */
void cli_table_print(struct cli_table *t, struct ak_buf *out);

#endif
