/* akreport lint bench: Go benchmarks that measure nothing, told from their source. */
#include "collector/lint_bench.h"

#include "lint.h"

struct options {
    struct lint_options lint;
};

static const struct ak_opt table[] = {
    LINT_OPTS(options),
};

static enum ak_status look(const struct lint_options *o, const struct ak_args *args,
                           struct ak_arena *arena, struct ak_lint_report *r, struct ak_error *err)
{
    (void)o;
    struct ak_bench_lint lint;
    if (args->count != 1) {
        return ak_fail(err, AK_USAGE, "needs one folder of Go source");
    }
    const enum ak_status st = ak_bench_lint_dir(args->items[0], arena, &lint, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_lint_item *const items = AK_NEW_ARRAY(arena, struct ak_lint_item, lint.count);
    const char **const notes = AK_NEW_ARRAY(arena, const char *, 1);
    for (size_t i = 0; i < lint.count; i++) {
        const struct ak_bench_finding *const f = &lint.findings[i];
        items[i] = (struct ak_lint_item){
            .rule = ak_bench_rule_id(f->rule),
            .title = ak_bench_rule_title(f->rule),
            .help = ak_bench_rule_help(f->rule),
            .level = f->rule == AK_BENCH_B002 ? AK_LINT_NOTE : AK_LINT_WARNING,
            .message = f->message,
            .file = f->file,
            .line = f->line,
            .function = f->function,
        };
    }
    notes[0] = ak_arena_printf(arena, "%zu benchmarks in %zu files", lint.benchmarks, lint.files);
    *r = (struct ak_lint_report){.subject = "source of Go benchmarks",
                                 .items = items,
                                 .count = lint.count,
                                 .notes = notes,
                                 .note_count = 1};
    return AK_OK;
}

static int run(int argc, char **argv)
{
    struct options o = {.lint = LINT_DEFAULTS};
    return cli_lint_run(&lint_bench, &o.lint, look, argc, argv);
}

const struct command lint_bench = {
    .name = "lint bench",
    .summary = "Go benchmarks that measure nothing, told from their source",
    .usage = "lint bench DIR",
    .opts = table,
    .run = run,
};
