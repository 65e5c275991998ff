#include "base/hash.h"
#include "base/mem.h"
#include "lint/stacks.h"

#include <stdlib.h>

/* A line calls an allocation in a loop when it makes this many times the objects of any other line
 * of its function; looked for in this many calls above the place where the bytes appear. */
#define LOOP_RATIO 8
#define LOOP_OBJECTS 100
#define LOOP_DEPTH 5
#define CHAIN_MAX 64
#define GROUPS_MAX (1U << 20)

enum class {
    CLASS_ESCAPE,
    CLASS_LIBRARY,
    CLASS_LANGUAGE,
    CLASS_RUNTIME,
    CLASS_OUTSIDE,
    CLASS_UNEXPLAINED
};

/* What becomes of one sample: the first frame of the module and the frame to edit. */
struct verdict {
    enum class class;
    size_t first, edit; /* frame_count: none */
    bool is_loop;
    const struct ak_escape *escape;
    enum ak_go_need need;
};

struct group { /* samples with one line to edit and one place where the bytes appear */
    struct verdict verdict;
    uint32_t edit_site, first_site;
    int64_t bytes, objects;
    int64_t largest; /* sample, whose stack is the chain shown */
    size_t sample;
    size_t number;
};

struct join {
    const struct ak_go_diagnostics *d;
    struct lint_stacks stacks;
    struct ak_arena *arena;
    struct ak_idmap ids;
    struct group *groups;
    size_t count, cap;
    struct ak_idmap pair_ids; /* place where bytes appear, line above it -> objects */
    double *pairs;
    size_t pair_count, pair_cap;
    struct ak_idmap leaf_ids; /* lines of the module that allocate themselves */
    struct ak_lint_classes sum;
};

/* --- one sample ---------------------------------------------------------------------------- */

static const struct lint_function *function_at(const struct join *j, size_t frame)
{
    return &j->stacks.functions[j->stacks.frames[frame].function];
}

static const struct ak_escape *escape_at(const struct join *j, size_t frame)
{
    const struct lint_function *const f = function_at(j, frame);
    const int64_t line = j->stacks.frames[frame].line;
    return line > 0 && line <= UINT32_MAX
               ? ak_go_diagnostics_find(j->d, f->package, f->file, (uint32_t)line)
               : NULL;
}

/* The frames above the first one of the module in which a loop is looked for: what calls back
 * through a library is another matter. */
static size_t search_end(const struct join *j, size_t first)
{
    size_t k = first;
    while (k < j->stacks.frame_count && k < first + LOOP_DEPTH && function_at(j, k)->module) {
        k++;
    }
    return k;
}

static size_t first_of_module(const struct join *j)
{
    size_t k = 0;
    while (k < j->stacks.frame_count && !function_at(j, k)->module) {
        k++;
    }
    return k;
}

static double *pair_objects(struct join *j, size_t first, size_t frame)
{
    const struct lint_frame *const f = j->stacks.frames;
    const uint64_t key = (uint64_t)f[first].site << 32 | f[frame].site;
    bool is_new;
    const uint32_t id = ak_idmap_put(&j->pair_ids, key, (uint32_t)j->pair_count, &is_new);
    if (is_new) {
        AK_GROW(j->pairs, j->pair_count + 1, j->pair_cap);
        j->pairs[j->pair_count++] = 0;
    }
    return &j->pairs[id];
}

/* How many objects of each place came through each line above it. */
static void pairs_count(struct join *j)
{
    for (size_t i = 0; i < j->stacks.p->sample_count; i++) {
        const double objects = (double)collector_stacks_objects(&j->stacks, i);
        collector_stacks_read(&j->stacks, i);
        const size_t first = first_of_module(j), end = search_end(j, first);
        for (size_t k = first; objects > 0 && k < end; k++) {
            bool again = false; /* recursion counts once */
            for (size_t m = first; m < k && !again; m++) {
                again = j->stacks.frames[m].site == j->stacks.frames[k].site;
            }
            *pair_objects(j, first, k) += again ? 0 : objects;
        }
    }
}

/* Whether the line of a frame repeats what it calls: the source says so, or, where it is not at
 * hand, the line makes far more objects than any other of its function. */
