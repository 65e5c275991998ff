#include "serve_report.h"

#include "base/sanitize.h"

#include <string.h>

static const struct serve_view views[] = {
    {.name = "graph", .format = "svg", .is_page = true},
    {.name = "flame", .format = "flame_html", .is_page = true},
    {.name = "top", .format = "top"},
    {.name = "tree", .format = "tree"},
    {.name = "peek", .format = "peek", .takes_name = true},
    {.name = "source", .format = "list", .takes_name = true, .reads_files = true},
    {.name = "raw", .format = "raw"},
};

const struct serve_view *cli_serve_view(const char *name)
{
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        if (strcmp(views[i].name, name) == 0) {
            return &views[i];
        }
    }
    return NULL;
}

static const char *query(const struct serve_report *r, const char *key)
{
    return r->request->query(r->request, key);
}

/* Every view but those that show nothing here, with the address that leads to it. */
static struct ak_tvalue *links(const struct serve_report *r, const struct serve_view *current)
{
    struct ak_tvalue *list = ak_tvalue_list(r->arena);
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        if (views[i].reads_files && !r->shows_sources) {
            continue;
        }
        struct ak_tvalue *link = ak_tvalue_map(r->arena);
        ak_tvalue_set_str(r->arena, link, "name", views[i].name);
        ak_tvalue_set_f(r->arena, link, "href", "%s%s%s", r->link, views[i].name, r->link_suffix);
        ak_tvalue_set_bool(r->arena, link, "current", &views[i] == current);
        ak_tvalue_push(list, link);
    }
    return list;
}

static struct ak_tvalue *types(const struct serve_report *r, const struct ak_profile *p,
                               uint32_t chosen)
{
    struct ak_tvalue *list = ak_tvalue_list(r->arena);
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        struct ak_tvalue *type = ak_tvalue_map(r->arena);
        ak_tvalue_set(type, "name",
                      ak_tvalue_str(r->arena, ak_profile_str(p, p->sample_types[i].type)));
        ak_tvalue_set_bool(r->arena, type, "chosen", i == chosen);
        ak_tvalue_push(list, type);
    }
    return list;
}

/* "&key=value" with the value percent-encoded; nothing for an empty one. */
static void put_parameter(struct ak_buf *out, const char *key, const char *value)
{
    if (!value[0]) {
        return;
    }
    ak_buf_printf(out, "&%s=", key);
    for (const char *c = value; *c; c++) {
        const bool plain = (*c >= '0' && *c <= '9') || ((*c | 32) >= 'a' && (*c | 32) <= 'z');
        ak_buf_printf(out, plain ? "%c" : "%%%02X", (unsigned char)*c);
    }
}

/* The address of the document of a view that has one, to be shown in a frame. */
static const char *document_address(const struct serve_report *r, const struct serve_view *view)
{
    static const char *const kept[] = {"focus", "ignore", "si"};
    struct ak_buf out = AK_BUF_INIT;
    ak_buf_printf(&out, "%s%s%s%cdocument=1", r->link, view->name, r->link_suffix,
                  strchr(r->link, '?') ? '&' : '?');
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        put_parameter(&out, kept[i], query(r, kept[i]));
    }
    const char *address = ak_arena_strdup(r->arena, out.ptr);
    ak_buf_release(&out);
    return address;
}

/* The report as lines of harmless text, in arena. */
static enum ak_status report_text(const struct serve_report *r,
                                  const struct ak_pprof_report *report, struct ak_str *out,
                                  struct ak_error *err)
{
    struct ak_buf text = AK_BUF_INIT;
    struct ak_buf safe = AK_BUF_INIT;
    const enum ak_status st = ak_pprof_render(report, &text, err);
    struct ak_str rest = ak_buf_view(&text);
    while (st == AK_OK && rest.ptr) {
        ak_sanitize_html(&safe, ak_str_cut(&rest, '\n'));
        ak_buf_putc(&safe, '\n');
    }
    *out = ak_arena_str(r->arena, ak_buf_view(&safe));
    ak_buf_release(&safe);
    ak_buf_release(&text);
    return st;
}

