/* What a command line says about the benchmark it runs: is it `go test`, our akbench or a test
 * binary, which packages, which benchmarks, which profiles it will write. */
#ifndef COLLECTOR_COMMAND_LINE_H
#define COLLECTOR_COMMAND_LINE_H

#include "base/arena.h"

enum collector_program {
    COLLECTOR_PROGRAM_OTHER,
    COLLECTOR_PROGRAM_GO_TEST,
    COLLECTOR_PROGRAM_BENCH, /* takes the testing package's flags directly: akbench, x.test */
};

struct collector_command_line {
    const char *const *argv;
    size_t argc;
    enum collector_program program;
    size_t flags_at;    /* where flags may be put: after "go test" or the program's name */
    size_t packages_at; /* go test: where its packages stand */
    size_t package_count;
    const char *prefix;       /* of flags: "" or "test." */
    const char *bench;        /* value of -bench, NULL when there is none */
    bool has_cpu, has_memory; /* -cpuprofile, -memprofile are there */
    const char **profiles;    /* paths of profiles that flags ask for, below `dir` */
    size_t profile_count;
    const char **variables; /* GOAKT_PROFILE_... set for it, here or in the environment */
    size_t variable_count;
};

/* Reads a command line (all in arena or borrowed from argv). `dir` is its working folder, or NULL.
 */
struct collector_command_line collector_command_line_read(const char *const *argv, const char *dir,
                                                          struct ak_arena *arena);

/* A variant of a command line. */
struct collector_variant {
    const char *package;      /* instead of the packages of go test, NULL: as they are */
    const char *bench;        /* value of -bench instead of its own, NULL: as it is */
    const char *const *flags; /* put in, ends with NULL */
};
const char *const *collector_command_line_vary(const struct collector_command_line *c,
                                               const struct collector_variant *v,
                                               struct ak_arena *arena);

/* As one line that a shell would read back, for people and the history. In arena. */
const char *collector_command_line_text(const char *const *argv, struct ak_arena *arena);

#endif
