/* Comparisons as bytes: each renderer is a pure function from model to text. All append to `out`.
 */
#ifndef REPORTER_COMPARE_H
#define REPORTER_COMPARE_H

#include "base/buf.h"
#include "store/table.h"
#include "store/verdict.h"

/* benchstat's CSV: header lines, columns of unit, CI, change and P, a geomean row. Warnings go to
 * `warnings` with the name of the cell they are about ("B3: need >= 6 samples ..."). */
void ak_table_csv(const struct ak_table_set *set, struct ak_buf *out, struct ak_buf *warnings);

struct ak_compare_text_opts {
    bool color;      /* on a terminal: marks verdicts, which are always words too */
    bool all;        /* also rows that are the same */
    unsigned causes; /* functions shown below a changed row */
    size_t width;    /* of the terminal in columns; 0: any. What is wider stands below each other */
};
/* For people: the verdict first, then the rows that matter. */
void ak_compare_text(const struct ak_comparison *c, const struct ak_compare_text_opts *opts,
                     struct ak_buf *out);
void ak_compare_json(const struct ak_comparison *c, struct ak_buf *out);
void ak_compare_markdown(const struct ak_comparison *c, const struct ak_compare_text_opts *opts,
                         struct ak_buf *out);
void ak_compare_junit(const struct ak_comparison *c, struct ak_buf *out);

/* Many runs side by side: a row per benchmark and unit, a column per run, each judged against the
 * first; in JSON a comparison per run. At most AK_COMPARE_RUNS_MAX runs. */
#define AK_COMPARE_RUNS_MAX 32
void ak_compare_set_text(const struct ak_comparison_set *set,
                         const struct ak_compare_text_opts *opts, struct ak_buf *out);
void ak_compare_set_markdown(const struct ak_comparison_set *set,
                             const struct ak_compare_text_opts *opts, struct ak_buf *out);
void ak_compare_set_json(const struct ak_comparison_set *set, struct ak_buf *out);
void ak_compare_set_junit(const struct ak_comparison_set *set, struct ak_buf *out);

/* The tables of a projection one after the other, each under its heading; in JSON one object with
 * "tables", in JUnit a suite for each comparison. */
void ak_compare_tables_text(const struct ak_comparison_tables *tables,
                            const struct ak_compare_text_opts *opts, struct ak_buf *out);
void ak_compare_tables_markdown(const struct ak_comparison_tables *tables,
                                const struct ak_compare_text_opts *opts, struct ak_buf *out);
void ak_compare_tables_json(const struct ak_comparison_tables *tables, struct ak_buf *out);
void ak_compare_tables_junit(const struct ak_comparison_tables *tables, struct ak_buf *out);

/* One sentence: "1 worse, 3 better, 4 the same, 2 unsure". */
void ak_compare_headline(const struct ak_comparison *c, struct ak_buf *out);

#endif
