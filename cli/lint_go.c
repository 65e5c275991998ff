/* akreport lint go: the heap decisions of the Go compiler, ranked by a heap profile. */
#include "collector/lint.h"
#include "lint.h"
#include "profile_side.h"

struct options {
    struct lint_options lint;
    const char *diagnostics, *base;
    double min_share_pct;
};

#define F(field) offsetof(struct options, field)
static const struct ak_opt table[] = {
    {"diagnostics", AK_OPT_STR, F(diagnostics), "DIR",
     "folder that go build -gcflags=-json=0,DIR wrote", "heap decisions"},
    {"base", AK_OPT_STR, F(base), "FILE", "profile from before the phase, subtracted", NULL},
    {"min", AK_OPT_F64, F(min_share_pct), "PERCENT", "leave smaller findings out (1)", NULL},
    LINT_OPTS(options),
};

static struct ak_lint_item heap_item(const struct ak_lint_finding *f, struct ak_arena *arena)
{
    struct ak_lint_step *const steps = AK_NEW_ARRAY(arena, struct ak_lint_step, f->chain_count);
    for (size_t i = 0; i < f->chain_count; i++) {
        const struct ak_lint_frame *const c = &f->chain[i];
        steps[i] = (struct ak_lint_step){c->function, c->file, c->line};
    }
    return (struct ak_lint_item){
        .rule = ak_lint_rule_id(f->rule),
        .title = ak_lint_rule_title(f->rule),
        .help = ak_lint_rule_help(f->rule),
        .level = f->share >= 0.1 ? AK_LINT_WARNING : AK_LINT_NOTE,
        .message = f->message,
        .file = f->at.file,
        .line = f->at.line,
        .function = f->at.function,
        .bytes = f->bytes,
        .objects = f->objects,
        .share = f->share,
        .steps = steps,
        .step_count = f->chain_count,
        .evidence = f->evidence,
        .evidence_count = f->evidence_count,
    };
}

static double percent(int64_t part, int64_t whole)
{
    return whole > 0 ? 100 * (double)part / (double)whole : 0;
}

static void heap_notes(const struct ak_go_diagnostics *d, const struct ak_lint_set *set,
                       struct ak_arena *arena, struct ak_lint_report *r)
{
    const struct ak_lint_classes *const c = &set->classes;
    const char **const notes = AK_NEW_ARRAY(arena, const char *, 5);
    size_t n = 0;
    notes[n++] = ak_arena_printf(
        arena,
        "%lld bytes: %.1f %% escape at the line, %.1f %% allocated by a library for a line, "
        "%.1f %% runtime and profiler, %.1f %% unexplained",
        (long long)c->total, percent(c->escape, c->total), percent(c->library, c->total),
        percent(c->runtime, c->total), percent(c->unexplained, c->total));
    notes[n++] = ak_arena_printf(
        arena,
        "%u of %u lines of the module that allocate themselves have a decision of the "
        "compiler, with %.1f %% of their bytes",
        c->leaf_joined, c->leaf_sites, percent(c->leaf_joined_bytes, c->leaf_bytes));
    notes[n++] = ak_arena_printf(arena, "%llu diagnostics in %u files, %u heap decisions, %s",
                                 (unsigned long long)d->diagnostic_count, d->file_count,
                                 d->escape_count, d->gc_version);
    if (set->left_out > 0) {
        notes[n++] = ak_arena_printf(arena, "%zu lines with less heat left out", set->left_out);
    }
    if (c->negative < 0) {
        notes[n++] = ak_arena_printf(arena, "%lld bytes are only in the base: is it from before?",
                                     -(long long)c->negative);
    }
    r->notes = notes;
    r->note_count = n;
}

static enum ak_status look(const struct lint_options *lint, const struct ak_args *args,
                           struct ak_arena *arena, struct ak_lint_report *r, struct ak_error *err)
{
    const struct options *const o = (const void *)lint;
    struct ak_go_diagnostics d;
    struct ak_profile *p = NULL;
    struct ak_lint_set set;
    const struct ak_lint_heap_opts opts = {.min_share = o->min_share_pct / 100};
    if (!(o->min_share_pct > 0 && o->min_share_pct <= 100)) {
        return ak_fail(err, AK_USAGE, "--min needs a percentage above 0 and up to 100");
    }
    if (!o->diagnostics || args->count != 1) {
        return ak_fail(err, AK_USAGE, "needs --diagnostics DIR and one heap profile");
    }
    enum ak_status st = ak_go_diagnostics_load(o->diagnostics, arena, &d, err);
    st = st == AK_OK ? cli_profile_side_load(args->items[0], o->base, &p, err) : st;
    if (st == AK_OK) {
        st = ak_prefix(err, ak_lint_heap(&d, p, &opts, arena, &set, err), "%s", args->items[0]);
    }
    if (st == AK_OK) {
        struct ak_lint_item *const items = AK_NEW_ARRAY(arena, struct ak_lint_item, set.count);
        for (size_t i = 0; i < set.count; i++) {
            items[i] = heap_item(&set.findings[i], arena);
        }
        *r = (struct ak_lint_report){.items = items, .count = set.count};
        r->subject = "heap decisions of the Go compiler, ranked by a heap profile";
        heap_notes(&d, &set, arena, r);
    }
    ak_go_diagnostics_release(&d);
    ak_profile_free(p);
    return st;
}

static int run(int argc, char **argv)
{
    struct options o = {.lint = LINT_DEFAULTS, .min_share_pct = 1};
    return cli_lint_run(&lint_go, &o.lint, look, argc, argv);
}

const struct command lint_go = {
    .name = "lint go",
    .summary = "heap decisions of the Go compiler, ranked by a heap profile",
    .usage = "lint go --diagnostics DIR [--base BEFORE.prof] MEM.prof",
    .opts = table,
    .run = run,
};