/* A view inside a page with links to the others and a form. */
static enum ak_status page_render(const struct serve_report *r, const struct serve_view *view,
                                  const struct ak_pprof_report *report,
                                  const struct ak_profile *profile, struct serve_answer *out,
                                  struct ak_error *err)
{
    struct ak_str text = {"", 0};
    const enum ak_status st = view->is_page ? AK_OK : report_text(r, report, &text, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_tvalue *root = ak_tvalue_map(r->arena);
    ak_tvalue_set_str(r->arena, root, "title", r->title);
    ak_tvalue_set_str(r->arena, root, "home", r->home);
    ak_tvalue_set_str(r->arena, root, "view", view->name);
    ak_tvalue_set(root, "views", links(r, view));
    ak_tvalue_set(root, "types", types(r, profile, report->value));
    ak_tvalue_set_str(r->arena, root, "function", query(r, "f"));
    ak_tvalue_set_str(r->arena, root, "focus", query(r, "focus"));
    ak_tvalue_set_str(r->arena, root, "ignore", query(r, "ignore"));
    ak_tvalue_set_bool(r->arena, root, "takes_name", view->takes_name);
    ak_tvalue_set_str(r->arena, root, "id", query(r, "id"));
    ak_tvalue_set_str(r->arena, root, "base", query(r, "base"));
    ak_tvalue_set_str(r->arena, root, "document", view->is_page ? document_address(r, view) : "");
    ak_tvalue_set(root, "text", ak_tvalue_str(r->arena, text));
    return ak_templates_render(r->templates, "profile.html.mustache", root, &out->body, err);
}

enum ak_status cli_serve_report(const struct serve_report *r, const struct serve_view *view,
                                const struct ak_profile *profile, struct serve_answer *out,
                                struct ak_error *err)
{
    if (view->reads_files && !r->shows_sources) {
        return ak_fail(err, AK_UNSUPPORTED,
                       "sources are not in the history; serve --source-path DIR shows them");
    }
    struct ak_pprof_config config = *r->config;
    const char *focus = query(r, "focus");
    const char *ignore = query(r, "ignore");
    const char *type = query(r, "si");
    config.focus = focus[0] ? focus : config.focus;
    config.ignore = ignore[0] ? ignore : config.ignore;
    config.sample_index = type[0] ? type : config.sample_index;
    config.templates = r->templates;
    const char *function = query(r, "f");
    const struct ak_pprof_request request = {
        .format = ak_pprof_format_find(ak_str_from(view->format)),
        .config = &config,
        .param = !view->takes_name ? NULL
                 : function[0]     ? function
                                   : ".",
    };
    struct ak_pprof_report *report = NULL;
    enum ak_status st = ak_pprof_report_build(profile, &request, r->arena, &report, err);
    if (st != AK_OK) {
        return st;
    }
    const bool is_document = view->is_page && query(r, "document")[0];
    out->type = is_document && strcmp(view->format, "svg") == 0 ? "image/svg+xml"
                                                                : "text/html; charset=utf-8";
    st = is_document ? ak_pprof_render(report, &out->body, err)
                     : page_render(r, view, report, profile, out, err);
    ak_pprof_report_release(report);
    return st;
}

void cli_serve_refuse(struct serve_answer *out, enum ak_status st, const char *text)
{
    ak_buf_reset(&out->body);
    out->status = st == AK_NOT_FOUND || st == AK_UNSUPPORTED ? 404
                  : st == AK_USAGE || st == AK_FORMAT        ? 400
                                                             : 500;
    out->type = "text/plain; charset=utf-8";
    ak_sanitize_text(&out->body, ak_str_from(text));
    ak_buf_putc(&out->body, '\n');
}
