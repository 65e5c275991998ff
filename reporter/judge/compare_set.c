/* Many runs side by side, for a terminal and as Markdown: one table of texts, written in two ways.
 */
#include "base/sanitize.h"
#include "columns.h"
#include "judge.h"
#include "reporter/compare.h"

#include <string.h>

#define NAMES 2   /* benchmark, unit */
#define PER_RUN 3 /* value, change, interval */
#define FIRST 1   /* of the first run: value */

/* Receives the table cell by cell. */
struct sink {
    struct ak_buf *out;
    struct columns *columns; /* text; NULL: Markdown */
    bool color;
};

static void cell(const struct sink *s, struct ak_buf *text, const char *color)
{
    if (s->columns) {
        reporter_columns_colored(s->columns, ak_buf_view(text).ptr, s->color ? color : NULL);
    } else {
        ak_buf_puts(s->out, " ");
        ak_sanitize_markdown(s->out, ak_buf_view(text));
        ak_buf_puts(s->out, " |");
    }
    ak_buf_reset(text);
}

static void name_cell(const struct sink *s, struct ak_buf *text, const char *name)
{
    ak_buf_puts(text, name);
    cell(s, text, NULL);
}

static void row_begin(const struct sink *s)
{
    ak_buf_puts(s->out, s->columns ? "" : "|");
}

static void row_end(const struct sink *s)
{
    if (s->columns) {
        reporter_columns_end_row(s->columns);
    } else {
        ak_buf_putc(s->out, '\n');
    }
}

/* --- rows -------------------------------------------------------------------------------- */

static const char *label_of(const struct ak_run *run)
{
    return run->label ? run->label : "";
}

/* Bytes of the folder that the labels of all runs begin with: heads of columns go without it. */
static size_t common_folder(const struct ak_comparison_set *set)
{
    const char *first = label_of(set->pairs[0].before);
    size_t same = strlen(first);
    for (size_t k = 0; k < set->pair_count; k++) {
        const char *label = label_of(set->pairs[k].after);
        size_t n = 0;
        while (n < same && label[n] == first[n]) {
            n++;
        }
        same = n;
    }
    while (same > 0 && first[same - 1] != '/') {
        same--;
    }
    return same;
}

static void run_cell(const struct sink *s, const struct ak_run *run, size_t skip,
                     struct ak_buf *text)
{
    struct ak_run named = *run;
    named.label = label_of(run) + skip;
    reporter_run_name(text, &named);
    cell(s, text, NULL);
}

static void heads(const struct sink *s, const struct ak_comparison_set *set, struct ak_buf *text)
{
    const size_t skip = common_folder(set);
    row_begin(s);
    name_cell(s, text, "benchmark");
    name_cell(s, text, "unit");
    run_cell(s, set->pairs[0].before, skip, text);
    for (size_t k = 0; k < set->pair_count; k++) {
        run_cell(s, set->pairs[k].after, skip, text);
        name_cell(s, text, s->columns ? "change" : "change, interval");
        if (s->columns) {
            name_cell(s, text, "interval");
        }
    }
    row_end(s);
}

static void value_cell(const struct sink *s, const struct ak_summary *of, const char *unit,
                       struct ak_buf *text)
{
    if (of->n > 0) {
        reporter_value(text, of->median, unit);
        ak_buf_putc(text, ' ');
        reporter_spread(text, of);
    }
    cell(s, text, NULL);
}

/* "✗ worse +12.3%": the mark, the word where it changed, and the ratio where there is one; then the
 * interval. */
