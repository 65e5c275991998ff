/* Whether a benchmark repeats its operation b.N times. The rule of doubt: what cannot be followed
 * is taken to loop, so that a finding is sure. */
#include "base/hash.h"
#include "base/mem.h"
#include "lint/bench_source.h"

#define DEPTH_MAX 100     /* calls that are followed */
#define MENTIONS_MAX 1000 /* of b in one function */
#define LOOKS_MAX 8       /* at one function, in cycles */

struct view { /* one function that is looked into */
    struct bench_source *s;
    struct bench_function *f;
    const struct go_tokens *t;
    const struct bench_names *n;
};

static bool is_one_of(const struct go_tokens *t, size_t i, const char *const *words, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        if (collector_go_is(t, i, words[k])) {
            return true;
        }
    }
    return false;
}

/* Methods of testing.B and testing.TB that neither repeat anything nor hand b on. */
static bool is_quiet_method(const struct go_tokens *t, size_t i)
{
    static const char *const names[] = {
        "ReportAllocs", "ResetTimer", "StartTimer", "StopTimer", "SetBytes", "SetParallelism",
        "ReportMetric", "Elapsed",    "Log",        "Logf",      "Error",    "Errorf",
        "Fatal",        "Fatalf",     "Fail",       "FailNow",   "Failed",   "Skip",
        "Skipf",        "SkipNow",    "Skipped",    "Helper",    "Cleanup",  "TempDir",
        "Setenv",       "Chdir",      "Context",    "Name",      "Output",   "Attr",
        "ArtifactDir",
    };
    return is_one_of(t, i, names, AK_COUNT(names));
}

/* Packages whose functions take b to fail the test, or a number to convert or print it. */
static bool is_quiet_package(const struct go_tokens *t, size_t i)
{
    static const char *const names[] = {"require", "assert", "is",  "qt",
                                        "gomock",  "goleak", "fmt", "log"};
    return is_one_of(t, i, names, AK_COUNT(names));
}

static bool is_conversion(const struct go_tokens *t, size_t i)
{
    static const char *const names[] = {"int",    "int8",   "int16",   "int32",
                                        "int64",  "uint",   "uint8",   "uint16",
                                        "uint32", "uint64", "float32", "float64"};
    return is_one_of(t, i, names, AK_COUNT(names));
}

/* The token that names what the '(' at i calls: of f(, p.f( and f[T](; count: no name. */
static size_t callee_name(const struct go_tokens *t, size_t i, size_t from)
{
    if (i == 0 || i >= t->count) {
        return t->count;
    }
    size_t k = i - 1;
    if (collector_go_is(t, k, "]")) {
        k = collector_go_open(t, k, from);
        k = k > from && k < t->count ? k - 1 : t->count;
    }
    return k < t->count && t->items[k].kind == GO_NAME ? k : t->count;
}

/* The '(' of the call that has token i alone as one argument; count: token i is none. `width` is
 * the number of tokens of the argument. */
static size_t call_of(const struct go_tokens *t, size_t i, size_t width, size_t from)
{
    const bool begins = i > 0 && (collector_go_is(t, i - 1, "(") || collector_go_is(t, i - 1, ","));
    const bool ends = collector_go_is(t, i + width, ")") || collector_go_is(t, i + width, ",");
    const size_t open = begins && ends ? collector_go_open(t, i, from) : t->count;
    return collector_go_is(t, open, "(") ? open : t->count;
}

/* All names of the function that hold a literal or are a parameter with a function, at once: each
 * is asked for at every call. The first place of a name decides. */
static void locals_find(const struct view *v)
{
    for (size_t i = v->f->at.signature; i < v->f->at.end; i++) {
        const size_t k = i + 1 + collector_go_is(v->t, i + 1, ":");
        const bool is_literal =
            collector_go_is(v->t, k, "=") && collector_go_is(v->t, k + 1, "func");
        if (v->t->items[i].kind == GO_NAME &&
            (is_literal || collector_go_is(v->t, i + 1, "func"))) {
            ak_idmap_put(&v->f->locals, ak_hash_str(v->t->items[i].text),
                         is_literal ? BENCH_LOCAL_LITERAL : BENCH_LOCAL_PARAMETER, NULL);
        }
    }
    v->f->has_locals = true;
}

