/* akreport: finds the command and hands over. */
#include "base/io.h"
#include "command.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static int print_commands(FILE *to)
{
    fputs("usage: akreport COMMAND [ARG...]\n\n", to);
#define X(id) fprintf(to, "  %-10s %s\n", cmd_##id.name, cmd_##id.summary);
#include "commands.def"
#undef X
    fputs(
        "\nakreport COMMAND --help tells more. Exit codes: 0 fine, 1 failed or worse, 2 wrong use "
        "or unreadable input, 3 could not be judged.\n",
        to);
    return to == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    /* Called as `pprof` (a link): the whole line belongs to the pprof command. */
    const bool as_pprof = argc > 0 && strcmp(ak_path_base(argv[0]), "pprof") == 0;
    const struct command *cmd = as_pprof ? command_find("pprof") : NULL;
    if (cmd) {
        return cmd->run(argc, argv);
    }
    if (argc < 2) {
        return print_commands(stderr);
    }
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "--help") == 0 ||
        strcmp(name, "-help") == 0) {
        if (argc < 3) {
            return print_commands(stdout);
        }
        cmd = command_find(argv[2]);
        char *help[] = {argv[2], (char[]){"--help"}, NULL};
        return cmd ? cmd->run(2, help) : print_commands(stderr);
    }
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0) {
        puts("akreport 0.1");
        return 0;
    }
    cmd = command_find(name);
    if (!cmd) {
        fprintf(stderr, "akreport: no command \"%.40s\"; akreport help lists them\n", name);
        return 2;
    }
    return cmd->run(argc - 1, argv + 1);
}
