/* A progress line on the terminal's last line; nothing anywhere else. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

struct cli_progress {
    bool on_terminal; /* stderr is one */
    bool shown;
};

void cli_progress_init(struct cli_progress *p);
/* Replaces the line. `text` is printed as it is. */
void cli_progress_show(struct cli_progress *p, const char *text);
/* Takes the line away, before other output. */
void cli_progress_clear(struct cli_progress *p);

#endif
