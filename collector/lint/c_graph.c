/* Reading gcc's call graphs (-fcallgraph-info: VCG text) and frame sizes (-fstack-usage). */
#include "lint/c_graph.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

#define FILE_BYTES_MAX (256U << 20)
#define FUNCTIONS_MAX (1U << 22)
#define CALLS_MAX (1U << 24)
#define BYTES_MAX (1LL << 40)
#define TITLE_MAX 4096
#define LABEL_MAX 200 /* bytes that are shown */
#define INDIRECT "__indirect_call"

struct ak_c_graph *ak_c_graph_new(struct ak_arena *keeps)
{
    struct ak_c_graph *g = ak_calloc(1, sizeof *g);
    g->arena = keeps;
    ak_intern_init(&g->keys, keeps);
    ak_intern_init(&g->files, keeps);
    ak_intern_init(&g->frames, keeps);
    return g;
}

void ak_c_graph_free(struct ak_c_graph *g)
{
    if (g) {
        ak_intern_release(&g->keys);
        ak_intern_release(&g->files);
        ak_intern_release(&g->frames);
        ak_free(g->functions);
        ak_free(g->calls);
        ak_free(g->frame_sizes);
        ak_free(g);
    }
}

/* --- the text ------------------------------------------------------------------------------ */

struct vcg { /* the attributes of one line that matter */
    struct ak_str title, label, source, target;
    bool is_outside; /* an ellipse: only declared here */
};

struct reading {
    struct ak_c_graph *g;
    const char *name;
    unsigned line;
    struct ak_error *err;
};

static enum ak_status malformed(const struct reading *r, const char *what)
{
    return ak_fail(r->err, AK_FORMAT, "%s:%u: malformed call graph: %s", r->name, r->line, what);
}

static void skip_blanks(struct ak_str *s)
{
    while (s->len > 0 && (*s->ptr == ' ' || *s->ptr == '\t' || *s->ptr == '\r')) {
        *s = ak_str_slice(*s, 1, s->len);
    }
}

/* A value: in quotes up to one that a blank or the end follows (names of C++ may hold quotes), or a
 * word. */
static bool take_value(struct ak_str *s, struct ak_str *out)
{
    const bool is_quoted = s->len > 0 && *s->ptr == '"';
    const size_t from = is_quoted;
    size_t n = from;
    while (n < s->len && (is_quoted ? s->ptr[n] != '"' || (n + 1 < s->len && s->ptr[n + 1] != ' ')
                                    : s->ptr[n] != ' ')) {
        n++;
    }
    if (is_quoted && n == s->len) {
        return false;
    }
    *out = ak_str_slice(*s, from, n);
    *s = ak_str_slice(*s, n + is_quoted, s->len);
    return true;
}

/* "title: "..." label: "..." shape : ellipse }"; a graph's own line has no end. */
static bool take_attributes(struct ak_str s, struct vcg *out)
{
    *out = (struct vcg){0};
    for (skip_blanks(&s); s.len > 0 && *s.ptr != '}'; skip_blanks(&s)) {
        const ptrdiff_t colon = ak_str_chr(s, ':');
        if (colon < 0) {
            return false;
        }
        const struct ak_str key = ak_str_trim(ak_str_slice(s, 0, (size_t)colon));
        struct ak_str value;
        s = ak_str_slice(s, (size_t)colon + 1, s.len);
        skip_blanks(&s);
        if (!take_value(&s, &value)) {
            return false;
        }
        if (ak_str_eq(key, AK_STR("title"))) {
            out->title = value;
        } else if (ak_str_eq(key, AK_STR("label"))) {
            out->label = value;
        } else if (ak_str_eq(key, AK_STR("sourcename"))) {
            out->source = value;
        } else if (ak_str_eq(key, AK_STR("targetname"))) {
            out->target = value;
        } else if (ak_str_eq(key, AK_STR("shape"))) {
            out->is_outside = ak_str_eq(value, AK_STR("ellipse"));
        }
    }
    return true;
}

