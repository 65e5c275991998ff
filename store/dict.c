#include "dict.h"

#include "base/mem.h"
#include "varint.h"

struct store_dict *store_dict_of(struct ak_store *s)
{
    if (!s->dict) {
        struct store_dict *const d = ak_calloc(1, sizeof *d);
        d->deflate = store_deflate_new();
        d->arena = ak_arena_new();
        d->scratch = ak_arena_new();
        s->dict = d;
    }
    return s->dict;
}

void store_dict_forget(struct ak_store *s)
{
    store_dict_free(s->dict);
    s->dict = NULL;
}

static void table_release(struct store_table *t)
{
    ak_idmap_release(&t->by_hash);
    store_index_release(&t->by_id);
    ak_free(t->items);
}

void store_dict_free(struct store_dict *d)
{
    if (d) {
        for (size_t i = 0; i < d->binary_count; i++) {
            store_binary_free(d->binaries[i]);
        }
        ak_free(d->binaries);
        table_release(&d->entity);
        store_unpacked_release(&d->unpacked);
        store_stacks_release(&d->stacks);
        store_deflate_free(d->deflate);
        ak_arena_free(d->arena);
        ak_arena_free(d->scratch);
        ak_free(d);
    }
}

/* Keeps a copy of what is in the file; gives its index. */
static uint32_t remember(struct ak_store *s, uint32_t hash, uint32_t id, struct ak_str body)
{
    struct store_table *const t = &s->dict->entity;
    const uint32_t index = (uint32_t)t->count;
    const uint32_t there = store_index_put(&t->by_id, id, index);
    if (there != index) {
        return there;
    }
    AK_GROW(t->items, t->count + 1, t->cap);
    t->count++;
    struct store_item *const item = &t->items[index];
    *item = (struct store_item){
        .id = id, .next = AK_IDMAP_NONE, .body = ak_arena_str(s->dict->arena, body)};
    bool is_new = false;
    const uint32_t first = ak_idmap_put(&t->by_hash, hash, index, &is_new);
    if (!is_new) {
        item->next = t->items[first].next;
        t->items[first].next = index;
    }
    return index;
}

static uint32_t find_remembered(const struct store_table *t, uint32_t hash, struct ak_str body)
{
    uint32_t i = ak_idmap_get(&t->by_hash, hash);
    while (i != AK_IDMAP_NONE && !ak_str_eq(t->items[i].body, body)) {
        i = t->items[i].next;
    }
    return i;
}

static enum ak_status id_range(struct ak_store *s, int64_t id, struct ak_error *err)
{
    return id > 0 && id < UINT32_MAX
               ? AK_OK
               : ak_fail(err, AK_CORRUPT, "%s: dictionary id out of range", s->path);
}

static enum ak_status find_in_file(struct ak_store *s, uint32_t hash, struct ak_error *err)
{
    enum ak_status st = AK_OK;
    struct store_query q = store_query_start(s, SQL_ENTITY_FIND);
    store_bind_i64(&q, (int32_t)hash);
    while (st == AK_OK && store_query_row(&q)) {
        const int64_t id = store_column_i64(&q, 0);
        st = id_range(s, id, err);
        if (st == AK_OK) {
            remember(s, hash, (uint32_t)id, store_column_blob(&q, 1));
        }
    }
    const enum ak_status end = store_query_end(&q, st == AK_OK ? err : NULL);
    return st != AK_OK ? st : end;
}

static enum ak_status insert(struct ak_store *s, uint32_t hash, struct ak_str body,
                             uint32_t *out_index, struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_ENTITY_ADD);
    store_bind_i64(&q, (int32_t)hash);
    store_bind_blob(&q, body.ptr, body.len);
    enum ak_status st = store_query_run(&q, err);
    const int64_t id = sqlite3_last_insert_rowid(s->db);
    if (st == AK_OK) {
        st = id_range(s, id, err);
    }
    if (st == AK_OK) {
        *out_index = remember(s, hash, (uint32_t)id, body);
    }
    return st;
}

/* A store that has no entity so far will have those that this process adds. */
static enum ak_status ask_complete(struct ak_store *s, struct ak_error *err)
{
    struct store_table *const t = &s->dict->entity;
    bool found = false;
    int64_t last = 0;
    struct store_query q = store_query_start(s, SQL_ENTITY_LAST);
    const enum ak_status st = store_query_id(&q, &found, &last, err);
    t->asked = true;
    t->complete = st == AK_OK && !found && t->count == 0;
    return st;
}