static bool is_in_loop(struct join *j, size_t first, size_t k)
{
    const struct lint_function *const f = function_at(j, k);
    const double others = j->stacks.sites[j->stacks.frames[k].site].others;
    const double objects = *pair_objects(j, first, k);
    const enum ak_go_loop loop =
        ak_go_diagnostics_loop(j->d, f->package, f->file, j->stacks.frames[k].line);
    return objects >= LOOP_OBJECTS &&
           (loop == AK_GO_LOOP_YES ||
            (loop == AK_GO_LOOP_UNKNOWN && others > 0 && objects >= LOOP_RATIO * others));
}

/* The nearest caller whose line runs in a loop, else the first frame itself. */
static void find_edit(struct join *j, struct verdict *v)
{
    const size_t end = search_end(j, v->first);
    v->edit = v->first;
    for (size_t k = v->first; k < end && !v->is_loop; k++) {
        if (is_in_loop(j, v->first, k)) {
            v->edit = k;
            v->is_loop = true;
        }
    }
}

static struct verdict classify(struct join *j)
{
    const struct lint_frame *const frames = j->stacks.frames;
    const size_t n = j->stacks.frame_count;
    struct verdict v = {.class = CLASS_UNEXPLAINED, .first = first_of_module(j), .edit = n};
    bool profiler = false, runtime = n > 0;
    for (size_t k = 0; k < n; k++) {
        const struct lint_function *const f = function_at(j, k);
        profiler = profiler || f->profiler;
        runtime = runtime && f->runtime;
    }
    if (profiler || runtime || v.first == n) {
        v.class = profiler || runtime ? CLASS_RUNTIME : CLASS_OUTSIDE;
        v.first = n;
        return v;
    }
    /* Of what was inlined the compiler decides at the call, in the function that is left: the
     * frames of one location are such calls, outwards. */
    for (size_t k = v.first; k < n && frames[k].location == frames[0].location && !v.escape; k++) {
        v.escape = function_at(j, k)->module ? escape_at(j, k) : NULL;
    }
    if (v.first == 0 && !v.escape) {
        const struct lint_function *const f = function_at(j, 0);
        v.need = ak_go_diagnostics_need(j->d, f->package, f->file, frames[0].line);
    }
    v.class = v.escape      ? CLASS_ESCAPE
              : v.first > 0 ? CLASS_LIBRARY
              : v.need      ? CLASS_LANGUAGE
                            : CLASS_UNEXPLAINED;
    find_edit(j, &v);
    return v;
}

/* Whether the diagnostics hold the package of a frame; else nothing can be said of its lines. */
static bool is_diagnosed(const struct join *j, size_t frame)
{
    return ak_intern_find(&j->d->packages, function_at(j, frame)->package) != AK_IDMAP_NONE;
}

static void leaf_count(struct join *j, const struct verdict *v, int64_t bytes)
{
    bool is_new;
    if (v->first != 0) {
        return;
    }
    ak_idmap_put(&j->leaf_ids, j->stacks.frames[0].site, 0, &is_new);
    j->sum.leaf_sites += is_new;
    j->sum.leaf_joined += is_new && v->escape;
    j->sum.leaf_language += is_new && v->need != AK_GO_NEED_NONE;
    j->sum.leaf_foreign += is_new && v->class == CLASS_UNEXPLAINED && !is_diagnosed(j, 0);
    j->sum.leaf_bytes += bytes;
    j->sum.leaf_joined_bytes += v->escape ? bytes : 0;
}

static void group_add(struct join *j, const struct verdict *v, size_t sample)
{
    const int64_t bytes = collector_stacks_bytes(&j->stacks, sample);
    const uint32_t edit = j->stacks.frames[v->edit].site, first = j->stacks.frames[v->first].site;
    const uint64_t key = (uint64_t)edit << 32 | (v->is_loop ? UINT32_MAX : first);
    bool is_new;
    const uint32_t id = ak_idmap_put(&j->ids, key, (uint32_t)j->count, &is_new);
    if (is_new) {
        AK_GROW(j->groups, j->count + 1, j->cap);
        j->groups[j->count] = (struct group){.edit_site = edit, .number = j->count};
        j->count++;
    }
    struct group *const g = &j->groups[id];
    g->bytes += bytes;
    g->objects += collector_stacks_objects(&j->stacks, sample);
    if (bytes > g->largest) {
        g->largest = bytes;
        g->sample = sample;
        g->first_site = first;
        g->verdict = *v;
    }
}

