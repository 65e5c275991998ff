#include "base/io.h"
#include "reporter/charts.h"

/* Renders and writes one picture, and frees it. */
static enum ak_status chart_write(struct ak_canvas *chart, const char *dir, const char *name,
                                  struct ak_error *err)
{
    struct ak_buf png = AK_BUF_INIT;
    struct ak_buf path = AK_BUF_INIT;
    ak_buf_printf(&path, "%s/%s", dir, name);
    enum ak_status st = ak_canvas_png(chart, 1, &png, err);
    if (st == AK_OK) {
        st = ak_file_write(path.ptr, ak_buf_view(&png), err);
    }
    ak_buf_release(&path);
    ak_buf_release(&png);
    ak_canvas_free(chart);
    return st;
}

enum ak_status ak_compare_charts(const struct ak_comparison *cmp, const char *dir,
                                 struct ak_error *err)
{
    enum ak_status st = ak_dir_make(dir, err);
    if (st == AK_OK) {
        st = chart_write(ak_chart_compare(cmp, AK_THEME_LIGHT), dir, "compare.png", err);
    }
    if (st == AK_OK) {
        st = chart_write(ak_chart_absolute(cmp, AK_THEME_LIGHT), dir, "compare_abs.png", err);
    }
    return st;
}

enum ak_status ak_check_charts(const struct ak_check *check, const char *dir, struct ak_error *err)
{
    bool has_trend = false;
    for (size_t i = 0; i < check->row_count; i++) {
        has_trend = has_trend || check->rows[i].is_trend;
    }
    enum ak_status st = ak_dir_make(dir, err);
    if (st == AK_OK) {
        st = chart_write(ak_chart_criteria(check, AK_THEME_LIGHT), dir, "criteria.png", err);
    }
    if (st == AK_OK && has_trend) {
        st = chart_write(ak_chart_leak(check, AK_THEME_LIGHT), dir, "leak.png", err);
    }
    return st;
}