/* Cuts "file:line:column" at the right. False when it is no place. */
static bool take_place(struct ak_str text, struct ak_str *out_file, uint32_t *out_line)
{
    const ptrdiff_t second = ak_str_rchr(text, ':');
    const ptrdiff_t first =
        second <= 0 ? -1 : ak_str_rchr(ak_str_slice(text, 0, (size_t)second), ':');
    uint64_t line;
    if (first <= 0 || first > TITLE_MAX ||
        !ak_str_u64(ak_str_slice(text, (size_t)first + 1, (size_t)second), &line) ||
        line > INT32_MAX) {
        return false;
    }
    *out_file = ak_str_slice(text, 0, (size_t)first);
    *out_line = (uint32_t)line;
    return true;
}

/* --- functions ----------------------------------------------------------------------------- */

/* A title with a colon is "file:name" of a function that only this file sees. */
static enum ak_status function_of(struct reading *r, struct ak_str title, uint32_t *out)
{
    struct ak_c_graph *const g = r->g;
    const ptrdiff_t colon = ak_str_rchr(title, ':');
    struct ak_buf key = AK_BUF_INIT;
    if (title.len > TITLE_MAX) {
        return malformed(r, "a name of more than 4,096 bytes");
    }
    if (colon >= 0) {
        ak_buf_printf(&key, "%u:", g->file_count);
    }
    ak_buf_str(&key, title);
    const size_t before = g->keys.count;
    const uint32_t id = ak_intern_add(&g->keys, ak_buf_view(&key));
    ak_buf_release(&key);
    if (g->keys.count > FUNCTIONS_MAX) {
        return ak_fail(r->err, AK_LIMIT, "%s: more than %u functions", r->name, FUNCTIONS_MAX);
    }
    if (g->keys.count > before) {
        const struct ak_str name = ak_str_slice(title, (size_t)(colon + 1), title.len);
        AK_GROW(g->functions, g->keys.count, g->cap);
        g->functions[id] = (struct c_function){
            .name = ak_arena_str(g->arena, name).ptr,
            .file = "",
            .stack = -1,
            .is_indirect = ak_str_eq(title, AK_STR(INDIRECT)),
        };
        g->functions[id].label = ak_arena_strndup(g->arena, name.ptr, ak_utf8_cut(name, LABEL_MAX));
    }
    *out = id;
    return AK_OK;
}

static const char *file_keep(struct ak_c_graph *g, struct ak_str file)
{
    const uint32_t id = ak_intern_add(&g->files, file);
    return g->files.strs[id].ptr;
}

/* The next part of a label; gcc separates them by a backslash and an n. */
static struct ak_str label_part(struct ak_str *rest)
{
    const ptrdiff_t cut = ak_str_find(*rest, AK_STR("\\n"));
    const size_t end = cut < 0 ? rest->len : (size_t)cut;
    const struct ak_str part = ak_str_slice(*rest, 0, end);
    *rest = ak_str_slice(*rest, cut < 0 ? end : end + 2, rest->len);
    return part;
}

/* "48 bytes (dynamic,bounded)": dynamic without a bound has no fixed size. */
static bool take_frame(struct ak_str part, struct c_function *f)
{
    const ptrdiff_t blank = ak_str_chr(part, ' ');
    uint64_t bytes;
    if (blank < 0 ||
        !ak_str_starts(ak_str_slice(part, (size_t)blank, part.len), AK_STR(" bytes")) ||
        !ak_str_u64(ak_str_slice(part, 0, (size_t)blank), &bytes) || bytes > BYTES_MAX) {
        return false;
    }
    f->stack = (int64_t)bytes;
    f->is_dynamic = ak_str_find(part, AK_STR("(dynamic)")) >= 0;
    return true;
}

static enum ak_status node_add(struct reading *r, const struct vcg *v)
{
    uint32_t id;
    if (!v->title.ptr) {
        return malformed(r, "a node without a title");
    }
    const enum ak_status st = function_of(r, v->title, &id);
    if (st != AK_OK) {
        return st;
    }
    struct c_function *const f = &r->g->functions[id];
    if (f->has_body || f->is_indirect) { /* the first definition counts */
        r->g->twice += f->has_body && !v->is_outside;
        return AK_OK;
    }
    struct ak_str rest = v->label, file;
    uint32_t line;
    const struct ak_str label = label_part(&rest);
    if (label.len > 0) {
        f->label = ak_arena_strndup(r->g->arena, label.ptr, ak_utf8_cut(label, LABEL_MAX));
    }
    if (take_place(label_part(&rest), &file, &line)) {
        f->file = file_keep(r->g, file);
        f->line = line;
    }
    f->has_body = !v->is_outside;
    if (f->has_body && rest.len > 0 && !take_frame(label_part(&rest), f)) {
        return malformed(r, "the size of a frame");
    }
    return AK_OK;
}

