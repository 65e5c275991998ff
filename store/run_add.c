/* Adding a run: one transaction for everything that belongs to it. */
#include "base/json.h"
#include "base/mem.h"
#include "dict.h"
#include "numbers.h"
#include "profile_store.h"
#include "run_key.h"

#include <math.h>
#include <string.h>

struct adding {
    const struct ak_run *run;
    struct ak_sha256 key;
    struct ak_run_profile *profiles; /* of run, with their checksums */
    struct ak_added added;
    int64_t *series_ids;
};

static const char *text_or_empty(const char *s)
{
    return s ? s : "";
}

static enum ak_status find_by_key(struct ak_store *s, const struct ak_sha256 *key, bool *out_found,
                                  int64_t *out_id, struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_RUN_BY_KEY);
    store_bind_blob(&q, key->bytes, sizeof key->bytes);
    return store_query_id(&q, out_found, out_id, err);
}

/* --- series ------------------------------------------------------------------------------- */

static bool is_series(const struct store_query *q, const struct ak_series *s)
{
    return ak_str_eq(store_column_str(q, 1), ak_str_from(s->benchmark)) &&
           ak_str_eq(store_column_str(q, 3), ak_str_from(s->unit)) &&
           ak_str_eq(store_column_str(q, 2), ak_str_from(text_or_empty(s->package))) &&
           store_column_i64(q, 4) == (int64_t)s->procs && store_column_i64(q, 5) == (int)s->better;
}

/* Series that are there already. One pass over the table serves all series of the run. */
static enum ak_status find_series(struct ak_store *s, struct adding *a, struct ak_error *err)
{
    memset(a->series_ids, 0, a->run->series_count * sizeof *a->series_ids);
    struct store_query q = store_query_start(s, SQL_SERIES_ALL);
    while (store_query_row(&q)) {
        for (size_t i = 0; i < a->run->series_count; i++) {
            if (!a->series_ids[i] && is_series(&q, &a->run->series[i])) {
                a->series_ids[i] = store_column_i64(&q, 0);
                break;
            }
        }
    }
    return store_query_end(&q, err);
}

static enum ak_status add_series(struct ak_store *s, const struct ak_series *x, int64_t *out_id,
                                 struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_SERIES_ADD);
    store_bind_text(&q, x->benchmark);
    store_bind_text(&q, x->package);
    store_bind_text(&q, x->unit);
    store_bind_i64(&q, x->procs);
    store_bind_i64(&q, x->better);
    const enum ak_status st = store_query_run(&q, err);
    *out_id = sqlite3_last_insert_rowid(s->db);
    return st;
}

static enum ak_status intern_series(struct ak_store *s, struct adding *a, struct ak_error *err)
{
    enum ak_status st = find_series(s, a, err);
    for (size_t i = 0; i < a->run->series_count && st == AK_OK; i++) {
        if (!a->series_ids[i]) {
            st = add_series(s, &a->run->series[i], &a->series_ids[i], err);
        }
    }
    return st;
}

/* NULL, one number, or a list: see the schema. */
static void bind_iterations(struct store_query *q, const struct ak_series *x, struct ak_buf *text)
{
    if (!x->iterations) {
        store_bind_null(q);
        return;
    }
    bool equal = true;
    for (size_t i = 1; i < x->count; i++) {
        equal = equal && x->iterations[i] == x->iterations[0];
    }
    if (equal) {
        store_bind_i64(q, x->iterations[0]);
    } else {
        store_numbers_i64(text, x->iterations, x->count);
        store_bind_str(q, ak_buf_view(text));
    }
}

static enum ak_status add_sample(struct ak_store *s, int64_t run, int64_t series,
                                 const struct ak_series *x, struct ak_error *err)
{
    struct ak_buf iterations = AK_BUF_INIT;
    struct ak_buf values = AK_BUF_INIT;
    struct store_query q = store_query_start(s, SQL_SAMPLE_ADD);
    store_bind_i64(&q, run);
    store_bind_i64(&q, series);
    bind_iterations(&q, x, &iterations);
    if (x->count == 1 && fabs(x->values[0]) < 0x1p53 && x->values[0] == floor(x->values[0]) &&
        x->values[0] != 0) {
        store_bind_i64(&q, (int64_t)x->values[0]); /* shorter than eight bytes */
    } else if (x->count == 1) {
        store_bind_f64(&q, x->values[0]);
    } else {
        store_numbers_f64(&values, x->values, x->count);
        store_bind_str(&q, ak_buf_view(&values));
    }
    const enum ak_status st = store_query_run(&q, err);
    ak_buf_release(&iterations);
    ak_buf_release(&values);
    return st;
}

