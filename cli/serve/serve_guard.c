#include "serve_guard.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool cli_serve_is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

static bool is_numeric(struct ak_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (!strchr("0123456789abcdefABCDEF.:[]", name.ptr[i])) {
            return false;
        }
    }
    /* A bare hexadecimal word could be a name. */
    return name.len > 0 && (name.ptr[0] == '[' || (name.ptr[0] >= '0' && name.ptr[0] <= '9'));
}

/* "host" or "host:port" of this server? */
static bool is_here(struct ak_str place, const char *address, uint16_t port)
{
    struct ak_str name = place;
    const ptrdiff_t colon = ak_str_rchr(place, ':');
    const ptrdiff_t bracket = ak_str_rchr(place, ']');
    uint64_t named_port = 80;
    if (colon > bracket) {
        name = ak_str_slice(place, 0, (size_t)colon);
        if (!ak_str_u64(ak_str_slice(place, (size_t)colon + 1, place.len), &named_port)) {
            return false;
        }
    }
    if (named_port != port) {
        return false;
    }
    char wanted[80];
    snprintf(wanted, sizeof wanted, strchr(address, ':') ? "[%s]" : "%s", address);
    if (ak_str_eq(name, ak_str_from(wanted))) {
        return true;
    }
    if (cli_serve_is_loopback(address)) {
        return name.len == 9 && strncasecmp(name.ptr, "localhost", 9) == 0;
    }
    const bool everywhere = strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
    return everywhere && is_numeric(name);
}

bool cli_serve_allows(const struct serve_request *request, const char *address, uint16_t port)
{
    if (!is_here(ak_str_from(request->host), address, port)) {
        return false;
    }
    if (!request->origin[0]) {
        return true;
    }
    return strncmp(request->origin, "http://", 7) == 0 &&
           is_here(ak_str_from(request->origin + 7), address, port);
}
