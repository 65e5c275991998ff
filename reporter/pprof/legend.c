#include "legend.h"

#include "base/mem.h"
#include "base/sanitize.h"
#include "profile/measure.h"
#include "profile/paths.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

enum { FILTER_WIDTH = 80 }; /* bytes of a filter that are shown */

void reporter_time(struct ak_buf *out, int64_t ns, bool exact)
{
    int64_t fraction = ns % 1000000000;
    time_t seconds = (time_t)(ns / 1000000000);
    if (fraction < 0) {
        fraction += 1000000000;
        seconds--;
    }
    struct tm tm;
    char text[80];
    if (!localtime_r(&seconds, &tm)) {
        return;
    }
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    ak_buf_puts(out, text);
    if (exact && fraction) {
        int n = snprintf(text, sizeof text, ".%09lld", (long long)fraction);
        while (text[n - 1] == '0') {
            n--;
        }
        ak_buf_add(out, text, (size_t)n);
    }
    strftime(text, sizeof text, exact ? " %z %Z" : " %Z", &tm);
    ak_buf_puts(out, text);
}

/* v / scale without trailing zeros. */
static void put_fraction(struct ak_buf *out, uint64_t v, uint64_t scale)
{
    ak_buf_u64(out, v / scale);
    uint64_t rest = v % scale;
    if (rest) {
        ak_buf_putc(out, '.');
        while (rest) {
            scale /= 10;
            ak_buf_putc(out, (char)('0' + rest / scale));
            rest %= scale;
        }
    }
}

void reporter_duration(struct ak_buf *out, int64_t ns)
{
    const uint64_t v = ak_magnitude(ns);
    if (ns < 0) {
        ak_buf_putc(out, '-');
    }
    if (v == 0) {
        ak_buf_puts(out, "0s");
    } else if (v < 1000) {
        ak_buf_u64(out, v);
        ak_buf_puts(out, "ns");
    } else if (v < 1000000) {
        put_fraction(out, v, 1000);
        ak_buf_puts(out, "\xC2\xB5s");
    } else if (v < 1000000000) {
        put_fraction(out, v, 1000000);
        ak_buf_puts(out, "ms");
    } else {
        const uint64_t minutes = v / 60000000000ULL;
        if (minutes >= 60) {
            ak_buf_printf(out, "%lluh", (unsigned long long)(minutes / 60));
        }
        if (minutes) {
            ak_buf_printf(out, "%llum", (unsigned long long)(minutes % 60));
        }
        put_fraction(out, v % 60000000000ULL, 1000000000);
        ak_buf_putc(out, 's');
    }
}

/* Takes the content of text as one more line, made harmless. */
static void add_line(struct ak_pprof_report *r, struct ak_buf *text)
{
    const size_t n = r->legend_count;
    if ((n & (n - 1)) == 0) { /* a power of two: full */
        struct ak_str *grown = ak_arena_alloc(r->arena, (n ? 2 * n : 1) * sizeof *grown);
        if (n) {
            memcpy(grown, r->legend, n * sizeof *grown);
        }
        r->legend = grown;
    }
    struct ak_buf clean = AK_BUF_INIT;
    ak_sanitize_text(&clean, ak_buf_view(text));
    r->legend[r->legend_count++] = ak_arena_str(r->arena, ak_buf_view(&clean));
    ak_buf_release(&clean);
    ak_buf_reset(text);
}

static void add_pair(struct ak_pprof_report *r, const char *key, struct ak_str value,
                     struct ak_buf *text)
{
    if (value.len) {
        ak_buf_puts(text, key);
        ak_buf_str(text, value);
        add_line(r, text);
    }
}

static void add_duration(struct ak_pprof_report *r, struct ak_buf *text)
{
    const struct ak_profile *p = r->view;
    ak_buf_puts(text, "Duration: ");
    ak_measure_label(text, p->duration_ns, AK_STR("nanoseconds"), AK_STR("auto"));
    ak_buf_puts(text, ", Total samples = ");
    ak_pprof_value(text, r, r->total);
    ak_buf_putc(text, ' ');
    struct ak_str unit;
    const double ns = ak_measure_scale(r->total, r->sample_unit, AK_STR("nanoseconds"), &unit);
    if (ak_str_eq(unit, AK_STR("ns")) && ns != 0.0) {
        const int64_t whole = fabs(ns) < 0x1p63 ? (int64_t)ns : INT64_MIN;
        ak_buf_putc(text, '(');
        ak_measure_percent(text, whole, p->duration_ns);
        ak_buf_putc(text, ')');
    }
    add_line(r, text);
}

