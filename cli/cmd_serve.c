/* akreport serve: the history live, on this machine only unless told otherwise. */
#include "command.h"
#include "serve/serve_pages.h"
#include "serve/serve_run.h"

#include <stdio.h>

struct opts {
    const char *listen, *store, *templates, *source_path, *criteria;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"listen", AK_OPT_STR, F(listen), "ADDRESS:PORT",
     "where to listen (127.0.0.1:7878; port 0: any)", "server"},
    {"source-path", AK_OPT_STR, F(source_path), "DIR",
     "folder of sources that pages may show (default: none)", NULL},
    {"templates", AK_OPT_STR, F(templates), "DIR", "folder of replaced templates", NULL},
    {"criteria", AK_OPT_STR, F(criteria), "FILE", "criteria to judge by (default: built in)", NULL},
    {"store", AK_OPT_STR, F(store), "FILE", "history file", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

static int run(int argc, char **argv)
{
    struct opts o = {.listen = "127.0.0.1:7878", .source_path = ""};
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    struct ak_error err = {0};
    struct serve_site site = {0};
    int code = command_parse(&cmd_serve, &o, argc, argv, arena, &args);
    if (code < 0 && args.count > 0) {
        fputs("akreport serve: takes no arguments\n", stderr);
        code = 2;
    }
    if (code < 0) {
        struct serve_place place;
        site.source_path = o.source_path;
        enum ak_status st = cli_serve_place_parse(o.listen, &place, &err);
        if (st == AK_OK) {
            st = ak_store_open(ak_store_path(o.store), AK_STORE_READ, &site.store, &err);
        }
        if (st == AK_OK) {
            st = ak_templates_open(o.templates, &site.templates, &err);
        }
        if (st == AK_OK && o.criteria) {
            struct ak_criteria *criteria = NULL;
            st = ak_criteria_load(o.criteria, arena, &criteria, &err);
            site.criteria = criteria;
        }
        if (st == AK_OK) {
            st = cli_serve_run("serve", &place, cli_serve_answer, &site, &err);
        }
        ak_templates_close(site.templates);
        ak_store_close(site.store);
        code = st == AK_OK ? 0 : command_fail("serve", &err);
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_serve = {
    .name = "serve",
    .summary = "the history as pages on this machine",
    .usage = "serve [--listen 127.0.0.1:7878] [--store FILE]",
    .opts = table,
    .run = run,
};
