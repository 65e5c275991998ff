/* akreport lint go: the heap decisions of the Go compiler, ranked by a heap profile, and what a
 * change did to them. */
#include "collector/escape_diff.h"
#include "collector/go_build.h"
#include "lint.h"
#include "profile_side.h"
#include "progress.h"
#include "store/lint.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct options {
    struct lint_options lint;
    const char *diagnostics, *dir, *at, *since, *source, *since_source, *base;
    double min_share_pct;
};

#define F(field) offsetof(struct options, field)
static const struct ak_opt table[] = {
    {"dir", AK_OPT_STR, F(dir), "DIR", "run go in this folder", "What is compiled"},
    {"at", AK_OPT_STR, F(at), "COMMIT", "this commit instead of what lies in the folder", NULL},
    {"diagnostics", AK_OPT_STR, F(diagnostics), "DIR",
     "run nothing: read what -gcflags=-json=0,DIR wrote", NULL},
    {"since", AK_OPT_STR, F(since), "OLD",
     "only what is new since a commit, a checkout or a folder of diagnostics", "Difference"},
    {"source", AK_OPT_STR, F(source), "DIR",
     "root of the module that --diagnostics are of (functions, loops)", NULL},
    {"since-source", AK_OPT_STR, F(since_source), "DIR", "the same for OLD", NULL},
    {"base", AK_OPT_STR, F(base), "PROFILE", "from before the phase, subtracted", "Heat"},
    {"min", AK_OPT_F64, F(min_share_pct), "PERCENT", "leave smaller findings out (1)", NULL},
    LINT_OPTS(options),
};

/* The line taken apart. */
struct request {
    const struct options *o;
    struct ak_arena *arena;
    const char **packages;
    size_t package_count;
    const char *profile; /* NULL: none was given */
    struct cli_progress progress;
};

/* --- the line ------------------------------------------------------------------------------ */

/* A profile of the history, or a file that is no Go source; all else names packages. */
static bool is_profile(const char *arg)
{
    struct stat facts;
    return arg[0] == '@' || (!ak_str_ends(ak_str_from(arg), AK_STR(".go")) &&
                             stat(arg, &facts) == 0 && !S_ISDIR(facts.st_mode));
}

static enum ak_status request_read(struct request *r, const struct ak_args *args,
                                   struct ak_error *err)
{
    const struct options *const o = r->o;
    r->packages = AK_NEW_ARRAY(r->arena, const char *, args->count);
    for (size_t i = 0; i < args->count; i++) {
        const char *const arg = args->items[i];
        if (!is_profile(arg)) {
            r->packages[r->package_count++] = arg;
        } else if (r->profile) {
            return ak_fail(err, AK_USAGE, "two profiles, %s and %s: the older one is --base",
                           r->profile, arg);
        } else {
            r->profile = arg;
        }
    }
    if (!(o->min_share_pct > 0 && o->min_share_pct <= 100)) {
        return ak_fail(err, AK_USAGE, "--min needs a percentage above 0 and up to 100");
    }
    if (o->diagnostics && (r->package_count > 0 || o->at || o->dir)) {
        return ak_fail(err, r->package_count > 0 ? AK_NOT_FOUND : AK_USAGE,
                       r->package_count > 0
                           ? "%s: no such profile, and packages are not compiled with --diagnostics"
                           : "%s: nothing is compiled with --diagnostics",
                       r->package_count > 0 ? r->packages[0] : o->diagnostics);
    }
    return o->base && !r->profile
               ? ak_fail(err, AK_USAGE, "--base needs a profile to subtract from")
               : AK_OK;
}

/* --- the two sides ------------------------------------------------------------------------- */

static void show_errors(void *ctx, struct ak_str bytes)
{
    struct request *const r = ctx;
    cli_progress_clear(&r->progress);
    while (bytes.len > 0) {
        const ssize_t n = write(STDERR_FILENO, bytes.ptr, bytes.len);
        if (n <= 0) {
            return;
        }
        bytes = ak_str_slice(bytes, (size_t)n, bytes.len);
    }
}

static void show_progress(void *ctx, const char *what, int64_t elapsed_ns)
{
    struct request *const r = ctx;
    struct ak_buf line = AK_BUF_INIT;
    ak_buf_printf(&line, "%s ", what);
    ak_duration_format(&line, (double)elapsed_ns / 1e9);
    cli_progress_show(&r->progress, line.ptr);
    ak_buf_release(&line);
}

