#include "base/io.h"
#include "base/mem.h"
#include "collector/lint_bench.h"
#include "lint/go_token.h"

#include <stdlib.h>

#define FILES_MAX 20000
#define FILE_BYTES_MAX (8U << 20)
#define NAMES_MAX 8
#define HEAD_TOKENS_MAX 200 /* of a for, of the arguments of a call */
#define ARGUMENT_TOKENS_MAX 4000

struct go_file {
    const char *path;
    struct ak_str folder;
    struct go_tokens tokens;
};

struct go_function {
    const struct go_file *file;
    size_t file_number;
    struct ak_str name;
    uint32_t line;
    size_t signature, body, end; /* tokens: after the name, of '{', of '}' */
    bool is_method;
    enum { LOOP_UNKNOWN, LOOP_ASKED, LOOP_NO, LOOP_YES } loop;
};

struct source {
    struct ak_arena *arena;
    struct go_file *files;
    size_t file_count, file_cap;
    struct go_function *functions;
    size_t function_count, function_cap;
    struct ak_bench_finding *found;
    size_t found_count, found_cap;
    enum ak_status status;
    struct ak_error *err;
};

static const char *const ids[AK_BENCH_RULE_COUNT] = {
#define X(code, text, help) #code,
    AK_BENCH_LINT_MAP(X)
#undef X
};
static const char *const titles[AK_BENCH_RULE_COUNT] = {
#define X(code, text, help) text,
    AK_BENCH_LINT_MAP(X)
#undef X
};
static const char *const helps[AK_BENCH_RULE_COUNT] = {
#define X(code, text, help) help,
    AK_BENCH_LINT_MAP(X)
#undef X
};

const char *ak_bench_rule_id(enum ak_bench_rule rule)
{
    return ids[rule];
}

const char *ak_bench_rule_title(enum ak_bench_rule rule)
{
    return titles[rule];
}

const char *ak_bench_rule_help(enum ak_bench_rule rule)
{
    return helps[rule];
}

/* --- files and functions ------------------------------------------------------------------- */

static bool visit(void *ctx, const struct ak_file_info *info)
{
    struct source *s = ctx;
    const struct ak_str path = ak_str_from(info->path);
    struct ak_buf text = AK_BUF_INIT;
    if (!ak_str_ends(path, AK_STR(".go")) || ak_str_find(path, AK_STR("/vendor/")) >= 0 ||
        ak_str_find(path, AK_STR("/testdata/")) >= 0) {
        return true;
    }
    if (s->file_count >= FILES_MAX) {
        s->status = ak_fail(s->err, AK_LIMIT, "more than %d Go files", FILES_MAX);
        return false;
    }
    s->status = ak_file_read(info->path, FILE_BYTES_MAX, &text, s->err);
    if (s->status == AK_OK) {
        struct go_file f = {.path = ak_arena_strdup(s->arena, info->path)};
        f.folder = ak_str_slice(ak_str_from(f.path), 0, (size_t)(ak_str_rchr(path, '/') + 1));
        collector_go_tokens(ak_arena_str(s->arena, ak_buf_view(&text)), &f.tokens);
        AK_GROW(s->files, s->file_count + 1, s->file_cap);
        s->files[s->file_count++] = f;
    }
    ak_buf_release(&text);
    return s->status == AK_OK;
}

/* The '{' of the body of a function whose name ends before i: types may hold braces too. */
static size_t body_start(const struct go_tokens *t, size_t i)
{
    while (i < t->count && !collector_go_is(t, i, "{") && !collector_go_is(t, i, "func")) {
        const bool is_type = collector_go_is(t, i, "interface") || collector_go_is(t, i, "struct");
        if (is_type && collector_go_is(t, i + 1, "{")) {
            i = collector_go_close(t, i + 1);
        } else if (collector_go_is(t, i, "(") || collector_go_is(t, i, "[")) {
            i = collector_go_close(t, i);
        }
        i++;
    }
    return i;
}