static void sample_add(struct join *j, size_t sample)
{
    const int64_t bytes = collector_stacks_bytes(&j->stacks, sample);
    if (bytes <= 0) {
        j->sum.negative += bytes;
        return;
    }
    collector_stacks_read(&j->stacks, sample);
    const struct verdict v = classify(j);
    int64_t *const sums[] = {
        [CLASS_ESCAPE] = &j->sum.escape,     [CLASS_LIBRARY] = &j->sum.library,
        [CLASS_LANGUAGE] = &j->sum.language, [CLASS_RUNTIME] = &j->sum.runtime,
        [CLASS_OUTSIDE] = &j->sum.outside,   [CLASS_UNEXPLAINED] = &j->sum.unexplained,
    };
    *sums[v.class] += bytes;
    j->sum.total += bytes;
    leaf_count(j, &v, bytes);
    if (v.first < j->stacks.frame_count && j->count < GROUPS_MAX) {
        group_add(j, &v, sample);
    }
}

/* --- findings ------------------------------------------------------------------------------ */

static const char *copy(struct join *j, struct ak_str s)
{
    return ak_arena_str(j->arena, s).ptr;
}

static const char *file_text(struct join *j, const struct lint_function *f)
{
    return f->module ? ak_go_diagnostics_place(j->d, f->package, f->file, j->arena)
                     : copy(j, collector_library_file(f->package, f->file));
}

static struct ak_lint_frame frame_text(struct join *j, size_t k)
{
    const struct lint_function *const f = function_at(j, k);
    return (struct ak_lint_frame){copy(j, f->name), file_text(j, f), j->stacks.frames[k].line};
}

static struct ak_str short_name(struct ak_str name)
{
    const ptrdiff_t bracket = ak_str_chr(name, '[');
    const struct ak_str head = bracket < 0 ? name : ak_str_slice(name, 0, (size_t)bracket);
    return ak_str_slice(name, (size_t)(ak_str_rchr(head, '/') + 1), name.len);
}

static enum ak_rule rule_of(const struct group *g)
{
    return g->verdict.is_loop                   ? AK_RULE_L001
           : g->verdict.class == CLASS_ESCAPE   ? AK_RULE_L002
           : g->verdict.class == CLASS_LIBRARY  ? AK_RULE_L003
           : g->verdict.class == CLASS_LANGUAGE ? AK_RULE_L006
                                                : AK_RULE_L004;
}

static void evidence_add(struct join *j, struct ak_lint_finding *f, const struct group *g)
{
    const struct lint_site *const edit = &j->stacks.sites[g->edit_site];
    const struct verdict *const v = &g->verdict;
    f->evidence = AK_NEW_ARRAY(j->arena, const char *, 8);
    if (v->is_loop && edit->objects > (double)g->objects) {
        f->evidence[f->evidence_count++] =
            ak_arena_printf(j->arena, "all calls of the line make %.0f objects", edit->objects);
    }
    if (v->is_loop && edit->others > 0) {
        f->evidence[f->evidence_count++] = ak_arena_printf(
            j->arena, "no other line of the function makes more than %.0f objects", edit->others);
    }
    const struct ak_escape *e = v->escape;
    for (int n = 0; e && n < 3; n++) {
        f->evidence[f->evidence_count++] =
            *e->message ? ak_arena_printf(j->arena, "the compiler says: %s", e->message)
                        : "the compiler says: escapes to heap";
        e = e->next == AK_NO_INDEX ? NULL : &j->d->escapes[e->next];
    }
    static const char *const needs[] = {
        [AK_GO_NEED_NONE] = NULL,
        [AK_GO_NEED_CHANNEL] = "the line makes a channel, which is always on the heap",
        [AK_GO_NEED_MAP] = "the line makes a map or sets an entry, for which it may grow",
        [AK_GO_NEED_GOROUTINE] = "the line starts a goroutine",
        [AK_GO_NEED_WAIT] = "the line waits on channels",
        [AK_GO_NEED_SLICE] =
            "the line makes or extends a slice, which outgrew its place on the stack",
        [AK_GO_NEED_TEXT] = "the line joins or converts text, which outgrew its place on the stack",
    };
    if (needs[v->need]) {
        f->evidence[f->evidence_count++] = needs[v->need];
    }
    if (v->class == CLASS_UNEXPLAINED) {
        const struct lint_function *const leaf = function_at(j, 0);
        f->evidence[f->evidence_count++] =
            is_diagnosed(j, 0)
                ? "the compiler reports no heap decision on this line"
                : ak_arena_printf(j->arena, "package %.*s was not compiled: name it too",
                                  (int)leaf->package.len, leaf->package.ptr);
    }
}

