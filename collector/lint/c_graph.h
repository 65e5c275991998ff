/* The graph of calls that the C checks walk: functions and calls in flat arrays. */
#ifndef COLLECTOR_LINT_C_GRAPH_H
#define COLLECTOR_LINT_C_GRAPH_H

#include "base/idmap.h"
#include "collector/lint_c.h"

struct c_function {
    const char *name;  /* linkage name */
    const char *label; /* as people read it */
    const char *file;  /* "" when unknown */
    int64_t line;
    int64_t stack;                   /* bytes of the frame, -1: unknown */
    bool has_body;                   /* in one of the files, else only declared */
    bool is_dynamic;                 /* the frame has no fixed size */
    bool is_indirect;                /* gcc's placeholder for calls through pointers */
    uint8_t sink;                    /* enum ak_c_sink */
    uint32_t first_call, call_count; /* into calls, after collector_c_graph_finish */
};

struct c_call {
    uint32_t from, to;
    uint32_t line;
    const char *file;
};

struct ak_c_graph {
    struct ak_arena *arena;
    struct ak_intern keys; /* index i: function i */
    struct ak_intern files;
    struct c_function *functions;
    size_t cap;
    struct c_call *calls;
    size_t call_count, call_cap;
    uint32_t twice;          /* definitions of functions that had one */
    uint32_t file_count;     /* of .ci files; scopes the names of static functions */
    struct ak_intern frames; /* of .su files: "file:line:col:function" */
    struct c_frame {
        int64_t stack;
        bool is_dynamic;
    } * frame_sizes;
    size_t frame_cap;
};

static inline uint32_t c_graph_count(const struct ak_c_graph *g)
{
    return (uint32_t)g->keys.count;
}

/* Sorts calls by caller, in the order of the source, and takes frames from .su files where the call
 * graph has none. Twice does no harm. */
void collector_c_graph_finish(struct ak_c_graph *g);
/* Marks the functions of the table of known sinks, and of opts->sinks ("KIND=NAME"). */
enum ak_status collector_c_sinks_mark(struct ak_c_graph *g, const struct ak_c_opts *opts,
                                      struct ak_error *err) AK_MUST_USE;

struct c_root {
    uint32_t function;
    enum ak_c_role role;
};
/* The handlers: what markers call, and what opts->handlers match. By role and number of function,
 * each once. Freed by the caller. */
enum ak_status collector_c_roots_find(const struct ak_c_graph *g, const struct ak_c_opts *opts,
                                      struct c_root **out, size_t *out_count,
                                      struct ak_error *err) AK_MUST_USE;

/* The deepest stack of each root, in arena. */
enum ak_status collector_c_stacks(const struct ak_c_graph *g, const struct c_root *roots,
                                  size_t count, struct ak_arena *arena, struct ak_c_stack *out,
                                  struct ak_error *err) AK_MUST_USE;

#endif
