/* An actor system: workers, names, the tree of actors, and its end. */
#ifndef RUNTIME_SYSTEM_H
#define RUNTIME_SYSTEM_H

#include "runtime/actor.h"

/* How a stop reaches the actors below. */
enum ak_stop_mode {
    AK_STOP_CLAIM,   /* idle actors are claimed and stopped in bulk; busy ones are signalled */
    AK_STOP_MESSAGE, /* each actor gets a stop message and is scheduled: the textbook way */
};

/* Zero fields are the defaults. */
struct ak_system_opts {
    unsigned workers; /* 0: one for each usable core; at most 64 */
    enum ak_stop_mode stop_mode;
    bool deterministic; /* no threads: ak_system_run runs actors in an order drawn from `seed`, with
                         * a virtual clock that jumps to the next timer when nothing can run */
    uint64_t seed;
    unsigned batch; /* at most so many messages in one turn; 0: 128, and more of those that
                     * stood in the mailbox when it began, as long as it takes under 50 us */
    int64_t dead_letter_limit; /* dead letters published on the event stream per second; 0: 10 */
};

/* Starts a system; its workers sleep until there is work. Returns owned, NULL when memory or
 * threads ran out. `opts` NULL: all defaults. */
struct ak_system *ak_system_new(const struct ak_system_opts *opts);
/* Ends the workers and frees all memory. Stops first, without a deadline, when it was not stopped.
 * Gives message memory that is not in use back to libc, but for 1 MiB and what other living threads
 * keep. Not from a handler. Accepts NULL. */
void ak_system_free(struct ak_system *sys);

/* An actor that was still alive when a stop's deadline passed. */
struct ak_alive {
    struct ak_pid pid;
    char name[64];     /* cut */
    const char *kind;  /* of its class */
    const char *doing; /* "running a message", "in PostStop", "waiting for its children", ... */
    size_t children;
    uint64_t messages; /* handled before its present turn */
};

enum { AK_STOP_LIST = 64 };

struct ak_stop_report {
    int64_t duration_ns;
    size_t stopped;                      /* actors and grains that ended in this stop */
    size_t alive_count;                  /* still alive at the deadline; 0: all ended */
    struct ak_alive alive[AK_STOP_LIST]; /* the first of them, by slot */
    size_t hook_failures;                /* shutdown hooks that failed and were skipped */
};

/* Stops everything: shutdown hooks, user actors (children before parents, PostStop of each in its
 * own turn), grains, then the system's own. User messages are refused from the start. Waits at most
 * timeout_ns (negative: no limit). Returns true when all ended. Allocates nothing. A second call
 * waits for the first one's rest. Not from a handler. *out_report may be NULL. */
bool ak_system_stop(struct ak_system *sys, int64_t timeout_ns, struct ak_stop_report *out_report);

/* What a failing shutdown hook means. */
enum ak_hook_policy { AK_HOOK_FAIL, AK_HOOK_RETRY_FAIL, AK_HOOK_SKIP, AK_HOOK_RETRY_SKIP };
struct ak_hook {
    int (*run)(struct ak_system *sys, void *arg); /* 0: fine */
    void *arg;
    enum ak_hook_policy
        policy;       /* FAIL: no further hook runs; the actors are stopped all the same */
    unsigned retries; /* 0: 3 */
    int64_t pause_ns; /* between tries; 0: 1 s */
};
/* Runs at stop, in the order of the calls, before any actor stops. Before the stop only. False when
 * there are 16 already. */
bool ak_system_add_hook(struct ak_system *sys, const struct ak_hook *hook);

/* The system's clock, ns: monotonic, or virtual in deterministic mode. Any thread. */
int64_t ak_system_now_ns(const struct ak_system *sys);
/* Its worker threads; in deterministic mode what would have been. */
unsigned ak_system_workers(const struct ak_system *sys);
/* Actors and grains alive, without the runtime's own. */
size_t ak_system_count(const struct ak_system *sys);

/* Deterministic mode: runs until nothing can run and no timer is due before now + horizon_ns, or
 * `max_turns` turns were run (0: no limit); the clock then stands at now + horizon_ns. Returns the
 * turns run. */
uint64_t ak_system_run(struct ak_system *sys, int64_t horizon_ns, uint64_t max_turns);
/* Deterministic mode: the next draw of the system's generator, for simulated faults. */
uint64_t ak_system_draw(struct ak_system *sys);

#endif