static void change_cells(const struct sink *s, const struct ak_compare_row *r, struct ak_buf *text)
{
    const bool both = r->before.n > 0 && r->after.n > 0;
    if (r->before.n + r->after.n > 0) {
        ak_buf_puts(text, reporter_verdict_mark(r->verdict));
    }
    if (both) {
        ak_buf_printf(text, " %s ", ak_verdict_text(r->verdict));
        reporter_change(text, r->ratio);
    }
    if (s->columns) {
        cell(s, text, both ? reporter_verdict_color(r->verdict) : NULL);
    }
    if (both) {
        ak_buf_puts(text, s->columns ? "" : " ");
        reporter_change_interval(text, r->ratio_lo, r->ratio_hi);
    }
    cell(s, text, NULL);
}

static void row(const struct sink *s, const struct ak_comparison_set *set, size_t i,
                struct ak_buf *text)
{
    const struct ak_compare_row *first = &set->pairs[0].rows[i];
    row_begin(s);
    name_cell(s, text, first->benchmark);
    name_cell(s, text, first->unit);
    value_cell(s, &first->before, first->unit, text);
    for (size_t k = 0; k < set->pair_count; k++) {
        const struct ak_compare_row *r = &set->pairs[k].rows[i];
        value_cell(s, &r->after, r->unit, text);
        change_cells(s, r, text);
    }
    row_end(s);
}

static const struct ak_geomean *geomean_of(const struct ak_comparison *c, const char *unit)
{
    for (size_t i = 0; i < c->geomean_count; i++) {
        if (strcmp(c->geomeans[i].unit, unit) == 0) {
            return &c->geomeans[i];
        }
    }
    return NULL;
}

/* Each pair has its own rows in common, so the means themselves are not comparable: ratios only. */
static void geomean_cells(const struct sink *s, const struct ak_geomean *g, struct ak_buf *text)
{
    if (g) {
        ak_buf_printf(text, "%zu pairs", g->pairs);
    }
    cell(s, text, NULL);
    if (g) {
        reporter_change(text, g->ratio);
    }
    cell(s, text, NULL);
    if (s->columns) {
        cell(s, text, NULL);
    }
}

static void geomean(const struct sink *s, const struct ak_comparison_set *set, const char *unit,
                    struct ak_buf *text)
{
    row_begin(s);
    name_cell(s, text, "geomean");
    name_cell(s, text, unit);
    name_cell(s, text, "");
    for (size_t k = 0; k < set->pair_count; k++) {
        geomean_cells(s, geomean_of(&set->pairs[k], unit), text);
    }
    row_end(s);
}

/* The units that any pair has a mean of, each once, in the order of the pairs, as `one` shows them.
 */
typedef void geomean_row(const struct sink *s, const struct ak_comparison_set *set,
                         const char *unit, struct ak_buf *text);
static void geomeans(const struct sink *s, const struct ak_comparison_set *set, geomean_row *one,
                     struct ak_buf *text)
{
    for (size_t k = 0; k < set->pair_count; k++) {
        for (size_t i = 0; i < set->pairs[k].geomean_count; i++) {
            const char *unit = set->pairs[k].geomeans[i].unit;
            bool seen = false;
            for (size_t before = 0; before < k; before++) {
                seen = seen || geomean_of(&set->pairs[before], unit);
            }
            if (!seen) {
                one(s, set, unit, text);
            }
        }
    }
}

static bool is_same_in_all(const struct ak_comparison_set *set, size_t i)
{
    for (size_t k = 0; k < set->pair_count; k++) {
        if (set->pairs[k].rows[i].verdict != AK_VERDICT_SAME) {
            return false;
        }
    }
    return true;
}

/* Returns how many rows were left out, since all runs are the same there. */
static size_t table(const struct sink *s, const struct ak_comparison_set *set, bool all)
{
    struct ak_buf text = AK_BUF_INIT;
    size_t hidden = 0;
    heads(s, set, &text);
    if (!s->columns) {
        ak_buf_puts(s->out, "|:--|:--|--:|");
        for (size_t k = 0; k < set->pair_count; k++) {
            ak_buf_puts(s->out, "--:|:--|");
        }
        ak_buf_putc(s->out, '\n');
    }
    for (size_t i = 0; i < set->pairs[0].row_count; i++) {
        if (!all && is_same_in_all(set, i)) {
            hidden++;
        } else {
            row(s, set, i, &text);
        }
    }
    geomeans(s, set, geomean, &text);
    ak_buf_release(&text);
    return hidden;
}

