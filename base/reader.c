#include "base/io.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define PIECE 65536u
#define RATIO_FREE (1u << 20)

struct ak_limits ak_limits_or_default(const struct ak_limits *limits)
{
    struct ak_limits l = limits ? *limits : (struct ak_limits){0};
    l.max_inflated = l.max_inflated ? l.max_inflated : 1ULL << 30;
    l.max_ratio = l.max_ratio ? l.max_ratio : 200;
    l.max_samples = l.max_samples ? l.max_samples : 64ULL << 20;
    l.max_strings = l.max_strings ? l.max_strings : 8ULL << 20;
    l.max_string_len = l.max_string_len ? l.max_string_len : 1ULL << 20;
    l.max_depth = l.max_depth ? l.max_depth : 1ULL << 16;
    return l;
}

struct ak_reader {
    char *name;
    int fd; /* -1: from memory */
    bool close_fd;
    struct ak_str memory; /* what is left of it */
    struct ak_limits limits;

    unsigned char *in; /* PIECE bytes read from fd */
    struct ak_str raw; /* not yet used part of the input at hand */
    bool raw_end;
    uint64_t raw_total;

    bool started;
    bool gzip;
    bool in_member;
    unsigned members;
    z_stream z;
    unsigned char *out;
    uint64_t given;
};

const char *ak_reader_name(const struct ak_reader *r)
{
    return r->name;
}

bool ak_reader_was_gzip(const struct ak_reader *r)
{
    return r->gzip;
}

unsigned ak_reader_members(const struct ak_reader *r)
{
    return r->members;
}

uint64_t ak_reader_offset(const struct ak_reader *r)
{
    return r->given;
}

static struct ak_reader *reader_new(const char *name, const struct ak_limits *limits)
{
    struct ak_reader *r = ak_calloc(1, sizeof *r);
    r->name = ak_strdup(name);
    r->fd = -1;
    r->limits = ak_limits_or_default(limits);
    return r;
}

enum ak_status ak_reader_open(const char *path, const struct ak_limits *limits,
                              struct ak_reader **out, struct ak_error *err)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    const int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return ak_fail_errno(err, AK_IO, errno, "%s", path);
    }
    struct stat sb;
    if (fstat(fd, &sb) == 0 && S_ISDIR(sb.st_mode)) {
        if (!is_stdin) {
            close(fd);
        }
        return ak_fail(err, AK_IO, "%s: is a directory", path);
    }
    struct ak_reader *r = reader_new(is_stdin ? "standard input" : path, limits);
    r->fd = fd;
    r->close_fd = !is_stdin;
    r->in = ak_malloc(PIECE);
    *out = r;
    return AK_OK;
}

enum ak_status ak_reader_open_bytes(const char *name, struct ak_str bytes,
                                    const struct ak_limits *limits, struct ak_reader **out,
                                    struct ak_error *err)
{
    (void)err;
    struct ak_reader *r = reader_new(name, limits);
    r->memory = bytes;
    *out = r;
    return AK_OK;
}

void ak_reader_close(struct ak_reader *r)
{
    if (!r) {
        return;
    }
    if (r->close_fd) {
        close(r->fd);
    }
    if (r->gzip) {
        inflateEnd(&r->z);
    }
    ak_free(r->in);
    ak_free(r->out);
    ak_free(r->name);
    ak_free(r);
}

/* Takes the next piece of the raw input into r->raw when that is used up. */
static enum ak_status fill(struct ak_reader *r, struct ak_error *err)
{
    if (r->raw.len > 0 || r->raw_end) {
        return AK_OK;
    }
    if (r->fd < 0) {
        const size_t n = r->memory.len < PIECE ? r->memory.len : PIECE;
        r->raw = ak_str_slice(r->memory, 0, n);
        r->memory = ak_str_slice(r->memory, n, r->memory.len);
    } else {
        ssize_t n;
        do {
            n = read(r->fd, r->in, PIECE);
        } while (n < 0 && errno == EINTR);
        if (n < 0) {
            return ak_fail_errno(err, AK_IO, errno, "%s", r->name);
        }
        r->raw = (struct ak_str){(const char *)r->in, (size_t)n};
    }
    r->raw_end = r->raw.len == 0;
    r->raw_total += r->raw.len;
    return AK_OK;
}

/* Decides by the first two bytes whether the stream is gzip. */
static enum ak_status start(struct ak_reader *r, struct ak_error *err)
{
    r->started = true;
    const enum ak_status st = fill(r, err);
    if (st != AK_OK) {
        return st;
    }
    const unsigned char *p = (const unsigned char *)r->raw.ptr;
    r->gzip = r->raw.len >= 2 && p[0] == 0x1f && p[1] == 0x8b;
    if (r->gzip) {
        r->out = ak_malloc(PIECE);
        if (inflateInit2(&r->z, 15 + 16) != Z_OK) {
            r->gzip = false;
            return ak_fail(err, AK_IO, "%s: zlib does not start", r->name);
        }
        r->in_member = true;
        r->members = 1;
    }
    return AK_OK;
}

static enum ak_status check_caps(struct ak_reader *r, struct ak_error *err)
{
    if (r->given > r->limits.max_inflated) {
        return ak_fail(err, AK_LIMIT, "%s: larger than %llu MiB when inflated", r->name,
                       (unsigned long long)(r->limits.max_inflated >> 20));
    }
    if (r->gzip && r->given > RATIO_FREE &&
        r->given - RATIO_FREE > r->raw_total * r->limits.max_ratio) {
        return ak_fail(err, AK_LIMIT, "%s: inflates to more than %llu times its size", r->name,
                       (unsigned long long)r->limits.max_ratio);
    }
    return AK_OK;
}

