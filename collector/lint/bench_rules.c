/* The rules on Go benchmarks: each looks at one function of the table. */
#include "base/mem.h"
#include "collector/lint_bench.h"
#include "lint/bench_source.h"

#include <stdlib.h>

struct rules {
    struct bench_source source;
    struct ak_bench_finding *found;
    size_t count, cap;
};

static const struct {
    const char *id, *title, *help;
} texts[AK_BENCH_RULE_COUNT] = {
#define X(code, title, help) {#code, title, help},
    AK_BENCH_LINT_MAP(X)
#undef X
};

const char *ak_bench_rule_id(enum ak_bench_rule rule)
{
    return texts[rule].id;
}

const char *ak_bench_rule_title(enum ak_bench_rule rule)
{
    return texts[rule].title;
}

const char *ak_bench_rule_help(enum ak_bench_rule rule)
{
    return texts[rule].help;
}

static void find(struct rules *r, enum ak_bench_rule rule, const struct bench_function *f,
                 uint32_t line)
{
    struct ak_arena *const arena = r->source.arena;
    const char *const name = ak_arena_str(arena, f->at.name).ptr;
    AK_GROW(r->found, r->count + 1, r->cap);
    r->found[r->count++] = (struct ak_bench_finding){
        .rule = rule,
        .file = f->file->path,
        .function = name,
        .line = line,
        .message = ak_arena_printf(arena, "%s: %s", name, texts[rule].title),
    };
}

static bool is_benchmark(const struct bench_function *f)
{
    const struct ak_str word = AK_STR("Benchmark"), name = f->at.name;
    const bool is_named =
        ak_str_starts(name, word) &&
        (name.len == word.len || name.ptr[word.len] < 'a' || name.ptr[word.len] > 'z');
    return is_named && f->at.receiver.len == 0 && f->takes_b &&
           ak_str_ends(ak_str_from(f->file->path), AK_STR("_test.go"));
}

/* --- B001, B005: what is repeated ---------------------------------------------------------- */

static void check_repetition(struct rules *r, struct bench_function *f)
{
    if (!collector_bench_loops(&r->source, f)) {
        const uint32_t line = f->size_line ? f->size_line : f->at.line;
        find(r, f->size_line ? AK_BENCH_B005 : AK_BENCH_B001, f, line);
    }
}

/* --- B002, B003, B005: in the loop --------------------------------------------------------- */

static bool is_package_call(const struct go_tokens *t, size_t i, const char *package)
{
    return collector_go_is(t, i, package) && collector_go_is(t, i + 1, ".") &&
           collector_go_is(t, i + 3, "(") && (i == 0 || !collector_go_is(t, i - 1, "."));
}

/* fmt.Print and its like, and the built-in print: they write to the process's output. */
static bool prints(const struct go_tokens *t, size_t i)
{
    const bool is_builtin = (collector_go_is(t, i, "print") || collector_go_is(t, i, "println")) &&
                            collector_go_is(t, i + 1, "(") &&
                            (i == 0 || !collector_go_is(t, i - 1, "."));
    return is_builtin || ((is_package_call(t, i, "fmt") || is_package_call(t, i, "log")) &&
                          ak_str_starts(t->items[i + 2].text, AK_STR("Print")));
}

/* Whether the block that holds token i, in the one that begins at `from`, is an "if": what is there
 * is seldom run. */
static bool is_conditional(const struct go_tokens *t, size_t i, size_t from)
{
    for (size_t open = i; (open = collector_go_open(t, open, from)) > from && open < t->count;) {
        for (size_t k = open; k-- > from && !collector_go_is(t, k, "}");) {
            const bool is_same_line = t->items[k].line == t->items[open].line;
            if (!is_same_line || collector_go_is(t, k, "{")) {
                break;
            }
            if (collector_go_is(t, k, "if")) {
                return true;
            }
        }
    }
    return false;
}

static bool prints_in_loop(const struct bench_function *f, size_t i, size_t body)
{
    const struct go_tokens *const t = &f->file->tokens;
    return (prints(t, i) || collector_bench_is_member(t, i, &f->b, "Log") ||
            collector_bench_is_member(t, i, &f->b, "Logf")) &&
           !is_conditional(t, i, body);
}

static void check_loop(struct rules *r, const struct bench_function *f, size_t body)
{
    const struct go_tokens *const t = &f->file->tokens;
    const size_t end = collector_go_close(t, body);
    size_t stop = 0, start = 0, print = 0, size = 0;
    for (size_t k = end; k-- > body;) { /* the first of each stays */
        stop = collector_bench_is_member(t, k, &f->b, "StopTimer") ? k : stop;
        start = collector_bench_is_member(t, k, &f->b, "StartTimer") ? k : start;
        print = prints_in_loop(f, k, body) ? k : print;
        size =
            collector_bench_is_member(t, k, &f->b, "N") && collector_bench_is_size(t, k) ? k : size;
    }
    if (stop > 0 && start > 0) { /* one of them alone ends the measurement, or begins it late */
        find(r, AK_BENCH_B002, f, t->items[stop < start ? stop : start].line);
    }
    if (print > 0) {
        find(r, AK_BENCH_B003, f, t->items[print].line);
    }
    if (size > 0) {
        find(r, AK_BENCH_B005, f, t->items[size].line);
    }
}

