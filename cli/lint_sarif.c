/* akreport lint sarif: results of other tools, ranked by a profile. */
#include "collector/lint_sarif.h"

#include "base/mem.h"
#include "lint.h"
#include "profile/measure.h"
#include "profile_side.h"

#include <string.h>

struct options {
    struct lint_options lint;
    const char *base;
};

#define SARIF_BYTES_MAX (32U << 20)

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

static struct ak_lint_item sarif_item(const struct ak_sarif_log *log,
                                      const struct ak_sarif_result *s, struct ak_arena *arena)
{
    static const enum ak_lint_level levels[] = {AK_LINT_NOTE, AK_LINT_WARNING, AK_LINT_ERROR};
    struct ak_lint_item item = {
        .rule = s->rule,
        .title = *s->title ? s->title : s->rule,
        .help = *s->help ? s->help : "See the documentation of the tool.",
        .level = levels[s->level],
        .message = first_line(s->message, arena),
        .file = s->file,
        .line = s->line,
        .function = s->function,
        .share = s->share,
    };
    if (s->heat > 0) {
        struct ak_buf value = AK_BUF_INIT;
        const char **const evidence = AK_NEW_ARRAY(arena, const char *, 1);
        ak_measure_label(&value, s->heat, ak_str_from(log->unit), AK_STR("auto"));
        evidence[0] = ak_arena_printf(arena, "%s of %s pass through %s here", value.ptr, log->type,
                                      s->function);
        ak_buf_release(&value);
        item.evidence = evidence;
        item.evidence_count = 1;
        item.message =
            ak_arena_printf(arena, "%.1f %% of %s: %s", 100 * s->share, log->type, item.message);
    }
    return item;
}

static void sarif_report(const struct ak_sarif_log *log, struct ak_arena *arena,
                         struct ak_lint_report *r)
{
    struct ak_lint_item *const items = AK_NEW_ARRAY(arena, struct ak_lint_item, log->count);
    const char **const notes = AK_NEW_ARRAY(arena, const char *, 1);
    size_t hot = 0;
    for (size_t i = 0; i < log->count; i++) {
        items[i] = sarif_item(log, &log->results[i], arena);
        hot += log->results[i].heat > 0;
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

static enum ak_status look(const struct lint_options *lint, const struct ak_args *args,
                           struct ak_arena *arena, struct ak_lint_report *r, struct ak_error *err)
{
    const struct options *const o = (const void *)lint;
    struct ak_buf text = AK_BUF_INIT;
    struct ak_profile *p = NULL;
    struct ak_sarif_log log;
    if (args->count != 2) {
        return ak_fail(err, AK_USAGE, "needs a SARIF file and one profile");
    }
    enum ak_status st = ak_file_read(args->items[0], SARIF_BYTES_MAX, &text, err);
    if (st == AK_OK) {
        st = ak_sarif_parse(args->items[0], ak_buf_view(&text), arena, &log, err);
    }
    const struct profile_side side = {
        .path = args->items[1], .base = o->base, .store = lint->store, .arena = arena};
    st = st == AK_OK ? cli_profile_side_load(&side, &p, err) : st;
    if (st == AK_OK) {
        ak_sarif_rank(&log, p, arena);
        sarif_report(&log, arena, r);
    }
    ak_buf_release(&text);
    ak_profile_free(p);
    return st;
}

static int run(int argc, char **argv)
{
    struct options o = {.lint = LINT_DEFAULTS};
    return cli_lint_run(&lint_sarif, &o.lint, look, argc, argv);
}

const struct command lint_sarif = {
    .name = "lint sarif",
    .summary = "results of other tools, ranked by a profile",
    .usage = "lint sarif [--base BEFORE.prof] FILE PROFILE",
    .opts = table,
    .run = run,
};
