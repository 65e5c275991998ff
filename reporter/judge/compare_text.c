/* A comparison for a terminal or a log. */
#include "base/sanitize.h"
#include "columns.h"
#include "judge.h"
#include "reporter/compare.h"

#include <math.h>
#include <stdio.h>

static const enum ak_verdict shown_order[] = {AK_VERDICT_WORSE, AK_VERDICT_BETTER,
                                              AK_VERDICT_UNSURE, AK_VERDICT_INCOMPARABLE,
                                              AK_VERDICT_SAME};

void ak_compare_headline(const struct ak_comparison *c, struct ak_buf *out)
{
    bool first = true;
    for (size_t i = 0; i < sizeof shown_order / sizeof shown_order[0]; i++) {
        const enum ak_verdict v = shown_order[i];
        if (c->counts[v] > 0 || v == AK_VERDICT_WORSE) {
            ak_buf_printf(out, "%s%zu %s", first ? "" : ", ", c->counts[v], ak_verdict_text(v));
            first = false;
        }
    }
}

static void cell_value(struct columns *t, const struct ak_summary *s, const char *unit)
{
    struct ak_buf text = AK_BUF_INIT;
    if (s->n > 0) {
        reporter_value(&text, s->median, unit);
    }
    reporter_columns_cell(t, ak_buf_view(&text));
    ak_buf_reset(&text);
    reporter_spread(&text, s);
    reporter_columns_cell(t, ak_buf_view(&text));
    ak_buf_release(&text);
}

static void cause_line(struct columns *t, const struct ak_compare_row *r, const struct ak_cause *k)
{
    struct ak_buf line = AK_BUF_INIT;
    ak_buf_puts(&line, "      ");
    reporter_cause_value(&line, (double)(k->flat_after - k->flat_before), r);
    ak_buf_puts(&line, " (cum ");
    reporter_cause_value(&line, (double)(k->cum_after - k->cum_before), r);
    ak_buf_printf(&line, ") in %lld -> %lld samples, ±", (long long)k->samples_before,
                  (long long)k->samples_after);
    const size_t at = line.len;
    reporter_cause_value(&line, k->error, r);
    if (line.ptr[at] == '+') {
        memmove(line.ptr + at, line.ptr + at + 1, line.len - at); /* its sign */
        line.len--;
    }
    ak_buf_printf(&line, "  %s", k->function);
    reporter_columns_line(t, line.ptr);
    ak_buf_release(&line);
}

static void causes(struct columns *t, const struct ak_compare_row *r, const char *tag,
                   unsigned most)
{
    struct ak_buf line = AK_BUF_INIT;
    for (size_t i = 0; i < r->cause_count && i < most; i++) {
        if (i == 0) {
            ak_buf_printf(&line, "    %s explained by %s, %s:", tag, r->causes[0].profile,
                          r->causes[0].value_type);
            reporter_columns_line(t, line.ptr);
        }
        cause_line(t, r, &r->causes[i]);
    }
    if (r->cause_count > 0) {
        ak_buf_reset(&line);
        ak_buf_puts(&line, "      ");
        reporter_cause_value(&line, reporter_unexplained(r, most), r);
        ak_buf_puts(&line, " in other functions");
        reporter_columns_line(t, line.ptr);
    }
    if (*r->cause_note && most > 0) {
        ak_buf_reset(&line);
        ak_buf_printf(&line, "    note: %s", r->cause_note);
        reporter_columns_line(t, line.ptr);
    }
    ak_buf_release(&line);
}

static void reason(struct columns *t, const struct ak_compare_row *r)
{
    struct ak_buf line = AK_BUF_INIT;
    if (r->verdict == AK_VERDICT_UNSURE) {
        ak_buf_printf(&line, "    %s", r->reason);
        if (r->need_more > 0) {
            ak_buf_printf(&line, "; run %zu more a side to decide", r->need_more);
        }
        if (isfinite(r->detectable)) {
            ak_buf_puts(&line, "; smallest change that would show: ");
            reporter_detectable(&line, r->detectable);
        }
    } else if (*r->reason) {
        ak_buf_printf(&line, "    %s", r->reason);
    }
    if (line.len > 0) {
        reporter_columns_line(t, line.ptr);
    }
    ak_buf_release(&line);
}

static void row(struct columns *t, const struct ak_compare_row *r, const char *tag,
                const struct ak_compare_text_opts *o)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_buf_printf(&text, "%s %s", reporter_verdict_mark(r->verdict), ak_verdict_text(r->verdict));
    reporter_columns_colored(t, text.ptr, o->color ? reporter_verdict_color(r->verdict) : NULL);
    reporter_columns_puts(t, r->benchmark);
    reporter_columns_puts(t, r->unit);
    cell_value(t, &r->before, r->unit);
    cell_value(t, &r->after, r->unit);
    ak_buf_reset(&text);
    if (r->before.n > 0 && r->after.n > 0) {
        reporter_change(&text, r->ratio);
    }
    reporter_columns_cell(t, ak_buf_view(&text));
    ak_buf_reset(&text);
    reporter_change_interval(&text, r->ratio_lo, r->ratio_hi);
    reporter_columns_cell(t, ak_buf_view(&text));
    ak_buf_reset(&text);
    reporter_p(&text, r->p_adjusted);
    reporter_columns_cell(t, ak_buf_view(&text));
    ak_buf_reset(&text);
    if (r->before.n == r->after.n) {
        ak_buf_printf(&text, "%zu", r->after.n);
    } else {
        ak_buf_printf(&text, "%zu+%zu", r->before.n, r->after.n);
    }
    reporter_columns_cell(t, ak_buf_view(&text));
    ak_buf_reset(&text);
    reporter_between(&text, r);
    reporter_columns_cell(t, ak_buf_view(&text));
    reporter_columns_puts(t, tag);
    reporter_columns_end_row(t);
    ak_buf_release(&text);
}

