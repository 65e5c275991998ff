/* A profile out of the file: the identical protobuf. */
#include "base/hash.h"
#include "profile/encode.h"
#include "profile_store.h"
#include "varint.h"

struct row {
    struct ak_str sha256, body; /* in arena */
    int64_t size, encoding, shape;
};

static enum ak_status damaged(struct ak_store *s, int64_t id, const char *what,
                              struct ak_error *err)
{
    return ak_fail(err, AK_CORRUPT, "%s: profile %lld %s", s->path, (long long)id, what);
}

static enum ak_status read_row(struct ak_store *s, int64_t id, struct ak_arena *arena,
                               struct row *out, struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_PROFILE_GET);
    store_bind_i64(&q, id);
    const bool found = store_query_row(&q);
    if (found) {
        *out = (struct row){.sha256 = ak_arena_str(arena, store_column_blob(&q, 0)),
                            .size = store_column_i64(&q, 1),
                            .encoding = store_column_i64(&q, 2),
                            .shape = store_column_i64(&q, 3),
                            .body = ak_arena_str(arena, store_column_blob(&q, 4))};
    }
    const enum ak_status st = store_query_end(&q, err);
    return st != AK_OK || found
               ? st
               : ak_fail(err, AK_NOT_FOUND, "%s: no profile %lld", s->path, (long long)id);
}

/* The body before deflate, borrowed from the row or from `scratch`. */
static bool plain_body(struct ak_store *s, const struct row *row, struct ak_buf *scratch,
                       struct ak_str *out)
{
    struct store_bytes r = store_bytes_of(row->body);
    const uint64_t deflated = store_get(&r);
    const uint64_t size = deflated ? store_get(&r) : store_bytes_left(&r);
    const struct ak_str rest = {(const char *)r.p, store_bytes_left(&r)};
    *out = rest;
    if (r.bad || !deflated) {
        return !r.bad;
    }
    const bool good = store_inflate_add(store_dict_of(s)->deflate, rest, (size_t)size, scratch);
    *out = ak_buf_view(scratch);
    return good;
}

static enum ak_status rebuild(struct ak_store *s, const struct row *row, struct ak_str plain,
                              struct ak_buf *out, struct ak_error *err)
{
    if (row->encoding == ENCODING_RAW) {
        ak_buf_str(out, plain);
        return AK_OK;
    }
    if (row->shape <= 0 || row->shape > UINT32_MAX) {
        return ak_fail(err, AK_CORRUPT, "%s: a profile's shape is damaged", s->path);
    }
    const struct store_body body = {
        .shape = (uint32_t)row->shape, .size = (uint64_t)row->size, .bytes = plain};
    struct ak_profile *model = NULL;
    const enum ak_status st = store_profile_unpack(s, &body, &model, err);
    if (st == AK_OK) {
        ak_profile_encode(model, AK_ENCODE_GO_RUNTIME, out);
    }
    return st;
}

static enum ak_status load(struct ak_store *s, int64_t id, struct ak_buf *out, struct ak_error *err)
{
    struct ak_arena *const scratch = store_dict_of(s)->scratch;
    struct row row = {0};
    struct ak_str plain = {0};
    struct ak_buf inflated = AK_BUF_INIT;
    const size_t start = out->len;
    ak_arena_reset(scratch);
    enum ak_status st = read_row(s, id, scratch, &row, err);
    if (st == AK_OK &&
        (row.size < 0 || row.encoding < ENCODING_RAW || row.encoding > ENCODING_COLUMNS ||
         !plain_body(s, &row, &inflated, &plain))) {
        st = damaged(s, id, "is damaged", err);
    }
    st = st == AK_OK ? rebuild(s, &row, plain, out, err) : st;
    ak_buf_release(&inflated);
    if (st != AK_OK) {
        return st;
    }
    const struct ak_sha256 got = ak_sha256_of(out->ptr + start, out->len - start);
    const struct ak_str sha = {(const char *)got.bytes, sizeof got.bytes};
    return ak_str_eq(sha, row.sha256) ? AK_OK : damaged(s, id, "does not match its checksum", err);
}

enum ak_status ak_store_load_profile(struct ak_store *s, int64_t profile_id, struct ak_buf *out,
                                     struct ak_error *err)
{
    bool began = false;
    enum ak_status st = store_read_begin(s, &began, err);
    if (st != AK_OK) {
        return st;
    }
    const size_t start = out->len;
    st = load(s, profile_id, out, err);
    store_read_end(s, began);
    if (st != AK_OK && out->len > start) {
        out->len = start;
        out->ptr[start] = '\0';
    }
    return st;
}
