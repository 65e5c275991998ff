/* The runs of a history that tell how far runs of one code lie apart. */
#include "base/mem.h"
#include "collector/compare.h"
#include "collector/history.h"

#include <string.h>

#define RUNS_MAX 30 /* the newest so many */

/* What makes two machines two; what one of them does not say makes no difference. */
static bool same_machine(const struct ak_run *a, const struct ak_run *b)
{
    static const char *const keys[] = {"host",   "cpu",  "cores",  "os",      "goos",
                                       "goarch", "arch", "pinned", "governor"};
    for (size_t i = 0; i < AK_COUNT(keys); i++) {
        const char *x = ak_run_env(a, keys[i]), *y = ak_run_env(b, keys[i]);
        if (*x && *y && strcmp(x, y) != 0) {
            return false;
        }
    }
    return true;
}

/* Runs that were measured in turn share what the machine did: one of them is enough. */
static bool session_seen(struct ak_run *const *runs, size_t count, const struct ak_run *run)
{
    const char *session = ak_run_env(run, AK_ENV_SESSION);
    for (size_t i = 0; i < count && *session; i++) {
        if (strcmp(ak_run_env(runs[i], AK_ENV_SESSION), session) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_one_of(struct ak_run *const *runs, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (runs[i]->id == id) {
            return true;
        }
    }
    return false;
}

/* How many of the listed runs may be taken: those before the judged one. */
static size_t older_count(const struct ak_history_runs_query *q, const struct ak_run *list,
                          size_t count)
{
    for (size_t i = 0; i < count && q->older; i++) {
        if (list[i].id == q->without[0]->id) {
            return i;
        }
    }
    return count;
}

static void reverse(struct ak_run **runs, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct ak_run *swap = runs[i];
        runs[i] = runs[count - 1 - i];
        runs[count - 1 - i] = swap;
    }
}

enum ak_status ak_history_runs(struct ak_store *store, const struct ak_history_runs_query *q,
                               struct ak_arena *arena, struct ak_run ***out, size_t *out_count,
                               struct ak_error *err)
{
    struct ak_run *list;
    size_t listed, kept = 0;
    enum ak_status st = ak_store_list_runs(store, q->label, arena, &list, &listed, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_run **runs = AK_NEW_ARRAY(arena, struct ak_run *, RUNS_MAX);
    for (size_t i = older_count(q, list, listed); i-- > 0 && kept < RUNS_MAX && st == AK_OK;) {
        if (list[i].state == AK_RUN_COMPLETE &&
            !is_one_of(q->without, q->without_count, list[i].id) &&
            same_machine(q->machine, &list[i]) && !session_seen(runs, kept, &list[i])) {
            st = ak_store_load_run(store, list[i].id, 0, arena, &runs[kept], err);
            kept += st == AK_OK;
        }
    }
    reverse(runs, kept);
    if (st == AK_OK) {
        *out = runs;
        *out_count = kept;
    }
    return st;
}
