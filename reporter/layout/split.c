/* Splits each edge into a chain with one lane in every rank that it passes; one of the odd ranks
 * carries its label. */
#include "layout/graph.h"

#include <math.h>

static double label_width(const struct layout_graph *g, const struct layout_chain *c)
{
    return g->in->edges[c->edge].label_w;
}

/* Of the odd ranks between the ends: where the label adds least to the widest ranks and stays near
 * the middle. */
static uint32_t label_rank(const struct layout_graph *g, const struct layout_chain *c,
                           const double *width)
{
    const uint32_t top = g->v[c->top].rank;
    const uint32_t bottom = g->v[c->bottom].rank;
    const double middle = ((double)top + (double)bottom) / 2;
    uint32_t best = top + 1;
    double best_cost = HUGE_VAL;
    for (uint32_t r = top + 1; r < bottom; r += 2) {
        const double cost = width[r] + 20 * fabs((double)r - middle);
        if (cost < best_cost) {
            best_cost = cost;
            best = r;
        }
    }
    return best;
}

static void add_lanes(struct layout_graph *g, uint32_t chain, double *width)
{
    struct layout_chain *c = &g->chains[chain];
    const struct ak_layout_edge *e = &g->in->edges[c->edge];
    const uint32_t top = g->v[c->top].rank;
    const uint32_t bottom = g->v[c->bottom].rank;
    const uint32_t at = label_width(g, c) > 0 ? label_rank(g, c, width) : AK_LAYOUT_NONE;
    c->first_lane = g->vertex_count;
    c->lane_count = bottom - top - 1;
    c->label = AK_LAYOUT_NONE;
    for (uint32_t r = top + 1; r < bottom; r++) {
        struct layout_vertex *v = &g->v[g->vertex_count];
        *v = (struct layout_vertex){.kind = LAYOUT_LANE_VERTEX,
                                    .node = chain,
                                    .rank = r,
                                    .l = LAYOUT_LANE_HALF,
                                    .r = LAYOUT_LANE_HALF};
        if (r == at) {
            v->kind = LAYOUT_LABEL;
            v->l = LAYOUT_LABEL_LEFT;
            v->r = LAYOUT_LABEL_RIGHT + e->label_w;
            v->h = e->label_h;
            c->label = g->vertex_count;
        }
        width[r] += v->l + v->r;
        g->vertex_count++;
    }
}

static void fill_ranks(struct layout_graph *g)
{
    g->ranks = AK_NEW_ARRAY(g->arena, struct layout_rank, g->rank_count);
    for (uint32_t i = 0; i < g->vertex_count; i++) {
        g->ranks[g->v[i].rank].count++;
    }
    for (uint32_t r = 0; r < g->rank_count; r++) {
        g->ranks[r].order = AK_NEW_ARRAY(g->arena, uint32_t, g->ranks[r].count);
        g->ranks[r].count = 0;
    }
    for (uint32_t i = 0; i < g->vertex_count; i++) {
        struct layout_rank *rank = &g->ranks[g->v[i].rank];
        g->v[i].pos = rank->count;
        rank->order[rank->count++] = i;
    }
}

/* Calls visit for each segment of each chain, from the vertex above to the vertex below. */
static void each_segment(struct layout_graph *g,
                         void (*visit)(struct layout_graph *g, uint32_t above, uint32_t below,
                                       double weight))
{
    for (uint32_t i = 0; i < g->chain_count; i++) {
        const struct layout_chain *c = &g->chains[i];
        const double pull = 1 + sqrt(fmax(c->weight, 0));
        uint32_t above = c->top;
        for (uint32_t k = 0; k < c->lane_count; k++) {
            const bool to_box = above == c->top;
            visit(g, above, c->first_lane + k, pull * (to_box ? 2 : 8));
            above = c->first_lane + k;
        }
        visit(g, above, c->bottom, pull * 2);
    }
}

static void count_segment(struct layout_graph *g, uint32_t above, uint32_t below, double weight)
{
    (void)weight;
    g->down_start[above + 1]++;
    g->up_start[below + 1]++;
}

/* The starts are moved on while filling and moved back by the caller. */
static void add_segment(struct layout_graph *g, uint32_t above, uint32_t below, double weight)
{
    g->down_weight[g->down_start[above]] = weight;
    g->down[g->down_start[above]++] = below;
    g->up_weight[g->up_start[below]] = weight;
    g->up[g->up_start[below]++] = above;
}

static void sum_starts(uint32_t *start, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        start[i + 1] += start[i];
    }
}

static void move_back(uint32_t *start, uint32_t n)
{
    for (uint32_t i = n; i > 0; i--) {
        start[i] = start[i - 1];
    }
    start[0] = 0;
}

static void link_neighbours(struct layout_graph *g)
{
    struct ak_arena *a = g->arena;
    const uint32_t n = g->vertex_count;
    g->up_start = AK_NEW_ARRAY(a, uint32_t, n + 1);
    g->down_start = AK_NEW_ARRAY(a, uint32_t, n + 1);
    each_segment(g, count_segment);
    sum_starts(g->up_start, n);
    sum_starts(g->down_start, n);
    const uint32_t segments = g->down_start[n];
    g->up = AK_NEW_ARRAY(a, uint32_t, segments);
    g->down = AK_NEW_ARRAY(a, uint32_t, segments);
    g->up_weight = AK_NEW_ARRAY(a, double, segments);
    g->down_weight = AK_NEW_ARRAY(a, double, segments);
    each_segment(g, add_segment);
    move_back(g->up_start, n);
    move_back(g->down_start, n);
}

void reporter_layout_split(struct layout_graph *g)
{
    size_t lanes = 0;
    for (uint32_t i = 0; i < g->chain_count; i++) {
        lanes += g->v[g->chains[i].bottom].rank - g->v[g->chains[i].top].rank - 1;
    }
    struct layout_vertex *v = AK_NEW_ARRAY(g->arena, struct layout_vertex, g->box_count + lanes);
    memcpy(v, g->v, g->box_count * sizeof *v);
    g->v = v;
    double *width = AK_NEW_ARRAY(g->arena, double, g->rank_count);
    for (uint32_t box = 0; box < g->box_count; box++) {
        width[v[box].rank] += v[box].l + v[box].r;
    }
    for (uint32_t i = 0; i < g->chain_count; i++) {
        add_lanes(g, i, width);
    }
    fill_ranks(g);
    link_neighbours(g);
}