enum ak_status store_entity_find(struct ak_store *s, struct ak_str body, uint32_t *out_id,
                                 struct ak_error *err)
{
    const struct store_table *const t = &store_dict_of(s)->entity;
    const uint32_t hash = store_hash(body);
    uint32_t i = find_remembered(t, hash, body);
    enum ak_status st = t->asked ? AK_OK : ask_complete(s, err);
    if (st == AK_OK && i == AK_IDMAP_NONE && !t->complete) {
        st = find_in_file(s, hash, err);
        i = find_remembered(t, hash, body);
    }
    if (st == AK_OK) {
        *out_id = i == AK_IDMAP_NONE ? 0 : t->items[i].id;
    }
    return st;
}

enum ak_status store_entity_intern(struct ak_store *s, struct ak_str body, uint32_t *out_id,
                                   struct ak_error *err)
{
    uint32_t id = 0;
    enum ak_status st = store_entity_find(s, body, &id, err);
    if (st == AK_OK && id == 0) {
        uint32_t i = 0;
        st = insert(s, store_hash(body), body, &i, err);
        id = st == AK_OK ? s->dict->entity.items[i].id : 0;
    }
    if (st == AK_OK) {
        *out_id = id;
    }
    return st;
}

static enum ak_status load(struct ak_store *s, uint32_t id, uint32_t *out_index,
                           struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_ENTITY_GET);
    store_bind_i64(&q, id);
    const bool found = store_query_row(&q);
    if (found) {
        const struct ak_str body = store_column_blob(&q, 0);
        *out_index = remember(s, store_hash(body), id, body);
    }
    const enum ak_status st = store_query_end(&q, err);
    return st != AK_OK || found
               ? st
               : ak_fail(err, AK_CORRUPT, "%s: dictionary entry %u is missing", s->path, id);
}

enum ak_status store_entity_get(struct ak_store *s, uint32_t id, struct store_item **out,
                                struct ak_error *err)
{
    const struct store_table *const t = &store_dict_of(s)->entity;
    uint32_t i = store_index_get(&t->by_id, id);
    if (i == AK_IDMAP_NONE) {
        const enum ak_status st = load(s, id, &i, err);
        if (st != AK_OK) {
            return st;
        }
    }
    *out = &t->items[i];
    return AK_OK;
}

enum ak_status store_string_intern(struct ak_store *s, struct ak_str text, uint32_t *out_id,
                                   struct ak_error *err)
{
    if (text.len == 0) {
        *out_id = 0;
        return AK_OK;
    }
    struct ak_buf body = AK_BUF_INIT;
    ak_buf_putc(&body, KIND_STRING);
    ak_buf_str(&body, text);
    const enum ak_status st = store_entity_intern(s, ak_buf_view(&body), out_id, err);
    ak_buf_release(&body);
    return st;
}

enum ak_status store_string_find(struct ak_store *s, struct ak_str text, uint32_t *out_id,
                                 struct ak_error *err)
{
    struct ak_buf body = AK_BUF_INIT;
    ak_buf_putc(&body, KIND_STRING);
    ak_buf_str(&body, text);
    const enum ak_status st = store_entity_find(s, ak_buf_view(&body), out_id, err);
    ak_buf_release(&body);
    return st;
}

/* --- chunks ---------------------------------------------------------------------------------- */

bool store_chunk_read(struct ak_store *s, struct ak_str body, struct ak_buf *out)
{
    struct store_bytes r = store_bytes_of(body);
    const uint64_t size = store_get(&r);
    const struct ak_str rest = {(const char *)r.p, store_bytes_left(&r)};
    return !r.bad && store_inflate_add(store_dict_of(s)->deflate, rest, (size_t)size, out);
}

enum ak_status store_chunk_put(struct ak_store *s, const struct store_chunk *c,
                               struct ak_error *err)
{
    struct ak_buf body = AK_BUF_INIT;
    store_put(&body, c->plain.len);
    store_deflate_add(store_dict_of(s)->deflate, c->plain, &body);
    struct store_query q = store_query_start(s, SQL_CHUNK_PUT);
    store_bind_i64(&q, c->id);
    store_bind_i64(&q, c->count);
    store_bind_blob(&q, c->hashes.ptr, c->hashes.len);
    store_bind_blob(&q, body.ptr, body.len);
    const enum ak_status st = store_query_run(&q, err);
    ak_buf_release(&body);
    return st;
}

enum ak_status store_dict_save(struct ak_store *s, struct ak_error *err)
{
    const enum ak_status st = s->dict ? store_stack_save(s, err) : AK_OK;
    return st == AK_OK ? store_binary_save(s, err) : st;
}
