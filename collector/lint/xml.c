#include "lint/xml.h"

#include "base/buf.h"

#include <expat.h>

#define BYTES_MAX (32U << 20)
#define ELEMENTS_MAX (1U << 20)
#define DEPTH_MAX 200

struct open { /* an element whose end has not come */
    struct lint_xml *element, *last;
    struct ak_buf text; /* so far; memory is kept for the next element of this depth */
};

struct parse {
    const char *name;
    XML_Parser expat;
    struct ak_arena *arena;
    struct open stack[DEPTH_MAX + 1]; /* [0] holds the root */
    unsigned depth;
    size_t elements;
    struct lint_xml top;
    enum ak_status status;
    struct ak_error *err;
};

static void refuse(struct parse *p, enum ak_status status, const char *why)
{
    if (p->status == AK_OK) {
        p->status = ak_fail(p->err, status, "%s:%llu: %s", p->name,
                            (unsigned long long)XML_GetCurrentLineNumber(p->expat), why);
        (void)XML_StopParser(p->expat, XML_FALSE);
    }
}

static const char *const *attributes_copy(const XML_Char **from, struct ak_arena *arena)
{
    size_t n = 0;
    while (from[n]) {
        n++;
    }
    const char **const to = AK_NEW_ARRAY(arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        to[i] = ak_arena_strdup(arena, from[i]);
    }
    return to;
}

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    struct parse *const p = ctx;
    if (p->status != AK_OK) {
        return;
    }
    if (p->depth == DEPTH_MAX || p->elements++ == ELEMENTS_MAX) {
        refuse(p, AK_LIMIT, "too many elements, or too deep");
        return;
    }
    struct lint_xml *const e = AK_NEW(p->arena, struct lint_xml);
    struct open *const above = &p->stack[p->depth];
    e->name = ak_arena_strdup(p->arena, name);
    e->attributes = attributes_copy(attributes, p->arena);
    if (above->last) {
        above->last->next = e;
    } else {
        above->element->child = e;
    }
    above->last = e;
    struct open *const open = &p->stack[++p->depth];
    open->element = e;
    open->last = NULL;
    ak_buf_reset(&open->text);
}

static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
    struct parse *const p = ctx;
    (void)name;
    if (p->status == AK_OK) {
        struct open *const open = &p->stack[p->depth--];
        open->element->text = ak_arena_str(p->arena, ak_str_trim(ak_buf_view(&open->text)));
    }
}

/* Expat cuts text at line ends and references. */
static void XMLCALL on_text(void *ctx, const XML_Char *text, int len)
{
    struct parse *const p = ctx;
    if (p->status == AK_OK) {
        ak_buf_add(&p->stack[p->depth].text, text, (size_t)len);
    }
}

static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public, int has_internal_subset)
{
    (void)name;
    (void)system;
    (void)public;
    if (has_internal_subset) {
        refuse(ctx, AK_FORMAT, "declares entities or a document type of its own, which is refused");
    }
}

enum ak_status collector_xml_parse(const char *name, struct ak_str text, struct ak_arena *arena,
                                   const struct lint_xml **out, struct ak_error *err)
{
    struct parse p = {.name = name, .arena = arena, .err = err};
    if (text.len > BYTES_MAX) {
        return ak_fail(err, AK_LIMIT, "%s: more than %u bytes of XML", name, BYTES_MAX);
    }
    p.expat = XML_ParserCreate(NULL);
    if (!p.expat) {
        return ak_fail(err, AK_LIMIT, "%s: no memory for a parser", name);
    }
    p.stack[0].element = &p.top;
    XML_SetUserData(p.expat, &p);
    XML_SetElementHandler(p.expat, on_start, on_end);
    XML_SetCharacterDataHandler(p.expat, on_text);
    XML_SetStartDoctypeDeclHandler(p.expat, on_doctype);
    (void)XML_SetHashSalt(p.expat, 1); /* not from the system's entropy: it may wait for some */
    if (XML_Parse(p.expat, text.ptr ? text.ptr : "", (int)text.len, 1) == XML_STATUS_ERROR &&
        p.status == AK_OK) {
        p.status = ak_fail(err, AK_FORMAT, "%s:%llu: malformed XML: %s", name,
                           (unsigned long long)XML_GetCurrentLineNumber(p.expat),
                           XML_ErrorString(XML_GetErrorCode(p.expat)));
    }
    XML_ParserFree(p.expat);
    for (size_t i = 0; i <= DEPTH_MAX; i++) {
        ak_buf_release(&p.stack[i].text);
    }
    if (p.status == AK_OK) {
        *out = p.top.child;
    }
    return p.status;
}

const struct lint_xml *collector_xml_child(const struct lint_xml *e, const char *name)
{
    const struct lint_xml *c = e ? e->child : NULL;
    while (c && strcmp(c->name, name) != 0) {
        c = c->next;
    }
    return c;
}

const char *collector_xml_attribute(const struct lint_xml *e, const char *name)
{
    for (size_t i = 0; e && e->attributes[i]; i += 2) {
        if (strcmp(e->attributes[i], name) == 0) {
            return e->attributes[i + 1];
        }
    }
    return "";
}
