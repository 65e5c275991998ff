/* What trend and leaks share: options, reading the history, printing. */
#ifndef CLI_HISTORY_READ_H
#define CLI_HISTORY_READ_H

#include "base/opts.h"
#include "collector/history.h"
#include "command.h"
#include "reporter/trend.h"

struct history_read {
    const char *store, *benchmark, *unit, *branch, *format, *png;
    int64_t last;
    double floor;
    bool all;
};
#define HISTORY_READ_DEFAULTS                                                                      \
    {                                                                                              \
        .format = "text", .floor = 5                                                               \
    }

/* One of the two commands. */
struct history_command {
    const struct command *command;
    bool leaks; /* only levels, with their sites; a leak is exit code 1 */
    void (*text)(const struct ak_trend_series *series, size_t count,
                 const struct ak_trend_text_opts *how, struct ak_buf *out);
    /* What else is written when the report was fine; NULL: nothing. */
    enum ak_status (*write)(const struct history_read *o, const struct ak_trend_series *series,
                            size_t count, struct ak_error *err);
};

/* Parses the line, reads the series that the options and the label (first argument, if any) ask
 * for, and reports on them. Returns the exit code of the program. */
int cli_history_run(const struct history_command *h, int argc, char **argv);

#endif
