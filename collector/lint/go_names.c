/* What the source says about heap decisions: functions, loops, and the lines that //line directives
 * give. */
#include "base/io.h"
#include "base/mem.h"
#include "lint/diagnostics.h"
#include "lint/go_functions.h"

#define FILE_BYTES_MAX (8U << 20)
#define HEAD_TOKENS_MAX 200 /* of a for */
#define MODULE_BYTES_MAX (1U << 20)

/* "//line parser.y:10" on line 5: line 6 and those that follow are lines of parser.y from 10 on. */
struct directive {
    uint32_t at, line;
    const char *file; /* in the decisions' arena */
};

struct naming {
    struct ak_go_diagnostics *d;
    const struct ak_go_module *modules;
    size_t module_count;
    struct ak_arena *paths;
    struct ak_buf text;
    struct go_tokens tokens;
    struct go_functions functions;
    struct directive *directives;
    size_t directive_count, directive_cap;
    bool has_directives; /* in any file */
};

/* --- modules ------------------------------------------------------------------------------- */

bool ak_go_module_read(const char *dir, struct ak_arena *arena, struct ak_go_module *out)
{
    struct ak_buf text = AK_BUF_INIT;
    const char *const path = ak_arena_printf(arena, "%s/go.mod", dir);
    struct ak_str module = AK_STR("");
    if (ak_file_read(path, MODULE_BYTES_MAX, &text, NULL) == AK_OK) {
        struct ak_str rest = ak_buf_view(&text);
        while (rest.ptr && module.len == 0) {
            const struct ak_str line = ak_str_trim(ak_str_cut(&rest, '\n'));
            const struct ak_str word = AK_STR("module ");
            if (ak_str_starts(line, word)) {
                const struct ak_str name = ak_str_slice(line, word.len, line.len);
                const ptrdiff_t comment = ak_str_find(name, AK_STR("//"));
                module = ak_arena_str(
                    arena,
                    ak_str_trim(ak_str_slice(name, 0, comment < 0 ? name.len : (size_t)comment)));
            }
        }
    }
    ak_buf_release(&text);
    *out = (struct ak_go_module){module, dir};
    return module.len > 0;
}

/* --- one file ------------------------------------------------------------------------------ */

/* Where the file lies, or NULL: it is generated, or of a module that is not here. */
static const char *source_path(const struct naming *n, const char *file)
{
    const struct ak_str name = ak_str_from(file);
    const struct ak_go_module *best = NULL;
    if (!ak_str_ends(name, AK_STR(".go"))) {
        return NULL;
    }
    for (size_t i = 0; i < n->module_count; i++) {
        const struct ak_go_module *const m = &n->modules[i];
        const bool is_in =
            m->path.len > 0 && ak_str_starts(name, m->path) && name.ptr[m->path.len] == '/';
        best = is_in && (!best || m->path.len > best->path.len) ? m : best;
    }
    if (best) {
        return ak_arena_printf(n->paths, "%s%s", best->dir, file + best->path.len);
    }
    return file[0] == '/' ? file : NULL;
}

/* "name:line" or "name:line:column". */
static void directive_add(struct naming *n, struct ak_str text, uint32_t at)
{
    int64_t number = 0, column = 0;
    ptrdiff_t colon = ak_str_rchr(text, ':');
    struct ak_str name = ak_str_slice(text, 0, colon > 0 ? (size_t)colon : 0);
    if (colon < 0 || !ak_str_i64(ak_str_slice(text, (size_t)colon + 1, text.len), &number)) {
        return;
    }
    colon = ak_str_rchr(name, ':');
    if (colon >= 0 && ak_str_i64(ak_str_slice(name, (size_t)colon + 1, name.len), &column)) {
        number = column;
        name = ak_str_slice(name, 0, (size_t)colon);
    }
    if (name.len == 0 || number < 1 || number > INT32_MAX) {
        return;
    }
    AK_GROW(n->directives, n->directive_count + 1, n->directive_cap);
    n->directives[n->directive_count++] =
        (struct directive){at, (uint32_t)number, ak_arena_str(n->d->packages.arena, name).ptr};
}

