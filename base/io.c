#include "base/io.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *ak_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

enum ak_status ak_file_read(const char *path, uint64_t max_bytes, struct ak_buf *out,
                            struct ak_error *err)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    const int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return ak_fail_errno(err, AK_IO, errno, "%s", path);
    }
    ak_buf_reset(out);
    enum ak_status st = AK_OK;
    for (;;) {
        ak_buf_reserve(out, 65536);
        const ssize_t n = read(fd, out->ptr + out->len, out->cap - out->len - 1);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            st = ak_fail_errno(err, AK_IO, errno, "%s", path);
        } else {
            out->len += (size_t)n;
            out->ptr[out->len] = '\0';
            if (max_bytes && out->len > max_bytes) {
                st = ak_fail(err, AK_LIMIT, "%s: larger than %llu bytes", path,
                             (unsigned long long)max_bytes);
            }
        }
        if (n <= 0 || st != AK_OK) {
            break;
        }
    }
    if (!is_stdin) {
        close(fd);
    }
    return st;
}

static enum ak_status write_all(int fd, const char *path, struct ak_str bytes, struct ak_error *err)
{
    size_t done = 0;
    while (done < bytes.len) {
        const ssize_t n = write(fd, bytes.ptr + done, bytes.len - done);
        if (n < 0 && errno != EINTR) {
            return ak_fail_errno(err, AK_IO, errno, "%s", path);
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return AK_OK;
}

/* Devices, fifos and standard output cannot be renamed over. */
static enum ak_status write_directly(const char *path, struct ak_str bytes, struct ak_error *err)
{
    const bool is_stdout = strcmp(path, "-") == 0;
    const int fd = is_stdout ? STDOUT_FILENO : open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return ak_fail_errno(err, AK_IO, errno, "%s", path);
    }
    const enum ak_status st = write_all(fd, is_stdout ? "standard output" : path, bytes, err);
    if (!is_stdout) {
        close(fd);
    }
    return st;
}

enum ak_status ak_file_write(const char *path, struct ak_str bytes, struct ak_error *err)
{
    struct stat sb;
    if (strcmp(path, "-") == 0 || (stat(path, &sb) == 0 && !S_ISREG(sb.st_mode))) {
        if (strcmp(path, "-") != 0 && S_ISDIR(sb.st_mode)) {
            return ak_fail(err, AK_IO, "%s: is a directory", path);
        }
        return write_directly(path, bytes, err);
    }
    struct ak_buf beside = AK_BUF_INIT;
    ak_buf_printf(&beside, "%s.tmp.%ld", path, (long)getpid());
    const int fd = open(beside.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    enum ak_status st = AK_OK;
    if (fd < 0) {
        st = ak_fail_errno(err, AK_IO, errno, "%s", path);
    } else {
        st = write_all(fd, path, bytes, err);
        if (close(fd) != 0 && st == AK_OK) {
            st = ak_fail_errno(err, AK_IO, errno, "%s", path);
        }
        if (st == AK_OK && rename(beside.ptr, path) != 0) {
            st = ak_fail_errno(err, AK_IO, errno, "%s", path);
        }
        if (st != AK_OK) {
            unlink(beside.ptr);
        }
    }
    ak_buf_release(&beside);
    return st;
}

enum ak_status ak_dir_make(const char *path, struct ak_error *err)
{
    char *copy = ak_strdup(path);
    enum ak_status st = AK_OK;
    for (char *at = copy + 1; st == AK_OK; at++) {
        const char c = *at;
        if (c != '/' && c != '\0') {
            continue;
        }
        *at = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
            st = ak_fail_errno(err, AK_IO, errno, "%s", copy);
        }
        *at = c;
        if (c == '\0') {
            break;
        }
    }
    struct stat sb;
    if (st == AK_OK && (stat(copy, &sb) != 0 || !S_ISDIR(sb.st_mode))) {
        st = ak_fail(err, AK_IO, "%s: is not a directory", path);
    }
    ak_free(copy);
    return st;
}

struct walk {
    bool (*visit)(void *ctx, const struct ak_file_info *info);
    void *ctx;
    struct ak_buf path;
    bool stop;
};

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void walk_folder(struct walk *w, unsigned depth);

static void walk_entry(struct walk *w, const char *name, unsigned depth)
{
    const size_t len = w->path.len;
    ak_buf_printf(&w->path, "/%s", name);
    struct stat sb;
    if (lstat(w->path.ptr, &sb) == 0) {
        if (S_ISREG(sb.st_mode)) {
            const struct ak_file_info info = {
                .path = w->path.ptr,
                .size = (uint64_t)sb.st_size,
                .mtime_ns = (int64_t)sb.st_mtim.tv_sec * 1000000000 + sb.st_mtim.tv_nsec,
                .inode = sb.st_ino,
            };
            w->stop = !w->visit(w->ctx, &info);
        } else if (S_ISDIR(sb.st_mode) && depth > 0) {
            walk_folder(w, depth - 1);
        }
    }
    w->path.len = len;
    w->path.ptr[len] = '\0';
}

/* Recursion is bounded by depth; a folder that cannot be read is passed over. */
static void walk_folder(struct walk *w, unsigned depth)
{
    struct dirent **entries = NULL;
    const int n = scandir(w->path.ptr, &entries, is_visible, by_name);
    for (int i = 0; i < n; i++) {
        if (!w->stop) {
            walk_entry(w, entries[i]->d_name, depth);
        }
        free(entries[i]);
    }
    free(entries);
}

enum ak_status ak_dir_walk(const char *dir, unsigned depth,
                           bool (*visit)(void *ctx, const struct ak_file_info *info), void *ctx,
                           struct ak_error *err)
{
    struct stat sb;
    if (stat(dir, &sb) != 0) {
        return ak_fail_errno(err, AK_IO, errno, "%s", dir);
    }
    if (!S_ISDIR(sb.st_mode)) {
        return ak_fail(err, AK_IO, "%s: is not a directory", dir);
    }
    struct walk w = {.visit = visit, .ctx = ctx};
    ak_buf_puts(&w.path, dir);
    walk_folder(&w, depth);
    ak_buf_release(&w.path);
    return AK_OK;
}
