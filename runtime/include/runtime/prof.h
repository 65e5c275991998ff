/* Profilers for C programs, written as pprof profiles: CPU, heap, contention and actors.
 *
 * A program that links libruntime has them all, with or without the actors. Nothing runs until a
 * start function is called; then
 *   cpu         each thread has a timer on its own CPU clock (timer_create + SIGEV_THREAD_ID). A
 *               signal takes the stack with a table made from .eh_frame, so that neither the
 *               program nor libc needs frame pointers. A sample weighs 1 + the timer's overruns.
 *   heap        allocations are sampled as a Poisson process over bytes; each sample keeps its
 *               weight 1 / (1 - exp(-size / rate)) until it is freed. Exact counters are in
 *               runtime/memory.h: a profile explains, a counter judges.
 *   contention  waits that the program reports (locks, mailboxes).
 *   actors      a count per spawn stack, kind and state.
 * Files are symbolized with inlined frames, compressed, written beside and renamed; their comments
 * name the engine, its limits and what was lost.
 *
 * Threads: threads made by pthread_create are known by themselves (pthread_create is wrapped,
 * except in sanitizer builds). All functions may be called from any thread unless a line says
 * otherwise; none may be called from a signal handler. CPU, heap and contention are independent of
 * each other. After fork the child has CPU sampling off, and heap sampling as it was.
 *
 * Environment: AK_MEMPROFILERATE is the heap's sampling rate in bytes when a start asks for 0. */
#ifndef RUNTIME_PROF_H
#define RUNTIME_PROF_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ak_message_names;

#define AK_PROF_CPU_HZ 100 /* default: Go's */
#define AK_PROF_CPU_HZ_MAX 4000
#define AK_PROF_HEAP_RATE (512u * 1024) /* default: Go's */
#define AK_PROF_DEPTH_MAX 128           /* frames of one stack; deeper ones lose their root */

/* --- labels -------------------------------------------------------------------------------- */

/* What a thread works on. NULL fields are absent. Each profiler copies the texts at the moment of a
 * sample (at most 63 bytes of each), on the thread itself: a struct and its texts only have to live
 * while they are set. A worker keeps one struct and rewrites its fields at each dispatch. */
struct ak_prof_labels {
    const char *benchmark; /* NULL: the process's, see ak_prof_benchmark_set */
    const char *actor;
    const char *kind;    /* type of the actor */
    const char *message; /* type of the message */
    /* The same as a number, one store for each message: it becomes a text when a sample is taken.
     * Its type + 1; 0: none. `messages` (runtime/message.h, or NULL) has the names. */
    uint64_t message_code;
    const struct ak_message_names *messages;
};

extern __thread const struct ak_prof_labels *volatile ak_prof_labels_current
    __attribute__((tls_model("initial-exec")));

/* Sets the calling thread's labels (borrows until the next call), NULL for none. Returns what was
 * set before. One load and one store: cheap enough for each message. */
static inline const struct ak_prof_labels *ak_prof_labels_set(const struct ak_prof_labels *labels)
{
    const struct ak_prof_labels *const before = ak_prof_labels_current;
    ak_prof_labels_current = labels;
    return before;
}

/* The benchmark label of every thread whose own labels have none; NULL ends it. Copies the name
 * (each distinct name is kept until the program ends, at most 1,024 of them). */
void ak_prof_benchmark_set(const char *name);

/* --- threads ------------------------------------------------------------------------------- */

/* Makes the calling thread known to the CPU profiler; a second call does nothing. For threads that
 * were not made by pthread_create, and in sanitizer builds. While the profiler runs the thread gets
 * its timer at once. Cost without a running profiler: under 1 us. */
void ak_prof_thread_register(void);
/* Forgets the calling thread, after booking its last CPU time. Happens by itself when a thread
 * ends. */
void ak_prof_thread_unregister(void);
/* The calling thread runs on another stack from now on (a fiber): [low, high). NULLs mean the
 * thread's own stack again. Unwinding never reads outside. */
void ak_prof_stack_set(const void *low, const void *high);

/* --- CPU ----------------------------------------------------------------------------------- */

/* Starts sampling all known threads, `hz` times per second of CPU time of each (0: 100).
 * AK_USAGE: hz above 4000; AK_BUSY: already running; AK_UNSUPPORTED: built with ThreadSanitizer, or
 * no timer can be had; AK_NO_SPACE: no memory. Takes about 10 ms to read the unwind tables. */
enum ak_status ak_prof_cpu_start(unsigned hz, struct ak_error *err) AK_MUST_USE;
/* Stops and writes the profile to `path`, NULL: forgets it. Stopped in any case. AK_USAGE: was not
 * running. Sample types: samples/count, cpu/nanoseconds. */
enum ak_status ak_prof_cpu_stop(const char *path, struct ak_error *err) AK_MUST_USE;
bool ak_prof_cpu_running(void);
/* Stops and gives what was sampled, to be written later. Stopped in any case; failures as above,
 * and AK_NO_SPACE. Returns owned. */
struct ak_prof_snapshot;
enum ak_status ak_prof_cpu_stop_snapshot(struct ak_prof_snapshot **out,
                                         struct ak_error *err) AK_MUST_USE;

