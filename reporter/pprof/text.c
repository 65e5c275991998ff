#include "base/sanitize.h"
#include "render.h"

static void put_legend(const struct ak_pprof_report *r, struct ak_buf *out)
{
    for (size_t i = 0; i < r->legend_count; i++) {
        ak_buf_str(out, r->legend[i]);
        ak_buf_putc(out, '\n');
    }
}

static void put_percent(const struct ak_pprof_report *r, struct ak_buf *out, int64_t v)
{
    ak_buf_putc(out, ' ');
    ak_pprof_percent(out, r, v, r->total);
}

enum ak_status reporter_pprof_text(const struct ak_pprof_report *r, struct ak_buf *out,
                                   struct ak_error *err)
{
    const struct ak_graph *g = r->graph;
    const int wide = r->is_signed && !r->config.compat; /* room for a sign */
    (void)err;
    put_legend(r, out);
    ak_buf_printf(out, "%10s %*s%% %*s%% %10s %*s%%\n", "flat", 5 + wide, "flat", 5 + wide, "sum",
                  "cum", 5 + wide, "cum");
    uint64_t sum = 0; /* wraps as the reference does; overflow was reported with the legend */
    for (uint32_t i = 0; i < g->list_count; i++) {
        const struct ak_node *n = &g->nodes[g->list[i]];
        const int64_t flat = ak_node_flat(n), cum = ak_node_cum(n);
        const char *label = ak_pprof_inline_label(r, g->list[i]);
        sum += (uint64_t)flat;
        ak_pprof_value_cell(out, r, flat, 10);
        put_percent(r, out, flat);
        put_percent(r, out, (int64_t)sum);
        ak_buf_putc(out, ' ');
        ak_pprof_value_cell(out, r, cum, 10);
        put_percent(r, out, cum);
        ak_buf_puts(out, "  ");
        ak_sanitize_text(out, ak_graph_node_name(g, g->list[i]));
        ak_buf_puts(out, label[0] ? " " : "");
        ak_buf_puts(out, label);
        ak_buf_putc(out, '\n');
    }
    return AK_OK;
}

/* --- tree and peek -----------------------------------------------------------------------------
 */

static const char separator[] =
    "----------------------------------------------------------+-------------";

static int64_t edge_value(const struct ak_pprof_report *r, const struct ak_edge *e)
{
    /* The reference forgets to divide here. */
    return r->config.compat ? e->weight : ak_mean(e->weight, e->weight_div);
}

static void put_edges(const struct ak_pprof_report *r, struct ak_buf *out, uint32_t node,
                      bool callers)
{
    const struct ak_graph *g = r->graph;
    const uint32_t *start = callers ? g->in_start : g->out_start;
    const uint32_t *edges = callers ? g->in_edges : g->out_edges;
    const int64_t cum = ak_node_cum(&g->nodes[node]);
    for (uint32_t k = start[node]; k < start[node + 1]; k++) {
        const struct ak_edge *e = &g->edges[edges[k]];
        const int64_t v = edge_value(r, e);
        ak_pprof_value_cell(out, r, v, r->is_signed && !r->config.compat ? 52 : 50);
        ak_buf_putc(out, ' ');
        ak_pprof_percent(out, r, v, cum);
        ak_buf_puts(out, " |   ");
        ak_sanitize_text(out, ak_graph_node_name(g, callers ? e->from : e->to));
        ak_buf_puts(out, e->inlined ? " (inline)\n" : "\n");
    }
}

static void put_node(const struct ak_pprof_report *r, struct ak_buf *out, uint32_t node,
                     struct ak_str name, int64_t sum)
{
    const struct ak_node *n = &r->graph->nodes[node];
    const int64_t flat = ak_node_flat(n), cum = ak_node_cum(n);
    ak_pprof_value_cell(out, r, flat, 10);
    put_percent(r, out, flat);
    put_percent(r, out, sum);
    ak_buf_putc(out, ' ');
    ak_pprof_value_cell(out, r, cum, 10);
    put_percent(r, out, cum);
    ak_buf_puts(out, "                | ");
    ak_sanitize_text(out, name);
    ak_buf_putc(out, '\n');
}

static void put_tree_head(const struct ak_pprof_report *r, struct ak_buf *out)
{
    put_legend(r, out);
    if (r->is_signed && !r->config.compat) {
        ak_buf_printf(out,
                      "%s\n      flat   flat%%    sum%%        cum    cum%%    calls  calls%% + "
                      "context\n",
                      separator);
    } else {
        ak_buf_printf(out,
                      "%s\n      flat  flat%%   sum%%        cum   cum%%   calls calls%% + "
                      "context \t \t \n",
                      separator);
    }
}

enum ak_status reporter_pprof_tree(const struct ak_pprof_report *r, struct ak_buf *out,
                                   struct ak_error *err)
{
    const struct ak_graph *g = r->graph;
    uint64_t sum = 0;
    bool any = false;
    put_tree_head(r, out);
    for (uint32_t i = 0; i < g->list_count; i++) {
        const uint32_t node = g->list[i];
        const struct ak_str name = ak_graph_node_name(g, node);
        if (r->symbol && !ak_regex_match(r->symbol, name)) {
            continue;
        }
        any = true;
        ak_buf_puts(out, separator);
        ak_buf_putc(out, '\n');
        put_edges(r, out, node, true);
        sum += (uint64_t)ak_node_flat(&g->nodes[node]);
        put_node(r, out, node, name, (int64_t)sum);
        put_edges(r, out, node, false);
    }
    if (g->list_count) {
        ak_buf_puts(out, separator);
        ak_buf_putc(out, '\n');
    }
    if (r->symbol && !any) {
        const struct ak_str rx = ak_regex_text(r->symbol);
        return ak_fail(err, AK_NOT_FOUND, "no matches found for regexp: %.*s", (int)rx.len, rx.ptr);
    }
    return AK_OK;
}
