/* What the tests of profile/ share: protobuf written by hand, and the profiles of tests/data. */
#ifndef PROFILE_FIXTURE_H
#define PROFILE_FIXTURE_H

#include "base/mem.h"
#include "profile/decode.h"
#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void raw_varint(struct ak_buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) {
        ak_buf_putc(b, (char)(v | 0x80));
    }
    ak_buf_putc(b, (char)v);
}

static inline void raw_number(struct ak_buf *b, unsigned field, uint64_t v)
{
    raw_varint(b, (uint64_t)field << 3);
    raw_varint(b, v);
}

static inline void raw_bytes(struct ak_buf *b, unsigned field, const void *p, size_t n)
{
    raw_varint(b, (uint64_t)field << 3 | 2);
    raw_varint(b, n);
    ak_buf_add(b, p, n);
}

static inline void raw_text(struct ak_buf *b, unsigned field, const char *s)
{
    raw_bytes(b, field, s, strlen(s));
}

/* A message of number fields: pairs (field, value), ended by field 0. */
static inline void raw_message(struct ak_buf *b, unsigned field, const uint64_t *pairs)
{
    struct ak_buf m = AK_BUF_INIT;
    for (; pairs[0] != 0; pairs += 2) {
        raw_number(&m, (unsigned)pairs[0], pairs[1]);
    }
    raw_bytes(b, field, m.ptr, m.len);
    ak_buf_release(&m);
}
#define RAW(b, field, ...) raw_message((b), (field), (const uint64_t[]){__VA_ARGS__, 0, 0})

static inline enum ak_status decode_buf(const struct ak_buf *b, struct ak_profile **out,
                                        struct ak_error *err)
{
    return ak_profile_decode_bytes("t.pb", ak_buf_view(b), NULL, out, err);
}

static inline int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* Calls `visit` with each file of tests/data/profiles, by name; returns how many there were. */
static inline size_t each_profile(void (*visit)(const char *path))
{
    static const char dir_name[] = "tests/data/profiles";
    char *paths[1024];
    size_t count = 0;
    DIR *dir = opendir(dir_name);
    assert_non_null(dir);
    for (const struct dirent *e; (e = readdir(dir)) != NULL && count < AK_COUNT(paths);) {
        if (strstr(e->d_name, ".pb.gz")) {
            char path[512];
            snprintf(path, sizeof path, "%s/%s", dir_name, e->d_name);
            paths[count++] = ak_strdup(path);
        }
    }
    closedir(dir);
    qsort(paths, count, sizeof *paths, by_name);
    for (size_t i = 0; i < count; i++) {
        visit(paths[i]);
        ak_free(paths[i]);
    }
    return count;
}

#endif
