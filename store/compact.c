/* Giving space back. Stacks are packed many to a chunk and numbered for good, so what is not needed
 * any more is dropped by building the dictionaries anew: every profile is taken out and put in
 * again, in one transaction. */
#include "base/mem.h"
#include "profile_store.h"

static enum ak_status run_sql(struct ak_store *s, enum store_sql sql, struct ak_error *err)
{
    struct store_query q = store_query_start(s, sql);
    return store_query_run(&q, err);
}

static enum ak_status list_profiles(struct ak_store *s, int64_t **out, size_t *out_count,
                                    struct ak_error *err)
{
    size_t cap = 0;
    struct store_query q = store_query_start(s, SQL_PROFILE_IDS);
    while (store_query_row(&q)) {
        AK_GROW(*out, *out_count + 1, cap);
        (*out)[(*out_count)++] = store_column_i64(&q, 0);
    }
    return store_query_end(&q, err);
}

/* Makes a profile independent of the dictionaries. */
static enum ak_status take_out(struct ak_store *s, int64_t id, struct ak_error *err)
{
    struct ak_buf bytes = AK_BUF_INIT;
    struct ak_buf body = AK_BUF_INIT;
    enum ak_status st = ak_store_load_profile(s, id, &bytes, err);
    if (st == AK_OK) {
        store_body_make(s, ak_buf_view(&bytes), &body);
        struct store_query q = store_query_start(s, SQL_PROFILE_PLAIN);
        store_bind_i64(&q, id);
        store_bind_blob(&q, body.ptr, body.len);
        st = store_query_run(&q, err);
    }
    ak_buf_release(&bytes);
    ak_buf_release(&body);
    return st;
}

static enum ak_status put_in(struct ak_store *s, int64_t id, struct ak_error *err)
{
    struct ak_buf bytes = AK_BUF_INIT;
    struct store_profile_row row = {0};
    enum ak_status st = ak_store_load_profile(s, id, &bytes, err);
    st = st == AK_OK ? store_profile_make(s, ak_buf_view(&bytes), &row, err) : st;
    if (st == AK_OK) {
        struct store_query q = store_query_start(s, SQL_PROFILE_SET);
        store_bind_i64(&q, id);
        store_profile_row_bind(&q, &row);
        st = store_query_run(&q, err);
    }
    store_profile_row_release(&row);
    ak_buf_release(&bytes);
    return st;
}

/* --- names, which are entities too
 * ------------------------------------------------------------------ */

struct name {
    int64_t run, ordinal;
    struct ak_str name, benchmark;
};

static enum ak_status read_names(struct ak_store *s, struct ak_arena *arena, struct name **out,
                                 size_t *out_count, struct ak_error *err)
{
    size_t cap = 0;
    struct store_query q = store_query_start(s, SQL_NAMES_ALL);
    while (store_query_row(&q)) {
        AK_GROW(*out, *out_count + 1, cap);
        (*out)[(*out_count)++] =
            (struct name){.run = store_column_i64(&q, 0),
                          .ordinal = store_column_i64(&q, 1),
                          .name = ak_arena_str(arena, store_column_str(&q, 2)),
                          .benchmark = ak_arena_str(arena, store_column_str(&q, 3))};
    }
    return store_query_end(&q, err);
}

static enum ak_status write_name(struct ak_store *s, const struct name *n, struct ak_error *err)
{
    uint32_t name = 0;
    uint32_t benchmark = 0;
    enum ak_status st = store_string_intern(s, n->name, &name, err);
    st = st == AK_OK ? store_string_intern(s, n->benchmark, &benchmark, err) : st;
    if (st != AK_OK) {
        return st;
    }
    struct store_query q = store_query_start(s, SQL_NAMES_SET);
    store_bind_i64(&q, n->run);
    store_bind_i64(&q, n->ordinal);
    store_bind_i64(&q, name);
    store_bind_i64(&q, benchmark);
    return store_query_run(&q, err);
}

/* --- the whole
 * --------------------------------------------------------------------------------------- */

struct compacting {
    int64_t *ids;
    size_t count;
    struct name *names;
    size_t name_count;
    struct ak_arena *arena;
};

static enum ak_status empty_dictionaries(struct ak_store *s, struct ak_error *err)
{
    enum ak_status st = run_sql(s, SQL_ENTITIES_REMOVE, err);
    st = st == AK_OK ? run_sql(s, SQL_CHUNKS_REMOVE, err) : st;
    store_dict_forget(s);
    return st;
}

static enum ak_status rebuild(struct ak_store *s, struct compacting *c, struct ak_error *err)
{
    enum ak_status st = list_profiles(s, &c->ids, &c->count, err);
    st = st == AK_OK ? read_names(s, c->arena, &c->names, &c->name_count, err) : st;
    for (size_t i = 0; i < c->count && st == AK_OK; i++) {
        st = take_out(s, c->ids[i], err);
    }
    st = st == AK_OK ? empty_dictionaries(s, err) : st;
    for (size_t i = 0; i < c->name_count && st == AK_OK; i++) {
        st = write_name(s, &c->names[i], err);
    }
    for (size_t i = 0; i < c->count && st == AK_OK; i++) {
        st = put_in(s, c->ids[i], err);
    }
    return st == AK_OK ? store_dict_save(s, err) : st;
}

static enum ak_status work(struct ak_store *s, void *ctx, struct ak_error *err)
{
    (void)ctx;
    struct compacting c = {.arena = ak_arena_new()};
    const enum ak_status st = rebuild(s, &c, err);
    ak_free(c.ids);
    ak_free(c.names);
    ak_arena_free(c.arena);
    return st;
}

enum ak_status ak_store_compact(struct ak_store *s, struct ak_error *err)
{
    const enum ak_status st = store_write(s, work, NULL, err);
    return st == AK_OK ? run_sql(s, SQL_VACUUM, err) : st;
}
