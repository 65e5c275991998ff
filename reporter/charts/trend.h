/* Charts of one series for a page: half as wide as the pictures, on light paper. */
#ifndef REPORTER_CHARTS_TREND_H
#define REPORTER_CHARTS_TREND_H

#include "reporter/charts.h"

struct trend_span {
    double x_from, x_to; /* of the first and the last run */
    double y_from, y_to; /* upper and lower edge of the plot */
};
/* As ak_chart_trend in half the width and without its sentence, which the page has as text. The
 * groups of band and line get the ids "b<id>" and "l<id>". */
struct ak_canvas *reporter_chart_trend_card(const struct ak_trend_series *series, int64_t id,
                                            struct trend_span *out_span);
/* The panel of ak_chart_leak for one trend. */
struct ak_canvas *reporter_chart_leak_card(const struct ak_judgement *trend);
/* Median of the level that begins at run `from`, up to the next change. *out_to is its end. */
double reporter_trend_level(const struct ak_trend_series *series, size_t from, size_t *out_to);

#endif
