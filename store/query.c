#include "db.h"

#include <math.h>
#include <string.h>

static const char *const statements[STORE_SQL_COUNT] = {
#define X(name, sql) sql,
#include "statements.def"
#undef X
};

static enum ak_status status_of(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return AK_BUSY;
    case SQLITE_FULL:
        return AK_NO_SPACE;
    case SQLITE_CORRUPT:
        return AK_CORRUPT;
    case SQLITE_NOTADB:
        return AK_FORMAT;
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
        return AK_LIMIT;
    default:
        return AK_IO;
    }
}

enum ak_status store_sqlite_fail(struct ak_store *s, int rc, struct ak_error *err)
{
    const enum ak_status status = status_of(rc);
    if (status == AK_BUSY) {
        return ak_fail(err, status, "%s: in use by another process", s->path);
    }
    if (status == AK_NO_SPACE) {
        return ak_fail(err, status, "%s: no space left; the store is as it was", s->path);
    }
    /* The connection's own text is more exact, but only when it speaks of this failure. */
    const bool same = s->db && (sqlite3_errcode(s->db) & 0xff) == (rc & 0xff);
    return ak_fail(err, status, "%s: %s", s->path,
                   same ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc));
}

struct store_query store_query_start(struct ak_store *s, enum store_sql id)
{
    struct store_query q = {.s = s, .rc = SQLITE_OK};
    if (!s->stmts[id]) {
        q.rc = sqlite3_prepare_v3(s->db, statements[id], -1, SQLITE_PREPARE_PERSISTENT,
                                  &s->stmts[id], NULL);
    }
    q.stmt = s->stmts[id];
    return q;
}

static void bound(struct store_query *q, int rc)
{
    if (q->rc == SQLITE_OK && rc != SQLITE_OK) {
        q->rc = rc;
    }
}

void store_bind_i64(struct store_query *q, int64_t v)
{
    if (q->rc == SQLITE_OK) {
        bound(q, sqlite3_bind_int64(q->stmt, ++q->bound, v));
    }
}

void store_bind_f64(struct store_query *q, double v)
{
    if (q->rc == SQLITE_OK) {
        q->bound++;
        bound(q, isnan(v) ? sqlite3_bind_null(q->stmt, q->bound)
                          : sqlite3_bind_double(q->stmt, q->bound, v));
    }
}

void store_bind_null(struct store_query *q)
{
    if (q->rc == SQLITE_OK) {
        bound(q, sqlite3_bind_null(q->stmt, ++q->bound));
    }
}

void store_bind_str(struct store_query *q, struct ak_str v)
{
    if (q->rc == SQLITE_OK) {
        bound(q, sqlite3_bind_text64(q->stmt, ++q->bound, v.ptr ? v.ptr : "", v.len, SQLITE_STATIC,
                                     SQLITE_UTF8));
    }
}

void store_bind_text(struct store_query *q, const char *v)
{
    store_bind_str(q, ak_str_from(v));
}

void store_bind_blob(struct store_query *q, const void *p, size_t n)
{
    if (q->rc == SQLITE_OK) {
        bound(q, sqlite3_bind_blob64(q->stmt, ++q->bound, p ? p : "", n, SQLITE_STATIC));
    }
}

bool store_query_row(struct store_query *q)
{
    if (q->rc != SQLITE_OK) {
        return false;
    }
    const int rc = sqlite3_step(q->stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        q->rc = rc;
    }
    return rc == SQLITE_ROW;
}

int64_t store_column_i64(const struct store_query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

double store_column_f64(const struct store_query *q, int column)
{
    return sqlite3_column_double(q->stmt, column);
}

struct ak_str store_column_str(const struct store_query *q, int column)
{
    const char *const text = (const char *)sqlite3_column_text(q->stmt, column);
    const int n = sqlite3_column_bytes(q->stmt, column);
    return text ? (struct ak_str){text, (size_t)n} : AK_STR("");
}

struct ak_str store_column_blob(const struct store_query *q, int column)
{
    const char *const p = sqlite3_column_blob(q->stmt, column);
    const int n = sqlite3_column_bytes(q->stmt, column);
    return p ? (struct ak_str){p, (size_t)n} : AK_STR("");
}

const char *store_column_text(const struct store_query *q, int column, struct ak_arena *arena)
{
    const struct ak_str s = store_column_str(q, column);
    return ak_arena_strndup(arena, s.ptr, s.len);
}

enum ak_status store_query_end(struct store_query *q, struct ak_error *err)
{
    enum ak_status st = AK_OK;
    if (q->rc != SQLITE_OK) {
        st = store_sqlite_fail(q->s, q->rc, err);
    }
    if (q->stmt) {
        sqlite3_reset(q->stmt);
        sqlite3_clear_bindings(q->stmt);
    }
    return st;
}

enum ak_status store_query_run(struct store_query *q, struct ak_error *err)
{
    while (store_query_row(q)) {
    }
    return store_query_end(q, err);
}

enum ak_status store_query_id(struct store_query *q, bool *out_found, int64_t *out_id,
                              struct ak_error *err)
{
    const bool found = store_query_row(q);
    const int64_t id = found ? store_column_i64(q, 0) : 0;
    const enum ak_status st = store_query_end(q, err);
    if (st == AK_OK) {
        *out_found = found;
        if (found) {
            *out_id = id;
        }
    }
    return st;
}
