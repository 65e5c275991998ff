/* akreport lint bench: Go benchmarks that measure nothing, told from their source, or from their
 * output where the source is not at hand. */
#include "collector/lint_bench.h"

#include "base/hash.h"
#include "base/idmap.h"
#include "base/io.h"
#include "base/mem.h"
#include "collector/doctor.h"
#include "lint.h"
#include "lint_suppress.h"
#include "run_side.h"

#include <string.h>
#include <sys/stat.h>

struct options {
    struct lint_options lint;
};

static const struct ak_opt table[] = {
    LINT_OPTS(options),
};

static struct ak_lint_item item_of(const struct ak_bench_finding *f)
{
    const bool is_cost = f->rule == AK_RULE_B002 || f->rule == AK_RULE_B006;
    return (struct ak_lint_item){
        LINT_RULE(f->rule),      .level = is_cost ? AK_LINT_NOTE : AK_LINT_WARNING,
        .message = f->message,   .identity = "",
        .file = f->file,         .line = f->line,
        .function = f->function,
    };
}

/* The benchmarks that leave their work to one helper. */
struct users {
    size_t count;              /* all of them */
    struct ak_lint_item *item; /* of two and more, once the first was met: at the helper */
    const char **names;
};

static uint64_t helper_key(const struct ak_bench_finding *f)
{
    return ak_hash_bytes(f->helper, strlen(f->helper), ak_hash_str(ak_str_from(f->helper_file)));
}

/* True when the finding is one of several that are one item. */
static bool fold(struct users *u, const struct ak_bench_finding *f, struct ak_lint_item *next,
                 struct ak_arena *arena)
{
    if (!u->item) {
        u->item = next;
        u->names = AK_NEW_ARRAY(arena, const char *, u->count);
        *next = item_of(f);
        next->file = f->helper_file;
        next->line = f->helper_line;
        next->function = f->helper;
        next->message = ak_arena_printf(
            arena,
            "%s: no loop over b.N in it, nor in the %zu benchmarks that leave their work to it",
            f->helper, u->count);
        next->evidence = u->names;
    }
    u->names[u->item->evidence_count++] = ak_arena_printf(
        arena, "%s (%s:%lld)", f->function, ak_path_base(f->file), (long long)f->line);
    return u->item != next; /* else it begins one */
}

/* One item a finding, but one at their helper for benchmarks that leave their work to the same:
 * there the loop is missing. Benchmarks that the criteria file suppresses are taken out before. */
static size_t items_make(const struct lint_options *o, const struct ak_bench_lint *lint,
                         struct ak_lint_item *items, struct ak_arena *arena)
{
    struct users *const users = AK_NEW_ARRAY(arena, struct users, lint->count);
    struct users **const of = AK_NEW_ARRAY(arena, struct users *, lint->count);
    bool *const is_out = AK_NEW_ARRAY(arena, bool, lint->count);
    struct ak_idmap helpers = {0};
    size_t helper_count = 0, count = 0;
    for (size_t i = 0; i < lint->count; i++) {
        const struct ak_bench_finding *const f = &lint->findings[i];
        bool is_new;
        if (!*f->helper) {
            continue;
        }
        of[i] = &users[ak_idmap_put(&helpers, helper_key(f), (uint32_t)helper_count, &is_new)];
        helper_count += is_new;
        is_out[i] = cli_lint_suppresses(o->suppress, ak_rule_id(f->rule), f->file, f->function,
                                        f->function);
        of[i]->count += !is_out[i];
    }
    for (size_t i = 0; i < lint->count; i++) {
        const struct ak_bench_finding *const f = &lint->findings[i];
        if (is_out[i]) {
            continue;
        }
        if (of[i] && of[i]->count > 1) {
            count += !fold(of[i], f, &items[count], arena);
        } else {
            items[count++] = item_of(f);
        }
    }
    ak_idmap_release(&helpers);
    return count;
}

static enum ak_status look_at_source(const struct lint_options *o, const char *dir,
                                     struct ak_arena *arena, struct ak_lint_report *r,
                                     struct ak_error *err)
{
    struct ak_bench_lint lint;
    const enum ak_status st = ak_bench_lint_dir(dir, arena, &lint, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_lint_item *const items = AK_NEW_ARRAY(arena, struct ak_lint_item, lint.count);
    const char **const notes = AK_NEW_ARRAY(arena, const char *, 1);
    notes[0] =
        ak_arena_printf(arena, "%zu benchmark%s in %zu file%s", lint.benchmarks,
                        lint.benchmarks == 1 ? "" : "s", lint.files, lint.files == 1 ? "" : "s");
    *r = (struct ak_lint_report){.subject = "source of Go benchmarks",
                                 .items = items,
                                 .count = items_make(o, &lint, items, arena),
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
        if (found[i].rule == AK_RULE_P011) {
            items[n++] = (struct ak_lint_item){
                LINT_RULE(AK_RULE_P011),
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
        return look_at_source(o, args->items[0], arena, r, err);
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