static enum bench_local local_function(const struct view *v, struct ak_str name)
{
    if (!v->f->has_locals) {
        locals_find(v);
    }
    const uint32_t local = ak_idmap_get(&v->f->locals, ak_hash_str(name));
    return local == AK_IDMAP_NONE ? BENCH_LOCAL_NONE : (enum bench_local)local;
}

/* Whether any function of that name in the folder loops; one that is not there, or that takes b as
 * something else, may. */
static bool named_loops(const struct view *v, struct ak_str name)
{
    const enum bench_local local = local_function(v, name);
    struct bench_function *f = collector_bench_function(v->s, v->f->file, name);
    if (local != BENCH_LOCAL_NONE || !f) {
        return local != BENCH_LOCAL_LITERAL;
    }
    for (;; f = &v->s->functions[f->next]) {
        if (f->b.count == 0 || collector_bench_loops(v->s, f)) {
            return true;
        }
        if (f->next == AK_IDMAP_NONE) {
            return false;
        }
    }
}

/* b alone is given to a call. */
static bool given_loops(const struct view *v, size_t i)
{
    const size_t open = call_of(v->t, i, 1, v->f->at.body);
    const size_t name = callee_name(v->t, open, v->f->at.body);
    if (name >= v->t->count) {
        return true;
    }
    if (collector_go_is(v->t, name, "func")) {
        return false; /* the parameters of a literal */
    }
    if (collector_go_is(v->t, name - 1, ".")) {
        return !is_quiet_package(v->t, name - 2);
    }
    return named_loops(v, v->t->items[name].text);
}

bool collector_bench_is_size(const struct go_tokens *t, size_t i)
{
    const size_t open = call_of(t, i, 3, 0);
    const size_t name = callee_name(t, open, 0);
    return collector_go_is(t, name, "make") ||
           (collector_go_is(t, name, "Repeat") && collector_go_is(t, name - 1, ".") &&
            (collector_go_is(t, name - 2, "strings") || collector_go_is(t, name - 2, "bytes")));
}

static bool has_for(const struct bench_function *f)
{
    for (size_t i = f->at.body; i < f->at.end; i++) {
        if (collector_go_is(&f->file->tokens, i, "for")) {
            return true;
        }
    }
    return false;
}

static void is_a_size(const struct view *v, size_t i)
{
    if (v->f->size_line == 0) {
        v->f->size_line = v->t->items[i].line;
    }
}

/* b.N given to the call that `name` names. */
static bool n_given_loops(const struct view *v, size_t i, size_t name)
{
    const struct go_tokens *const t = v->t;
    if (collector_bench_is_size(t, i)) {
        is_a_size(v, i);
        return false;
    }
    if (collector_go_is(t, name - 1, ".")) {
        return !is_quiet_package(t, name - 2) &&
               !(collector_bench_is_b(t, name - 2, v->n) && is_quiet_method(t, name));
    }
    const struct bench_function *f =
        collector_bench_function(v->s, v->f->file, t->items[name].text);
    if (f && f->next == AK_IDMAP_NONE && !has_for(f)) {
        is_a_size(v, i);
        return false;
    }
    return !collector_go_is(t, name, "print") && !collector_go_is(t, name, "println");
}

/* b.N, converted or not: the limit of a loop, kept somewhere, or only a number that divides, is
 * shown or makes room. */
static bool n_loops(const struct view *v, size_t i)
{
    const struct go_tokens *const t = v->t;
    const size_t from = v->f->at.body;
    size_t start = i, width = 3, open = call_of(t, start, width, from);
    size_t name = callee_name(t, open, from);
    while (name < t->count && is_conversion(t, name)) {
        start = name;
        width = collector_go_close(t, open) + 1 - name;
        open = call_of(t, start, width, from);
        name = callee_name(t, open, from);
    }
    if (name < t->count) {
        return n_given_loops(v, i, name);
    }
    return start == i || !collector_go_is(t, start - 1, "/");
}

