#include "base/mem.h"
#include "base/sanitize.h"
#include "profile/paths.h"
#include "render.h"
#include "reporter/pprof_color.h"
#include "shortname.h"
#include "tag_groups.h"

#include <math.h>
#include <stdlib.h>

struct drawing {
    const struct ak_pprof_report *r;
    struct ak_buf *out;
    uint32_t *ids;     /* node -> number in the drawing, 0: not listed */
    uint8_t *has_tags; /* per node */
    double max_flat;
};

/* Inside double quotes: quotes and backslashes escaped, a line end is left-justified. */
static void put_escaped(struct ak_buf *out, struct ak_str s)
{
    struct ak_buf clean = AK_BUF_INIT;
    for (struct ak_str rest = s; rest.ptr;) {
        const struct ak_str line = ak_str_cut(&rest, '\n');
        ak_buf_reset(&clean);
        ak_sanitize_text(&clean, line);
        for (size_t i = 0; i < clean.len; i++) {
            if (clean.ptr[i] == '\\' || clean.ptr[i] == '"') {
                ak_buf_putc(out, '\\');
            }
            ak_buf_putc(out, clean.ptr[i]);
        }
        ak_buf_puts(out, rest.ptr ? "\\l" : "");
    }
    ak_buf_release(&clean);
}

static void put_legend(struct drawing *d)
{
    const struct ak_pprof_report *r = d->r;
    struct ak_buf *out = d->out;
    ak_buf_puts(out, "subgraph cluster_L { \"");
    put_escaped(out, r->legend_count ? r->legend[0] : AK_STR(""));
    ak_buf_puts(out, "\" [shape=box fontsize=16 label=\"");
    for (size_t i = 0; i < r->legend_count; i++) {
        put_escaped(out, r->legend[i]);
        ak_buf_puts(out, "\\l");
    }
    ak_buf_puts(out, "\\lSee https://git.io/JfYMW for how to read the graph\\l\"");
    if (r->title.len) {
        ak_buf_puts(out, " tooltip=\"");
        put_escaped(out, r->title);
        ak_buf_putc(out, '"');
    }
    ak_buf_puts(out, "] }\n");
}

/* Replaces each `from` in the buffer. */
static void replace_all(struct ak_buf *text, const char *from, const char *to)
{
    struct ak_buf result = AK_BUF_INIT;
    struct ak_str rest = ak_buf_view(text);
    for (;;) {
        const ptrdiff_t i = ak_str_find(rest, ak_str_from(from));
        if (i < 0) {
            break;
        }
        ak_buf_add(&result, rest.ptr, (size_t)i);
        ak_buf_puts(&result, to);
        rest = ak_str_slice(rest, (size_t)i + strlen(from), rest.len);
    }
    ak_buf_str(&result, rest);
    ak_buf_release(text);
    *text = result;
}

/* The node's name over several lines. */
static void put_multiline_name(struct drawing *d, const struct ak_node_info *info)
{
    struct ak_buf name = AK_BUF_INIT, file = AK_BUF_INIT;
    put_escaped(&name, reporter_short_name(d->r->arena, info->name));
    replace_all(&name, "::", "\\n");
    replace_all(&name, "[...]", "[\xE2\x80\xA6]");
    replace_all(&name, ".", "\\n");
    struct ak_node_info short_info = *info;
    short_info.name = ak_buf_view(&name);
    if (info->file.len) {
        put_escaped(&file, ak_path_last(info->file));
        short_info.file = ak_buf_view(&file);
    }
    ak_node_name(d->out, &short_info, "\\n");
    ak_buf_puts(d->out, "\\n");
    ak_buf_release(&name);
    ak_buf_release(&file);
}

static void put_share(struct drawing *d, int64_t v)
{
    ak_buf_puts(d->out, " (");
    ak_pprof_percent_trimmed(d->out, d->r, v, d->r->total);
    ak_buf_putc(d->out, ')');
}

static void put_node_values(struct drawing *d, int64_t flat, int64_t cum)
{
    if (flat != 0) {
        ak_pprof_value(d->out, d->r, flat);
        put_share(d, flat);
    } else {
        ak_buf_putc(d->out, '0');
    }
    if (cum != flat) {
        ak_buf_puts(d->out, flat != 0 ? "\\nof " : " of ");
        ak_pprof_value(d->out, d->r, cum);
        put_share(d, cum);
    }
}

static double share_of(const struct drawing *d, int64_t v)
{
    return (double)v / (double)ak_magnitude(d->r->total);
}

