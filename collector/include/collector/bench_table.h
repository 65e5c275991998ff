/* benchstat's tables from Go benchmark text: the same grouping, summaries, tests and warnings as
 * golang.org/x/perf/cmd/benchstat, so that CSV made from them is equal cell by cell. */
#ifndef COLLECTOR_BENCH_TABLE_H
#define COLLECTOR_BENCH_TABLE_H

#include "base/io.h"
#include "store/table.h"

struct ak_bench_input {
    const char *label; /* the text of ".file" */
    const char *path; /* NULL: bytes, the text of a run of the history, where split results count */
    struct ak_str bytes;
};

/* "label=path" or "path"; the same path given twice becomes path#0 and path#1. In arena. */
struct ak_bench_input *ak_bench_inputs_parse(const char *const *args, size_t count,
                                             struct ak_arena *arena);

struct ak_bench_table_opts {
    const char *table, *row, *col, *ignore,
        *filter;                    /* NULL: ".config", ".fullname", ".file", "", "*" */
    double alpha, confidence;       /* within [0, 1] */
    bool rejoin;                    /* read split results from files too; benchstat does not */
    const struct ak_limits *limits; /* NULL: the defaults */
};

/* Fails on unreadable input, a malformed expression, and a value that is not a number (with
 * file:line). Lines that are refused become notes. */
enum ak_status ak_bench_table_build(const struct ak_bench_input *inputs, size_t count,
                                    const struct ak_bench_table_opts *opts, struct ak_arena *arena,
                                    struct ak_table_set **out, struct ak_error *err) AK_MUST_USE;

#endif