static void finding_fill(struct join *j, const struct group *g, struct ak_lint_finding *f)
{
    collector_stacks_read(&j->stacks, g->sample);
    const struct verdict *const v = &g->verdict;
    const struct ak_str first = short_name(function_at(j, v->first)->name);
    const struct ak_str edit = short_name(function_at(j, v->edit)->name);
    const double share = j->sum.total > 0 ? (double)g->bytes / (double)j->sum.total : 0;
    *f = (struct ak_lint_finding){
        .rule = rule_of(g),
        .reason = v->escape && !v->is_loop ? v->escape->message : "",
        .at = frame_text(j, v->edit),
        .bytes = g->bytes,
        .objects = g->objects,
        .share = share,
        .chain_count = v->edit + 1 < CHAIN_MAX ? v->edit + 1 : CHAIN_MAX,
    };
    f->message =
        v->is_loop && v->edit != v->first
            ? ak_arena_printf(j->arena, "%.1f %% of the bytes: %.*s calls %.*s in a loop",
                              100 * share, (int)edit.len, edit.ptr, (int)first.len, first.ptr)
            : ak_arena_printf(j->arena, "%.1f %% of the bytes: %.*s: %s", 100 * share,
                              (int)edit.len, edit.ptr, ak_rule_title(f->rule));
    f->chain = AK_NEW_ARRAY(j->arena, struct ak_lint_frame, f->chain_count);
    for (size_t k = 0; k < f->chain_count; k++) {
        f->chain[f->chain_count - 1 - k] = frame_text(j, v->edit - k);
    }
    evidence_add(j, f, g);
}

static int by_bytes(const void *pa, const void *pb)
{
    const struct group *a = pa, *b = pb;
    if (a->bytes != b->bytes) {
        return a->bytes > b->bytes ? -1 : 1;
    }
    return a->number < b->number ? -1 : a->number > b->number;
}

static void findings_make(struct join *j, const struct ak_lint_heap_opts *opts,
                          struct ak_lint_set *out)
{
    const double min_share = opts && opts->min_share > 0 ? opts->min_share : 0.01;
    const int64_t min_bytes = opts && opts->min_bytes > 0 ? opts->min_bytes : 65536;
    if (j->count > 0) {
        qsort(j->groups, j->count, sizeof *j->groups, by_bytes);
    }
    while (out->count < j->count && j->groups[out->count].bytes >= min_bytes &&
           (double)j->groups[out->count].bytes >= min_share * (double)j->sum.total) {
        out->count++;
    }
    out->left_out = j->count - out->count;
    out->findings = AK_NEW_ARRAY(j->arena, struct ak_lint_finding, out->count);
    for (size_t i = 0; i < out->count; i++) {
        finding_fill(j, &j->groups[i], &out->findings[i]);
    }
    out->classes = j->sum;
}

enum ak_status ak_lint_heap(const struct ak_go_diagnostics *d, const struct ak_profile *p,
                            const struct ak_lint_heap_opts *opts, struct ak_arena *arena,
                            struct ak_lint_set *out, struct ak_error *err)
{
    struct join j = {.d = d, .arena = arena};
    const enum ak_status st = collector_stacks_init(&j.stacks, d, p, arena, err);
    if (st == AK_OK) {
        *out = (struct ak_lint_set){0};
        pairs_count(&j);
        for (size_t i = 0; i < p->sample_count; i++) {
            sample_add(&j, i);
        }
        findings_make(&j, opts, out);
    }
    collector_stacks_release(&j.stacks);
    ak_idmap_release(&j.ids);
    ak_idmap_release(&j.leaf_ids);
    ak_idmap_release(&j.pair_ids);
    ak_free(j.pairs);
    ak_free(j.groups);
    return st;
}
