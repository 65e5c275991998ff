/* What trend and leaks share: options, reading the history, printing. */
#ifndef CLI_HISTORY_READ_H
#define CLI_HISTORY_READ_H

#include "base/opts.h"
#include "collector/history.h"

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

/* Reads the series that the options and the label (first argument, if any) ask for. Returns an exit
 * code when it could not (after a line on stderr), else -1. */
int cli_history_read(const char *cmd, const struct history_read *o, const struct ak_args *args,
                     bool leaks, struct ak_arena *arena, struct ak_trend_series **out,
                     size_t *out_count);

#endif
