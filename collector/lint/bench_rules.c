/* The rules on Go benchmarks: each looks at one function of the table. */
#include "base/hash.h"
#include "base/mem.h"
#include "collector/lint_bench.h"
#include "lint/bench_source.h"

#include <stdlib.h>

/* A function that takes profiles; whether anything names it is known after the last folder. */
struct taker {
    struct ak_bench_finding finding;
    uint64_t name;
    uint32_t own; /* names of it in itself */
};

struct rules {
    struct bench_source source; /* of one folder */
    struct ak_arena *arena;
    struct ak_bench_finding *found;
    size_t count, cap;
    struct taker *takers;
    size_t taker_count, taker_cap;
    struct ak_idmap names; /* hash of a name -> index of how often it stands below the folder */
    uint32_t *mentions;
    size_t name_count, name_cap;
    struct ak_bench_lint sum;
};

static struct ak_bench_finding finding(struct rules *r, enum ak_rule rule,
                                       const struct bench_function *f, uint32_t line)
{
    const char *const name = ak_arena_str(r->arena, f->at.name).ptr;
    return (struct ak_bench_finding){
        .rule = rule,
        .file = f->file->path,
        .function = name,
        .line = line,
        .message = ak_arena_printf(r->arena, "%s: %s", name, ak_rule_title(rule)),
        .helper = "",
    };
}

