/* The stacks of a heap profile as frames with packages, and how often lines run. */
#ifndef COLLECTOR_LINT_STACKS_H
#define COLLECTOR_LINT_STACKS_H

#include "collector/lint.h"

struct lint_function {
    struct ak_str name, file, package;
    bool module;   /* of a package that was diagnosed, or below the common path of those */
    bool runtime;  /* runtime, runtime/..., testing: no code of the user or of a library */
    bool profiler; /* takes profiles or reads counters of memory */
};

struct lint_frame {
    uint32_t function, location;
    uint32_t site; /* number of (function, line) */
    int64_t line;
};

struct lint_site { /* one line of one function */
    uint32_t function;
    int64_t line;
    double objects; /* in stacks through it */
    double others;  /* the most of any other line of the function */
};

struct lint_stacks {
    const struct ak_profile *p;
    struct lint_function *functions; /* by index of p; in arena */
    struct ak_idmap site_ids;
    struct lint_site *sites;
    size_t site_count, site_cap;
    struct lint_frame *frames; /* of the sample that was read last, leaf first */
    size_t frame_count, frame_cap;
    uint32_t space, objects; /* value types */
};

/* AK_UNSUPPORTED when p has no alloc_space and alloc_objects. Release also after a failure. */
enum ak_status collector_stacks_init(struct lint_stacks *s, const struct ak_go_diagnostics *d,
                                     const struct ak_profile *p, struct ak_arena *arena,
                                     struct ak_error *err) AK_MUST_USE;
void collector_stacks_release(struct lint_stacks *s);
/* Fills frames with the stack of sample i; inlined calls are frames of their own. */
void collector_stacks_read(struct lint_stacks *s, size_t i);
int64_t collector_stacks_bytes(const struct lint_stacks *s, size_t i);
int64_t collector_stacks_objects(const struct lint_stacks *s, size_t i);

/* Where a library's file lies, without the machine that built it: below the module cache, else from
 * the package on; as it is when neither can be told. Borrowed. */
struct ak_str collector_library_file(struct ak_str package, struct ak_str file);

/* The import path of a Go symbol: "a/b.(*T).M[go/x.Y].func1" -> "a/b". A dot that the linker wrote
 * as %2e is a dot again. Borrowed or in arena. */
struct ak_str collector_symbol_package(struct ak_str symbol, struct ak_arena *arena);

#endif
