#include "lint/diagnostics.h"

#include "base/hash.h"
#include "base/mem.h"
#include "collector/lint.h"
#include "lint/json_scan.h"

#define FILE_BYTES_MAX (64U << 20)
#define ESCAPES_MAX (4U << 20)

void ak_go_diagnostics_init(struct ak_go_diagnostics *d, struct ak_arena *keeps)
{
    *d = (struct ak_go_diagnostics){.gc_version = ""};
    ak_intern_init(&d->packages, keeps);
    ak_intern_init(&d->mains, keeps);
}

void ak_go_diagnostics_release(struct ak_go_diagnostics *d)
{
    ak_free(d->escapes);
    ak_idmap_release(&d->lines);
    ak_idmap_release(&d->positions);
    ak_intern_release(&d->packages);
    ak_intern_release(&d->mains);
    ak_idmap_release(&d->loop_files);
    ak_idmap_release(&d->needs);
    ak_free(d->loops);
    ak_free(d->loop_starts);
    ak_free(d->files);
    d->escapes = NULL;
    d->escape_count = 0;
}

/* --- the join key -------------------------------------------------------------------------- */

static struct ak_str last_part(struct ak_str path)
{
    return ak_str_slice(path, (size_t)(ak_str_rchr(path, '/') + 1), path.len);
}

static uint64_t line_key(struct ak_str package, struct ak_str file, uint32_t line)
{
    const struct ak_str base = last_part(file);
    return ak_hash_bytes(base.ptr, base.len, ak_hash_str(package) + line);
}

const struct ak_escape *ak_go_diagnostics_find(const struct ak_go_diagnostics *d,
                                               struct ak_str package, struct ak_str file,
                                               uint32_t line)
{
    const uint32_t i = ak_idmap_get(&d->lines, line_key(package, file, line));
    return i == AK_IDMAP_NONE ? NULL : &d->escapes[i];
}

/* "example.org/app/cmd/x/main.go" -> "example.org/app/cmd/x"; "" of an absolute path, which says
 * where a checkout lies and not what is in it. */
static struct ak_str folder_of(struct ak_str file)
{
    const ptrdiff_t slash = ak_str_rchr(file, '/');
    return slash <= 0 || file.ptr[0] == '/' ? AK_STR("") : ak_str_slice(file, 0, (size_t)slash);
}

static bool is_main(struct ak_str package)
{
    return ak_str_eq(package, AK_STR("main"));
}

struct ak_str ak_go_diagnostics_package(const struct ak_go_diagnostics *d, struct ak_str package,
                                        struct ak_str file)
{
    if (!is_main(package) || d->mains.count == 0) {
        return package;
    }
    const struct ak_str exact = folder_of(file);
    const ptrdiff_t slash = ak_str_rchr(file, '/');
    const struct ak_str folder = ak_str_slice(file, 0, slash > 0 ? (size_t)slash : 0);
    struct ak_str found = d->mains.count == 1 ? d->mains.strs[0] : package;
    for (size_t i = 0; i < d->mains.count; i++) {
        if (ak_str_eq(d->mains.strs[i], exact)) {
            return exact;
        }
        found =
            ak_str_eq(last_part(d->mains.strs[i]), last_part(folder)) ? d->mains.strs[i] : found;
    }
    return found;
}

const char *ak_go_diagnostics_place(const struct ak_go_diagnostics *d, struct ak_str package,
                                    struct ak_str file, struct ak_arena *arena)
{
    const struct ak_str module = d->module;
    if (!ak_str_starts(package, module)) {
        return ak_arena_str(arena, file).ptr;
    }
    struct ak_str folder = ak_str_slice(package, module.len, package.len);
    if (ak_str_ends(folder, AK_STR("_test"))) { /* the external test package of a folder */
        folder.len -= 5;
    }
    folder = ak_str_slice(folder, folder.len > 0 && folder.ptr[0] == '/', folder.len);
    const struct ak_str base = last_part(file);
    return ak_arena_printf(arena, "%.*s%s%.*s", (int)folder.len, folder.ptr,
                           folder.len > 0 ? "/" : "", (int)base.len, base.ptr);
}

/* --- one file ------------------------------------------------------------------------------ */

struct header {
    struct ak_str package, file, gc_version;
    bool has_version;
};

struct diagnostic {
    uint32_t line, column;
    struct ak_str code, message;
    bool has_place;
};

static bool key_is(struct ak_str key, const char *name)
{
    return ak_str_eq(key, ak_str_from(name));
}

