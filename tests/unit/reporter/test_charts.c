#include "charts/trend.h"
#include "reporter/charts.h"
#include "reporter_models.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* Takes the chart. Every text lies inside, and no two texts touch. */
static void layout_is_sound(const char *what, struct ak_canvas *chart)
{
    const double width = ak_canvas_width(chart);
    const double height = ak_canvas_height(chart);
    size_t n = 0;
    const struct ak_text_box *boxes = ak_canvas_text_boxes(chart, &n);
    for (size_t i = 0; i < n; i++) {
        const struct ak_text_box *b = &boxes[i];
        if (b->x0 < 0 || b->y0 < 0 || b->x1 > width || b->y1 > height) {
            fail_msg("%s: \"%.*s\" leaves the picture: %.0f,%.0f %.0f,%.0f of %.0f x %.0f", what,
                     (int)b->text.len, b->text.ptr, b->x0, b->y0, b->x1, b->y1, width, height);
        }
        for (size_t k = 0; k < i; k++) {
            const struct ak_text_box *o = &boxes[k];
            if (b->x0 < o->x1 && o->x0 < b->x1 && b->y0 < o->y1 && o->y0 < b->y1) {
                fail_msg("%s: \"%.*s\" (%.0f,%.0f) touches \"%.*s\" (%.0f,%.0f)", what,
                         (int)b->text.len, b->text.ptr, b->x0, b->y0, (int)o->text.len, o->text.ptr,
                         o->x0, o->y0);
            }
        }
    }
    assert_true(n > 0);
    assert_true(width <= 1600 && height <= 900);
    ak_canvas_free(chart);
}

static const size_t sizes[] = {0, 1, 2, 12, 25, 60, 500};

static void comparisons_are_laid_out_soundly(void **state)
{
    (void)state;
    for (int flavour = 0; flavour < MODEL_FLAVOURS; flavour++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct ak_arena *a = ak_arena_new();
            const struct ak_comparison *cmp =
                model_comparison(a, sizes[i], (enum model_flavour)flavour);
            char what[64];
            snprintf(what, sizeof what, "flavour %d, %zu rows", flavour, sizes[i]);
            layout_is_sound(what, ak_chart_compare(cmp, AK_THEME_LIGHT));
            layout_is_sound(what, ak_chart_absolute(cmp, AK_THEME_DARK));
            layout_is_sound(what, ak_chart_thumb(cmp, NULL, AK_THEME_LIGHT));
            ak_arena_free(a);
        }
    }
}

static void checks_are_laid_out_soundly(void **state)
{
    (void)state;
    for (int flavour = 0; flavour < MODEL_FLAVOURS; flavour++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct ak_arena *a = ak_arena_new();
            const struct ak_check *check = model_check(a, sizes[i], (enum model_flavour)flavour);
            const struct ak_comparison *cmp = model_comparison(a, 30, (enum model_flavour)flavour);
            char what[64];
            snprintf(what, sizeof what, "flavour %d, %zu judgements", flavour, sizes[i]);
            layout_is_sound(what, ak_chart_criteria(check, AK_THEME_LIGHT));
            layout_is_sound(what, ak_chart_leak(check, AK_THEME_LIGHT));
            for (size_t k = 0; k < check->row_count && k < 6; k++) {
                if (check->rows[k].is_trend) {
                    layout_is_sound(what, reporter_chart_leak_card(&check->rows[k]));
                }
            }
            layout_is_sound(what, ak_chart_thumb(NULL, check, AK_THEME_LIGHT));
            layout_is_sound(what, ak_chart_thumb(cmp, check, AK_THEME_DARK));
            ak_arena_free(a);
        }
    }
}

static struct ak_trend_series history(struct ak_arena *a, size_t runs, enum model_flavour flavour)
{
    struct ak_trend_series s = {.benchmark = model_name(a, 1, flavour),
                                .unit = "bytes/alloc",
                                .limit = 1e6,
                                .point_count = runs,
                                .sentence = model_name(a, 2, flavour)};
    s.points = AK_NEW_ARRAY(a, struct ak_trend_point, runs + 1);
    for (size_t i = 0; i < runs; i++) {
        const double level = flavour == MODEL_NAN       ? (double)NAN
                             : flavour == MODEL_EXTREME ? (i % 2 ? 1e12 : -1e-9)
                                                        : 2e6;
        s.points[i] = (struct ak_trend_point){.run_id = (int64_t)i * 1000003,
                                              .commit = i % 2 ? "" : model_name(a, i, flavour),
                                              .label = "",
                                              .change = i % 3 == 2,
                                              .verdict = AK_VERDICT_WORSE};
        if (i % 4 != 1) {
            s.points[i].summary = model_summary(a, 10, level, 0.2, i);
        }
    }
    return s;
}

static void histories_are_laid_out_soundly(void **state)
{
    (void)state;
    for (int flavour = 0; flavour < MODEL_FLAVOURS; flavour++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct ak_arena *a = ak_arena_new();
            const struct ak_trend_series s = history(a, sizes[i], (enum model_flavour)flavour);
            char what[64];
            snprintf(what, sizeof what, "flavour %d, %zu runs", flavour, sizes[i]);
            struct trend_span span;
            layout_is_sound(what, ak_chart_trend(&s, AK_THEME_LIGHT));
            layout_is_sound(what, reporter_chart_trend_card(&s, 0, &span));
            assert_true(span.x_from < span.x_to && span.y_from < span.y_to);
            ak_arena_free(a);
        }
    }
}

static bool has_text(const struct ak_canvas *chart, const char *part)
{
    size_t n = 0;
    const struct ak_text_box *boxes = ak_canvas_text_boxes(chart, &n);
    for (size_t i = 0; i < n; i++) {
        if (ak_str_find(boxes[i].text, ak_str_from(part)) >= 0) {
            return true;
        }
    }
    return false;
}

static void rows_that_do_not_fit_are_counted(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_canvas *chart =
        ak_chart_compare(model_comparison(a, 500, MODEL_PLAIN), AK_THEME_LIGHT);
    assert_true(has_text(chart, "and 485 rows more: 97 worse"));
    assert_true(has_text(chart, "of 500 rows"));
    assert_true(has_text(chart, "▲ worse"));
    ak_canvas_free(chart);
    ak_arena_free(a);
}

static void findings_stand_in_words(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_canvas *chart = ak_chart_leak(model_check(a, 3, MODEL_PLAIN), AK_THEME_LIGHT);
    assert_true(has_text(chart, "leak: +1.640MB per stop of 1,000 actors"));
    assert_true(has_text(chart, "Mann-Kendall p<0.001"));
    ak_canvas_free(chart);
    chart = ak_chart_criteria(model_check(a, 3, MODEL_PLAIN), AK_THEME_LIGHT);
    assert_true(has_text(chart, "✗ fail"));
    assert_true(has_text(chart, "✓ pass"));
    assert_true(has_text(chart, "1.140MB, limit < 1 MB"));
    ak_canvas_free(chart);
    ak_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons_are_laid_out_soundly),
        cmocka_unit_test(checks_are_laid_out_soundly),
        cmocka_unit_test(histories_are_laid_out_soundly),
        cmocka_unit_test(rows_that_do_not_fit_are_counted),
        cmocka_unit_test(findings_stand_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
