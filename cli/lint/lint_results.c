/* akreport lint results: what other static tools found, ranked by a profile. */
#include "collector/lint_results.h"

#include "base/mem.h"
#include "lint.h"
#include "profile_side.h"

#include <string.h>

struct options {
    struct lint_options lint;
    const char *base;
};

#define FILE_BYTES_MAX (32U << 20)

static const struct ak_opt table[] = {
    {"base", AK_OPT_STR, offsetof(struct options, base), "FILE",
     "profile from before the phase, subtracted", "heat"},
    LINT_OPTS(options),
};

/* The first line of a message, without its full stop. */
static const char *first_line(const char *message, struct ak_arena *arena)
{
    size_t len = strcspn(message, "\r\n");
    len -= len > 0 && message[len - 1] == '.';
    return ak_arena_strndup(arena, message, len);
}

/* Errors stay errors; else the heat decides: hot lines warn, lines without a sample do not. */
static enum ak_lint_level level_of(const struct ak_result *s)
{
    if (s->level == AK_RESULT_ERROR) {
        return AK_LINT_ERROR;
    }
    return s->share >= 0.1 || (s->heat > 0 && s->level == AK_RESULT_WARNING) ? AK_LINT_WARNING
                                                                             : AK_LINT_NOTE;
}

static const struct ak_lint_step *steps_of(const struct ak_result *s, struct ak_arena *arena)
{
    struct ak_lint_step *const steps = AK_NEW_ARRAY(arena, struct ak_lint_step, s->step_count);
    for (size_t i = 0; i < s->step_count; i++) {
        const struct ak_result_step *const from = &s->steps[i];
        steps[i] = (struct ak_lint_step){
            .function = *from->text ? from->text : "here", .file = from->file, .line = from->line};
    }
    return steps;
}

static struct ak_lint_item result_item(const struct ak_results *log, const struct ak_result *s,
                                       struct ak_arena *arena)
{
    struct ak_lint_item item = {
        .rule = s->rule,
        .title = *s->title ? s->title : s->rule,
        .help = *s->help ? s->help : "See the documentation of the tool.",
        .level = level_of(s),
        .message = first_line(s->message, arena),
        .identity = s->message,
        .file = s->file,
        .line = s->line,
        .function = s->function,
        .share = s->share,
        .steps = steps_of(s, arena),
        .step_count = s->step_count,
        .step_words = {"", "then "},
    };
    if (s->heat > 0) {
        const char **const evidence = AK_NEW_ARRAY(arena, const char *, 1);
        evidence[0] =
            ak_arena_printf(arena, "%s pass through %s here",
                            cli_lint_heat_value(s->heat, log->unit, log->type, arena), s->function);
        item.evidence = evidence;
        item.evidence_count = 1;
        item.message = cli_lint_heat_message(s->share, log->type, item.message, arena);
    }
    return item;
}

static void results_report(const struct ak_results *log, struct ak_arena *arena,
                           struct ak_lint_report *r)
{
    struct ak_lint_item *const items = AK_NEW_ARRAY(arena, struct ak_lint_item, log->count);
    const char **const notes = AK_NEW_ARRAY(arena, const char *, 1);
    size_t hot = 0;
    for (size_t i = 0; i < log->count; i++) {
        items[i] = result_item(log, &log->items[i], arena);
        hot += log->items[i].heat > 0;
    }
    notes[0] = ak_arena_printf(arena,
                               "%zu of %zu results lie on lines with heat; %zu left out as "
                               "suppressed or passed",
                               hot, log->count, log->suppressed);
    *r = (struct ak_lint_report){.subject = "results of other tools, ranked by a profile",
                                 .items = items,
                                 .count = log->count,
                                 .notes = notes,
                                 .note_count = 1};
}

static enum ak_status results_read(const char *path, struct ak_arena *arena, struct ak_results *all,
                                   struct ak_error *err)
{
    struct ak_buf text = AK_BUF_INIT;
    struct ak_results one;
    const struct ak_limits limits = {.max_inflated = FILE_BYTES_MAX};
    enum ak_status st = ak_file_read_inflated(path, &limits, &text, err);
    if (st == AK_OK) {
        st = ak_results_parse(path, ak_buf_view(&text), arena, &one, err);
    }
    if (st == AK_OK) {
        ak_results_append(all, &one, arena);
    }
    ak_buf_release(&text);
    return st;
}

static enum ak_status look(const struct lint_options *lint, const struct ak_args *args,
                           struct ak_arena *arena, struct ak_lint_report *r, struct ak_error *err)
{
    const struct options *const o = (const void *)lint;
    struct ak_profile *p = NULL;
    struct ak_results all = {.type = "", .unit = ""};
    enum ak_status st = AK_OK;
    if (args->count < 2) {
        return ak_fail(err, AK_USAGE, "needs files of results, and one profile last");
    }
    for (size_t i = 0; i + 1 < args->count && st == AK_OK; i++) {
        st = results_read(args->items[i], arena, &all, err);
    }
    const struct profile_side side = {.path = args->items[args->count - 1],
                                      .base = o->base,
                                      .store = lint->store,
                                      .arena = arena};
    st = st == AK_OK ? cli_profile_side_load(&side, &p, err) : st;
    if (st == AK_OK) {
        ak_results_rank(&all, p, arena);
        results_report(&all, arena, r);
    }
    ak_profile_free(p);
    return st;
}

static int run(int argc, char **argv)
{
    struct options o = {.lint = LINT_DEFAULTS};
    return cli_lint_run(&lint_results, &o.lint, look, argc, argv);
}

const struct command lint_results = {
    .name = "lint results",
    .summary = "what other static tools found, ranked by a profile",
    .usage = "lint results [--base BEFORE.prof] FILE... PROFILE",
    .opts = table,
    .run = run,
};

/* The name it had when SARIF was all that could be read. */
const struct command lint_sarif = {
    .name = "lint sarif",
    .summary = "the same as lint results",
    .usage = "lint sarif [--base BEFORE.prof] FILE... PROFILE",
    .opts = table,
    .run = run,
};
