/* The trend chart with what a page needs to point into it. */
#ifndef REPORTER_CHARTS_TREND_H
#define REPORTER_CHARTS_TREND_H

#include "reporter/charts.h"

struct trend_span {
    double x_from, x_to; /* of the first and the last run */
    double y_from, y_to; /* upper and lower edge of the plot */
};
/* As ak_chart_trend; the groups of band and line get the ids "b<id>" and "l<id>" where id >= 0. */
struct ak_canvas *reporter_chart_trend(const struct ak_trend_series *series, enum ak_theme theme,
                                       int64_t id, struct trend_span *out_span);
/* Median of the level that begins at run `from`, up to the next change. *out_to is its end. */
double reporter_trend_level(const struct ak_trend_series *series, size_t from, size_t *out_to);

#endif
