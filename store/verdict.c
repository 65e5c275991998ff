/* Judgements and comparisons in the file. The columns beside the packed body are for SQL; reading
 * back uses the body alone. */
#include "base/mem.h"
#include "db.h"
#include "verdict_fields.h"

#include <math.h>
#include <string.h>

/* --- writing --------------------------------------------------------------------------------- */

struct set_row {
    int64_t run, before;
    const char *criteria;
    struct ak_str body;
};

struct verdict_row {
    const char *criterion, *package, *benchmark, *unit, *outcome;
    double value, limit;
    struct ak_str body;
};

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

static enum ak_status run_id_of(struct ak_store *s, const struct ak_run *run, int64_t *out_id,
                                struct ak_error *err)
{
    unsigned char key[32] = {0};
    bool found = false;
    const size_t n = run->key ? strlen(run->key) : 0;
    for (size_t i = 0; i < 64 && n == 64; i++) {
        key[i / 2] = (unsigned char)(key[i / 2] << 4 | hex_value(run->key[i]));
    }
    struct store_query q = store_query_start(s, SQL_RUN_BY_KEY);
    store_bind_blob(&q, key, sizeof key);
    const enum ak_status st = store_query_id(&q, &found, out_id, err);
    return st != AK_OK || found ? st
                                : ak_fail(err, AK_NOT_FOUND, "%s: run \"%s\" is not in the store",
                                          s->path, run->label ? run->label : "");
}

static enum ak_status put_set(struct ak_store *s, const struct set_row *row, int64_t *out_id,
                              struct ak_error *err)
{
    struct store_query old = store_query_start(s, SQL_VERDICT_REMOVE);
    store_bind_i64(&old, row->run);
    store_bind_i64(&old, row->before);
    store_bind_text(&old, row->criteria);
    enum ak_status st = store_query_run(&old, err);
    if (st != AK_OK) {
        return st;
    }
    struct store_query q = store_query_start(s, SQL_VERDICT_SET_ADD);
    store_bind_i64(&q, row->run);
    store_bind_i64(&q, row->before);
    store_bind_text(&q, row->criteria);
    store_bind_blob(&q, row->body.ptr, row->body.len);
    st = store_query_run(&q, err);
    *out_id = sqlite3_last_insert_rowid(s->db);
    return st;
}

static enum ak_status put_row(struct ak_store *s, int64_t set, size_t ordinal,
                              const struct verdict_row *row, struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_VERDICT_ADD);
    store_bind_i64(&q, set);
    store_bind_i64(&q, (int64_t)ordinal);
    store_bind_text(&q, row->criterion);
    store_bind_text(&q, row->package);
    store_bind_text(&q, row->benchmark);
    store_bind_text(&q, row->unit);
    store_bind_text(&q, row->outcome);
    store_bind_f64(&q, row->value);
    store_bind_f64(&q, row->limit);
    store_bind_blob(&q, row->body.ptr, row->body.len);
    return store_query_run(&q, err);
}

static struct store_fields writer(struct ak_buf *out)
{
    ak_buf_reset(out);
    return (struct store_fields){.out = out};
}

static enum ak_status put_check(struct ak_store *s, void *ctx, struct ak_error *err)
{
    const struct ak_check *const check = ctx;
    struct ak_check copy = *check;
    struct ak_buf body = AK_BUF_INIT;
    struct store_fields f = writer(&body);
    int64_t set = 0;
    struct set_row row = {.criteria = check->criteria_name};
    store_check_fields(&f, &copy);
    row.body = ak_buf_view(&body);
    enum ak_status st = run_id_of(s, check->run, &row.run, err);
    st = st == AK_OK ? put_set(s, &row, &set, err) : st;
    for (size_t i = 0; i < check->row_count && st == AK_OK; i++) {
        struct ak_judgement j = check->rows[i];
        f = writer(&body);
        store_judgement_fields(&f, &j);
        const struct verdict_row v = {.criterion = j.criterion,
                                      .package = j.package,
                                      .benchmark = j.benchmark,
                                      .unit = j.unit,
                                      .outcome = ak_outcome_text(j.outcome),
                                      .value = j.value,
                                      .limit = j.limit,
                                      .body = ak_buf_view(&body)};
        st = put_row(s, set, i, &v, err);
    }
    ak_buf_release(&body);
    return st;
}

