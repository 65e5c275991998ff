/* Grains: actors addressed by kind and identity instead of a PID. A grain is activated by its first
 * message, behind a barrier: messages wait until pre_start has run in its own turn. It is
 * deactivated when idle (its kind's passivation) or stopped; its identity lives on, and what it had
 * not handled activates it again. */
#ifndef RUNTIME_GRAIN_H
#define RUNTIME_GRAIN_H

#include "runtime/actor.h"

/* When an actor or a grain is stopped for being idle. Zero fields: not by that. */
struct ak_passivation {
    int64_t after_ns;        /* without a message for so long (checked every quarter of it) */
    uint64_t after_messages; /* after handling so many */
};

/* The grains of a kind. Const, kept by the program while any system uses it. */
struct ak_grain_kind {
    struct ak_actor_class class;       /* class.kind is the first half of the identity */
    struct ak_passivation passivation; /* zero: until the system stops */
    const struct ak_supervisor *supervisor;
    void *arg; /* pre_start's ak_ctx_arg; the identity is ak_ctx_name */
};

/* Tells a grain, activating it if need be. Takes msg. kind and id are joined as "kind/id", at most
 * 255 bytes. AK_SEND_DEAD: it could not be activated. Any thread. */
enum ak_send ak_grain_tell(struct ak_system *sys, const struct ak_grain_kind *kind, const char *id,
                           struct ak_pid from, struct ak_msg *msg);
/* Asks a grain; see ak_actor_ask. */
enum ak_ask_result ak_grain_ask(struct ak_system *sys, const struct ak_grain_kind *kind,
                                const char *id, struct ak_msg *msg, int64_t timeout_ns,
                                struct ak_msg **out_reply);
/* The grain's present activation, or AK_NOBODY; does not activate. */
struct ak_pid ak_grain_find(struct ak_system *sys, const struct ak_grain_kind *kind,
                            const char *id);

/* A busy period without passivation, in the actor's handler: pause, and resume with a fresh start.
 */
void ak_ctx_passivation_pause(struct ak_ctx *ctx);
void ak_ctx_passivation_resume(struct ak_ctx *ctx);

/* Which actors are evicted when there are too many that may passivate. */
enum ak_eviction { AK_EVICT_LRU, AK_EVICT_MRU, AK_EVICT_LFU };
/* Beyond `limit` actors with a passivation, `percent` of them (at least one, and not below the
 * limit) are stopped, chosen by `which`, at each check (every interval_ns). False when memory or
 * threads ran out. Once per system. */
bool ak_system_evict(struct ak_system *sys, size_t limit, unsigned percent, enum ak_eviction which,
                     int64_t interval_ns);
/* Passivates what is due now, instead of waiting for the next check. Returns how many were asked.
 */
size_t ak_system_passivate(struct ak_system *sys);

#endif
