#include "judge.h"

#include "words.h"

#include <math.h>

const char *reporter_verdict_mark(enum ak_verdict v)
{
    static const char *const marks[AK_VERDICT_COUNT] = {"✓", "✗", "=", "?", "-"};
    return marks[v];
}

const char *reporter_verdict_color(enum ak_verdict v)
{
    static const char *const colors[AK_VERDICT_COUNT] = {"\033[34m", "\033[1;33m", "", "\033[35m",
                                                         ""};
    return colors[v];
}

const char *reporter_outcome_mark(enum ak_outcome o)
{
    static const char *const marks[AK_OUTCOME_COUNT] = {"✓", "✗", "?"};
    return marks[o];
}

const char *reporter_outcome_color(enum ak_outcome o)
{
    static const char *const colors[AK_OUTCOME_COUNT] = {"\033[34m", "\033[1;33m", "\033[35m"};
    return colors[o];
}

void reporter_value(struct ak_buf *out, double value, const char *unit)
{
    const struct ak_str u = ak_str_from(unit);
    const ptrdiff_t slash = ak_str_chr(u, '/');
    const struct ak_str numerator = ak_str_slice(u, 0, slash < 0 ? u.len : (size_t)slash);
    if (ak_str_ends(numerator, AK_STR("MB")) && !ak_str_ends(u, AK_STR("/s"))) {
        ak_buf_printf(out, "%.4gMB", value);
    } else {
        ak_value_format(out, value, u);
    }
}

void reporter_change(struct ak_buf *out, double ratio)
{
    ak_ratio_format(out, ratio);
}

static void change_bound(struct ak_buf *out, double ratio)
{
    if (isinf(ratio)) {
        ak_buf_puts(out, "+∞");
    } else if (ratio <= 0) {
        ak_buf_puts(out, "-100%");
    } else {
        reporter_change(out, ratio);
    }
}

void reporter_change_interval(struct ak_buf *out, double lo, double hi)
{
    if (isnan(lo) || isnan(hi)) {
        return;
    }
    ak_buf_putc(out, '[');
    change_bound(out, lo);
    ak_buf_puts(out, ", ");
    change_bound(out, hi);
    ak_buf_putc(out, ']');
}

void reporter_detectable(struct ak_buf *out, double change)
{
    if (change > 9) {
        ak_buf_puts(out, "more than 10 times");
    } else if (change > 2) {
        ak_buf_printf(out, "%.1f times", ceil(10 * (1 + change)) / 10);
    } else {
        ak_buf_printf(out, "%.0f%%", ceil(100 * change));
    }
}

void reporter_p(struct ak_buf *out, double p)
{
    if (isnan(p)) {
        return;
    }
    if (p < 0.001) {
        ak_buf_puts(out, "<0.001");
    } else {
        ak_buf_printf(out, "%.3f", p);
    }
}

void reporter_spread(struct ak_buf *out, const struct ak_summary *s)
{
    if (s->n < 2) {
        return;
    }
    if (!isfinite(s->lo) || !isfinite(s->hi)) {
        ak_buf_puts(out, "±∞");
        return;
    }
    const double half = fmax(s->hi - s->median, s->median - s->lo);
    if (s->median > 0) {
        ak_buf_printf(out, "±%.0f%%", 100 * half / s->median);
    }
}

void reporter_between(struct ak_buf *out, const struct ak_compare_row *r)
{
    if (r->between_runs > 0) {
        const double part = expm1(r->between);
        ak_buf_printf(out, "±%.*f%% of %zu", part < 0.1, 100 * part, r->between_runs);
    }
}

bool reporter_any_between(const struct ak_comparison *c)
{
    for (size_t i = 0; i < c->row_count; i++) {
        if (c->rows[i].between_runs > 0) {
            return true;
        }
    }
    return false;
}

void reporter_run_name(struct ak_buf *out, const struct ak_run *run)
{
    ak_buf_puts(out, run->label && *run->label ? run->label : "unnamed");
    if (run->id > 0) {
        ak_buf_printf(out, " (run %lld)", (long long)run->id);
    }
}

void reporter_cause_value(struct ak_buf *out, double value, const struct ak_compare_row *r)
{
    struct ak_arena *a = ak_arena_new();
    ak_buf_puts(out, reporter_text_amount(a, value, r));
    ak_arena_free(a);
}

double reporter_unexplained(const struct ak_compare_row *r, unsigned shown)
{
    double rest = r->cause_unexplained;
    for (size_t i = shown; i < r->cause_count; i++) {
        rest += (double)(r->causes[i].flat_after - r->causes[i].flat_before);
    }
    return rest;
}

size_t reporter_explained_first(const struct ak_comparison *c, size_t row)
{
    for (size_t i = 0; i < row; i++) {
        if (c->rows[i].cause_count > 0 && c->rows[i].causes == c->rows[row].causes) {
            return i;
        }
    }
    return row;
}

size_t reporter_explanation_number(const struct ak_comparison *c, size_t row)
{
    const size_t first = reporter_explained_first(c, row);
    size_t number = 0;
    for (size_t i = 0; i <= first; i++) {
        number += c->rows[i].cause_count > 0 && reporter_explained_first(c, i) == i;
    }
    return number;
}
