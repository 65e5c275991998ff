/* Go source of one folder as tokens and a table of functions, for the rules on benchmarks. */
#ifndef COLLECTOR_LINT_BENCH_SOURCE_H
#define COLLECTOR_LINT_BENCH_SOURCE_H

#include "base/arena.h"
#include "base/idmap.h"
#include "lint/go_functions.h"

#define BENCH_NAMES_MAX 32

struct bench_file {
    const char *path;
    struct ak_str folder; /* with its last '/' */
    struct go_tokens tokens;
};

/* Names of the parameters of type *testing.B or testing.TB, those of literals inside too. */
struct bench_names {
    struct ak_str items[BENCH_NAMES_MAX];
    size_t count;
};

/* What a name is in a function. */
enum bench_local {
    BENCH_LOCAL_NONE,
    BENCH_LOCAL_LITERAL,  /* a variable that holds a literal, whose tokens are looked at in place */
    BENCH_LOCAL_PARAMETER /* a function that a caller gives */
};

struct bench_function {
    struct go_function at;
    const struct bench_file *file;
    struct bench_names b;
    bool takes_b;        /* its own parameters have a *testing.B */
    bool takes_profiles; /* itself or in what it calls */
    enum { LOOP_UNKNOWN, LOOP_ASKED, LOOP_NO, LOOP_YES } loop;
    unsigned looks;         /* at its body */
    uint32_t size_line;     /* where b.N is a size while nothing loops over it; 0: nowhere */
    struct ak_idmap locals; /* name -> bench_local, once `has_locals` */
    bool has_locals;
    uint32_t next; /* of the same name in the same folder; AK_IDMAP_NONE: none */
};

struct bench_source {
    struct ak_arena *arena; /* of the text; owned */
    struct bench_file *files;
    size_t file_count, file_cap;
    struct bench_function *functions; /* by file and line */
    size_t function_count, function_cap;
    struct ak_idmap by_name; /* folder and name -> number of the chain */
    uint32_t *chains;        /* first function of each */
    size_t chain_count, chain_cap;
    unsigned depth; /* of functions that are looked into */
    bool in_cycle;  /* one of them was asked for again */
};

/* The .go files below `dir` but those in vendor and testdata, those of a folder together, in arena.
 * AK_NOT_FOUND when there is none, AK_LIMIT beyond 20,000. */
enum ak_status collector_bench_source_list(const char *dir, struct ak_arena *arena,
                                           const char ***out, size_t *out_count,
                                           struct ak_error *err) AK_MUST_USE;
/* The number of paths at the start of the list that lie in one folder. */
size_t collector_bench_source_folder(const char *const *paths, size_t count);
void collector_bench_source_init(struct bench_source *s);
/* Adds one file (the text is copied, the path kept), and after the last makes the table. */
void collector_bench_source_add(struct bench_source *s, const char *path, struct ak_str text);
void collector_bench_source_index(struct bench_source *s);
/* Adds files and makes the table. Release also after a failure. */
enum ak_status collector_bench_source_read(struct bench_source *s, const char *const *paths,
                                           size_t count, struct ak_error *err) AK_MUST_USE;
void collector_bench_source_release(struct bench_source *s);

/* The first function (no method) of that name in the folder of `near`; the others follow by `next`.
 */
struct bench_function *collector_bench_function(struct bench_source *s,
                                                const struct bench_file *near, struct ak_str name);

/* Whether token i is one of the names. */
bool collector_bench_is_b(const struct go_tokens *t, size_t i, const struct bench_names *n);
/* Whether the tokens from i read "b.<name>". */
bool collector_bench_is_member(const struct go_tokens *t, size_t i, const struct bench_names *n,
                               const char *name);
/* The '{' of the loop over b.N or b.Loop that begins with the "for" at i; 0: no such loop. */
size_t collector_bench_loop_body(const struct go_tokens *t, size_t i, const struct bench_names *n);

/* The function of the folder that ends the body of `f` by a call with b, and does not repeat
 * anything either; NULL: another end. */
const struct bench_function *collector_bench_helper(struct bench_source *s,
                                                    struct bench_function *f);

/* Whether b.N at i is an argument of something that only makes room for so many: make, Repeat. */
bool collector_bench_is_size(const struct go_tokens *t, size_t i);

/* Whether the function repeats its operation b.N times, itself or in what it gives b to. Where that
 * cannot be seen (b or b.N given to code elsewhere, kept in a variable), it is taken to. Each
 * function is looked into once. */
bool collector_bench_loops(struct bench_source *s, struct bench_function *f);

#endif
