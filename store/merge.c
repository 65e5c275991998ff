#include "db.h"
#include "store/lint.h"

#include <string.h>

struct earlier {
    int64_t run, time_ns;
};

static enum ak_status set_earlier(struct ak_store *s, void *ctx, struct ak_error *err)
{
    const struct earlier *const e = ctx;
    struct store_query q = store_query_start(s, SQL_TIME_EARLIER);
    store_bind_i64(&q, e->run);
    store_bind_i64(&q, e->time_ns);
    return store_query_run(&q, err);
}

/* What is not part of a run's content is joined so that the order of merging does not matter. */
static enum ak_status join(struct ak_store *to, int64_t id, const struct ak_run *run,
                           struct ak_error *err)
{
    struct earlier e = {id, run->time_ns};
    enum ak_status st = run->time_ns > 0 ? store_write(to, set_earlier, &e, err) : AK_OK;
    for (size_t i = 0; i < run->tag_count && st == AK_OK; i++) {
        st = ak_store_tag(to, id, run->tags[i], err);
    }
    return st;
}

static enum ak_status merge_run(struct ak_store *to, struct ak_store *from, int64_t id,
                                struct ak_merged *merged, struct ak_error *err)
{
    struct ak_arena *const arena = ak_arena_new();
    struct ak_run *run = NULL;
    struct ak_added added = {0};
    enum ak_status st =
        ak_store_load_run(from, id, AK_LOAD_TEXT | AK_LOAD_PROFILES, arena, &run, err);
    st = st == AK_OK ? ak_store_add_run(to, run, &added, err) : st;
    if (st == AK_OK && !added.is_new) {
        st = join(to, added.run_id, run, err);
    }
    st = st == AK_OK ? ak_store_copy_looks(to, added.run_id, from, id, err) : st;
    ak_arena_free(arena);
    merged->runs_new += added.is_new;
    merged->runs_there += !added.is_new;
    merged->profiles_new += added.profiles_new;
    return st;
}

enum ak_status ak_store_merge(struct ak_store *to, struct ak_store *from, struct ak_merged *out,
                              struct ak_error *err)
{
    struct ak_merged merged = {0};
    struct ak_arena *const arena = ak_arena_new();
    struct ak_run *runs = NULL;
    size_t count = 0;
    enum ak_status st = ak_store_list_runs(from, NULL, arena, &runs, &count, err);
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        st = merge_run(to, from, runs[i].id, &merged, err);
    }
    ak_arena_free(arena);
    if (st == AK_OK) {
        *out = merged;
    }
    return st;
}

bool ak_store_sniff(struct ak_str head)
{
    return head.len >= 16 && memcmp(head.ptr, "SQLite format 3", 16) == 0;
}