static void functions_find(struct source *s, size_t file_number)
{
    const struct go_file *const file = &s->files[file_number];
    const struct go_tokens *const t = &file->tokens;
    for (size_t i = 0; i < t->count; i++) {
        if (!collector_go_is(t, i, "func")) {
            i = collector_go_is(t, i, "{") || collector_go_is(t, i, "(") ? collector_go_close(t, i)
                                                                         : i;
            continue;
        }
        const bool is_method = collector_go_is(t, i + 1, "(");
        const size_t name = is_method ? collector_go_close(t, i + 1) + 1 : i + 1;
        const size_t body = body_start(t, name + 1);
        if (name >= t->count || t->items[name].kind != GO_NAME || !collector_go_is(t, body, "{")) {
            continue;
        }
        AK_GROW(s->functions, s->function_count + 1, s->function_cap);
        s->functions[s->function_count++] = (struct go_function){
            .file = file,
            .file_number = file_number,
            .name = t->items[name].text,
            .line = t->items[name].line,
            .signature = name + 1,
            .body = body,
            .end = collector_go_close(t, body),
            .is_method = is_method,
        };
        i = s->functions[s->function_count - 1].end;
    }
}

/* --- loops --------------------------------------------------------------------------------- */

struct names { /* of parameters of type *testing.B, those of function literals inside too */
    struct ak_str items[NAMES_MAX];
    size_t count;
};

static bool is_testing_b(const struct go_tokens *t, size_t i)
{
    return collector_go_is(t, i, "*") && collector_go_is(t, i + 1, "testing") &&
           collector_go_is(t, i + 2, ".") && collector_go_is(t, i + 3, "B");
}

static struct names names_of(const struct go_function *f)
{
    const struct go_tokens *const t = &f->file->tokens;
    struct names n = {.count = 0};
    for (size_t i = f->signature; i + 1 < f->end && n.count < NAMES_MAX; i++) {
        if (t->items[i].kind == GO_NAME && is_testing_b(t, i + 1)) {
            n.items[n.count++] = t->items[i].text;
        }
    }
    return n;
}

static bool is_b(const struct go_tokens *t, size_t i, const struct names *n)
{
    for (size_t k = 0; k < n->count; k++) {
        if (i < t->count && t->items[i].kind == GO_NAME &&
            ak_str_eq(t->items[i].text, n->items[k])) {
            return true;
        }
    }
    return false;
}

static bool is_member(const struct go_tokens *t, size_t i, const struct names *n, const char *name)
{
    return is_b(t, i, n) && collector_go_is(t, i + 1, ".") && collector_go_is(t, i + 2, name);
}

/* The head of the loop over b.N at i ends with the '{' that is returned; 0: no such loop. */
static size_t loop_body(const struct go_tokens *t, size_t i, const struct names *n)
{
    bool over_n = false;
    if (!collector_go_is(t, i, "for")) {
        return 0;
    }
    for (size_t k = i + 1; k < t->count && k < i + HEAD_TOKENS_MAX; k++) {
        over_n = over_n || is_member(t, k, n, "N") || is_member(t, k, n, "Loop");
        if (collector_go_is(t, k, "{")) {
            return over_n ? k : 0;
        }
    }
    return 0;
}

static struct go_function *function_named(struct source *s, const struct go_file *near,
                                          struct ak_str name)
{
    for (size_t i = 0; i < s->function_count; i++) {
        struct go_function *const f = &s->functions[i];
        if (ak_str_eq(f->name, name) && ak_str_eq(f->file->folder, near->folder)) {
            return f;
        }
    }
    return NULL;
}

/* True when the call whose '(' is at i has b, alone, as one of its arguments. */
static bool is_given_b(const struct go_tokens *t, size_t i, const struct names *n)
{
    size_t depth = 0;
    for (size_t k = i; k < t->count && k < i + ARGUMENT_TOKENS_MAX; k++) {
        depth += collector_go_is(t, k, "(") || collector_go_is(t, k, "{");
        depth -= depth > 0 && (collector_go_is(t, k, ")") || collector_go_is(t, k, "}"));
        if (depth == 0) {
            return false;
        }
        if (depth == 1 && is_b(t, k, n) &&
            (collector_go_is(t, k - 1, "(") || collector_go_is(t, k - 1, ",")) &&
            (collector_go_is(t, k + 1, ")") || collector_go_is(t, k + 1, ","))) {
            return true;
        }
    }
    return false;
}

