/* One profile as pages on this machine: what `akreport pprof -http` asks for. */
#ifndef CLI_SERVE_PROFILE_H
#define CLI_SERVE_PROFILE_H

#include "reporter/pprof.h"

struct serve_profile {
    const struct ak_profile *profile; /* keeps until the end */
    const struct ak_pprof_config *config;
    const char *title;  /* of the pages, "" for the profile's main binary */
    const char *listen; /* "address:port", "localhost:port", ":port" (this machine only), "port" */
};
/* Serves until interrupted; prints the address on standard output once it listens. /graph, /flame,
 * /top, /tree, /peek, /source and /raw are pages; / leads to the graph. */
enum ak_status cli_serve_profile(const struct serve_profile *p, struct ak_error *err) AK_MUST_USE;

#endif