/* --- B003, B006: what else is timed -------------------------------------------------------- */

/* A call that waits or reaches for a file, a process or a peer. */
static bool is_heavy_call(const struct go_tokens *t, size_t i)
{
    static const struct {
        const char *package, *name;
    } calls[] = {
        {"time", "Sleep"},         {"os", "Create"},   {"os", "CreateTemp"}, {"os", "Open"},
        {"os", "OpenFile"},        {"os", "ReadFile"}, {"os", "WriteFile"},  {"os", "ReadDir"},
        {"os", "MkdirTemp"},       {"net", "Listen"},  {"net", "Dial"},      {"net", "DialTimeout"},
        {"exec", "Command"},       {"sql", "Open"},    {"tls", "Dial"},      {"tls", "Listen"},
        {"httptest", "NewServer"},
    };
    for (size_t k = 0; k < AK_COUNT(calls); k++) {
        if (is_package_call(t, i, calls[k].package) && collector_go_is(t, i + 2, calls[k].name)) {
            return true;
        }
    }
    return false;
}

#define LOOP_TOKENS_MAX 2000 /* of a loop that are looked at */

/* A loop that calls something, and holds no literal, which may be what is measured; the head of the
 * loop does not count. */
static bool is_heavy_loop(const struct go_tokens *t, size_t i, size_t end)
{
    static const char *const cheap[] = {"len", "cap", "append", "byte", "make", "if", "for"};
    bool calls = false;
    for (const size_t head = i + LOOP_TOKENS_MAX; i < end && i < head;) {
        if (collector_go_is(t, i, "{")) {
            break;
        }
        i++;
    }
    const size_t close = collector_go_close(t, i);
    for (size_t k = i; k + 1 < close && k < i + LOOP_TOKENS_MAX; k++) {
        bool is_cheap = t->items[k].kind != GO_NAME || !collector_go_is(t, k + 1, "(");
        for (size_t c = 0; c < AK_COUNT(cheap); c++) {
            is_cheap = is_cheap || collector_go_is(t, k, cheap[c]);
        }
        if (collector_go_is(t, k, "func")) {
            return false;
        }
        calls = calls || !is_cheap;
    }
    return calls;
}

struct clock { /* of one benchmark, or of a literal in it */
    bool is_running;
    uint32_t setup_line;
};

static void clock_step(struct clock *c, const struct bench_function *f, size_t i)
{
    const struct go_tokens *const t = &f->file->tokens;
    if (collector_bench_is_member(t, i, &f->b, "StopTimer")) {
        c->is_running = false;
    } else if (collector_bench_is_member(t, i, &f->b, "StartTimer")) {
        c->is_running = true;
    } else if (collector_bench_is_member(t, i, &f->b, "ResetTimer")) {
        c->setup_line = 0;
    } else if (collector_go_is(t, i, "func") && i > 0 && !collector_go_is(t, i - 1, "defer")) {
        *c = (struct clock){.is_running = true}; /* a literal: when it runs is another matter */
    }
}

static bool is_over_n(const struct go_tokens *t, size_t i, size_t body, const struct bench_names *n)
{
    for (size_t k = i; k < body; k++) {
        if (collector_bench_is_member(t, k, n, "N")) {
            return true;
        }
    }
    return false;
}

/* Walks through a function with b once: loops over b.N are checked, what is timed around them too.
 */
static void check_timed(struct rules *r, const struct bench_function *f)
{
    const struct go_tokens *const t = &f->file->tokens;
    struct clock c = {.is_running = true};
    bool has_printed = false;
    for (size_t i = f->at.body; i < f->at.end && i < t->count; i++) {
        const size_t body = collector_bench_loop_body(t, i, &f->b);
        clock_step(&c, f, i);
        if (body > 0) {
            if (c.setup_line > 0 && is_over_n(t, i, body, &f->b)) {
                find(r, AK_BENCH_B006, f, c.setup_line);
            }
            check_loop(r, f, body);
            c.setup_line = 0;
            i = collector_go_close(t, body);
        } else if (c.is_running && c.setup_line == 0 &&
                   (is_heavy_call(t, i) ||
                    (collector_go_is(t, i, "for") && is_heavy_loop(t, i, f->at.end)))) {
            c.setup_line = t->items[i].line;
        } else if (f->takes_b && c.is_running && !has_printed && prints(t, i)) {
            has_printed = true;
            find(r, AK_BENCH_B003, f, t->items[i].line);
        }
    }
}

/* --- B004: profiles that nobody takes ------------------------------------------------------ */

