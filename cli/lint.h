/* What the sub-commands of akreport lint share. A sub-command is one file lint_<name>.c that
 * defines `const struct command lint_<name>` and one row in lints.def. */
#ifndef CLI_LINT_H
#define CLI_LINT_H

#include "command.h"
#include "reporter/lint.h"

#define X(name) extern const struct command lint_##name;
#include "lints.def"
#undef X

/* The first member, named `lint`, of the options of each sub-command that looks for findings. */
struct lint_options {
    const char *format, *store;
    const char *record; /* a run of the history that keeps the findings; NULL: none */
    bool strict;
};
#define LINT_DEFAULTS                                                                              \
    {                                                                                              \
        .format = "text"                                                                           \
    }
/* The rows of these options, last in the table of `struct type`. */
#define LINT_OPTS(type)                                                                            \
    {"record",                                                                                     \
     AK_OPT_STR,                                                                                   \
     offsetof(struct type, lint.record),                                                           \
     "RUN",                                                                                        \
     "keep the findings with this run of the history",                                             \
     "output"},                                                                                    \
        {"store", AK_OPT_STR, offsetof(struct type, lint.store), "FILE", "history file", NULL},    \
        {"format",                                                                                 \
         AK_OPT_STR,                                                                               \
         offsetof(struct type, lint.format),                                                       \
         "FORMAT",                                                                                 \
         "text, json, md or sarif",                                                                \
         NULL},                                                                                    \
        {"strict",                                                                                 \
         AK_OPT_BOOL,                                                                              \
         offsetof(struct type, lint.strict),                                                       \
         NULL,                                                                                     \
         "exit 1 when there is a finding",                                                         \
         NULL},                                                                                    \
    {                                                                                              \
        NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL                                                     \
    }

/* Looks for findings and fills the report, in arena. `o` is the first member of the sub-command's
 * options; args are those after its name. */
typedef enum ak_status lint_look_fn(const struct lint_options *o, const struct ak_args *args,
                                    struct ak_arena *arena, struct ak_lint_report *out,
                                    struct ak_error *err);

/* Parses the line into `o` (filled with defaults), looks and prints the report. Returns the exit
 * code of the program. */
int cli_lint_run(const struct command *cmd, struct lint_options *o, lint_look_fn *look, int argc,
                 char **argv);

#endif
