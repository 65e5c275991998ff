#include "schema.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

struct object {
    int since;
    const char *type, *name, *sql;
};

static const struct object objects[] = {
#define X(since, type, name, sql) {since, type, name, sql},
#include "schema.def"
#undef X
};

enum ak_status store_schema_known(const char *path, uint32_t application_id, uint32_t user_version,
                                  struct ak_error *err)
{
    if (application_id != STORE_APPLICATION_ID) {
        return ak_fail(err, AK_FORMAT, "%s: a database, but not an akreport history", path);
    }
    if (user_version > STORE_SCHEMA_VERSION) {
        return ak_fail(err, AK_UNSUPPORTED,
                       "%s: written by a newer akreport (schema %u, this one knows %d)", path,
                       user_version, STORE_SCHEMA_VERSION);
    }
    if (user_version == 0) {
        return ak_fail(err, AK_FORMAT, "%s: no schema in it", path);
    }
    return AK_OK;
}

static enum ak_status pragma(struct ak_store *s, enum store_sql id, uint32_t *out,
                             struct ak_error *err)
{
    bool found = false;
    int64_t v = 0;
    struct store_query q = store_query_start(s, id);
    const enum ak_status st = store_query_id(&q, &found, &v, err);
    if (st == AK_OK) {
        *out = (uint32_t)v;
    }
    return st;
}

static const struct object *object_find(struct ak_str type, struct ak_str name)
{
    for (size_t i = 0; i < AK_COUNT(objects); i++) {
        if (ak_str_eq(name, ak_str_from(objects[i].name)) &&
            ak_str_eq(type, ak_str_from(objects[i].type))) {
            return &objects[i];
        }
    }
    return NULL;
}

/* Indexes that SQLite makes for UNIQUE and PRIMARY KEY, and the tables of ANALYZE. */
static bool is_sqlites_own(struct ak_str type, struct ak_str name, struct ak_str sql)
{
    if (ak_str_eq(type, AK_STR("index"))) {
        return sql.len == 0 && ak_str_starts(name, AK_STR("sqlite_autoindex_"));
    }
    return ak_str_eq(type, AK_STR("table")) && ak_str_starts(name, AK_STR("sqlite_stat"));
}

static enum ak_status check_objects(struct ak_store *s, int version, struct ak_error *err)
{
    size_t known = 0;
    size_t expected = 0;
    for (size_t i = 0; i < AK_COUNT(objects); i++) {
        expected += objects[i].since <= version;
    }
    enum ak_status st = AK_OK;
    struct store_query q = store_query_start(s, SQL_SCHEMA_ROWS);
    while (st == AK_OK && store_query_row(&q)) {
        const struct ak_str type = store_column_str(&q, 0);
        const struct ak_str name = store_column_str(&q, 1);
        const struct ak_str sql = store_column_str(&q, 3);
        const struct object *const o = object_find(type, name);
        if (o && o->since <= version && ak_str_eq(sql, ak_str_from(o->sql))) {
            known++;
        } else if (!is_sqlites_own(type, name, sql)) {
            st =
                ak_fail(err, AK_FORMAT,
                        "%s: not a history of this program: %.*s \"%.*s\" is foreign", s->path,
                        (int)ak_utf8_cut(type, 20), type.ptr, (int)ak_utf8_cut(name, 60), name.ptr);
        }
    }
    const enum ak_status end = store_query_end(&q, st == AK_OK ? err : NULL);
    if (st != AK_OK || end != AK_OK) {
        return st != AK_OK ? st : end;
    }
    return known == expected
               ? AK_OK
               : ak_fail(err, AK_FORMAT, "%s: not a history: %zu of %zu tables missing", s->path,
                         expected - known, expected);
}

static enum ak_status check_version(struct ak_store *s, uint32_t *out_version, struct ak_error *err)
{
    uint32_t application_id = 0;
    uint32_t version = 0;
    enum ak_status st = pragma(s, SQL_APPLICATION_ID, &application_id, err);
    if (st == AK_OK) {
        st = pragma(s, SQL_USER_VERSION, &version, err);
    }
    if (st == AK_OK) {
        st = store_schema_known(s->path, application_id, version, err);
    }
    if (st == AK_OK) {
        *out_version = version;
        s->version = version;
    }
    return st;
}

enum ak_status store_schema_check(struct ak_store *s, struct ak_error *err)
{
    uint32_t version = 0;
    const enum ak_status st = check_version(s, &version, err);
    return st == AK_OK ? check_objects(s, (int)version, err) : st;
}

static enum ak_status exec(struct ak_store *s, const char *sql, struct ak_error *err)
{
    const int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? AK_OK : store_sqlite_fail(s, rc, err);
}

/* --- migrations: row n brings version n to n + 1 -------------------------------------------- */

static enum ak_status create_objects(struct ak_store *s, int version, struct ak_error *err)
{
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < AK_COUNT(objects) && st == AK_OK; i++) {
        if (objects[i].since == version) {
            st = exec(s, objects[i].sql, err);
        }
    }
    return st;
}

static enum ak_status to_version_1(struct ak_store *s, struct ak_error *err)
{
    const enum ak_status st = create_objects(s, 1, err);
    return st == AK_OK ? exec(s, "PRAGMA application_id=1095455312", err) : st;
}

/* Findings of static checks. */
static enum ak_status to_version_2(struct ak_store *s, struct ak_error *err)
{
    return create_objects(s, 2, err);
}

static enum ak_status (*const migrations[])(struct ak_store *s, struct ak_error *err) = {
    to_version_1,
    to_version_2,
};
static_assert(AK_COUNT(migrations) == STORE_SCHEMA_VERSION, "one migration per version");
static_assert(STORE_APPLICATION_ID == 1095455312, "the text in to_version_1");

static enum ak_status is_empty(struct ak_store *s, bool *out, struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_SCHEMA_ROWS);
    const bool row = store_query_row(&q);
    const enum ak_status st = store_query_end(&q, err);
    if (st == AK_OK) {
        *out = !row;
    }
    return st;
}

/* Inside the transaction everything is looked at again: another process may have been first. */
static enum ak_status migrate(struct ak_store *s, void *ctx, struct ak_error *err)
{
    const bool create = *(const bool *)ctx;
    bool empty = false;
    uint32_t version = 0;
    enum ak_status st = is_empty(s, &empty, err);
    if (st == AK_OK && !(create && empty)) {
        st = check_version(s, &version, err);
    }
    while (st == AK_OK && version < STORE_SCHEMA_VERSION) {
        st = migrations[version](s, err);
        version++;
    }
    struct ak_buf sql = AK_BUF_INIT;
    ak_buf_printf(&sql, "PRAGMA user_version=%d", STORE_SCHEMA_VERSION);
    st = st == AK_OK ? exec(s, sql.ptr, err) : st;
    ak_buf_release(&sql);
    s->version = STORE_SCHEMA_VERSION;
    return st;
}

enum ak_status store_schema_prepare(struct ak_store *s, bool create, struct ak_error *err)
{
    bool empty = false;
    uint32_t version = 0;
    enum ak_status st = is_empty(s, &empty, err);
    if (st == AK_OK && !(create && empty)) {
        st = check_version(s, &version, err);
        st = st == AK_OK ? check_objects(s, (int)version, err) : st;
    }
    if (st == AK_OK && version < STORE_SCHEMA_VERSION) {
        st = store_write(s, migrate, &create, err);
        st = st == AK_OK ? store_schema_check(s, err) : st;
    }
    return st;
}
