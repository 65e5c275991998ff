/* A comparison as a Markdown table that stands alone. */
#include "base/sanitize.h"
#include "judge.h"
#include "reporter/compare.h"

#include <math.h>

static void text_cell(struct ak_buf *out, const char *text)
{
    ak_buf_puts(out, " ");
    ak_sanitize_markdown(out, ak_str_from(text));
    ak_buf_puts(out, " |");
}

static void value_cell(struct ak_buf *out, const struct ak_summary *s, const char *unit)
{
    struct ak_buf text = AK_BUF_INIT;
    if (s->n > 0) {
        reporter_value(&text, s->median, unit);
        ak_buf_putc(&text, ' ');
        reporter_spread(&text, s);
    }
    text_cell(out, ak_buf_view(&text).ptr);
    ak_buf_release(&text);
}

/* `between`: with the column of the variance between runs. */
static void row(struct ak_buf *out, const struct ak_compare_row *r, bool between)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_buf_printf(out, "| %s %s |", reporter_verdict_mark(r->verdict), ak_verdict_text(r->verdict));
    text_cell(out, r->benchmark);
    text_cell(out, r->unit);
    value_cell(out, &r->before, r->unit);
    value_cell(out, &r->after, r->unit);
    if (r->before.n > 0 && r->after.n > 0) {
        reporter_change(&text, r->ratio);
        ak_buf_putc(&text, ' ');
        reporter_change_interval(&text, r->ratio_lo, r->ratio_hi);
    }
    ak_buf_printf(out, " %s |", ak_buf_view(&text).ptr);
    ak_buf_reset(&text);
    reporter_p(&text, r->p_adjusted);
    text_cell(out, ak_buf_view(&text).ptr);
    if (between) {
        ak_buf_reset(&text);
        reporter_between(&text, r);
        ak_buf_printf(out, " %s |", ak_buf_view(&text).ptr);
    }
    ak_buf_putc(out, '\n');
    ak_buf_release(&text);
}

static void causes(struct ak_buf *out, const struct ak_compare_row *r, unsigned most)
{
    if (most == 0 || (r->cause_count == 0 && !*r->cause_note)) {
        return;
    }
    ak_buf_puts(out, "- ");
    ak_sanitize_markdown(out, ak_str_from(r->benchmark));
    ak_buf_puts(out, ", ");
    ak_sanitize_markdown(out, ak_str_from(r->unit));
    ak_buf_puts(out, ":");
    if (r->cause_count == 0) { /* why no function is named */
        ak_buf_putc(out, ' ');
        ak_sanitize_markdown(out, ak_str_from(r->cause_note));
        ak_buf_putc(out, '\n');
        return;
    }
    for (size_t i = 0; i < r->cause_count && i < most; i++) {
        const struct ak_cause *k = &r->causes[i];
        ak_buf_puts(out, i ? ", " : " ");
        reporter_cause_value(out, (double)(k->flat_after - k->flat_before), r);
        ak_buf_puts(out, " in ");
        ak_sanitize_markdown_code(out, ak_str_from(k->function));
        ak_buf_printf(out, " (%lld → %lld samples)", (long long)k->samples_before,
                      (long long)k->samples_after);
    }
    ak_buf_puts(out, "; ");
    reporter_cause_value(out, reporter_unexplained(r, most), r);
    ak_buf_puts(out, " elsewhere");
    if (*r->cause_note) {
        ak_buf_puts(out, " (");
        ak_sanitize_markdown(out, ak_str_from(r->cause_note));
        ak_buf_puts(out, ")");
    }
    ak_buf_putc(out, '\n');
}

static void notes(const struct ak_comparison *c, struct ak_buf *out)
{
    for (size_t i = 0; i < c->environment_difference_count; i++) {
        ak_buf_puts(out, "- environment differs: ");
        ak_sanitize_markdown(out, ak_str_from(c->environment_differences[i].key));
        ak_buf_puts(out, ": ");
        ak_sanitize_markdown(out, ak_str_from(c->environment_differences[i].value));
        ak_buf_putc(out, '\n');
    }
    for (size_t i = 0; i < c->warning_count; i++) {
        ak_buf_puts(out, "- warning: ");
        ak_sanitize_markdown(out, ak_str_from(c->warnings[i]));
        ak_buf_putc(out, '\n');
    }
}

void ak_compare_markdown(const struct ak_comparison *c, const struct ak_compare_text_opts *o,
                         struct ak_buf *out)
{
    struct ak_buf names = AK_BUF_INIT;
    reporter_run_name(&names, c->before);
    ak_buf_puts(&names, " → ");
    reporter_run_name(&names, c->after);
    ak_buf_puts(out, "**");
    ak_compare_headline(c, out);
    ak_buf_puts(out, "** (");
    ak_sanitize_markdown(out, ak_buf_view(&names));
    const bool between = reporter_any_between(c);
    ak_buf_printf(out,
                  ")\n\n| | benchmark | unit | before | after | change, interval | p |%s\n"
                  "|:--|:--|:--|--:|--:|--:|--:|%s\n",
                  between ? " run to run |" : "", between ? "--:|" : "");
    ak_buf_release(&names);
    for (size_t i = 0; i < c->row_count; i++) {
        if (c->rows[i].verdict != AK_VERDICT_SAME || o->all) {
            row(out, &c->rows[i], between);
        }
    }
    ak_buf_putc(out, '\n');
    for (size_t i = 0; i < c->row_count; i++) {
        if (reporter_explained_first(c, i) == i) {
            causes(out, &c->rows[i], o->causes);
        }
    }
    for (size_t i = 0; i < c->geomean_count; i++) {
        ak_buf_puts(out, "- geomean of ");
        ak_sanitize_markdown(out, ak_str_from(c->geomeans[i].unit));
        ak_buf_puts(out, ": ");
        reporter_change(out, c->geomeans[i].ratio);
        ak_buf_printf(out, " over %zu pairs\n", c->geomeans[i].pairs);
    }
    notes(c, out);
    if (*c->variance) {
        ak_buf_puts(out, "- ");
        ak_sanitize_markdown(out, ak_str_from(c->variance));
        ak_buf_putc(out, '\n');
    }
    ak_buf_printf(out,
                  "\nMargin ±%.3g%%, %.0f%% intervals, p of Mann-Whitney after Holm; %zu %s "
                  "the same.\n",
                  c->margin * 100, c->confidence * 100, c->counts[AK_VERDICT_SAME],
                  c->counts[AK_VERDICT_SAME] == 1 ? "row is" : "rows are");
}