static bool has_loop(struct source *s, struct go_function *f);

/* A call of the name at i: whether the callee is given b and loops, or may. */
static bool call_loops(struct source *s, const struct go_function *f, size_t i,
                       const struct names *n)
{
    const struct go_tokens *const t = &f->file->tokens;
    if (t->items[i].kind != GO_NAME || !collector_go_is(t, i + 1, "(") ||
        collector_go_is(t, i, "func") || !is_given_b(t, i + 1, n)) {
        return false;
    }
    if (collector_go_is(t, i - 1, ".") &&
        (collector_go_is(t, i - 2, "require") || collector_go_is(t, i - 2, "assert"))) {
        return false;
    }
    struct go_function *const callee = function_named(s, f->file, t->items[i].text);
    return !callee || has_loop(s, callee);
}

/* A sub-benchmark that is no literal in place, and so is not looked into. */
static bool runs_elsewhere(const struct go_tokens *t, size_t i, const struct names *n)
{
    if (!is_member(t, i, n, "Run")) {
        return false;
    }
    for (size_t k = i + 3; k < t->count && k < i + HEAD_TOKENS_MAX; k++) {
        if (collector_go_is(t, k, "func")) {
            return false;
        }
    }
    return true;
}

static bool body_loops(struct source *s, const struct go_function *f)
{
    const struct go_tokens *const t = &f->file->tokens;
    const struct names n = names_of(f);
    for (size_t i = f->body; i < f->end; i++) {
        /* b.N that is no argument is compared with, or kept in a variable that may be the limit; as
         * an argument it is a size. */
        const bool is_limit = is_member(t, i, &n, "N") && !collector_go_is(t, i + 3, ")") &&
                              !collector_go_is(t, i + 3, ",");
        if (is_limit || loop_body(t, i, &n) > 0 || is_member(t, i, &n, "Loop") ||
            is_member(t, i, &n, "RunParallel") || runs_elsewhere(t, i, &n) ||
            call_loops(s, f, i, &n)) {
            return true;
        }
    }
    return false;
}

/* Each function is looked into once; one that is asked for while it is looked into adds nothing. */
static bool has_loop(struct source *s, struct go_function *f)
{
    if (f->loop == LOOP_UNKNOWN) {
        f->loop = LOOP_ASKED;
        f->loop = body_loops(s, f) ? LOOP_YES : LOOP_NO;
    }
    return f->loop == LOOP_YES;
}

/* --- rules --------------------------------------------------------------------------------- */

static void find(struct source *s, enum ak_bench_rule rule, const struct go_function *f,
                 uint32_t line)
{
    const char *const name = ak_arena_str(s->arena, f->name).ptr;
    AK_GROW(s->found, s->found_count + 1, s->found_cap);
    s->found[s->found_count++] = (struct ak_bench_finding){
        .rule = rule,
        .file = f->file->path,
        .function = name,
        .line = line,
        .message = ak_arena_printf(s->arena, "%s: %s", name, titles[rule]),
    };
}

static bool is_benchmark(const struct go_function *f)
{
    const struct ak_str word = AK_STR("Benchmark");
    const bool is_named =
        ak_str_starts(f->name, word) &&
        (f->name.len == word.len || f->name.ptr[word.len] < 'a' || f->name.ptr[word.len] > 'z');
    return is_named && !f->is_method && ak_str_ends(ak_str_from(f->file->path), AK_STR("_test.go"));
}

static bool prints(const struct go_tokens *t, size_t i, const struct names *n)
{
    const struct ak_str name = i + 2 < t->count ? t->items[i + 2].text : AK_STR("");
    const bool is_print = ak_str_starts(name, AK_STR("Print"));
    return (is_print && collector_go_is(t, i + 1, ".") &&
            (collector_go_is(t, i, "fmt") || collector_go_is(t, i, "log"))) ||
           is_member(t, i, n, "Log") || is_member(t, i, n, "Logf");
}