static enum ak_status put_comparison(struct ak_store *s, void *ctx, struct ak_error *err)
{
    const struct ak_comparison *const cmp = ctx;
    struct ak_comparison copy = *cmp;
    struct ak_buf body = AK_BUF_INIT;
    struct store_fields f = writer(&body);
    int64_t set = 0;
    struct set_row row = {.criteria = ""};
    store_comparison_fields(&f, &copy);
    row.body = ak_buf_view(&body);
    enum ak_status st = run_id_of(s, cmp->after, &row.run, err);
    st = st == AK_OK ? run_id_of(s, cmp->before, &row.before, err) : st;
    st = st == AK_OK ? put_set(s, &row, &set, err) : st;
    for (size_t i = 0; i < cmp->row_count && st == AK_OK; i++) {
        struct ak_compare_row r = cmp->rows[i];
        f = writer(&body);
        store_compare_row_fields(&f, &r);
        const struct verdict_row v = {.criterion = "",
                                      .package = r.package,
                                      .benchmark = r.benchmark,
                                      .unit = r.unit,
                                      .outcome = ak_verdict_text(r.verdict),
                                      .value = r.ratio,
                                      .limit = r.limit,
                                      .body = ak_buf_view(&body)};
        st = put_row(s, set, i, &v, err);
    }
    ak_buf_release(&body);
    return st;
}

enum ak_status ak_store_put_check(struct ak_store *s, const struct ak_check *check,
                                  struct ak_error *err)
{
    struct ak_check copy = *check;
    return store_write(s, put_check, &copy, err);
}

enum ak_status ak_store_put_comparison(struct ak_store *s, const struct ak_comparison *cmp,
                                       struct ak_error *err)
{
    struct ak_comparison copy = *cmp;
    return store_write(s, put_comparison, &copy, err);
}

/* --- reading --------------------------------------------------------------------------------- */

struct loaded_set {
    int64_t id;
    const char *criteria;
    struct ak_str body; /* in arena */
};

static enum ak_status get_set(struct ak_store *s, const struct set_row *key, struct ak_arena *arena,
                              struct loaded_set *out, struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_VERDICT_SET_GET);
    store_bind_i64(&q, key->run);
    store_bind_i64(&q, key->before);
    if (key->criteria) {
        store_bind_text(&q, key->criteria);
    } else {
        store_bind_null(&q);
    }
    const bool found = store_query_row(&q);
    if (found) {
        *out = (struct loaded_set){.id = store_column_i64(&q, 0),
                                   .criteria = store_column_text(&q, 1, arena),
                                   .body = ak_arena_str(arena, store_column_blob(&q, 2))};
    }
    const enum ak_status st = store_query_end(&q, err);
    return st != AK_OK || found ? st
                                : ak_fail(err, AK_NOT_FOUND, "%s: run %lld has not been judged so",
                                          s->path, (long long)key->run);
}

static struct store_fields reader(struct ak_str body, struct ak_arena *arena)
{
    return (struct store_fields){.reading = true, .in = store_bytes_of(body), .arena = arena};
}

static enum ak_status damaged(struct ak_store *s, struct ak_error *err)
{
    return ak_fail(err, AK_CORRUPT, "%s: a verdict is damaged", s->path);
}

