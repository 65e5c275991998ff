#include "scratch.h"

#include "base/mem.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_FOLDERS_MAX 16

enum ak_status collector_scratch_begin(struct collector_scratch *s, struct ak_arena *arena,
                                       struct ak_error *err)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    const char *const parent = getenv("TMPDIR");
    char *const name =
        ak_arena_printf(arena, "%s/akreport-XXXXXX", parent && *parent ? parent : "/tmp");
    sigset_t held;
    sigemptyset(&held);
    for (size_t i = 0; i < AK_COUNT(signals); i++) {
        sigaddset(&held, signals[i]);
    }
    sigprocmask(SIG_BLOCK, &held, &s->before);
    char path[PATH_MAX];
    if (!mkdtemp(name) || !realpath(name, path)) {
        const int rc = errno;
        sigprocmask(SIG_SETMASK, &s->before, NULL);
        return ak_fail_errno(err, AK_IO, rc, "%s: no folder for files in between", name);
    }
    s->path = ak_arena_strdup(arena, path);
    return AK_OK;
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *at)
{
    (void)facts;
    (void)kind;
    (void)at;
    return remove(path);
}

/* Folders of a module cache are read-only, and a checkout may hold one. */
static int make_writable(const char *path, const struct stat *facts, int kind, struct FTW *at)
{
    (void)at;
    if (kind == FTW_D && (facts->st_mode & S_IWUSR) == 0) {
        return chmod(path, S_IRWXU);
    }
    return 0;
}

void collector_scratch_remove(const char *path)
{
    nftw(path, make_writable, OPEN_FOLDERS_MAX, FTW_PHYS);
    nftw(path, remove_one, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS);
}

void collector_scratch_end(struct collector_scratch *s)
{
    collector_scratch_remove(s->path);
    sigprocmask(SIG_SETMASK, &s->before, NULL);
}
