/* akreport lint c: what the handlers of C actors can reach, from gcc's call graphs. */
#include "collector/lint_c.h"

#include "base/mem.h"
#include "collector/criteria.h"
#include "lint.h"
#include "lint_suppress.h"
#include "profile_side.h"

#include <stdlib.h>
#include <string.h>

struct options {
    struct lint_options lint;
    const char *profile, *base, *build;
    struct ak_opt_list handlers, sinks;
    double stack_limit;
};

#define F(field) offsetof(struct options, field)
static const struct ak_opt table[] = {
    {"build", AK_OPT_STR, F(build), "COMMAND",
     "make the call graphs first: run in a shell with AKREPORT_OUT, a new folder", "call graphs"},
    {"handler", AK_OPT_LIST, F(handlers), "[ROLE=]REGEX",
     "further handlers by name; ROLE is receive, pre_start, post_stop or then", NULL},
    {"sink", AK_OPT_LIST, F(sinks), "KIND=NAME",
     "a further function that is blocking, a lock or an allocation", NULL},
    {"stack", AK_OPT_F64, F(stack_limit), "BYTES", "handlers with a deeper stack are findings",
     NULL},
    {"profile", AK_OPT_STR, F(profile), "FILE", "ranks the findings by what they cost", "heat"},
    {"base", AK_OPT_STR, F(base), "FILE", "profile from before the phase, subtracted", NULL},
    LINT_OPTS(options),
};

static const struct ak_lint_step *steps_of(const struct ak_c_finding *f, struct ak_arena *arena)
{
    struct ak_lint_step *const steps = AK_NEW_ARRAY(arena, struct ak_lint_step, f->step_count);
    for (size_t i = 0; i < f->step_count; i++) {
        steps[i] = (struct ak_lint_step){f->steps[i].function, f->steps[i].file, f->steps[i].line};
    }
    return steps;
}

static enum ak_lint_level level_of(const struct ak_c_finding *f)
{
    const bool is_grave = f->rule == AK_RULE_C001 || f->rule == AK_RULE_C004 || f->share >= 0.1;
    return is_grave ? AK_LINT_WARNING : AK_LINT_NOTE;
}

/* others: what is said of further handlers, or NULL. */
static struct ak_lint_item finding_item(const struct ak_c_lint *lint, const struct ak_c_finding *f,
                                        const char *others, struct ak_arena *arena)
{
    const struct ak_c_step *const edit = &f->steps[f->step_count - 1];
    const char **const evidence = AK_NEW_ARRAY(arena, const char *, 3);
    size_t n = 0;
    if (others) {
        evidence[n++] = others;
    }
    struct ak_lint_item item = {
        LINT_RULE(f->rule),
        .level = level_of(f),
        .message = f->message,
        .identity = f->sink,
        .file = edit->file,
        .line = edit->line,
        .function = f->handler,
        .share = f->share,
        .steps = steps_of(f, arena),
        .step_count = f->step_count,
        .step_words = {ak_arena_printf(arena, "%s is called by ", f->sink), "called by "},
        .evidence = evidence,
    };
    if (f->sites > 1) {
        evidence[n++] =
            ak_arena_printf(arena, "the shortest of %u calls of it that are reached", f->sites);
    }
    if (f->heat > 0) {
        evidence[n++] =
            ak_arena_printf(arena, "%s pass through the handler and such a call",
                            cli_lint_heat_value(f->heat, lint->unit, lint->type, arena));
        item.message = cli_lint_heat_message(f->share, lint->type, f->message, arena);
    }
    item.evidence_count = n;
    return item;
}

/* What makes the depth a lower bound: " at least; ..." or "". */
static const char *doubts(const struct ak_c_stack *s, struct ak_arena *arena)
{
    struct ak_buf out = AK_BUF_INIT;
    if (s->recursive > 0) {
        ak_buf_printf(&out, "; recursion through %s counted once (%u function%s)", s->recursion,
                      s->recursive, s->recursive == 1 ? "" : "s");
    }
    if (s->indirect > 0) {
        ak_buf_printf(&out, "; %u call%s through pointers not followed", s->indirect,
                      s->indirect == 1 ? "" : "s");
    }
    if (s->dynamic > 0) {
        ak_buf_printf(&out, "; %u frame%s without a fixed size", s->dynamic,
                      s->dynamic == 1 ? "" : "s");
    }
    if (s->unknown > 0) {
        ak_buf_printf(&out, "; %u function%s of libraries counted as 0", s->unknown,
                      s->unknown == 1 ? "" : "s");
    }
    const char *const text = ak_arena_str(arena, ak_buf_view(&out)).ptr;
    ak_buf_release(&out);
    return text;
}

static struct ak_lint_item stack_item(const struct ak_c_stack *s, double limit,
                                      struct ak_arena *arena)
{
    const char **const evidence = AK_NEW_ARRAY(arena, const char *, 1);
    evidence[0] = ak_arena_printf(arena, "%s%s", s->path, doubts(s, arena));
    return (struct ak_lint_item){
        LINT_RULE(AK_RULE_C005),
        .level = AK_LINT_WARNING,
        .message = ak_arena_printf(arena, "%s handler %s: its stack is %lld bytes deep, limit %.0f",
                                   ak_c_role_text(s->role), s->handler, (long long)s->bytes, limit),
        .file = s->file,
        .line = s->line,
        .function = s->handler,
        .evidence = evidence,
        .evidence_count = 1,
    };
}

