/* Charts: pure functions from what was judged (store/verdict.h) to a picture. Each ak_chart_* draws
 * on a canvas (returned owned, free with ak_canvas_free), which ak_canvas_svg and ak_canvas_png
 * render. Text boxes never overlap and never leave the picture; NaN, infinities, no rows and
 * thousands of rows are legal. Colour is never the only carrier: glyph and word stand beside it. */
#ifndef REPORTER_CHARTS_H
#define REPORTER_CHARTS_H

#include "reporter/canvas.h"
#include "store/trend.h"
#include "store/verdict.h"

enum ak_theme { AK_THEME_LIGHT, AK_THEME_DARK };

/* Forest plot: one row per benchmark and unit, ratio after / before on a log axis with its
 * interval; 1600 points wide, at most 900 high. Beyond 16 lines the first rows stand and the rest
 * is counted. */
struct ak_canvas *ak_chart_compare(const struct ak_comparison *cmp, enum ak_theme theme);
/* Absolute values: a panel per unit, all samples, median, interval and limit line of each side. */
struct ak_canvas *ak_chart_absolute(const struct ak_comparison *cmp, enum ak_theme theme);
/* Bullet bar per judged criterion: value as a part of its limit. */
struct ak_canvas *ak_chart_criteria(const struct ak_check *check, enum ak_theme theme);
/* One panel per judgement that is a trend: points, Theil-Sen line, band, verdict (at most 6). */
struct ak_canvas *ak_chart_leak(const struct ak_check *check, enum ak_theme theme);
/* 880 points wide, at most 500 high, for the comment. Either may be NULL, not both. */
struct ak_canvas *ak_chart_thumb(const struct ak_comparison *cmp, const struct ak_check *check,
                                 enum ak_theme theme);

/* One benchmark and unit over the runs of a history: levels, changes and the limit. */
struct ak_canvas *ak_chart_trend(const struct ak_trend_series *series, enum ak_theme theme);

/* Writes compare.png and compare_abs.png into the folder `dir` (made when missing). */
enum ak_status ak_compare_charts(const struct ak_comparison *cmp, const char *dir,
                                 struct ak_error *err) AK_MUST_USE;
/* Writes criteria.png, and leak.png when a judgement is a trend, into the folder `dir`. */
enum ak_status ak_check_charts(const struct ak_check *check, const char *dir,
                               struct ak_error *err) AK_MUST_USE;

#endif
