/* akreport leaks: memory that grows without end, and since which run. */
#include "command.h"
#include "history_read.h"
#include "reporter/trend.h"

#define F(field) offsetof(struct history_read, field)
static const struct ak_opt table[] = {
    {"benchmark", AK_OPT_STR, F(benchmark), "REGEX", "only benchmarks that match", "selection"},
    {"unit", AK_OPT_STR, F(unit), "UNIT", "only this unit", NULL},
    {"branch", AK_OPT_STR, F(branch), "NAME", "only runs of this branch", NULL},
    {"last", AK_OPT_I64, F(last), "N", "only the newest N runs", NULL},
    {"floor", AK_OPT_F64, F(floor), "PERCENT", "smaller changes are none (5)", NULL},
    {"store", AK_OPT_STR, F(store), "FILE", "history file", NULL},
    {"format", AK_OPT_STR, F(format), "FORMAT", "text or json", "output"},
    {"all", AK_OPT_BOOL, F(all), NULL, "also series in which nothing was found", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

static int run(int argc, char **argv)
{
    const struct history_command h = {.command = &cmd_leaks, .leaks = true, .text = ak_leaks_text};
    return cli_history_run(&h, argc, argv);
}

const struct command cmd_leaks = {
    .name = "leaks",
    .summary = "memory that grows without end, and since which run",
    .usage = "leaks [LABEL] [--benchmark REGEX] [--unit UNIT] [--last N]",
    .opts = table,
    .run = run,
};
