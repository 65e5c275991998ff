/* What a C actor's handlers can reach, from gcc's call graphs (-fcallgraph-info=su,da, made at
 * -O0): calls that block, locks and allocations with the calls that lead there, and the deepest
 * stack. Function pointers are not followed: handlers are roots of their own, marked by the macros
 * of runtime/actor.h or named by patterns. */
#ifndef COLLECTOR_LINT_C_H
#define COLLECTOR_LINT_C_H

#include "collector/rules.h"
#include "profile/profile.h"

/* When the runtime calls a handler: the suffix of the marker, and its text. */
#define AK_C_ROLE_MAP(X)                                                                           \
    X(RECEIVE, "receive")                                                                          \
    X(PRE_START, "pre_start")                                                                      \
    X(POST_STOP, "post_stop")                                                                      \
    X(THEN, "then")
enum ak_c_role {
#define X(code, text) AK_C_ROLE_##code,
    AK_C_ROLE_MAP(X)
#undef X
        AK_C_ROLE_COUNT
};
const char *ak_c_role_text(enum ak_c_role role);

enum ak_c_sink { AK_C_SINK_NONE, AK_C_SINK_BLOCKING, AK_C_SINK_LOCK, AK_C_SINK_ALLOCATION };
/* "blocking", "lock", "allocation"; NONE for any other word. */
enum ak_c_sink ak_c_sink_find(const char *word);

/* Many call graphs as one. Functions are known by linkage name; static ones by their file too. */
struct ak_c_graph;
struct ak_c_graph *ak_c_graph_new(struct ak_arena *keeps); /* returns owned */
void ak_c_graph_free(struct ak_c_graph *g);                /* accepts NULL */
/* One .ci file (VCG) or one .su file, told by its content. AK_FORMAT with the line when malformed
 * or cut short, AK_LIMIT beyond 4 Mi functions or 16 Mi calls. `name` begins messages. O(bytes). */
enum ak_status ak_c_graph_add(struct ak_c_graph *g, const char *name, struct ak_str text,
                              struct ak_error *err) AK_MUST_USE;
/* Adds all .ci and .su files below dir. AK_NOT_FOUND when there is no .ci file. */
enum ak_status ak_c_graph_load(struct ak_c_graph *g, const char *dir,
                               struct ak_error *err) AK_MUST_USE;

struct ak_c_build {
    const char *command; /* run by sh -c, with a new folder in AKREPORT_OUT */
    void (*output)(void *ctx, struct ak_str bytes); /* what it prints on standard output */
    void *ctx;
};

/* Runs a build and adds the graphs that it wrote to its folder, which is gone afterwards, after a
 * signal too. AK_USAGE when the command fails, else as ak_c_graph_load. */
enum ak_status ak_c_graph_build(struct ak_c_graph *g, const struct ak_c_build *how,
                                struct ak_error *err) AK_MUST_USE;

struct ak_c_step {
    const char *function, *file;
    int64_t line; /* of the call that this function makes */
};

struct ak_c_finding {
    enum ak_rule rule;
    enum ak_c_role role;
    const char *handler, *sink;
    const char *message;     /* one sentence, with the heat when a profile was given */
    struct ak_c_step *steps; /* who calls the sink first, the handler last */
    size_t step_count;
    uint32_t sites; /* calls of the sink that the handler can reach */
    int64_t heat;   /* in stacks that hold both the handler and the line of one of those calls */
    double share;   /* of all, 0 to 1 */
};

/* How deep a handler's stack can be. What makes the figure a lower bound is counted, never hidden.
 */
struct ak_c_stack {
    const char *handler, *file;
    int64_t line;
    enum ak_c_role role;
    int64_t bytes;         /* sum of the frames on the deepest path; each frame of a cycle once */
    const char *path;      /* "a 48 + b 96 + ..." */
    uint32_t recursive;    /* functions in cycles that the handler can reach */
    const char *recursion; /* one of them, or "" */
    uint32_t indirect;     /* calls through pointers, not followed */
    uint32_t dynamic;      /* functions whose frame has no fixed size */
    uint32_t unknown;      /* functions without a known frame: of libraries */
};

struct ak_c_lint {
    struct ak_c_finding *findings; /* by heat, then shortest path, then names */
    size_t count;
    struct ak_c_stack *stacks; /* one a handler, deepest first */
    size_t handler_count;
    size_t functions, calls, files;
    size_t twice; /* definitions of functions that had one: two programs in one folder? */
    const char *type, *unit; /* of heat; "" without a profile */
};

struct ak_c_opts {
    /* "[ROLE=]REGEX": further handlers, by name of the function; role receive when not given */
    const char *const *handlers;
    size_t handler_count;
    /* "KIND=NAME": further sinks */
    const char *const *sinks;
    size_t sink_count;
    int64_t stack_limit;        /* C005 beyond so many bytes; 0: quiet */
    const struct ak_profile *p; /* for the heat; NULL: none */
    /* True when findings of the rule through this function are wanted by nobody: the walk does not
     * enter it. Asked only of functions from which a sink of the rule can be reached. NULL: none.
     */
    bool (*cut)(void *ctx, enum ak_rule rule, const char *function, const char *file);
    void *cut_ctx;
};

/* AK_FORMAT when no handler is marked or matched. opts may be NULL. In arena. O(handlers x calls +
 * samples x depth); AK_LIMIT beyond 2 Gi calls looked at. */
enum ak_status ak_c_lint(struct ak_c_graph *g, const struct ak_c_opts *opts, struct ak_arena *arena,
                         struct ak_c_lint *out, struct ak_error *err) AK_MUST_USE;

#endif
