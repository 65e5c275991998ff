/* Opening the history file: what is refused, and how the connection is set up. */
#include "base/mem.h"
#include "db.h"
#include "dict.h"
#include "schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_SIZE = 100, PAGE_SIZE = 16384, DEFAULT_BUSY_MS = 10000 };

const char *ak_store_path(const char *option)
{
    if (option) {
        return option;
    }
    const char *const env = getenv("AKREPORT_STORE");
    return env && *env ? env : "akreport.db";
}

static int busy_ms(void)
{
    int64_t ms = DEFAULT_BUSY_MS;
    const char *const env = getenv("AKREPORT_BUSY_MS");
    if (env && (!ak_str_i64(ak_str_from(env), &ms) || ms < 0 || ms > 3600000)) {
        ms = DEFAULT_BUSY_MS;
    }
    return (int)ms;
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* SQLite's file header: magic at 0, user_version at 60, application_id at 68
 * (https://www.sqlite.org/fileformat2.html). Looked at before SQLite touches the file, so that a
 * foreign database is neither recovered nor locked. */
static enum ak_status check_header(const char *path, struct ak_error *err)
{
    unsigned char head[HEADER_SIZE];
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return ak_fail_errno(err, AK_IO, errno, "%s", path);
    }
    const ssize_t n = pread(fd, head, sizeof head, 0);
    close(fd);
    if (n < (ssize_t)sizeof head || memcmp(head, "SQLite format 3", 16) != 0) {
        return ak_fail(err, AK_FORMAT, "%s: not a database", path);
    }
    return store_schema_known(path, big_endian(head + 68), big_endian(head + 60), err);
}

static bool exists_beside(const char *path, const char *suffix, bool *out_empty)
{
    struct ak_buf name = AK_BUF_INIT;
    ak_buf_printf(&name, "%s%s", path, suffix);
    struct stat st;
    const bool is = stat(name.ptr, &st) == 0;
    if (out_empty) {
        *out_empty = !is || st.st_size == 0;
    }
    ak_buf_release(&name);
    return is;
}

/* A journal means that another process creates the file at this moment, or died doing so: then the
 * header may be unfinished and SQLite decides. */
static enum ak_status check_file(const char *path, enum ak_store_mode mode, struct ak_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        if (errno == ENOENT && mode == AK_STORE_CREATE) {
            return AK_OK;
        }
        return ak_fail_errno(err, AK_IO, errno, "%s", path);
    }
    if (!S_ISREG(st.st_mode)) {
        return ak_fail(err, AK_FORMAT, "%s: %s", path,
                       S_ISDIR(st.st_mode) ? "is a directory" : "is not a regular file");
    }
    if (st.st_size == 0) {
        return mode == AK_STORE_CREATE
                   ? AK_OK
                   : ak_fail(err, AK_FORMAT, "%s: empty file, no history in it", path);
    }
    if (check_header(path, NULL) == AK_OK || exists_beside(path, "-journal", NULL)) {
        return AK_OK;
    }
    return check_header(path, err);
}

/* ":memory:" and "file:x" are names of files like any other here. */
static char *plain_name(const char *path)
{
    struct ak_buf name = AK_BUF_INIT;
    ak_buf_printf(&name, "%s%s", path[0] == '/' ? "" : "./", path);
    return ak_buf_take(&name);
}

static char *immutable_name(const char *path)
{
    struct ak_buf name = AK_BUF_INIT;
    ak_buf_puts(&name, path[0] == '/' ? "file:" : "file:./");
    for (const char *p = path; *p; p++) {
        if (strchr("%?#", *p)) {
            ak_buf_printf(&name, "%%%02X", (unsigned)(unsigned char)*p);
        } else {
            ak_buf_putc(&name, *p);
        }
    }
    ak_buf_puts(&name, "?immutable=1");
    return ak_buf_take(&name);
}

static int set_up(sqlite3 *db, bool query_only)
{
    sqlite3_busy_timeout(db, busy_ms());
    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return sqlite3_exec(db,
                        query_only ? "PRAGMA cell_size_check=ON; PRAGMA query_only=ON"
                                   : "PRAGMA cell_size_check=ON; PRAGMA page_size=16384; "
                                     "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                                     "PRAGMA journal_size_limit=4194304",
                        NULL, NULL, NULL);
}

static enum ak_status open_as(struct ak_store *s, const char *name, int flags, struct ak_error *err)
{
    const int rc = sqlite3_open_v2(name, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK) {
        const int errnum = s->db ? sqlite3_system_errno(s->db) : 0;
        return errnum ? ak_fail_errno(err, AK_IO, errnum, "%s", s->path)
                      : store_sqlite_fail(s, rc, err);
    }
    const int rc_setup = set_up(s->db, s->read_only);
    return rc_setup == SQLITE_OK ? AK_OK : store_sqlite_fail(s, rc_setup, err);
}

static void close_db(struct ak_store *s)
{
    for (size_t i = 0; i < STORE_SQL_COUNT; i++) {
        sqlite3_finalize(s->stmts[i]);
        s->stmts[i] = NULL;
    }
    sqlite3_close(s->db);
    s->db = NULL;
}

/* Reading opens for writing too where it may, since only then the last one to close can fold the
 * log into the file; query_only keeps it from changing anything. */
static enum ak_status open_read(struct ak_store *s, struct ak_error *err)
{
    char *const plain = plain_name(s->path);
    struct ak_error first = {0};
    enum ak_status st = open_as(s, plain, SQLITE_OPEN_READWRITE, &first);
    if (st == AK_OK) {
        st = store_schema_check(s, &first);
    }
    bool log_empty = true;
    exists_beside(s->path, "-wal", &log_empty);
    if (st == AK_IO && log_empty) {
        /* A folder that may not be written to: no log can be beside the file, so it stands still.
         */
        close_db(s);
        char *const name = immutable_name(s->path);
        st = open_as(s, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
        st = st == AK_OK ? store_schema_check(s, NULL) : st;
        ak_free(name);
    }
    ak_free(plain);
    return st == AK_OK ? st : ak_fail(err, first.status, "%s", first.text);
}

static enum ak_status open_write(struct ak_store *s, bool create, struct ak_error *err)
{
    char *const plain = plain_name(s->path);
    enum ak_status st =
        open_as(s, plain, SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0), err);
    ak_free(plain);
    if (st == AK_OK && sqlite3_db_readonly(s->db, "main") == 1) {
        st = ak_fail(err, AK_IO, "%s: may not be written to", s->path);
    }
    if (st == AK_OK) {
        st = store_schema_prepare(s, create, err);
    }
    if (st == AK_OK) {
        /* Refused while another process is inside a transaction: then the next opening does it. */
        sqlite3_exec(s->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    }
    return st;
}

enum ak_status ak_store_open(const char *path, enum ak_store_mode mode, struct ak_store **out,
                             struct ak_error *err)
{
    enum ak_status st = check_file(path, mode, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_store *s = ak_calloc(1, sizeof *s);
    s->path = ak_strdup(path);
    s->read_only = mode == AK_STORE_READ;
    st = s->read_only ? open_read(s, err) : open_write(s, mode == AK_STORE_CREATE, err);
    if (st != AK_OK) {
        ak_store_close(s);
        return st;
    }
    *out = s;
    return AK_OK;
}

void ak_store_close(struct ak_store *s)
{
    if (s) {
        store_dict_free(s->dict);
        close_db(s);
        ak_free(s->path);
        ak_free(s);
    }
}