/* --- a line for each run ----------------------------------------------------------------- */

/* The row's name on a line of its own, then the runs. */
static void block_head(const struct sink *s, const char *name, const char *unit,
                       struct ak_buf *text)
{
    ak_buf_printf(text, "%s  %s", name, unit);
    reporter_columns_line(s->columns, ak_buf_view(text).ptr);
    ak_buf_reset(text);
}

/* Begins the line of a run: an indent, and its name. */
static void block_run(const struct sink *s, const struct ak_run *run, size_t skip,
                      struct ak_buf *text)
{
    name_cell(s, text, "");
    run_cell(s, run, skip, text);
}

static void block_geomean(const struct sink *s, const struct ak_comparison_set *set,
                          const char *unit, struct ak_buf *text)
{
    block_head(s, "geomean", unit, text);
    for (size_t k = 0; k < set->pair_count; k++) {
        const struct ak_geomean *g = geomean_of(&set->pairs[k], unit);
        if (g) {
            block_run(s, set->pairs[k].after, common_folder(set), text);
            geomean_cells(s, g, text);
            row_end(s);
        }
    }
}

static void block(const struct sink *s, const struct ak_comparison_set *set, size_t i,
                  struct ak_buf *text)
{
    const struct ak_compare_row *first = &set->pairs[0].rows[i];
    const size_t skip = common_folder(set);
    block_head(s, first->benchmark, first->unit, text);
    block_run(s, set->pairs[0].before, skip, text);
    value_cell(s, &first->before, first->unit, text);
    row_end(s);
    for (size_t k = 0; k < set->pair_count; k++) {
        const struct ak_compare_row *r = &set->pairs[k].rows[i];
        block_run(s, set->pairs[k].after, skip, text);
        value_cell(s, &r->after, r->unit, text);
        change_cells(s, r, text);
        row_end(s);
    }
}

/* The table for a narrow terminal, with everything that the wide one has. */
static void blocks(const struct sink *s, const struct ak_comparison_set *set, bool all)
{
    struct ak_buf text = AK_BUF_INIT;
    for (size_t i = 0; i < set->pairs[0].row_count; i++) {
        if (all || !is_same_in_all(set, i)) {
            block(s, set, i, &text);
        }
    }
    geomeans(s, set, block_geomean, &text);
    ak_buf_release(&text);
}

/* --- around the table -------------------------------------------------------------------- */

typedef void sanitizer(struct ak_buf *out, struct ak_str text);

/* A line per run: what changed against the first. */
static void head(const struct ak_comparison_set *set, const char *bullet, sanitizer *clean,
                 struct ak_buf *out)
{
    struct ak_buf line = AK_BUF_INIT;
    for (size_t k = 0; k < set->pair_count; k++) {
        ak_buf_reset(&line);
        reporter_run_name(&line, set->pairs[k].after);
        ak_buf_puts(&line, ": ");
        ak_compare_headline(&set->pairs[k], &line);
        ak_buf_puts(&line, " against ");
        reporter_run_name(&line, set->pairs[k].before);
        ak_buf_puts(out, bullet);
        clean(out, ak_buf_view(&line));
        ak_buf_putc(out, '\n');
    }
    ak_buf_release(&line);
}

static void note(const struct ak_comparison *c, const char *what, const char *text,
                 const char *bullet, sanitizer *clean, struct ak_buf *out)
{
    struct ak_buf line = AK_BUF_INIT;
    reporter_run_name(&line, c->after);
    ak_buf_printf(&line, ": %s%s", what, text);
    ak_buf_puts(out, bullet);
    clean(out, ak_buf_view(&line));
    ak_buf_putc(out, '\n');
    ak_buf_release(&line);
}

