/* Two commands in turn on one machine, A B B A: slow drift of the machine meets both alike, which
 * is what makes small differences judgeable. All rows are screened first; rows that look different
 * are measured again, and only these fresh values count for them, since they were chosen by their
 * old ones. */
#ifndef COLLECTOR_INTERLEAVE_H
#define COLLECTOR_INTERLEAVE_H

#include "collector/record.h"

struct ak_interleave_opts {
    const char *labels[2];
    const char *commands[2]; /* for sh -c; "{bench}" becomes the pattern of the benchmarks to run */
    const char *dir;         /* working folder; NULL: ours */
    unsigned rounds;         /* of screening, each command once */
    unsigned confirm;        /* rounds for suspects; 0: none */
    const char *pin;         /* "2-3,6": CPUs to run on; NULL: all */
    double wait_s;           /* longest wait for an idle machine before a round */
    struct ak_record_ui ui;
};

struct ak_interleave {
    struct ak_ingest sides[2]; /* run is NULL where nothing was measured */
    size_t rows;               /* benchmark and unit on both sides */
    size_t suspects;           /* of these: looked different in the screening */
    int exit_code;             /* of the command that failed first */
    int signal;
    bool interrupted;
    const char **notes;
    size_t note_count;
};

/* Fails when a command cannot be started or `pin` is no list of CPUs. A command that fails ends the
 * rounds; what was measured is kept and marked FAILED. */
enum ak_status ak_interleave_run(const struct ak_interleave_opts *opts, struct ak_arena *arena,
                                 struct ak_interleave *out, struct ak_error *err) AK_MUST_USE;

#endif
