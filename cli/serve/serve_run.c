#include "serve_run.h"

#include "base/plugin.h"
#include "command.h"
#include "serve_guard.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

struct server {
    const char *cmd;
    const struct serve_place *place;
    uint16_t port; /* the one that it got */
    void (*answer)(void *ctx, const struct serve_request *request, struct serve_answer *out);
    void *ctx;
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
    struct server *s = ctx;
    const char *address = s->place->address;
    s->port = port;
    if (!cli_serve_is_loopback(address)) {
        fprintf(stderr, "akreport %s: warning: other machines can read these pages\n", s->cmd);
    }
    struct ak_buf line = AK_BUF_INIT;
    ak_buf_printf(&line, strchr(address, ':') ? "http://[%s]:%u/\n" : "http://%s:%u/\n", address,
                  (unsigned)port);
    command_print(s->cmd, ak_buf_view(&line));
    ak_buf_release(&line);
}

static void refuse(struct serve_answer *out, unsigned status, const char *text)
{
    out->status = status;
    ak_buf_puts(&out->body, text);
}

static void on_request(void *ctx, const struct serve_request *request, struct serve_answer *out)
{
    const struct server *s = ctx;
    if (!cli_serve_allows(request, s->place->address, s->port)) {
        refuse(out, 403, "this server answers only to its own address\n");
    } else if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0) {
        refuse(out, 405, "only GET\n");
    } else if (strcmp(request->path, "/favicon.ico") == 0) {
        out->status = 204; /* browsers ask for it where a page cannot say that there is none */
    } else {
        s->answer(s->ctx, request, out);
    }
}

enum ak_status cli_serve_place_parse(const char *text, struct serve_place *out,
                                     struct ak_error *err)
{
    const struct ak_str s = ak_str_from(text);
    const ptrdiff_t colon = ak_str_rchr(s, ':');
    struct ak_str address = ak_str_slice(s, 0, colon < 0 ? 0 : (size_t)colon);
    uint64_t port = 0;
    if (!ak_str_u64(ak_str_slice(s, (size_t)(colon + 1), s.len), &port) || port > 65535) {
        return ak_fail(err, AK_USAGE, "\"%.40s\": where to listen is ADDRESS:PORT", text);
    }
    if (address.len > 2 && address.ptr[0] == '[' && address.ptr[address.len - 1] == ']') {
        address = ak_str_slice(address, 1, address.len - 1);
    }
    if (address.len == 0 || ak_str_eq(address, AK_STR("localhost"))) {
        address = AK_STR("127.0.0.1");
    }
    if (address.len >= sizeof out->address) {
        return ak_fail(err, AK_USAGE, "\"%.40s\": not a numeric address", text);
    }
    *out = (struct serve_place){.port = (uint16_t)port};
    memcpy(out->address, address.ptr, address.len);
    return AK_OK;
}

enum ak_status cli_serve_run(const char *cmd, const struct serve_place *place,
                             void (*answer)(void *ctx, const struct serve_request *request,
                                            struct serve_answer *out),
                             void *ctx, struct ak_error *err)
{
    const void *plugin = NULL;
    const enum ak_status st = ak_plugin_open("serve", &plugin, err);
    if (st != AK_OK) {
        return st;
    }
    stop_wanted = 0;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    struct server server = {.cmd = cmd, .place = place, .answer = answer, .ctx = ctx};
    const struct serve_table *table = plugin;
    const struct serve_setup setup = {
        .address = place->address,
        .port = place->port,
        .answer = on_request,
        .ready = on_ready,
        .done = is_done,
        .ctx = &server,
    };
    return table->run(&setup, err);
}
