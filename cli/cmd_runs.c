/* akreport runs: what is in the history. */
#include "base/clock.h"
#include "base/json.h"
#include "command.h"
#include "store/store.h"
#include "table.h"

#include <stdio.h>

struct opts {
    const char *store;
    bool json;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"store", AK_OPT_STR, F(store), "FILE", "history file", "options"},
    {"json", AK_OPT_BOOL, F(json), NULL, "print JSON", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

static const char *state_text(const struct ak_run *run)
{
    return run->state == AK_RUN_FAILED ? "failed" : "complete";
}

static void add_row(struct cli_table *t, const struct ak_run *run)
{
    struct ak_buf text = AK_BUF_INIT;
    cli_table_cellf(t, "%lld", (long long)run->id);
    cli_table_cell(t, run->label);
    if (run->time_ns > 0) {
        ak_time_format(&text, run->time_ns);
    }
    cli_table_cell(t, text.len ? text.ptr : "-");
    cli_table_cellf(t, "%.10s%s", run->commit[0] ? run->commit : "-", run->dirty ? "+" : "");
    cli_table_cellf(t, "%zu", run->result_lines);
    cli_table_cellf(t, "%zu", run->benchmark_count);
    cli_table_cellf(t, "%zu", run->profile_count);
    cli_table_cell(t, state_text(run));
    ak_buf_reset(&text);
    for (size_t i = 0; i < run->tag_count; i++) {
        ak_buf_printf(&text, "%s%s", i ? " " : "", run->tags[i]);
    }
    cli_table_cell(t, text.len ? text.ptr : "");
    ak_buf_release(&text);
}

static void render_text(const struct ak_run *runs, size_t count, struct ak_arena *arena,
                        struct ak_buf *out)
{
    static const char *const titles[] = {"id",         "label",    "time",  "commit", "results",
                                         "benchmarks", "profiles", "state", "tags"};
    struct cli_table t;
    cli_table_init(&t, arena, "rlllrrrll");
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        cli_table_cell(&t, titles[i]);
    }
    for (size_t i = 0; i < count; i++) {
        add_row(&t, &runs[i]);
    }
    cli_table_print(&t, out);
}

static void json_run(struct ak_json *j, const struct ak_run *run)
{
    struct ak_buf time = AK_BUF_INIT;
    ak_time_format(&time, run->time_ns);
    ak_json_object(j);
    ak_json_ki64(j, "id", run->id);
    ak_json_kstr(j, "key", run->key);
    ak_json_kstr(j, "label", run->label);
    ak_json_kstr(j, "time", run->time_ns > 0 ? time.ptr : NULL);
    ak_json_kstr(j, "commit", run->commit);
    ak_json_kstr(j, "branch", run->branch);
    ak_json_kbool(j, "dirty", run->dirty);
    ak_json_kstr(j, "state", state_text(run));
    ak_json_kstr(j, "command", run->command);
    ak_json_ki64(j, "results", (int64_t)run->result_lines);
    ak_json_ki64(j, "rejoined", (int64_t)run->rejoined);
    ak_json_ki64(j, "benchmarks", (int64_t)run->benchmark_count);
    ak_json_ki64(j, "profiles", (int64_t)run->profile_count);
    ak_json_key(j, "tags");
    ak_json_array(j);
    for (size_t i = 0; i < run->tag_count; i++) {
        ak_json_cstr(j, run->tags[i]);
    }
    ak_json_end(j);
    ak_json_end(j);
    ak_buf_release(&time);
}

static void render_json(const struct ak_run *runs, size_t count, struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 2);
    ak_json_array(&j);
    for (size_t i = 0; i < count; i++) {
        json_run(&j, &runs[i]);
    }
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
}

static enum ak_status list(const struct opts *o, const char *label, struct ak_arena *arena,
                           struct ak_buf *out, struct ak_error *err)
{
    struct ak_store *s;
    struct ak_run *runs;
    size_t count;
    enum ak_status st = ak_store_open(ak_store_path(o->store), AK_STORE_READ, &s, err);
    if (st != AK_OK) {
        return st;
    }
    st = ak_store_list_runs(s, label, arena, &runs, &count, err);
    if (st == AK_OK && count == 0 && label) {
        int64_t id;
        st = ak_store_find_run(s, label, &id, err); /* names the labels that are there */
        st = st != AK_OK ? st : ak_fail(err, AK_NOT_FOUND, "\"%s\" is a run and no label", label);
    }
    ak_store_close(s);
    if (st == AK_OK && o->json) {
        render_json(runs, count, out);
    } else if (st == AK_OK) {
        render_text(runs, count, arena, out);
    }
    return st;
}

static int run(int argc, char **argv)
{
    struct opts o = {0};
    struct ak_error err = {0};
    struct ak_args args;
    struct ak_buf out = AK_BUF_INIT;
    struct ak_arena *arena = ak_arena_new();
    int code = command_parse(&cmd_runs, &o, argc, argv, arena, &args);
    if (code < 0 && args.count > 1) {
        fputs("akreport runs: one label at most: runs [LABEL]\n", stderr);
        code = 2;
    } else if (code < 0 &&
               list(&o, args.count ? args.items[0] : NULL, arena, &out, &err) != AK_OK) {
        code = command_fail("runs", &err);
    } else if (code < 0) {
        code = command_print("runs", ak_buf_view(&out)) ? 0 : 2;
    }
    ak_buf_release(&out);
    ak_arena_free(arena);
    return code;
}

const struct command cmd_runs = {
    .name = "runs",
    .summary = "lists the runs of the history",
    .usage = "runs [--store FILE] [--json] [LABEL]",
    .opts = table,
    .run = run,
};
