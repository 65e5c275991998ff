/* What the sub-commands of akreport lint share. A sub-command is one file lint_<name>.c that
 * defines `const struct command lint_<name>` and one row in lints.def. */
#ifndef CLI_LINT_H
#define CLI_LINT_H

#include "collector/rules.h"
#include "collector/suppress.h"
#include "command.h"
#include "reporter/lint.h"

#define X(name) extern const struct command lint_##name;
#include "lints.def"
#undef X

/* The first member, named `lint`, of the options of each sub-command that looks for findings. */
struct lint_options {
    const char *format, *store;
    const char *criteria, *source_root;
    const char *record; /* a run of the history that keeps the findings; NULL: none */
    bool strict;
    /* Of the criteria file, while looking; NULL: none. */
    const struct ak_criteria *read;
    struct ak_suppress_list *suppress;
};
#define LINT_DEFAULTS                                                                              \
    {                                                                                              \
        .format = "text"                                                                           \
    }
#define LINT_OPT(type, name, field, arg, help, group)                                              \
    {                                                                                              \
        name, AK_OPT_STR, offsetof(struct type, lint.field), arg, help, group                      \
    }
/* The rows of these options, last in the table of `struct type`. */
#define LINT_OPTS(type)                                                                            \
    LINT_OPT(type, "record", record, "RUN", "keep the findings with this run of the history",      \
             "output"),                                                                            \
        LINT_OPT(type, "store", store, "FILE", "history file", NULL),                              \
        LINT_OPT(type, "criteria", criteria, "FILE",                                               \
                 "criteria file with suppress entries and sinks", NULL),                           \
        LINT_OPT(type, "source-root", source_root, "DIR",                                          \
                 "root of the source: regions and fingerprints in SARIF", NULL),                   \
        LINT_OPT(type, "format", format, "FORMAT", "text, json, md or sarif", NULL),               \
        {"strict",                                                                                 \
         AK_OPT_BOOL,                                                                              \
         offsetof(struct type, lint.strict),                                                       \
         NULL,                                                                                     \
         "exit 1 when there is a finding",                                                         \
         NULL},                                                                                    \
    {                                                                                              \
        NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL                                                     \
    }

/* The members of an ak_lint_item that a rule gives it. */
#define LINT_RULE(of) .rule = ak_rule_id(of), .title = ak_rule_title(of), .help = ak_rule_help(of)

/* Looks for findings and fills the report, in arena. `o` is the first member of the sub-command's
 * options; args are those after its name. */
typedef enum ak_status lint_look_fn(const struct lint_options *o, const struct ak_args *args,
                                    struct ak_arena *arena, struct ak_lint_report *out,
                                    struct ak_error *err);

/* "12.3 % of cpu: <message>", so that the first sentence of a finding carries its heat. In arena.
 */
const char *cli_lint_heat_message(double share, const char *type, const char *message,
                                  struct ak_arena *arena);
/* "600ms of cpu". In arena. */
const char *cli_lint_heat_value(int64_t heat, const char *unit, const char *type,
                                struct ak_arena *arena);

/* Parses the line into `o` (filled with defaults), looks and prints the report. Returns the exit
 * code of the program. */
int cli_lint_run(const struct command *cmd, struct lint_options *o, lint_look_fn *look, int argc,
                 char **argv);

#endif
