#include "page/leaks.h"

#include "charts/trend.h"
#include "words.h"

#include <math.h>

const struct ak_trend_point *reporter_page_newest(const struct ak_trend_series *s)
{
    for (size_t i = s->point_count; i > 0; i--) {
        if (s->points[i - 1].summary.n > 0) {
            return &s->points[i - 1];
        }
    }
    return NULL;
}

bool reporter_page_is_leaking(const struct ak_trend_series *s)
{
    const struct ak_trend_point *last = reporter_page_newest(s);
    return last && last->has_growth && last->growth.growth == AK_GROWTH_LEAK;
}

/* The repetitions of the newest run as what a check would have judged. */
static struct ak_judgement judgement_of(const struct ak_trend_series *s,
                                        const struct ak_trend_point *last)
{
    return (struct ak_judgement){.criterion = "growth",
                                 .benchmark = s->benchmark,
                                 .package = s->package,
                                 .unit = s->unit,
                                 .outcome = AK_OUTCOME_FAIL,
                                 .statistic = "trend",
                                 .limit_text = "no growth",
                                 .value = (double)NAN,
                                 .limit = (double)NAN,
                                 .summary = last->summary,
                                 .is_trend = true,
                                 .trend = last->growth,
                                 .sentence = ""};
}

static void chart_set(struct ak_arena *a, struct ak_tvalue *v, const struct ak_trend_series *s,
                      const struct ak_trend_point *last)
{
    const struct ak_judgement j = judgement_of(s, last);
    struct ak_canvas *chart = reporter_chart_leak_card(&j);
    struct ak_buf svg = AK_BUF_INIT;
    ak_canvas_svg(
        chart,
        ak_arena_printf(a, "%s %s over the repetitions of the newest run", s->benchmark, s->unit),
        reporter_text_finding(a, &j), &svg);
    ak_tvalue_set(v, "svg", ak_tvalue_str(a, ak_arena_str(a, ak_buf_view(&svg))));
    ak_canvas_free(chart);
    ak_buf_release(&svg);
}

static struct ak_tvalue *sites(struct ak_arena *a, const struct ak_trend_series *s)
{
    struct ak_tvalue *list = ak_tvalue_list(a);
    for (size_t i = 0; i < s->site_count; i++) {
        const struct ak_cause *c = &s->sites[i];
        struct ak_tvalue *site = ak_tvalue_map(a);
        ak_tvalue_set_str(a, site, "function", c->function);
        ak_tvalue_set_str(a, site, "live",
                          reporter_text_value(a, (double)c->flat_after, c->value_unit));
        ak_tvalue_set_f(a, site, "samples", "%lld", (long long)c->samples_after);
        ak_tvalue_push(list, site);
    }
    return list;
}

static bool same_sites(const struct ak_trend_series *x, const struct ak_trend_series *y)
{
    bool same = x->site_count == y->site_count;
    for (size_t i = 0; same && i < x->site_count; i++) {
        same = strcmp(x->sites[i].function, y->sites[i].function) == 0 &&
               x->sites[i].flat_after == y->sites[i].flat_after;
    }
    return same;
}

struct ak_tvalue *reporter_page_leak(struct ak_arena *a, const struct ak_trend_series *s, size_t i,
                                     const struct ak_trend_series *above)
{
    struct ak_tvalue *v = ak_tvalue_map(a);
    const bool again = above && s->site_count > 0 && same_sites(s, above);
    ak_tvalue_set_f(a, v, "i", "%zu", i);
    ak_tvalue_set_str(a, v, "name", s->benchmark);
    ak_tvalue_set_str(a, v, "unit", s->unit);
    ak_tvalue_set_str(a, v, "sentence", s->sentence);
    ak_tvalue_set(v, "sites", sites(a, s));
    ak_tvalue_set_bool(a, v, "has_sites", s->site_count > 0 && !again);
    ak_tvalue_set_bool(a, v, "sites_above", again);
    const struct ak_trend_point *last = reporter_page_newest(s);
    if (last) {
        chart_set(a, v, s, last);
    }
    return v;
}
