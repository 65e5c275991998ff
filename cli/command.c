#include "command.h"

#include "base/sanitize.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct command *const commands[] = {
#define X(name) &cmd_##name,
#include "commands.def"
#undef X
    NULL,
};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

int command_fail(const char *cmd, const struct ak_error *err)
{
    struct ak_buf line = AK_BUF_INIT;
    ak_sanitize_text(&line, ak_str_from(err->text));
    fprintf(stderr, "akreport %s: %s\n", cmd, line.ptr ? line.ptr : ak_status_text(err->status));
    ak_buf_release(&line);
    return ak_status_exit(err->status);
}

static void print_help(const struct command *cmd)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_buf_printf(&text, "usage: akreport %s\n\n%s\n", cmd->usage, cmd->summary);
    if (cmd->opts) {
        ak_buf_putc(&text, '\n');
        ak_opts_help(cmd->opts, &text);
    }
    command_print(cmd->name, ak_buf_view(&text));
    ak_buf_release(&text);
}

int command_parse(const struct command *cmd, void *opts, int argc, char **argv,
                  struct ak_arena *arena, struct ak_args *args)
{
    struct ak_error err = {0};
    const struct ak_opts_parse parse = {.table = cmd->opts, .opts = opts};
    const enum ak_status st = ak_opts_parse(&parse, argc, argv, arena, args, &err);
    if (st == AK_OK) {
        return -1;
    }
    if (st == AK_CANCELLED) {
        print_help(cmd);
        return 0;
    }
    command_fail(cmd->name, &err);
    fprintf(stderr, "usage: akreport %s (see akreport %s --help)\n", cmd->usage, cmd->name);
    return 2;
}

bool command_print(const char *cmd, struct ak_str bytes)
{
    if (fwrite(bytes.ptr, 1, bytes.len, stdout) == bytes.len && fflush(stdout) == 0) {
        return true;
    }
    if (errno != EPIPE) {
        fprintf(stderr, "akreport %s: standard output: %s\n", cmd, strerror(errno));
    }
    return false;
}
