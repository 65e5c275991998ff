/* Stacks: lists of frames, shared by all profiles. A store has tens of thousands of short ones that
 * resemble each other, so they are deflated by the chunk. */
#include "base/mem.h"
#include "dict.h"
#include "varint.h"

#include <assert.h>
#include <string.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "hashes are kept as they are in memory: of stacks, and the start of each sha256");

void store_stacks_release(struct store_stacks *t)
{
    store_index_release(&t->by_id);
    ak_idmap_release(&t->by_hash);
    ak_free(t->bodies);
    ak_free(t->hashes);
    ak_free(t->next);
}

static void remember(struct ak_store *s, uint32_t id, struct ak_str body)
{
    struct store_stacks *const t = &s->dict->stacks;
    if (store_index_put(&t->by_id, id, (uint32_t)t->body_count) == t->body_count) {
        AK_GROW(t->bodies, t->body_count + 1, t->bodies_cap);
        t->bodies[t->body_count++] = ak_arena_str(s->dict->arena, body);
    }
}

static enum ak_status damaged(struct ak_store *s, struct ak_error *err)
{
    return ak_fail(err, AK_CORRUPT, "%s: the table of stacks is damaged", s->path);
}

/* --- reading --------------------------------------------------------------------------------- */

/* Each stack of a chunk: the length of its frames in bytes, then these. */
static bool read_chunk(struct ak_store *s, struct ak_str body, uint32_t first, uint32_t count)
{
    struct ak_buf plain = AK_BUF_INIT;
    bool good = store_chunk_read(s, body, &plain);
    struct store_bytes r = store_bytes_of(ak_buf_view(&plain));
    for (uint32_t i = 0; good && i < count; i++) {
        const uint64_t size = store_get(&r);
        good = !r.bad && size <= store_bytes_left(&r);
        if (good) {
            remember(s, first + i, (struct ak_str){(const char *)r.p, (size_t)size});
            r.p += size;
        }
    }
    ak_buf_release(&plain);
    return good;
}

static enum ak_status load_chunk_of(struct ak_store *s, uint32_t id, struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_CHUNK_AT);
    store_bind_i64(&q, id);
    bool good = false;
    if (store_query_row(&q)) {
        const int64_t first = store_column_i64(&q, 0);
        const int64_t count = store_column_i64(&q, 1);
        good = first <= id && count <= STORE_CHUNK && id - first < count &&
               read_chunk(s, store_column_blob(&q, 2), (uint32_t)first, (uint32_t)count);
    }
    const enum ak_status st = store_query_end(&q, err);
    return st != AK_OK || good ? st : damaged(s, err);
}

enum ak_status store_stack_get(struct ak_store *s, uint32_t id, struct ak_str *out,
                               struct ak_error *err)
{
    const struct store_stacks *const t = &store_dict_of(s)->stacks;
    uint32_t i = store_index_get(&t->by_id, id);
    if (i == AK_IDMAP_NONE) {
        const enum ak_status st = load_chunk_of(s, id, err);
        if (st != AK_OK) {
            return st;
        }
        i = store_index_get(&t->by_id, id);
    }
    *out = t->bodies[i];
    return AK_OK;
}

/* --- adding ---------------------------------------------------------------------------------- */

static void append_hash(struct store_stacks *t, uint32_t hash)
{
    const uint32_t id = t->count;
    AK_GROW(t->hashes, t->count + 1u, t->hashes_cap);
    AK_GROW(t->next, t->count + 1u, t->next_cap);
    t->hashes[id] = hash;
    t->next[id] = AK_IDMAP_NONE;
    t->count++;
    bool is_new = false;
    const uint32_t first = ak_idmap_put(&t->by_hash, hash, id, &is_new);
    if (!is_new) {
        t->next[id] = t->next[first];
        t->next[first] = id;
    }
}

