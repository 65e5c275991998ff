/* Static knowledge ranked by what a run really cost: the heap decisions of the Go compiler joined
 * with a heap profile. Plain data, in an arena. */
#ifndef COLLECTOR_LINT_H
#define COLLECTOR_LINT_H

#include "base/idmap.h"
#include "collector/rules.h"
#include "profile/profile.h"

/* What a line does that takes heap memory of the runtime and that the compiler does not report. */
enum ak_go_need {
    AK_GO_NEED_NONE,
    AK_GO_NEED_CHANNEL,   /* make(chan) */
    AK_GO_NEED_MAP,       /* make(map), m[k] = v */
    AK_GO_NEED_GOROUTINE, /* go f() */
    AK_GO_NEED_WAIT,      /* select, <-c */
    AK_GO_NEED_SLICE,     /* make([]T), append: on the stack only while it fits there */
    AK_GO_NEED_TEXT,      /* "a" + b, string(b), []byte(s): likewise */
};

/* What the compiler said about heap memory: codes "escape" and "escapes" only, with a line. */
struct ak_escape {
    const char *package, *file; /* import path; file as the compiler names it */
    const char *function;       /* "F" or "T.M", "init" outside of functions; "" when not known */
    const char *code;           /* "escape" or "escapes" */
    const char *message;        /* "" when the compiler gave none */
    uint32_t line, column;
    uint32_t next; /* the next one of the same line, AK_NO_INDEX: none */
    uint32_t last; /* in the first one of a line: the last */
};

struct ak_go_file {
    const char *package, *file;
};

struct ak_go_lines { /* the body of a loop, or of several that touch */
    uint32_t line, end_line;
};

struct ak_go_diagnostics {
    struct ak_escape *escapes; /* at most one of a position: in order of files, then as read */
    uint32_t escape_count;
    size_t escape_cap;
    struct ak_idmap lines;     /* package, file name and line -> first index; to be released */
    struct ak_idmap positions; /* ... and column -> index; to be released */
    struct ak_intern packages; /* to be released */
    struct ak_intern mains; /* import paths of programs, added by who knows them; to be released */
    struct ak_str module;   /* the repository, else the common path of all packages */
    const char *gc_version;
    uint64_t diagnostic_count; /* read, of all codes */
    uint32_t file_count;
    uint32_t unnamed;         /* decisions whose function is not known */
    struct ak_go_file *files; /* as read: file_count; to be released */
    size_t file_cap;
    /* Of files whose source was read: package and file name -> number n of its lines in loops,
     * which are loops[loop_starts[n]] and the following, by line and apart from each other. */
    struct ak_idmap loop_files;
    uint32_t *loop_starts; /* one more than files */
    size_t loop_starts_cap;
    struct ak_go_lines *loops;
    size_t loop_count, loop_cap;
    struct ak_idmap needs; /* line -> ak_go_need, of the same files */
};

/* Reads the folder that `go build -gcflags=-json=0,DIR` writes (one folder a package, one file a
 * source file). AK_NOT_FOUND when there is no such folder, AK_FORMAT when it holds no diagnostics,
 * a file is malformed, or files come from different compilers. Strings are in arena; release also
 * after a failure. O(bytes). */
enum ak_status ak_go_diagnostics_load(const char *dir, struct ak_arena *arena,
                                      struct ak_go_diagnostics *out,
                                      struct ak_error *err) AK_MUST_USE;
/* The same, added to d, which ak_go_diagnostics_init prepared. */
enum ak_status ak_go_diagnostics_add_dir(struct ak_go_diagnostics *d, const char *dir,
                                         struct ak_error *err) AK_MUST_USE;
/* One file: `name` begins messages. Adds to d, which ak_go_diagnostics_init prepared. */
enum ak_status ak_go_diagnostics_add(struct ak_go_diagnostics *d, const char *name,
                                     struct ak_str text, struct ak_error *err) AK_MUST_USE;
void ak_go_diagnostics_init(struct ak_go_diagnostics *d, struct ak_arena *keeps);
void ak_go_diagnostics_release(struct ak_go_diagnostics *d);
/* The first decision on a line, or NULL. `file` is any path: its last component counts. */
const struct ak_escape *ak_go_diagnostics_find(const struct ak_go_diagnostics *d,
                                               struct ak_str package, struct ak_str file,
                                               uint32_t line);
