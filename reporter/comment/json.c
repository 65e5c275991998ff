#include "base/json.h"

#include "headline.h"
#include "reporter/comment.h"
#include "words.h"

static void put_run(struct ak_json *j, const char *key, const struct ak_run *run)
{
    ak_json_key(j, key);
    if (!run) {
        ak_json_null(j);
        return;
    }
    ak_json_object(j);
    ak_json_ki64(j, "id", run->id);
    ak_json_kstr(j, "label", run->label);
    ak_json_kstr(j, "commit", run->commit);
    ak_json_kbool(j, "dirty", run->dirty);
    ak_json_end(j);
}

static void put_summary(struct ak_json *j, const char *key, const struct ak_summary *s)
{
    ak_json_key(j, key);
    ak_json_object(j);
    ak_json_ki64(j, "n", (int64_t)s->n);
    ak_json_kf64(j, "median", reporter_median(s));
    ak_json_kf64(j, "lo", s->lo);
    ak_json_kf64(j, "hi", s->hi);
    ak_json_end(j);
}

static void put_cause(struct ak_json *j, const struct ak_cause *c)
{
    ak_json_object(j);
    ak_json_kstr(j, "function", c->function);
    ak_json_kstr(j, "file", c->file);
    ak_json_ki64(j, "line", c->line);
    ak_json_kstr(j, "profile", c->profile);
    ak_json_kstr(j, "type", c->value_type);
    ak_json_kstr(j, "unit", c->value_unit);
    ak_json_ki64(j, "flat_before", c->flat_before);
    ak_json_ki64(j, "flat_after", c->flat_after);
    ak_json_ki64(j, "cum_before", c->cum_before);
    ak_json_ki64(j, "cum_after", c->cum_after);
    ak_json_ki64(j, "samples_before", c->samples_before);
    ak_json_ki64(j, "samples_after", c->samples_after);
    ak_json_kf64(j, "error", c->error);
    ak_json_end(j);
}

static void put_row(struct ak_json *j, const struct ak_compare_row *r)
{
    ak_json_object(j);
    ak_json_kstr(j, "benchmark", r->benchmark);
    ak_json_kstr(j, "package", r->package);
    ak_json_kstr(j, "unit", r->unit);
    ak_json_kstr(j, "verdict", ak_verdict_text(r->verdict));
    put_summary(j, "before", &r->before);
    put_summary(j, "after", &r->after);
    ak_json_kf64(j, "ratio", r->ratio);
    ak_json_kf64(j, "ratio_lo", r->ratio_lo);
    ak_json_kf64(j, "ratio_hi", r->ratio_hi);
    ak_json_kf64(j, "p", r->p);
    ak_json_kf64(j, "p_adjusted", r->p_adjusted);
    ak_json_kf64(j, "between_runs_sd", r->between);
    ak_json_ki64(j, "between_runs", (int64_t)r->between_runs);
    ak_json_kf64(j, "limit", r->limit);
    ak_json_kf64(j, "detectable", r->detectable);
    ak_json_ki64(j, "need_more", (int64_t)r->need_more);
    ak_json_kstr(j, "reason", r->reason);
    ak_json_key(j, "causes");
    ak_json_array(j);
    for (size_t i = 0; i < r->cause_count; i++) {
        put_cause(j, &r->causes[i]);
    }
    ak_json_end(j);
    ak_json_kf64(j, "cause_scale", r->cause_scale);
    ak_json_kf64(j, "unexplained", r->cause_unexplained);
    ak_json_kstr(j, "cause_note", r->cause_note);
    ak_json_end(j);
}

static void put_judgement(struct ak_json *j, const struct ak_judgement *q)
{
    ak_json_object(j);
    ak_json_kstr(j, "criterion", q->criterion);
    ak_json_kstr(j, "benchmark", q->benchmark);
    ak_json_kstr(j, "unit", q->unit);
    ak_json_kstr(j, "outcome", ak_outcome_text(q->outcome));
    ak_json_kstr(j, "statistic", q->statistic);
    ak_json_kstr(j, "limit", q->limit_text);
    ak_json_kf64(j, "value", q->value);
    if (q->is_trend) {
        ak_json_kstr(j, "growth", ak_growth_text(q->trend.growth));
        ak_json_kf64(j, "slope", q->trend.slope);
        ak_json_kf64(j, "slope_lo", q->trend.slope_lo);
        ak_json_kf64(j, "slope_hi", q->trend.slope_hi);
        ak_json_kf64(j, "p", q->trend.p);
        ak_json_kstr(j, "per", q->trend.per);
    }
    ak_json_kstr(j, "sentence", q->sentence);
    ak_json_end(j);
}