static bool read_hashes(struct store_stacks *t, struct ak_str hashes, int64_t first, int64_t count)
{
    if (first != t->count || count <= 0 || count > STORE_CHUNK || hashes.len != (size_t)count * 4) {
        return false;
    }
    t->last_chunk = t->count;
    for (size_t i = 0; i < (size_t)count; i++) {
        uint32_t hash;
        memcpy(&hash, hashes.ptr + i * 4, sizeof hash);
        append_hash(t, hash);
    }
    return true;
}

static enum ak_status load_hashes(struct ak_store *s, struct ak_error *err)
{
    struct store_stacks *const t = &store_dict_of(s)->stacks;
    bool good = true;
    struct store_query q = store_query_start(s, SQL_CHUNK_HASHES);
    store_bind_i64(&q, store_chunk_id(1, 0));
    while (good && store_query_row(&q)) {
        good = read_hashes(t, store_column_blob(&q, 2), store_column_i64(&q, 0),
                           store_column_i64(&q, 1));
    }
    t->saved = t->count;
    t->hashed = good;
    const enum ak_status st = store_query_end(&q, err);
    return st != AK_OK || good ? st : damaged(s, err);
}

static enum ak_status find(struct ak_store *s, uint32_t hash, struct ak_str body, bool *out_found,
                           uint32_t *out_id, struct ak_error *err)
{
    const struct store_stacks *const t = &s->dict->stacks;
    uint32_t id = ak_idmap_get(&t->by_hash, hash);
    while (id != AK_IDMAP_NONE) {
        struct ak_str there;
        const enum ak_status st = store_stack_get(s, id, &there, err);
        if (st != AK_OK) {
            return st;
        }
        if (ak_str_eq(there, body)) {
            *out_found = true;
            *out_id = id;
            return AK_OK;
        }
        id = t->next[id];
    }
    return AK_OK;
}

enum ak_status store_stack_intern(struct ak_store *s, struct ak_str body, uint32_t *out_id,
                                  struct ak_error *err)
{
    struct store_stacks *const t = &store_dict_of(s)->stacks;
    enum ak_status st = t->hashed ? AK_OK : load_hashes(s, err);
    const uint32_t hash = store_hash(body);
    bool found = false;
    st = st == AK_OK ? find(s, hash, body, &found, out_id, err) : st;
    if (st != AK_OK || found) {
        return st;
    }
    if (t->count >= UINT32_MAX - 1) {
        return ak_fail(err, AK_LIMIT, "%s: too many stacks", s->path);
    }
    *out_id = t->count;
    remember(s, t->count, body);
    append_hash(t, hash);
    return AK_OK;
}

static enum ak_status write_chunk(struct ak_store *s, uint32_t first, uint32_t count,
                                  struct ak_error *err)
{
    struct ak_buf plain = AK_BUF_INIT;
    enum ak_status st = AK_OK;
    for (uint32_t i = first; i < first + count && st == AK_OK; i++) {
        struct ak_str body = {0};
        st = store_stack_get(s, i, &body, err);
        store_put(&plain, body.len);
        ak_buf_str(&plain, body);
    }
    const struct store_chunk c = {
        .id = store_chunk_id(0, first),
        .count = count,
        .hashes = {(const char *)(s->dict->stacks.hashes + first), count * sizeof(uint32_t)},
        .plain = ak_buf_view(&plain)};
    st = st == AK_OK ? store_chunk_put(s, &c, err) : st;
    ak_buf_release(&plain);
    return st;
}

enum ak_status store_stack_save(struct ak_store *s, struct ak_error *err)
{
    struct store_stacks *const t = &s->dict->stacks;
    enum ak_status st = AK_OK;
    if (t->saved == t->count) {
        return AK_OK;
    }
    uint32_t first = t->saved - t->last_chunk >= STORE_CHUNK ? t->saved : t->last_chunk;
    while (first < t->count && st == AK_OK) {
        const uint32_t count = t->count - first < STORE_CHUNK ? t->count - first : STORE_CHUNK;
        st = write_chunk(s, first, count, err);
        t->last_chunk = first;
        first += count;
    }
    t->saved = t->count;
    return st;
}