static void put_node(struct drawing *d, uint32_t node)
{
    const struct ak_graph *g = d->r->graph;
    const struct ak_node *n = &g->nodes[node];
    const int64_t flat = ak_node_flat(n), cum = ak_node_cum(n);
    const double size = (double)ak_magnitude(flat);
    int font = 8;
    if (d->max_flat != 0.0 && flat != 0 && size <= d->max_flat) {
        font += (int)ceil(16.0 * sqrt(size / d->max_flat));
    }
    ak_buf_printf(d->out, "N%u [label=\"", d->ids[node]);
    put_multiline_name(d, &g->infos[n->info]);
    put_node_values(d, flat, cum);
    ak_buf_printf(d->out, "\" id=\"node%u\" fontsize=%d shape=box tooltip=\"", d->ids[node], font);
    put_escaped(d->out, ak_graph_node_name(g, node));
    ak_buf_puts(d->out, " (");
    ak_pprof_value(d->out, d->r, cum);
    ak_buf_printf(d->out, ")\" color=\"#%06x\" fillcolor=\"#%06x\"]\n",
                  ak_pprof_color(share_of(d, cum), false), ak_pprof_color(share_of(d, cum), true));
}

/* --- tags ---------------------------------------------------------------------------------------
 */

/* A box for a tag and the edge to it from `source`. */
static void put_tag(struct drawing *d, const char *source, size_t index, const struct ak_tag *tag,
                    int64_t v, const char *style)
{
    struct ak_buf value = AK_BUF_INIT, name = AK_BUF_INIT;
    ak_pprof_value(&value, d->r, v);
    ak_sanitize_text(&name, tag->name);
    if (!d->r->config.compat) {
        replace_all(&name, "\"", "\\\"");
    }
    const int n = (int)value.len;
    ak_buf_printf(d->out,
                  "N%s_%zu [label = \"%.*s\" id=\"N%s_%zu\" fontsize=8 shape=box3d "
                  "tooltip=\"%.*s\"]\n",
                  source, index, (int)name.len, name.ptr ? name.ptr : "", source, index, n,
                  value.ptr);
    /* The source of a numeric tag already begins with its N. */
    ak_buf_printf(d->out,
                  "%s%s -> N%s_%zu [label=\" %.*s\" weight=100 tooltip=\"%.*s\" "
                  "labeltooltip=\"%.*s\"%s]\n",
                  source[0] == 'N' ? "" : "N", source, source, index, n, value.ptr, n, value.ptr, n,
                  value.ptr, style);
    ak_buf_release(&value);
    ak_buf_release(&name);
}

static void put_numeric_tags(struct drawing *d, const struct reporter_tags *all,
                             struct ak_str group, bool flat_tags, const char *source)
{
    struct reporter_tags numbers = reporter_tags_numeric(d->r, all, group, flat_tags);
    for (size_t i = 0; i < numbers.count; i++) {
        const struct ak_tag *t = &numbers.items[i];
        const int64_t flat = ak_mean(t->flat, t->flat_div), cum = ak_mean(t->cum, t->cum_div);
        const bool as_flat = flat_tags || flat == cum;
        const int64_t v = as_flat ? flat : cum;
        if (v != 0) {
            put_tag(d, source, i, t, v, as_flat ? "" : " style=\"dotted\"");
        }
    }
}

static bool has_group(const struct reporter_tags *all, struct ak_str group)
{
    for (size_t i = 0; i < all->count; i++) {
        if (!all->items[i].is_text && ak_str_eq(all->items[i].group, group)) {
            return true;
        }
    }
    return false;
}

static void put_tags(struct drawing *d, uint32_t node)
{
    const struct ak_graph *g = d->r->graph;
    if (!g->tag_start) {
        return;
    }
    const size_t before = d->out->len;
    const bool flat_tags = g->out_start[node + 1] > g->out_start[node];
    const struct reporter_tags all = {g->tags + g->tag_start[node],
                                      g->tag_start[node + 1] - g->tag_start[node]};
    const struct reporter_tags texts = reporter_tags_text(d->r, &all, flat_tags);
    char source[64];
    for (size_t i = 0; i < texts.count; i++) {
        const struct ak_tag *t = &texts.items[i];
        const int64_t v = flat_tags ? ak_mean(t->flat, t->flat_div) : ak_mean(t->cum, t->cum_div);
        if (v == 0) {
            continue;
        }
        snprintf(source, sizeof source, "%u", d->ids[node]);
        put_tag(d, source, i, t, v, "");
        if (has_group(&all, t->name)) {
            snprintf(source, sizeof source, "N%u_%zu", d->ids[node], i);
            put_numeric_tags(d, &all, t->name, flat_tags, source);
        }
    }
    snprintf(source, sizeof source, "N%u", d->ids[node]);
    put_numeric_tags(d, &all, AK_STR(""), flat_tags, source);
    d->has_tags[node] = d->out->len > before;
}

