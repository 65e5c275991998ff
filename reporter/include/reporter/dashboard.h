/* The dashboard: years of history in one HTML file that asks for nothing. */
#ifndef REPORTER_DASHBOARD_H
#define REPORTER_DASHBOARD_H

#include "reporter/charts.h"
#include "reporter/template.h"

struct ak_dashboard {
    const char *title;
    const struct ak_run *runs; /* oldest first, without series */
    size_t run_count;
    /* Each with run_count points, in the order of runs. */
    const struct ak_trend_series *series;
    size_t series_count;
    const struct ak_check *latest; /* of the newest run; NULL: none */
    const char *runs_link; /* where a server lists the runs; NULL: nowhere */
    struct ak_templates *templates; /* NULL: the embedded ones */
};

/* Appends the page. Rows stand in order of alarm: leaks and steps, then changes by size, then the
 * rest. */
enum ak_status ak_dashboard_render(const struct ak_dashboard *d, struct ak_buf *out,
                                   struct ak_error *err) AK_MUST_USE;

#endif
