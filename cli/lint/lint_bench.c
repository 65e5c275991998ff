/* akreport lint bench: Go benchmarks that measure nothing, told from their source, or from their
 * output where the source is not at hand. */
#include "collector/lint_bench.h"

#include "base/mem.h"
#include "collector/doctor.h"
#include "lint.h"
#include "run_side.h"

#include <sys/stat.h>

struct options {
    struct lint_options lint;
};

static const struct ak_opt table[] = {
    LINT_OPTS(options),
};

static enum ak_status look_at_source(const char *dir, struct ak_arena *arena,
                                     struct ak_lint_report *r, struct ak_error *err)
{
    struct ak_bench_lint lint;
    const enum ak_status st = ak_bench_lint_dir(dir, arena, &lint, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_lint_item *const items = AK_NEW_ARRAY(arena, struct ak_lint_item, lint.count);
    const char **const notes = AK_NEW_ARRAY(arena, const char *, 1);
    for (size_t i = 0; i < lint.count; i++) {
        const struct ak_bench_finding *const f = &lint.findings[i];
        const bool is_cost = f->rule == AK_BENCH_B002 || f->rule == AK_BENCH_B006;
        items[i] = (struct ak_lint_item){
            .rule = ak_bench_rule_id(f->rule),
            .title = ak_bench_rule_title(f->rule),
            .help = ak_bench_rule_help(f->rule),
            .level = is_cost ? AK_LINT_NOTE : AK_LINT_WARNING,
            .message = f->message,
            .identity = "",
            .file = f->file,
            .line = f->line,
            .function = f->function,
        };
    }
    notes[0] =
        ak_arena_printf(arena, "%zu benchmark%s in %zu file%s", lint.benchmarks,
                        lint.benchmarks == 1 ? "" : "s", lint.files, lint.files == 1 ? "" : "s");
    *r = (struct ak_lint_report){.subject = "source of Go benchmarks",
                                 .items = items,
                                 .count = lint.count,
                                 .notes = notes,
                                 .note_count = 1};
    return AK_OK;
}

static enum ak_status look_at_output(const struct lint_options *o, const char *selector,
                                     struct ak_arena *arena, struct ak_lint_report *r,
                                     struct ak_error *err)
{
    struct run_sides sides = {.cmd = lint_bench.name, .store_path = o->store, .arena = arena};
    struct ak_run *run = NULL;
    const enum ak_status st = cli_run_side_load(&sides, selector, 0, &run, err);
    cli_run_sides_close(&sides);
    if (st != AK_OK) {
        return st;
    }
    size_t count = 0, n = 0;
    struct ak_run results = *run;
    results.profile_count = 0; /* the doctor's other rules are about those */
    const struct ak_finding *const found = ak_doctor_run(&results, NULL, arena, &count);
    struct ak_lint_item *const items = AK_NEW_ARRAY(arena, struct ak_lint_item, count);
    for (size_t i = 0; i < count; i++) {
        if (found[i].rule == AK_DOCTOR_P011) {
            items[n++] = (struct ak_lint_item){
                .rule = ak_doctor_id(AK_DOCTOR_P011),
                .title = ak_doctor_text(AK_DOCTOR_P011),
                .help = ak_bench_rule_help(AK_BENCH_B001),
                .level = AK_LINT_WARNING,
                .message = ak_arena_printf(arena, "%s: %s", found[i].subject, found[i].evidence),
                .file = "",
                .function = found[i].subject,
            };
        }
    }
    *r = (struct ak_lint_report){
        .subject = "output of benchmarks, without their source", .items = items, .count = n};
    return AK_OK;
}

static enum ak_status look(const struct lint_options *o, const struct ak_args *args,
                           struct ak_arena *arena, struct ak_lint_report *r, struct ak_error *err)
{
    struct stat facts;
    if (args->count != 1) {
        return ak_fail(err, AK_USAGE, "needs one folder of Go source, output of benchmarks or run");
    }
    if (stat(args->items[0], &facts) == 0 && S_ISDIR(facts.st_mode)) {
        return look_at_source(args->items[0], arena, r, err);
    }
    return look_at_output(o, args->items[0], arena, r, err);
}

static int run(int argc, char **argv)
{
    struct options o = {.lint = LINT_DEFAULTS};
    return cli_lint_run(&lint_bench, &o.lint, look, argc, argv);
}

const struct command lint_bench = {
    .name = "lint bench",
    .summary = "Go benchmarks that measure nothing, told from their source or output",
    .usage = "lint bench DIR|OUTPUT|RUN",
    .opts = table,
    .run = run,
};
