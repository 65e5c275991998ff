#include "lint/bench_source.h"

#include "base/hash.h"
#include "base/io.h"
#include "base/mem.h"

#include <stdlib.h>

#define FILES_MAX 20000
#define FILE_BYTES_MAX (8U << 20)
#define HEAD_TOKENS_MAX 200 /* of a for */

/* --- files --------------------------------------------------------------------------------- */

struct listing {
    struct ak_arena *arena;
    const char **paths;
    size_t count, cap;
    bool is_full;
};

static bool visit(void *ctx, const struct ak_file_info *info)
{
    struct listing *const l = ctx;
    const struct ak_str path = ak_str_from(info->path);
    if (!ak_str_ends(path, AK_STR(".go")) || ak_str_find(path, AK_STR("/vendor/")) >= 0 ||
        ak_str_find(path, AK_STR("/testdata/")) >= 0) {
        return true;
    }
    l->is_full = l->count >= FILES_MAX;
    if (!l->is_full) {
        AK_GROW(l->paths, l->count + 1, l->cap);
        l->paths[l->count++] = ak_arena_strdup(l->arena, info->path);
    }
    return !l->is_full;
}

static struct ak_str folder_of(const char *path)
{
    return (struct ak_str){path, (size_t)(ak_path_base(path) - path)}; /* with its last '/' */
}

static int by_folder(const void *pa, const void *pb)
{
    const char *const a = *(const char *const *)pa, *const b = *(const char *const *)pb;
    const int order = ak_str_cmp(folder_of(a), folder_of(b));
    return order ? order : strcmp(a, b);
}

enum ak_status collector_bench_source_list(const char *dir, struct ak_arena *arena,
                                           const char ***out, size_t *out_count,
                                           struct ak_error *err)
{
    struct listing l = {.arena = arena};
    enum ak_status st = ak_dir_walk(dir, 16, visit, &l, err);
    if (st == AK_OK && l.is_full) {
        st = ak_fail(err, AK_LIMIT, "%s: more than %d Go files", dir, FILES_MAX);
    } else if (st == AK_OK && l.count == 0) {
        st = ak_fail(err, AK_NOT_FOUND, "%s: holds no Go source", dir);
    }
    if (st == AK_OK) {
        qsort(l.paths, l.count, sizeof *l.paths, by_folder);
        *out = ak_arena_copy(arena, l.paths, l.count * sizeof *l.paths);
        *out_count = l.count;
    }
    ak_free(l.paths);
    return st;
}

size_t collector_bench_source_folder(const char *const *paths, size_t count)
{
    size_t n = 0;
    while (n < count && ak_str_eq(folder_of(paths[n]), folder_of(paths[0]))) {
        n++;
    }
    return n;
}

void collector_bench_source_init(struct bench_source *s)
{
    *s = (struct bench_source){.arena = ak_arena_new()};
}

void collector_bench_source_add(struct bench_source *s, const char *path, struct ak_str text)
{
    struct bench_file f = {.path = path, .folder = folder_of(path)};
    collector_go_tokens(ak_arena_str(s->arena, text), &f.tokens);
    AK_GROW(s->files, s->file_count + 1, s->file_cap);
    s->files[s->file_count++] = f;
}

enum ak_status collector_bench_source_read(struct bench_source *s, const char *const *paths,
                                           size_t count, struct ak_error *err)
{
    struct ak_buf text = AK_BUF_INIT;
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        st = ak_file_read(paths[i], FILE_BYTES_MAX, &text, err);
        if (st == AK_OK) {
            collector_bench_source_add(s, paths[i], ak_buf_view(&text));
        }
    }
    ak_buf_release(&text);
    collector_bench_source_index(s);
    return st;
}

/* --- the names of b ------------------------------------------------------------------------ */

static bool is_type(const struct go_tokens *t, size_t i, const char *name)
{
    return collector_go_is(t, i, "testing") && collector_go_is(t, i + 1, ".") &&
           collector_go_is(t, i + 2, name);
}

static bool is_pointer_to_b(const struct go_tokens *t, size_t i)
{
    return collector_go_is(t, i, "*") && is_type(t, i + 1, "B");
}

static void name_add(struct bench_names *n, struct ak_str name)
{
    if (n->count < BENCH_NAMES_MAX) {
        n->items[n->count++] = name;
    }
}