void reporter_pprof_profile_legend(struct ak_pprof_report *r)
{
    const struct ak_profile *p = r->view;
    struct ak_buf text = AK_BUF_INIT;
    if (p->mapping_count) {
        const struct ak_str file = ak_profile_str(p, p->mappings[0].filename);
        if (file.len) {
            add_pair(r, "File: ", ak_path_last(file), &text);
        }
        add_pair(r, "Build ID: ", ak_profile_str(p, p->mappings[0].build_id), &text);
    }
    for (uint32_t i = 0; i < p->comment_count; i++) {
        const struct ak_str comment = ak_profile_str(p, p->comments[i]);
        if (!ak_str_starts(comment, AK_STR("#"))) {
            ak_buf_str(&text, comment);
            add_line(r, &text);
        }
    }
    add_pair(r, "Type: ", r->sample_type, &text);
    add_pair(r, "Doc: ", ak_profile_str(p, p->doc_url), &text);
    if (p->time_ns) {
        ak_buf_puts(&text, "Time: ");
        reporter_time(&text, p->time_ns, false);
        add_line(r, &text);
    }
    if (p->duration_ns) {
        add_duration(r, &text);
    }
    ak_buf_release(&text);
}

static void add_filters(struct ak_pprof_report *r, struct ak_buf *text)
{
    const struct ak_pprof_config *c = &r->config;
    const char *const filters[][2] = {
        {"focus", c->focus},         {"ignore", c->ignore},       {"hide", c->hide},
        {"show", c->show},           {"show_from", c->show_from}, {"tagfocus", c->tagfocus},
        {"tagignore", c->tagignore}, {"tagshow", c->tagshow},     {"taghide", c->taghide},
    };
    bool any = false;
    for (size_t i = 0; i < AK_COUNT(filters); i++) {
        if (!filters[i][1][0]) {
            continue;
        }
        if (!any) {
            ak_buf_puts(text, "Active filters:");
            add_line(r, text);
            any = true;
        }
        struct ak_buf filter = AK_BUF_INIT;
        ak_buf_printf(&filter, "%s=%s", filters[i][0], filters[i][1]);
        const bool cut = filter.len > FILTER_WIDTH;
        const struct ak_str shown = ak_str_slice(ak_buf_view(&filter), 0, FILTER_WIDTH);
        ak_buf_puts(text, "   ");
        ak_buf_str(text, shown);
        ak_buf_puts(text, cut ? "\xE2\x80\xA6" : "");
        add_line(r, text);
        ak_buf_release(&filter);
    }
}

static void add_dropped(struct ak_pprof_report *r, uint32_t count, bool nodes, struct ak_buf *text)
{
    if (count == 0) {
        return;
    }
    const double fraction = nodes ? r->config.nodefraction : r->config.edgefraction;
    const double cut = fabs((double)r->total * fraction);
    ak_buf_printf(text, "Dropped %u %s%s (%s %s ", count, nodes ? "node" : "edge",
                  count > 1 ? "s" : "", nodes ? "cum" : "freq", r->config.compat ? "<=" : "<");
    ak_pprof_value(text, r, cut < 0x1p63 ? (int64_t)cut : INT64_MAX);
    ak_buf_putc(text, ')');
    add_line(r, text);
}

static int64_t shown_total(struct ak_pprof_report *r)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < r->graph->list_count; i++) {
        const int64_t flat = ak_node_flat(&r->graph->nodes[r->graph->list[i]]);
        r->overflow = __builtin_add_overflow(sum, flat, &sum) || r->overflow;
    }
    return sum;
}

void reporter_pprof_graph_legend(struct ak_pprof_report *r)
{
    const struct ak_graph *g = r->graph;
    const bool drawn = r->format->model == AK_PPROF_DRAWN;
    struct ak_buf text = AK_BUF_INIT;
    if (drawn || !r->config.compact_labels) {
        reporter_pprof_profile_legend(r);
    }
    add_filters(r, &text);
    const int64_t shown = shown_total(r);
    ak_buf_puts(&text, "Showing nodes accounting for ");
    ak_pprof_value(&text, r, shown);
    ak_buf_puts(&text, ", ");
    ak_pprof_percent_trimmed(&text, r, shown, r->total);
    ak_buf_puts(&text, " of ");
    ak_pprof_value(&text, r, r->total);
    ak_buf_puts(&text, " total");
    add_line(r, &text);
    if (r->total != 0) {
        add_dropped(r, g->dropped_nodes, true, &text);
        add_dropped(r, drawn ? g->dropped_edges : 0, false, &text);
        if (g->list_count > 0 && g->list_count < g->node_total) {
            ak_buf_printf(&text, "Showing top %u nodes out of %u", g->list_count, g->node_total);
            add_line(r, &text);
        }
    }
    ak_buf_release(&text);
}
