/* Actors: what a program writes. An actor handles one message at a time in its own turn; handlers
 * of different actors run in parallel on the system's workers. Everything taking `struct ak_ctx *`
 * is for the handler that got it, during that call, on that thread. */
#ifndef RUNTIME_ACTOR_H
#define RUNTIME_ACTOR_H

#include "runtime/message.h"

struct ak_ctx;
struct ak_system;
struct ak_supervisor;
struct ak_mailbox_opts;
struct ak_passivation;

/* Handles one message. 0: fine. Any other value is a failure with that reason: the actor is
 * suspended and its supervision decides (supervision.h). The message is freed afterwards unless
 * taken. */
typedef int ak_receive_fn(struct ak_ctx *ctx, struct ak_msg *msg);

/* Mark the functions that the runtime calls for an actor, at file scope after their definition:
 *     AK_ACTOR_HANDLER(counter_receive);    a behaviour: ak_receive_fn
 *     AK_ACTOR_PRE_START(counter_start);    of an actor class
 *     AK_ACTOR_POST_STOP(counter_stop);
 *     AK_ACTOR_THEN(counter_replied);       a continuation: ak_then_fn
 * Function pointers hide them from a graph of calls. The marks show them: in a build without
 * optimisation, which is what such graphs are made from, each is a function
 * ak_handler_<role>__<name> that calls the handler, and `akreport lint c` begins its walks there.
 * Otherwise they are only checked for their type. */
#define AK_ACTOR_HANDLER(fn)                                                                       \
    RUNTIME_MARK(receive, fn, int, (struct ak_ctx * ctx, struct ak_msg * msg), (ctx, msg))
#define AK_ACTOR_PRE_START(fn) RUNTIME_MARK(pre_start, fn, int, (struct ak_ctx * ctx), (ctx))
#define AK_ACTOR_POST_STOP(fn) RUNTIME_MARK(post_stop, fn, void, (struct ak_ctx * ctx), (ctx))
#define AK_ACTOR_THEN(fn)                                                                          \
    RUNTIME_MARK(then, fn, int, (struct ak_ctx * ctx, struct ak_msg * msg, void *arg),             \
                 (ctx, msg, arg))