/* All pairs know the same of the variance between runs, so that it is said once. */
static bool variance_is_one(const struct ak_comparison_set *set)
{
    for (size_t k = 1; k < set->pair_count; k++) {
        if (strcmp(set->pairs[k].variance, set->pairs[0].variance) != 0) {
            return false;
        }
    }
    return true;
}

static void notes(const struct ak_comparison_set *set, const char *bullet, sanitizer *clean,
                  struct ak_buf *out)
{
    struct ak_buf text = AK_BUF_INIT;
    const bool one = variance_is_one(set);
    if (one && *set->pairs[0].variance) {
        ak_buf_puts(out, bullet);
        clean(out, ak_str_from(set->pairs[0].variance));
        ak_buf_putc(out, '\n');
    }
    for (size_t k = 0; k < set->pair_count; k++) {
        const struct ak_comparison *c = &set->pairs[k];
        if (!one && *c->variance) {
            note(c, "", c->variance, bullet, clean, out);
        }
        for (size_t i = 0; i < c->environment_difference_count; i++) {
            const struct ak_kv *d = &c->environment_differences[i];
            ak_buf_reset(&text);
            ak_buf_printf(&text, "%s: %s", d->key, d->value);
            note(c, "environment differs: ", text.ptr, bullet, clean, out);
        }
        for (size_t i = 0; i < c->warning_count; i++) {
            note(c, "warning: ", c->warnings[i], bullet, clean, out);
        }
    }
    ak_buf_release(&text);
}

static void method(const struct ak_comparison_set *set, size_t hidden, struct ak_buf *out)
{
    const struct ak_comparison *c = &set->pairs[0];
    ak_buf_printf(out,
                  "Margin ±%.3g%%; p of Mann-Whitney after Holm over all rows of all runs, level "
                  "%.3g.",
                  c->margin * 100, c->alpha);
    if (hidden > 0) {
        ak_buf_printf(out, " %zu %s the same in all runs and not listed: --all lists all.", hidden,
                      hidden == 1 ? "row is" : "rows are");
    }
    ak_buf_putc(out, '\n');
}

void ak_compare_set_text(const struct ak_comparison_set *set,
                         const struct ak_compare_text_opts *opts, struct ak_buf *out)
{
    struct columns columns = {0};
    for (size_t i = 0; i < FIRST + PER_RUN * set->pair_count; i++) {
        columns.align[NAMES + i] =
            i < FIRST || (i - FIRST) % PER_RUN != 1 ? COLUMNS_RIGHT : COLUMNS_LEFT;
    }
    const struct sink sink = {.out = out, .columns = &columns, .color = opts->color};
    head(set, "", ak_sanitize_text, out);
    ak_buf_putc(out, '\n');
    const size_t hidden = table(&sink, set, opts->all);
    if (opts->width > 0 && reporter_columns_width(&columns) > opts->width) {
        reporter_columns_release(&columns);
        columns.align[2] = columns.align[4] = COLUMNS_RIGHT; /* value, interval */
        blocks(&sink, set, opts->all);
    }
    reporter_columns_write(&columns, out);
    reporter_columns_release(&columns);
    ak_buf_putc(out, '\n');
    method(set, hidden, out);
    notes(set, "", ak_sanitize_text, out);
}

void ak_compare_set_markdown(const struct ak_comparison_set *set,
                             const struct ak_compare_text_opts *opts, struct ak_buf *out)
{
    const struct sink sink = {.out = out};
    head(set, "- ", ak_sanitize_markdown, out);
    ak_buf_putc(out, '\n');
    const size_t hidden = table(&sink, set, opts->all);
    ak_buf_putc(out, '\n');
    notes(set, "- ", ak_sanitize_markdown, out);
    ak_buf_putc(out, '\n');
    method(set, hidden, out);
}
