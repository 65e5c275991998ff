/* Why profiles that were asked for are not there: the guide's troubleshooting, done by the tool. */
#ifndef COLLECTOR_RECORD_WHY_H
#define COLLECTOR_RECORD_WHY_H

#include "collector/record.h"
#include "command_line.h"

struct collector_missing {
    const struct collector_command_line *line;
    const char *dir;      /* working folder */
    struct ak_str output; /* what the command printed */
    size_t results;       /* in its output */
    int exit_code;
    size_t profiles; /* that were picked up */
    bool added;      /* we added the flags ourselves */
};

/* Notes in arena, one sentence each; none when nothing was asked for or all of it appeared. */
void collector_record_why(const struct collector_missing *m, struct ak_arena *arena,
                          const char ***out_notes, size_t *out_count);

#endif
