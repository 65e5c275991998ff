#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int spawn(const char *const argv[], const char *dir, int out_fd, pid_t *out_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (dir) {
        posix_spawn_file_actions_addchdir_np(&actions, dir);
    }
    /* posix_spawn does not change the strings; its type predates const. */
    char *const *args = (char *const *)(uintptr_t)argv;
    const int rc = posix_spawnp(out_pid, argv[0], &actions, NULL, args, environ);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

static void read_all(int fd, struct ak_buf *out)
{
    char piece[4096];
    for (;;) {
        const ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return;
        }
        if (out->len < 65536) {
            ak_buf_add(out, piece, (size_t)n);
        }
    }
}

bool base_child_read(const char *const argv[], const char *dir, struct ak_buf *out)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) {
        return false;
    }
    pid_t pid;
    const int rc = spawn(argv, dir, fds[1], &pid);
    close(fds[1]);
    if (rc == 0) {
        read_all(fds[0], out);
    }
    close(fds[0]);
    if (rc != 0) {
        return false;
    }
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return false;
        }
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