static bool header_parse(struct ak_str text, struct header *h)
{
    struct lint_scan s = {text.ptr, text.ptr + text.len, 0};
    struct ak_str key;
    enum lint_scan_step step = LINT_SCAN_BAD;
    if (collector_scan_char(&s, '{')) {
        step = collector_scan_member(&s, true, &key);
    }
    while (step == LINT_SCAN_MEMBER) {
        bool good;
        if (key_is(key, "package")) {
            good = collector_scan_string(&s, &h->package);
        } else if (key_is(key, "file")) {
            good = collector_scan_string(&s, &h->file);
        } else if (key_is(key, "gc_version")) {
            good = collector_scan_string(&s, &h->gc_version);
        } else {
            h->has_version = h->has_version || key_is(key, "version");
            good = collector_scan_skip(&s);
        }
        step = good ? collector_scan_member(&s, false, &key) : LINT_SCAN_BAD;
    }
    return step == LINT_SCAN_DONE && collector_scan_end(&s) && h->has_version &&
           h->package.len > 0 && h->file.len > 0;
}

static bool position_parse(struct lint_scan *s, struct diagnostic *g)
{
    struct ak_str key;
    enum lint_scan_step step = LINT_SCAN_BAD;
    if (collector_scan_char(s, '{')) {
        step = collector_scan_member(s, true, &key);
    }
    while (step == LINT_SCAN_MEMBER) {
        const bool good = key_is(key, "line")        ? collector_scan_u32(s, &g->line)
                          : key_is(key, "character") ? collector_scan_u32(s, &g->column)
                                                     : collector_scan_skip(s);
        step = good ? collector_scan_member(s, false, &key) : LINT_SCAN_BAD;
    }
    return step == LINT_SCAN_DONE;
}

static bool range_parse(struct lint_scan *s, struct diagnostic *g)
{
    struct ak_str key;
    enum lint_scan_step step = LINT_SCAN_BAD;
    if (collector_scan_char(s, '{')) {
        step = collector_scan_member(s, true, &key);
    }
    while (step == LINT_SCAN_MEMBER) {
        const bool good = key_is(key, "start") ? position_parse(s, g) : collector_scan_skip(s);
        step = good ? collector_scan_member(s, false, &key) : LINT_SCAN_BAD;
    }
    g->has_place = step == LINT_SCAN_DONE;
    return g->has_place;
}

static bool diagnostic_parse(struct ak_str text, struct diagnostic *g)
{
    struct lint_scan s = {text.ptr, text.ptr + text.len, 0};
    struct ak_str key;
    enum lint_scan_step step = LINT_SCAN_BAD;
    if (collector_scan_char(&s, '{')) {
        step = collector_scan_member(&s, true, &key);
    }
    while (step == LINT_SCAN_MEMBER) {
        const bool good = key_is(key, "range")     ? range_parse(&s, g)
                          : key_is(key, "code")    ? collector_scan_string(&s, &g->code)
                          : key_is(key, "message") ? collector_scan_string(&s, &g->message)
                                                   : collector_scan_skip(&s);
        step = good ? collector_scan_member(&s, false, &key) : LINT_SCAN_BAD;
    }
    return step == LINT_SCAN_DONE && collector_scan_end(&s) && g->code.len > 0 && g->has_place;
}

static void line_index(struct ak_go_diagnostics *d, uint32_t i)
{
    struct ak_escape *const e = &d->escapes[i];
    const uint64_t key = line_key(ak_str_from(e->package), ak_str_from(e->file), e->line);
    bool is_new;
    const uint32_t first = ak_idmap_put(&d->lines, key, i, &is_new);
    e->next = AK_NO_INDEX;
    if (!is_new) {
        d->escapes[d->escapes[first].last].next = i;
    }
    d->escapes[first].last = i;
}

void collector_diagnostics_reindex(struct ak_go_diagnostics *d)
{
    ak_idmap_reset(&d->lines);
    for (uint32_t i = 0; i < d->escape_count; i++) {
        line_index(d, i);
    }
}

/* The compiler writes a position twice, with and without words: the one with words stays. */
static void escape_keep(struct ak_go_diagnostics *d, const struct ak_escape *e)
{
    const uint64_t line = line_key(ak_str_from(e->package), ak_str_from(e->file), e->line);
    bool is_new;
    const uint32_t i = ak_idmap_put(&d->positions, ak_hash_u64(line ^ (uint64_t)e->column << 32),
                                    d->escape_count, &is_new);
    if (!is_new) {
        if (!*d->escapes[i].message) {
            d->escapes[i].message = e->message;
            d->escapes[i].code = e->code;
        }
        return;
    }
    AK_GROW(d->escapes, (size_t)d->escape_count + 1, d->escape_cap);
    d->escapes[d->escape_count] = *e;
    line_index(d, d->escape_count);
    d->escape_count++;
}