#ifdef __OPTIMIZE__
#define RUNTIME_MARK(role, fn, type, params, args)                                                 \
    _Static_assert(_Generic(&fn, type(*) params : 1, default : 0), #fn " is no " #role)
#else
#define RUNTIME_MARK(role, fn, type, params, args)                                                 \
    __attribute__((used)) static void ak_handler_##role##__##fn params                             \
    {                                                                                              \
        (void)fn args;                                                                             \
    }                                                                                              \
    _Static_assert(1, #fn)
#endif

/* What the actors of a kind have in common. Const, and kept by the system. */
struct ak_actor_class {
    const char *kind;                      /* for names in reports and profile labels */
    ak_receive_fn *receive;                /* first behaviour */
    int (*pre_start)(struct ak_ctx *ctx);  /* before the first message; non-zero: did not start */
    void (*post_stop)(struct ak_ctx *ctx); /* after the last message and all children; or NULL */
    size_t state_size; /* bytes of zeroed state that the runtime gives and frees; 0: none */
    const struct ak_message_names *messages; /* names for profile labels; NULL: numbers */
};

/* How to spawn one actor. Zero fields are the defaults. */
struct ak_spawn_opts {
    const struct ak_actor_class *class; /* required; keeps */
    const char *name; /* unique in the system; NULL: anonymous; at most 255 bytes */
    void *arg;        /* given to pre_start through ak_ctx_arg; borrows */
    const struct ak_supervisor *supervisor;   /* keeps; NULL: a failure stops the actor */
    const struct ak_mailbox_opts *mailbox;    /* borrows; NULL: unbounded */
    const struct ak_passivation *passivation; /* borrows; NULL: lives until stopped */
};

enum ak_spawn_error {
    AK_SPAWN_OK,
    AK_SPAWN_NO_MEMORY,
    AK_SPAWN_NAME_TAKEN,
    AK_SPAWN_BAD_NAME,     /* empty, longer than 255 bytes */
    AK_SPAWN_STOPPING,     /* the system or the parent is stopping */
    AK_SPAWN_START_FAILED, /* pre_start returned non-zero */
};

/* What became of a message that was told. It was taken in every case. */
enum ak_send {
    AK_SENT,         /* stands in the mailbox */
    AK_SEND_DEAD,    /* no such actor any more: a dead letter */
    AK_SEND_REFUSED, /* the system is stopping: a dead letter */
    AK_SEND_FULL,    /* a bounded mailbox was full: by its policy freed or a dead letter */
};

/* --- from any thread ----------------------------------------------------------------------- */

/* Spawns under the user guardian. pre_start has run when this returns. *out_error may be NULL.
 * Returns AK_NOBODY on failure. */
struct ak_pid ak_actor_spawn(struct ak_system *sys, const struct ak_spawn_opts *opts,
                             enum ak_spawn_error *out_error);
/* Takes msg. `from` is the sender that a reply goes to, or AK_NOBODY. What one thread or one actor
 * tells another actor arrives in the order of the telling (unless its mailbox has another order).
 * An unbounded mailbox takes all; an actor that tells one that thousands of messages wait for is
 * held back for up to 10 ms, a thread outside is not. Any thread. Cost: some 20 ns between
 * actors of one worker. */
enum ak_send ak_actor_tell(struct ak_system *sys, struct ak_pid to, struct ak_pid from,
                           struct ak_msg *msg);
/* Takes msgs[0..count), in this order. Returns how many stand in the mailbox. */
size_t ak_actor_tell_many(struct ak_system *sys, struct ak_pid to, struct ak_msg *const *msgs,
                          size_t count);

enum ak_ask_result { AK_ASK_REPLIED, AK_ASK_TIMEOUT, AK_ASK_DEAD, AK_ASK_NO_MEMORY };
/* Takes msg, waits at most timeout_ns for the first reply, which the caller owns. For threads
 * outside the system (a handler uses ak_ctx_request). In deterministic mode it runs the simulation.
 */
enum ak_ask_result ak_actor_ask(struct ak_system *sys, struct ak_pid to, struct ak_msg *msg,
                                int64_t timeout_ns, struct ak_msg **out_reply);
/* The actor of this name, or AK_NOBODY. Any thread. */
struct ak_pid ak_actor_find(struct ak_system *sys, const char *name);
/* Asks the actor (and so its children) to stop; returns at once. Ahead of all user messages. */
void ak_actor_stop(struct ak_system *sys, struct ak_pid pid);
/* Copies the actor's name, "" when it is anonymous. False when there is no such actor. */
bool ak_actor_name(struct ak_system *sys, struct ak_pid pid, char out_name[256]);
/* Whether the actor has not ended. */
bool ak_actor_is_alive(struct ak_system *sys, struct ak_pid pid);

/* --- in a handler ---------------------------------------------------------------------------- */

/* The system, this actor, its parent (the user guardian's pid for the topmost). */
struct ak_system *ak_ctx_system(const struct ak_ctx *ctx);
struct ak_pid ak_ctx_self(const struct ak_ctx *ctx);
struct ak_pid ak_ctx_parent(const struct ak_ctx *ctx);
/* The sender of the message being handled, or AK_NOBODY. */
struct ak_pid ak_ctx_sender(const struct ak_ctx *ctx);
/* The class's state_size bytes, zeroed at each start, kept by the actor; NULL when that is 0. */
void *ak_ctx_state(const struct ak_ctx *ctx);
/* spawn's `arg`, in pre_start of the first start only; else NULL. */
void *ak_ctx_arg(const struct ak_ctx *ctx);
/* This actor's name, "" when anonymous. Borrowed until the actor ends. */
const char *ak_ctx_name(const struct ak_ctx *ctx);
/* Nanoseconds of the system's clock: monotonic, or virtual in deterministic mode. */
int64_t ak_ctx_now_ns(const struct ak_ctx *ctx);

/* Spawns a child of this actor; see ak_actor_spawn. */
struct ak_pid ak_ctx_spawn(struct ak_ctx *ctx, const struct ak_spawn_opts *opts,
                           enum ak_spawn_error *out_error);
/* The children, at most `max` into out; returns how many there are. */
size_t ak_ctx_children(const struct ak_ctx *ctx, struct ak_pid *out, size_t max);
/* Tells with this actor as the sender. Takes msg. */
enum ak_send ak_ctx_tell(struct ak_ctx *ctx, struct ak_pid to, struct ak_msg *msg);
/* Answers the message being handled. Takes msg. */
enum ak_send ak_ctx_reply(struct ak_ctx *ctx, struct ak_msg *msg);
/* Passes on the message being handled, with its own sender. It is no longer this handler's. */
enum ak_send ak_ctx_forward(struct ak_ctx *ctx, struct ak_pid to);
/* The handler keeps the message: it frees or tells it later. Returns owned. */
struct ak_msg *ak_ctx_take(struct ak_ctx *ctx);
/* Stops this actor after the handler returns. */
void ak_ctx_stop(struct ak_ctx *ctx);

/* A question with a continuation: `then` runs in this actor's turn with the reply, or with NULL
 * when timeout_ns passed or the asked actor was dead. Takes msg. False when memory ran out. */
typedef int ak_then_fn(struct ak_ctx *ctx, struct ak_msg *reply, void *arg);
bool ak_ctx_request(struct ak_ctx *ctx, struct ak_pid to, struct ak_msg *msg, int64_t timeout_ns,
                    ak_then_fn *then, void *arg);

/* Watches: one AK_MSG_TERMINATED comes when pid has ended (at once when it is gone already). False
 * when memory ran out. */
bool ak_ctx_watch(struct ak_ctx *ctx, struct ak_pid pid);
/* Ends the watch. A notice that is on its way already comes all the same. */
void ak_ctx_unwatch(struct ak_ctx *ctx, struct ak_pid pid);

/* Behaviours: become replaces the current handler, push keeps it below, pop returns to it. push
 * gives false when memory ran out, pop when there is none below. A restart returns to the class's
 * first. */
void ak_ctx_become(struct ak_ctx *ctx, ak_receive_fn *receive);
bool ak_ctx_push_behaviour(struct ak_ctx *ctx, ak_receive_fn *receive);
bool ak_ctx_pop_behaviour(struct ak_ctx *ctx);

/* Stash: puts the message being handled aside; unstash returns the oldest, or all, to the front of
 * the mailbox in their order. stash gives false when memory ran out. */
bool ak_ctx_stash(struct ak_ctx *ctx);
bool ak_ctx_unstash(struct ak_ctx *ctx);
void ak_ctx_unstash_all(struct ak_ctx *ctx);

#endif
