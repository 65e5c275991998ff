/* Findings in the file: keys, writing, reading, and carrying them from store to store. */
#include "store/lint.h"

#include "base/mem.h"
#include "db.h"
#include "field.h"

#include <stdlib.h>

#define SCHEMA_WITH_FINDINGS 2

/* --- keys ---------------------------------------------------------------------------------- */

/* Numbers change from run to run: bytes, percentages, lines. */
static void put_without_numbers(struct ak_buf *out, const char *text)
{
    for (const char *p = text ? text : ""; *p; p++) {
        if (*p < '0' || *p > '9') {
            ak_buf_putc(out, *p);
        }
    }
    ak_buf_putc(out, '\0');
}

static void put_text(struct ak_buf *out, const char *text)
{
    ak_buf_add(out, text, strlen(text) + 1);
}

static void key_make(const struct ak_lint_look *look, const struct ak_lint_row *row, size_t number,
                     struct ak_buf *text, char out[65])
{
    ak_buf_reset(text);
    put_text(text, look->kind);
    put_text(text, row->rule);
    put_text(text, row->file);
    put_text(text, row->function);
    put_without_numbers(text, row->identity);
    if (number > 0) {
        ak_buf_u64(text, number);
    }
    const struct ak_sha256 hash = ak_sha256_of(text->ptr, text->len);
    ak_sha256_hex(&hash, out);
    out[16] = '\0';
}

struct keyed {
    size_t row;
    int64_t line;
    char key[65];
};

static int by_key(const void *pa, const void *pb)
{
    const struct keyed *a = pa, *b = pb;
    const int order = strcmp(a->key, b->key);
    if (order != 0 || a->line != b->line) {
        return order ? order : a->line < b->line ? -1 : 1;
    }
    return a->row < b->row ? -1 : a->row > b->row;
}

/* Rows that nothing but their line tells apart are numbered in the order of their lines. */
static struct ak_lint_row *rows_with_keys(const struct ak_lint_look *look, struct ak_arena *arena)
{
    struct ak_lint_row *const rows = ak_arena_copy(arena, look->rows, look->count * sizeof *rows);
    struct keyed *const keys = AK_NEW_ARRAY(arena, struct keyed, look->count);
    struct ak_buf text = AK_BUF_INIT;
    for (size_t i = 0; i < look->count; i++) {
        keys[i] = (struct keyed){.row = i, .line = rows[i].line};
        key_make(look, &rows[i], 0, &text, keys[i].key);
    }
    if (look->count > 0) {
        qsort(keys, look->count, sizeof *keys, by_key);
    }
    for (size_t i = 0, same = 0; i < look->count; i++) {
        same = i > 0 && strcmp(keys[i].key, keys[i - 1].key) == 0 ? same + 1 : 0;
        char key[65];
        key_make(look, &rows[keys[i].row], same, &text, key);
        rows[keys[i].row].key = ak_arena_strdup(arena, key);
    }
    ak_buf_release(&text);
    return rows;
}

/* --- writing ------------------------------------------------------------------------------- */

static void row_fields(struct store_fields *f, struct ak_lint_row *row)
{
    uint64_t layout = 1;
    store_field_u64(f, &layout);
    f->in.bad = f->in.bad || layout != 1;
    store_field_text(f, &row->title);
    store_field_text(f, &row->identity);
    store_field_i64(f, &row->objects);
    row->evidence = store_field_list(f, row->evidence, &row->evidence_count, sizeof *row->evidence);
    for (size_t i = 0; i < row->evidence_count; i++) {
        store_field_text(f, &row->evidence[i]);
    }
}

struct putting {
    int64_t run;
    const struct ak_lint_look *look;
    struct ak_lint_row *rows; /* with keys */
};

static enum ak_status put_row(struct ak_store *s, const struct putting *p, int64_t ordinal,
                              const struct ak_lint_row *row, struct ak_buf *body,
                              struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_FINDING_ADD);
    store_bind_i64(&q, p->run);
    store_bind_text(&q, p->look->kind);
    store_bind_i64(&q, ordinal);
    store_bind_text(&q, row->key);
    store_bind_text(&q, row->rule);
    store_bind_text(&q, row->level);
    store_bind_text(&q, row->file);
    store_bind_i64(&q, row->line);
    store_bind_text(&q, row->function);
    store_bind_f64(&q, row->share);
    store_bind_i64(&q, row->bytes);
    store_bind_text(&q, row->message);
    store_bind_blob(&q, body->ptr, body->len);
    return store_query_run(&q, err);
}

static enum ak_status put_look(struct ak_store *s, void *ctx, struct ak_error *err)
{
    const struct putting *const p = ctx;
    struct ak_buf body = AK_BUF_INIT;
    struct store_fields f = {.out = &body};
    int64_t time_ns = p->look->time_ns;
    const struct ak_lint_row head = {.message = p->look->subject};
    struct store_query old = store_query_start(s, SQL_FINDINGS_REMOVE);
    store_bind_i64(&old, p->run);
    store_bind_text(&old, p->look->kind);
    enum ak_status st = store_query_run(&old, err);
    store_field_i64(&f, &time_ns);
    st = st == AK_OK ? put_row(s, p, 0, &head, &body, err) : st;
    for (size_t i = 0; i < p->look->count && st == AK_OK; i++) {
        ak_buf_reset(&body);
        row_fields(&f, &p->rows[i]);
        st = put_row(s, p, (int64_t)i + 1, &p->rows[i], &body, err);
    }
    ak_buf_release(&body);
    return st;
}

