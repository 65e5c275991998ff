#include "base/mem.h"
#include "graph_build.h"

/* Edge e with the names of its ends, for sorting. */
struct sort_edge {
    uint32_t edge;
    int64_t weight;
    struct ak_str from, to;
    uint32_t from_info, to_info;
};

/* Heavy first, then by the names of both ends. */
static int by_weight_and_names(const void *a, const void *b)
{
    const struct sort_edge *x = a, *y = b;
    const uint64_t wx = ak_magnitude(x->weight), wy = ak_magnitude(y->weight);
    if (wx != wy) {
        return wx > wy ? -1 : 1;
    }
    int c = ak_str_cmp(x->from, y->from);
    c = c ? c : ak_str_cmp(x->to, y->to);
    c = c ? c : (x->weight < y->weight) - (x->weight > y->weight);
    c = c ? c : (x->from_info > y->from_info) - (x->from_info < y->from_info);
    c = c ? c : (x->to_info > y->to_info) - (x->to_info < y->to_info);
    return c ? c : (x->edge > y->edge) - (x->edge < y->edge);
}

/* Fills start (node_count + 1) and items from the sorted edges, by the end that `by_to` names. */
static void index_edges(const struct ak_graph *g, bool by_to, uint32_t *start, uint32_t *items)
{
    for (uint32_t n = 0; n <= g->node_count; n++) {
        start[n] = 0;
    }
    for (uint32_t e = 0; e < g->edge_count; e++) {
        start[by_to ? g->edges[e].to : g->edges[e].from]++;
    }
    uint32_t sum = 0;
    for (uint32_t n = 0; n <= g->node_count; n++) {
        const uint32_t count = start[n];
        start[n] = sum;
        sum += count;
    }
    for (uint32_t e = 0; e < g->edge_count; e++) {
        items[start[by_to ? g->edges[e].to : g->edges[e].from]++] = e;
    }
    for (uint32_t n = g->node_count; n > 0; n--) {
        start[n] = start[n - 1];
    }
    start[0] = 0;
}

/* Sorts the edges themselves, so that every adjacency list is sorted too. */
static void sort_edges(struct graph_builder *b)
{
    struct ak_graph *g = b->g;
    struct sort_edge *sorted = ak_reallocarray(NULL, (size_t)g->edge_count + 1, sizeof *sorted);
    struct ak_str *names = ak_calloc((size_t)g->node_count + 1, sizeof *names);
    for (uint32_t e = 0; e < g->edge_count; e++) {
        const uint32_t ends[2] = {g->edges[e].from, g->edges[e].to};
        for (int k = 0; k < 2; k++) {
            if (!names[ends[k]].ptr) {
                names[ends[k]] = ak_graph_node_name(g, ends[k]);
            }
        }
        sorted[e] = (struct sort_edge){e,
                                       g->edges[e].weight,
                                       names[ends[0]],
                                       names[ends[1]],
                                       g->nodes[ends[0]].info,
                                       g->nodes[ends[1]].info};
    }
    qsort(sorted, g->edge_count, sizeof *sorted, by_weight_and_names);
    struct ak_edge *edges = ak_arena_alloc(b->arena, g->edge_count * sizeof *edges);
    for (uint32_t e = 0; e < g->edge_count; e++) {
        edges[e] = g->edges[sorted[e].edge];
    }
    g->edges = edges;
    ak_free(names);
    ak_free(sorted);
}

void profile_graph_link(struct graph_builder *b, const uint8_t *dead)
{
    struct ak_graph *g = b->g;
    if (dead) {
        uint32_t n = 0;
        for (uint32_t e = 0; e < g->edge_count; e++) {
            if (!dead[e]) {
                g->edges[n++] = g->edges[e];
            }
        }
        g->edge_count = n;
    } else {
        sort_edges(b);
    }
    if (!g->out_start) {
        g->out_start = ak_arena_alloc(b->arena, ((size_t)g->node_count + 1) * sizeof(uint32_t));
        g->in_start = ak_arena_alloc(b->arena, ((size_t)g->node_count + 1) * sizeof(uint32_t));
    }
    if (!dead) {
        g->out_edges = ak_arena_alloc(b->arena, g->edge_count * sizeof(uint32_t));
        g->in_edges = ak_arena_alloc(b->arena, g->edge_count * sizeof(uint32_t));
    }
    index_edges(g, false, g->out_start, g->out_edges);
    index_edges(g, true, g->in_start, g->in_edges);
}
