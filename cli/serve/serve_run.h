/* Running a server until the user stops it: the same for the history and for one profile. */
#ifndef CLI_SERVE_RUN_H
#define CLI_SERVE_RUN_H

#include "serve.h"

struct serve_place {
    char address[64]; /* numeric */
    uint16_t port;    /* 0: any */
};
/* "address:port", "[v6]:port", "localhost:port", ":port" or "port": without an address this machine
 * only. */
enum ak_status cli_serve_place_parse(const char *text, struct serve_place *out,
                                     struct ak_error *err) AK_MUST_USE;

/* Checks who asks (serve_guard.h) and what (GET, HEAD), and hands the rest to `answer`. Prints the
 * address, with a warning when other machines can reach it; ends on SIGINT and SIGTERM. */
enum ak_status cli_serve_run(const char *cmd, const struct serve_place *place,
                             void (*answer)(void *ctx, const struct serve_request *request,
                                            struct serve_answer *out),
                             void *ctx, struct ak_error *err) AK_MUST_USE;

#endif