static void find(struct rules *r, enum ak_rule rule, const struct bench_function *f, uint32_t line)
{
    AK_GROW(r->found, r->count + 1, r->cap);
    r->found[r->count++] = finding(r, rule, f, line);
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
    if (collector_bench_loops(&r->source, f)) {
        return;
    }
    find(r, f->size_line ? AK_RULE_B005 : AK_RULE_B001, f,
         f->size_line ? f->size_line : f->at.line);
    const struct bench_function *const helper =
        f->size_line ? NULL : collector_bench_helper(&r->source, f);
    if (helper) {
        struct ak_bench_finding *const found = &r->found[r->count - 1];
        found->helper = ak_arena_str(r->arena, helper->at.name).ptr;
        found->helper_file = helper->file->path;
        found->helper_line = helper->at.line;
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

/* Whether the block that opens at `open` is that of an "if". */
static bool is_if(const struct go_tokens *t, size_t open, size_t from)
{
    for (size_t k = open; k-- > from;) {
        if (t->items[k].line != t->items[open].line || collector_go_is(t, k, "{") ||
            collector_go_is(t, k, "}")) {
            return false;
        }
        if (collector_go_is(t, k, "if")) {
            return true;
        }
    }
    return false;
}

/* The first token in a loop that prints, unless below an "if": what is there is seldom run. 0:
 * none. */
static size_t print_in_loop(const struct bench_function *f, size_t body, size_t end)
{
    const struct go_tokens *const t = &f->file->tokens;
    size_t depth = 0, conditional = 0; /* the depth of the outermost "if" that i stands in */
    for (size_t i = body + 1; i < end; i++) {
        if (collector_go_is(t, i, "{")) {
            depth++;
            conditional = conditional == 0 && is_if(t, i, body) ? depth : conditional;
        } else if (collector_go_is(t, i, "}") && depth > 0) {
            conditional = conditional == depth ? 0 : conditional;
            depth--;
        } else if (conditional == 0 &&
                   (prints(t, i) || collector_bench_is_member(t, i, &f->b, "Log") ||
                    collector_bench_is_member(t, i, &f->b, "Logf"))) {
            return i;
        }
    }
    return 0;
}

static void check_loop(struct rules *r, const struct bench_function *f, size_t body)
{
    const struct go_tokens *const t = &f->file->tokens;
    const size_t end = collector_go_close(t, body);
    const size_t print = print_in_loop(f, body, end);
    size_t stop = 0, start = 0, size = 0;
    for (size_t k = end; k-- > body;) { /* the first of each stays */
        stop = collector_bench_is_member(t, k, &f->b, "StopTimer") ? k : stop;
        start = collector_bench_is_member(t, k, &f->b, "StartTimer") ? k : start;
        size =
            collector_bench_is_member(t, k, &f->b, "N") && collector_bench_is_size(t, k) ? k : size;
    }
    if (stop > 0 && start > 0) { /* one of them alone ends the measurement, or begins it late */
        find(r, AK_RULE_B002, f, t->items[stop < start ? stop : start].line);
    }
    if (print > 0) {
        find(r, AK_RULE_B003, f, t->items[print].line);
    }
    if (size > 0) {
        find(r, AK_RULE_B005, f, t->items[size].line);
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

/* A walk through a function, and what it meets next: each is looked for once. */
struct ahead {
    const struct go_tokens *t;
    size_t end;
    size_t block, call, literal; /* the next '{', call that costs something, "func" */
};

static bool is_costly_call(const struct go_tokens *t, size_t i)
{
    static const char *const cheap[] = {"len", "cap", "append", "byte", "make", "if", "for"};
    bool is_cheap = t->items[i].kind != GO_NAME || !collector_go_is(t, i + 1, "(");
    for (size_t c = 0; c < AK_COUNT(cheap); c++) {
        is_cheap = is_cheap || collector_go_is(t, i, cheap[c]);
    }
    return !is_cheap;
}

/* A loop that calls something, and holds no literal, which may be what is measured; the head of the
 * loop does not count. `i` never falls from call to call. */
static bool is_heavy_loop(struct ahead *a, size_t i)
{
    a->block = a->block < i ? i : a->block;
    while (a->block < a->end && !collector_go_is(a->t, a->block, "{")) {
        a->block++;
    }
    const size_t body = a->block, close = collector_go_close(a->t, body);
    const size_t end = close < a->end ? close : a->end;
    a->call = a->call < body ? body : a->call;
    while (a->call < a->end && !is_costly_call(a->t, a->call)) {
        a->call++;
    }
    a->literal = a->literal < body ? body : a->literal;
    while (a->literal < a->end && !collector_go_is(a->t, a->literal, "func")) {
        a->literal++;
    }
    return a->call < end && a->literal >= end;
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
    struct ahead ahead = {.t = t, .end = f->at.end < t->count ? f->at.end : t->count};
    bool has_printed = false;
    for (size_t i = f->at.body; i < f->at.end && i < t->count; i++) {
        const size_t body = collector_bench_loop_body(t, i, &f->b);
        clock_step(&c, f, i);
        if (body > 0) {
            if (c.setup_line > 0 && is_over_n(t, i, body, &f->b)) {
                find(r, AK_RULE_B006, f, c.setup_line);
            }
            check_loop(r, f, body);
            c.setup_line = 0;
            i = collector_go_close(t, body);
        } else if (c.is_running && c.setup_line == 0 &&
                   (is_heavy_call(t, i) ||
                    (collector_go_is(t, i, "for") && is_heavy_loop(&ahead, i)))) {
            c.setup_line = t->items[i].line;
        } else if (f->takes_b && c.is_running && !has_printed && prints(t, i)) {
            has_printed = true;
            find(r, AK_RULE_B003, f, t->items[i].line);
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

/* Counts the names of a folder. */
static void mentions_count(struct rules *r)
{
    for (size_t i = 0; i < r->source.file_count; i++) {
        const struct go_tokens *const t = &r->source.files[i].tokens;
        for (size_t k = 0; k < t->count; k++) {
            bool is_new;
            if (t->items[k].kind != GO_NAME) {
                continue;
            }
            const uint32_t id = ak_idmap_put(&r->names, ak_hash_str(t->items[k].text),
                                             (uint32_t)r->name_count, &is_new);
            if (is_new) {
                AK_GROW(r->mentions, r->name_count + 1, r->name_cap);
                r->mentions[r->name_count++] = 0;
            }
            r->mentions[id]++;
        }
    }
}

/* Keeps a function that takes profiles, with how often its name stands in itself. */
static void taker_add(struct rules *r, const struct bench_function *f)
{
    const struct go_tokens *const t = &f->file->tokens;
    struct taker taker = {.finding = finding(r, AK_RULE_B004, f, f->at.line),
                          .name = ak_hash_str(f->at.name)};
    for (size_t k = f->at.signature - 1; k < f->at.end; k++) {
        taker.own += t->items[k].kind == GO_NAME && ak_str_eq(t->items[k].text, f->at.name);
    }
    AK_GROW(r->takers, r->taker_count + 1, r->taker_cap);
    r->takers[r->taker_count++] = taker;
}

static void check_takers(struct rules *r)
{
    for (size_t i = 0; i < r->taker_count; i++) {
        const struct taker *const taker = &r->takers[i];
        if (r->mentions[ak_idmap_get(&r->names, taker->name)] == taker->own) {
            AK_GROW(r->found, r->count + 1, r->cap);
            r->found[r->count++] = taker->finding;
        }
    }
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
    if (a->rule != b->rule) {
        return a->rule < b->rule ? -1 : 1;
    }
    return strcmp(a->function, b->function);
}

/* All rules but what needs the other folders too. */
static void check_folder(struct rules *r)
{
    struct bench_source *const s = &r->source;
    r->sum.files += s->file_count;
    takers_mark(s);
    mentions_count(r);
    for (size_t i = 0; i < s->function_count; i++) {
        struct bench_function *const f = &s->functions[i];
        if (is_benchmark(f)) {
            r->sum.benchmarks++;
            check_repetition(r, f);
        }
        if (f->b.count > 0 && ak_str_ends(ak_str_from(f->file->path), AK_STR("_test.go"))) {
            check_timed(r, f);
        }
        if (f->takes_profiles && !is_called_by_go(f)) {
            taker_add(r, f);
        }
    }
}

static void finish(struct rules *r, struct ak_bench_lint *out)
{
    check_takers(r);
    if (r->count > 0) {
        qsort(r->found, r->count, sizeof *r->found, by_place);
    }
    *out = r->sum;
    out->findings = ak_arena_copy(r->arena, r->found, r->count * sizeof *r->found);
    out->count = r->count;
}

static void rules_release(struct rules *r)
{
    ak_free(r->found);
    ak_free(r->takers);
    ak_free(r->mentions);
    ak_idmap_release(&r->names);
}

enum ak_status ak_bench_lint_dir(const char *dir, struct ak_arena *arena, struct ak_bench_lint *out,
                                 struct ak_error *err)
{
    struct rules r = {.arena = arena};
    const char **paths = NULL;
    size_t count = 0;
    enum ak_status st = collector_bench_source_list(dir, arena, &paths, &count, err);
    for (size_t i = 0, n; i < count && st == AK_OK; i += n) { /* one folder in memory at a time */
        n = collector_bench_source_folder(paths + i, count - i);
        collector_bench_source_init(&r.source);
        st = collector_bench_source_read(&r.source, paths + i, n, err);
        if (st == AK_OK) {
            check_folder(&r);
        }
        collector_bench_source_release(&r.source);
    }
    if (st == AK_OK) {
        finish(&r, out);
    }
    rules_release(&r);
    return st;
}

void ak_bench_lint_text(const char *path, struct ak_str text, struct ak_arena *arena,
                        struct ak_bench_lint *out)
{
    struct rules r = {.arena = arena};
    collector_bench_source_init(&r.source);
    collector_bench_source_add(&r.source, ak_arena_strdup(arena, path), text);
    collector_bench_source_index(&r.source);
    check_folder(&r);
    finish(&r, out);
    collector_bench_source_release(&r.source);
    rules_release(&r);
}
