/* Heap decisions of the Go compiler from a build that is run for them. */
#ifndef COLLECTOR_GO_BUILD_H
#define COLLECTOR_GO_BUILD_H

#include "collector/lint.h"

struct ak_go_build {
    const char *dir;             /* inside of a module or a workspace; NULL: our working folder */
    const char *commit;          /* this commit of dir's repository; NULL: what lies in dir */
    const char *const *packages; /* patterns as go list takes them; none: "./..." */
    size_t package_count;
    void *ctx;
    void (*errors)(void *ctx, struct ak_str bytes); /* what the commands say, as it comes */
    void (*progress)(void *ctx, const char *what, int64_t elapsed_ns); /* twice a second */
};

/* Compiles the packages and what they need of the modules that are worked on, with their tests, by
 * `go list -export -trimpath` with -gcflags=MODULE/...=-json=0,DIR, and reads what the compiler
 * wrote; functions are named from the source. DIR is new every time, since a build from the cache
 * writes nothing. A commit is checked out into a worktree of its own. All that is made is removed
 * again, after a signal too. Fails when go or git do, and with AK_FORMAT when the compiler wrote
 * nothing; AK_CANCELLED when a signal ended it. In arena; release `out` also after a failure. */
enum ak_status ak_go_build_load(const struct ak_go_build *b, struct ak_arena *arena,
                                struct ak_go_diagnostics *out, struct ak_error *err) AK_MUST_USE;

#endif
