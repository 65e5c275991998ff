#include "run_load.h"

#include "base/mem.h"
#include "dict.h"
#include "numbers.h"

#include <string.h>

static enum ak_status damaged(struct ak_store *s, const struct ak_run *run, const char *what,
                              struct ak_error *err)
{
    return ak_fail(err, AK_CORRUPT, "%s: run %lld: %s is damaged", s->path, (long long)run->id,
                   what);
}

/* --- the run's own row --------------------------------------------------------------------- */

struct row_texts {
    const char *environment, *tags, *order;
};

static const char *key_hex(struct ak_str key, struct ak_arena *arena)
{
    struct ak_sha256 sha = {{0}};
    memcpy(sha.bytes, key.ptr, key.len < sizeof sha.bytes ? key.len : sizeof sha.bytes);
    char hex[65];
    ak_sha256_hex(&sha, hex);
    return ak_arena_strdup(arena, hex);
}

static void read_row(const struct store_query *q, struct ak_arena *arena, struct ak_run *run,
                     struct row_texts *texts)
{
    *run = (struct ak_run){
        .id = store_column_i64(q, 0),
        .key = key_hex(store_column_blob(q, 1), arena),
        .label = store_column_text(q, 2, arena),
        .time_ns = store_column_i64(q, 3),
        .duration_ns = store_column_i64(q, 4),
        .state = store_column_i64(q, 5) ? AK_RUN_FAILED : AK_RUN_COMPLETE,
        .command = store_column_text(q, 6, arena),
        .commit = store_column_text(q, 7, arena),
        .branch = store_column_text(q, 8, arena),
        .dirty = store_column_i64(q, 9) != 0,
        .result_lines = (size_t)store_column_i64(q, 10),
        .rejoined = (size_t)store_column_i64(q, 11),
    };
    texts->environment = store_column_text(q, 12, arena);
    texts->tags = store_column_text(q, 13, arena);
    texts->order = store_column_text(q, 14, arena);
}

static enum ak_status load_pairs(struct ak_store *s, const char *json, struct ak_arena *arena,
                                 struct ak_kv **out, size_t *out_count, struct ak_error *err)
{
    struct ak_kv *kv = NULL;
    size_t count = 0;
    size_t cap = 0;
    struct store_query q = store_query_start(s, SQL_JSON_EACH);
    store_bind_text(&q, json);
    while (store_query_row(&q)) {
        AK_GROW(kv, count + 1, cap);
        kv[count].key = store_column_text(&q, 0, arena);
        kv[count].value = store_column_text(&q, 1, arena);
        count++;
    }
    const enum ak_status st = store_query_end(&q, err);
    *out = ak_arena_copy(arena, kv, count * sizeof *kv);
    *out_count = count;
    ak_free(kv);
    return st;
}

static enum ak_status load_texts(struct ak_store *s, const struct row_texts *texts,
                                 struct ak_arena *arena, struct ak_run *run, struct ak_error *err)
{
    enum ak_status st = load_pairs(s, texts->environment, arena, &run->env, &run->env_count, err);
    struct ak_kv *tags = NULL;
    size_t count = 0;
    if (st == AK_OK) {
        st = load_pairs(s, texts->tags, arena, &tags, &count, err);
    }
    if (st != AK_OK) {
        return ak_prefix(err, st, "run %lld", (long long)run->id);
    }
    run->tags = AK_NEW_ARRAY(arena, const char *, count);
    run->tag_count = count;
    for (size_t i = 0; i < count; i++) {
        run->tags[i] = tags[i].value;
    }
    return AK_OK;
}

/* --- parts ----------------------------------------------------------------------------------- */

static const char *profile_kind(struct ak_str kind, struct ak_arena *arena)
{
    return ak_arena_strndup(arena, kind.ptr, kind.len);
}

