/* Looking at everything that is in the file. */
#include "base/mem.h"
#include "profile_store.h"
#include "run_key.h"
#include "store/lint.h"

#include <string.h>

enum { MAX_PROBLEMS = 100 };

struct verifying {
    struct ak_store *s;
    struct ak_arena *arena; /* of the problems */
    const char *problems[MAX_PROBLEMS];
    size_t problem_count;
    size_t runs, profiles;
};

static void problem(struct verifying *v, const char *text)
{
    if (v->problem_count < MAX_PROBLEMS) {
        v->problems[v->problem_count++] = ak_arena_strdup(v->arena, text);
    }
}

static void check_structure(struct verifying *v)
{
    struct ak_error err;
    struct store_query q = store_query_start(v->s, SQL_INTEGRITY);
    while (store_query_row(&q)) {
        const struct ak_str text = store_column_str(&q, 0);
        if (!ak_str_eq(text, AK_STR("ok"))) {
            problem(v, ak_arena_strndup(v->arena, text.ptr, ak_utf8_cut(text, 300)));
        }
    }
    if (store_query_end(&q, &err) != AK_OK) {
        problem(v, err.text);
    }
    q = store_query_start(v->s, SQL_FOREIGN_KEYS);
    while (store_query_row(&q)) {
        problem(v, ak_arena_printf(v->arena, "a row of %s belongs to no run",
                                   store_column_text(&q, 0, v->arena)));
    }
    if (store_query_end(&q, &err) != AK_OK) {
        problem(v, err.text);
    }
}

static void load_ids(struct verifying *v, enum store_sql sql, int64_t **out, size_t *out_count)
{
    int64_t *ids = NULL;
    size_t count = 0;
    size_t cap = 0;
    struct ak_error err;
    struct store_query q = store_query_start(v->s, sql);
    while (store_query_row(&q)) {
        AK_GROW(ids, count + 1, cap);
        ids[count++] = store_column_i64(&q, 0);
    }
    if (store_query_end(&q, &err) != AK_OK) {
        problem(v, err.text);
    }
    *out = ids;
    *out_count = count;
}

/* The key covers the text and every value, so a changed digit shows. */
static void check_run(struct verifying *v, int64_t id)
{
    struct ak_arena *const arena = ak_arena_new();
    struct ak_run *run = NULL;
    struct ak_error err;
    if (ak_store_load_run(v->s, id, AK_LOAD_TEXT, arena, &run, &err) != AK_OK) {
        problem(v, err.text);
    } else {
        char hex[65];
        const struct ak_sha256 key = store_run_key(run);
        ak_sha256_hex(&key, hex);
        if (strcmp(hex, run->key) != 0) {
            problem(v, ak_arena_printf(arena, "run %lld: its content does not match its key",
                                       (long long)id));
        }
    }
    struct ak_lint_look *looks = NULL;
    size_t count = 0;
    if (ak_store_load_looks(v->s, id, arena, &looks, &count, &err) != AK_OK) {
        problem(v, err.text);
    }
    ak_arena_free(arena);
}

static void check_profile(struct verifying *v, int64_t id)
{
    struct ak_buf bytes = AK_BUF_INIT;
    struct ak_error err;
    if (ak_store_load_profile(v->s, id, &bytes, &err) != AK_OK) {
        problem(v, err.text);
    }
    ak_buf_release(&bytes);
}

static void check_all(struct verifying *v)
{
    int64_t *ids = NULL;
    check_structure(v);
    load_ids(v, SQL_RUN_IDS, &ids, &v->runs);
    for (size_t i = 0; i < v->runs; i++) {
        check_run(v, ids[i]);
    }
    ak_free(ids);
    load_ids(v, SQL_PROFILE_IDS, &ids, &v->profiles);
    for (size_t i = 0; i < v->profiles; i++) {
        check_profile(v, ids[i]);
    }
    ak_free(ids);
}

enum ak_status ak_store_verify(struct ak_store *s, struct ak_arena *arena,
                               struct ak_verification *out, struct ak_error *err)
{
    bool began = false;
    struct verifying v = {.s = s, .arena = arena};
    const enum ak_status st = store_read_begin(s, &began, err);
    if (st != AK_OK) {
        return st;
    }
    check_all(&v);
    store_read_end(s, began);
    *out = (struct ak_verification){
        .runs = v.runs,
        .profiles = v.profiles,
        .problems = ak_arena_copy(arena, v.problems, v.problem_count * sizeof *v.problems),
        .problem_count = v.problem_count,
    };
    return AK_OK;
}