static bool is_there(const char *dir, const char *name, struct ak_arena *arena)
{
    struct stat facts;
    return stat(name ? ak_arena_printf(arena, "%s/%s", dir, name) : dir, &facts) == 0;
}

static enum ak_status build(struct request *r, const char *dir, const char *commit,
                            struct ak_go_diagnostics *out, struct ak_error *err)
{
    const struct ak_go_build how = {.dir = dir,
                                    .commit = commit,
                                    .packages = r->packages,
                                    .package_count = r->package_count,
                                    .ctx = r,
                                    .errors = show_errors,
                                    .progress = show_progress};
    if (dir && !is_there(dir, NULL, r->arena)) {
        return ak_fail(err, AK_NOT_FOUND, "%s: no such folder", dir);
    }
    const enum ak_status st = ak_go_build_load(&how, r->arena, out, err);
    cli_progress_clear(&r->progress);
    return st;
}

static enum ak_status read_recorded(struct request *r, const char *dir, const char *source,
                                    struct ak_go_diagnostics *out, struct ak_error *err)
{
    const enum ak_status st = ak_go_diagnostics_load(dir, r->arena, out, err);
    struct ak_go_module module = {out->module, source};
    if (st == AK_OK && source && ak_go_module_read(source, r->arena, &module)) {
        out->module = module.path;
    }
    if (st == AK_OK) { /* without its root the source of a path like MODULE/x.go is not known */
        ak_go_diagnostics_name(out, &module, source ? 1 : 0);
    }
    return st;
}

static enum ak_status load_old(struct request *r, struct ak_go_diagnostics *out,
                               struct ak_error *err)
{
    const char *const old = r->o->since;
    if (!is_there(old, NULL, r->arena)) {
        return build(r, r->o->dir, old, out, err);
    }
    return is_there(old, "go.mod", r->arena) || is_there(old, "go.work", r->arena)
               ? build(r, old, NULL, out, err)
               : read_recorded(r, old, r->o->since_source, out, err);
}

static enum ak_status load_new(struct request *r, struct ak_go_diagnostics *out,
                               struct ak_error *err)
{
    const struct options *const o = r->o;
    return o->diagnostics ? read_recorded(r, o->diagnostics, o->source, out, err)
                          : build(r, o->dir, o->at, out, err);
}

/* --- heap decisions x heat ----------------------------------------------------------------- */

