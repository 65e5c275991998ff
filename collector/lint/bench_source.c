#include "lint/bench_source.h"

#include "base/hash.h"
#include "base/io.h"
#include "base/mem.h"

#define FILES_MAX 20000
#define FILE_BYTES_MAX (8U << 20)
#define HEAD_TOKENS_MAX 200 /* of a for */

void collector_bench_source_add(struct bench_source *s, const char *path, struct ak_str text)
{
    struct bench_file f = {.path = ak_arena_strdup(s->arena, path)};
    const struct ak_str name = ak_str_from(f.path);
    f.folder = ak_str_slice(name, 0, (size_t)(ak_str_rchr(name, '/') + 1));
    collector_go_tokens(ak_arena_str(s->arena, text), &f.tokens);
    AK_GROW(s->files, s->file_count + 1, s->file_cap);
    s->files[s->file_count++] = f;
}

struct reading {
    struct bench_source *s;
    enum ak_status status;
    struct ak_error *err;
};

static bool visit(void *ctx, const struct ak_file_info *info)
{
    struct reading *const r = ctx;
    struct bench_source *const s = r->s;
    const struct ak_str path = ak_str_from(info->path);
    struct ak_buf text = AK_BUF_INIT;
    if (!ak_str_ends(path, AK_STR(".go")) || ak_str_find(path, AK_STR("/vendor/")) >= 0 ||
        ak_str_find(path, AK_STR("/testdata/")) >= 0) {
        return true;
    }
    if (s->file_count >= FILES_MAX) {
        r->status = ak_fail(r->err, AK_LIMIT, "more than %d Go files", FILES_MAX);
        return false;
    }
    r->status = ak_file_read(info->path, FILE_BYTES_MAX, &text, r->err);
    if (r->status == AK_OK) {
        collector_bench_source_add(s, info->path, ak_buf_view(&text));
    }
    ak_buf_release(&text);
    return r->status == AK_OK;
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

static void functions_read(struct bench_source *s, size_t file_number)
{
    const struct bench_file *const file = &s->files[file_number];
    struct go_functions found = {0};
    collector_go_functions(&file->tokens, &found);
    for (size_t i = 0; i < found.count; i++) {
        AK_GROW(s->functions, s->function_count + 1, s->function_cap);
        s->functions[s->function_count++] = (struct bench_function){
            .at = found.items[i], .file = file, .file_number = file_number, .next = AK_IDMAP_NONE};
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
        functions_read(s, i);
    }
    functions_index(s);
}

enum ak_status collector_bench_source_read(struct bench_source *s, const char *dir,
                                           struct ak_arena *arena, struct ak_error *err)
{
    *s = (struct bench_source){.arena = arena};
    struct reading r = {.s = s, .err = err};
    enum ak_status st = ak_dir_walk(dir, 16, visit, &r, err);
    st = r.status != AK_OK ? r.status : st;
    if (st == AK_OK && s->file_count == 0) {
        st = ak_fail(err, AK_NOT_FOUND, "%s: holds no Go source", dir);
    }
    collector_bench_source_index(s);
    return st;
}

void collector_bench_source_release(struct bench_source *s)
{
    for (size_t i = 0; i < s->file_count; i++) {
        collector_go_tokens_release(&s->files[i].tokens);
    }
    ak_free(s->files);
    ak_free(s->functions);
    ak_free(s->chains);
    ak_idmap_release(&s->by_name);
    *s = (struct bench_source){0};
}
