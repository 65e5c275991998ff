#include "verdict_fields.h"

#include <math.h>

/* Each record begins with the version of its layout: `newest` when written, older ones are read
 * too. Returns that of this record. */
static uint64_t layout(struct store_fields *f, uint64_t newest)
{
    uint64_t version = newest;
    store_field_u64(f, &version);
    f->in.bad = f->in.bad || version < 1 || version > newest;
    return version;
}

static void texts(struct store_fields *f, const char ***items, size_t *count)
{
    *items = store_field_list(f, *items, count, sizeof **items);
    for (size_t i = 0; i < *count; i++) {
        store_field_text(f, &(*items)[i]);
    }
}

static void pairs(struct store_fields *f, struct ak_kv **items, size_t *count)
{
    *items = store_field_list(f, *items, count, sizeof **items);
    for (size_t i = 0; i < *count; i++) {
        store_field_text(f, &(*items)[i].key);
        store_field_text(f, &(*items)[i].value);
    }
}

static void summary(struct store_fields *f, struct ak_summary *s)
{
    size_t n = s->values ? s->n : 0;
    store_field_size(f, &s->n);
    store_field_f64(f, &s->median);
    store_field_f64(f, &s->lo);
    store_field_f64(f, &s->hi);
    store_field_f64(f, &s->min);
    store_field_f64(f, &s->max);
    if (f->reading) {
        double *const values = store_field_list(f, NULL, &n, sizeof *values);
        for (size_t i = 0; i < n; i++) {
            store_field_f64(f, &values[i]);
        }
        s->values = n ? values : NULL;
        return;
    }
    store_field_list(f, NULL, &n, sizeof(double));
    for (size_t i = 0; i < n; i++) {
        double v = s->values[i];
        store_field_f64(f, &v);
    }
}

static void subject(struct store_fields *f, const char **benchmark, const char **package,
                    const char **unit)
{
    store_field_text(f, benchmark);
    store_field_text(f, package);
    store_field_text(f, unit);
}

/* --- judgements
 * ----------------------------------------------------------------------------------- */

static void trend(struct store_fields *f, struct ak_trend *t)
{
    t->growth = (enum ak_growth)store_field_enum(f, t->growth, AK_GROWTH_COUNT);
    store_field_size(f, &t->n);
    store_field_f64(f, &t->slope);
    store_field_f64(f, &t->slope_lo);
    store_field_f64(f, &t->slope_hi);
    store_field_f64(f, &t->intercept);
    store_field_f64(f, &t->p);
    store_field_f64(f, &t->relative);
    store_field_size(f, &t->used_from);
    store_field_size(f, &t->step_at);
    store_field_text(f, &t->per);
    store_field_text(f, &t->reason);
}

void store_judgement_fields(struct store_fields *f, struct ak_judgement *row)
{
    layout(f, 1);
    store_field_text(f, &row->criterion);
    subject(f, &row->benchmark, &row->package, &row->unit);
    row->outcome = (enum ak_outcome)store_field_enum(f, row->outcome, AK_OUTCOME_COUNT);
    store_field_text(f, &row->statistic);
    store_field_text(f, &row->limit_text);
    store_field_f64(f, &row->value);
    store_field_f64(f, &row->limit);
    summary(f, &row->summary);
    store_field_bool(f, &row->is_trend);
    trend(f, &row->trend);
    store_field_text(f, &row->sentence);
    texts(f, &row->evidence, &row->evidence_count);
}

void store_check_fields(struct store_fields *f, struct ak_check *check)
{
    layout(f, 1);
    for (size_t i = 0; i < AK_OUTCOME_COUNT; i++) {
        store_field_size(f, &check->counts[i]);
    }
    texts(f, &check->warnings, &check->warning_count);
}

/* --- comparisons
 * ------------------------------------------------------------------------------------ */

static void cause(struct store_fields *f, struct ak_cause *c)
{
    store_field_text(f, &c->function);
    store_field_text(f, &c->file);
    store_field_i64(f, &c->line);
    store_field_text(f, &c->profile);
    store_field_text(f, &c->value_type);
    store_field_text(f, &c->value_unit);
    store_field_i64(f, &c->flat_before);
    store_field_i64(f, &c->flat_after);
    store_field_i64(f, &c->cum_before);
    store_field_i64(f, &c->cum_after);
    store_field_i64(f, &c->samples_before);
    store_field_i64(f, &c->samples_after);
    store_field_f64(f, &c->error);
}

static unsigned direction(struct store_fields *f, enum ak_direction better)
{
    return store_field_enum(f, better, AK_HIGHER_IS_BETTER + 1);
}

/* Since version 2 with the scale of the causes, since 3 with the variance between runs. */
void store_compare_row_fields(struct store_fields *f, struct ak_compare_row *row)
{
    const uint64_t version = layout(f, 3);
    subject(f, &row->benchmark, &row->package, &row->unit);
    row->better = (enum ak_direction)direction(f, row->better);
    summary(f, &row->before);
    summary(f, &row->after);
    store_field_f64(f, &row->ratio);
    store_field_f64(f, &row->ratio_lo);
    store_field_f64(f, &row->ratio_hi);
    store_field_f64(f, &row->p);
    store_field_f64(f, &row->p_adjusted);
    row->verdict = (enum ak_verdict)store_field_enum(f, row->verdict, AK_VERDICT_COUNT);
    store_field_text(f, &row->reason);
    store_field_size(f, &row->need_more);
    store_field_f64(f, &row->detectable);
    store_field_f64(f, &row->limit);
    row->causes = store_field_list(f, row->causes, &row->cause_count, sizeof *row->causes);
    for (size_t i = 0; i < row->cause_count; i++) {
        cause(f, &row->causes[i]);
    }
    if (version < 2) {
        row->cause_scale = (double)NAN; /* causes in the profile's unit only */
    } else {
        store_field_f64(f, &row->cause_scale);
    }
    store_field_f64(f, &row->cause_unexplained);
    store_field_text(f, &row->cause_note);
    if (version < 3) {
        row->between = (double)NAN;
        return;
    }
    store_field_f64(f, &row->between);
    store_field_size(f, &row->between_runs);
}

static void geomean(struct store_fields *f, struct ak_geomean *g)
{
    store_field_text(f, &g->unit);
    store_field_f64(f, &g->before);
    store_field_f64(f, &g->after);
    store_field_f64(f, &g->ratio);
    store_field_size(f, &g->pairs);
}

/* Layout 2 says at the end what is known of the variance between runs. */
void store_comparison_fields(struct store_fields *f, struct ak_comparison *cmp)
{
    const uint64_t version = layout(f, 2);
    cmp->geomeans = store_field_list(f, cmp->geomeans, &cmp->geomean_count, sizeof *cmp->geomeans);
    for (size_t i = 0; i < cmp->geomean_count; i++) {
        geomean(f, &cmp->geomeans[i]);
    }
    for (size_t i = 0; i < AK_VERDICT_COUNT; i++) {
        store_field_size(f, &cmp->counts[i]);
    }
    store_field_f64(f, &cmp->margin);
    store_field_f64(f, &cmp->alpha);
    store_field_f64(f, &cmp->confidence);
    pairs(f, &cmp->environment_differences, &cmp->environment_difference_count);
    texts(f, &cmp->warnings, &cmp->warning_count);
    if (version < 2) {
        cmp->variance = "";
        return;
    }
    store_field_text(f, &cmp->variance);
}
