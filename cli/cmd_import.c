/* akreport import: files into the history. */
#include "base/mem.h"
#include "collector/ingest.h"
#include "command.h"
#include "run_summary.h"
#include "warnings.h"

#include <stdio.h>
#include <sys/stat.h>

struct import_opts {
    const char *label;
    const char *store;
    const char *commit;
    const char *branch;
    const char *time;
};

#define FIELD(name) offsetof(struct import_opts, name)
static const struct ak_opt opts_table[] = {
    {"label", AK_OPT_STR, FIELD(label), "NAME",
     "name of the run; for a history: import only the runs of this label", "What"},
    {"commit", AK_OPT_STR, FIELD(commit), "HASH", "git commit that was measured", NULL},
    {"branch", AK_OPT_STR, FIELD(branch), "NAME", "git branch that was measured", NULL},
    {"time", AK_OPT_STR, FIELD(time), "WHEN", "when it was measured, as 2026-11-23T05:21:00Z",
     NULL},
    {"store", AK_OPT_STR, FIELD(store), "FILE",
     "history file (default: $AKREPORT_STORE, else akreport.db)", "Where"},
    {0},
};

static int store_run(struct ak_store *store, struct ak_ingest *in, struct ak_error *err)
{
    struct ak_added added;
    const enum ak_status st = ak_store_add_run(store, in->run, &added, err);
    if (st != AK_OK) {
        return command_fail("import", err);
    }
    struct ak_buf line = AK_BUF_INIT;
    cli_run_stored(&line, in->run, in->benchmarks, &added);
    const bool printed = command_print("import", ak_buf_view(&line));
    ak_buf_release(&line);
    return printed ? 0 : 2;
}

static int merge_stores(struct ak_store *store, const struct import_opts *o,
                        const struct ak_ingest *in, struct ak_error *err)
{
    struct ak_buf out = AK_BUF_INIT;
    size_t runs = 0;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < in->store_count; i++) {
        struct ak_ingest_merge sum;
        if (ak_ingest_store(store, in->stores[i], o->label, &sum, err) != AK_OK) {
            rc = command_fail("import", err);
            break;
        }
        runs += sum.runs;
        ak_buf_printf(&out, "%s: %zu runs, %zu new, %zu new profiles\n",
                      ak_path_base(in->stores[i]), sum.runs, sum.runs_new, sum.profiles_new);
    }
    if (rc == 0 && runs == 0 && !in->run) {
        fprintf(stderr, "akreport import: %s\n",
                o->label ? "no run of this label in these histories" : "these histories are empty");
        rc = 3;
    }
    if (out.len > 0 && !command_print("import", ak_buf_view(&out)) && rc == 0) {
        rc = 2;
    }
    ak_buf_release(&out);
    return rc;
}

/* All files that the line names, those of a folder in its place. */
struct files {
    const char **items;
    size_t count, cap;
};

static enum ak_status files_find(const struct ak_args *args, struct ak_arena *arena,
                                 struct files *out, struct ak_error *err)
{
    struct stat facts;
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < args->count && st == AK_OK; i++) {
        const char **found = &args->items[i];
        size_t count = 1;
        if (stat(args->items[i], &facts) == 0 && S_ISDIR(facts.st_mode)) {
            st = ak_ingest_list(args->items[i], arena, &found, &count, err);
        }
        for (size_t k = 0; k < count && st == AK_OK; k++) {
            AK_GROW(out->items, out->count + 1, out->cap);
            out->items[out->count++] = found[k];
        }
    }
    return st;
}

static int import(const struct import_opts *o, const struct ak_args *args, struct ak_arena *arena)
{
    struct ak_error err = {0};
    struct ak_ingest in;
    struct files files = {0};
    const struct ak_ingest_opts opts = {.label = o->label, .time = o->time};
    enum ak_status st = files_find(args, arena, &files, &err);
    if (st == AK_OK) {
        st = ak_ingest_files(files.items, files.count, &opts, arena, &in, &err);
    }
    ak_free(files.items);
    if (st != AK_OK) {
        return command_fail("import", &err);
    }
    cli_warnings_print("import", in.warnings, in.warning_count);
    if (in.run && (!o->label || !*o->label)) {
        fputs("akreport import: these files are a run and need --label NAME\n", stderr);
        return 2;
    }
    if (in.run && o->commit) {
        in.run->commit = o->commit;
    }
    if (in.run && o->branch) {
        in.run->branch = o->branch;
    }
    struct ak_store *store;
    if (ak_store_open(ak_store_path(o->store), AK_STORE_CREATE, &store, &err) != AK_OK) {
        return command_fail("import", &err);
    }
    int rc = in.run ? store_run(store, &in, &err) : 0;
    if (rc == 0 && in.store_count > 0) {
        rc = merge_stores(store, o, &in, &err);
    }
    ak_store_close(store);
    return rc;
}

static int run(int argc, char **argv)
{
    struct import_opts o = {0};
    struct ak_args args;
    struct ak_arena *arena = ak_arena_new();
    int rc = command_parse(&cmd_import, &o, argc, argv, arena, &args);
    if (rc < 0 && args.count == 0) {
        fputs("akreport import: no file given\n", stderr);
        rc = 2;
    } else if (rc < 0) {
        rc = import(&o, &args, arena);
    }
    ak_arena_free(arena);
    return rc;
}

const struct command cmd_import = {
    .name = "import",
    .summary = "stores benchmark results and profiles from files",
    .usage = "import --label NAME [--store FILE] FILE...",
    .opts = opts_table,
    .run = run,
};
