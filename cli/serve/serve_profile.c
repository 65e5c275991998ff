#include "serve_profile.h"

#include "serve_report.h"
#include "serve_run.h"

#include <string.h>

struct site {
    const struct serve_profile *what;
    struct ak_templates *templates;
};

static void answer(void *ctx, const struct serve_request *request, struct serve_answer *out)
{
    const struct site *site = ctx;
    if (strcmp(request->path, "/") == 0) {
        out->status = 302;
        out->location = "/graph";
        return;
    }
    const struct serve_view *view = cli_serve_view(request->path + 1);
    struct ak_error err = {0};
    if (!view) {
        cli_serve_refuse(out, AK_NOT_FOUND, "no such page");
        return;
    }
    struct ak_arena *arena = ak_arena_new();
    const struct serve_report report = {
        .request = request,
        .config = site->what->config,
        .templates = site->templates,
        .title = site->what->title[0] ? site->what->title : "Profile",
        .link = "/",
        .link_suffix = "",
        .home = "",
        .shows_sources = true,
        .arena = arena,
    };
    const enum ak_status st = cli_serve_report(&report, view, site->what->profile, out, &err);
    if (st != AK_OK) {
        cli_serve_refuse(out, st, err.text);
    }
    ak_arena_free(arena);
}

enum ak_status cli_serve_profile(const struct serve_profile *p, struct ak_error *err)
{
    struct site site = {.what = p};
    struct serve_place place;
    enum ak_status st = cli_serve_place_parse(p->listen, &place, err);
    if (st == AK_OK) {
        st = ak_templates_open(NULL, &site.templates, err);
    }
    if (st == AK_OK) {
        st = cli_serve_run("pprof", &place, answer, &site, err);
    }
    ak_templates_close(site.templates);
    return st;
}