static enum ak_status load_profiles(struct ak_store *s, struct ak_arena *arena, struct ak_run *run,
                                    struct ak_error *err)
{
    struct ak_run_profile *profiles = NULL;
    size_t count = 0;
    size_t cap = 0;
    struct store_query q = store_query_start(s, SQL_RUN_PROFILES);
    store_bind_i64(&q, run->id);
    while (store_query_row(&q)) {
        AK_GROW(profiles, count + 1, cap);
        struct ak_run_profile *const p = &profiles[count++];
        *p = (struct ak_run_profile){
            .id = store_column_i64(&q, 0),
            .name = store_column_text(&q, 1, arena),
            .kind = profile_kind(store_column_str(&q, 2), arena),
            .benchmark = store_column_text(&q, 3, arena),
            .size = (uint64_t)store_column_i64(&q, 5),
        };
        const struct ak_str sha = store_column_blob(&q, 4);
        memcpy(p->sha256.bytes, sha.ptr,
               sha.len < sizeof p->sha256.bytes ? sha.len : sizeof p->sha256.bytes);
    }
    const enum ak_status st = store_query_end(&q, err);
    run->profiles = ak_arena_copy(arena, profiles, count * sizeof *profiles);
    run->profile_count = count;
    ak_free(profiles);
    return st;
}

static enum ak_status load_profile_bytes(struct ak_store *s, struct ak_arena *arena,
                                         struct ak_run *run, struct ak_error *err)
{
    struct ak_buf bytes = AK_BUF_INIT;
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < run->profile_count && st == AK_OK; i++) {
        ak_buf_reset(&bytes);
        st = ak_store_load_profile(s, run->profiles[i].id, &bytes, err);
        run->profiles[i].bytes = ak_arena_str(arena, ak_buf_view(&bytes));
    }
    ak_buf_release(&bytes);
    return st;
}

static enum ak_status load_text(struct ak_store *s, struct ak_arena *arena, struct ak_run *run,
                                struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_RUN_TEXT);
    store_bind_i64(&q, run->id);
    struct ak_buf text = AK_BUF_INIT;
    enum ak_status st = AK_OK;
    if (store_query_row(&q)) {
        const int64_t size = store_column_i64(&q, 0);
        if (size < 0 || !store_inflate_add(store_dict_of(s)->deflate, store_column_blob(&q, 1),
                                           (size_t)size, &text)) {
            st = damaged(s, run, "the benchmark text", err);
        } else {
            run->text = ak_arena_str(arena, ak_buf_view(&text));
        }
    }
    ak_buf_release(&text);
    const enum ak_status end = store_query_end(&q, st == AK_OK ? err : NULL);
    return st != AK_OK ? st : end;
}

static size_t order_of(const int64_t *order, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++) {
        if (order[i] == id) {
            return i;
        }
    }
    return n;
}

/* Puts the series, which come by ascending id, in the order of their first sight in the run. */
static bool reorder(struct ak_run *run, const int64_t *ids, const char *order_text,
                    struct ak_arena *arena)
{
    if (!order_text[0]) {
        return true;
    }
    int64_t *order;
    size_t n;
    if (!store_numbers_parse_i64(ak_str_from(order_text), arena, &order, &n) ||
        n != run->series_count) {
        return false;
    }
    struct ak_series *const sorted = AK_NEW_ARRAY(arena, struct ak_series, n);
    for (size_t i = 0; i < n; i++) {
        const size_t to = order_of(order, n, ids[i]);
        if (to == n || sorted[to].values) {
            return false;
        }
        sorted[to] = run->series[i];
    }
    run->series = sorted;
    return true;
}

static enum ak_status load_series(struct ak_store *s, const char *order_text,
                                  struct ak_arena *arena, struct ak_run *run, struct ak_error *err)
{
    struct ak_series *series = NULL;
    int64_t *ids = NULL;
    size_t count = 0;
    size_t cap = 0;
    size_t ids_cap = 0;
    bool good = true;
    struct store_query q = store_query_start(s, SQL_RUN_SAMPLES);
    store_bind_i64(&q, run->id);
    while (good && store_query_row(&q)) {
        AK_GROW(series, count + 1, cap);
        AK_GROW(ids, count + 1, ids_cap);
        ids[count] = store_column_i64(&q, 0);
        good = store_series_read(&q, 1, arena, &series[count]);
        count++;
    }
    enum ak_status st = store_query_end(&q, err);
    run->series = ak_arena_copy(arena, series, count * sizeof *series);
    run->series_count = count;
    if (st == AK_OK && (!good || !reorder(run, ids, order_text, arena))) {
        st = damaged(s, run, "a series", err);
    }
    ak_free(series);
    ak_free(ids);
    return st;
}

