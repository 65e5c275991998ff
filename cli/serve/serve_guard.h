/* Who may ask: a page elsewhere must not read a server on this machine, neither by name (DNS
 * rebinding) nor by a request of its own. */
#ifndef CLI_SERVE_GUARD_H
#define CLI_SERVE_GUARD_H

#include "serve.h"

/* True when the Host header names this server (its address, or localhost when it listens on a
 * loopback address, with its port) and Origin is absent or the same place. Where the server was
 * told to listen on all addresses, any numeric host is fine. */
bool cli_serve_allows(const struct serve_request *request, const char *address, uint16_t port);

/* True for 127.0.0.0/8 and ::1. */
bool cli_serve_is_loopback(const char *address);

#endif