static struct ak_lint_item heap_item(const struct ak_lint_finding *f, struct ak_arena *arena)
{
    struct ak_lint_step *const steps = AK_NEW_ARRAY(arena, struct ak_lint_step, f->chain_count);
    for (size_t i = 0; i < f->chain_count; i++) {
        const struct ak_lint_frame *const c = &f->chain[i];
        steps[i] = (struct ak_lint_step){c->function, c->file, c->line};
    }
    return (struct ak_lint_item){
        LINT_RULE(f->rule),
        .level = f->share >= 0.1 ? AK_LINT_WARNING : AK_LINT_NOTE,
        .message = f->message,
        .identity = f->reason,
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

static const char *bytes_text(int64_t bytes, struct ak_arena *arena)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_value_format(&text, (double)bytes, AK_STR("bytes"));
    const char *const kept = ak_arena_strdup(arena, text.ptr);
    ak_buf_release(&text);
    return kept;
}

static double percent(int64_t part, int64_t whole)
{
    return whole > 0 ? 100 * (double)part / (double)whole : 0;
}

static const char *compiled(const struct ak_go_diagnostics *d, struct ak_arena *arena)
{
    return ak_arena_printf(arena, "%llu diagnostics in %u files, %u heap decisions, %s",
                           (unsigned long long)d->diagnostic_count, d->file_count, d->escape_count,
                           d->gc_version);
}

static void heap_notes(const struct request *q, const struct ak_go_diagnostics *d,
                       const struct ak_lint_set *set, struct ak_lint_report *r)
{
    struct ak_arena *const arena = q->arena;
    const struct ak_lint_classes *const c = &set->classes;
    const char **const notes = AK_NEW_ARRAY(arena, const char *, 8);
    size_t n = 0;
    notes[n++] = ak_arena_printf(
        arena,
        "%s: %.1f %% escape at the line, %.1f %% allocated by a library for a line, "
        "%.1f %% by the runtime for a line, %.1f %% runtime and profiler, %.1f %% without a line "
        "of "
        "the module, %.1f %% unexplained",
        bytes_text(c->total, arena), percent(c->escape, c->total), percent(c->library, c->total),
        percent(c->language, c->total), percent(c->runtime, c->total),
        percent(c->outside, c->total), percent(c->unexplained, c->total));
    notes[n++] = ak_arena_printf(
        arena,
        "%u of %u lines of the module that allocate themselves have a decision of the "
        "compiler, with %.1f %% of their bytes",
        c->leaf_joined, c->leaf_sites, percent(c->leaf_joined_bytes, c->leaf_bytes));
    if (c->leaf_language > 0) {
        notes[n++] = ak_arena_printf(arena,
                                     "%u more need a map, a channel, a goroutine or a slice or "
                                     "text too large for the stack, "
                                     "which the compiler does not report",
                                     c->leaf_language);
    }
    if (c->leaf_foreign > 0) {
        notes[n++] =
            ak_arena_printf(arena, "%u more are in packages that were not compiled: name those too",
                            c->leaf_foreign);
    }
    notes[n++] = compiled(d, arena);
    if (set->left_out > 0) {
        notes[n++] = ak_arena_printf(arena, "%zu lines with less heat left out", set->left_out);
    }
    if (c->negative < 0) {
        notes[n++] = ak_arena_printf(arena, "%s are only in the base: is it from before?",
                                     bytes_text(-c->negative, arena));
    }
    if (!q->o->base) {
        notes[n++] = "the profile is of the whole process: with --base from before the phase it is "
                     "of the phase";
    }
    r->notes = notes;
    r->note_count = n;
}

static enum ak_status rank(const struct request *q, const struct ak_go_diagnostics *d,
                           const struct ak_profile *p, struct ak_lint_report *r,
                           struct ak_error *err)
{
    struct ak_lint_set set;
    const struct ak_lint_heap_opts opts = {.min_share = q->o->min_share_pct / 100};
    const enum ak_status st = ak_lint_heap(d, p, &opts, q->arena, &set, err);
    if (st != AK_OK) {
        return ak_prefix(err, st, "%s", q->profile);
    }
    struct ak_lint_item *const items = AK_NEW_ARRAY(q->arena, struct ak_lint_item, set.count);
    for (size_t i = 0; i < set.count; i++) {
        items[i] = heap_item(&set.findings[i], q->arena);
    }
    *r = (struct ak_lint_report){.subject =
                                     "heap decisions of the Go compiler, ranked by a heap profile",
                                 .items = items,
                                 .count = set.count};
    heap_notes(q, d, &set, r);
    return AK_OK;
}

/* Without heat there is nothing to rank, and thousands of decisions are no findings. */
static void say_unranked(const struct request *q, const struct ak_go_diagnostics *d,
                         struct ak_lint_report *r)
{
    const char **const notes = AK_NEW_ARRAY(q->arena, const char *, 2);
    notes[0] = compiled(d, q->arena);
    notes[1] = "which of them matter cannot be said without a heap profile: give MEM.prof or "
               "@RUN/mem, best with --base from before the phase";
    *r = (struct ak_lint_report){.subject = "heap decisions of the Go compiler, not ranked",
                                 .notes = notes,
                                 .note_count = 2};
}

/* --- what a change did --------------------------------------------------------------------- */

static struct ak_lint_item change_item(const struct ak_escape_change *c,
                                       const struct ak_go_diagnostics *d, bool has_heat,
                                       struct ak_arena *arena)
{
    const struct ak_escape *const e = c->escape;
    const char *const what = *e->message ? e->message : "escapes to heap";
    const char *const place =
        ak_go_diagnostics_place(d, ak_str_from(e->package), ak_str_from(e->file), arena);
    const char *const function = *e->function ? e->function : "an unknown function";
    const char *const times = c->more > 1 ? ak_arena_printf(arena, " (%u times)", c->more) : "";
    const char **const evidence = AK_NEW_ARRAY(arena, const char *, 1);
    struct ak_lint_item item = {
        LINT_RULE(AK_RULE_L005),
        .level = c->share >= 0.1 ? AK_LINT_WARNING : AK_LINT_NOTE,
        .message = has_heat ? ak_arena_printf(arena, "%.1f %% of the bytes are of %s; new: %s%s",
                                              100 * c->share, function, what, times)
                            : ak_arena_printf(arena, "%s; new: %s%s", function, what, times),
        .identity = what,
        .file = place,
        .line = e->line,
        .function = e->function,
        .bytes = c->function_bytes,
        .objects = c->objects,
        .share = c->share,
        .evidence = evidence,
    };
    if (has_heat) {
        evidence[item.evidence_count++] = ak_arena_printf(arena, "%s of them on this very line",
                                                          bytes_text(c->line_bytes, arena));
    }
    return item;
}

static void change_notes(const struct request *q, const struct ak_escape_diff *diff,
                         const struct ak_go_diagnostics *old, const struct ak_go_diagnostics *new,
                         size_t in_tests, struct ak_lint_report *r)
{
    struct ak_arena *const arena = q->arena;
    const char **const notes = AK_NEW_ARRAY(arena, const char *, 6);
    size_t n = 0;
    notes[n++] = ak_arena_printf(arena, "%u heap decisions before, %u now: %zu new, %zu gone, %s",
                                 old->escape_count, new->escape_count, diff->added_total,
                                 diff->gone_total, new->gc_version);
    notes[n++] = ak_arena_printf(arena, "told apart by line, %zu would seem new and %zu gone",
                                 diff->added_by_line, diff->gone_by_line);
    if (q->profile) {
        notes[n++] =
            ak_arena_printf(arena, "%zu of the new are in functions with less heat", diff->cold);
    } else {
        notes[n++] = "which of them matter cannot be said without a heap profile: give MEM.prof or "
                     "@RUN/mem";
    }
    if (in_tests > 0) {
        notes[n++] = ak_arena_printf(arena, "%zu lines of tests left out", in_tests);
    }
    if (!diff->by_function) {
        notes[n++] = ak_arena_printf(arena,
                                     "%u decisions before and %u now are in files whose source was "
                                     "not found; those are compared without their functions",
                                     old->unnamed, new->unnamed);
    }
    r->notes = notes;
    r->note_count = n;
}

static enum ak_status compare(const struct request *q, const struct ak_go_diagnostics *old,
                              const struct ak_go_diagnostics *new, const struct ak_profile *p,
                              struct ak_lint_report *r, struct ak_error *err)
{
    struct ak_escape_diff diff;
    const enum ak_status st =
        ak_escape_diff(old, new, p, q->o->min_share_pct / 100, q->arena, &diff, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_lint_item *const items = AK_NEW_ARRAY(q->arena, struct ak_lint_item, diff.count);
    size_t n = 0;
    for (size_t i = 0; i < diff.count; i++) { /* tests matter where they are hot */
        if (p || !ak_str_ends(ak_str_from(diff.added[i].escape->file), AK_STR("_test.go"))) {
            items[n++] = change_item(&diff.added[i], new, p != NULL, q->arena);
        }
    }
    *r = (struct ak_lint_report){
        .kind = AK_LINT_KIND_CHANGE,
        .subject = ak_arena_printf(q->arena, "heap decisions of the Go compiler new since %s%s",
                                   q->o->since, p ? ", in functions with heat" : ""),
        .items = items,
        .count = n};
    change_notes(q, &diff, old, new, diff.count - n, r);
    return AK_OK;
}

/* --- the command --------------------------------------------------------------------------- */

static enum ak_status load_profile(const struct request *q, struct ak_profile **out,
                                   struct ak_error *err)
{
    const struct profile_side side = {.path = q->profile,
                                      .base = q->o->base,
                                      .kind = "mem",
                                      .store = q->o->lint.store,
                                      .arena = q->arena};
    return q->profile ? cli_profile_side_load(&side, out, err) : AK_OK;
}

static enum ak_status look(const struct lint_options *lint, const struct ak_args *args,
                           struct ak_arena *arena, struct ak_lint_report *r, struct ak_error *err)
{
    struct request q = {.o = (const void *)lint, .arena = arena};
    struct ak_go_diagnostics old, new;
    struct ak_profile *p = NULL;
    cli_progress_init(&q.progress);
    ak_go_diagnostics_init(&old, arena);
    ak_go_diagnostics_init(&new, arena);
    enum ak_status st = request_read(&q, args, err);
    st = st == AK_OK ? load_profile(&q, &p, err) : st; /* a build takes longer */
    st = st == AK_OK && q.o->since ? load_old(&q, &old, err) : st;
    st = st == AK_OK ? load_new(&q, &new, err) : st;
    if (st == AK_OK && q.o->since) {
        st = compare(&q, &old, &new, p, r, err);
    } else if (st == AK_OK && p) {
        st = rank(&q, &new, p, r, err);
    } else if (st == AK_OK) {
        say_unranked(&q, &new, r);
    }
    ak_go_diagnostics_release(&old);
    ak_go_diagnostics_release(&new);
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
    .usage = "lint go [--since OLD] [PACKAGES] [--base BEFORE.prof] [MEM.prof|@RUN/mem]",
    .opts = table,
    .run = run,
};
