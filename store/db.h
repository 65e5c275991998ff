/* Private to store/: the open file, its prepared statements and one query at a time on each. */
#ifndef DB_H
#define DB_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/store.h"

#include <sqlite3.h>

enum store_sql {
#define X(name, sql) SQL_##name,
#include "statements.def"
#undef X
    STORE_SQL_COUNT
};

struct store_dict;

struct ak_store {
    sqlite3 *db;
    char *path; /* as given, for messages */
    bool read_only;
    uint32_t version; /* of the schema: an older one is not changed by reading */
    sqlite3_stmt *stmts[STORE_SQL_COUNT];
    int64_t data_version;    /* of the file when `dict` was begun */
    struct store_dict *dict; /* what profiles share, as far as it was met; NULL until used */
};

/* A use of one prepared statement: bind in order, step rows, end. After a failure all calls do
 * nothing, and store_query_end reports it; so a caller checks once. */
struct store_query {
    struct ak_store *s;
    sqlite3_stmt *stmt;
    int rc; /* SQLITE_OK or the first failure */
    int bound;
};

struct store_query store_query_start(struct ak_store *s, enum store_sql id);
void store_bind_i64(struct store_query *q, int64_t v);
void store_bind_f64(struct store_query *q, double v); /* NaN becomes NULL */
void store_bind_null(struct store_query *q);
/* borrows until store_query_end; "" for a NULL pointer */
void store_bind_str(struct store_query *q, struct ak_str v);
void store_bind_text(struct store_query *q, const char *v);
void store_bind_blob(struct store_query *q, const void *p, size_t n);
bool store_query_row(struct store_query *q); /* true: a row is there */
int64_t store_column_i64(const struct store_query *q, int column);
double store_column_f64(const struct store_query *q, int column);
struct ak_str store_column_str(const struct store_query *q,
                               int column); /* borrows until next row */
struct ak_str store_column_blob(const struct store_query *q, int column);
const char *store_column_text(const struct store_query *q, int column, struct ak_arena *arena);
enum ak_status store_query_end(struct store_query *q, struct ak_error *err) AK_MUST_USE;

/* Runs a statement to its end, with no rows wanted / with the first column of its first row.
 * *out_found says whether there was a row. Both end the query. */
enum ak_status store_query_run(struct store_query *q, struct ak_error *err) AK_MUST_USE;
enum ak_status store_query_id(struct store_query *q, bool *out_found, int64_t *out_id,
                              struct ak_error *err) AK_MUST_USE;

/* Turns a result code of SQLite into a status, with the file and the reason. */
enum ak_status store_sqlite_fail(struct ak_store *s, int rc, struct ak_error *err);

/* Runs `work` inside BEGIN IMMEDIATE .. COMMIT. Any failure rolls back and forgets the cached
 * dictionaries. When the disk is full, the write-ahead log is folded into the file and the whole is
 * tried once more; so `work` must be repeatable. */
enum ak_status store_write(struct ak_store *s,
                           enum ak_status (*work)(struct ak_store *s, void *ctx,
                                                  struct ak_error *err),
                           void *ctx, struct ak_error *err) AK_MUST_USE;

/* One consistent view over several queries; nested uses are harmless. */
enum ak_status store_read_begin(struct ak_store *s, bool *out_began,
                                struct ak_error *err) AK_MUST_USE;
void store_read_end(struct ak_store *s, bool began);

#endif
