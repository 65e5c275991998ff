/* akreport export: gives back what was put in, as files. */
#include "base/io.h"
#include "base/sanitize.h"
#include "command.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

struct opts {
    const char *store, *profiles, *text;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"profiles", AK_OPT_STR, F(profiles), "DIR", "write the run's profiles there, gzipped",
     "what to write"},
    {"text", AK_OPT_STR, F(text), "FILE", "write the benchmark output there; - is standard output",
     NULL},
    {"store", AK_OPT_STR, F(store), "FILE", "history file", "options"},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

/* The name it had, made safe; a number before the ending when another profile has the same. */
static const char *file_name(const struct ak_run *run, size_t i, struct ak_arena *arena)
{
    size_t same = 0;
    for (size_t k = 0; k < i; k++) {
        same += strcmp(run->profiles[k].name, run->profiles[i].name) == 0;
    }
    struct ak_buf safe = AK_BUF_INIT;
    ak_sanitize_filename(&safe, ak_str_from(ak_path_base(run->profiles[i].name)));
    const char *name = ak_arena_strdup(arena, safe.ptr);
    ak_buf_release(&safe);
    if (same > 0) {
        const char *const dot = strrchr(name, '.');
        const int stem = dot ? (int)(dot - name) : (int)strlen(name);
        name = ak_arena_printf(arena, "%.*s-%zu%s", stem, name, same + 1, dot ? dot : "");
    }
    return name;
}

static enum ak_status write_profiles(struct ak_store *s, const struct ak_run *run, const char *dir,
                                     struct ak_arena *arena, struct ak_error *err)
{
    struct ak_buf bytes = AK_BUF_INIT;
    struct ak_buf packed = AK_BUF_INIT;
    enum ak_status st = ak_dir_make(dir, err);
    for (size_t i = 0; i < run->profile_count && st == AK_OK; i++) {
        ak_buf_reset(&bytes);
        ak_buf_reset(&packed);
        st = ak_store_load_profile(s, run->profiles[i].id, &bytes, err);
        if (st == AK_OK) {
            ak_gzip_bytes(ak_buf_view(&bytes), 6, &packed);
            st = ak_file_write(ak_arena_printf(arena, "%s/%s", dir, file_name(run, i, arena)),
                               ak_buf_view(&packed), err);
        }
    }
    ak_buf_release(&bytes);
    ak_buf_release(&packed);
    return st;
}

static enum ak_status write_run(struct ak_store *s, const struct opts *o, const char *selector,
                                struct ak_arena *arena, struct ak_error *err)
{
    int64_t id = 0;
    struct ak_run *run = NULL;
    enum ak_status st = ak_store_find_run(s, selector, &id, err);
    st = st == AK_OK ? ak_store_load_run(s, id, AK_LOAD_TEXT, arena, &run, err) : st;
    if (st == AK_OK && o->text && !run->text.ptr) {
        st = ak_fail(err, AK_NOT_FOUND, "run %lld: no benchmark text was kept", (long long)id);
    }
    if (st == AK_OK && o->text) {
        st = ak_file_write(o->text, run->text, err);
    }
    if (st == AK_OK && o->profiles) {
        st = write_profiles(s, run, o->profiles, arena, err);
    }
    return st;
}

static int run(int argc, char **argv)
{
    struct opts o = {0};
    struct ak_error err = {0};
    struct ak_args args;
    struct ak_store *s = NULL;
    struct ak_arena *arena = ak_arena_new();
    int code = command_parse(&cmd_export, &o, argc, argv, arena, &args);
    if (code < 0 && (args.count != 1 || (!o.profiles && !o.text))) {
        fputs("akreport export: a run and what to write: export RUN --profiles DIR, --text FILE\n",
              stderr);
        code = 2;
    } else if (code < 0) {
        enum ak_status st = ak_store_open(ak_store_path(o.store), AK_STORE_READ, &s, &err);
        st = st == AK_OK ? write_run(s, &o, args.items[0], arena, &err) : st;
        ak_store_close(s);
        code = st == AK_OK ? 0 : command_fail("export", &err);
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_export = {
    .name = "export",
    .summary = "writes a run's benchmark output and profiles to files",
    .usage = "export [--store FILE] RUN [--profiles DIR] [--text FILE]",
    .opts = table,
    .run = run,
};
