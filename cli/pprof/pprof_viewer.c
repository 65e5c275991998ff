#include "pprof_viewer.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The first name that is free; created, so that nobody else takes it. */
static int create_file(struct ak_arena *a, const char *suffix, const char **out_path)
{
    const char *dir = getenv("TMPDIR");
    for (int i = 1; i < 10000; i++) {
        const char *path =
            ak_arena_printf(a, "%s/pprof%03d.%s", dir && dir[0] ? dir : "/tmp", i, suffix);
        const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST) {
            *out_path = path;
            return fd;
        }
    }
    errno = EEXIST;
    return -1;
}

static enum ak_status write_file(struct ak_arena *a, struct ak_str bytes, const char *suffix,
                                 const char **out_path, struct ak_error *err)
{
    const int fd = create_file(a, suffix, out_path);
    if (fd < 0) {
        return ak_fail_errno(err, AK_IO, errno, "temporary file for the browser");
    }
    for (size_t done = 0; done < bytes.len;) {
        const ssize_t n = write(fd, bytes.ptr + done, bytes.len - done);
        if (n < 0 && errno != EINTR) {
            const int problem = errno;
            close(fd);
            return ak_fail_errno(err, AK_IO, problem, "%s", *out_path);
        }
        done += n > 0 ? (size_t)n : 0;
    }
    close(fd);
    return AK_OK;
}

static bool is_program(struct ak_arena *a, const char *name)
{
    if (strchr(name, '/')) {
        return access(name, X_OK) == 0;
    }
    const char *path = getenv("PATH");
    for (struct ak_str rest = ak_str_from(path ? path : ""); rest.ptr;) {
        const struct ak_str dir = ak_str_cut(&rest, ':');
        if (dir.len &&
            access(ak_arena_printf(a, "%.*s/%s", (int)dir.len, dir.ptr, name), X_OK) == 0) {
            return true;
        }
    }
    return false;
}

/* Starts "program arg... path" on its own. */
static bool start(struct ak_arena *a, const char *command, const char *path)
{
    char *argv[16];
    size_t n = 0;
    for (struct ak_str rest = ak_str_from(command); rest.ptr && n < 14;) {
        const struct ak_str word = ak_str_cut(&rest, ' ');
        if (word.len) {
            argv[n++] = ak_arena_strndup(a, word.ptr, word.len);
        }
    }
    if (n == 0 || !is_program(a, argv[0])) {
        return false;
    }
    argv[n++] = ak_arena_strdup(a, path);
    argv[n] = NULL;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        setsid();
        execvp(argv[0], argv);
        _exit(127);
    }
    return child > 0;
}

enum ak_status pprof_view(struct ak_str bytes, const char *suffix, struct ak_error *err)
{
    static const char *const known[] = {"chrome",  "google-chrome",    "chromium",
                                        "firefox", "sensible-browser", NULL};
    struct ak_arena *a = ak_arena_new();
    const char *path = NULL, *browser = getenv("BROWSER");
    const enum ak_status st = write_file(a, bytes, suffix, &path, err);
    if (st == AK_OK) {
        bool started = browser && start(a, browser, path);
        for (size_t i = 0; known[i] && !started; i++) {
            started = start(a, known[i], path);
        }
        const char *display = getenv("DISPLAY");
        started = started || (display && display[0] && start(a, "xdg-open", path));
        if (!started) {
            printf("%s\n", path);
            fflush(stdout);
        }
    }
    ak_arena_free(a);
    return st;
}