/* cgo compiles "x.cgo1.go" in place of x.go: the same lines below three of its own. */
#define CGO_LINES 3

static const char *cgo_source(const char *package, const char *file, struct ak_arena *arena)
{
    const struct ak_str name = ak_str_from(file), ending = AK_STR(".cgo1.go");
    return ak_str_ends(name, ending)
               ? ak_arena_printf(arena, "%s/%.*s.go", package, (int)(name.len - ending.len), file)
               : NULL;
}

static enum ak_status header_check(struct ak_go_diagnostics *d, const char *name,
                                   const struct header *h, struct ak_error *err)
{
    const char *version = collector_scan_decode(h->gc_version, d->packages.arena);
    if (d->file_count > 0 && strcmp(version, d->gc_version) != 0) {
        return ak_fail(err, AK_FORMAT, "%s: made by %s, other files by %s", name, version,
                       d->gc_version);
    }
    d->gc_version = version;
    return AK_OK;
}

uint64_t collector_diagnostics_line_key(struct ak_str package, struct ak_str file, uint32_t line)
{
    return line_key(package, file, line);
}

enum ak_go_need ak_go_diagnostics_need(const struct ak_go_diagnostics *d, struct ak_str package,
                                       struct ak_str file, int64_t line)
{
    const uint32_t need = line > 0 && line <= UINT32_MAX
                              ? ak_idmap_get(&d->needs, line_key(package, file, (uint32_t)line))
                              : AK_IDMAP_NONE;
    return need == AK_IDMAP_NONE ? AK_GO_NEED_NONE : (enum ak_go_need)need;
}

enum ak_go_loop ak_go_diagnostics_loop(const struct ak_go_diagnostics *d, struct ak_str package,
                                       struct ak_str file, int64_t line)
{
    const uint32_t id = ak_idmap_get(&d->loop_files, line_key(package, file, 0));
    if (id == AK_IDMAP_NONE) {
        return AK_GO_LOOP_UNKNOWN;
    }
    const uint32_t first = d->loop_starts[id];
    uint32_t lo = first, hi = d->loop_starts[id + 1]; /* the first that begins after the line */
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (d->loops[mid].line <= line) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo > first && line <= d->loops[lo - 1].end_line ? AK_GO_LOOP_YES : AK_GO_LOOP_NO;
}

/* A program's package is called after its folder where that is known to be a program, so that two
 * of them can be told apart; what was inlined into it comes from other folders. */
static const char *package_name(struct ak_go_diagnostics *d, struct ak_str raw, struct ak_str file)
{
    const char *name = collector_scan_decode(raw, d->packages.arena);
    if (is_main(ak_str_from(name))) {
        const uint32_t i = ak_intern_find(&d->mains, folder_of(file));
        name = i == AK_IDMAP_NONE ? name : d->mains.strs[i].ptr;
    }
    ak_intern_add(&d->packages, ak_str_from(name));
    return name;
}

enum ak_status ak_go_diagnostics_add(struct ak_go_diagnostics *d, const char *name,
                                     struct ak_str text, struct ak_error *err)
{
    struct ak_arena *const arena = d->packages.arena;
    struct header h = {0};
    if (text.len == 0 || !header_parse(ak_str_cut(&text, '\n'), &h)) {
        return ak_fail(err, AK_FORMAT, "%s:1: no header of the Go compiler's diagnostics", name);
    }
    const enum ak_status st = header_check(d, name, &h, err);
    if (st != AK_OK) {
        return st;
    }
    const char *const file = collector_scan_decode(h.file, arena);
    const char *const package = package_name(d, h.package, ak_str_from(file));
    const char *const cgo = cgo_source(package, file, arena);
    AK_GROW(d->files, (size_t)d->file_count + 1, d->file_cap);
    d->files[d->file_count++] = (struct ak_go_file){package, cgo ? cgo : file};
    for (unsigned line = 2; text.ptr && text.len > 0; line++) {
        const struct ak_str row = ak_str_cut(&text, '\n');
        struct diagnostic g = {0};
        if (row.len > 0 && !diagnostic_parse(row, &g)) {
            return ak_fail(err, AK_FORMAT, "%s:%u: malformed diagnostic", name, line);
        }
        d->diagnostic_count += row.len > 0;
        if ((!key_is(g.code, "escape") && !key_is(g.code, "escapes")) || g.line == 0) {
            continue;
        }
        if (d->escape_count >= ESCAPES_MAX) {
            return ak_fail(err, AK_LIMIT, "%s: more than %u heap decisions", name, ESCAPES_MAX);
        }
        escape_keep(
            d, &(struct ak_escape){.package = package,
                                   .file = cgo ? cgo : file,
                                   .function = "",
                                   .code = key_is(g.code, "escape") ? "escape" : "escapes",
                                   .line = g.line - (cgo && g.line > CGO_LINES ? CGO_LINES : 0),
                                   .column = g.column,
                                   .message = collector_scan_decode(g.message, arena)});
    }
    return AK_OK;
}