static void put_texts(struct ak_json *j, const char *key, const char *const *texts, size_t n)
{
    ak_json_key(j, key);
    ak_json_array(j);
    for (size_t i = 0; i < n; i++) {
        ak_json_cstr(j, texts[i]);
    }
    ak_json_end(j);
}

static void put_comparison(struct ak_json *j, const struct ak_comparison *cmp)
{
    put_run(j, "before", cmp->before);
    put_run(j, "after", cmp->after);
    ak_json_key(j, "counts");
    ak_json_object(j);
    for (int v = 0; v < AK_VERDICT_COUNT; v++) {
        ak_json_ki64(j, ak_verdict_text((enum ak_verdict)v), (int64_t)cmp->counts[v]);
    }
    ak_json_end(j);
    ak_json_key(j, "rows");
    ak_json_array(j);
    for (size_t i = 0; i < cmp->row_count; i++) {
        put_row(j, &cmp->rows[i]);
    }
    ak_json_end(j);
    ak_json_kstr(j, "variance", cmp->variance ? cmp->variance : "");
    put_texts(j, "warnings", cmp->warnings, cmp->warning_count);
}

static void put_finding_rows(struct ak_json *j, const char *key,
                             const struct ak_lint_row *const *rows, size_t count)
{
    ak_json_key(j, key);
    ak_json_array(j);
    for (size_t i = 0; i < count; i++) {
        ak_json_object(j);
        ak_json_kstr(j, "key", rows[i]->key);
        ak_json_kstr(j, "rule", rows[i]->rule);
        ak_json_kstr(j, "level", rows[i]->level);
        ak_json_kstr(j, "file", rows[i]->file);
        ak_json_ki64(j, "line", rows[i]->line);
        ak_json_kstr(j, "function", rows[i]->function);
        ak_json_kstr(j, "message", rows[i]->message);
        ak_json_kf64(j, "share", rows[i]->share);
        ak_json_end(j);
    }
    ak_json_end(j);
}

static void put_findings(struct ak_json *j, const struct ak_lint_changes *f)
{
    ak_json_key(j, "findings");
    ak_json_object(j);
    ak_json_kbool(j, "compared", f->is_compared);
    put_finding_rows(j, "new", f->added, f->added_count);
    put_finding_rows(j, "open", f->open, f->open_count);
    ak_json_ki64(j, "gone", (int64_t)f->gone_count);
    ak_json_end(j);
}

void ak_comment_json(const struct ak_comment *c, struct ak_buf *out)
{
    struct ak_arena *a = ak_arena_new();
    struct ak_json j;
    const struct headline h = reporter_headline(a, c->cmp, c->check, NULL);
    ak_json_init(&j, out, 1);
    ak_json_object(&j);
    ak_json_kstr(&j, "id", c->id ? c->id : "default");
    ak_json_kstr(&j, "verdict", h.word);
    ak_json_key(&j, "headline");
    ak_json_str(&j, h.text);
    ak_json_kbool(&j, "alert", h.tone == HEADLINE_BAD);
    ak_json_kstr(&j, "base_note", c->base_note ? c->base_note : "");
    if (c->cmp) {
        put_comparison(&j, c->cmp);
    }
    if (c->check) {
        ak_json_kstr(&j, "criteria", c->check->criteria_name);
        ak_json_key(&j, "judgements");
        ak_json_array(&j);
        for (size_t i = 0; i < c->check->row_count; i++) {
            put_judgement(&j, &c->check->rows[i]);
        }
        ak_json_end(&j);
    }
    if (c->findings) {
        put_findings(&j, c->findings);
    }
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
    ak_arena_free(a);
}
