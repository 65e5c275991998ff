/* akreport tag: names that keep a run. */
#include "command.h"
#include "store/store.h"

#include <stdio.h>

struct opts {
    const char *store;
    bool remove;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"store", AK_OPT_STR, F(store), "FILE", "history file", "options"},
    {"d", AK_OPT_BOOL, F(remove), NULL, "take the tags off", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

static enum ak_status apply(const struct opts *o, const struct ak_args *args, struct ak_error *err)
{
    struct ak_store *s;
    int64_t id = 0;
    enum ak_status st = ak_store_open(ak_store_path(o->store), AK_STORE_WRITE, &s, err);
    if (st != AK_OK) {
        return st;
    }
    st = ak_store_find_run(s, args->items[0], &id, err);
    for (size_t i = 1; i < args->count && st == AK_OK; i++) {
        st = o->remove ? ak_store_untag(s, id, args->items[i], err)
                       : ak_store_tag(s, id, args->items[i], err);
    }
    ak_store_close(s);
    return st;
}

static int run(int argc, char **argv)
{
    struct opts o = {0};
    struct ak_error err = {0};
    struct ak_args args;
    struct ak_arena *arena = ak_arena_new();
    int code = command_parse(&cmd_tag, &o, argc, argv, arena, &args);
    if (code < 0 && args.count < 2) {
        fputs("akreport tag: a run and its tags: tag RUN TAG...\n", stderr);
        code = 2;
    } else if (code < 0) {
        code = apply(&o, &args, &err) == AK_OK ? 0 : command_fail("tag", &err);
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_tag = {
    .name = "tag",
    .summary = "tags a run, so that it is never pruned",
    .usage = "tag [--store FILE] [-d] RUN TAG...",
    .opts = table,
    .run = run,
};
