/* Mustache: a template becomes a flat list of nodes (a section knows where it ends), which is
 * walked with a stack of values. */
#include "reporter/template.h"

#include "base/mem.h"
#include "base/sanitize.h"

/* Partials that name each other twice would double with each level. */
enum { DEPTH_MAX = 64, PARTIALS_MAX = 32, PARTIALS_TOTAL_MAX = 20000 };

enum node_kind { NODE_TEXT, NODE_VAR, NODE_RAW, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL };

struct node {
    enum node_kind kind;
    struct ak_str text;   /* the text, or the name in the tag */
    struct ak_str indent; /* PARTIAL: blanks before a tag that has a line of its own */
    size_t end;           /* SECTION, INVERTED: index after the last node inside */
    size_t line;
};

struct parser {
    const char *name;
    struct ak_str src;
    size_t at;
    struct ak_str open, close;
    struct node *nodes;
    size_t count, cap;
    size_t sections[DEPTH_MAX]; /* open ones */
    size_t depth;
    struct ak_error *err;
};

struct renderer {
    const struct ak_template_opts *opts;
    struct ak_arena *arena;
    const struct ak_tvalue *stack[DEPTH_MAX];
    size_t depth;
    unsigned partials;       /* open ones */
    unsigned partials_total; /* rendered so far */
    struct ak_buf *out;
    struct ak_error *err;
};

/* --- parsing ------------------------------------------------------------------------------- */

static size_t line_of(const struct parser *p, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at && i < p->src.len; i++) {
        line += p->src.ptr[i] == '\n' ? 1 : 0;
    }
    return line;
}