#define STACKS_SHOWN 5 /* the deepest */

static void notes_add(const struct ak_c_lint *lint, struct ak_arena *arena,
                      struct ak_lint_report *r)
{
    const char **const notes = AK_NEW_ARRAY(arena, const char *, STACKS_SHOWN + 2);
    size_t n = 1;
    notes[0] =
        ak_arena_printf(arena, "%zu handlers, %zu functions and %zu calls in %zu call graphs",
                        lint->handler_count, lint->functions, lint->calls, lint->files);
    if (lint->twice > 0) {
        notes[0] = ak_arena_printf(arena,
                                   "%s; %zu functions are defined again, whose calls are joined: "
                                   "are these two programs?",
                                   notes[0], lint->twice);
    }
    for (size_t i = 0; i < lint->handler_count && i < STACKS_SHOWN; i++) {
        const struct ak_c_stack *const s = &lint->stacks[i];
        notes[n++] = ak_arena_printf(arena, "stack of %s (%s): %lld bytes: %s%s", s->handler,
                                     ak_c_role_text(s->role), (long long)s->bytes, s->path,
                                     doubts(s, arena));
    }
    if (lint->handler_count > STACKS_SHOWN) {
        notes[n++] = ak_arena_printf(arena, "stacks of %zu more handlers: %lld bytes at most",
                                     lint->handler_count - STACKS_SHOWN,
                                     (long long)lint->stacks[STACKS_SHOWN].bytes);
    }
    r->notes = notes;
    r->note_count = n;
}

/* A finding among those that end in the same call of the same sink. */
struct alike {
    const struct ak_c_finding *finding;
    size_t order; /* in the list of all */
    unsigned rank;
    bool is_first;
};

static int by_sink(const struct alike *a, const struct alike *b)
{
    const struct ak_c_finding *x = a->finding, *y = b->finding;
    if (x->rule != y->rule) {
        return x->rule < y->rule ? -1 : 1;
    }
    const int sink = strcmp(x->sink, y->sink);
    const int function = sink ? sink : strcmp(x->steps->function, y->steps->function);
    const int file = function ? function : strcmp(x->steps->file, y->steps->file);
    return file ? file : (x->steps->line > y->steps->line) - (x->steps->line < y->steps->line);
}

static int by_sink_and_order(const void *pa, const void *pb)
{
    const struct alike *a = pa, *b = pb;
    const int c = by_sink(a, b);
    return c ? c : (a->order > b->order) - (a->order < b->order);
}

static int by_rank_and_order(const void *pa, const void *pb)
{
    const struct alike *a = pa, *b = pb;
    const int rank = (a->rank > b->rank) - (a->rank < b->rank);
    return rank ? rank : (a->order > b->order) - (a->order < b->order);
}

/* "6 more handlers reach the same call: a, b, ... and 3 more". The group stands in order. */
static const char *others_text(const struct alike *first, size_t count, struct ak_arena *arena)
{
    enum { NAMES = 6 };
    const size_t others = count - 1;
    struct ak_buf out = AK_BUF_INIT;
    ak_buf_printf(&out, "%zu more handler%s the same call: ", others,
                  others == 1 ? " reaches" : "s reach");
    for (size_t i = 1; i < count && i <= NAMES; i++) {
        ak_buf_printf(&out, "%s%s", i > 1 ? ", " : "", first[i].finding->handler);
    }
    if (others > NAMES) {
        ak_buf_printf(&out, " and %zu more", others - NAMES);
    }
    const char *const text = ak_arena_str(arena, ak_buf_view(&out)).ptr;
    ak_buf_release(&out);
    return text;
}

/* One item for all handlers that reach the same call of a sink: for a reader, to whom the path of
 * the first of them tells the others'. By heat, without a profile graver ones first. Returns how
 * many. */
static size_t items_folded(const struct ak_c_lint *lint, struct ak_arena *arena,
                           struct ak_lint_item *items)
{
    struct alike *const all = AK_NEW_ARRAY(arena, struct alike, lint->count);
    const char **const others = AK_NEW_ARRAY(arena, const char *, lint->count);
    for (size_t i = 0; i < lint->count; i++) {
        const struct ak_c_finding *const f = &lint->findings[i];
        /* Heat, where there is any, says more than the level. */
        const unsigned rank = *lint->type ? 0 : level_of(f) == AK_LINT_WARNING ? 0 : 1;
        all[i] = (struct alike){.finding = f, .order = i, .rank = rank};
    }
    if (lint->count > 0) {
        qsort(all, lint->count, sizeof *all, by_sink_and_order);
    }
    for (size_t i = 0, end; i < lint->count; i = end) {
        for (end = i + 1; end < lint->count && by_sink(&all[i], &all[end]) == 0; end++) {
        }
        all[i].is_first = true;
        others[all[i].order] = end - i > 1 ? others_text(&all[i], end - i, arena) : NULL;
    }
    if (lint->count > 0) {
        qsort(all, lint->count, sizeof *all, by_rank_and_order);
    }
    size_t n = 0;
    for (size_t i = 0; i < lint->count; i++) {
        if (all[i].is_first) {
            items[n++] = finding_item(lint, all[i].finding, others[all[i].order], arena);
        }
    }
    return n;
}

