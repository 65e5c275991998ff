/* One history into another: run by run, each in its own transaction, so that an interrupted merge
 * has kept whole runs and goes on where it stopped when it is called again. */
#include "base/mem.h"
#include "collector/ingest.h"
#include "store/lint.h"

static enum ak_status copy_run(struct ak_store *from, struct ak_store *to, int64_t id,
                               struct ak_ingest_merge *sum, struct ak_error *err)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_run *run;
    struct ak_added added = {0};
    enum ak_status st =
        ak_store_load_run(from, id, AK_LOAD_TEXT | AK_LOAD_PROFILES, arena, &run, err);
    if (st == AK_OK) {
        st = ak_store_add_run(to, run, &added, err);
    }
    st = st == AK_OK ? ak_store_copy_looks(to, added.run_id, from, id, err) : st;
    if (st == AK_OK) {
        sum->runs++;
        sum->runs_new += added.is_new;
        sum->profiles_new += added.profiles_new;
    }
    ak_arena_free(arena);
    return st;
}

static enum ak_status copy_runs(struct ak_store *from, struct ak_store *to, const char *label,
                                struct ak_ingest_merge *sum, struct ak_error *err)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_run *runs;
    size_t count;
    enum ak_status st = ak_store_list_runs(from, label, arena, &runs, &count, err);
    for (size_t i = 0; st == AK_OK && i < count; i++) {
        const int64_t id = runs[i].id;
        st = copy_run(from, to, id, sum, err);
        st = st == AK_OK ? st : ak_prefix(err, st, "run %lld", (long long)id);
    }
    ak_arena_free(arena);
    return st;
}

enum ak_status ak_ingest_store(struct ak_store *to, const char *path, const char *label,
                               struct ak_ingest_merge *out, struct ak_error *err)
{
    struct ak_store *from;
    struct ak_ingest_merge sum = {0};
    enum ak_status st = ak_store_open(path, AK_STORE_READ, &from, err);
    if (st != AK_OK) {
        return st;
    }
    st = copy_runs(from, to, label, &sum, err);
    ak_store_close(from);
    if (st == AK_OK) {
        *out = sum;
    }
    return st;
}