/* --- the folder ---------------------------------------------------------------------------- */

struct walk {
    struct ak_go_diagnostics *d;
    struct ak_buf text;
    enum ak_status status;
    struct ak_error *err;
};

static bool visit(void *ctx, const struct ak_file_info *info)
{
    struct walk *w = ctx;
    if (!ak_str_ends(ak_str_from(info->path), AK_STR(".json"))) {
        return true;
    }
    w->status = ak_file_read(info->path, FILE_BYTES_MAX, &w->text, w->err);
    if (w->status == AK_OK) {
        w->status = ak_go_diagnostics_add(w->d, info->path, ak_buf_view(&w->text), w->err);
    }
    return w->status == AK_OK;
}

/* Cuts `a` to the path components that `b` begins with too. */
static struct ak_str common_path(struct ak_str a, struct ak_str b)
{
    size_t good = 0, i = 0;
    while (i < a.len && i < b.len && a.ptr[i] == b.ptr[i]) {
        good = a.ptr[i] == '/' ? i : good;
        i++;
    }
    const bool a_whole = i == a.len && (i == b.len || b.ptr[i] == '/');
    const bool b_whole = i == b.len && i < a.len && a.ptr[i] == '/';
    return ak_str_slice(a, 0, a_whole || b_whole ? i : good);
}

/* Package main says nothing about where it lies. */
static struct ak_str packages_common(const struct ak_intern *packages)
{
    struct ak_str common = {"", 0};
    for (size_t i = 0; i < packages->count; i++) {
        const struct ak_str package = packages->strs[i];
        if (!is_main(package)) {
            common = common.len == 0 ? package : common_path(common, package);
        }
    }
    return common;
}

/* Code hosts keep one repository per owner and name: "github.com/a/b/v3/c" -> "github.com/a/b/v3".
 */
static struct ak_str module_root(struct ak_str path)
{
    struct ak_str rest = path;
    const struct ak_str host = ak_str_cut(&rest, '/');
    if (!ak_str_eq(host, AK_STR("github.com")) && !ak_str_eq(host, AK_STR("gitlab.com")) &&
        !ak_str_eq(host, AK_STR("bitbucket.org"))) {
        return path;
    }
    ak_str_cut(&rest, '/');
    ak_str_cut(&rest, '/');
    if (!rest.ptr) {
        return path;
    }
    const struct ak_str version = ak_str_cut(&rest, '/');
    const bool has_version =
        version.len > 1 && version.ptr[0] == 'v' && version.ptr[1] > '0' && version.ptr[1] <= '9';
    const char *const end = has_version ? version.ptr + version.len : version.ptr - 1;
    return (struct ak_str){path.ptr, (size_t)(end - path.ptr)};
}

enum ak_status ak_go_diagnostics_add_dir(struct ak_go_diagnostics *d, const char *dir,
                                         struct ak_error *err)
{
    struct walk w = {.d = d, .err = err};
    enum ak_status st = ak_dir_walk(dir, 4, visit, &w, err);
    ak_buf_release(&w.text);
    st = w.status != AK_OK ? w.status : st;
    if (st == AK_OK && d->diagnostic_count == 0) {
        st = ak_fail(err, AK_FORMAT,
                     "%s: holds no diagnostics of the Go compiler; a build from the cache writes "
                     "none, use a folder that does not exist yet",
                     dir);
    }
    d->module = module_root(packages_common(&d->packages));
    return st;
}

enum ak_status ak_go_diagnostics_load(const char *dir, struct ak_arena *arena,
                                      struct ak_go_diagnostics *out, struct ak_error *err)
{
    ak_go_diagnostics_init(out, arena);
    return ak_go_diagnostics_add_dir(out, dir, err);
}
