#include "serve/serve.h"

#include "base/plugin.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>

enum { WAIT_MS = 200, CONNECTIONS_MAX = 32, TIMEOUT_S = 30 };

static const char *query_value(const struct serve_request *request, const char *key)
{
    const char *v = MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, key);
    return v ? v : "";
}

static const char *header(struct MHD_Connection *c, const char *name)
{
    const char *v = MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
    return v ? v : "";
}

/* No page may be framed, sniffed, cached or read by another site, and none asks for anything. */
static void add_headers(struct MHD_Response *r, const struct serve_answer *a)
{
    MHD_add_response_header(r, "Content-Type", a->type);
    MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(r, "X-Frame-Options", "SAMEORIGIN");
    MHD_add_response_header(r, "Content-Security-Policy",
                            "default-src 'none'; style-src 'unsafe-inline'; script-src "
                            "'unsafe-inline'; img-src data:; frame-src 'self'; form-action 'self'; "
                            "frame-ancestors 'self'; base-uri 'none'");
    MHD_add_response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
    MHD_add_response_header(r, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(r, "Cache-Control", "no-store");
    if (a->location) {
        MHD_add_response_header(r, "Location", a->location);
    }
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **state)
{
    static int seen; /* only its address is used: the first call has the headers alone */
    const struct serve_setup *setup = cls;
    (void)version;
    (void)upload;
    if (!*state) {
        *state = &seen;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        *upload_size = 0; /* a body is read and thrown away */
        return MHD_YES;
    }
    const struct serve_request request = {
        .method = method,
        .path = url,
        .host = header(connection, "Host"),
        .origin = header(connection, "Origin"),
        .query = query_value,
        .connection = connection,
    };
    struct serve_answer a = {.status = 200, .type = "text/plain; charset=utf-8"};
    setup->answer(setup->ctx, &request, &a);
    struct MHD_Response *r =
        MHD_create_response_from_buffer(a.body.len, a.body.ptr, MHD_RESPMEM_MUST_COPY);
    ak_buf_release(&a.body);
    if (!r) {
        return MHD_NO;
    }
    add_headers(r, &a);
    const enum MHD_Result result = MHD_queue_response(connection, a.status, r);
    MHD_destroy_response(r);
    return result;
}

/* "Where to listen" as a socket address. */
struct place {
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    unsigned flags;
    const struct sockaddr *addr;
};

static bool place_set(struct place *p, const struct serve_setup *setup)
{
    *p = (struct place){0};
    if (inet_pton(AF_INET, setup->address, &p->v4.sin_addr) == 1) {
        p->v4.sin_family = AF_INET;
        p->v4.sin_port = htons(setup->port);
        p->addr = (const void *)&p->v4;
        return true;
    }
    if (inet_pton(AF_INET6, setup->address, &p->v6.sin6_addr) == 1) {
        p->v6.sin6_family = AF_INET6;
        p->v6.sin6_port = htons(setup->port);
        p->addr = (const void *)&p->v6;
        p->flags = MHD_USE_IPv6;
        return true;
    }
    return false;
}

static enum ak_status serve_run(const struct serve_setup *setup, struct ak_error *err)
{
    struct place place;
    if (!place_set(&place, setup)) {
        return ak_fail(err, AK_USAGE, "%s: not a numeric address", setup->address);
    }
    struct MHD_Daemon *daemon = MHD_start_daemon(
        place.flags, setup->port, NULL, NULL, on_request, (void *)(uintptr_t)setup,
        MHD_OPTION_SOCK_ADDR, place.addr, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_END);
    if (!daemon) {
        return ak_fail_errno(err, AK_IO, errno ? errno : EADDRINUSE, "%s port %u", setup->address,
                             (unsigned)setup->port);
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    setup->ready(setup->ctx, info ? info->port : setup->port);
    while (!setup->done(setup->ctx)) {
        MHD_run_wait(daemon, WAIT_MS);
    }
    MHD_stop_daemon(daemon);
    return AK_OK;
}

static const struct serve_table table = {.run = serve_run};

AK_PLUGIN_EXPORT extern const struct ak_plugin ak_plugin;
const struct ak_plugin ak_plugin = {.name = "serve", .abi = AK_PLUGIN_ABI, .table = &table};
