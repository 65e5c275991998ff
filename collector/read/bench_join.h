/* Results whose name and numbers stand on different lines: the name that waits, and numbers that
 * may be its own.
 *
 * A name waits until its numbers come, another name comes, or the test binary ends. Numbers in the
 * testing package's layout are its own at once. Numbers in a loose layout are held until it is
 * known that nothing surer follows; two such lines for one name are ambiguous and neither is taken.
 */
#ifndef COLLECTOR_BENCH_JOIN_H
#define COLLECTOR_BENCH_JOIN_H

#include "bench_line.h"

struct collector_join {
    bool waiting;       /* a name waits */
    bool announced;     /* it was followed by a blank, so numbers were to come */
    bool tabbed;        /* by the testing package's tab, so the benchmark's own text may follow */
    struct ak_buf name; /* stays valid after the wait until the next name */
    uint64_t name_line;
    const char *text; /* why its own line is no result */

    bool held; /* numbers that may be its own */
    bool on_name_line, ambiguous;
    struct collector_values values;
    int64_t iterations;
    uint64_t line;
};

void collector_join_release(struct collector_join *j);
/* A name begins to wait; what waited before is forgotten. */
void collector_join_name(struct collector_join *j, struct ak_str name, uint64_t line);
/* Holds a copy of numbers, or marks the name ambiguous when other loose numbers are held. */
void collector_join_hold(struct collector_join *j, const struct collector_values *values,
                         int64_t iterations, uint64_t line);
/* Nothing waits any more. */
void collector_join_clear(struct collector_join *j);
/* True when `line` cannot be text of the benchmark that waits: the test binary ended, failed, or
 * another package began. */
bool collector_join_ends(const struct collector_join *j, struct ak_str line);

#endif
