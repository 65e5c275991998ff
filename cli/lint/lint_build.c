#include "lint_build.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void child(const struct lint_build *b, const char *command)
{
    if (setenv("AKREPORT_OUT", b->dir, 1) == 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0) {
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    }
    _exit(127);
}

enum ak_status cli_lint_build_run(struct lint_build *b, const char *command, struct ak_error *err)
{
    const char *const tmp = getenv("TMPDIR");
    int how = 0;
    if (snprintf(b->dir, sizeof b->dir, "%s/aklint.XXXXXX",
                 tmp && strlen(tmp) < 40 ? tmp : "/tmp") < 0 ||
        !mkdtemp(b->dir)) {
        const int errnum = errno;
        b->dir[0] = '\0';
        return ak_fail_errno(err, AK_IO, errnum, "no folder for the build");
    }
    const pid_t pid = fork();
    if (pid == 0) {
        child(b, command);
    }
    while (pid > 0 && waitpid(pid, &how, 0) < 0 && errno == EINTR) {
    }
    if (pid < 0) {
        return ak_fail_errno(err, AK_IO, errno, "the build could not be started");
    }
    if (WIFSIGNALED(how)) {
        return ak_fail(err, AK_USAGE, "the build was ended by signal %d", WTERMSIG(how));
    }
    return WEXITSTATUS(how) == 0 ? AK_OK
                                 : ak_fail(err, AK_USAGE, "the build exited %d", WEXITSTATUS(how));
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    (void)remove(path);
    return 0;
}

void cli_lint_build_remove(struct lint_build *b)
{
    if (b->dir[0]) {
        (void)nftw(b->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        b->dir[0] = '\0';
    }
}
