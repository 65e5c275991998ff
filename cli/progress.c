#include "progress.h"

#include <stdio.h>
#include <unistd.h>

void cli_progress_init(struct cli_progress *p)
{
    p->on_terminal = isatty(STDERR_FILENO) != 0;
    p->shown = false;
}

void cli_progress_show(struct cli_progress *p, const char *text)
{
    if (p->on_terminal) {
        fprintf(stderr, "\r\033[K%s", text);
        fflush(stderr);
        p->shown = true;
    }
}

void cli_progress_clear(struct cli_progress *p)
{
    if (p->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        p->shown = false;
    }
}