static void table(const struct ak_comparison *c, const struct ak_compare_text_opts *o,
                  struct ak_buf *out)
{
    const char *const heads[] = {
        "", "benchmark", "unit",     "before", "",  "after",
        "", "change",    "interval", "p",      "n", reporter_any_between(c) ? "run to run" : ""};
    struct columns t = {0};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        t.align[i] = i < 3 ? COLUMNS_LEFT : COLUMNS_RIGHT;
        reporter_columns_puts(&t, heads[i]);
    }
    reporter_columns_end_row(&t);
    for (size_t i = 0; i < c->row_count; i++) {
        const struct ak_compare_row *r = &c->rows[i];
        if (r->verdict == AK_VERDICT_SAME && !o->all) {
            continue;
        }
        char tag[24] = "";
        if (r->cause_count > 0 && o->causes > 0) {
            snprintf(tag, sizeof tag, "[%zu]", reporter_explanation_number(c, i));
        }
        row(&t, r, tag, o);
        reason(&t, r);
        if (r->cause_count == 0 || reporter_explained_first(c, i) == i) {
            causes(&t, r, tag, o->causes);
        }
    }
    reporter_columns_write(&t, out);
    reporter_columns_release(&t);
}

static void geomeans(const struct ak_comparison *c, struct ak_buf *out)
{
    struct columns t = {0};
    t.align[2] = t.align[3] = t.align[4] = COLUMNS_RIGHT;
    for (size_t i = 0; i < c->geomean_count; i++) {
        const struct ak_geomean *g = &c->geomeans[i];
        struct ak_buf text = AK_BUF_INIT;
        reporter_columns_puts(&t, i == 0 ? "geomean" : "");
        reporter_columns_puts(&t, g->unit);
        reporter_value(&text, g->before, g->unit);
        reporter_columns_cell(&t, ak_buf_view(&text));
        ak_buf_reset(&text);
        reporter_value(&text, g->after, g->unit);
        reporter_columns_cell(&t, ak_buf_view(&text));
        ak_buf_reset(&text);
        reporter_change(&text, g->ratio);
        reporter_columns_cell(&t, ak_buf_view(&text));
        ak_buf_reset(&text);
        ak_buf_printf(&text, "over %zu pairs", g->pairs);
        reporter_columns_cell(&t, ak_buf_view(&text));
        reporter_columns_end_row(&t);
        ak_buf_release(&text);
    }
    if (c->geomean_count > 0) {
        ak_buf_putc(out, '\n');
        reporter_columns_write(&t, out);
    }
    reporter_columns_release(&t);
}

static void line_of(struct ak_buf *out, const char *what, const char *text)
{
    ak_buf_puts(out, what);
    ak_sanitize_text(out, ak_str_from(text));
    ak_buf_putc(out, '\n');
}

static void head(const struct ak_comparison *c, const struct ak_compare_text_opts *o,
                 struct ak_buf *out)
{
    struct ak_buf names = AK_BUF_INIT;
    ak_buf_puts(out, o->color ? "\033[1m" : "");
    ak_compare_headline(c, out);
    ak_buf_puts(out, o->color ? "\033[0m" : "");
    ak_buf_puts(out, "  (");
    reporter_run_name(&names, c->before);
    ak_buf_puts(&names, " -> ");
    reporter_run_name(&names, c->after);
    ak_sanitize_text(out, ak_buf_view(&names));
    ak_buf_puts(out, ")\n");
    ak_buf_release(&names);
    ak_buf_printf(
        out,
        "margin ±%.3g%%, %.0f%% intervals of the ratio, p of Mann-Whitney after Holm over "
        "all rows, level %.3g\n",
        c->margin * 100, c->confidence * 100, c->alpha);
    if (*c->variance) {
        line_of(out, "", c->variance);
    }
    ak_buf_putc(out, '\n');
}

void ak_compare_text(const struct ak_comparison *c, const struct ak_compare_text_opts *o,
                     struct ak_buf *out)
{
    head(c, o, out);
    table(c, o, out);
    geomeans(c, out);
    if (c->counts[AK_VERDICT_SAME] > 0 && !o->all) {
        ak_buf_printf(out, "\n%zu %s the same and not listed: --all lists all\n",
                      c->counts[AK_VERDICT_SAME],
                      c->counts[AK_VERDICT_SAME] == 1 ? "row is" : "rows are");
    }
    if (c->environment_difference_count + c->warning_count > 0) {
        ak_buf_putc(out, '\n');
    }
    for (size_t i = 0; i < c->environment_difference_count; i++) {
        const struct ak_kv *d = &c->environment_differences[i];
        struct ak_buf text = AK_BUF_INIT;
        ak_buf_printf(&text, "%s: %s", d->key, d->value);
        line_of(out, "environment differs: ", text.ptr);
        ak_buf_release(&text);
    }
    for (size_t i = 0; i < c->warning_count; i++) {
        line_of(out, "warning: ", c->warnings[i]);
    }
}
