#include "run_side.h"

#include "base/clock.h"
#include "collector/history.h"
#include "collector/ingest.h"
#include "warnings.h"

#include <string.h>
#include <sys/stat.h>

static enum ak_status ingest(struct run_sides *s, const char *label, const char *const *files,
                             size_t count, struct ak_run **out, struct ak_error *err)
{
    struct ak_ingest in;
    const struct ak_ingest_opts opts = {.label = label};
    const enum ak_status st = ak_ingest_files(files, count, &opts, s->arena, &in, err);
    if (st != AK_OK) {
        return st;
    }
    cli_warnings_print(s->cmd, in.warnings, in.warning_count);
    if (!in.run) {
        return ak_fail(err, AK_USAGE,
                       "%s: is a history; name one of its runs and give it as --store", files[0]);
    }
    *out = in.run;
    return AK_OK;
}

static enum ak_status load_folder(struct run_sides *s, const char *label, const char *path,
                                  struct ak_run **out, struct ak_error *err)
{
    const char **files;
    size_t count;
    const enum ak_status st = ak_ingest_list(path, s->arena, &files, &count, err);
    return st == AK_OK ? ingest(s, label, files, count, out, err) : st;
}

static enum ak_status open_store(struct run_sides *s, struct ak_error *err)
{
    if (s->store) {
        return AK_OK;
    }
    const char *path = ak_store_path(s->store_path);
    s->writable = ak_store_open(path, AK_STORE_WRITE, &s->store, NULL) == AK_OK;
    return s->writable ? AK_OK : ak_store_open(path, AK_STORE_READ, &s->store, err);
}

static enum ak_status load_stored(struct run_sides *s, const char *selector, unsigned flags,
                                  struct ak_run **out, struct ak_error *err)
{
    int64_t id;
    enum ak_status st = open_store(s, err);
    if (st == AK_NOT_FOUND) {
        return ak_fail(err, AK_NOT_FOUND,
                       "%s: no such file, and no history %s to look for a run in", selector,
                       ak_store_path(s->store_path));
    }
    if (st == AK_OK) {
        st = ak_store_find_run(s->store, selector, &id, err);
    }
    return st == AK_OK ? ak_store_load_run(s->store, id, flags, s->arena, out, err) : st;
}

/* Whether the history, where there is one, has a run of that name. */
static bool store_knows(struct run_sides *s, const char *selector)
{
    int64_t id;
    struct ak_store *store = s->store; /* a look must not bring an older history up to date */
    if (!store &&
        ak_store_open(ak_store_path(s->store_path), AK_STORE_READ, &store, NULL) != AK_OK) {
        return false;
    }
    const bool known = ak_store_find_run(store, selector, &id, NULL) == AK_OK;
    if (store != s->store) {
        ak_store_close(store);
    }
    return known;
}

/* "./base" and "/base" are paths, whatever runs there are. */
static bool is_plainly_path(const char *path)
{
    const struct ak_str p = ak_str_from(path);
    return ak_str_starts(p, AK_STR("/")) || ak_str_starts(p, AK_STR("./")) ||
           ak_str_starts(p, AK_STR("../"));
}

/* Two things have the name: says which one it is. */
static void say_taken(const struct run_sides *s, const char *selector, bool run)
{
    const char *line =
        run ? ak_arena_printf(s->arena,
                              "\"%s\" is taken as the run of the history; the folder is ./%s",
                              selector, selector)
            : ak_arena_printf(s->arena,
                              "\"%s\" is taken as the file; the history has a run of that name",
                              selector);
    cli_warnings_print(s->cmd, &line, 1);
}

enum side_kind { SIDE_STREAM, SIDE_FILE, SIDE_FOLDER, SIDE_RUN };

/* What `path` is; a label in front of it rules the history out. */
static enum side_kind kind_of(struct run_sides *s, const char *path, bool labelled, bool *out_both)
{
    struct stat facts;
    *out_both = false;
    if (strcmp(path, "-") == 0) {
        return SIDE_STREAM;
    }
    if (stat(path, &facts) != 0) {
        return SIDE_RUN;
    }
    *out_both = !labelled && !is_plainly_path(path) && store_knows(s, path);
    return !S_ISDIR(facts.st_mode) ? SIDE_FILE : *out_both ? SIDE_RUN : SIDE_FOLDER;
}

bool cli_run_side_is_stored(struct run_sides *s, const char *selector)
{
    bool both;
    const bool stored = kind_of(s, selector, false, &both) == SIDE_RUN;
    if (both && !stored) {
        say_taken(s, selector, false);
    }
    return stored;
}

