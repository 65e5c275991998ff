/* A command of akreport: one file cmd_<name>.c that defines `const struct command cmd_<name>`, and
 * one row in commands.def. Only this module prints and decides exit codes. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/opts.h"

struct command {
    const char *name;
    const char *summary;       /* one line for `akreport help` */
    const char *usage;         /* "check RUN [--criteria FILE]" */
    const struct ak_opt *opts; /* NULL when the command parses its own line */
    /* argv[0] is the command's name; returns the exit code of the program. */
    int (*run)(int argc, char **argv);
};

#define X(name) extern const struct command cmd_##name;
#include "commands.def"
#undef X

const struct command *command_find(const char *name);

/* Parses by cmd->opts. On help prints it and returns 0; on wrong use prints one line and returns 2;
 * returns -1 to go on. */
int command_parse(const struct command *cmd, void *opts, int argc, char **argv,
                  struct ak_arena *arena, struct ak_args *args);

/* Prints "akreport <cmd>: text" on stderr, made harmless, and returns the status' exit code. */
int command_fail(const char *cmd, const struct ak_error *err);

/* Writes bytes to standard output completely. False (with a line on stderr) when it cannot: a
 * closed pipe is silent. */
bool command_print(const char *cmd, struct ak_str bytes);

#endif
