/* HTML pages: one file each, complete without any request. */
#ifndef REPORTER_PAGE_H
#define REPORTER_PAGE_H

#include "reporter/charts.h"
#include "reporter/template.h"

/* Appends the page of a comparison, of checks, or of both. cmp may be NULL; check_count may be 0;
 * not both. `templates` NULL: the embedded ones. */
struct ak_page_model {
    const struct ak_comparison *cmp;
    const struct ak_check *const *checks;
    size_t check_count;
    const char *runs_link; /* where a server lists the runs; NULL: nowhere */
    struct ak_templates *templates;
};
enum ak_status ak_page_render(const struct ak_page_model *model, struct ak_buf *out,
                              struct ak_error *err) AK_MUST_USE;

/* The same, written to `path` ("-": standard output). */
enum ak_status ak_page_write(const struct ak_page_model *model, const char *path,
                             struct ak_error *err) AK_MUST_USE;

/* The page of one comparison / one check, written to `path` ("-": standard output). */
enum ak_status ak_compare_page(const struct ak_comparison *cmp, const char *path,
                               struct ak_error *err) AK_MUST_USE;
enum ak_status ak_check_page(const struct ak_check *check, const char *path,
                             struct ak_error *err) AK_MUST_USE;

#endif
