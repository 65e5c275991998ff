/* Selectors: how people name a run. */
#include "db.h"

#include <string.h>

static enum ak_status by_label(struct ak_store *s, struct ak_str label, int64_t back,
                               bool *out_found, int64_t *out_id, struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_FIND_LABEL);
    store_bind_str(&q, label);
    store_bind_i64(&q, back);
    return store_query_id(&q, out_found, out_id, err);
}

static enum ak_status by_id(struct ak_store *s, struct ak_str digits, bool *out_found,
                            int64_t *out_id, struct ak_error *err)
{
    int64_t id;
    if (!ak_str_i64(digits, &id) || id <= 0) {
        return AK_OK;
    }
    struct store_query q = store_query_start(s, SQL_FIND_ID);
    store_bind_i64(&q, id);
    return store_query_id(&q, out_found, out_id, err);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return -1;
}

/* The keys that begin with these digits lie between the digits filled up with 0 and with f. */
static bool key_range(struct ak_str digits, unsigned char low[32], unsigned char high[32])
{
    if (digits.len < 6 || digits.len > 64) {
        return false;
    }
    memset(low, 0, 32);
    memset(high, 0xff, 32);
    for (size_t i = 0; i < digits.len; i++) {
        const int d = hex_digit(digits.ptr[i]);
        if (d < 0) {
            return false;
        }
        const int shift = i % 2 ? 0 : 4;
        low[i / 2] = (unsigned char)(low[i / 2] | d << shift);
        high[i / 2] = (unsigned char)((high[i / 2] & ~(0xf << shift)) | d << shift);
    }
    return true;
}

static enum ak_status by_key(struct ak_store *s, struct ak_str digits, bool *out_found,
                             int64_t *out_id, struct ak_error *err)
{
    unsigned char low[32];
    unsigned char high[32];
    if (!key_range(digits, low, high)) {
        return AK_OK;
    }
    struct store_query q = store_query_start(s, SQL_FIND_KEY);
    store_bind_blob(&q, low, sizeof low);
    store_bind_blob(&q, high, sizeof high);
    const bool found = store_query_row(&q);
    const int64_t id = found ? store_column_i64(&q, 0) : 0;
    const bool several = found && store_query_row(&q);
    const enum ak_status st = store_query_end(&q, err);
    if (st == AK_OK && several) {
        return ak_fail(err, AK_NOT_FOUND, "%s: several runs have a key that begins with %.*s",
                       s->path, (int)digits.len, digits.ptr);
    }
    if (st == AK_OK && found) {
        *out_found = true;
        *out_id = id;
    }
    return st;
}

static enum ak_status by_commit(struct ak_store *s, struct ak_str hash, bool *out_found,
                                int64_t *out_id, struct ak_error *err)
{
    if (hash.len < 4) {
        return AK_OK;
    }
    struct store_query q = store_query_start(s, SQL_FIND_COMMIT);
    store_bind_str(&q, hash);
    return store_query_id(&q, out_found, out_id, err);
}

/* label~N */
static enum ak_status by_label_back(struct ak_store *s, struct ak_str text, bool *out_found,
                                    int64_t *out_id, struct ak_error *err)
{
    const ptrdiff_t at = ak_str_rchr(text, '~');
    int64_t back;
    if (at < 0 || !ak_str_i64(ak_str_slice(text, (size_t)at + 1, text.len), &back) || back < 0) {
        return AK_OK;
    }
    return by_label(s, ak_str_slice(text, 0, (size_t)at), back, out_found, out_id, err);
}

static enum ak_status not_found(struct ak_store *s, const char *selector, struct ak_error *err)
{
    struct ak_buf text = AK_BUF_INIT;
    struct store_query q = store_query_start(s, SQL_LABELS);
    for (int n = 0; store_query_row(&q); n++) {
        const struct ak_str label = store_column_str(&q, 0);
        ak_buf_puts(&text, n ? ", " : "");
        if (n == 8) {
            ak_buf_puts(&text, "...");
            break;
        }
        ak_buf_add(&text, label.ptr, ak_utf8_cut(label, 60));
    }
    enum ak_status st = store_query_end(&q, err);
    if (st == AK_OK) {
        st = text.len ? ak_fail(err, AK_NOT_FOUND, "%s: no run \"%.80s\"; labels there: %s",
                                s->path, selector, text.ptr)
                      : ak_fail(err, AK_NOT_FOUND, "%s: no run \"%.80s\"; the store is empty",
                                s->path, selector);
    }
    ak_buf_release(&text);
    return st;
}

/* A label may look like anything, so it is tried first; "#" and "commit:" ask for the other kinds.
 */
static enum ak_status find(struct ak_store *s, struct ak_str text, bool *out_found, int64_t *out_id,
                           struct ak_error *err)
{
    enum ak_status st = by_label(s, text, 0, out_found, out_id, err);
    if (st == AK_OK && !*out_found && ak_str_starts(text, AK_STR("#"))) {
        return by_id(s, ak_str_slice(text, 1, text.len), out_found, out_id, err);
    }
    if (st == AK_OK && !*out_found && ak_str_starts(text, AK_STR("commit:"))) {
        return by_commit(s, ak_str_slice(text, 7, text.len), out_found, out_id, err);
    }
    if (st == AK_OK && !*out_found) {
        st = by_label_back(s, text, out_found, out_id, err);
    }
    if (st == AK_OK && !*out_found) {
        st = by_id(s, text, out_found, out_id, err);
    }
    if (st == AK_OK && !*out_found) {
        st = by_key(s, text, out_found, out_id, err);
    }
    return st;
}

enum ak_status ak_store_find_run(struct ak_store *s, const char *selector, int64_t *out_id,
                                 struct ak_error *err)
{
    bool found = false;
    int64_t id = 0;
    const enum ak_status st = find(s, ak_str_from(selector), &found, &id, err);
    if (st != AK_OK) {
        return st;
    }
    if (!found) {
        return not_found(s, selector, err);
    }
    *out_id = id;
    return AK_OK;
}
