/* A check as JSON, Markdown and JUnit. */
#include "base/json.h"
#include "base/sanitize.h"
#include "judge.h"
#include "reporter/check.h"

static void trend_json(struct ak_json *j, const struct ak_trend *t)
{
    ak_json_key(j, "trend");
    ak_json_object(j);
    ak_json_kstr(j, "growth", ak_growth_text(t->growth));
    ak_json_ki64(j, "n", (int64_t)t->n);
    ak_json_kf64(j, "slope", t->slope);
    ak_json_kf64(j, "slope_lo", t->slope_lo);
    ak_json_kf64(j, "slope_hi", t->slope_hi);
    ak_json_kstr(j, "per", t->per);
    ak_json_kf64(j, "p", t->p);
    ak_json_kf64(j, "relative", t->relative);
    ak_json_ki64(j, "used_from", (int64_t)t->used_from);
    if (t->growth == AK_GROWTH_STEP) {
        ak_json_ki64(j, "step_at", (int64_t)t->step_at);
    }
    ak_json_kstr(j, "reason", t->reason);
    ak_json_end(j);
}

static void row_json(struct ak_json *j, const struct ak_judgement *r)
{
    ak_json_object(j);
    ak_json_kstr(j, "criterion", r->criterion);
    ak_json_kstr(j, "benchmark", r->benchmark);
    ak_json_kstr(j, "package", r->package);
    ak_json_kstr(j, "unit", r->unit);
    ak_json_kstr(j, "outcome", ak_outcome_text(r->outcome));
    ak_json_kstr(j, "statistic", r->statistic);
    ak_json_kstr(j, "limit_text", r->limit_text);
    ak_json_kf64(j, "value", r->value);
    ak_json_kf64(j, "limit", r->limit);
    ak_json_ki64(j, "n", (int64_t)r->summary.n);
    ak_json_kf64(j, "min", r->summary.n ? r->summary.min : r->value);
    ak_json_kf64(j, "max", r->summary.n ? r->summary.max : r->value);
    ak_json_kstr(j, "sentence", r->sentence);
    if (r->is_trend) {
        trend_json(j, &r->trend);
    }
    ak_json_key(j, "evidence");
    ak_json_array(j);
    for (size_t i = 0; i < r->evidence_count; i++) {
        ak_json_cstr(j, r->evidence[i]);
    }
    ak_json_end(j);
    ak_json_end(j);
}

void ak_check_json(const struct ak_check *c, struct ak_buf *out)
{
    struct ak_json j;
    struct ak_buf head = AK_BUF_INIT;
    ak_check_headline(c, &head);
    ak_json_init(&j, out, 1);
    ak_json_object(&j);
    ak_json_kstr(&j, "headline", ak_buf_view(&head).ptr);
    ak_json_kstr(&j, "label", c->run->label);
    ak_json_ki64(&j, "run", c->run->id);
    ak_json_kstr(&j, "criteria", c->criteria_name);
    ak_json_key(&j, "counts");
    ak_json_object(&j);
    for (size_t o = 0; o < AK_OUTCOME_COUNT; o++) {
        ak_json_ki64(&j, ak_outcome_text((enum ak_outcome)o), (int64_t)c->counts[o]);
    }
    ak_json_end(&j);
    ak_json_key(&j, "rows");
    ak_json_array(&j);
    for (size_t i = 0; i < c->row_count; i++) {
        row_json(&j, &c->rows[i]);
    }
    ak_json_end(&j);
    ak_json_key(&j, "warnings");
    ak_json_array(&j);
    for (size_t i = 0; i < c->warning_count; i++) {
        ak_json_cstr(&j, c->warnings[i]);
    }
    ak_json_end(&j);
    ak_json_kstr(&j, "advice", c->advice ? c->advice : "");
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
    ak_buf_release(&head);
}

static void text_cell(struct ak_buf *out, const char *text)
{
    ak_buf_putc(out, ' ');
    ak_sanitize_markdown(out, ak_str_from(text));
    ak_buf_puts(out, " |");
}

void ak_check_markdown(const struct ak_check *c, struct ak_buf *out)
{
    ak_buf_puts(out, "**");
    ak_check_headline(c, out);
    ak_buf_puts(out, "**\n\n| | criterion | benchmark | unit | limit | measured |\n"
                     "|:--|:--|:--|:--|:--|:--|\n");
    for (size_t i = 0; i < c->row_count; i++) {
        const struct ak_judgement *r = &c->rows[i];
        ak_buf_printf(out, "| %s %s |", reporter_outcome_mark(r->outcome),
                      ak_outcome_text(r->outcome));
        text_cell(out, r->criterion);
        text_cell(out, r->benchmark);
        text_cell(out, r->unit);
        text_cell(out, r->limit_text);
        text_cell(out, r->sentence);
        ak_buf_putc(out, '\n');
    }
    for (size_t i = 0; i < c->warning_count; i++) {
        ak_buf_puts(out, i == 0 ? "\n- warning: " : "- warning: ");
        ak_sanitize_markdown(out, ak_str_from(c->warnings[i]));
        ak_buf_putc(out, '\n');
    }
    if (c->advice && *c->advice) {
        ak_buf_putc(out, '\n');
        ak_sanitize_markdown(out, ak_str_from(c->advice));
        ak_buf_putc(out, '\n');
    }
}