/* Calls `read` for each row of a set; rows are `size` bytes each, in arena. */
static enum ak_status get_rows(struct ak_store *s, int64_t set, struct ak_arena *arena, size_t size,
                               void (*read)(struct store_fields *f, void *row), void **out,
                               size_t *out_count, struct ak_error *err)
{
    char *rows = NULL;
    size_t count = 0;
    size_t cap = 0;
    bool good = true;
    struct store_query q = store_query_start(s, SQL_VERDICTS);
    store_bind_i64(&q, set);
    while (good && store_query_row(&q)) {
        AK_GROW(rows, (count + 1) * size, cap);
        memset(rows + count * size, 0, size);
        struct store_fields f = reader(store_column_blob(&q, 0), arena);
        read(&f, rows + count * size);
        good = !f.in.bad;
        count++;
    }
    enum ak_status st = store_query_end(&q, err);
    if (st == AK_OK && !good) {
        st = damaged(s, err);
    }
    *out = ak_arena_copy(arena, rows, count * size);
    *out_count = count;
    ak_free(rows);
    return st;
}

static void read_judgement(struct store_fields *f, void *row)
{
    store_judgement_fields(f, row);
}

static void read_compare_row(struct store_fields *f, void *row)
{
    store_compare_row_fields(f, row);
}

static enum ak_status load_check(struct ak_store *s, const struct set_row *key,
                                 struct ak_arena *arena, struct ak_check *check,
                                 struct ak_error *err)
{
    struct loaded_set set = {0};
    void *rows = NULL;
    enum ak_status st = get_set(s, key, arena, &set, err);
    if (st != AK_OK) {
        return st;
    }
    struct store_fields f = reader(set.body, arena);
    store_check_fields(&f, check);
    check->criteria_name = set.criteria;
    st = f.in.bad ? damaged(s, err) : AK_OK;
    st = st == AK_OK ? get_rows(s, set.id, arena, sizeof *check->rows, read_judgement, &rows,
                                &check->row_count, err)
                     : st;
    check->rows = rows;
    return st == AK_OK ? ak_store_load_run(s, key->run, 0, arena, &check->run, err) : st;
}

static enum ak_status load_comparison(struct ak_store *s, const struct set_row *key,
                                      struct ak_arena *arena, struct ak_comparison *cmp,
                                      struct ak_error *err)
{
    struct loaded_set set = {0};
    void *rows = NULL;
    enum ak_status st = get_set(s, key, arena, &set, err);
    if (st != AK_OK) {
        return st;
    }
    struct store_fields f = reader(set.body, arena);
    store_comparison_fields(&f, cmp);
    st = f.in.bad ? damaged(s, err) : AK_OK;
    st = st == AK_OK ? get_rows(s, set.id, arena, sizeof *cmp->rows, read_compare_row, &rows,
                                &cmp->row_count, err)
                     : st;
    cmp->rows = rows;
    st = st == AK_OK ? ak_store_load_run(s, key->before, 0, arena, &cmp->before, err) : st;
    return st == AK_OK ? ak_store_load_run(s, key->run, 0, arena, &cmp->after, err) : st;
}

enum ak_status ak_store_load_check(struct ak_store *s, int64_t run_id, const char *criteria,
                                   struct ak_arena *arena, struct ak_check **out,
                                   struct ak_error *err)
{
    struct ak_check *const check = AK_NEW(arena, struct ak_check);
    const struct set_row key = {.run = run_id, .criteria = criteria};
    bool began = false;
    enum ak_status st = store_read_begin(s, &began, err);
    if (st == AK_OK) {
        st = load_check(s, &key, arena, check, err);
        store_read_end(s, began);
    }
    if (st == AK_OK) {
        *out = check;
    }
    return st;
}

enum ak_status ak_store_load_comparison(struct ak_store *s, int64_t before_id, int64_t after_id,
                                        struct ak_arena *arena, struct ak_comparison **out,
                                        struct ak_error *err)
{
    struct ak_comparison *const cmp = AK_NEW(arena, struct ak_comparison);
    const struct set_row key = {.run = after_id, .before = before_id};
    bool began = false;
    enum ak_status st = store_read_begin(s, &began, err);
    if (st == AK_OK) {
        st = load_comparison(s, &key, arena, cmp, err);
        store_read_end(s, began);
    }
    if (st == AK_OK) {
        *out = cmp;
    }
    return st;
}
