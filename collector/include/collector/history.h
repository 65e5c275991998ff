/* Series over the runs of a history: levels and where they change, growth within runs, and the
 * first run in which a leak shows. */
#ifndef COLLECTOR_HISTORY_H
#define COLLECTOR_HISTORY_H

#include "store/store.h"
#include "store/trend.h"

struct ak_history_opts {
    const char *label, *branch; /* NULL: all */
    const char *benchmark;      /* regular expression; NULL: all */
    const char *unit;           /* NULL: all */
    bool levels_only;  /* only units that last from one repetition to the next: heap, rss ... */
    size_t limit;      /* the newest so many runs; 0: all */
    double floor;      /* smallest change of level; 0: 0.05 */
    double confidence; /* 0: 0.95 */
};

/* One series per package (its major version left out), benchmark, GOMAXPROCS and unit, sorted by
 * name, in arena. Runs need at least 6 values of a series for changes to be told, 5 for a trend. */
enum ak_status ak_history_series(struct ak_store *store, const struct ak_history_opts *opts,
                                 struct ak_arena *arena, struct ak_trend_series **out,
                                 size_t *out_count, struct ak_error *err) AK_MUST_USE;

struct ak_history_runs_query {
    const char *label;
    const struct ak_run *machine;  /* only runs of its host, CPU, cores, governor */
    struct ak_run *const *without; /* these are left out */
    size_t without_count;
    bool older; /* only runs before the first of these, where that has the label */
};
/* The newest 30 complete runs of a label, oldest first; of runs that were measured in turn one. In
 * arena, without profiles. */
enum ak_status ak_history_runs(struct ak_store *store, const struct ak_history_runs_query *query,
                               struct ak_arena *arena, struct ak_run ***out, size_t *out_count,
                               struct ak_error *err) AK_MUST_USE;

/* Fills the sites of series that leak: functions that hold most live memory in the heap profile of
 * the newest leaking run that has one. */
enum ak_status ak_history_sites(struct ak_store *store, struct ak_trend_series *series,
                                size_t count, struct ak_arena *arena,
                                struct ak_error *err) AK_MUST_USE;

#endif
