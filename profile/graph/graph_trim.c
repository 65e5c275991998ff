#include "base/mem.h"
#include "graph_build.h"

void profile_graph_trim_tags(struct graph_builder *b)
{
    struct ak_graph *g = b->g;
    if (!g->tag_start) {
        return;
    }
    uint32_t kept = 0, at = 0;
    for (uint32_t n = 0; n < g->node_count; n++) {
        const uint32_t end = g->tag_start[n + 1];
        g->tag_start[n] = kept;
        for (; at < end; at++) {
            const struct ak_tag *t = &g->tags[at];
            if (ak_magnitude(t->flat) >= b->cut_nodes || ak_magnitude(t->cum) >= b->cut_nodes) {
                g->tags[kept++] = *t;
            }
        }
    }
    g->tag_start[g->node_count] = kept;
}

uint32_t profile_graph_trim_edges(struct graph_builder *b)
{
    struct ak_graph *g = b->g;
    uint8_t *dead = ak_calloc((size_t)g->edge_count + 1, 1);
    uint32_t dropped = 0;
    for (uint32_t i = 0; i < g->list_count; i++) {
        const uint32_t node = g->list[i];
        for (uint32_t k = g->in_start[node]; k < g->in_start[node + 1]; k++) {
            const uint32_t e = g->in_edges[k];
            if (ak_magnitude(g->edges[e].weight) < b->cut_edges) {
                dead[e] = 1;
                dropped++;
            }
        }
    }
    if (dropped) {
        profile_graph_link(b, dead);
    }
    ak_free(dead);
    return dropped;
}

struct search {
    const struct ak_graph *g;
    const uint8_t *dead;
    uint32_t *queue, *seen; /* seen: number of the search that came here last */
    uint32_t round;
};

/* True when the caller of e reaches its callee over other edges. */
static bool is_redundant(struct search *s, uint32_t e)
{
    const struct ak_graph *g = s->g;
    const struct ak_edge *edge = &g->edges[e];
    uint32_t head = 0, tail = 0;
    s->round++;
    s->seen[edge->to] = s->round;
    s->queue[tail++] = edge->to;
    while (head < tail) {
        const uint32_t node = s->queue[head++];
        for (uint32_t k = g->in_start[node]; k < g->in_start[node + 1]; k++) {
            const uint32_t in = g->in_edges[k];
            const uint32_t from = g->edges[in].from;
            if (in == e || s->dead[in] || s->seen[from] == s->round) {
                continue;
            }
            if (from == edge->from) {
                return true;
            }
            s->seen[from] = s->round;
            s->queue[tail++] = from;
        }
    }
    return false;
}

void profile_graph_drop_redundant(struct graph_builder *b)
{
    struct ak_graph *g = b->g;
    uint8_t *dead = ak_calloc((size_t)g->edge_count + 1, 1);
    struct search s = {.g = g,
                       .dead = dead,
                       .queue = ak_calloc((size_t)g->node_count + 1, sizeof(uint32_t)),
                       .seen = ak_calloc((size_t)g->node_count + 1, sizeof(uint32_t))};
    bool any = false;
    for (uint32_t i = g->list_count; i-- > 0;) {
        const uint32_t node = g->list[i];
        /* From the lightest on, as long as no lighter edge was a real one. */
        for (uint32_t k = g->in_start[node + 1]; k-- > g->in_start[node];) {
            const uint32_t e = g->in_edges[k];
            if (!g->edges[e].residual) {
                break;
            }
            if (is_redundant(&s, e)) {
                dead[e] = 1;
                any = true;
            }
        }
    }
    if (any) {
        profile_graph_link(b, dead);
    }
    ak_free(s.queue);
    ak_free(s.seen);
    ak_free(dead);
}