/* --- edges --------------------------------------------------------------------------------------
 */

/* 1 + |v * scale / total|, at most 1 + scale. */
static unsigned step_of(const struct drawing *d, int64_t v, int64_t scale)
{
    const int64_t product = (int64_t)((uint64_t)v * (uint64_t)scale);
    const uint64_t step =
        d->r->total == -1 ? ak_magnitude(product) : ak_magnitude(product / d->r->total);
    return 1 + (unsigned)(step < (uint64_t)scale ? step : (uint64_t)scale);
}

static void put_ends(struct drawing *d, const struct ak_edge *e, const struct ak_str value)
{
    const struct ak_graph *g = d->r->graph;
    ak_buf_putc(d->out, '"');
    put_escaped(d->out, ak_graph_node_name(g, e->from));
    ak_buf_puts(d->out, e->residual ? " ... " : " -> ");
    put_escaped(d->out, ak_graph_node_name(g, e->to));
    ak_buf_puts(d->out, " (");
    ak_buf_str(d->out, value);
    ak_buf_puts(d->out, ")\"");
}

static void put_edge(struct drawing *d, const struct ak_edge *e)
{
    const int64_t v = ak_mean(e->weight, e->weight_div);
    struct ak_buf value = AK_BUF_INIT;
    ak_pprof_value(&value, d->r, v);
    ak_buf_printf(d->out, "N%u -> N%u [label=\" %.*s%s\"", d->ids[e->from], d->ids[e->to],
                  (int)value.len, value.ptr, e->inlined ? "\\n (inline)" : "");
    if (d->r->total != 0) {
        const unsigned weight = step_of(d, v, 100), width = step_of(d, v, 5);
        if (weight > 1) {
            ak_buf_printf(d->out, " weight=%u", weight);
        }
        if (width > 1) {
            ak_buf_printf(d->out, " penwidth=%u", width);
        }
        ak_buf_printf(d->out, " color=\"#%06x\"", ak_pprof_color(share_of(d, v), false));
    }
    ak_buf_puts(d->out, " tooltip=");
    put_ends(d, e, ak_buf_view(&value));
    ak_buf_puts(d->out, " labeltooltip=");
    put_ends(d, e, ak_buf_view(&value));
    ak_buf_puts(d->out, e->residual ? " style=\"dotted\"" : "");
    ak_buf_puts(d->out, d->has_tags[e->from] ? " minlen=2" : "");
    ak_buf_puts(d->out, "]\n");
    ak_buf_release(&value);
}

static void put_graph(struct drawing *d)
{
    const struct ak_graph *g = d->r->graph;
    for (uint32_t i = 0; i < g->list_count; i++) {
        const double flat = (double)ak_magnitude(ak_node_flat(&g->nodes[g->list[i]]));
        d->ids[g->list[i]] = i + 1;
        d->max_flat = flat > d->max_flat ? flat : d->max_flat;
    }
    for (uint32_t i = 0; i < g->list_count; i++) {
        put_node(d, g->list[i]);
        put_tags(d, g->list[i]);
    }
    for (uint32_t e = 0; e < g->edge_count; e++) {
        const struct ak_edge *edge = &g->edges[e];
        if (d->ids[edge->from] && (d->ids[edge->to] || d->r->config.compat)) {
            put_edge(d, edge);
        }
    }
}

enum ak_status reporter_pprof_dot(const struct ak_pprof_report *r, struct ak_buf *out,
                                  struct ak_error *err)
{
    const size_t n = (size_t)r->graph->node_count + 1;
    struct drawing d = {.r = r,
                        .out = out,
                        .ids = ak_arena_zalloc(r->arena, n, sizeof *d.ids),
                        .has_tags = ak_arena_zalloc(r->arena, n, 1)};
    (void)err;
    ak_buf_puts(out, "digraph \"");
    put_escaped(out, r->title.len ? r->title : AK_STR("unnamed"));
    ak_buf_puts(out, "\" {\nnode [style=filled fillcolor=\"#f8f8f8\"]\n");
    put_legend(&d);
    put_graph(&d);
    ak_buf_puts(out, "}\n");
    return AK_OK;
}