static enum ak_status edge_add(struct reading *r, const struct vcg *v)
{
    struct ak_c_graph *const g = r->g;
    struct c_call call = {.file = ""};
    struct ak_str file;
    if (!v->source.ptr || !v->target.ptr) {
        return malformed(r, "a call without its ends");
    }
    if (g->call_count >= CALLS_MAX) {
        return ak_fail(r->err, AK_LIMIT, "%s: more than %u calls", r->name, CALLS_MAX);
    }
    enum ak_status st = function_of(r, v->source, &call.from);
    st = st == AK_OK ? function_of(r, v->target, &call.to) : st;
    if (st == AK_OK) {
        if (take_place(v->label, &file, &call.line)) {
            call.file = file_keep(g, file);
        }
        AK_GROW(g->calls, g->call_count + 1, g->call_cap);
        g->calls[g->call_count++] = call;
    }
    return st;
}

static enum ak_status vcg_add(struct reading *r, struct ak_str text)
{
    bool is_open = false;
    enum ak_status st = AK_OK;
    r->g->file_count++;
    while (st == AK_OK && text.ptr) {
        struct vcg v;
        struct ak_str line = ak_str_cut(&text, '\n');
        r->line++;
        skip_blanks(&line);
        if (line.len == 0) {
            continue;
        }
        const bool is_node = ak_str_starts(line, AK_STR("node: {"));
        const bool is_edge = ak_str_starts(line, AK_STR("edge: {"));
        if (ak_str_starts(line, AK_STR("graph: {")) && !is_open) {
            is_open = true;
        } else if (*line.ptr == '}' && is_open) {
            is_open = false;
        } else if ((!is_node && !is_edge) || !is_open) {
            st = malformed(r, "neither a node nor an edge");
        } else if (!take_attributes(ak_str_slice(line, 7, line.len), &v)) {
            st = malformed(r, "an attribute without a value");
        } else {
            st = is_node ? node_add(r, &v) : edge_add(r, &v);
        }
    }
    return st == AK_OK && is_open ? malformed(r, "it ends in the middle") : st;
}

/* --- frames -------------------------------------------------------------------------------- */

/* "file:line:column:function<TAB>bytes<TAB>static|dynamic|dynamic,bounded" */
static enum ak_status su_add(struct reading *r, struct ak_str text)
{
    struct ak_c_graph *const g = r->g;
    while (text.ptr) {
        struct ak_str rest = ak_str_cut(&text, '\n');
        uint64_t bytes;
        r->line++;
        if (ak_str_trim(rest).len == 0) {
            continue;
        }
        const struct ak_str place = ak_str_cut(&rest, '\t');
        if (!rest.ptr || !ak_str_u64(ak_str_cut(&rest, '\t'), &bytes) || bytes > BYTES_MAX ||
            !rest.ptr) {
            return ak_fail(r->err, AK_FORMAT, "%s:%u: malformed frame size", r->name, r->line);
        }
        if (g->frames.count >= FUNCTIONS_MAX) {
            return ak_fail(r->err, AK_LIMIT, "%s: more than %u frames", r->name, FUNCTIONS_MAX);
        }
        const uint32_t id = ak_intern_add(&g->frames, place);
        AK_GROW(g->frame_sizes, (size_t)id + 1, g->frame_cap);
        g->frame_sizes[id] =
            (struct c_frame){(int64_t)bytes, ak_str_eq(ak_str_trim(rest), AK_STR("dynamic"))};
    }
    return AK_OK;
}

enum ak_status ak_c_graph_add(struct ak_c_graph *g, const char *name, struct ak_str text,
                              struct ak_error *err)
{
    struct reading r = {.g = g, .name = name, .err = err};
    struct ak_str first = text;
    first = ak_str_cut(&first, '\n');
    if (ak_str_starts(ak_str_trim(text), AK_STR("graph:"))) {
        return vcg_add(&r, text);
    }
    if (ak_str_chr(first, '\t') > 0) {
        return su_add(&r, text);
    }
    return ak_fail(err, AK_FORMAT, "%s: neither a call graph nor a list of frame sizes of gcc",
                   name);
}

