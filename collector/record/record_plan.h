/* Which commands one recording runs, one after the other. */
#ifndef COLLECTOR_RECORD_PLAN_H
#define COLLECTOR_RECORD_PLAN_H

#include "collector/record.h"
#include "command_line.h"

/* A profile that a step writes, and how it is called in the run. */
struct collector_planned {
    const char *path, *name, *benchmark;
};

struct collector_step {
    const char *const *argv;
    const char *what; /* for progress */
    struct collector_planned profiles[2];
    size_t profile_count;
};

struct collector_plan {
    struct collector_step *steps;
    size_t count;
    const char *temporary; /* folder of planned profiles, removed by collector_plan_end; or NULL */
};

enum ak_status collector_plan_make(const struct ak_record_opts *opts,
                                   const struct collector_command_line *line,
                                   struct ak_arena *arena, struct collector_plan *out,
                                   struct ak_error *err) AK_MUST_USE;
/* Removes the temporary folder and what is in it. */
void collector_plan_end(const struct collector_plan *plan);

/* The lines that a command prints, in arena; for asking `go list` and the like. `text` may be NULL.
 */
struct collector_lines {
    const char **items;
    size_t count;
};
enum ak_status collector_lines_of(const char *const *argv, const char *dir, struct ak_arena *arena,
                                  struct collector_lines *out, struct ak_error *err) AK_MUST_USE;

#endif