/* The import path of a package that profiles call `package`: they say "main" of every program. */
struct ak_str ak_go_diagnostics_package(const struct ak_go_diagnostics *d, struct ak_str package,
                                        struct ak_str file);
/* Where a file of a package of the module lies from the module's root, as reports show it:
 * "github.com/a/b/v3/actor" and any path to pid.go -> "actor/pid.go". Others as they are. In arena.
 */
const char *ak_go_diagnostics_place(const struct ak_go_diagnostics *d, struct ak_str package,
                                    struct ak_str file, struct ak_arena *arena);

/* Where the source of a module lies. */
struct ak_go_module {
    struct ak_str path; /* "example.org/app" */
    const char *dir;
};
/* The module whose go.mod lies in dir; false when there is none. In arena, borrows dir. */
bool ak_go_module_read(const char *dir, struct ak_arena *arena, struct ak_go_module *out);
/* Reads the source: below `dir` of the module that a file's path begins with, else where an
 * absolute path says. Sets the function of every decision (closures belong to the function around
 * them), follows //line directives, as profiles do, and finds loops. What is not found stays
 * without a name and is counted. O(bytes of source). */
void ak_go_diagnostics_name(struct ak_go_diagnostics *d, const struct ak_go_module *modules,
                            size_t count);

/* Whether a line stands in the body of a loop: known where the source of the file was read. */
enum ak_go_loop { AK_GO_LOOP_UNKNOWN, AK_GO_LOOP_NO, AK_GO_LOOP_YES };
enum ak_go_loop ak_go_diagnostics_loop(const struct ak_go_diagnostics *d, struct ak_str package,
                                       struct ak_str file, int64_t line);

/* What a line needs of the runtime; NONE where its source was not read. */
enum ak_go_need ak_go_diagnostics_need(const struct ak_go_diagnostics *d, struct ak_str package,
                                       struct ak_str file, int64_t line);

/* A frame of a chain of calls: from where bytes appear up to the line to edit. */
struct ak_lint_frame {
    const char *function;
    const char *file; /* from the root of the module; of other modules as in the profile */
    int64_t line;
};

struct ak_lint_finding {
    enum ak_rule rule;
    const char *message;     /* one sentence with the heat in it */
    const char *reason;      /* the compiler's, of an escape on that line; "" */
    struct ak_lint_frame at; /* the line to look at */
    int64_t bytes, objects;
    double share;                /* of all bytes, 0 to 1 */
    struct ak_lint_frame *chain; /* leaf first; ends with `at` */
    size_t chain_count;
    const char **evidence;
    size_t evidence_count;
};

/* Where the bytes of a profile went. */
struct ak_lint_classes {
    int64_t total;
    int64_t escape;   /* a decision of the compiler on the line */
    int64_t library;  /* a library called from a line of the module */
    int64_t language; /* the runtime, for what a line of the module needs (ak_go_need) */
    int64_t runtime;  /* the runtime, the profiler, the test frame, alone */
    int64_t outside;  /* no line of the module takes part: libraries on their own */
    int64_t unexplained;
    int64_t negative;                 /* what a subtraction left below zero, not in total */
    uint32_t leaf_sites, leaf_joined; /* lines of the module that allocate themselves */
    uint32_t leaf_language;           /* of them, for what the line needs of the runtime */
    uint32_t leaf_foreign;            /* of the rest, in packages that the diagnostics lack */
    int64_t leaf_bytes, leaf_joined_bytes;
};

struct ak_lint_set {
    struct ak_lint_finding *findings; /* by bytes, largest first */
    size_t count;
    size_t left_out; /* below the limits */
    struct ak_lint_classes classes;
};

struct ak_lint_heap_opts {
    double min_share;  /* smaller findings are left out; 0: 0.01 */
    int64_t min_bytes; /* likewise; 0: 65,536 */
};

/* Joins by package, file name and line, so that profile and diagnostics may name paths differently.
 * `p` is a heap profile (best the difference of two) with alloc_space and alloc_objects, else
 * AK_UNSUPPORTED. opts may be NULL. In arena. O(samples x depth). */
enum ak_status ak_lint_heap(const struct ak_go_diagnostics *d, const struct ak_profile *p,
                            const struct ak_lint_heap_opts *opts, struct ak_arena *arena,
                            struct ak_lint_set *out, struct ak_error *err) AK_MUST_USE;

#endif