/* b.Run(name, what): a literal is looked at in place, a function of the folder is followed, and so
 * are functions given to a call that makes the benchmark. */
static bool run_loops(const struct view *v, size_t i)
{
    const struct go_tokens *const t = v->t;
    const size_t close = collector_go_close(t, i + 3);
    size_t last = i + 4;
    for (size_t k = last; k + 1 < close; k++) { /* over brackets: what is in them was nested once */
        const size_t end = collector_go_close(t, k);
        last = collector_go_is(t, k, ",") ? k + 1 : last;
        k = end < close ? end : k;
    }
    if (last >= close || collector_go_is(t, last, "func")) {
        return last >= close;
    }
    return last + 1 != close || t->items[last].kind != GO_NAME ||
           named_loops(v, t->items[last].text);
}

static bool mention_loops(const struct view *v, size_t i)
{
    const struct go_tokens *const t = v->t;
    if (collector_go_is(t, i + 1, ":") && !collector_go_is(t, i + 2, "=")) {
        return false; /* a key, or a label */
    }
    if (collector_go_is(t, i + 1, "*") && collector_go_is(t, i + 2, "testing")) {
        return false; /* the parameter of a literal */
    }
    if (collector_go_is(t, i + 1, "testing")) {
        return false;
    }
    if (!collector_go_is(t, i + 1, ".")) {
        return given_loops(v, i);
    }
    if (collector_go_is(t, i + 2, "N")) {
        return n_loops(v, i);
    }
    if (collector_go_is(t, i + 2, "Run")) {
        return run_loops(v, i);
    }
    return !is_quiet_method(t, i + 2); /* Loop, RunParallel, or no testing.B */
}

static bool body_loops(const struct view *v)
{
    size_t mentions = 0;
    for (size_t i = v->f->at.body; i < v->f->at.end; i++) {
        const bool is_field = i > 0 && collector_go_is(v->t, i - 1, ".");
        if (is_field || !collector_bench_is_b(v->t, i, v->n)) {
            continue;
        }
        mentions++;
        if (mentions > MENTIONS_MAX || mention_loops(v, i)) {
            return true;
        }
    }
    return false;
}

/* What a cycle of calls found is only kept for the function that was asked for first: the others
 * were judged without what is still being looked into. */
bool collector_bench_loops(struct bench_source *s, struct bench_function *f)
{
    if (f->loop == LOOP_ASKED) {
        s->in_cycle = true;
        return false;
    }
    if (f->loop == LOOP_UNKNOWN) {
        if (s->depth >= DEPTH_MAX || f->looks >= LOOKS_MAX) {
            return true;
        }
        const struct view v = {s, f, &f->file->tokens, &f->b};
        f->loop = LOOP_ASKED;
        f->looks++;
        s->depth++;
        const bool loops = body_loops(&v);
        s->depth--;
        f->loop = loops ? LOOP_YES : s->in_cycle && s->depth > 0 ? LOOP_UNKNOWN : LOOP_NO;
        s->in_cycle = s->in_cycle && s->depth > 0;
        return loops;
    }
    return f->loop == LOOP_YES;
}

const struct bench_function *collector_bench_helper(struct bench_source *s,
                                                    struct bench_function *f)
{
    const struct go_tokens *const t = &f->file->tokens;
    const size_t last = f->at.end - 1, open = collector_go_open(t, last, f->at.body + 1);
    const size_t name = collector_go_is(t, last, ")") ? callee_name(t, open, f->at.body) : t->count;
    bool has_b = false;
    if (name >= t->count || collector_go_is(t, name - 1, ".") || collector_go_is(t, name, "func")) {
        return NULL;
    }
    for (size_t i = open + 1; i < last; i++) {
        has_b = has_b || collector_bench_is_b(t, i, &f->b);
    }
    const struct view v = {s, f, t, &f->b};
    const struct ak_str callee = t->items[name].text;
    return has_b && local_function(&v, callee) == BENCH_LOCAL_NONE && !named_loops(&v, callee)
               ? collector_bench_function(s, f->file, callee)
               : NULL;
}
