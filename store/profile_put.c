/* A profile into the file: as columns where they give back the identical protobuf, else as is. */
#include "profile/decode.h"
#include "profile/encode.h"
#include "profile_store.h"
#include "varint.h"

struct making {
    struct ak_str bytes;
    const struct ak_profile *model;
    uint32_t *string_ids;
    struct store_profile_row *row;
};

void store_body_make(struct ak_store *s, struct ak_str plain, struct ak_buf *out)
{
    ak_buf_reset(out);
    store_put(out, 1);
    store_put(out, plain.len);
    store_deflate_add(store_dict_of(s)->deflate, plain, out);
    if (out->len > plain.len) {
        ak_buf_reset(out);
        store_put(out, 0);
        ak_buf_str(out, plain);
    }
}

void store_profile_row_release(struct store_profile_row *row)
{
    ak_buf_release(&row->body);
    ak_buf_release(&row->summary.packed);
    ak_buf_release(&row->summary.top);
}

void store_profile_row_bind(struct store_query *q, const struct store_profile_row *row)
{
    store_bind_i64(q, row->encoding);
    store_bind_i64(q, row->shape);
    store_bind_blob(q, row->body.ptr, row->body.len);
    store_bind_blob(q, row->summary.packed.ptr, row->summary.packed.len);
    store_bind_i64(q, row->summary.top_type);
    store_bind_str(q, row->summary.top.len ? ak_buf_view(&row->summary.top) : AK_STR("[]"));
}

/* Reads back what was packed, as a later reader will, and compares. */
static enum ak_status gives_same(struct ak_store *s, const struct making *m,
                                 const struct store_packed *packed, bool *out_same,
                                 struct ak_error *err)
{
    const struct store_body body = {
        .shape = m->row->shape, .size = m->bytes.len, .bytes = ak_buf_view(&packed->body)};
    struct ak_buf again = AK_BUF_INIT;
    struct ak_profile *model = NULL;
    const enum ak_status st = store_profile_unpack(s, &body, &model, err);
    if (st == AK_OK) {
        ak_buf_reserve(&again, m->bytes.len);
        ak_profile_encode(model, AK_ENCODE_GO_RUNTIME, &again);
        *out_same = ak_str_eq(ak_buf_view(&again), m->bytes);
    }
    ak_buf_release(&again);
    return st;
}

static enum ak_status try_columns(struct ak_store *s, struct making *m, unsigned flags,
                                  struct ak_error *err)
{
    struct store_packed packed = {.flags = flags};
    bool same = false;
    enum ak_status st = store_profile_pack(s, m->model, m->string_ids, &packed, err);
    if (st == AK_OK && packed.fits) {
        st = gives_same(s, m, &packed, &same, err);
    }
    if (st == AK_OK && same) {
        m->row->encoding = ENCODING_COLUMNS;
        store_body_make(s, ak_buf_view(&packed.body), &m->row->body);
    }
    ak_buf_release(&packed.body);
    return st;
}

static enum ak_status make_from_model(struct ak_store *s, struct making *m, struct ak_error *err)
{
    struct store_profile_row *const row = m->row;
    enum ak_status st = store_shape_intern(s, m->model, m->string_ids, &row->shape, err);
    st = st == AK_OK ? try_columns(s, m, 0, err) : st;
    if (st == AK_OK && row->encoding == ENCODING_RAW) {
        st = try_columns(s, m, PROFILE_HAS_STRINGS, err);
    }
    return st == AK_OK ? store_summary_make(s, m->model, m->string_ids, &row->summary, err) : st;
}

/* What cannot be decoded was accepted by the caller as a profile of another format: it is kept, but
 * has neither shape nor summary. */
enum ak_status store_profile_make(struct ak_store *s, struct ak_str bytes,
                                  struct store_profile_row *out, struct ak_error *err)
{
    *out = (struct store_profile_row){.encoding = ENCODING_RAW};
    struct ak_profile *model = NULL;
    enum ak_status st = AK_OK;
    if (ak_profile_decode_bytes("profile", bytes, NULL, &model, NULL) == AK_OK) {
        struct ak_arena *const scratch = store_dict_of(s)->scratch;
        struct making m = {.bytes = bytes, .model = model, .row = out};
        ak_arena_reset(scratch);
        m.string_ids = AK_NEW_ARRAY(scratch, uint32_t, model->string_count + 1u);
        st = make_from_model(s, &m, err);
        ak_profile_free(model);
    }
    if (st == AK_OK && out->encoding == ENCODING_RAW) {
        store_body_make(s, bytes, &out->body);
    }
    return st;
}

/* Its first four bytes, which are indexed, and the whole. */
static void bind_sha256(struct store_query *q, const struct ak_sha256 *h)
{
    int32_t first;
    memcpy(&first, h->bytes, sizeof first);
    store_bind_i64(q, first);
    store_bind_blob(q, h->bytes, sizeof h->bytes);
}

static enum ak_status insert(struct ak_store *s, const struct ak_run_profile *p,
                             const struct store_profile_row *row, int64_t *out_id,
                             struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_PROFILE_ADD);
    bind_sha256(&q, &p->sha256);
    store_bind_text(&q, p->kind);
    store_bind_i64(&q, (int64_t)p->bytes.len);
    store_profile_row_bind(&q, row);
    const enum ak_status st = store_query_run(&q, err);
    if (st == AK_OK) {
        *out_id = sqlite3_last_insert_rowid(s->db);
    }
    return st;
}

static enum ak_status add(struct ak_store *s, const struct ak_run_profile *p,
                          struct store_profile_added *out, struct ak_error *err)
{
    struct store_profile_row row;
    int64_t id = 0;
    enum ak_status st = store_profile_make(s, p->bytes, &row, err);
    st = st == AK_OK ? insert(s, p, &row, &id, err) : st;
    if (st == AK_OK) {
        *out = (struct store_profile_added){
            .id = id, .is_new = true, .is_raw = row.encoding == ENCODING_RAW};
    }
    store_profile_row_release(&row);
    return st;
}

enum ak_status store_profile_put(struct ak_store *s, const struct ak_run_profile *p,
                                 struct store_profile_added *out, struct ak_error *err)
{
    bool found = false;
    int64_t id = 0;
    struct store_query q = store_query_start(s, SQL_PROFILE_BY_SHA);
    bind_sha256(&q, &p->sha256);
    const enum ak_status st = store_query_id(&q, &found, &id, err);
    if (st == AK_OK && !found) {
        return add(s, p, out, err);
    }
    if (st == AK_OK) {
        *out = (struct store_profile_added){.id = id};
    }
    return st;
}
