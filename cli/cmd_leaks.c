/* akreport leaks: memory that grows without end, and since which run. */
#include "command.h"
#include "history_read.h"
#include "reporter/trend.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static int report(const struct history_read *o, const struct ak_trend_series *series, size_t count)
{
    const struct ak_trend_text_opts how = {.color = isatty(STDOUT_FILENO) == 1, .all = o->all};
    struct ak_buf out = AK_BUF_INIT;
    int code = count == 0 ? 3 : 0;
    for (size_t i = 0; i < count; i++) {
        code = series[i].leaks > 0 ? 1 : code;
    }
    if (strcmp(o->format, "json") == 0) {
        ak_trend_json(series, count, &out);
    } else {
        ak_leaks_text(series, count, &how, &out);
    }
    if (!command_print("leaks", ak_buf_view(&out))) {
        code = code ? code : 2;
    }
    ak_buf_release(&out);
    if (code == 3) {
        fputs("akreport leaks: the history has no such series\n", stderr);
    }
    return code;
}

static int run(int argc, char **argv)
{
    struct history_read o = HISTORY_READ_DEFAULTS;
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    struct ak_trend_series *series;
    size_t count;
    int code = command_parse(&cmd_leaks, &o, argc, argv, arena, &args);
    if (code < 0) {
        code = cli_history_read("leaks", &o, &args, true, arena, &series, &count);
    }
    if (code < 0) {
        code = report(&o, series, count);
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_leaks = {
    .name = "leaks",
    .summary = "memory that grows without end, and since which run",
    .usage = "leaks [LABEL] [--benchmark REGEX] [--unit UNIT] [--last N]",
    .opts = table,
    .run = run,
};
