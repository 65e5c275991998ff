#include "base/json.h"

#include "render.h"

#include <math.h>

/* Shares are fractions of 1, with a sign; null where there is no total. */
static void put_share(struct ak_json *j, const char *key, int64_t v, int64_t total)
{
    ak_json_kf64(j, key, total ? (double)v / fabs((double)total) : (double)NAN);
}

static void put_kstr(struct ak_json *j, const char *key, struct ak_str s)
{
    if (s.len) {
        ak_json_key(j, key);
        ak_json_str(j, s);
    }
}

static bool is_shown(const struct ak_pprof_report *r, uint32_t node)
{
    return !r->symbol || ak_regex_match(r->symbol, ak_graph_node_name(r->graph, node));
}

static void put_edges(struct ak_json *j, const struct ak_pprof_report *r, uint32_t node,
                      bool callers)
{
    const struct ak_graph *g = r->graph;
    const uint32_t *start = callers ? g->in_start : g->out_start;
    const uint32_t *edges = callers ? g->in_edges : g->out_edges;
    ak_json_key(j, callers ? "callers" : "callees");
    ak_json_array(j);
    for (uint32_t k = start[node]; k < start[node + 1]; k++) {
        const struct ak_edge *e = &g->edges[edges[k]];
        ak_json_object(j);
        ak_json_key(j, "name");
        ak_json_str(j, ak_graph_node_name(g, callers ? e->from : e->to));
        ak_json_ki64(j, "value", ak_mean(e->weight, e->weight_div));
        ak_json_kbool(j, "inline", e->inlined);
        ak_json_kbool(j, "residual", e->residual);
        ak_json_end(j);
    }
    ak_json_end(j);
}

static void put_node(struct ak_json *j, const struct ak_pprof_report *r, uint32_t node)
{
    const struct ak_graph *g = r->graph;
    const struct ak_node *n = &g->nodes[node];
    const struct ak_node_info *info = &g->infos[n->info];
    ak_json_object(j);
    ak_json_key(j, "name");
    ak_json_str(j, ak_graph_node_name(g, node));
    put_kstr(j, "function", info->name);
    put_kstr(j, "file", info->file);
    if (info->line) {
        ak_json_ki64(j, "line", info->line);
    }
    ak_json_ki64(j, "flat", ak_node_flat(n));
    put_share(j, "flat_share", ak_node_flat(n), r->total);
    ak_json_ki64(j, "cum", ak_node_cum(n));
    put_share(j, "cum_share", ak_node_cum(n), r->total);
    put_kstr(j, "inline", ak_str_from(ak_pprof_inline_label(r, node)));
    if (r->format->model == AK_PPROF_GRAPH) {
        put_edges(j, r, node, true);
        put_edges(j, r, node, false);
    }
    ak_json_end(j);
}

enum ak_status reporter_pprof_json(const struct ak_pprof_report *r, struct ak_buf *out,
                                   struct ak_error *err)
{
    const struct ak_graph *g = r->graph;
    struct ak_json j;
    (void)err;
    ak_json_init(&j, out, 2);
    ak_json_object(&j);
    put_kstr(&j, "file", r->title);
    put_kstr(&j, "type", r->sample_type);
    put_kstr(&j, "unit", r->sample_unit);
    ak_json_ki64(&j, "total", r->total);
    ak_json_ki64(&j, "period", r->view->period);
    ak_json_ki64(&j, "duration_ns", r->view->duration_ns);
    ak_json_kbool(&j, "difference", r->is_signed);
    ak_json_key(&j, "legend");
    ak_json_array(&j);
    for (size_t i = 0; i < r->legend_count; i++) {
        ak_json_str(&j, r->legend[i]);
    }
    ak_json_end(&j);
    ak_json_ki64(&j, "dropped_nodes", g->dropped_nodes);
    ak_json_key(&j, "nodes");
    ak_json_array(&j);
    for (uint32_t i = 0; i < g->list_count; i++) {
        if (is_shown(r, g->list[i])) {
            put_node(&j, r, g->list[i]);
        }
    }
    ak_json_end(&j);
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
    return AK_OK;
}
