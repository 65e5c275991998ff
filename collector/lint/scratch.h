/* A folder for files in between, which is gone afterwards even when a signal ends the program: the
 * signals that would are held back from begin to end. */
#ifndef COLLECTOR_SCRATCH_H
#define COLLECTOR_SCRATCH_H

#include "base/arena.h"

#include <signal.h>

struct collector_scratch {
    const char *path; /* absolute, without links, in arena */
    sigset_t before;
};

/* Makes a new folder in $TMPDIR, else /tmp, for this user alone. */
enum ak_status collector_scratch_begin(struct collector_scratch *s, struct ak_arena *arena,
                                       struct ak_error *err) AK_MUST_USE;
/* Removes the folder with all that is in it; then a signal that was held back ends the program. */
void collector_scratch_end(struct collector_scratch *s);
/* Removes a folder with all that is in it, following no link; what is not there is fine. */
void collector_scratch_remove(const char *path);

#endif
