#include "runtime/router.h"

#include "base/hash.h"
#include "core.h"
#include "runtime/memory.h"

struct ak_router {
    struct ak_system *sys;
    enum ak_routing routing;
    uint64_t seed;
    _Atomic uint64_t turn;
    size_t count;
    struct ak_pid routees[];
};

struct ak_router *ak_router_new(struct ak_system *sys, enum ak_routing routing,
                                const struct ak_pid *routees, size_t count, uint64_t seed)
{
    if (count == 0 || count > UINT32_MAX) {
        return NULL;
    }
    struct ak_router *r = ak_mem_zalloc(sizeof *r + count * sizeof *routees);
    if (r != NULL) {
        r->sys = sys;
        r->routing = routing;
        r->seed = seed;
        r->count = count;
        for (size_t i = 0; i < count; i++) {
            r->routees[i] = routees[i];
        }
    }
    return r;
}

void ak_router_free(struct ak_router *r)
{
    ak_mem_free(r);
}

static size_t fan_out(struct ak_router *r, struct ak_pid from, struct ak_msg *msg)
{
    size_t told = 0;
    for (size_t i = 0; i + 1 < r->count; i++) {
        if (!ak_actor_is_alive(r->sys, r->routees[i])) {
            continue;
        }
        struct ak_msg *copy = ak_msg_copy(msg);
        told += copy != NULL && ak_actor_tell(r->sys, r->routees[i], from, copy) == AK_SENT;
    }
    return told + (ak_actor_tell(r->sys, r->routees[r->count - 1], from, msg) == AK_SENT);
}

size_t ak_router_tell(struct ak_router *r, struct ak_pid from, struct ak_msg *msg)
{
    if (r->routing == AK_ROUTE_FAN_OUT) {
        return fan_out(r, from, msg);
    }
    const uint64_t turn = atomic_fetch_add_explicit(&r->turn, 1, memory_order_relaxed);
    const uint64_t first = r->routing == AK_ROUTE_RANDOM ? ak_hash_u64(r->seed + turn + 1) : turn;
    for (size_t i = 0; i < r->count; i++) {
        const struct ak_pid to = r->routees[(first + i) % r->count];
        if (i + 1 == r->count || ak_actor_is_alive(r->sys, to)) {
            return ak_actor_tell(r->sys, to, from, msg) == AK_SENT;
        }
    }
    return 0;
}