static void check_loops(struct source *s, const struct go_function *f)
{
    const struct go_tokens *const t = &f->file->tokens;
    const struct names n = names_of(f);
    for (size_t i = f->body; n.count > 0 && i < f->end; i++) {
        const size_t body = loop_body(t, i, &n);
        const size_t end = body > 0 ? collector_go_close(t, body) : 0;
        bool timer = false, printing = false;
        for (size_t k = body; k < end; k++) {
            if (!timer && (is_member(t, k, &n, "StopTimer") || is_member(t, k, &n, "StartTimer"))) {
                timer = true;
                find(s, AK_BENCH_B002, f, t->items[k].line);
            }
            if (!printing && prints(t, k, &n)) {
                printing = true;
                find(s, AK_BENCH_B003, f, t->items[k].line);
            }
        }
        i = end > i ? end : i;
    }
}

static bool takes_profiles(const struct go_function *f)
{
    const struct go_tokens *const t = &f->file->tokens;
    for (size_t i = f->body; i < f->end; i++) {
        if (collector_go_is(t, i, "pprof") && collector_go_is(t, i + 1, ".") &&
            (collector_go_is(t, i + 2, "WriteHeapProfile") ||
             collector_go_is(t, i + 2, "StartCPUProfile") || collector_go_is(t, i + 2, "Lookup"))) {
            return true;
        }
    }
    return false;
}

static bool is_mentioned(const struct source *s, const struct go_function *f)
{
    for (size_t i = 0; i < s->file_count; i++) {
        const struct go_tokens *const t = &s->files[i].tokens;
        for (size_t k = 0; k < t->count; k++) {
            const bool is_own = i == f->file_number && k + 1 >= f->signature && k <= f->end;
            if (!is_own && t->items[k].kind == GO_NAME && ak_str_eq(t->items[k].text, f->name)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_called_by_go(const struct go_function *f)
{
    static const struct ak_str starts[] = {
        {"Test", 4}, {"Benchmark", 9}, {"Fuzz", 4}, {"Example", 7}};
    for (size_t i = 0; i < AK_COUNT(starts); i++) {
        if (ak_str_starts(f->name, starts[i])) {
            return true;
        }
    }
    return f->is_method || ak_str_eq(f->name, AK_STR("main")) ||
           ak_str_eq(f->name, AK_STR("init")) || ak_str_eq(f->name, AK_STR("_"));
}

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

static void check_all(struct source *s, struct ak_bench_lint *out)
{
    for (size_t i = 0; i < s->file_count; i++) {
        functions_find(s, i);
    }
    for (size_t i = 0; i < s->function_count; i++) {
        struct go_function *const f = &s->functions[i];
        if (is_benchmark(f)) {
            out->benchmarks++;
            if (names_of(f).count > 0 && !has_loop(s, f)) {
                find(s, AK_BENCH_B001, f, f->line);
            }
        }
        check_loops(s, f);
        if (!is_called_by_go(f) && takes_profiles(f) && !is_mentioned(s, f)) {
            find(s, AK_BENCH_B004, f, f->line);
        }
    }
    if (s->found_count > 0) {
        qsort(s->found, s->found_count, sizeof *s->found, by_place);
    }
}

enum ak_status ak_bench_lint_dir(const char *dir, struct ak_arena *arena, struct ak_bench_lint *out,
                                 struct ak_error *err)
{
    struct source s = {.arena = arena, .err = err};
    enum ak_status st = ak_dir_walk(dir, 16, visit, &s, err);
    st = s.status != AK_OK ? s.status : st;
    if (st == AK_OK && s.file_count == 0) {
        st = ak_fail(err, AK_NOT_FOUND, "%s: holds no Go source", dir);
    }
    if (st == AK_OK) {
        *out = (struct ak_bench_lint){.files = s.file_count};
        check_all(&s, out);
        out->findings = ak_arena_copy(arena, s.found, s.found_count * sizeof *s.found);
        out->count = s.found_count;
    }
    for (size_t i = 0; i < s.file_count; i++) {
        collector_go_tokens_release(&s.files[i].tokens);
    }
    ak_free(s.files);
    ak_free(s.functions);
    ak_free(s.found);
    return st;
}
