/* benchstat's view of benchmark text: tables of rows by columns, the first column being the base of
 * comparison. Plain data that the collector fills and the reporter writes as CSV. In an arena. */
#ifndef STORE_TABLE_H
#define STORE_TABLE_H

#include "base/arena.h"

struct ak_table_cell {
    bool present;
    bool compared;         /* a cell of the same row stands in the first column */
    double centre, lo, hi; /* lo and hi are infinite when n is too small for the confidence */
    size_t n;
    double p, alpha; /* of the comparison; p = 0: exact */
    size_t base_n;
    double base_centre;
    const char *warnings[4]; /* of the sample and its summary, then NULL; arena or literals */
    const char *compare_warnings[2];
};

struct ak_table_total { /* the geomean row, one per column */
    bool has_centre, has_ratio;
    double centre, ratio;
    const char *warnings[4];
};

struct ak_table {
    const char **head; /* "key: value" lines that changed since the table before */
    size_t head_count;
    const char *unit;
    const char **columns; /* column_levels * column_count: header texts, level after level */
    size_t column_levels, column_count;
    const char **rows; /* row_count names */
    size_t row_count;
    struct ak_table_cell *cells;   /* row_count * column_count */
    struct ak_table_total *totals; /* column_count */
};

struct ak_table_set {
    struct ak_table *tables;
    size_t table_count;
    const char **notes; /* lines that were refused while reading, "A.txt:5: missing units" */
    size_t note_count;
    uint64_t results;         /* read */
    const char *split_tables; /* what stands in two tables though it is one benchmark; NULL */
    uint64_t split_results;   /* not read since name and numbers stand on different lines */
};

#endif