static enum ak_status gzip_error(const struct ak_reader *r, int rc, struct ak_error *err)
{
    return ak_fail(err, AK_CORRUPT, "%s: damaged gzip data: %s", r->name,
                   r->z.msg ? r->z.msg : zError(rc));
}

/* After a member: the next one begins, or the input ends; anything else is an error. */
static enum ak_status next_member(struct ak_reader *r, struct ak_error *err)
{
    const enum ak_status st = fill(r, err);
    if (st != AK_OK || r->raw.len == 0) {
        return st;
    }
    if ((unsigned char)r->raw.ptr[0] != 0x1f) {
        return ak_fail(err, AK_CORRUPT, "%s: bytes after the end of the gzip data", r->name);
    }
    inflateReset(&r->z);
    r->in_member = true;
    r->members++;
    return AK_OK;
}

/* One step of inflate; *done when the whole input is used up. */
static enum ak_status inflate_step(struct ak_reader *r, bool *done, struct ak_error *err)
{
    if (!r->in_member) {
        const enum ak_status st = next_member(r, err);
        *done = st == AK_OK && !r->in_member;
        if (st != AK_OK || *done) {
            return st;
        }
    }
    const enum ak_status st = fill(r, err);
    if (st != AK_OK) {
        return st;
    }
    if (r->raw.len == 0) {
        return ak_fail(err, AK_CORRUPT, "%s: gzip data ends too early", r->name);
    }
    r->z.next_in = (z_const Bytef *)(uintptr_t)r->raw.ptr;
    r->z.avail_in = (uInt)r->raw.len;
    const int rc = inflate(&r->z, Z_NO_FLUSH);
    const size_t used = r->raw.len - r->z.avail_in;
    r->raw = ak_str_slice(r->raw, used, r->raw.len);
    if (rc == Z_STREAM_END) {
        r->in_member = false;
    } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
        return gzip_error(r, rc, err);
    }
    return AK_OK;
}

static enum ak_status next_inflated(struct ak_reader *r, struct ak_str *out_piece,
                                    struct ak_error *err)
{
    r->z.next_out = r->out;
    r->z.avail_out = PIECE;
    bool done = false;
    while (!done && r->z.avail_out > 0) {
        const enum ak_status st = inflate_step(r, &done, err);
        if (st != AK_OK) {
            return st;
        }
    }
    const size_t n = PIECE - r->z.avail_out;
    r->given += n;
    const enum ak_status st = check_caps(r, err);
    if (st == AK_OK) {
        *out_piece = (struct ak_str){(const char *)r->out, n};
    }
    return st;
}

enum ak_status ak_reader_next(struct ak_reader *r, struct ak_str *out_piece, struct ak_error *err)
{
    enum ak_status st = r->started ? AK_OK : start(r, err);
    if (st != AK_OK) {
        return st;
    }
    if (r->gzip) {
        return next_inflated(r, out_piece, err);
    }
    st = fill(r, err);
    if (st != AK_OK) {
        return st;
    }
    const struct ak_str piece = r->raw;
    r->raw = (struct ak_str){NULL, 0};
    r->given += piece.len;
    st = check_caps(r, err);
    if (st == AK_OK) {
        *out_piece = piece;
    }
    return st;
}

static enum ak_status read_to_end(struct ak_reader *r, struct ak_buf *out, struct ak_error *err)
{
    ak_buf_reset(out);
    enum ak_status st;
    struct ak_str piece;
    while ((st = ak_reader_next(r, &piece, err)) == AK_OK && piece.len > 0) {
        ak_buf_str(out, piece);
    }
    ak_reader_close(r);
    return st;
}

enum ak_status ak_file_read_inflated(const char *path, const struct ak_limits *limits,
                                     struct ak_buf *out, struct ak_error *err)
{
    struct ak_reader *r;
    const enum ak_status st = ak_reader_open(path, limits, &r, err);
    return st == AK_OK ? read_to_end(r, out, err) : st;
}

enum ak_status ak_inflate_bytes(const char *name, struct ak_str bytes,
                                const struct ak_limits *limits, struct ak_buf *out,
                                struct ak_error *err)
{
    struct ak_reader *r;
    const enum ak_status st = ak_reader_open_bytes(name, bytes, limits, &r, err);
    return st == AK_OK ? read_to_end(r, out, err) : st;
}

void ak_gzip_bytes(struct ak_str bytes, int level, struct ak_buf *out)
{
    z_stream z = {0};
    if (deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return;
    }
    gz_header header = {.os = 255}; /* unknown: the same bytes on every system */
    deflateSetHeader(&z, &header);
    size_t left = bytes.len;
    const char *at = bytes.ptr;
    int rc = Z_OK;
    do {
        const size_t n = left < (1u << 30) ? left : 1u << 30;
        z.next_in = (z_const Bytef *)(uintptr_t)at;
        z.avail_in = (uInt)n;
        at += n;
        left -= n;
        do {
            unsigned char piece[16384];
            z.next_out = piece;
            z.avail_out = sizeof piece;
            rc = deflate(&z, left > 0 ? Z_NO_FLUSH : Z_FINISH);
            ak_buf_add(out, piece, sizeof piece - z.avail_out);
        } while (z.avail_out == 0);
    } while (left > 0 && rc == Z_OK);
    deflateEnd(&z);
}