#define PROFILE_CALLS_MAX 3 /* from a helper to the function that takes the profile */

static bool takes_profile_at(const struct go_tokens *t, size_t i)
{
    return is_package_call(t, i, "pprof") &&
           (collector_go_is(t, i + 2, "WriteHeapProfile") ||
            collector_go_is(t, i + 2, "StartCPUProfile") || collector_go_is(t, i + 2, "Lookup"));
}

static bool calls_taker(struct bench_source *s, const struct bench_function *f, size_t i)
{
    const struct go_tokens *const t = &f->file->tokens;
    const struct bench_function *callee = NULL;
    if (t->items[i].kind == GO_NAME && collector_go_is(t, i + 1, "(") &&
        !collector_go_is(t, i - 1, ".")) {
        callee = collector_bench_function(s, f->file, t->items[i].text);
    }
    return callee && callee->takes_profiles;
}

/* Marks the functions that take profiles, themselves or in a function of their folder. */
static void takers_mark(struct bench_source *s)
{
    bool is_new = true;
    for (unsigned round = 0; round <= PROFILE_CALLS_MAX && is_new; round++) {
        is_new = false;
        for (size_t k = 0; k < s->function_count; k++) {
            struct bench_function *const f = &s->functions[k];
            bool takes = f->takes_profiles;
            for (size_t i = f->at.body; i < f->at.end && !takes; i++) {
                takes = round == 0 ? takes_profile_at(&f->file->tokens, i) : calls_taker(s, f, i);
            }
            is_new = is_new || takes != f->takes_profiles;
            f->takes_profiles = takes;
        }
    }
}

static bool is_mentioned(const struct bench_source *s, const struct bench_function *f)
{
    for (size_t i = 0; i < s->file_count; i++) {
        const struct go_tokens *const t = &s->files[i].tokens;
        for (size_t k = 0; k < t->count; k++) {
            const bool is_own = i == f->file_number && k + 1 >= f->at.signature && k <= f->at.end;
            if (!is_own && t->items[k].kind == GO_NAME && ak_str_eq(t->items[k].text, f->at.name)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_called_by_go(const struct bench_function *f)
{
    static const char *const starts[] = {"Test", "Benchmark", "Fuzz", "Example"};
    const struct ak_str name = f->at.name;
    for (size_t i = 0; i < AK_COUNT(starts); i++) {
        if (ak_str_starts(name, ak_str_from(starts[i]))) {
            return true;
        }
    }
    return f->at.receiver.len > 0 || ak_str_eq(name, AK_STR("main")) ||
           ak_str_eq(name, AK_STR("init")) || ak_str_eq(name, AK_STR("_"));
}

/* --- all of them --------------------------------------------------------------------------- */

static int by_place(const void *pa, const void *pb)
{
    const struct ak_bench_finding *a = pa, *b = pb;
    const int order = strcmp(a->file, b->file);
    if (order != 0) {
        return order;
    }
    if (a->line != b->line) {
        return a->line < b->line ? -1 : 1;
    }
    return a->rule < b->rule ? -1 : a->rule > b->rule;
}

static void check_all(struct rules *r, struct ak_bench_lint *out)
{
    struct bench_source *const s = &r->source;
    *out = (struct ak_bench_lint){.files = s->file_count};
    takers_mark(s);
    for (size_t i = 0; i < s->function_count; i++) {
        struct bench_function *const f = &s->functions[i];
        if (is_benchmark(f)) {
            out->benchmarks++;
            check_repetition(r, f);
        }
        if (f->b.count > 0 && ak_str_ends(ak_str_from(f->file->path), AK_STR("_test.go"))) {
            check_timed(r, f);
        }
        if (f->takes_profiles && !is_called_by_go(f) && !is_mentioned(s, f)) {
            find(r, AK_BENCH_B004, f, f->at.line);
        }
    }
    if (r->count > 0) {
        qsort(r->found, r->count, sizeof *r->found, by_place);
    }
    out->findings = ak_arena_copy(s->arena, r->found, r->count * sizeof *r->found);
    out->count = r->count;
}

enum ak_status ak_bench_lint_dir(const char *dir, struct ak_arena *arena, struct ak_bench_lint *out,
                                 struct ak_error *err)
{
    struct rules r = {.found = NULL};
    const enum ak_status st = collector_bench_source_read(&r.source, dir, arena, err);
    if (st == AK_OK) {
        check_all(&r, out);
    }
    collector_bench_source_release(&r.source);
    ak_free(r.found);
    return st;
}

void ak_bench_lint_text(const char *path, struct ak_str text, struct ak_arena *arena,
                        struct ak_bench_lint *out)
{
    struct rules r = {.source = {.arena = arena}};
    collector_bench_source_add(&r.source, path, text);
    collector_bench_source_index(&r.source);
    check_all(&r, out);
    collector_bench_source_release(&r.source);
    ak_free(r.found);
}