static enum ak_status check_series(const struct ak_run *run, struct ak_error *err)
{
    for (size_t i = 0; i < run->series_count; i++) {
        const struct ak_series *const x = &run->series[i];
        if (x->count == 0) {
            return ak_fail(err, AK_FORMAT, "%s %s: no values", x->benchmark, x->unit);
        }
        for (size_t k = 0; k < x->count; k++) {
            if (!isfinite(x->values[k])) {
                return ak_fail(err, AK_FORMAT, "%s %s: value %zu is not finite", x->benchmark,
                               x->unit, k + 1);
            }
        }
    }
    return AK_OK;
}

/* --- the run's own row --------------------------------------------------------------------- */

static void environment_json(const struct ak_run *run, struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 0);
    ak_json_object(&j);
    for (size_t i = 0; i < run->env_count; i++) {
        ak_json_kstr(&j, run->env[i].key, run->env[i].value);
    }
    ak_json_end(&j);
}

static void tags_json(const struct ak_run *run, struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 0);
    ak_json_array(&j);
    for (size_t i = 0; i < run->tag_count; i++) {
        ak_json_cstr(&j, run->tags[i]);
    }
    ak_json_end(&j);
}

static bool ascending(const int64_t *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (v[i] < v[i - 1]) {
            return false;
        }
    }
    return true;
}

static void bind_run(struct store_query *q, const struct adding *a)
{
    const struct ak_run *const run = a->run;
    store_bind_blob(q, a->key.bytes, sizeof a->key.bytes);
    store_bind_text(q, run->label);
    store_bind_i64(q, run->time_ns);
    store_bind_i64(q, run->duration_ns);
    store_bind_i64(q, run->state);
    store_bind_text(q, run->command);
    store_bind_text(q, run->commit);
    store_bind_text(q, run->branch);
    store_bind_i64(q, run->dirty);
    store_bind_i64(q, (int64_t)run->result_lines);
    store_bind_i64(q, (int64_t)run->rejoined);
}

static enum ak_status add_row(struct ak_store *s, struct adding *a, struct ak_error *err)
{
    struct ak_buf environment = AK_BUF_INIT;
    struct ak_buf tags = AK_BUF_INIT;
    struct ak_buf order = AK_BUF_INIT;
    environment_json(a->run, &environment);
    tags_json(a->run, &tags);
    struct store_query q = store_query_start(s, SQL_RUN_ADD);
    bind_run(&q, a);
    store_bind_str(&q, ak_buf_view(&environment));
    store_bind_str(&q, ak_buf_view(&tags));
    if (ascending(a->series_ids, a->run->series_count)) {
        store_bind_null(&q);
    } else {
        store_numbers_i64(&order, a->series_ids, a->run->series_count);
        store_bind_str(&q, ak_buf_view(&order));
    }
    const enum ak_status st = store_query_run(&q, err);
    a->added.run_id = sqlite3_last_insert_rowid(s->db);
    ak_buf_release(&environment);
    ak_buf_release(&tags);
    ak_buf_release(&order);
    return st;
}

static enum ak_status add_text(struct ak_store *s, struct adding *a, struct ak_error *err)
{
    if (!a->run->text.ptr) {
        return AK_OK;
    }
    struct ak_buf body = AK_BUF_INIT;
    store_deflate_add(store_dict_of(s)->deflate, a->run->text, &body);
    struct store_query q = store_query_start(s, SQL_TEXT_ADD);
    store_bind_i64(&q, a->added.run_id);
    store_bind_i64(&q, (int64_t)a->run->text.len);
    store_bind_blob(&q, body.ptr, body.len);
    const enum ak_status st = store_query_run(&q, err);
    ak_buf_release(&body);
    return st;
}

/* --- profiles ------------------------------------------------------------------------------ */

