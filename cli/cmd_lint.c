/* akreport lint: what compiler, source and profiles already know, ranked by heat. The sub-commands
 * are in lint_<name>.c; what they share is here. */
#include "base/mem.h"
#include "findings.h"
#include "lint/lint.h"
#include "lint/lint_source.h"
#include "lint/lint_suppress.h"
#include "profile/measure.h"

#include <stdio.h>
#include <string.h>

static const struct command *const subjects[] = {
#define X(name) &lint_##name,
#include "lint/lints.def"
#undef X
};

typedef void render_fn(const struct ak_lint_report *r, struct ak_buf *out);

static render_fn *renderer(const char *format)
{
    static const struct {
        const char *name;
        render_fn *render;
    } formats[] = {
        {"text", ak_lint_report_text},   {"json", ak_lint_report_json},
        {"md", ak_lint_report_markdown}, {"markdown", ak_lint_report_markdown},
        {"sarif", ak_lint_report_sarif},
    };
    for (size_t i = 0; i < AK_COUNT(formats); i++) {
        if (strcmp(formats[i].name, format) == 0) {
            return formats[i].render;
        }
    }
    return NULL;
}

const char *cli_lint_heat_message(double share, const char *type, const char *message,
                                  struct ak_arena *arena)
{
    return share < 0.001 ? ak_arena_printf(arena, "under 0.1 %% of %s: %s", type, message)
                         : ak_arena_printf(arena, "%.1f %% of %s: %s", 100 * share, type, message);
}

const char *cli_lint_heat_value(int64_t heat, const char *unit, const char *type,
                                struct ak_arena *arena)
{
    struct ak_buf value = AK_BUF_INIT;
    ak_measure_label(&value, heat, ak_str_from(unit), AK_STR("auto"));
    const char *const text = ak_arena_printf(arena, "%s of %s", value.ptr, type);
    ak_buf_release(&value);
    return text;
}

int cli_lint_run(const struct command *cmd, struct lint_options *o, lint_look_fn *look, int argc,
                 char **argv)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    struct ak_lint_report r = {0};
    struct ak_error err = {0};
    enum ak_status st = AK_OK;
    int code = command_parse(cmd, o, argc, argv, arena, &args);
    render_fn *const render = renderer(o->format);
    if (code < 0 && !render) {
        st = ak_fail(&err, AK_USAGE, "--format %s: not text, json, md or sarif", o->format);
    } else if (code < 0 && args.rest_count > 0) {
        st = ak_fail(&err, AK_USAGE, "%s: nothing follows --", args.rest[0]);
    } else if (code < 0) {
        st = cli_lint_suppress_load(o->criteria, arena, &o->read, &o->suppress, &err);
        st = st == AK_OK ? look(o, &args, arena, &r, &err) : st;
    }
    if (code < 0 && st == AK_OK) {
        cli_lint_suppress(o->suppress, &r, arena);
        cli_lint_source(o->source_root, &r, arena);
    }
    ak_suppress_list_free(o->suppress);
    if (code < 0 && st == AK_OK && o->record) {
        st = cli_findings_keep(r.kind ? r.kind : cmd->name + strlen("lint "), o, &r, &err);
    }
    if (st != AK_OK) {
        code = command_fail(cmd->name, &err);
    } else if (code < 0) {
        struct ak_buf out = AK_BUF_INIT;
        render(&r, &out);
        code = command_print(cmd->name, ak_buf_view(&out)) ? o->strict && r.count > 0 : 2;
        ak_buf_release(&out);
    }
    ak_arena_free(arena);
    return code;
}

static int print_help(void)
{
    struct ak_buf text = AK_BUF_INIT;
    for (size_t i = 0; i < AK_COUNT(subjects); i++) {
        ak_buf_printf(&text, "%s akreport %s\n", i == 0 ? "usage:" : "      ", subjects[i]->usage);
    }
    ak_buf_printf(&text, "\n%s\n\n", cmd_lint.summary);
    for (size_t i = 0; i < AK_COUNT(subjects); i++) {
        ak_buf_printf(&text, "  %-12s  %s\n", subjects[i]->name, subjects[i]->summary);
    }
    ak_buf_puts(&text, "\nakreport lint NAME --help lists the options of one.\n");
    const bool printed = command_print("lint", ak_buf_view(&text));
    ak_buf_release(&text);
    return printed ? 0 : 2;
}

static bool is_help(const char *word)
{
    return strcmp(word, "-h") == 0 || strcmp(word, "-help") == 0 || strcmp(word, "--help") == 0;
}

static int run(int argc, char **argv)
{
    const char *const subject = argc > 1 ? argv[1] : "";
    if (is_help(subject)) {
        return print_help();
    }
    struct ak_buf names = AK_BUF_INIT;
    for (size_t i = 0; i < AK_COUNT(subjects); i++) {
        const char *const name = subjects[i]->name + strlen("lint ");
        if (strcmp(subject, name) == 0) {
            ak_buf_release(&names);
            return subjects[i]->run(argc - 1, argv + 1);
        }
        ak_buf_printf(&names, "%s%s", i == 0 ? "" : ", ", name);
    }
    struct ak_error err = {0};
    (void)ak_fail(&err, AK_USAGE, "say first what to look at: %s", names.ptr);
    ak_buf_release(&names);
    return command_fail("lint", &err);
}

const struct command cmd_lint = {
    .name = "lint",
    .summary = "what compiler, source and profiles already know, ranked by heat",
    .usage = "lint NAME ...",
    .opts = NULL,
    .run = run,
};
