/* Series over a history for a terminal or a log. */
#include "base/sanitize.h"
#include "columns.h"
#include "judge.h"
#include "reporter/trend.h"

#include <math.h>

#define SPARKS 40

static bool is_interesting(const struct ak_trend_series *s)
{
    return *s->sentence != '\0';
}

/* One block per run, the newest SPARKS of them, from the lowest to the highest median. */
static void sparkline(struct ak_buf *out, const struct ak_trend_series *s)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const size_t from = s->point_count > SPARKS ? s->point_count - SPARKS : 0;
    double lo = s->points[from].summary.median, hi = lo;
    for (size_t i = from; i < s->point_count; i++) {
        lo = fmin(lo, s->points[i].summary.median);
        hi = fmax(hi, s->points[i].summary.median);
    }
    for (size_t i = from; i < s->point_count; i++) {
        const double part = hi > lo ? (s->points[i].summary.median - lo) / (hi - lo) : 0;
        ak_buf_puts(out, blocks[isfinite(part) ? (size_t)(part * 7.999) : 0]);
    }
}

static void series_row(struct columns *t, const struct ak_trend_series *s)
{
    struct ak_buf text = AK_BUF_INIT;
    reporter_columns_puts(t, s->benchmark);
    reporter_columns_puts(t, s->unit);
    sparkline(&text, s);
    reporter_columns_cell(t, ak_buf_view(&text));
    ak_buf_reset(&text);
    reporter_value(&text, s->points[0].summary.median, s->unit);
    ak_buf_puts(&text, " -> ");
    reporter_value(&text, s->points[s->point_count - 1].summary.median, s->unit);
    reporter_columns_cell(t, ak_buf_view(&text));
    ak_buf_reset(&text);
    ak_buf_printf(&text, "%zu runs", s->point_count);
    reporter_columns_cell(t, ak_buf_view(&text));
    reporter_columns_end_row(t);
    ak_buf_release(&text);
}

static void finding(struct columns *t, const struct ak_trend_series *s)
{
    struct ak_buf line = AK_BUF_INIT;
    ak_buf_printf(&line, "  %s %s", s->leaks > 0 ? "✗" : "•", s->sentence);
    reporter_columns_line(t, line.ptr);
    ak_buf_release(&line);
}

void ak_trend_text(const struct ak_trend_series *series, size_t count,
                   const struct ak_trend_text_opts *o, struct ak_buf *out)
{
    struct columns t = {0};
    size_t found = 0;
    t.align[3] = t.align[4] = COLUMNS_RIGHT;
    for (size_t i = 0; i < count; i++) {
        found += is_interesting(&series[i]);
        if (is_interesting(&series[i]) || o->all) {
            series_row(&t, &series[i]);
        }
        if (is_interesting(&series[i])) {
            finding(&t, &series[i]);
        }
    }
    ak_buf_printf(out, "%s%zu of %zu series changed or leak%s\n", o->color ? "\033[1m" : "", found,
                  count, o->color ? "\033[0m" : "");
    if (t.count > 0) {
        ak_buf_putc(out, '\n');
    }
    reporter_columns_write(&t, out);
    reporter_columns_release(&t);
}

static bool same_sites(const struct ak_trend_series *a, const struct ak_trend_series *b)
{
    return a->site_count > 0 && a->site_count == b->site_count &&
           a->sites[0].flat_after == b->sites[0].flat_after &&
           strcmp(a->sites[0].function, b->sites[0].function) == 0;
}

static void sites(const struct ak_trend_series *s, struct ak_buf *out)
{
    for (size_t i = 0; i < s->site_count && i < 5; i++) {
        const struct ak_cause *k = &s->sites[i];
        ak_buf_puts(out, "      ");
        ak_value_format(out, (double)k->flat_after, AK_STR("B"));
        ak_buf_printf(out, " live in %lld samples  ", (long long)k->samples_after);
        ak_sanitize_text(out, ak_str_from(k->function));
        ak_buf_putc(out, '\n');
    }
}

void ak_leaks_text(const struct ak_trend_series *series, size_t count,
                   const struct ak_trend_text_opts *o, struct ak_buf *out)
{
    const struct ak_trend_series *listed = NULL;
    size_t leaks = 0;
    for (size_t i = 0; i < count; i++) {
        leaks += series[i].leaks > 0;
    }
    ak_buf_printf(out, "%s%zu of %zu series %s%s\n", o->color ? "\033[1m" : "", leaks, count,
                  leaks == 1 ? "leaks" : "leak", o->color ? "\033[0m" : "");
    for (size_t i = 0; i < count; i++) {
        const struct ak_trend_series *s = &series[i];
        if (s->leaks == 0 && !o->all) {
            continue;
        }
        ak_buf_puts(out, s->leaks > 0 ? "\n✗ " : "\n✓ ");
        ak_sanitize_text(out, ak_str_from(s->benchmark));
        ak_buf_putc(out, ' ');
        ak_sanitize_text(out, ak_str_from(s->unit));
        ak_buf_puts(out, "\n    ");
        ak_sanitize_text(out, ak_str_from(*s->sentence ? s->sentence : "no leak"));
        ak_buf_putc(out, '\n');
        if (listed && same_sites(listed, s)) {
            ak_buf_puts(out, "      held by the same functions as above (one profile for all)\n");
        } else {
            sites(s, out);
            listed = s;
        }
    }
}