static enum ak_status load_parts(struct ak_store *s, unsigned flags, const struct row_texts *texts,
                                 struct ak_run *run, struct ak_arena *arena, struct ak_error *err)
{
    enum ak_status st = load_texts(s, texts, arena, run, err);
    st = st == AK_OK ? load_series(s, texts->order, arena, run, err) : st;
    st = st == AK_OK ? load_profiles(s, arena, run, err) : st;
    if (st == AK_OK && (flags & AK_LOAD_TEXT)) {
        st = load_text(s, arena, run, err);
    }
    if (st == AK_OK && (flags & AK_LOAD_PROFILES)) {
        st = load_profile_bytes(s, arena, run, err);
    }
    return st;
}

static enum ak_status load_run(struct ak_store *s, int64_t id, unsigned flags,
                               struct ak_arena *arena, struct ak_run **out, struct ak_error *err)
{
    struct ak_run *const run = AK_NEW(arena, struct ak_run);
    struct row_texts texts = {"", "", ""};
    struct store_query q = store_query_start(s, SQL_RUN_GET);
    store_bind_i64(&q, id);
    const bool found = store_query_row(&q);
    if (found) {
        read_row(&q, arena, run, &texts);
    }
    enum ak_status st = store_query_end(&q, err);
    if (st == AK_OK && !found) {
        st = ak_fail(err, AK_NOT_FOUND, "%s: no run %lld", s->path, (long long)id);
    }
    st = st == AK_OK ? load_parts(s, flags, &texts, run, arena, err) : st;
    if (st == AK_OK) {
        *out = run;
    }
    return st;
}

enum ak_status ak_store_load_run(struct ak_store *s, int64_t id, unsigned flags,
                                 struct ak_arena *arena, struct ak_run **out, struct ak_error *err)
{
    bool began = false;
    enum ak_status st = store_read_begin(s, &began, err);
    if (st == AK_OK) {
        st = load_run(s, id, flags, arena, out, err);
        store_read_end(s, began);
    }
    return st;
}

/* --- lists ----------------------------------------------------------------------------------- */

static enum ak_status count_benchmarks(struct ak_store *s, struct ak_run *run, struct ak_error *err)
{
    bool found = false;
    int64_t n = 0;
    struct store_query q = store_query_start(s, SQL_RUN_BENCHMARKS);
    store_bind_i64(&q, run->id);
    const enum ak_status st = store_query_id(&q, &found, &n, err);
    run->benchmark_count = (size_t)n;
    return st;
}

static enum ak_status list_runs(struct ak_store *s, const char *label, struct ak_arena *arena,
                                struct ak_run **out_runs, size_t *out_count, struct ak_error *err)
{
    struct ak_run *runs = NULL;
    struct row_texts *texts = NULL;
    size_t count = 0;
    size_t cap = 0;
    size_t texts_cap = 0;
    struct store_query q = store_query_start(s, SQL_RUN_LIST);
    if (label) {
        store_bind_text(&q, label);
    } else {
        store_bind_null(&q);
    }
    while (store_query_row(&q)) {
        AK_GROW(runs, count + 1, cap);
        AK_GROW(texts, count + 1, texts_cap);
        read_row(&q, arena, &runs[count], &texts[count]);
        count++;
    }
    enum ak_status st = store_query_end(&q, err);
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        st = load_texts(s, &texts[i], arena, &runs[i], err);
        st = st == AK_OK ? load_profiles(s, arena, &runs[i], err) : st;
        st = st == AK_OK ? count_benchmarks(s, &runs[i], err) : st;
    }
    if (st == AK_OK) {
        *out_runs = ak_arena_copy(arena, runs, count * sizeof *runs);
        *out_count = count;
    }
    ak_free(runs);
    ak_free(texts);
    return st;
}

enum ak_status ak_store_list_runs(struct ak_store *s, const char *label, struct ak_arena *arena,
                                  struct ak_run **out_runs, size_t *out_count, struct ak_error *err)
{
    bool began = false;
    enum ak_status st = store_read_begin(s, &began, err);
    if (st == AK_OK) {
        st = list_runs(s, label, arena, out_runs, out_count, err);
        store_read_end(s, began);
    }
    return st;
}
