#include "base/mem.h"
#include "graph_build.h"

static uint64_t child_key(uint32_t parent, uint32_t info)
{
    return (uint64_t)(parent + 1) << 32 | info; /* AK_NO_INDEX + 1 is 0 */
}

uint32_t profile_graph_child(const struct graph_builder *b, uint32_t parent, uint32_t info)
{
    return ak_idmap_get(&b->children, child_key(parent, info));
}

struct tree {
    struct graph_builder *b;
    struct ak_node *nodes;
    struct ak_edge *edges; /* edge i leads into node i; roots have one that is not used */
    size_t count, nodes_cap, edges_cap;
};

static uint32_t descend(struct tree *t, uint32_t parent, uint32_t info)
{
    bool is_new;
    const uint32_t next = (uint32_t)t->count;
    const uint32_t node = ak_idmap_put(&t->b->children, child_key(parent, info), next, &is_new);
    if (is_new) {
        AK_GROW(t->nodes, t->count + 1, t->nodes_cap);
        AK_GROW(t->edges, t->count + 1, t->edges_cap);
        t->nodes[t->count] = (struct ak_node){.info = info, .parent = parent};
        t->edges[t->count++] = (struct ak_edge){.from = parent, .to = node, .inlined = true};
    }
    return node;
}

static void add_sample(struct tree *t, size_t i, int64_t w, int64_t div)
{
    const struct graph_builder *b = t->b;
    struct ak_graph *g = b->g;
    const uint32_t *from = b->p->stack_ids + b->p->stack_start[i];
    const uint32_t *at = b->p->stack_ids + b->p->stack_start[i + 1];
    uint32_t parent = AK_NO_INDEX;
    while (at > from) {
        const uint32_t l = *--at;
        const uint32_t last = b->frame_start[l + 1] - 1;
        for (uint32_t f = last + 1; f-- > b->frame_start[l];) {
            const uint32_t node = descend(t, parent, b->frame_info[f]);
            graph_add(g, &t->nodes[node].cum, w);
            graph_add(g, &t->nodes[node].cum_div, div);
            graph_add(g, &t->edges[node].weight, w);
            graph_add(g, &t->edges[node].weight_div, div);
            t->edges[node].inlined = t->edges[node].inlined && f != last;
            parent = node;
        }
    }
    if (parent != AK_NO_INDEX) {
        graph_add(g, &t->nodes[parent].flat, w);
        graph_add(g, &t->nodes[parent].flat_div, div);
    }
}

void profile_graph_tree(struct graph_builder *b)
{
    struct ak_graph *g = b->g;
    struct tree t = {.b = b};
    for (size_t i = 0; i < b->p->sample_count; i++) {
        int64_t w, div;
        if (graph_weight(b, i, &w, &div)) {
            add_sample(&t, i, w, div);
        }
    }
    g->node_count = (uint32_t)t.count;
    g->nodes = ak_arena_alloc(b->arena, t.count * sizeof *g->nodes);
    g->edges = ak_arena_alloc(b->arena, t.count * sizeof *g->edges);
    for (size_t i = 0; i < t.count; i++) {
        g->nodes[i] = t.nodes[i];
        if (t.edges[i].from != AK_NO_INDEX) {
            g->edges[g->edge_count++] = t.edges[i];
        }
    }
    ak_free(t.nodes);
    ak_free(t.edges);
    profile_graph_link(b, NULL);
}

/* Leads the edge into a node that stays up to the nearest ancestor that stays; true when there is
 * one. in_edge[n] is the edge into n. */
static bool lift_edge(struct ak_graph *g, uint32_t edge, const uint32_t *in_edge,
                      const uint8_t *removed)
{
    struct ak_edge *e = &g->edges[edge];
    while (removed[e->from]) {
        const uint32_t above = in_edge[e->from];
        if (above == AK_NO_INDEX) {
            return false;
        }
        e->residual = true;
        e->inlined = e->inlined && g->edges[above].inlined;
        e->from = g->edges[above].from;
    }
    return true;
}

void profile_graph_trim_tree(struct graph_builder *b, const uint8_t *keep)
{
    struct ak_graph *g = b->g;
    uint32_t *in_edge = ak_reallocarray(NULL, (size_t)g->node_count + 1, sizeof *in_edge);
    uint8_t *dead = ak_calloc((size_t)g->edge_count + 1, 1);
    uint8_t *removed = ak_calloc((size_t)g->node_count + 1, 1);
    for (uint32_t n = 0; n < g->node_count; n++) {
        in_edge[n] = AK_NO_INDEX;
    }
    for (uint32_t e = 0; e < g->edge_count; e++) {
        in_edge[g->edges[e].to] = e;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < g->list_count; i++) {
        const uint32_t node = g->list[i];
        if (keep[node]) {
            g->list[kept++] = node;
        } else {
            removed[node] = 1;
        }
    }
    g->list_count = kept;
    for (uint32_t e = 0; e < g->edge_count; e++) {
        dead[e] = removed[g->edges[e].to] || !lift_edge(g, e, in_edge, removed);
    }
    profile_graph_link(b, dead);
    profile_graph_link(b, NULL); /* names of callers changed, and with them the order */
    ak_free(removed);
    ak_free(dead);
    ak_free(in_edge);
}
