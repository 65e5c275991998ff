/* Where a line of work left the branch that it goes back to, asked of git in the current folder. */
#ifndef CLI_MERGE_BASE_H
#define CLI_MERGE_BASE_H

#include "base/arena.h"

struct merge_base {
    const char *commit; /* full hash */
    const char *note;   /* "merge base with origin/main" */
};
/* `head` is the commit of a run, "" for what is checked out; `branch` NULL for the first that there
 * is of origin/main, main, origin/master and master. A head that is on the branch already has the
 * commit before it as its base. NOT_FOUND says what is missing. In arena. */
enum ak_status cli_merge_base(const char *head, const char *branch, struct ak_arena *arena,
                              struct merge_base *out, struct ak_error *err) AK_MUST_USE;
/* "0123456789 (its subject)", for messages. In arena. */
const char *cli_commit_text(const char *commit, struct ak_arena *arena);

#endif
