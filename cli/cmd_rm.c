/* akreport rm: removes runs that are named. */
#include "command.h"
#include "store/store.h"

#include <stdio.h>

struct opts {
    const char *store;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"store", AK_OPT_STR, F(store), "FILE", "history file", "options"},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

static bool contains(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

/* All are found before any is removed, so that label~1 means what it meant. */
static enum ak_status remove_all(const struct opts *o, const struct ak_args *args,
                                 struct ak_arena *arena, struct ak_error *err)
{
    struct ak_store *s;
    int64_t *const ids = AK_NEW_ARRAY(arena, int64_t, args->count);
    size_t count = 0;
    enum ak_status st = ak_store_open(ak_store_path(o->store), AK_STORE_WRITE, &s, err);
    if (st != AK_OK) {
        return st;
    }
    for (size_t i = 0; i < args->count && st == AK_OK; i++) {
        int64_t id = 0;
        st = ak_store_find_run(s, args->items[i], &id, err);
        if (st == AK_OK && !contains(ids, count, id)) {
            ids[count++] = id;
        }
    }
    st = st == AK_OK ? ak_store_remove_runs(s, ids, count, err) : st;
    ak_store_close(s);
    return st;
}

static int run(int argc, char **argv)
{
    struct opts o = {0};
    struct ak_error err = {0};
    struct ak_args args;
    struct ak_arena *arena = ak_arena_new();
    int code = command_parse(&cmd_rm, &o, argc, argv, arena, &args);
    if (code < 0 && args.count == 0) {
        fputs("akreport rm: which runs? rm RUN...\n", stderr);
        code = 2;
    } else if (code < 0) {
        code = remove_all(&o, &args, arena, &err) == AK_OK ? 0 : command_fail("rm", &err);
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_rm = {
    .name = "rm",
    .summary = "removes runs from the history",
    .usage = "rm [--store FILE] RUN...",
    .opts = table,
    .run = run,
};