/* --- the folder ---------------------------------------------------------------------------- */

struct walk {
    struct ak_c_graph *g;
    struct ak_buf text;
    size_t graphs;
    enum ak_status status;
    struct ak_error *err;
};

static bool visit(void *ctx, const struct ak_file_info *info)
{
    struct walk *w = ctx;
    const struct ak_str path = ak_str_from(info->path);
    const bool is_graph = ak_str_ends(path, AK_STR(".ci"));
    if ((!is_graph && !ak_str_ends(path, AK_STR(".su"))) || info->size == 0) {
        return true;
    }
    w->graphs += is_graph;
    w->status = ak_file_read(info->path, FILE_BYTES_MAX, &w->text, w->err);
    if (w->status == AK_OK) {
        w->status = ak_c_graph_add(w->g, info->path, ak_buf_view(&w->text), w->err);
    }
    return w->status == AK_OK;
}

enum ak_status ak_c_graph_load(struct ak_c_graph *g, const char *dir, struct ak_error *err)
{
    struct walk w = {.g = g, .err = err};
    enum ak_status st = ak_dir_walk(dir, 16, visit, &w, err);
    ak_buf_release(&w.text);
    st = w.status != AK_OK ? w.status : st;
    if (st == AK_OK && w.graphs == 0) {
        st = ak_fail(err, AK_NOT_FOUND,
                     "%s: holds no call graph; compile with gcc -O0 -fcallgraph-info=su,da", dir);
    }
    return st;
}

/* --- the whole ----------------------------------------------------------------------------- */

static void frames_take(struct ak_c_graph *g)
{
    struct ak_buf key = AK_BUF_INIT;
    const size_t read = g->frames.count;
    for (uint32_t i = 0; i < read; i++) {
        /* The column is not kept with functions: file, line and name are enough. */
        struct ak_str name = g->frames.strs[i], file;
        uint32_t line;
        const ptrdiff_t cut = ak_str_rchr(name, ':');
        if (cut > 0 && take_place(ak_str_slice(name, 0, (size_t)cut), &file, &line)) {
            name = ak_str_slice(name, (size_t)cut + 1, name.len);
            ak_buf_reset(&key);
            ak_buf_printf(&key, "\n%u:", line);
            ak_buf_str(&key, name);
            ak_buf_putc(&key, '\n');
            ak_buf_str(&key, file);
            const uint32_t id = ak_intern_add(&g->frames, ak_buf_view(&key));
            AK_GROW(g->frame_sizes, (size_t)id + 1, g->frame_cap);
            g->frame_sizes[id] = g->frame_sizes[i];
        }
    }
    for (uint32_t f = 0; f < c_graph_count(g); f++) {
        struct c_function *const fn = &g->functions[f];
        if (fn->has_body && fn->stack < 0) {
            ak_buf_reset(&key);
            ak_buf_printf(&key, "\n%lld:%s\n%s", (long long)fn->line, fn->label, fn->file);
            const uint32_t id = ak_intern_find(&g->frames, ak_buf_view(&key));
            if (id != AK_IDMAP_NONE) {
                fn->stack = g->frame_sizes[id].stack;
                fn->is_dynamic = g->frame_sizes[id].is_dynamic;
            }
        }
    }
    ak_buf_release(&key);
}

void collector_c_graph_finish(struct ak_c_graph *g)
{
    const uint32_t n = c_graph_count(g);
    struct c_call *const sorted = ak_malloc((g->call_count + 1) * sizeof *sorted);
    for (uint32_t f = 0; f < n; f++) {
        g->functions[f].call_count = 0;
    }
    for (size_t i = 0; i < g->call_count; i++) {
        g->functions[g->calls[i].from].call_count++;
    }
    uint32_t at = 0;
    for (uint32_t f = 0; f < n; f++) {
        g->functions[f].first_call = at;
        at += g->functions[f].call_count;
        g->functions[f].call_count = 0;
    }
    for (size_t i = 0; i < g->call_count; i++) {
        struct c_function *const f = &g->functions[g->calls[i].from];
        sorted[f->first_call + f->call_count++] = g->calls[i];
    }
    ak_free(g->calls);
    g->calls = sorted;
    g->call_cap = g->call_count + 1;
    frames_take(g);
}