/* Counters of the run that is going on or ended last. */
struct ak_prof_cpu_stats {
    unsigned hz;
    uint64_t threads;    /* that had a timer at some time */
    uint64_t untimed;    /* known threads for which no timer could be had */
    uint64_t signals;    /* stacks taken */
    uint64_t samples;    /* their weights, with overruns and the residual, without the lost */
    int64_t residual;    /* of samples: added or taken away at the end of threads, so that the sum
                            follows their clocks: a last period does not come to its signal */
    uint64_t lost;       /* weights that found a full buffer: in the profile as "[lost samples]" */
    uint64_t complete;   /* of signals: stacks that reach the thread's first function */
    uint64_t truncated;  /* of signals: deeper than AK_PROF_DEPTH_MAX */
    uint64_t handler_ns; /* time spent in the handler, by CLOCK_MONOTONIC */
};
void ak_prof_cpu_stats(struct ak_prof_cpu_stats *out);

/* --- snapshots ----------------------------------------------------------------------------- */

/* The state of a profile at one moment: cheap to take (a copy of the counters, no symbols), written
 * when time does not matter. Two of them around a phase make a before/after pair that
 * `pprof -diff_base before after` subtracts. */
struct ak_prof_snapshot;

/* Symbolizes and writes. May be called more than once. */
enum ak_status ak_prof_snapshot_write(const struct ak_prof_snapshot *snapshot, const char *path,
                                      struct ak_error *err) AK_MUST_USE;
/* The same with a part of the samples: those for which keep(ctx, text of the label `key`) is true;
 * "" for a sample without that label. */
enum ak_status ak_prof_snapshot_write_where(const struct ak_prof_snapshot *snapshot,
                                            const char *path, const char *key,
                                            bool (*keep)(void *ctx, const char *text), void *ctx,
                                            struct ak_error *err) AK_MUST_USE;
void ak_prof_snapshot_free(struct ak_prof_snapshot *snapshot); /* accepts NULL */

/* --- heap ---------------------------------------------------------------------------------- */

/* Starts sampling allocations of all threads, one per `rate` bytes on average; 1 samples each one
 * (exact), 0 means AK_MEMPROFILERATE or 512 KiB. When running, changes the rate: weights are kept
 * per sample, so totals stay unbiased. AK_UNSUPPORTED: malloc is not ours here (sanitizer,
 * valgrind); AK_NO_SPACE: no address space. */
enum ak_status ak_prof_heap_start(uint64_t rate, struct ak_error *err) AK_MUST_USE;
/* No new samples; frees of sampled objects are still booked, and the profile can still be written.
 */
void ak_prof_heap_stop(void);
/* The rate in use, 0: off. */
uint64_t ak_prof_heap_rate(void);

/* Sample types in Go's order: alloc_objects, alloc_space, inuse_objects, inuse_space (the default).
 * NULL when out of memory. Returns owned. */
struct ak_prof_snapshot *ak_prof_heap_snapshot(void);
/* Snapshot and write at once. The writer's own allocations are not sampled. */
enum ak_status ak_prof_heap_write(const char *path, struct ak_error *err) AK_MUST_USE;

struct ak_prof_heap_stats {
    uint64_t samples;       /* taken since the first start */
    uint64_t lost;          /* due, but without room: their bytes are missing in the profile */
    uint64_t alloc_objects; /* scaled totals, as in the profile */
    uint64_t alloc_bytes;
    uint64_t inuse_objects;
    uint64_t inuse_bytes;
};
void ak_prof_heap_stats(struct ak_prof_heap_stats *out); /* O(stacks) */

/* --- contention ---------------------------------------------------------------------------- */

/* Records waits that last `rate_ns` on average or longer, and shorter ones with probability
 * duration / rate_ns and the matching weight, so that totals are unbiased; 0 or 1 records all. */
enum ak_status ak_prof_contention_start(uint64_t rate_ns, struct ak_error *err) AK_MUST_USE;
void ak_prof_contention_stop(void);

extern bool ak_prof_contention_on; /* atomic */
/* Whether waits are worth timing: one load. */
static inline bool ak_prof_contention_running(void)
{
    return __atomic_load_n(&ak_prof_contention_on, __ATOMIC_RELAXED);
}
/* The calling thread waited `ns` for `what`, a literal such as "lock" or "mailbox" (a label of the
 * sample, with those that are set); every waiter reports for itself. Nothing when not running. */
void ak_prof_wait(const char *what, uint64_t ns);
struct ak_prof_snapshot *ak_prof_contention_snapshot(void);
/* Sample types: contentions/count, delay/nanoseconds. */
enum ak_status ak_prof_contention_write(const char *path, struct ak_error *err) AK_MUST_USE;

/* --- actors -------------------------------------------------------------------------------- */

/* A number for the caller's stack, for the actor that is being spawned; 0 when off or out of
 * memory. Equal stacks have equal numbers; numbers stay good until the program ends. */
void ak_prof_actors_start(void);
void ak_prof_actors_stop(void);
uint32_t ak_prof_spawn_stack(void);

/* The runtime's part: tells each living actor (or many at once) with its spawn stack, kind and
 * state. The texts are copied; NULL is absent. */
struct ak_prof_actors;
void ak_prof_actors_add(struct ak_prof_actors *actors, uint32_t spawn_stack, const char *kind,
                        const char *state, uint64_t count);
/* Calls `each` once (on the calling thread) and writes what it added. Sample type: actors/count. */
enum ak_status ak_prof_actors_write(const char *path,
                                    void (*each)(void *ctx, struct ak_prof_actors *actors),
                                    void *ctx, struct ak_error *err) AK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
