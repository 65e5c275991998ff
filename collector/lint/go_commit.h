/* A commit checked out beside the working folder, in a worktree that is taken away again. */
#ifndef COLLECTOR_LINT_GO_COMMIT_H
#define COLLECTOR_LINT_GO_COMMIT_H

#include "collector/go_build.h"

struct go_commit {
    const char *repository; /* where git was asked, NULL: nothing to take away */
    const char *tree;       /* the worktree */
    const char *dir;        /* the folder in it that the working folder is */
};

/* Checks how->commit out below `scratch`, without running the repository's hooks. AK_NOT_FOUND when
 * there is no such commit. In arena; end also after a failure. */
enum ak_status collector_go_commit_begin(struct go_commit *c, const struct ak_go_build *how,
                                         const char *scratch, struct ak_arena *arena,
                                         struct ak_error *err) AK_MUST_USE;
void collector_go_commit_end(struct go_commit *c);

#endif