static void directives_find(struct naming *n)
{
    struct ak_str rest = ak_buf_view(&n->text);
    const struct ak_str word = AK_STR("//line ");
    n->directive_count = 0;
    if (ak_str_find(rest, word) < 0) {
        return;
    }
    for (uint32_t at = 1; rest.ptr; at++) {
        const struct ak_str line = ak_str_cut(&rest, '\n');
        if (ak_str_starts(line, word)) {
            directive_add(n, ak_str_trim(ak_str_slice(line, word.len, line.len)), at);
        }
    }
    n->has_directives = n->has_directives || n->directive_count > 0;
}

/* Loops come by the line of their head, so one that touches another touches the last. */
static void loop_add(struct ak_go_diagnostics *d, size_t first, struct ak_go_lines loop)
{
    struct ak_go_lines *const last = d->loop_count > first ? &d->loops[d->loop_count - 1] : NULL;
    if (last && loop.line <= last->end_line + 1) {
        last->line = loop.line < last->line ? loop.line : last->line;
        last->end_line = loop.end_line > last->end_line ? loop.end_line : last->end_line;
        return;
    }
    AK_GROW(d->loops, d->loop_count + 1, d->loop_cap);
    d->loops[d->loop_count++] = loop;
}

/* Bodies of loops; the head runs as often, or once, and is not looked at. */
static void loops_find(struct naming *n, const struct ak_go_file *e)
{
    struct ak_go_diagnostics *const d = n->d;
    const struct go_tokens *const t = &n->tokens;
    const size_t first = d->loop_count;
    bool is_new;
    const uint32_t id = ak_idmap_put(
        &d->loop_files,
        collector_diagnostics_line_key(ak_str_from(e->package), ak_str_from(e->file), 0),
        (uint32_t)d->loop_files.count, &is_new);
    for (size_t i = 0; i < t->count && is_new; i++) {
        size_t open = i;
        while (collector_go_is(t, i, "for") && open < i + HEAD_TOKENS_MAX &&
               !collector_go_is(t, open, "{")) {
            open++;
        }
        const size_t close = open > i ? collector_go_close(t, open) : t->count;
        if (close < t->count) {
            const uint32_t head = t->items[open].line, end = t->items[close].line;
            loop_add(d, first, (struct ak_go_lines){head + (end > head), end});
        }
    }
    if (is_new) {
        AK_GROW(d->loop_starts, (size_t)id + 2, d->loop_starts_cap);
        d->loop_starts[id] = (uint32_t)first;
        d->loop_starts[id + 1] = (uint32_t)d->loop_count;
    }
}

/* "make([]T", "append(", "string(" and "[]byte(": they have a small place on the stack when the
 * value does not escape, and the heap when it does not fit; the compiler reports only the first. */
static enum ak_go_need sized_at(const struct go_tokens *t, size_t i)
{
    static const char *const slices[] = {"byte", "rune"};
    const bool is_call =
        collector_go_is(t, i + 1, "(") && !(i > 0 && collector_go_is(t, i - 1, "."));
    if (is_call && (collector_go_is(t, i, "append") ||
                    (collector_go_is(t, i, "make") && collector_go_is(t, i + 2, "[")))) {
        return AK_GO_NEED_SLICE;
    }
    bool is_text = is_call && collector_go_is(t, i, "string");
    for (size_t k = 0; k < AK_COUNT(slices); k++) {
        is_text = is_text || (is_call && collector_go_is(t, i, slices[k]) && i > 0 &&
                              collector_go_is(t, i - 1, "]"));
    }
    is_text =
        is_text || (t->items[i].kind == GO_STRING &&
                    (collector_go_is(t, i + 1, "+") || (i > 0 && collector_go_is(t, i - 1, "+"))));
    return is_text ? AK_GO_NEED_TEXT : AK_GO_NEED_NONE;
}

/* The runtime's memory that the construct at token i takes; indexing a slice takes none, but where
 * bytes appear on such a line it is a map. */
