/* A profile as a page of a server: the views of pprof. */
#ifndef CLI_SERVE_REPORT_H
#define CLI_SERVE_REPORT_H

#include "reporter/pprof.h"
#include "reporter/template.h"
#include "serve.h"

struct serve_view {
    const char *name;   /* in addresses */
    const char *format; /* in the table of formats */
    bool is_page;       /* its document stands in a frame of our page, and alone with document=1 */
    bool takes_name;    /* of a function */
    bool reads_files;   /* sources */
};
/* NULL when there is none of that name. */
const struct serve_view *cli_serve_view(const char *name);

struct serve_report {
    const struct serve_request *request; /* f, focus, ignore and si are read from its query */
    const struct ak_pprof_config *config;
    struct ak_templates *templates;
    const char *title;
    const char *link;        /* before the name of a view: "/profile?id=3&view=" or "/" */
    const char *link_suffix; /* after it: "" or "&base=4" */
    const char *home;        /* address of the list that the profile is from, "" */
    bool shows_sources;
    struct ak_arena *arena;
};
/* Renders a view of the profile into the answer. */
enum ak_status cli_serve_report(const struct serve_report *r, const struct serve_view *view,
                                const struct ak_profile *profile, struct serve_answer *out,
                                struct ak_error *err) AK_MUST_USE;
/* The answer to a request that failed. */
void cli_serve_refuse(struct serve_answer *out, enum ak_status st, const char *text);

#endif
