/* akreport trend: how series change over the runs of the history. */
#include "base/io.h"
#include "base/sanitize.h"
#include "command.h"
#include "history_read.h"
#include "reporter/charts.h"
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
    {"png", AK_OPT_STR, F(png), "DIR", "also write a chart per series listed (at most 50)", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

#define CHARTS_MAX 50

static enum ak_status chart_write(const char *dir, const struct ak_trend_series *series,
                                  struct ak_error *err)
{
    struct ak_buf path = AK_BUF_INIT, name = AK_BUF_INIT, png = AK_BUF_INIT;
    struct ak_canvas *canvas = ak_chart_trend(series, AK_THEME_LIGHT);
    ak_buf_printf(&name, "trend-%s-%s", series->benchmark, series->unit);
    ak_buf_printf(&path, "%s/", dir);
    ak_sanitize_filename(&path, ak_buf_view(&name));
    ak_buf_puts(&path, ".png");
    enum ak_status st = ak_canvas_png(canvas, 1, &png, err);
    if (st == AK_OK) {
        st = ak_file_write(path.ptr, ak_buf_view(&png), err);
    }
    ak_canvas_free(canvas);
    ak_buf_release(&path);
    ak_buf_release(&name);
    ak_buf_release(&png);
    return st;
}

static enum ak_status charts_write(const struct history_read *o,
                                   const struct ak_trend_series *series, size_t count,
                                   struct ak_error *err)
{
    enum ak_status st = ak_dir_make(o->png, err);
    size_t written = 0;
    for (size_t i = 0; i < count && st == AK_OK && written < CHARTS_MAX; i++) {
        if (o->all || *series[i].sentence) {
            st = chart_write(o->png, &series[i], err);
            written++;
        }
    }
    return st;
}

static int report(const struct history_read *o, const struct ak_trend_series *series, size_t count)
{
    const struct ak_trend_text_opts how = {.color = isatty(STDOUT_FILENO) == 1, .all = o->all};
    struct ak_buf out = AK_BUF_INIT;
    int code = count == 0 ? 3 : 0;
    if (strcmp(o->format, "json") == 0) {
        ak_trend_json(series, count, &out);
    } else {
        ak_trend_text(series, count, &how, &out);
    }
    if (!command_print("trend", ak_buf_view(&out))) {
        code = code ? code : 2;
    }
    ak_buf_release(&out);
    struct ak_error err = {0};
    if (code == 0 && o->png && charts_write(o, series, count, &err) != AK_OK) {
        code = command_fail("trend", &err);
    }
    if (code == 3) {
        fputs("akreport trend: the history has no such series\n", stderr);
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
    int code = command_parse(&cmd_trend, &o, argc, argv, arena, &args);
    if (code < 0) {
        code = cli_history_read("trend", &o, &args, false, arena, &series, &count);
    }
    if (code < 0) {
        code = report(&o, series, count);
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_trend = {
    .name = "trend",
    .summary = "how series change over the runs of the history",
    .usage = "trend [LABEL] [--benchmark REGEX] [--unit UNIT] [--last N]",
    .opts = table,
    .run = run,
};