static enum ak_go_need need_at(const struct go_tokens *t, size_t i)
{
    if (collector_go_is(t, i, "make") && collector_go_is(t, i + 1, "(")) {
        return collector_go_is(t, i + 2, "chan")  ? AK_GO_NEED_CHANNEL
               : collector_go_is(t, i + 2, "map") ? AK_GO_NEED_MAP
                                                  : sized_at(t, i);
    }
    if (collector_go_is(t, i, "]")) {
        const bool is_set = collector_go_is(t, i + 1, "=") && !collector_go_is(t, i + 2, "=");
        const bool is_changed =
            (collector_go_is(t, i + 1, "+") || collector_go_is(t, i + 1, "-")) &&
            (collector_go_is(t, i + 2, "=") || collector_go_is(t, i + 2, "+") ||
             collector_go_is(t, i + 2, "-"));
        return is_set || is_changed ? AK_GO_NEED_MAP : AK_GO_NEED_NONE;
    }
    if (collector_go_is(t, i, "go") && t->items[i].kind == GO_NAME) {
        return AK_GO_NEED_GOROUTINE;
    }
    const bool waits = collector_go_is(t, i, "select") ||
                       (collector_go_is(t, i, "<") && collector_go_is(t, i + 1, "-"));
    return waits ? AK_GO_NEED_WAIT : sized_at(t, i);
}

static void needs_find(struct naming *n, const struct ak_go_file *e)
{
    for (size_t i = 0; i < n->tokens.count; i++) {
        const enum ak_go_need need = need_at(&n->tokens, i);
        if (need != AK_GO_NEED_NONE) {
            const uint64_t key = collector_diagnostics_line_key(
                ak_str_from(e->package), ak_str_from(e->file), n->tokens.items[i].line);
            ak_idmap_put(&n->d->needs, key, (uint32_t)need, NULL);
        }
    }
}

static bool read_source(struct naming *n, const struct ak_go_file *e)
{
    const char *const path = source_path(n, e->file);
    n->tokens.count = 0;
    n->functions.count = 0;
    n->directive_count = 0;
    if (!path || ak_file_read(path, FILE_BYTES_MAX, &n->text, NULL) != AK_OK) {
        return false;
    }
    collector_go_tokens(ak_buf_view(&n->text), &n->tokens);
    collector_go_functions(&n->tokens, &n->functions);
    directives_find(n);
    if (n->directive_count == 0) {
        loops_find(n, e);
        needs_find(n, e);
    }
    return true;
}

/* --- one decision -------------------------------------------------------------------------- */

static const char *function_name(struct naming *n, uint32_t line)
{
    const struct go_function *const f = collector_go_function_at(&n->functions, line);
    if (!f) {
        return "init"; /* what declarations outside of functions do runs there */
    }
    return ak_arena_printf(n->d->packages.arena, "%.*s%s%.*s", (int)f->receiver.len,
                           f->receiver.ptr, f->receiver.len > 0 ? "." : "", (int)f->name.len,
                           f->name.ptr);
}

static void follow_directive(const struct naming *n, struct ak_escape *e)
{
    size_t lo = 0, hi = n->directive_count; /* the first that is not before the line */
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (n->directives[mid].at < e->line) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if (lo > 0) {
        const struct directive *const last = &n->directives[lo - 1];
        e->file = last->file;
        e->line = last->line + (e->line - last->at - 1);
    }
}

void ak_go_diagnostics_name(struct ak_go_diagnostics *d, const struct ak_go_module *modules,
                            size_t count)
{
    struct naming n = {.d = d, .modules = modules, .module_count = count};
    const char *file = NULL;
    bool is_read = false;
    n.paths = ak_arena_new();
    d->unnamed = 0;
    for (uint32_t i = 0; i < d->escape_count; i++) { /* those of one file follow each other */
        struct ak_escape *const e = &d->escapes[i];
        if (e->file != file) {
            file = e->file;
            is_read = read_source(&n, &(struct ak_go_file){e->package, file});
        }
        e->function = is_read ? function_name(&n, e->line) : "";
        d->unnamed += !is_read;
        follow_directive(&n, e);
    }
    for (uint32_t i = 0; i < d->file_count; i++) { /* those without a decision have loops too */
        const struct ak_go_file *const f = &d->files[i];
        const uint64_t key =
            collector_diagnostics_line_key(ak_str_from(f->package), ak_str_from(f->file), 0);
        if (ak_idmap_get(&d->loop_files, key) == AK_IDMAP_NONE) {
            read_source(&n, f);
        }
    }
    if (n.has_directives) {
        collector_diagnostics_reindex(d);
    }
    collector_go_tokens_release(&n.tokens);
    collector_go_functions_release(&n.functions);
    ak_buf_release(&n.text);
    ak_free(n.directives);
    ak_arena_free(n.paths);
}
