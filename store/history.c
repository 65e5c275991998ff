/* One series, or one function, over the runs. */
#include "base/mem.h"
#include "profile_store.h"
#include "run_load.h"
#include "summary.h"
#include "varint.h"

#include <string.h>

static void bind_optional(struct store_query *q, const char *text)
{
    if (text) {
        store_bind_text(q, text);
    } else {
        store_bind_null(q);
    }
}

/* The newest come first, so that a limit keeps them; people read the oldest first. */
static void reverse(void *items, size_t count, size_t size, struct ak_arena *arena)
{
    char *const p = items;
    char *const swap = ak_arena_alloc(arena, size);
    for (size_t i = 0; i < count / 2; i++) {
        char *const a = p + i * size;
        char *const b = p + (count - 1 - i) * size;
        memcpy(swap, a, size);
        memcpy(a, b, size);
        memcpy(b, swap, size);
    }
}

/* --- series ---------------------------------------------------------------------------------- */

static bool read_point(const struct store_query *q, struct ak_arena *arena,
                       struct ak_history_point *out)
{
    *out = (struct ak_history_point){
        .run_id = store_column_i64(q, 0),
        .time_ns = store_column_i64(q, 1),
        .label = store_column_text(q, 2, arena),
        .commit = store_column_text(q, 3, arena),
        .branch = store_column_text(q, 4, arena),
        .dirty = store_column_i64(q, 5) != 0,
        .state = store_column_i64(q, 6) ? AK_RUN_FAILED : AK_RUN_COMPLETE,
    };
    return store_series_read(q, 7, arena, &out->series);
}

enum ak_status ak_store_history(struct ak_store *s, const struct ak_history_query *query,
                                struct ak_arena *arena, struct ak_history_point **out,
                                size_t *out_count, struct ak_error *err)
{
    struct ak_history_point *points = NULL;
    size_t count = 0;
    size_t cap = 0;
    bool good = true;
    struct store_query q = store_query_start(s, SQL_HISTORY);
    bind_optional(&q, query->label);
    bind_optional(&q, query->branch);
    store_bind_text(&q, query->benchmark);
    store_bind_text(&q, query->unit);
    bind_optional(&q, query->package);
    store_bind_i64(&q, query->limit ? (int64_t)query->limit : -1);
    while (good && store_query_row(&q)) {
        AK_GROW(points, count + 1, cap);
        good = read_point(&q, arena, &points[count]);
        count++;
    }
    enum ak_status st = store_query_end(&q, err);
    if (st == AK_OK && !good) {
        st = ak_fail(err, AK_CORRUPT, "%s: a series is damaged", s->path);
    }
    if (st == AK_OK) {
        reverse(points, count, sizeof *points, arena);
        *out = ak_arena_copy(arena, points, count * sizeof *points);
        *out_count = count;
    }
    ak_free(points);
    return st;
}

enum ak_status ak_store_list_series(struct ak_store *s, const char *label, struct ak_arena *arena,
                                    struct ak_series **out, size_t *out_count, struct ak_error *err)
{
    struct ak_series *series = NULL;
    size_t count = 0;
    size_t cap = 0;
    struct store_query q = store_query_start(s, SQL_SERIES_OF_LABEL);
    bind_optional(&q, label);
    while (store_query_row(&q)) {
        AK_GROW(series, count + 1, cap);
        store_series_read_name(&q, 0, arena, &series[count++]);
    }
    const enum ak_status st = store_query_end(&q, err);
    if (st == AK_OK) {
        *out = ak_arena_copy(arena, series, count * sizeof *series);
        *out_count = count;
    }
    ak_free(series);
    return st;
}

/* --- functions ------------------------------------------------------------------------------- */

enum { NO_TYPE = -1 };

/* Runs of one label have few shapes, so the last one looked at is nearly always the next one. */
struct shape_type {
    int64_t shape;
    int type;
};

static enum ak_status find_type(struct ak_store *s, int64_t shape, const char *type,
                                struct shape_type *known, struct ak_error *err)
{
    if (known->shape == shape) {
        return AK_OK;
    }
    *known = (struct shape_type){shape, NO_TYPE};
    return shape <= 0 ? AK_OK
                      : store_shape_type(s, (uint32_t)shape, ak_str_from(type), &known->type, err);
}

struct function_search {
    const struct ak_function_query *query;
    uint32_t function, profile_name; /* entities */
    struct shape_type known;
    struct ak_function_point *points;
    size_t count, cap;
};

static enum ak_status add_point(struct ak_store *s, struct function_search *x,
                                const struct store_query *q, struct ak_arena *arena,
                                struct ak_error *err)
{
    const enum ak_status st = find_type(s, store_column_i64(q, 6), x->query->type, &x->known, err);
    const struct ak_str summary = store_column_blob(q, 7);
    struct store_summary_value v = {0};
    if (st != AK_OK || x->known.type == NO_TYPE || summary.len == 0) {
        return st;
    }
    if (!store_summary_find(summary, x->function, (uint32_t)x->known.type, &v)) {
        return ak_fail(err, AK_CORRUPT, "%s: the summary of profile %lld is damaged", s->path,
                       (long long)store_column_i64(q, 4));
    }
    AK_GROW(x->points, x->count + 1, x->cap);
    x->points[x->count++] = (struct ak_function_point){
        .run_id = store_column_i64(q, 0),
        .time_ns = store_column_i64(q, 1),
        .profile_id = store_column_i64(q, 4),
        .label = store_column_text(q, 2, arena),
        .commit = store_column_text(q, 3, arena),
        .profile = store_column_text(q, 5, arena),
        .flat = v.flat,
        .cum = v.cum,
        .total = v.total,
        .found = v.found,
    };
    return AK_OK;
}

static enum ak_status search(struct ak_store *s, struct function_search *x, struct ak_arena *arena,
                             struct ak_error *err)
{
    enum ak_status st = AK_OK;
    struct store_query q = store_query_start(s, SQL_FUNCTION_HISTORY);
    bind_optional(&q, x->query->label);
    if (x->query->profile) {
        store_bind_i64(&q, x->profile_name);
    } else {
        store_bind_null(&q);
    }
    while (st == AK_OK && (!x->query->limit || x->count < x->query->limit) && store_query_row(&q)) {
        st = add_point(s, x, &q, arena, err);
    }
    const enum ak_status end = store_query_end(&q, st == AK_OK ? err : NULL);
    return st != AK_OK ? st : end;
}

static enum ak_status function_history(struct ak_store *s, struct function_search *x,
                                       struct ak_arena *arena, struct ak_error *err)
{
    enum ak_status st = store_string_find(s, ak_str_from(x->query->function), &x->function, err);
    if (st == AK_OK && x->query->profile) {
        st = store_string_find(s, ak_str_from(x->query->profile), &x->profile_name, err);
    }
    return st == AK_OK ? search(s, x, arena, err) : st;
}

enum ak_status ak_store_function_history(struct ak_store *s, const struct ak_function_query *query,
                                         struct ak_arena *arena, struct ak_function_point **out,
                                         size_t *out_count, struct ak_error *err)
{
    struct function_search x = {.query = query};
    bool began = false;
    enum ak_status st = store_read_begin(s, &began, err);
    if (st != AK_OK) {
        return st;
    }
    st = function_history(s, &x, arena, err);
    store_read_end(s, began);
    if (st == AK_OK) {
        reverse(x.points, x.count, sizeof *x.points, arena);
        *out = ak_arena_copy(arena, x.points, x.count * sizeof *x.points);
        *out_count = x.count;
    }
    ak_free(x.points);
    return st;
}
