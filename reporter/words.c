#include "words.h"

#include "judge/judge.h"

#include <math.h>

static const char *text_take(struct ak_arena *a, struct ak_buf *b)
{
    const char *text = ak_arena_strndup(a, b->ptr ? b->ptr : "", b->len);
    ak_buf_release(b);
    return text;
}

const char *reporter_text_value(struct ak_arena *a, double value, const char *unit)
{
    struct ak_buf b = AK_BUF_INIT;
    ak_value_format(&b, value, ak_str_from(unit));
    return text_take(a, &b);
}

const char *reporter_text_change(struct ak_arena *a, double ratio)
{
    struct ak_buf b = AK_BUF_INIT;
    if (isfinite(ratio) && ratio >= 1e4) {
        ak_buf_printf(&b, "×%.0e", ratio);
    } else if (ratio > 0 && ratio < 1e-3) {
        ak_buf_printf(&b, "÷%.0e", 1 / ratio);
    } else {
        ak_ratio_format(&b, ratio);
    }
    return text_take(a, &b);
}

const char *reporter_text_p(struct ak_arena *a, double p_value)
{
    if (!(p_value >= 0 && p_value <= 1)) {
        return "";
    }
    return p_value < 0.001 ? "p<0.001" : ak_arena_printf(a, "p=%.3f", p_value);
}

const char *reporter_text_between(struct ak_arena *a, const struct ak_compare_row *row)
{
    struct ak_buf text = AK_BUF_INIT;
    reporter_between(&text, row);
    return text_take(a, &text);
}

const char *reporter_text_count(struct ak_arena *a, size_t n, const char *one, const char *many)
{
    return ak_arena_printf(a, "%zu %s", n, n == 1 ? one : many);
}

const char *reporter_text_counts(struct ak_arena *a, const size_t counts[AK_VERDICT_COUNT])
{
    static const enum ak_verdict order[] = {AK_VERDICT_WORSE, AK_VERDICT_BETTER, AK_VERDICT_SAME,
                                            AK_VERDICT_UNSURE, AK_VERDICT_INCOMPARABLE};
    struct ak_buf b = AK_BUF_INIT;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (counts[order[i]] > 0) {
            ak_buf_printf(&b, "%s%zu %s", b.len > 0 ? ", " : "", counts[order[i]],
                          ak_verdict_text(order[i]));
        }
    }
    return b.len > 0 ? text_take(a, &b) : "nothing";
}

const char *reporter_text_run(struct ak_arena *a, const struct ak_run *run, const char *otherwise)
{
    if (run && run->label && run->label[0]) {
        return run->label;
    }
    return run && run->id > 0 ? ak_arena_printf(a, "run %lld", (long long)run->id) : otherwise;
}

const char *reporter_text_run_beside(struct ak_arena *a, const struct ak_run *run,
                                     const struct ak_run *other, const char *otherwise)
{
    const char *name = reporter_text_run(a, run, otherwise);
    const bool alike = run && other && run->id > 0 && run->id != other->id && run->label &&
                       run->label[0] && strcmp(name, reporter_text_run(a, other, otherwise)) == 0;
    return alike ? ak_arena_printf(a, "%s (run %lld)", name, (long long)run->id) : name;
}

const char *reporter_text_commit(struct ak_arena *a, const struct ak_run *run)
{
    if (!run || !run->commit || !run->commit[0]) {
        return "";
    }
    const struct ak_str commit = ak_str_from(run->commit);
    return ak_arena_printf(a, "%.*s%s", (int)ak_utf8_cut(commit, 10), commit.ptr,
                           run->dirty ? "+" : "");
}

double reporter_median(const struct ak_summary *s)
{
    return s->n > 0 ? s->median : (double)NAN;
}

/* Another unit's own name has a column of its own: only its scale stands beside the number. */
static const char *side(struct ak_arena *a, double value, const struct ak_scale *scale)
{
    const double shown = fabs(value / scale->divide);
    if (isnan(value)) {
        return "–";
    }
    if (isfinite(shown) && value != 0 && (shown >= 1e5 || shown < 1e-3)) {
        return ak_arena_printf(a, "%.3g%s", value / scale->divide, scale->suffix);
    }
    struct ak_buf b = AK_BUF_INIT;
    ak_scale_format(&b, value, scale);
    return text_take(a, &b);
}

