/* akreport check: does a run meet the success criteria. The exit code is the gate. */
#include "base/io.h"
#include "collector/criteria.h"
#include "command.h"
#include "reporter/charts.h"
#include "reporter/check.h"
#include "reporter/page.h"
#include "run_side.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct opts {
    const char *criteria, *base, *history, *store;
    const char *format, *junit, *png, *html;
    bool explain;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"criteria", AK_OPT_STR, F(criteria), "FILE", "criteria to judge by (default: built in)",
     "judgement"},
    {"base", AK_OPT_STR, F(base), "RUN", "run that limits in % are relative to", NULL},
    {"history", AK_OPT_STR, F(history), "LABEL",
     "earlier runs that criteria look at (default: of the run's own label)", NULL},
    {"store", AK_OPT_STR, F(store), "FILE", "history file", NULL},
    {"format", AK_OPT_STR, F(format), "FORMAT", "text, json, md or junit", "output"},
    {"explain", AK_OPT_BOOL, F(explain), NULL, "print the evidence below each row", NULL},
    {"junit", AK_OPT_STR, F(junit), "FILE", "also write JUnit XML", NULL},
    {"png", AK_OPT_STR, F(png), "DIR", "also write the charts", NULL},
    {"html", AK_OPT_STR, F(html), "FILE", "also write a page", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

static bool render(const struct opts *o, const struct ak_check *check, struct ak_buf *out)
{
    const struct ak_check_text_opts how = {.color = isatty(STDOUT_FILENO) == 1,
                                           .explain = o->explain};
    if (strcmp(o->format, "text") == 0) {
        ak_check_text(check, &how, out);
    } else if (strcmp(o->format, "json") == 0) {
        ak_check_json(check, out);
    } else if (strcmp(o->format, "md") == 0) {
        ak_check_markdown(check, out);
    } else if (strcmp(o->format, "junit") == 0) {
        ak_check_junit(check, out);
    } else {
        return false;
    }
    return true;
}

static enum ak_status write_files(const struct opts *o, const struct ak_check *check,
                                  struct ak_error *err)
{
    enum ak_status st = AK_OK;
    if (o->junit) {
        struct ak_buf xml = AK_BUF_INIT;
        ak_check_junit(check, &xml);
        st = ak_file_write(o->junit, ak_buf_view(&xml), err);
        ak_buf_release(&xml);
    }
    if (st == AK_OK && o->png) {
        st = ak_check_charts(check, o->png, err);
    }
    if (st == AK_OK && o->html) {
        st = ak_check_page(check, o->html, err);
    }
    return st;
}

static enum ak_status judge(const struct opts *o, const char *selector, struct run_sides *sides,
                            struct ak_criteria **out_criteria, struct ak_check **out_check,
                            struct ak_error *err)
{
    struct ak_run *run = NULL;
    struct ak_run *base = NULL;
    enum ak_status st = AK_OK;
    if (o->criteria) {
        st = ak_criteria_load(o->criteria, sides->arena, out_criteria, err);
    } else {
        *out_criteria = ak_criteria_builtin(sides->arena);
    }
    if (st == AK_OK) {
        st = cli_run_side_load(sides, selector, AK_LOAD_PROFILES, &run, err);
    }
    if (st == AK_OK && o->base) {
        st = cli_run_side_load(sides, o->base, 0, &base, err);
    }
    if (st == AK_OK) {
        struct ak_check_opts how = cli_run_sides_check(sides, run, o->history);
        how.base = base;
        st = ak_check_run(run, *out_criteria, &how, sides->arena, out_check, err);
    }
    return st;
}

static int check(const struct opts *o, const char *selector, struct run_sides *sides)
{
    struct ak_error err = {0};
    struct ak_criteria *criteria = NULL;
    struct ak_check *result = NULL;
    if (judge(o, selector, sides, &criteria, &result, &err) != AK_OK) {
        return command_fail("check", &err);
    }
    struct ak_buf out = AK_BUF_INIT;
    int code = ak_check_exit(result, criteria);
    if (!render(o, result, &out)) {
        fprintf(stderr, "akreport check: no format \"%.40s\": text, json, md or junit\n",
                o->format);
        code = 2;
    } else if (!command_print("check", ak_buf_view(&out))) {
        code = code ? code : 2;
    }
    ak_buf_release(&out);
    cli_run_sides_keep_check(sides, result);
    if (code != 2 && write_files(o, result, &err) != AK_OK) {
        code = command_fail("check", &err);
    }
    return code;
}

static int run(int argc, char **argv)
{
    struct opts o = {.format = "text"};
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    int code = command_parse(&cmd_check, &o, argc, argv, arena, &args);
    if (code < 0 && args.count != 1) {
        fputs("akreport check: one run is checked: check RUN\n", stderr);
        code = 2;
    } else if (code < 0) {
        struct run_sides sides = {.cmd = "check", .store_path = o.store, .arena = arena};
        code = check(&o, args.items[0], &sides);
        cli_run_sides_close(&sides);
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_check = {
    .name = "check",
    .summary = "judges a run by the success criteria; the exit code is the gate",
    .usage = "check RUN [--criteria FILE] [--explain] [--format FORMAT]",
    .opts = table,
    .run = run,
};