static struct node *node_add(struct parser *p, enum node_kind kind, struct ak_str text, size_t at)
{
    AK_GROW(p->nodes, p->count + 1, p->cap);
    p->nodes[p->count] = (struct node){.kind = kind, .text = text, .line = line_of(p, at)};
    return &p->nodes[p->count++];
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The begin of the blanks before `at` when they begin its line, else `at` itself; *out_alone tells
 * which. */
static size_t line_start(struct ak_str src, size_t at, bool *out_alone)
{
    size_t i = at;
    while (i > 0 && is_blank(src.ptr[i - 1])) {
        i--;
    }
    *out_alone = i == 0 || src.ptr[i - 1] == '\n';
    return *out_alone ? i : at;
}

/* The place after the line's end when only blanks stand between `at` and it, else `at`. */
static size_t line_end(struct ak_str src, size_t at, bool *out_alone)
{
    size_t i = at;
    while (i < src.len && is_blank(src.ptr[i])) {
        i++;
    }
    if (i + 1 < src.len && src.ptr[i] == '\r' && src.ptr[i + 1] == '\n') {
        i++;
    }
    *out_alone = i == src.len || src.ptr[i] == '\n';
    return !*out_alone ? at : i == src.len ? i : i + 1;
}

/* "=<% %>=" */
static bool delimiters_set(struct parser *p, struct ak_str inside)
{
    inside = ak_str_trim(inside);
    size_t gap = 0;
    while (gap < inside.len && !is_blank(inside.ptr[gap]) && inside.ptr[gap] != '\n') {
        gap++;
    }
    const struct ak_str open = ak_str_slice(inside, 0, gap);
    const struct ak_str close = ak_str_trim(ak_str_slice(inside, gap, inside.len));
    if (open.len == 0 || close.len == 0) {
        return false;
    }
    p->open = open;
    p->close = close;
    return true;
}

static enum ak_status section_close(struct parser *p, struct ak_str name, size_t at)
{
    if (p->depth == 0 || !ak_str_eq(p->nodes[p->sections[p->depth - 1]].text, name)) {
        return ak_fail(p->err, AK_FORMAT, "template %s:%zu: {{/%.*s}} closes nothing", p->name,
                       line_of(p, at), (int)name.len, name.ptr);
    }
    p->nodes[p->sections[--p->depth]].end = p->count;
    return AK_OK;
}

static enum ak_status section_open(struct parser *p, enum node_kind kind, struct ak_str name,
                                   size_t at)
{
    if (p->depth == DEPTH_MAX) {
        return ak_fail(p->err, AK_LIMIT, "template %s:%zu: sections nested too deep", p->name,
                       line_of(p, at));
    }
    node_add(p, kind, name, at);
    p->sections[p->depth++] = p->count - 1;
    return AK_OK;
}

struct tag {
    char sigil;         /* 0 for a plain name */
    struct ak_str name; /* trimmed */
    struct ak_str indent;
    size_t at;
};

static enum ak_status tag_apply(struct parser *p, const struct tag *tag)
{
    switch (tag->sigil) {
    case '!':
        return AK_OK;
    case '=':
        return delimiters_set(p, tag->name)
                   ? AK_OK
                   : ak_fail(p->err, AK_FORMAT, "template %s:%zu: bad delimiters", p->name,
                             line_of(p, tag->at));
    case '#':
        return section_open(p, NODE_SECTION, tag->name, tag->at);
    case '^':
        return section_open(p, NODE_INVERTED, tag->name, tag->at);
    case '/':
        return section_close(p, tag->name, tag->at);
    case '>':
        node_add(p, NODE_PARTIAL, tag->name, tag->at)->indent = tag->indent;
        return AK_OK;
    case '{':
    case '&':
        node_add(p, NODE_RAW, tag->name, tag->at);
        return AK_OK;
    default:
        node_add(p, NODE_VAR, tag->name, tag->at);
        return AK_OK;
    }
}

/* Reads the tag whose opening delimiter stands at `open_at`; p->at becomes the place after it. */
static enum ak_status tag_read(struct parser *p, size_t open_at, struct tag *out)
{
    const size_t body = open_at + p->open.len;
    const char sigil = body < p->src.len ? p->src.ptr[body] : '\0';
    const bool has_sigil = sigil != '\0' && strchr("!=#^/>{&", sigil) != NULL;
    struct ak_buf end = AK_BUF_INIT;
    ak_buf_puts(&end, sigil == '{' ? "}" : sigil == '=' ? "=" : "");
    ak_buf_str(&end, p->close);
    const size_t from = body + (has_sigil ? 1 : 0);
    const ptrdiff_t length = ak_str_find(ak_str_slice(p->src, from, p->src.len), ak_buf_view(&end));
    const size_t end_len = end.len;
    ak_buf_release(&end);
    if (length < 0) {
        return ak_fail(p->err, AK_FORMAT, "template %s:%zu: a tag is not closed", p->name,
                       line_of(p, open_at));
    }
    *out = (struct tag){
        .sigil = has_sigil ? sigil : '\0',
        .name = ak_str_trim(ak_str_slice(p->src, from, from + (size_t)length)),
        .at = open_at,
    };
    p->at = from + (size_t)length + end_len;
    return AK_OK;
}

/* A tag that prints nothing itself takes its line with it when it stands there alone. */
static bool is_line_tag(char sigil)
{
    return sigil != '\0' && strchr("!=#^/>", sigil) != NULL;
}

static enum ak_status parse_next(struct parser *p)
{
    const ptrdiff_t found = ak_str_find(ak_str_slice(p->src, p->at, p->src.len), p->open);
    const size_t text_from = p->at;
    if (found < 0) {
        node_add(p, NODE_TEXT, ak_str_slice(p->src, text_from, p->src.len), text_from);
        p->at = p->src.len;
        return AK_OK;
    }
    const size_t open_at = p->at + (size_t)found;
    struct tag tag = {0};
    const enum ak_status st = tag_read(p, open_at, &tag);
    if (st != AK_OK) {
        return st;
    }
    size_t text_to = open_at;
    if (is_line_tag(tag.sigil)) {
        bool alone_before = false;
        bool alone_after = false;
        const size_t start = line_start(p->src, open_at, &alone_before);
        const size_t after = line_end(p->src, p->at, &alone_after);
        if (alone_before && alone_after && start >= text_from) {
            tag.indent = ak_str_slice(p->src, start, open_at);
            text_to = start;
            p->at = after;
        }
    }
    if (text_to > text_from) {
        node_add(p, NODE_TEXT, ak_str_slice(p->src, text_from, text_to), text_from);
    }
    return tag_apply(p, &tag);
}

/* Node list of p->src; freed by the caller, also on failure. */
static enum ak_status parse(struct parser *p)
{
    while (p->at < p->src.len) {
        const enum ak_status st = parse_next(p);
        if (st != AK_OK) {
            return st;
        }
    }
    if (p->depth > 0) {
        const struct node *open = &p->nodes[p->sections[p->depth - 1]];
        return ak_fail(p->err, AK_FORMAT, "template %s:%zu: {{#%.*s}} is not closed", p->name,
                       open->line, (int)open->text.len, open->text.ptr);
    }
    return AK_OK;
}

/* --- lookup -------------------------------------------------------------------------------- */

static const struct ak_tvalue *member(const struct ak_tvalue *v, struct ak_str key)
{
    if (v->kind != AK_TV_MAP) {
        return NULL;
    }
    for (const struct ak_tvalue *c = v->first; c; c = c->next) {
        if (ak_str_eq(ak_str_from(c->key), key)) {
            return c;
        }
    }
    return NULL;
}

/* The value of a dotted name: the first part from the innermost map that has it, the others only
 * from there. NULL when there is none. */
static const struct ak_tvalue *lookup(const struct renderer *r, struct ak_str name)
{
    if (ak_str_eq(name, AK_STR("."))) {
        return r->stack[r->depth - 1];
    }
    struct ak_str rest = name;
    const struct ak_str first = ak_str_cut(&rest, '.');
    const struct ak_tvalue *v = NULL;
    for (size_t i = r->depth; i > 0 && !v; i--) {
        v = member(r->stack[i - 1], first);
    }
    while (v && rest.ptr) {
        v = member(v, ak_str_cut(&rest, '.'));
    }
    return v;
}

static bool is_truthy(const struct ak_tvalue *v)
{
    if (!v) {
        return false;
    }
    switch (v->kind) {
    case AK_TV_TRUE:
    case AK_TV_MAP:
        return true;
    case AK_TV_STR:
        return v->str.len > 0;
    case AK_TV_LIST:
        return v->first != NULL;
    case AK_TV_NULL:
    case AK_TV_FALSE:
    default:
        return false;
    }
}

static enum ak_status require(const struct renderer *r, const struct node *n,
                              const struct ak_tvalue *v)
{
    if (v || !r->opts->strict) {
        return AK_OK;
    }
    return ak_fail(r->err, AK_FORMAT, "template %s:%zu: there is no \"%.*s\"", r->opts->name,
                   n->line, (int)n->text.len, n->text.ptr);
}

/* --- rendering ----------------------------------------------------------------------------- */

static enum ak_status render_nodes(struct renderer *r, const struct node *nodes, size_t from,
                                   size_t to);
static enum ak_status render_text(struct renderer *r, struct ak_str text, const char *name);

static enum ak_status render_var(struct renderer *r, const struct node *n)
{
    const struct ak_tvalue *v = lookup(r, n->text);
    const enum ak_status st = require(r, n, v);
    if (st != AK_OK || !v) {
        return st;
    }
    struct ak_str s = v->kind == AK_TV_STR     ? v->str
                      : v->kind == AK_TV_TRUE  ? AK_STR("true")
                      : v->kind == AK_TV_FALSE ? AK_STR("false")
                                               : (struct ak_str){"", 0};
    if (n->kind == NODE_RAW) {
        ak_buf_str(r->out, s);
    } else {
        (r->opts->escape ? r->opts->escape : ak_sanitize_html)(r->out, s);
    }
    return AK_OK;
}

static enum ak_status render_with(struct renderer *r, const struct ak_tvalue *v,
                                  const struct node *nodes, size_t section)
{
    if (r->depth == DEPTH_MAX) {
        return ak_fail(r->err, AK_LIMIT, "template %s: nested too deep", r->opts->name);
    }
    r->stack[r->depth++] = v;
    const enum ak_status st = render_nodes(r, nodes, section + 1, nodes[section].end);
    r->depth--;
    return st;
}

static enum ak_status render_section(struct renderer *r, const struct node *nodes, size_t i)
{
    const struct ak_tvalue *v = lookup(r, nodes[i].text);
    enum ak_status st = require(r, &nodes[i], v);
    if (st != AK_OK) {
        return st;
    }
    if (nodes[i].kind == NODE_INVERTED) {
        return is_truthy(v) ? AK_OK : render_nodes(r, nodes, i + 1, nodes[i].end);
    }
    if (!is_truthy(v)) {
        return AK_OK;
    }
    if (v->kind != AK_TV_LIST) {
        return render_with(r, v, nodes, i);
    }
    for (const struct ak_tvalue *item = v->first; item && st == AK_OK; item = item->next) {
        st = render_with(r, item, nodes, i);
    }
    return st;
}

/* The partial's text with `indent` before each of its lines. */
static struct ak_str indented(struct renderer *r, struct ak_str text, struct ak_str indent)
{
    if (indent.len == 0) {
        return text;
    }
    struct ak_buf b = AK_BUF_INIT;
    bool at_start = true;
    for (size_t i = 0; i < text.len; i++) {
        if (at_start) {
            ak_buf_str(&b, indent);
        }
        ak_buf_putc(&b, text.ptr[i]);
        at_start = text.ptr[i] == '\n';
    }
    const struct ak_str copy = ak_arena_str(r->arena, ak_buf_view(&b));
    ak_buf_release(&b);
    return copy;
}

static enum ak_status render_partial(struct renderer *r, const struct node *n)
{
    struct ak_str text = {0};
    if (!r->opts->partial || !r->opts->partial(r->opts->partial_ctx, n->text, &text)) {
        return r->opts->strict
                   ? ak_fail(r->err, AK_FORMAT, "template %s:%zu: there is no partial \"%.*s\"",
                             r->opts->name, n->line, (int)n->text.len, n->text.ptr)
                   : AK_OK;
    }
    if (r->partials == PARTIALS_MAX || r->partials_total++ == PARTIALS_TOTAL_MAX) {
        return ak_fail(r->err, AK_LIMIT,
                       "template %s:%zu: partials nested deeper than %d, or too many",
                       r->opts->name, n->line, PARTIALS_MAX);
    }
    r->partials++;
    const char *name = ak_arena_strndup(r->arena, n->text.ptr, n->text.len);
    const enum ak_status st = render_text(r, indented(r, text, n->indent), name);
    r->partials--;
    return st;
}

static enum ak_status render_nodes(struct renderer *r, const struct node *nodes, size_t from,
                                   size_t to)
{
    enum ak_status st = AK_OK;
    for (size_t i = from; i < to && st == AK_OK; i++) {
        switch (nodes[i].kind) {
        case NODE_TEXT:
            ak_buf_str(r->out, nodes[i].text);
            break;
        case NODE_VAR:
        case NODE_RAW:
            st = render_var(r, &nodes[i]);
            break;
        case NODE_SECTION:
        case NODE_INVERTED:
            st = render_section(r, nodes, i);
            i = nodes[i].end - 1;
            break;
        case NODE_PARTIAL:
        default:
            st = render_partial(r, &nodes[i]);
        }
    }
    return st;
}

static enum ak_status render_text(struct renderer *r, struct ak_str text, const char *name)
{
    struct parser p = {
        .name = name, .src = text, .open = AK_STR("{{"), .close = AK_STR("}}"), .err = r->err};
    enum ak_status st = parse(&p);
    if (st == AK_OK) {
        st = render_nodes(r, p.nodes, 0, p.count);
    }
    ak_free(p.nodes);
    return st;
}

enum ak_status ak_template_render(struct ak_str text, const struct ak_tvalue *data,
                                  const struct ak_template_opts *opts, struct ak_buf *out,
                                  struct ak_error *err)
{
    struct ak_arena *arena = ak_arena_new();
    struct renderer r = {
        .opts = opts, .arena = arena, .stack = {data}, .depth = 1, .out = out, .err = err};
    const enum ak_status st = render_text(&r, text, opts->name ? opts->name : "");
    ak_arena_free(arena);
    return st;
}
