#include "base/json.h"
#include "reporter/trend.h"

static void growth_json(struct ak_json *j, const char *key, const struct ak_trend *t)
{
    ak_json_key(j, key);
    ak_json_object(j);
    ak_json_kstr(j, "growth", ak_growth_text(t->growth));
    ak_json_kf64(j, "slope", t->slope);
    ak_json_kf64(j, "slope_lo", t->slope_lo);
    ak_json_kf64(j, "slope_hi", t->slope_hi);
    ak_json_kstr(j, "per", t->per);
    ak_json_kstr(j, "reason", t->reason);
    ak_json_end(j);
}

static void point_json(struct ak_json *j, const struct ak_trend_point *p)
{
    ak_json_object(j);
    ak_json_ki64(j, "run", p->run_id);
    ak_json_kstr(j, "label", p->label);
    ak_json_kstr(j, "commit", p->commit);
    ak_json_ki64(j, "n", (int64_t)p->summary.n);
    ak_json_kf64(j, "median", p->summary.median);
    ak_json_kf64(j, "lo", p->summary.lo);
    ak_json_kf64(j, "hi", p->summary.hi);
    ak_json_kf64(j, "level", p->level);
    if (p->change) {
        ak_json_kstr(j, "change", ak_verdict_text(p->verdict));
        ak_json_kf64(j, "change_p", p->change_p);
    }
    if (p->has_growth) {
        growth_json(j, "within", &p->growth);
    }
    ak_json_end(j);
}

static void series_json(struct ak_json *j, const struct ak_trend_series *s)
{
    ak_json_object(j);
    ak_json_kstr(j, "benchmark", s->benchmark);
    ak_json_kstr(j, "package", s->package);
    ak_json_kstr(j, "unit", s->unit);
    ak_json_kstr(j, "sentence", s->sentence);
    ak_json_ki64(j, "changes", (int64_t)s->change_count);
    ak_json_ki64(j, "leaks", (int64_t)s->leaks);
    if (s->leaks > 0) {
        ak_json_ki64(j, "first_leak", (int64_t)s->first_leak + 1);
    }
    if (s->has_trend) {
        growth_json(j, "trend", &s->trend);
    }
    ak_json_key(j, "points");
    ak_json_array(j);
    for (size_t i = 0; i < s->point_count; i++) {
        point_json(j, &s->points[i]);
    }
    ak_json_end(j);
    ak_json_key(j, "sites");
    ak_json_array(j);
    for (size_t i = 0; i < s->site_count; i++) {
        ak_json_object(j);
        ak_json_kstr(j, "function", s->sites[i].function);
        ak_json_ki64(j, "live_bytes", s->sites[i].flat_after);
        ak_json_ki64(j, "samples", s->sites[i].samples_after);
        ak_json_end(j);
    }
    ak_json_end(j);
    ak_json_end(j);
}

void ak_trend_json(const struct ak_trend_series *series, size_t count, struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 1);
    ak_json_object(&j);
    ak_json_key(&j, "series");
    ak_json_array(&j);
    for (size_t i = 0; i < count; i++) {
        series_json(&j, &series[i]);
    }
    ak_json_end(&j);
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
}
