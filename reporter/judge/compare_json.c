/* A comparison as JSON: the whole model, for other programs. */
#include "base/json.h"
#include "reporter/compare.h"

static void run_json(struct ak_json *j, const char *key, const struct ak_run *run)
{
    ak_json_key(j, key);
    ak_json_object(j);
    ak_json_kstr(j, "label", run->label);
    ak_json_ki64(j, "run", run->id);
    ak_json_kstr(j, "commit", run->commit);
    ak_json_kbool(j, "dirty", run->dirty);
    ak_json_end(j);
}

static void summary_json(struct ak_json *j, const char *key, const struct ak_summary *s)
{
    ak_json_key(j, key);
    if (s->n == 0) {
        ak_json_null(j);
        return;
    }
    ak_json_object(j);
    ak_json_ki64(j, "n", (int64_t)s->n);
    ak_json_kf64(j, "median", s->median);
    ak_json_kf64(j, "lo", s->lo);
    ak_json_kf64(j, "hi", s->hi);
    ak_json_kf64(j, "min", s->min);
    ak_json_kf64(j, "max", s->max);
    ak_json_end(j);
}

static void cause_json(struct ak_json *j, const struct ak_cause *k)
{
    ak_json_object(j);
    ak_json_kstr(j, "function", k->function);
    ak_json_kstr(j, "file", k->file);
    ak_json_ki64(j, "line", k->line);
    ak_json_kstr(j, "profile", k->profile);
    ak_json_kstr(j, "type", k->value_type);
    ak_json_kstr(j, "unit", k->value_unit);
    ak_json_ki64(j, "flat_before", k->flat_before);
    ak_json_ki64(j, "flat_after", k->flat_after);
    ak_json_ki64(j, "cum_before", k->cum_before);
    ak_json_ki64(j, "cum_after", k->cum_after);
    ak_json_ki64(j, "samples_before", k->samples_before);
    ak_json_ki64(j, "samples_after", k->samples_after);
    ak_json_kf64(j, "error", k->error);
    ak_json_end(j);
}

static void row_json(struct ak_json *j, const struct ak_compare_row *r)
{
    ak_json_object(j);
    ak_json_kstr(j, "benchmark", r->benchmark);
    ak_json_kstr(j, "package", r->package);
    ak_json_kstr(j, "unit", r->unit);
    ak_json_kstr(j, "better", r->better == AK_HIGHER_IS_BETTER ? "higher" : "lower");
    ak_json_kstr(j, "verdict", ak_verdict_text(r->verdict));
    ak_json_kstr(j, "reason", r->reason);
    summary_json(j, "before", &r->before);
    summary_json(j, "after", &r->after);
    ak_json_kf64(j, "ratio", r->ratio);
    ak_json_kf64(j, "ratio_lo", r->ratio_lo);
    ak_json_kf64(j, "ratio_hi", r->ratio_hi);
    ak_json_kf64(j, "p", r->p);
    ak_json_kf64(j, "p_adjusted", r->p_adjusted);
    ak_json_kf64(j, "between_runs_sd", r->between);
    ak_json_ki64(j, "between_runs", (int64_t)r->between_runs);
    ak_json_ki64(j, "need_more", (int64_t)r->need_more);
    ak_json_kf64(j, "detectable", r->detectable);
    ak_json_key(j, "causes");
    ak_json_array(j);
    for (size_t i = 0; i < r->cause_count; i++) {
        cause_json(j, &r->causes[i]);
    }
    ak_json_end(j);
    if (r->cause_count > 0) {
        ak_json_kf64(j, "cause_scale", r->cause_scale);
        ak_json_kf64(j, "unexplained", r->cause_unexplained);
    }
    ak_json_kstr(j, "cause_note", r->cause_note);
    ak_json_end(j);
}

static void warnings_json(struct ak_json *j, const char *const *warnings, size_t count)
{
    ak_json_key(j, "warnings");
    ak_json_array(j);
    for (size_t i = 0; i < count; i++) {
        ak_json_cstr(j, warnings[i]);
    }
    ak_json_end(j);
}

