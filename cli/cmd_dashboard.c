/* akreport dashboard: the whole history as one HTML file. */
#include "base/io.h"
#include "command.h"
#include "history_view.h"
#include "reporter/dashboard.h"
#include "store/store.h"

#include <stdio.h>

struct opts {
    const char *out, *store, *label, *title, *templates, *criteria;
    int64_t runs, profiles;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"o", AK_OPT_STR, F(out), "FILE", "where to write (dashboard.html; -: standard output)",
     "output"},
    {"title", AK_OPT_STR, F(title), "TEXT", "heading of the page", NULL},
    {"templates", AK_OPT_STR, F(templates), "DIR", "folder of replaced templates", NULL},
    {"label", AK_OPT_STR, F(label), "NAME", "only runs of this label", "selection"},
    {"runs", AK_OPT_I64, F(runs), "N", "the newest N runs (200)", NULL},
    {"profiles", AK_OPT_I64, F(profiles), "N", "profiles of the newest N runs that have some (4)",
     NULL},
    {"criteria", AK_OPT_STR, F(criteria), "FILE",
     "criteria to judge the newest run by (default: built in)", NULL},
    {"store", AK_OPT_STR, F(store), "FILE", "history file", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

static enum ak_status dashboard(const struct opts *o, struct ak_store *store,
                                struct ak_arena *arena, struct ak_error *err)
{
    struct ak_criteria *criteria = NULL;
    struct ak_dashboard page;
    enum ak_status st = o->criteria ? ak_criteria_load(o->criteria, arena, &criteria, err) : AK_OK;
    const struct history_query query = {.label = o->label,
                                        .runs = (size_t)o->runs,
                                        .profiled = (size_t)o->profiles,
                                        .criteria = criteria};
    if (st == AK_OK) {
        st = cli_history_load(store, &query, arena, &page, err);
    }
    if (st != AK_OK) {
        return st;
    }
    struct ak_buf html = AK_BUF_INIT;
    page.title = o->title ? o->title : page.title;
    st = ak_templates_open(o->templates, &page.templates, err);
    if (st == AK_OK) {
        st = ak_dashboard_render(&page, &html, err);
        ak_templates_close(page.templates);
    }
    if (st == AK_OK) {
        st = ak_file_write(o->out, ak_buf_view(&html), err);
    }
    ak_buf_release(&html);
    cli_history_release(&page);
    return st;
}

static int run(int argc, char **argv)
{
    struct opts o = {.out = "dashboard.html", .runs = 200, .profiles = 4};
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    struct ak_error err = {0};
    int code = command_parse(&cmd_dashboard, &o, argc, argv, arena, &args);
    const bool in_range = o.runs >= 1 && o.runs <= 100000 && o.profiles >= 0 && o.profiles <= 1000;
    if (code < 0 && (args.count > 0 || !in_range)) {
        fprintf(stderr, "akreport dashboard: %s\n",
                args.count > 0 ? "takes no arguments"
                               : "-runs is 1 to 100000, -profiles 0 to 1000");
        code = 2;
    }
    if (code < 0) {
        struct ak_store *store = NULL;
        enum ak_status st = ak_store_open(ak_store_path(o.store), AK_STORE_READ, &store, &err);
        if (st == AK_OK) {
            st = dashboard(&o, store, arena, &err);
            ak_store_close(store);
        }
        code = st == AK_OK ? 0 : command_fail("dashboard", &err);
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_dashboard = {
    .name = "dashboard",
    .summary = "the history as one HTML file",
    .usage = "dashboard [-o FILE.html] [options]",
    .opts = table,
    .run = run,
};
