/* akreport lint history: the findings that runs keep, with their first and last run. */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "lint.h"
#include "store/lint.h"
#include "table.h"

#include <string.h>

struct options {
    const char *store, *label, *state;
    bool json;
};

#define F(field) offsetof(struct options, field)
static const struct ak_opt table[] = {
    {"label", AK_OPT_STR, F(label), "NAME", "runs of this label only", "what to show"},
    {"state", AK_OPT_STR, F(state), "STATE", "new, open or gone (default: all)", NULL},
    {"json", AK_OPT_BOOL, F(json), NULL, "print JSON", "output"},
    {"store", AK_OPT_STR, F(store), "FILE", "history file", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

static bool is_shown(const struct options *o, const struct ak_lint_life *life)
{
    return !o->state || strcmp(o->state, ak_lint_state_text(life->state)) == 0;
}

static const char *run_text(const struct ak_lint_run *run, struct ak_arena *arena)
{
    return ak_arena_printf(arena, "%s #%lld", run->label, (long long)run->id);
}

static void lives_text(const struct options *o, const struct ak_lint_life *lives, size_t count,
                       struct ak_arena *arena, struct ak_buf *out)
{
    struct cli_table t;
    size_t by_state[3] = {0};
    cli_table_init(&t, arena, "lllllrll");
    static const char *const heads[] = {"state", "kind", "rule",  "first",
                                        "last",  "heat", "place", "finding"};
    for (size_t i = 0; i < AK_COUNT(heads); i++) {
        cli_table_cell(&t, heads[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct ak_lint_life *const l = &lives[i];
        by_state[l->state]++;
        if (!is_shown(o, l)) {
            continue;
        }
        cli_table_cell(&t, ak_lint_state_text(l->state));
        cli_table_cell(&t, l->kind);
        cli_table_cell(&t, l->row.rule);
        cli_table_cell(&t, run_text(&l->first, arena));
        cli_table_cell(&t, run_text(&l->last, arena));
        cli_table_cellf(&t, l->row.share > 0 ? "%.1f %%" : "-", 100 * l->row.share);
        cli_table_cellf(&t, *l->row.file ? "%s:%lld" : "-", l->row.file, (long long)l->row.line);
        cli_table_cell(&t, l->row.message);
    }
    cli_table_print(&t, out);
    ak_buf_printf(out, "%zu new, %zu open, %zu gone\n", by_state[AK_LINT_NEW],
                  by_state[AK_LINT_OPEN], by_state[AK_LINT_GONE]);
}

static void run_json(struct ak_json *j, const char *key, const struct ak_lint_run *run)
{
    struct ak_buf time = AK_BUF_INIT;
    ak_json_key(j, key);
    ak_json_object(j);
    ak_json_ki64(j, "run", run->id);
    ak_json_kstr(j, "label", run->label);
    ak_json_kstr(j, "commit", run->commit);
    if (run->time_ns > 0) {
        ak_time_format(&time, run->time_ns);
        ak_json_kstr(j, "time", time.ptr);
    }
    ak_json_end(j);
    ak_buf_release(&time);
}

static void lives_json(const struct options *o, const struct ak_lint_life *lives, size_t count,
                       struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 2);
    ak_json_array(&j);
    for (size_t i = 0; i < count; i++) {
        const struct ak_lint_life *const l = &lives[i];
        if (!is_shown(o, l)) {
            continue;
        }
        ak_json_object(&j);
        ak_json_kstr(&j, "key", l->row.key);
        ak_json_kstr(&j, "state", ak_lint_state_text(l->state));
        ak_json_kstr(&j, "kind", l->kind);
        ak_json_kstr(&j, "rule", l->row.rule);
        ak_json_kstr(&j, "level", l->row.level);
        ak_json_kstr(&j, "file", l->row.file);
        ak_json_ki64(&j, "line", l->row.line);
        ak_json_kstr(&j, "function", l->row.function);
        ak_json_kstr(&j, "message", l->row.message);
        ak_json_kf64(&j, "share", l->row.share);
        ak_json_ki64(&j, "bytes", l->row.bytes);
        ak_json_ki64(&j, "runs", (int64_t)l->runs);
        ak_json_ki64(&j, "looks", (int64_t)l->looks);
        run_json(&j, "first", &l->first);
        run_json(&j, "last", &l->last);
        ak_json_end(&j);
    }
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
}

static bool is_state(const char *text)
{
    return strcmp(text, "new") == 0 || strcmp(text, "open") == 0 || strcmp(text, "gone") == 0;
}

static enum ak_status read_lives(const struct options *o, struct ak_arena *arena,
                                 struct ak_lint_life **out, size_t *out_count, struct ak_error *err)
{
    struct ak_store *store = NULL;
    enum ak_status st = ak_store_open(ak_store_path(o->store), AK_STORE_READ, &store, err);
    if (st == AK_OK) {
        st = ak_store_lint_lives(store, o->label, arena, out, out_count, err);
    }
    ak_store_close(store);
    return st;
}

static int run(int argc, char **argv)
{
    struct options o = {0};
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    struct ak_error err = {0};
    struct ak_lint_life *lives = NULL;
    size_t count = 0;
    enum ak_status st = AK_OK;
    int code = command_parse(&lint_history, &o, argc, argv, arena, &args);
    if (code < 0 && (args.count > 0 || args.rest_count > 0)) {
        st = ak_fail(&err, AK_USAGE, "takes no argument; runs are chosen by --label");
    } else if (code < 0 && o.state && !is_state(o.state)) {
        st = ak_fail(&err, AK_USAGE, "--state %s: not new, open or gone", o.state);
    } else if (code < 0) {
        st = read_lives(&o, arena, &lives, &count, &err);
    }
    if (st != AK_OK) {
        code = command_fail(lint_history.name, &err);
    } else if (code < 0) {
        struct ak_buf out = AK_BUF_INIT;
        if (o.json) {
            lives_json(&o, lives, count, &out);
        } else {
            lives_text(&o, lives, count, arena, &out);
        }
        code = command_print(lint_history.name, ak_buf_view(&out)) ? 0 : 2;
        ak_buf_release(&out);
    }
    ak_arena_free(arena);
    return code;
}

const struct command lint_history = {
    .name = "lint history",
    .summary = "findings that runs keep, with their first and last run",
    .usage = "lint history [--label NAME] [--state new|open|gone] [--json]",
    .opts = table,
    .run = run,
};