struct text_pair reporter_text_pair(struct ak_arena *a, double before, double after,
                                    const char *unit)
{
    const double larger = isnan(before) || fabs(after) > fabs(before) ? after : before;
    struct ak_scale scale = ak_scale_for(larger, ak_str_from(unit));
    if (scale.class == AK_UNIT_OTHER) {
        scale.suffix[strcspn(scale.suffix, " ")] = '\0';
    }
    return (struct text_pair){side(a, before, &scale), side(a, after, &scale)};
}

const char *reporter_text_interval(struct ak_arena *a, double lo, double hi)
{
    if (isnan(lo) || isnan(hi)) {
        return "";
    }
    return ak_arena_printf(a, "[%s, %s]", reporter_text_change(a, lo), reporter_text_change(a, hi));
}

const char *reporter_text_slope(struct ak_arena *a, const struct ak_judgement *j)
{
    const struct ak_trend *t = &j->trend;
    if (!j->is_trend || !isfinite(t->slope)) {
        return "";
    }
    return ak_arena_printf(a, "%s%s per %s", t->slope > 0 ? "+" : "",
                           reporter_text_value(a, t->slope, j->unit),
                           t->per && t->per[0] ? t->per : "repetition");
}

const char *reporter_text_finding(struct ak_arena *a, const struct ak_judgement *j)
{
    if (j->is_trend) {
        const char *slope = reporter_text_slope(a, j);
        return ak_arena_printf(a, "%s%s%s", ak_growth_text(j->trend.growth), slope[0] ? ": " : "",
                               slope);
    }
    const char *value = isnan(j->value) ? "–" : reporter_text_value(a, j->value, j->unit);
    return ak_arena_printf(a, "%s, limit %s", value, j->limit_text);
}

const char *reporter_text_amount(struct ak_arena *a, double value, const struct ak_compare_row *row)
{
    if (isfinite(row->cause_scale)) {
        const double in_row = value * row->cause_scale;
        return ak_arena_printf(a, "%s%s", in_row > 0 ? "+" : "",
                               reporter_text_value(a, in_row, row->unit));
    }
    const char *unit = row->cause_count > 0 ? row->causes[0].value_unit : "";
    const char *known = strcmp(unit, "nanoseconds") == 0    ? "ns"
                        : strcmp(unit, "microseconds") == 0 ? "us"
                        : strcmp(unit, "milliseconds") == 0 ? "ms"
                        : strcmp(unit, "seconds") == 0      ? "s"
                        : strcmp(unit, "count") == 0        ? "objects"
                                                            : unit;
    return ak_arena_printf(a, "%s%s", value > 0 ? "+" : "", reporter_text_value(a, value, known));
}

double reporter_cause_delta(const struct ak_cause *cause)
{
    return (double)cause->flat_after - (double)cause->flat_before;
}

const char *reporter_text_error(struct ak_arena *a, const struct ak_cause *cause,
                                const struct ak_compare_row *row)
{
    const char *text =
        isfinite(cause->error) ? reporter_text_amount(a, fabs(cause->error), row) : "?";
    return ak_arena_printf(a, "±%s", text[0] == '+' ? text + 1 : text);
}

const char *reporter_text_function(const char *function)
{
    /* Paths end before the first bracket: type arguments may hold paths too. */
    const size_t end = strcspn(function, "([{<");
    size_t from = 0;
    for (size_t i = 0; i < end; i++) {
        from = function[i] == '/' ? i + 1 : from;
    }
    return function + from;
}

bool reporter_causes_shown(const struct ak_comparison *cmp, size_t i, enum ak_verdict verdict)
{
    for (size_t k = 0; k < i; k++) {
        const struct ak_compare_row *r = &cmp->rows[k];
        if (r->causes == cmp->rows[i].causes && r->cause_count > 0 &&
            (verdict == AK_VERDICT_COUNT || r->verdict == verdict)) {
            return true;
        }
    }
    return false;
}
