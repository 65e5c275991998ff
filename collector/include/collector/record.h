/* Recording: runs a command and makes a run of what it printed, the profiles it wrote, and the
 * environment it ran in. Prints nothing: output and progress go to callbacks. */
#ifndef COLLECTOR_RECORD_H
#define COLLECTOR_RECORD_H

#include "collector/ingest.h"

struct ak_record_progress {
    int64_t elapsed_ns;
    size_t results;     /* lines with results that were printed so far */
    size_t step, steps; /* of the commands that are run one after the other, from 1 */
    int64_t left_ns;    /* estimate; 0 when not known */
    const char *what;   /* of the step: a package, a benchmark, "old"; "" */
};

struct ak_record_ui {
    void *ctx;
    void (*output)(void *ctx, struct ak_str bytes); /* what the command prints, as it comes */
    void (*progress)(void *ctx, const struct ak_record_progress *p); /* may be NULL */
};

struct ak_record_opts {
    const char *const *argv; /* ends with NULL */
    const char *label;
    const char *dir;   /* working folder of the command; NULL: ours */
    unsigned count;    /* the command is run so often, into one run; 0 is 1 */
    bool profiles;     /* add -cpuprofile and -memprofile */
    bool profile_each; /* one benchmark at a time, each with profiles of its own */
    struct ak_record_ui ui;
};

struct ak_record {
    struct ak_ingest ingest; /* ingest.run is NULL when nothing was measured */
    int exit_code;           /* of the command that failed first, else 0 */
    int signal;              /* that ended it, else 0 */
    bool interrupted;        /* stopped by a signal to us */
    const char **notes;      /* why profiles that were asked for are not there, and what to do */
    size_t note_count;
};

/* Runs and reads. The run's state is FAILED when a command failed; what it measured is kept. Fails
 * only when the command cannot be started or varied (profiles for a command of unknown kind). */
enum ak_status ak_record_run(const struct ak_record_opts *opts, struct ak_arena *arena,
                             struct ak_record *out, struct ak_error *err) AK_MUST_USE;

#endif