static void names_find(const struct go_tokens *t, struct bench_function *f)
{
    struct bench_names *const n = &f->b;
    for (size_t i = f->at.signature; i + 1 < f->at.end && i + 1 < t->count; i++) {
        const bool is_b = is_pointer_to_b(t, i + 1);
        if (t->items[i].kind != GO_NAME || (!is_b && !is_type(t, i + 1, "TB"))) {
            continue;
        }
        f->takes_b = f->takes_b || (is_b && i < f->at.body);
        name_add(n, t->items[i].text);
        /* "a, b *testing.B": a name before a comma that is no type, since nothing names it. */
        for (size_t k = i;
             k >= 3 && collector_go_is(t, k - 1, ",") && t->items[k - 2].kind == GO_NAME &&
             (collector_go_is(t, k - 3, "(") || collector_go_is(t, k - 3, ","));
             k -= 2) {
            name_add(n, t->items[k - 2].text);
        }
    }
}

bool collector_bench_is_b(const struct go_tokens *t, size_t i, const struct bench_names *n)
{
    if (i >= t->count || t->items[i].kind != GO_NAME) {
        return false;
    }
    for (size_t k = 0; k < n->count; k++) {
        if (ak_str_eq(t->items[i].text, n->items[k])) {
            return true;
        }
    }
    return false;
}

bool collector_bench_is_member(const struct go_tokens *t, size_t i, const struct bench_names *n,
                               const char *name)
{
    return collector_bench_is_b(t, i, n) && collector_go_is(t, i + 1, ".") &&
           collector_go_is(t, i + 2, name);
}

size_t collector_bench_loop_body(const struct go_tokens *t, size_t i, const struct bench_names *n)
{
    bool over_n = false;
    if (!collector_go_is(t, i, "for")) {
        return 0;
    }
    for (size_t k = i + 1; k < t->count && k < i + HEAD_TOKENS_MAX; k++) {
        over_n = over_n || collector_bench_is_member(t, k, n, "N") ||
                 collector_bench_is_member(t, k, n, "Loop");
        if (collector_go_is(t, k, "{")) {
            return over_n ? k : 0;
        }
    }
    return 0;
}

/* --- the table of functions ---------------------------------------------------------------- */

static uint64_t name_key(struct ak_str folder, struct ak_str name)
{
    return ak_hash_bytes(name.ptr, name.len, ak_hash_str(folder));
}

static void functions_read(struct bench_source *s, const struct bench_file *file)
{
    struct go_functions found = {0};
    collector_go_functions(&file->tokens, &found);
    for (size_t i = 0; i < found.count; i++) {
        AK_GROW(s->functions, s->function_count + 1, s->function_cap);
        s->functions[s->function_count++] =
            (struct bench_function){.at = found.items[i], .file = file, .next = AK_IDMAP_NONE};
        names_find(&file->tokens, &s->functions[s->function_count - 1]);
    }
    collector_go_functions_release(&found);
}

/* Functions of one name (by build tags, or of the external test package) are a chain. */
static void functions_index(struct bench_source *s)
{
    for (size_t i = s->function_count; i-- > 0;) { /* so that each chain is in the table's order */
        struct bench_function *const f = &s->functions[i];
        bool is_new;
        if (f->at.receiver.len > 0) {
            continue;
        }
        const uint64_t key = name_key(f->file->folder, f->at.name);
        const uint32_t slot = ak_idmap_put(&s->by_name, key, (uint32_t)s->chain_count, &is_new);
        if (is_new) {
            AK_GROW(s->chains, s->chain_count + 1, s->chain_cap);
            s->chains[s->chain_count++] = AK_IDMAP_NONE;
        }
        f->next = s->chains[slot];
        s->chains[slot] = (uint32_t)i;
    }
}

struct bench_function *collector_bench_function(struct bench_source *s,
                                                const struct bench_file *near, struct ak_str name)
{
    const uint32_t i = ak_idmap_get(&s->by_name, name_key(near->folder, name));
    return i == AK_IDMAP_NONE ? NULL : &s->functions[s->chains[i]];
}

void collector_bench_source_index(struct bench_source *s)
{
    for (size_t i = 0; i < s->file_count; i++) {
        functions_read(s, &s->files[i]);
    }
    functions_index(s);
}

void collector_bench_source_release(struct bench_source *s)
{
    for (size_t i = 0; i < s->file_count; i++) {
        collector_go_tokens_release(&s->files[i].tokens);
    }
    for (size_t i = 0; i < s->function_count; i++) {
        ak_idmap_release(&s->functions[i].locals);
    }
    ak_free(s->files);
    ak_free(s->functions);
    ak_free(s->chains);
    ak_idmap_release(&s->by_name);
    ak_arena_free(s->arena);
    *s = (struct bench_source){0};
}
