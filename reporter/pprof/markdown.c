#include "base/sanitize.h"
#include "render.h"

static void put_legend(const struct ak_pprof_report *r, struct ak_buf *out)
{
    for (size_t i = 0; i < r->legend_count; i++) {
        ak_sanitize_markdown(out, r->legend[i]);
        ak_buf_puts(out, i + 1 < r->legend_count ? "  \n" : "\n\n");
    }
}

static void put_value(const struct ak_pprof_report *r, struct ak_buf *out, int64_t v, int64_t base)
{
    ak_buf_puts(out, "| ");
    ak_pprof_value(out, r, v);
    ak_buf_puts(out, " | ");
    ak_pprof_percent_trimmed(out, r, v, base);
    ak_buf_putc(out, ' ');
}

static void put_name(const struct ak_pprof_report *r, struct ak_buf *out, uint32_t node)
{
    ak_buf_puts(out, "| ");
    ak_sanitize_markdown_code(out, ak_graph_node_name(r->graph, node));
}

static void put_top(const struct ak_pprof_report *r, struct ak_buf *out)
{
    const struct ak_graph *g = r->graph;
    ak_buf_puts(out, "| flat | flat% | cum | cum% | function |\n|---:|---:|---:|---:|:---|\n");
    for (uint32_t i = 0; i < g->list_count; i++) {
        const struct ak_node *n = &g->nodes[g->list[i]];
        const char *label = ak_pprof_inline_label(r, g->list[i]);
        put_value(r, out, ak_node_flat(n), r->total);
        put_value(r, out, ak_node_cum(n), r->total);
        put_name(r, out, g->list[i]);
        ak_buf_printf(out, "%s%s |\n", label[0] ? " " : "", label);
    }
}

static void put_edges(const struct ak_pprof_report *r, struct ak_buf *out, uint32_t node,
                      bool callers)
{
    const struct ak_graph *g = r->graph;
    const uint32_t *start = callers ? g->in_start : g->out_start;
    const uint32_t *edges = callers ? g->in_edges : g->out_edges;
    for (uint32_t k = start[node]; k < start[node + 1]; k++) {
        const struct ak_edge *e = &g->edges[edges[k]];
        ak_buf_puts(out, callers ? "| caller " : "| callee ");
        put_value(r, out, ak_mean(e->weight, e->weight_div), ak_node_cum(&g->nodes[node]));
        put_name(r, out, callers ? e->from : e->to);
        ak_buf_puts(out, e->inlined ? " (inline) |\n" : " |\n");
    }
}

static void put_tree(const struct ak_pprof_report *r, struct ak_buf *out)
{
    const struct ak_graph *g = r->graph;
    ak_buf_puts(out, "| | value | share | function |\n|:---|---:|---:|:---|\n");
    for (uint32_t i = 0; i < g->list_count; i++) {
        const uint32_t node = g->list[i];
        if (r->symbol && !ak_regex_match(r->symbol, ak_graph_node_name(g, node))) {
            continue;
        }
        put_edges(r, out, node, true);
        ak_buf_puts(out, "| **flat** ");
        put_value(r, out, ak_node_flat(&g->nodes[node]), r->total);
        put_name(r, out, node);
        ak_buf_puts(out, " |\n| **cum** ");
        put_value(r, out, ak_node_cum(&g->nodes[node]), r->total);
        put_name(r, out, node);
        ak_buf_puts(out, " |\n");
        put_edges(r, out, node, false);
    }
}

enum ak_status reporter_pprof_markdown(const struct ak_pprof_report *r, struct ak_buf *out,
                                       struct ak_error *err)
{
    (void)err;
    put_legend(r, out);
    if (r->format->model == AK_PPROF_GRAPH) {
        put_tree(r, out);
    } else {
        put_top(r, out);
    }
    return AK_OK;
}
