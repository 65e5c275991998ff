/* The interface of the plug-in `serve`: an HTTP server (libmicrohttpd) that asks one function for
 * every answer. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include "base/buf.h"

struct serve_request {
    const char *method, *path; /* path without the query, as it was sent, decoded */
    const char *host, *origin; /* headers, "" when not sent */
    /* A value of the query, or "". */
    const char *(*query)(const struct serve_request *request, const char *key);
    void *connection;
};

struct serve_answer {
    unsigned status;
    const char *type;     /* of the content */
    const char *location; /* of a redirection, or NULL */
    struct ak_buf body;   /* released by the plug-in */
};

struct serve_setup {
    const char *address; /* numeric IPv4 or IPv6 address to listen on */
    uint16_t port;       /* 0: any */
    void (*answer)(void *ctx, const struct serve_request *request, struct serve_answer *out);
    /* Called once the server listens, with the port that it has. */
    void (*ready)(void *ctx, uint16_t port);
    /* Asked a few times a second; true ends the server. */
    bool (*done)(void *ctx);
    void *ctx;
};

struct serve_table {
    /* Serves in the calling thread until done. */
    enum ak_status (*run)(const struct serve_setup *setup, struct ak_error *err);
};

#endif