static void around_json(struct ak_json *j, const struct ak_comparison *c)
{
    ak_json_key(j, "geomeans");
    ak_json_array(j);
    for (size_t i = 0; i < c->geomean_count; i++) {
        const struct ak_geomean *g = &c->geomeans[i];
        ak_json_object(j);
        ak_json_kstr(j, "unit", g->unit);
        ak_json_kf64(j, "before", g->before);
        ak_json_kf64(j, "after", g->after);
        ak_json_kf64(j, "ratio", g->ratio);
        ak_json_ki64(j, "pairs", (int64_t)g->pairs);
        ak_json_end(j);
    }
    ak_json_end(j);
    ak_json_key(j, "environment_differences");
    ak_json_object(j);
    for (size_t i = 0; i < c->environment_difference_count; i++) {
        ak_json_kstr(j, c->environment_differences[i].key, c->environment_differences[i].value);
    }
    ak_json_end(j);
    warnings_json(j, c->warnings, c->warning_count);
}

static void comparison_json(struct ak_json *j, const struct ak_comparison *c)
{
    struct ak_buf head = AK_BUF_INIT;
    ak_compare_headline(c, &head);
    ak_json_object(j);
    ak_json_kstr(j, "headline", ak_buf_view(&head).ptr);
    run_json(j, "before", c->before);
    run_json(j, "after", c->after);
    ak_json_kf64(j, "margin", c->margin);
    ak_json_kf64(j, "alpha", c->alpha);
    ak_json_kf64(j, "confidence", c->confidence);
    ak_json_kstr(j, "variance", c->variance);
    ak_json_key(j, "counts");
    ak_json_object(j);
    for (size_t v = 0; v < AK_VERDICT_COUNT; v++) {
        ak_json_ki64(j, ak_verdict_text((enum ak_verdict)v), (int64_t)c->counts[v]);
    }
    ak_json_end(j);
    ak_json_key(j, "rows");
    ak_json_array(j);
    for (size_t i = 0; i < c->row_count; i++) {
        row_json(j, &c->rows[i]);
    }
    ak_json_end(j);
    around_json(j, c);
    ak_json_end(j);
    ak_buf_release(&head);
}

void ak_compare_json(const struct ak_comparison *c, struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 1);
    comparison_json(&j, c);
    ak_buf_putc(out, '\n');
}

/* The members "base" and "comparisons"; a set without a pair has no base. */
static void set_members(struct ak_json *j, const struct ak_comparison_set *set)
{
    if (set->pair_count > 0) {
        run_json(j, "base", set->pairs[0].before);
    }
    ak_json_key(j, "comparisons");
    ak_json_array(j);
    for (size_t k = 0; k < set->pair_count; k++) {
        comparison_json(j, &set->pairs[k]);
    }
    ak_json_end(j);
}

void ak_compare_set_json(const struct ak_comparison_set *set, struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 1);
    ak_json_object(&j);
    set_members(&j, set);
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
}

static void table_json(struct ak_json *j, const struct ak_comparison_table *t)
{
    ak_json_object(j);
    ak_json_key(j, "table");
    ak_json_object(j);
    for (size_t i = 0; i < t->key_count; i++) {
        ak_json_kstr(j, t->key[i].key, t->key[i].value);
    }
    ak_json_end(j);
    if (t->only) {
        ak_json_kstr(j, "only", t->only);
    }
    warnings_json(j, t->warnings, t->warning_count);
    set_members(j, &t->set);
    ak_json_end(j);
}

void ak_compare_tables_json(const struct ak_comparison_tables *tables, struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 1);
    ak_json_object(&j);
    ak_json_key(&j, "tables");
    ak_json_array(&j);
    for (size_t i = 0; i < tables->count; i++) {
        table_json(&j, &tables->tables[i]);
    }
    ak_json_end(&j);
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
}
