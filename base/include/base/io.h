/* Files: reading as a stream with gzip found from content and caps, whole-file reading, and writing
 * beside and renaming, so that no reader ever sees half a file. */
#ifndef BASE_IO_H
#define BASE_IO_H

#include "base/buf.h"
#include "base/status.h"

#include <stdio.h>

/* Caps on input; 0 means the default. */
struct ak_limits {
    uint64_t max_inflated;   /* bytes after gunzip; default 1 GiB */
    uint64_t max_ratio;      /* inflated / read bytes, beyond the first MiB; default 200 */
    uint64_t max_samples;    /* default 64 M */
    uint64_t max_strings;    /* default 8 M */
    uint64_t max_string_len; /* default 1 MiB */
    uint64_t max_depth;      /* frames of one stack; default 64 Ki... 1 Mi is refused */
};
/* Fills zero fields with the defaults. */
struct ak_limits ak_limits_or_default(const struct ak_limits *limits);

/* A stream of bytes from a file, standard input ("-") or memory; inflates gzip when the content
 * starts with gzip's magic (two members are one stream, as gunzip does; ak_reader_members tells).
 * Refuses directories and fifos that never open. */
struct ak_reader;

/* `name` is used in messages and, for a file, is the path. Returns owned through out. */
enum ak_status ak_reader_open(const char *path, const struct ak_limits *limits,
                              struct ak_reader **out, struct ak_error *err) AK_MUST_USE;
/* borrows `bytes` until close. */
enum ak_status ak_reader_open_bytes(const char *name, struct ak_str bytes,
                                    const struct ak_limits *limits, struct ak_reader **out,
                                    struct ak_error *err) AK_MUST_USE;
void ak_reader_close(struct ak_reader *r);
/* Gives the next piece of the stream, borrowed until the next call; empty piece at the end.
 * Pieces are up to 64 KiB. */
enum ak_status ak_reader_next(struct ak_reader *r, struct ak_str *out_piece,
                              struct ak_error *err) AK_MUST_USE;
const char *ak_reader_name(const struct ak_reader *r);
bool ak_reader_was_gzip(const struct ak_reader *r);
unsigned ak_reader_members(const struct ak_reader *r); /* gzip members read so far */
uint64_t ak_reader_offset(const struct ak_reader *r);  /* inflated bytes given so far */

/* Whole file ("-": standard input) into out (reset first), as it is (no gunzip) / inflated. */
enum ak_status ak_file_read(const char *path, uint64_t max_bytes, struct ak_buf *out,
                            struct ak_error *err) AK_MUST_USE;
enum ak_status ak_file_read_inflated(const char *path, const struct ak_limits *limits,
                                     struct ak_buf *out, struct ak_error *err) AK_MUST_USE;
enum ak_status ak_inflate_bytes(const char *name, struct ak_str bytes,
                                const struct ak_limits *limits, struct ak_buf *out,
                                struct ak_error *err) AK_MUST_USE;
/* gzip with fixed header (no time, no name), so that equal input gives equal output. */
void ak_gzip_bytes(struct ak_str bytes, int level, struct ak_buf *out);

/* Writes beside (`path` + ".tmp.PID") and renames; on failure nothing of `path` has changed and
 * the piece is removed. "-" writes to standard output; a device or fifo is written directly. */
enum ak_status ak_file_write(const char *path, struct ak_str bytes,
                             struct ak_error *err) AK_MUST_USE;
/* mkdir -p. */
enum ak_status ak_dir_make(const char *path, struct ak_error *err) AK_MUST_USE;

/* Calls `visit` for each regular file below `dir` in byte order of names, to `depth` levels,
 * skipping names that start with "." and not following links. Stops when visit returns false. */
struct ak_file_info {
    const char *path; /* borrowed during the visit */
    uint64_t size;
    int64_t mtime_ns;
    uint64_t inode;
};
enum ak_status ak_dir_walk(const char *dir, unsigned depth,
                           bool (*visit)(void *ctx, const struct ak_file_info *info), void *ctx,
                           struct ak_error *err) AK_MUST_USE;

/* The last component of a path, borrowed. */
const char *ak_path_base(const char *path);

#endif
