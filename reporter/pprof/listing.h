/* Source lines of functions with the values of a profile: the model of list and weblist. */
#ifndef REPORTER_PPROF_LISTING_H
#define REPORTER_PPROF_LISTING_H

#include "reporter/pprof.h"

/* A line of source with the values of the nodes on it. */
struct reporter_line_node {
    int64_t line, start_line;
    int64_t flat, cum;
    uint32_t node;
    struct ak_str name, file;
};

/* A function in a file. */
struct reporter_listed {
    struct ak_str name, file;
    const struct reporter_line_node *nodes;
    size_t count;
    int64_t flat, cum;
};

struct reporter_listing {
    const struct ak_pprof_report *r;
    struct reporter_line_node *nodes; /* sorted by name, file, start line, line */
    size_t node_count;
    struct reporter_listed *routines;
    size_t routine_count;
    uint32_t *routine_of; /* graph node -> routine + 1 */
};

/* The functions whose name matches the report's parameter, by name and file. In the report's arena.
 * AK_NOT_FOUND when there is none. */
enum ak_status reporter_listing_build(const struct ak_pprof_report *r, struct reporter_listing *out,
                                      struct ak_error *err) AK_MUST_USE;
/* True for a function without a file when another of the same name has one: it is not shown. */
bool reporter_listing_hides(const struct reporter_listing *l, size_t routine);
/* The lines to show: all with samples and what lies between, from the function's start, with a
 * margin. */
void reporter_listed_range(const struct reporter_listed *routine, int64_t *out_from,
                           int64_t *out_to);
/* The values on one line. */
void reporter_listed_values(const struct reporter_listed *routine, int64_t line, int64_t *out_flat,
                            int64_t *out_cum);

#endif