enum ak_status ak_store_put_look(struct ak_store *s, int64_t run_id,
                                 const struct ak_lint_look *look, struct ak_error *err)
{
    struct ak_arena *const arena = ak_arena_new();
    struct putting p = {run_id, look, rows_with_keys(look, arena)};
    const enum ak_status st = store_write(s, put_look, &p, err);
    ak_arena_free(arena);
    return st;
}

/* --- reading ------------------------------------------------------------------------------- */

struct reading {
    struct ak_arena *arena;
    struct ak_lint_look *looks;
    size_t look_count, look_cap;
    struct ak_lint_row *rows; /* of the look that is read */
    size_t row_count, row_cap;
    bool bad;
};

static void look_end(struct reading *r)
{
    if (r->look_count > 0) {
        struct ak_lint_look *const look = &r->looks[r->look_count - 1];
        look->rows = ak_arena_copy(r->arena, r->rows, r->row_count * sizeof *r->rows);
        look->count = r->row_count;
        r->row_count = 0;
    }
}

static void row_read(struct reading *r, const struct store_query *q)
{
    const char *const kind = store_column_text(q, 0, r->arena);
    const int64_t ordinal = store_column_i64(q, 1);
    struct store_fields f = {.reading = true,
                             .in = store_bytes_of(ak_arena_str(r->arena, store_column_blob(q, 11))),
                             .arena = r->arena};
    if (ordinal == 0) {
        look_end(r);
        AK_GROW(r->looks, r->look_count + 1, r->look_cap);
        struct ak_lint_look *const look = &r->looks[r->look_count++];
        *look = (struct ak_lint_look){.kind = kind, .subject = store_column_text(q, 10, r->arena)};
        store_field_i64(&f, &look->time_ns);
    } else {
        struct ak_lint_row row = {
            .key = store_column_text(q, 2, r->arena),
            .rule = store_column_text(q, 3, r->arena),
            .level = store_column_text(q, 4, r->arena),
            .file = store_column_text(q, 5, r->arena),
            .line = store_column_i64(q, 6),
            .function = store_column_text(q, 7, r->arena),
            .share = store_column_f64(q, 8),
            .bytes = store_column_i64(q, 9),
            .message = store_column_text(q, 10, r->arena),
        };
        row_fields(&f, &row);
        AK_GROW(r->rows, r->row_count + 1, r->row_cap);
        r->rows[r->row_count++] = row;
        r->bad = r->bad || r->look_count == 0 ||
                 strcmp(r->looks[r->look_count - 1].kind, kind) != 0 ||
                 ordinal != (int64_t)r->row_count;
    }
    r->bad = r->bad || f.in.bad;
}

enum ak_status ak_store_load_looks(struct ak_store *s, int64_t run_id, struct ak_arena *arena,
                                   struct ak_lint_look **out, size_t *out_count,
                                   struct ak_error *err)
{
    struct reading r = {.arena = arena};
    enum ak_status st = AK_OK;
    if (s->version >= SCHEMA_WITH_FINDINGS) {
        struct store_query q = store_query_start(s, SQL_FINDINGS);
        store_bind_i64(&q, run_id);
        while (!r.bad && store_query_row(&q)) {
            row_read(&r, &q);
        }
        st = store_query_end(&q, err);
        look_end(&r);
    }
    if (st == AK_OK && r.bad) {
        st = ak_fail(err, AK_CORRUPT, "%s: a finding of run %lld is damaged", s->path,
                     (long long)run_id);
    }
    if (st == AK_OK) {
        *out = ak_arena_copy(arena, r.looks, r.look_count * sizeof *r.looks);
        *out_count = r.look_count;
    }
    ak_free(r.looks);
    ak_free(r.rows);
    return st;
}

/* --- from store to store ------------------------------------------------------------------- */

static const struct ak_lint_look *look_of_kind(const struct ak_lint_look *looks, size_t count,
                                               const char *kind)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(looks[i].kind, kind) == 0) {
            return &looks[i];
        }
    }
    return NULL;
}

enum ak_status ak_store_copy_looks(struct ak_store *to, int64_t to_run, struct ak_store *from,
                                   int64_t from_run, struct ak_error *err)
{
    struct ak_arena *const arena = ak_arena_new();
    struct ak_lint_look *there = NULL, *here = NULL;
    size_t there_count = 0, here_count = 0;
    enum ak_status st = ak_store_load_looks(from, from_run, arena, &there, &there_count, err);
    if (st == AK_OK && there_count > 0) {
        st = ak_store_load_looks(to, to_run, arena, &here, &here_count, err);
    }
    for (size_t i = 0; i < there_count && st == AK_OK; i++) {
        const struct ak_lint_look *const own = look_of_kind(here, here_count, there[i].kind);
        if (!own || own->time_ns < there[i].time_ns) {
            st = ak_store_put_look(to, to_run, &there[i], err);
        }
    }
    ak_arena_free(arena);
    return st;
}