static size_t items_all(const struct ak_c_lint *lint, struct ak_arena *arena,
                        struct ak_lint_item *items)
{
    for (size_t i = 0; i < lint->count; i++) {
        items[i] = finding_item(lint, &lint->findings[i], NULL, arena);
    }
    return lint->count;
}

static void report_fill(const struct options *o, const struct ak_c_lint *lint,
                        struct ak_arena *arena, struct ak_lint_report *r)
{
    struct ak_lint_item *const items =
        AK_NEW_ARRAY(arena, struct ak_lint_item, lint->count + lint->handler_count);
    const bool for_reader = strcmp(o->lint.format, "text") == 0 && !o->lint.record;
    size_t n = for_reader ? items_folded(lint, arena, items) : items_all(lint, arena, items);
    for (size_t i = 0; o->stack_limit > 0 && i < lint->handler_count; i++) {
        if ((double)lint->stacks[i].bytes > o->stack_limit) {
            items[n++] = stack_item(&lint->stacks[i], o->stack_limit, arena);
        }
    }
    *r = (struct ak_lint_report){
        .subject = "what handlers can reach, from gcc's call graphs", .items = items, .count = n};
    notes_add(lint, arena, r);
}

/* Standard output is the report's. */
static void show_output(void *ctx, struct ak_str bytes)
{
    (void)ctx;
    (void)fwrite(bytes.ptr, 1, bytes.len, stderr);
}

/* The folders of the line, and what --build made. */
static enum ak_status graphs_load(const struct options *o, const struct ak_args *args,
                                  struct ak_c_graph *g, struct ak_error *err)
{
    enum ak_status st = AK_OK;
    if (args->count == 0 && !o->build) {
        return ak_fail(err, AK_USAGE, "needs folders with gcc's .ci files, or --build COMMAND");
    }
    for (size_t i = 0; i < args->count && st == AK_OK; i++) {
        st = ak_c_graph_load(g, args->items[i], err);
    }
    if (st == AK_OK && o->build) {
        const struct ak_c_build how = {.command = o->build, .output = show_output};
        st = ak_c_graph_build(g, &how, err);
    }
    return st;
}

static bool cut(void *ctx, enum ak_rule rule, const char *function, const char *file)
{
    return cli_lint_suppresses(ctx, ak_rule_id(rule), file, function, "");
}

/* Those of the criteria file, then those of the command line: the last kind of a name counts. */
static const char **sinks_of(const struct options *o, struct ak_arena *arena, size_t *out_count)
{
    const struct ak_criteria *const c = o->lint.read;
    const size_t first = c ? c->sink_count : 0;
    const char **const sinks = AK_NEW_ARRAY(arena, const char *, first + o->sinks.count);
    for (size_t i = 0; i < first + o->sinks.count; i++) {
        sinks[i] = i < first ? c->sinks[i] : o->sinks.items[i - first];
    }
    *out_count = first + o->sinks.count;
    return sinks;
}

static enum ak_status look(const struct lint_options *lint, const struct ak_args *args,
                           struct ak_arena *arena, struct ak_lint_report *r, struct ak_error *err)
{
    const struct options *const o = (const void *)lint;
    struct ak_profile *p = NULL;
    struct ak_c_lint found;
    struct ak_c_graph *const g = ak_c_graph_new(arena);
    enum ak_status st = graphs_load(o, args, g, err);
    if (st == AK_OK && o->profile) {
        const struct profile_side side = {
            .path = o->profile, .base = o->base, .store = lint->store, .arena = arena};
        st = cli_profile_side_load(&side, &p, err);
    }
    if (st == AK_OK) {
        size_t sink_count;
        const char *const *const sinks = sinks_of(o, arena, &sink_count);
        const struct ak_c_opts opts = {
            .handlers = o->handlers.items,
            .handler_count = o->handlers.count,
            .sinks = sinks,
            .sink_count = sink_count,
            .p = p,
            .cut = lint->suppress ? cut : NULL,
            .cut_ctx = lint->suppress,
        };
        st = ak_c_lint(g, &opts, arena, &found, err);
    }
    if (st == AK_OK) {
        report_fill(o, &found, arena, r);
    }
    ak_profile_free(p);
    ak_c_graph_free(g);
    return st;
}

static int run(int argc, char **argv)
{
    struct options o = {.lint = LINT_DEFAULTS};
    return cli_lint_run(&lint_c, &o.lint, look, argc, argv);
}

const struct command lint_c = {
    .name = "lint c",
    .summary = "what handlers of C actors can reach: waits, locks, memory, stack",
    .usage = "lint c [--profile FILE] DIR...|--build COMMAND",
    .opts = table,
    .run = run,
};
