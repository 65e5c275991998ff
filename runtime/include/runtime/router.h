/* Routers: one address for several actors. A router is an object, not an actor: telling costs no
 * extra turn, and any thread may tell. */
#ifndef RUNTIME_ROUTER_H
#define RUNTIME_ROUTER_H

#include "runtime/actor.h"

enum ak_routing {
    AK_ROUTE_ROUND_ROBIN,
    AK_ROUTE_RANDOM,
    AK_ROUTE_FAN_OUT, /* to every routee: copies for all but the last */
};

struct ak_router;

/* Copies the PIDs. Returns owned; NULL when memory ran out or count is 0. Borrows sys until it is
 * freed. `seed` is for AK_ROUTE_RANDOM. */
struct ak_router *ak_router_new(struct ak_system *sys, enum ak_routing routing,
                                const struct ak_pid *routees, size_t count, uint64_t seed);
void ak_router_free(struct ak_router *r); /* accepts NULL; the routees live on */
/* Takes msg. Routees that have ended are passed over. Returns how many got it; 0: a dead letter. */
size_t ak_router_tell(struct ak_router *r, struct ak_pid from, struct ak_msg *msg);

#endif
