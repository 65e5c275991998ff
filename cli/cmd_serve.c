/* akreport serve: the history live, on this machine only unless told otherwise. */
#include "command.h"
#include "serve_guard.h"
#include "serve_pages.h"

#include "base/plugin.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

struct opts {
    const char *listen, *store, *templates, *source_path;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"listen", AK_OPT_STR, F(listen), "ADDRESS:PORT", "where to listen (127.0.0.1:7878; port 0: any)",
     "server"},
    {"source-path", AK_OPT_STR, F(source_path), "DIR",
     "folder of sources that pages may show (default: none)", NULL},
    {"templates", AK_OPT_STR, F(templates), "DIR", "folder of replaced templates", NULL},
    {"store", AK_OPT_STR, F(store), "FILE", "history file", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

static volatile sig_atomic_t stop_wanted;

static void on_signal(int signal_number)
{
    (void)signal_number;
    stop_wanted = 1;
}

static bool is_done(void *ctx)
{
    (void)ctx;
    return stop_wanted != 0;
}

static void on_ready(void *ctx, uint16_t port)
{
    struct serve_site *site = ctx;
    site->port = port;
    struct ak_buf line = AK_BUF_INIT;
    const bool is_v6 = strchr(site->address, ':') != NULL;
    ak_buf_printf(&line, is_v6 ? "http://[%s]:%u/\n" : "http://%s:%u/\n", site->address,
                  (unsigned)port);
    if (!cli_serve_is_loopback(site->address)) {
        fputs("akreport serve: warning: other machines can read this history\n", stderr);
    }
    command_print("serve", ak_buf_view(&line));
    ak_buf_release(&line);
}

/* "address:port", "[v6]:port" or a port alone; in arena. */
static bool listen_parse(struct ak_arena *arena, const char *text, const char **out_address,
                         uint16_t *out_port)
{
    const struct ak_str s = ak_str_from(text);
    const ptrdiff_t colon = ak_str_rchr(s, ':');
    uint64_t port = 0;
    if (!ak_str_u64(ak_str_slice(s, (size_t)(colon + 1), s.len), &port) || port > 65535) {
        return false;
    }
    struct ak_str address = ak_str_slice(s, 0, colon < 0 ? 0 : (size_t)colon);
    if (address.len > 2 && address.ptr[0] == '[' && address.ptr[address.len - 1] == ']') {
        address = ak_str_slice(address, 1, address.len - 1);
    }
    if (address.len == 0 || ak_str_eq(address, AK_STR("localhost"))) {
        address = AK_STR("127.0.0.1");
    }
    *out_address = ak_arena_strndup(arena, address.ptr, address.len);
    *out_port = (uint16_t)port;
    return true;
}

static enum ak_status serve(struct serve_site *site, struct ak_error *err)
{
    const void *plugin = NULL;
    const enum ak_status st = ak_plugin_open("serve", &plugin, err);
    if (st != AK_OK) {
        return st;
    }
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    const struct serve_table *server = plugin;
    const struct serve_setup setup = {
        .address = site->address,
        .port = site->port,
        .answer = cli_serve_answer,
        .ready = on_ready,
        .done = is_done,
        .ctx = site,
    };
    return server->run(&setup, err);
}

static int run(int argc, char **argv)
{
    struct opts o = {.listen = "127.0.0.1:7878", .source_path = ""};
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    struct ak_error err = {0};
    struct serve_site site = {0};
    int code = command_parse(&cmd_serve, &o, argc, argv, arena, &args);
    if (code < 0 && (args.count > 0 || !listen_parse(arena, o.listen, &site.address, &site.port))) {
        fprintf(stderr, "akreport serve: %s\n",
                args.count > 0 ? "takes no arguments" : "-listen is ADDRESS:PORT");
        code = 2;
    }
    if (code < 0) {
        site.source_path = o.source_path;
        enum ak_status st = ak_store_open(ak_store_path(o.store), AK_STORE_READ, &site.store, &err);
        if (st == AK_OK) {
            st = ak_templates_open(o.templates, &site.templates, &err);
        }
        if (st == AK_OK) {
            st = serve(&site, &err);
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