enum ak_status cli_run_side_load(struct run_sides *s, const char *selector, unsigned flags,
                                 struct ak_run **out, struct ak_error *err)
{
    struct stat facts;
    const char *equals = strchr(selector, '=');
    const char *path = selector, *label = NULL;
    if (equals && stat(selector, &facts) != 0) {
        path = equals + 1;
        label = ak_arena_strndup(s->arena, selector, (size_t)(equals - selector));
    }
    bool both;
    const enum side_kind kind = kind_of(s, path, label != NULL, &both);
    if (both) {
        say_taken(s, path, kind == SIDE_RUN);
    }
    switch (kind) {
    case SIDE_FILE:
    case SIDE_STREAM:
        return ingest(s, label ? label : path, &path, 1, out, err);
    case SIDE_FOLDER:
        return load_folder(s, label ? label : path, path, out, err);
    case SIDE_RUN:
        break;
    }
    return load_stored(s, selector, flags, out, err);
}

enum ak_status cli_run_sides_history(struct run_sides *s, struct ak_run *const *runs, size_t count,
                                     struct ak_compare_opts *how, struct ak_error *err)
{
    if (!s->store || runs[0]->id <= 0) {
        return AK_OK;
    }
    struct ak_run **history;
    const struct ak_history_runs_query query = {.label = runs[0]->label,
                                                .machine = runs[0],
                                                .without = runs + 1,
                                                .without_count = count - 1,
                                                .older = true};
    const enum ak_status st =
        ak_history_runs(s->store, &query, s->arena, &history, &how->history_count, err);
    if (st == AK_OK) {
        how->history = history;
    }
    return st;
}

/* The run that criteria judge. */
struct judged {
    struct run_sides *sides;
    struct ak_run *run;
    const char *label;
};

static enum ak_status find_base(void *ctx, const char *selector, struct ak_run **out,
                                struct ak_error *err)
{
    const struct judged *j = ctx;
    return cli_run_side_load(j->sides, selector, 0, out, err);
}

static enum ak_status find_history(void *ctx, struct ak_run ***out, size_t *out_count,
                                   struct ak_error *err)
{
    const struct judged *j = ctx;
    if (!j->label && j->run->id <= 0) {
        return AK_OK; /* a file has no history */
    }
    const struct ak_history_runs_query query = {.label = j->label ? j->label : j->run->label,
                                                .machine = j->run,
                                                .without = &j->run,
                                                .without_count = 1,
                                                .older = true};
    const enum ak_status st = open_store(j->sides, err);
    return st == AK_OK
               ? ak_history_runs(j->sides->store, &query, j->sides->arena, out, out_count, err)
               : st;
}

struct ak_check_opts cli_run_sides_check(struct run_sides *s, struct ak_run *run, const char *label)
{
    struct judged *j = AK_NEW(s->arena, struct judged);
    *j = (struct judged){s, run, label};
    return (struct ak_check_opts){.find_base = find_base,
                                  .find_ctx = j,
                                  .find_history = find_history,
                                  .history_ctx = j,
                                  .now_ns = ak_clock_wall_ns()};
}

enum ak_status cli_run_sides_judge(struct run_sides *s, struct ak_run *run,
                                   const struct ak_criteria *criteria, struct ak_run *base,
                                   struct ak_check **out, struct ak_error *err)
{
    struct ak_check_opts how = cli_run_sides_check(s, run, NULL);
    how.base = base;
    return ak_check_run(run, criteria ? criteria : ak_criteria_builtin(s->arena), &how, s->arena,
                        out, err);
}

void cli_run_sides_close(struct run_sides *s)
{
    ak_store_close(s->store);
    s->store = NULL;
}

static void warn_kept(const struct run_sides *s, enum ak_status st, const struct ak_error *err)
{
    if (st != AK_OK) {
        const char *line = ak_arena_printf(s->arena, "the judgement was not kept: %s", err->text);
        cli_warnings_print(s->cmd, &line, 1);
    }
}

void cli_run_sides_keep_check(const struct run_sides *s, const struct ak_check *check)
{
    struct ak_error err = {0};
    if (s->store && s->writable && check->run->id > 0) {
        warn_kept(s, ak_store_put_check(s->store, check, &err), &err);
    }
}

void cli_run_sides_keep_comparison(const struct run_sides *s, const struct ak_comparison *cmp)
{
    struct ak_error err = {0};
    if (s->store && s->writable && cmp->before->id > 0 && cmp->after->id > 0) {
        warn_kept(s, ak_store_put_comparison(s->store, cmp, &err), &err);
    }
}