static enum ak_status add_profile(struct ak_store *s, struct adding *a, size_t i,
                                  struct ak_error *err)
{
    const struct ak_run_profile *const p = &a->profiles[i];
    struct store_profile_added put = {0};
    enum ak_status st = store_profile_put(s, p, &put, err);
    if (st != AK_OK) {
        return ak_prefix(err, st, "%s", p->name);
    }
    a->added.profiles_new += put.is_new;
    a->added.profiles_raw += put.is_raw;
    uint32_t name = 0;
    uint32_t benchmark = 0;
    st = store_string_intern(s, ak_str_from(p->name), &name, err);
    st = st == AK_OK ? store_string_intern(s, ak_str_from(p->benchmark), &benchmark, err) : st;
    if (st != AK_OK) {
        return st;
    }
    struct store_query q = store_query_start(s, SQL_RUN_PROFILE_ADD);
    store_bind_i64(&q, a->added.run_id);
    store_bind_i64(&q, (int64_t)i);
    store_bind_i64(&q, put.id);
    store_bind_i64(&q, name);
    store_bind_i64(&q, benchmark);
    return store_query_run(&q, err);
}

/* Another writer may have added the same run between the look and this transaction. */
static enum ak_status add_all(struct ak_store *s, void *ctx, struct ak_error *err)
{
    struct adding *const a = ctx;
    a->added = (struct ak_added){0};
    bool found = false;
    enum ak_status st = find_by_key(s, &a->key, &found, &a->added.run_id, err);
    if (st != AK_OK || found) {
        return st;
    }
    a->added.is_new = true;
    st = intern_series(s, a, err);
    st = st == AK_OK ? add_row(s, a, err) : st;
    st = st == AK_OK ? add_text(s, a, err) : st;
    for (size_t i = 0; i < a->run->series_count && st == AK_OK; i++) {
        st = add_sample(s, a->added.run_id, a->series_ids[i], &a->run->series[i], err);
    }
    for (size_t i = 0; i < a->run->profile_count && st == AK_OK; i++) {
        st = add_profile(s, a, i, err);
    }
    return st == AK_OK ? store_dict_save(s, err) : st;
}

/* The environment is kept as JSON, which holds nothing but UTF-8: the key is made of what will be
 * read back. */
static const char *valid_text(const char *s, struct ak_arena *arena)
{
    const struct ak_str text = ak_str_from(s);
    if (ak_utf8_valid(text)) {
        return text.len ? s : "";
    }
    struct ak_buf out = AK_BUF_INIT;
    for (size_t i = 0; i < text.len;) {
        uint32_t rune;
        char bytes[4];
        i += ak_utf8_decode(text.ptr + i, text.len - i, &rune);
        ak_buf_add(&out, bytes, ak_utf8_encode(rune, bytes));
    }
    const char *const copy = ak_arena_strndup(arena, out.ptr, out.len);
    ak_buf_release(&out);
    return copy;
}

static void normalize(struct ak_run *run, struct ak_arena *arena)
{
    struct ak_kv *const env = AK_NEW_ARRAY(arena, struct ak_kv, run->env_count);
    for (size_t i = 0; i < run->env_count; i++) {
        env[i].key = valid_text(run->env[i].key, arena);
        env[i].value = valid_text(run->env[i].value, arena);
    }
    run->env = env;
}

enum ak_status ak_store_add_run(struct ak_store *s, const struct ak_run *run, struct ak_added *out,
                                struct ak_error *err)
{
    enum ak_status st = check_series(run, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_run copy = *run;
    struct ak_arena *const arena = ak_arena_new();
    copy.profiles = AK_NEW_ARRAY(arena, struct ak_run_profile, run->profile_count);
    for (size_t i = 0; i < run->profile_count; i++) {
        copy.profiles[i] = run->profiles[i];
        copy.profiles[i].sha256 =
            ak_sha256_of(run->profiles[i].bytes.ptr, run->profiles[i].bytes.len);
    }
    normalize(&copy, arena);
    struct adding a = {.run = &copy, .profiles = copy.profiles, .key = store_run_key(&copy)};
    a.series_ids = AK_NEW_ARRAY(arena, int64_t, run->series_count);
    bool found = false;
    struct ak_added there = {0};
    st = find_by_key(s, &a.key, &found, &there.run_id, err);
    if (st == AK_OK && !found) {
        st = store_write(s, add_all, &a, err);
    }
    ak_arena_free(arena);
    if (st == AK_OK) {
        *out = found ? there : a.added;
    }
    return st;
}
