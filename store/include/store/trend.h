/* One benchmark and unit over the runs of a history: levels, changes, growth. Plain data that the
 * collector fills and the reporter draws. In an arena. */
#ifndef STORE_TREND_H
#define STORE_TREND_H

#include "store/verdict.h"

struct ak_trend_point {
    int64_t run_id;
    const char *commit; /* "" when not known */
    const char *label;
    struct ak_summary summary; /* n = 0: this run did not measure it (a gap) */
    bool change;               /* a level begins here */
    enum ak_verdict verdict;   /* of a change: BETTER or WORSE */
    double change_p;           /* of a change: from the permutation test */
    double level;              /* median of the level that the run belongs to */
    bool has_growth;           /* the repetitions within the run were judged too */
    struct ak_trend growth;
};

struct ak_trend_series {
    const char *benchmark, *package, *unit;
    enum ak_direction better;
    struct ak_trend_point *points; /* oldest first */
    size_t point_count;
    size_t change_count;
    double limit; /* in the unit; NaN: none */
    bool has_trend;
    struct ak_trend trend;  /* over the runs */
    size_t leaks;           /* runs whose repetitions leak */
    size_t first_leak;      /* index of the first of them */
    struct ak_cause *sites; /* functions that hold the memory in the newest leaking run */
    size_t site_count;
    const char *sentence; /* what was found, "" */
};

#endif
