/* Tags, removal and pruning. */
#include "base/json.h"
#include "base/mem.h"
#include "db.h"

#include <stdlib.h>
#include <string.h>

/* --- tags ------------------------------------------------------------------------------------ */

struct tagging {
    int64_t run;
    const char *tag;
    bool add;
};

static enum ak_status check_tag(const char *tag, struct ak_error *err)
{
    const size_t n = strlen(tag);
    bool good = n > 0 && n <= 100 && ak_utf8_valid(ak_str_from(tag));
    for (const char *p = tag; *p; p++) {
        good = good && (unsigned char)*p > ' ' && *p != 0x7f;
    }
    return good ? AK_OK
                : ak_fail(err, AK_USAGE,
                          "a tag has 1 to 100 bytes and neither blanks nor control characters");
}

static int compare_names(const void *a, const void *b)
{
    const char *const *const x = a;
    const char *const *const y = b;
    return strcmp(*x, *y);
}

static enum ak_status write_tags(struct ak_store *s, int64_t run, const char **tags, size_t count,
                                 struct ak_error *err)
{
    struct ak_buf text = AK_BUF_INIT;
    struct ak_json j;
    qsort(tags, count, sizeof *tags, compare_names);
    ak_json_init(&j, &text, 0);
    ak_json_array(&j);
    for (size_t i = 0; i < count; i++) {
        ak_json_cstr(&j, tags[i]);
    }
    ak_json_end(&j);
    struct store_query q = store_query_start(s, SQL_TAGS_SET);
    store_bind_i64(&q, run);
    store_bind_str(&q, ak_buf_view(&text));
    const enum ak_status st = store_query_run(&q, err);
    ak_buf_release(&text);
    return st;
}

/* The tags of the run without the one in question. */
static enum ak_status other_tags(struct ak_store *s, const struct tagging *t,
                                 struct ak_arena *arena, const char ***out, size_t *out_count,
                                 struct ak_error *err)
{
    struct store_query get = store_query_start(s, SQL_TAGS_GET);
    store_bind_i64(&get, t->run);
    const bool found = store_query_row(&get);
    const char *const json = found ? store_column_text(&get, 0, arena) : "[]";
    enum ak_status st = store_query_end(&get, err);
    if (st == AK_OK && !found) {
        st = ak_fail(err, AK_NOT_FOUND, "%s: no run %lld", s->path, (long long)t->run);
    }
    if (st != AK_OK) {
        return st;
    }
    const char **const tags = AK_NEW_ARRAY(arena, const char *, strlen(json) + 1);
    size_t count = 0;
    struct store_query q = store_query_start(s, SQL_JSON_EACH);
    store_bind_text(&q, json);
    while (store_query_row(&q)) {
        if (!ak_str_eq(store_column_str(&q, 1), ak_str_from(t->tag))) {
            tags[count++] = store_column_text(&q, 1, arena);
        }
    }
    *out = tags;
    *out_count = count;
    return store_query_end(&q, err);
}

static enum ak_status apply_tag(struct ak_store *s, void *ctx, struct ak_error *err)
{
    const struct tagging *const t = ctx;
    struct ak_arena *const arena = ak_arena_new();
    const char **tags = NULL;
    size_t count = 0;
    enum ak_status st = other_tags(s, t, arena, &tags, &count, err);
    if (st == AK_OK && t->add) {
        tags[count++] = t->tag;
    }
    st = st == AK_OK ? write_tags(s, t->run, tags, count, err) : st;
    ak_arena_free(arena);
    return st;
}

enum ak_status ak_store_tag(struct ak_store *s, int64_t run_id, const char *tag,
                            struct ak_error *err)
{
    struct tagging t = {run_id, tag, true};
    const enum ak_status st = check_tag(tag, err);
    return st == AK_OK ? store_write(s, apply_tag, &t, err) : st;
}

enum ak_status ak_store_untag(struct ak_store *s, int64_t run_id, const char *tag,
                              struct ak_error *err)
{
    struct tagging t = {run_id, tag, false};
    return store_write(s, apply_tag, &t, err);
}

/* --- removal --------------------------------------------------------------------------------- */

struct removal {
    const int64_t *ids;
    size_t count;
};

static enum ak_status remove_by(struct ak_store *s, enum store_sql sql, int64_t id,
                                struct ak_error *err)
{
    struct store_query q = store_query_start(s, sql);
    store_bind_i64(&q, id);
    return store_query_run(&q, err);
}

/* The parts of a run go with it (ON DELETE CASCADE); what other runs may share is swept after. */
static enum ak_status remove_runs(struct ak_store *s, void *ctx, struct ak_error *err)
{
    const struct removal *const r = ctx;
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < r->count && st == AK_OK; i++) {
        st = remove_by(s, SQL_COMPARISONS_REMOVE, r->ids[i], err);
        st = st == AK_OK ? remove_by(s, SQL_RUN_REMOVE, r->ids[i], err) : st;
        if (st == AK_OK && sqlite3_changes(s->db) == 0) {
            st = ak_fail(err, AK_NOT_FOUND, "%s: no run %lld", s->path, (long long)r->ids[i]);
        }
    }
    struct store_query q = store_query_start(s, SQL_PROFILES_SWEEP);
    const enum ak_status swept = store_query_run(&q, st == AK_OK ? err : NULL);
    return st != AK_OK ? st : swept;
}

enum ak_status ak_store_remove_runs(struct ak_store *s, const int64_t *ids, size_t count,
                                    struct ak_error *err)
{
    struct removal r = {ids, count};
    return store_write(s, remove_runs, &r, err);
}

/* --- pruning --------------------------------------------------------------------------------- */

static size_t newer_of_label(const struct ak_run *runs, size_t count, size_t i)
{
    size_t newer = 0;
    for (size_t k = i + 1; k < count; k++) {
        newer += strcmp(runs[k].label, runs[i].label) == 0;
    }
    return newer;
}

static bool may_go(const struct ak_prune *policy, const struct ak_run *runs, size_t count, size_t i)
{
    if (runs[i].tag_count > 0 || (policy->keep == 0 && policy->older_than_ns == 0)) {
        return false;
    }
    return (policy->keep == 0 || newer_of_label(runs, count, i) >= policy->keep) &&
           (policy->older_than_ns == 0 || runs[i].time_ns < policy->older_than_ns);
}

enum ak_status ak_store_find_prunable(struct ak_store *s, const struct ak_prune *policy,
                                      struct ak_arena *arena, struct ak_run **out,
                                      size_t *out_count, struct ak_error *err)
{
    struct ak_run *runs;
    size_t count;
    const enum ak_status st = ak_store_list_runs(s, policy->label, arena, &runs, &count, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_run *const gone = AK_NEW_ARRAY(arena, struct ak_run, count);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (may_go(policy, runs, count, i)) {
            gone[n++] = runs[i];
        }
    }
    *out = gone;
    *out_count = n;
    return AK_OK;
}
