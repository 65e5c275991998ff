/* The dashboard: years of history in one HTML file that asks for nothing. */
#ifndef REPORTER_DASHBOARD_H
#define REPORTER_DASHBOARD_H

#include "profile/profile.h"
#include "reporter/charts.h"
#include "reporter/template.h"
#include "store/lint.h"

/* A profile of a run: the page can subtract any two of the same name and type. */
struct ak_dashboard_profile {
    size_t run;       /* index in the dashboard's runs */
    const char *name; /* "shutdown_mem.prof" */
    const char *type; /* of the values: "alloc_space"; "": the profile's default */
    const struct ak_profile *profile;
};

struct ak_dashboard {
    const char *title;
    const struct ak_run *runs; /* oldest first, without series */
    size_t run_count;
    /* Each with run_count points, in the order of runs. */
    const struct ak_trend_series *series;
    size_t series_count;
    const struct ak_dashboard_profile *profiles;
    size_t profile_count;
    const struct ak_lint_life *findings; /* of static checks, as ak_store_lint_lives gives them */
    size_t finding_count;
    const struct ak_check *latest;  /* of the newest run; NULL: none */
    const char *runs_link;          /* where a server lists the runs; NULL: nowhere */
    struct ak_templates *templates; /* NULL: the embedded ones */
};

/* Appends the page. Rows stand in order of alarm: leaks and steps, then changes by size, then the
 * rest. */
enum ak_status ak_dashboard_render(const struct ak_dashboard *d, struct ak_buf *out,
                                   struct ak_error *err) AK_MUST_USE;

#endif
