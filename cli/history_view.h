/* The history of a store as the dashboard wants it. */
#ifndef CLI_HISTORY_VIEW_H
#define CLI_HISTORY_VIEW_H

#include "reporter/dashboard.h"
#include "run_side.h"

struct history_query {
    const char *label;                  /* NULL: all */
    size_t runs;                        /* the newest so many */
    size_t profiled;                    /* profiles of the newest so many runs that have some */
    const struct ak_criteria *criteria; /* of the newest run; NULL: built in */
};
/* Fills runs, series (aligned with the runs, judged for growth and change points) and the check of
 * the newest run, which is that of `akreport check`. NOT_FOUND when the store has no such run. In
 * arena, but the profiles, which cli_history_release frees. */
enum ak_status cli_history_load(struct ak_store *store, const struct history_query *query,
                                struct ak_arena *arena, struct ak_dashboard *out,
                                struct ak_error *err) AK_MUST_USE;
void cli_history_release(struct ak_dashboard *d);

#endif
