/* akreport trend: how series change over the runs of the history. */
#include "base/io.h"
#include "base/sanitize.h"
#include "command.h"
#include "history_read.h"
#include "reporter/charts.h"
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

static enum ak_status write_charts(const struct history_read *o,
                                   const struct ak_trend_series *series, size_t count,
                                   struct ak_error *err)
{
    return o->png ? charts_write(o, series, count, err) : AK_OK;
}

static int run(int argc, char **argv)
{
    const struct history_command h = {
        .command = &cmd_trend, .leaks = false, .text = ak_trend_text, .write = write_charts};
    return cli_history_run(&h, argc, argv);
}

const struct command cmd_trend = {
    .name = "trend",
    .summary = "how series change over the runs of the history",
    .usage = "trend [LABEL] [--benchmark REGEX] [--unit UNIT] [--last N]",
    .opts = table,
    .run = run,
};
