/* akreport lint: what compiler, source and profiles already know, ranked by heat. */
#include "base/mem.h"
#include "base/sanitize.h"
#include "collector/doctor.h"
#include "collector/lint.h"
#include "collector/lint_bench.h"
#include "collector/lint_sarif.h"
#include "command.h"
#include "profile/decode.h"
#include "profile/measure.h"
#include "profile/merge.h"
#include "reporter/lint.h"
#include "run_side.h"

#include <stdio.h>

struct options {
    const char *diagnostics, *base, *format, *store;
    double min_share_pct, limit_bytes;
    bool strict;
};

#define SARIF_BYTES_MAX (32U << 20)

#define F(field) offsetof(struct options, field)
static const struct ak_opt table[] = {
    {"diagnostics", AK_OPT_STR, F(diagnostics), "DIR",
     "folder that go build -gcflags=-json=0,DIR wrote", "lint go"},
    {"base", AK_OPT_STR, F(base), "FILE", "profile from before the phase, subtracted", NULL},
    {"min", AK_OPT_F64, F(min_share_pct), "PERCENT", "leave smaller findings out (1)", NULL},
    {"limit", AK_OPT_F64, F(limit_bytes), "BYTES", "smallest limit that is judged, for rule P002",
     "lint doctor"},
    {"store", AK_OPT_STR, F(store), "FILE", "history file", NULL},
    {"format", AK_OPT_STR, F(format), "FORMAT", "text, json, md or sarif", "output"},
    {"strict", AK_OPT_BOOL, F(strict), NULL, "exit 1 when there is a finding", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
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

/* --- lint go ------------------------------------------------------------------------------- */

static enum ak_status load_profile(const struct options *o, const char *path,
                                   struct ak_profile **out, struct ak_error *err)
{
    struct ak_profile *p = NULL, *base = NULL;
    const struct ak_diff_opts opts = {.mode = AK_DIFF_SUBTRACT};
    enum ak_status st = ak_profile_load(path, NULL, &p, err);
    if (st != AK_OK || !o->base) {
        *out = p;
        return st;
    }
    st = ak_profile_load(o->base, NULL, &base, err);
    if (st == AK_OK) {
        st = ak_prefix(err, ak_profile_diff(p, base, &opts, out, err), "%s less %s", path, o->base);
    }
    ak_profile_free(p);
    ak_profile_free(base);
    return st;
}

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

static enum ak_status lint_go(const struct options *o, const struct ak_args *args,
                              struct ak_arena *arena, struct ak_lint_report *r,
                              struct ak_error *err)
{
    struct ak_go_diagnostics d;
    struct ak_profile *p = NULL;
    struct ak_lint_set set;
    const struct ak_lint_heap_opts opts = {.min_share = o->min_share_pct / 100};
    if (!o->diagnostics || args->count != 2) {
        return ak_fail(err, AK_USAGE, "go needs --diagnostics DIR and one heap profile");
    }
    enum ak_status st = ak_go_diagnostics_load(o->diagnostics, arena, &d, err);
    st = st == AK_OK ? load_profile(o, args->items[1], &p, err) : st;
    if (st == AK_OK) {
        st = ak_prefix(err, ak_lint_heap(&d, p, &opts, arena, &set, err), "%s", args->items[1]);
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

/* --- lint sarif ---------------------------------------------------------------------------- */

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

static enum ak_status lint_sarif(const struct options *o, const struct ak_args *args,
                                 struct ak_arena *arena, struct ak_lint_report *r,
                                 struct ak_error *err)
{
    struct ak_buf text = AK_BUF_INIT;
    struct ak_profile *p = NULL;
    struct ak_sarif_log log;
    if (args->count != 3) {
        return ak_fail(err, AK_USAGE, "sarif needs a SARIF file and one profile");
    }
    enum ak_status st = ak_file_read(args->items[1], SARIF_BYTES_MAX, &text, err);
    if (st == AK_OK) {
        st = ak_sarif_parse(args->items[1], ak_buf_view(&text), arena, &log, err);
    }
    st = st == AK_OK ? load_profile(o, args->items[2], &p, err) : st;
    if (st == AK_OK) {
        ak_sarif_rank(&log, p, arena);
        sarif_report(&log, arena, r);
    }
    ak_buf_release(&text);
    ak_profile_free(p);
    return st;
}

/* --- lint bench ---------------------------------------------------------------------------- */

static enum ak_status lint_bench(const struct ak_args *args, struct ak_arena *arena,
                                 struct ak_lint_report *r, struct ak_error *err)
{
    struct ak_bench_lint lint;
    if (args->count != 2) {
        return ak_fail(err, AK_USAGE, "bench needs one folder of Go source");
    }
    const enum ak_status st = ak_bench_lint_dir(args->items[1], arena, &lint, err);
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

/* --- lint doctor --------------------------------------------------------------------------- */

struct run_list {
    struct ak_lint_item *items;
    size_t count, cap;
};

static void doctor_add(struct run_list *list, const struct ak_run *run, const struct options *o,
                       struct ak_arena *arena)
{
    const struct ak_doctor_opts opts = {.limit_bytes = o->limit_bytes};
    size_t count;
    const struct ak_finding *const found = ak_doctor_run(run, &opts, arena, &count);
    for (size_t i = 0; i < count; i++) {
        const char **const evidence = AK_NEW_ARRAY(arena, const char *, 1);
        evidence[0] = found[i].evidence;
        AK_GROW(list->items, list->count + 1, list->cap);
        list->items[list->count++] = (struct ak_lint_item){
            .rule = ak_doctor_id(found[i].rule),
            .title = ak_doctor_text(found[i].rule),
            .help = "See docs/STATISTICS.md and docs/STATIC.md for what the rule means.",
            .level = AK_LINT_WARNING,
            .message =
                ak_arena_printf(arena, "%s: %s", found[i].subject, ak_doctor_text(found[i].rule)),
            .file = "",
            .function = "",
            .evidence = evidence,
            .evidence_count = 1,
        };
    }
}

static enum ak_status lint_doctor(const struct options *o, const struct ak_args *args,
                                  struct ak_arena *arena, struct ak_lint_report *r,
                                  struct ak_error *err)
{
    struct run_sides sides = {.cmd = "lint", .store_path = o->store, .arena = arena};
    struct run_list list = {0};
    enum ak_status st = AK_OK;
    if (args->count < 2) {
        return ak_fail(err, AK_USAGE, "doctor needs profiles, folders or runs");
    }
    for (size_t i = 1; i < args->count && st == AK_OK; i++) {
        struct ak_run *run;
        st = cli_run_side_load(&sides, args->items[i], AK_LOAD_PROFILES, &run, err);
        if (st == AK_OK) {
            doctor_add(&list, run, o, arena);
        }
    }
    cli_run_sides_close(&sides);
    if (st == AK_OK) {
        *r = (struct ak_lint_report){
            .subject = "can the data carry a claim",
            .items = ak_arena_copy(arena, list.items, list.count * sizeof *list.items),
            .count = list.count,
        };
    }
    ak_free(list.items);
    return st;
}

/* --- the command --------------------------------------------------------------------------- */

static enum ak_status dispatch(const struct options *o, const struct ak_args *args,
                               struct ak_arena *arena, struct ak_lint_report *r,
                               struct ak_error *err)
{
    const char *const what = args->count > 0 ? args->items[0] : "";
    if (strcmp(what, "go") == 0) {
        return lint_go(o, args, arena, r, err);
    }
    if (strcmp(what, "sarif") == 0) {
        return lint_sarif(o, args, arena, r, err);
    }
    if (strcmp(what, "bench") == 0) {
        return lint_bench(args, arena, r, err);
    }
    if (strcmp(what, "doctor") == 0) {
        return lint_doctor(o, args, arena, r, err);
    }
    return ak_fail(err, AK_USAGE, "say what to look at: go, sarif, bench or doctor");
}

static int run(int argc, char **argv)
{
    struct options o = {.format = "text", .min_share_pct = 1};
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    struct ak_lint_report r = {0};
    struct ak_error err = {0};
    int code = command_parse(&cmd_lint, &o, argc, argv, arena, &args);
    render_fn *const render = renderer(o.format);
    if (code < 0 && !render) {
        (void)ak_fail(&err, AK_USAGE, "--format %s: not text, json, md or sarif", o.format);
        code = command_fail("lint", &err);
    } else if (code < 0 && !(o.min_share_pct > 0 && o.min_share_pct <= 100)) {
        (void)ak_fail(&err, AK_USAGE, "--min needs a percentage above 0 and up to 100");
        code = command_fail("lint", &err);
    }
    if (code < 0 && dispatch(&o, &args, arena, &r, &err) != AK_OK) {
        code = command_fail("lint", &err);
    }
    if (code < 0) {
        struct ak_buf out = AK_BUF_INIT;
        render(&r, &out);
        code = command_print("lint", ak_buf_view(&out)) ? o.strict && r.count > 0 : 2;
        ak_buf_release(&out);
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_lint = {
    .name = "lint",
    .summary = "what compiler, source and profiles already know, ranked by heat",
    .usage = "lint go --diagnostics DIR [--base BEFORE.prof] MEM.prof | lint sarif FILE PROFILE | "
             "lint bench DIR | lint doctor PROFILE...|RUN",
    .opts = table,
    .run = run,
};
