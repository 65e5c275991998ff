#include "db.h"
#include "dict.h"

static enum ak_status run_sql(struct ak_store *s, enum store_sql id, struct ak_error *err)
{
    struct store_query q = store_query_start(s, id);
    return store_query_run(&q, err);
}

/* Some failures make SQLite roll back by itself; asking again would be a second error. */
static void rollback(struct ak_store *s)
{
    if (!sqlite3_get_autocommit(s->db)) {
        struct store_query q = store_query_start(s, SQL_ROLLBACK);
        const enum ak_status ignored = store_query_run(&q, NULL);
        (void)ignored; /* the first failure is the one to report */
    }
    /* Ids that were handed out inside the transaction are not in the file. */
    store_dict_forget(s);
}

/* Another connection may have changed or removed what is remembered here. */
static enum ak_status forget_if_changed(struct ak_store *s, struct ak_error *err)
{
    bool found = false;
    int64_t version = 0;
    struct store_query q = store_query_start(s, SQL_DATA_VERSION);
    const enum ak_status st = store_query_id(&q, &found, &version, err);
    if (st == AK_OK && version != s->data_version) {
        store_dict_forget(s);
        s->data_version = version;
    }
    return st;
}

static enum ak_status write_once(struct ak_store *s,
                                 enum ak_status (*work)(struct ak_store *s, void *ctx,
                                                        struct ak_error *err),
                                 void *ctx, struct ak_error *err)
{
    enum ak_status st = run_sql(s, SQL_BEGIN, err);
    if (st != AK_OK) {
        return st;
    }
    st = forget_if_changed(s, err);
    st = st == AK_OK ? work(s, ctx, err) : st;
    if (st == AK_OK) {
        st = run_sql(s, SQL_COMMIT, err);
    }
    if (st != AK_OK) {
        rollback(s);
    }
    return st;
}

enum ak_status store_write(struct ak_store *s,
                           enum ak_status (*work)(struct ak_store *s, void *ctx,
                                                  struct ak_error *err),
                           void *ctx, struct ak_error *err)
{
    if (s->read_only) {
        return ak_fail(err, AK_IO, "%s: opened for reading only", s->path);
    }
    enum ak_status st = write_once(s, work, ctx, err);
    if (st == AK_NO_SPACE) {
        /* The log may be what fills the disk: fold it into the file and try again. */
        sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        st = write_once(s, work, ctx, err);
    }
    return st;
}

enum ak_status store_read_begin(struct ak_store *s, bool *out_began, struct ak_error *err)
{
    if (!sqlite3_get_autocommit(s->db)) {
        *out_began = false;
        return AK_OK;
    }
    enum ak_status st = run_sql(s, SQL_BEGIN_READ, err);
    if (st != AK_OK) {
        return st;
    }
    st = forget_if_changed(s, err);
    if (st != AK_OK) {
        rollback(s);
        return st;
    }
    *out_began = true;
    return AK_OK;
}

void store_read_end(struct ak_store *s, bool began)
{
    if (began && run_sql(s, SQL_COMMIT, NULL) != AK_OK) {
        rollback(s);
    }
}
