/* Routes the edges of a component: ports, corridors, shortest paths, rounded corners; then ears of
 * self edges and labels. */
#include "layout/route.h"

#include <math.h>

#define ROUNDS 2u /* route, aim the ports at the first corners, route again */

struct routing {
    struct layout_graph *g;
    struct layout_free *free_of;
    struct layout_corridor corridor;
    struct ak_point *path;
    double *aim;
};

static struct ak_point port_top(const struct layout_graph *g, const struct layout_chain *c)
{
    const struct layout_vertex *v = &g->v[c->top];
    return (struct ak_point){c->port_top, v->y + g->in->nodes[g->node_of[c->top]].h / 2};
}

static struct ak_point port_bottom(const struct layout_graph *g, const struct layout_chain *c)
{
    const struct layout_vertex *v = &g->v[c->bottom];
    return (struct ak_point){c->port_bottom, v->y - g->in->nodes[g->node_of[c->bottom]].h / 2};
}

static uint32_t route_chain(struct routing *r, uint32_t chain)
{
    const struct layout_chain *c = &r->g->chains[chain];
    reporter_layout_corridor(r->g, chain, r->free_of, &r->corridor);
    return reporter_layout_funnel(port_top(r->g, c), port_bottom(r->g, c), &r->corridor, r->path);
}

static void aim_ports(struct routing *r)
{
    struct layout_graph *g = r->g;
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < g->chain_count; i++) {
            const uint32_t n = route_chain(r, i);
            r->aim[2 * (size_t)i] = r->path[1].x;
            r->aim[2 * (size_t)i + 1] = r->path[n - 2].x;
        }
        reporter_layout_ports(g, r->aim);
    }
}

static void finish_chain(struct routing *r, uint32_t chain, struct ak_layout *out)
{
    const struct layout_chain *c = &r->g->chains[chain];
    struct ak_layout_edge *e = &out->edges[c->edge];
    const uint32_t n = route_chain(r, chain);
    e->points = reporter_layout_smooth(r->g->arena, r->path, n, &r->corridor, &e->point_count);
    /* Labels are placed along the downward curve; the caller's direction comes last. */
}

static void turn_reversed(const struct layout_graph *g, struct ak_layout *out)
{
    for (uint32_t i = 0; i < g->chain_count; i++) {
        struct ak_layout_edge *e = &out->edges[g->chains[i].edge];
        if (!g->chains[i].reversed) {
            continue;
        }
        for (size_t a = 0, b = e->point_count - 1; a < b; a++, b--) {
            const struct ak_point p = e->points[a];
            e->points[a] = e->points[b];
            e->points[b] = p;
        }
    }
}

/* An ear of two pieces on the right side of its box, to a tip at height `tip_y`, with its label
 * behind the tip. The box's loops share its side: this one has the part y0 to y1. */
static void draw_loop(const struct layout_graph *g, const struct layout_loop *loop, double y0,
                      double y1, double tip_y, struct ak_layout *out)
{
    const struct layout_vertex *v = &g->v[loop->vertex];
    struct ak_layout_edge *e = &out->edges[loop->edge];
    const double side = v->x + g->in->nodes[g->node_of[loop->vertex]].w / 2;
    const double tip = side + LAYOUT_EAR * 0.7;
    const double belly = side + LAYOUT_EAR * 0.5;
    const double swing = (y1 - y0) / 4;
    const struct ak_point points[7] = {
        {side, y0},           {belly, y0}, {tip, tip_y - swing}, {tip, tip_y},
        {tip, tip_y + swing}, {belly, y1}, {side, y1},
    };
    e->points = ak_arena_copy(g->arena, points, sizeof points);
    e->point_count = 7;
    e->label_x = tip + LAYOUT_PAD + e->label_w / 2;
    e->label_y = tip_y;
}

/* Ears of one box from top to bottom: they fan out from its side to the heights of their labels. */
static void draw_loops(const struct layout_graph *g, struct ak_layout *out)
{
    for (uint32_t from = 0; from < g->loop_count;) {
        const uint32_t vertex = g->loops[from].vertex;
        uint32_t to = from;
        double height = 0;
        while (to < g->loop_count && g->loops[to].vertex == vertex) {
            height += reporter_layout_loop_height(g, &g->loops[to++]);
        }
        const double box = g->in->nodes[g->node_of[vertex]].h;
        const double part = box / (to - from);
        const double top = g->v[vertex].y - box / 2;
        double tip = g->v[vertex].y - height / 2;
        for (uint32_t i = from; i < to; i++) {
            const double slot = reporter_layout_loop_height(g, &g->loops[i]);
            const double y = top + (i - from) * part;
            draw_loop(g, &g->loops[i], y + part * 0.2, y + part * 0.8, tip + slot / 2, out);
            tip += slot;
        }
        from = to;
    }
}

void reporter_layout_route(struct layout_graph *g, struct ak_layout *out)
{
    struct ak_arena *a = g->arena;
    const uint32_t most = reporter_layout_corridor_max(g);
    struct routing r = {
        .g = g,
        .free_of = AK_NEW_ARRAY(a, struct layout_free, g->vertex_count),
        .corridor = {.bands = AK_NEW_ARRAY(a, struct layout_band, most),
                     .gates = AK_NEW_ARRAY(a, struct layout_gate, most)},
        .path = AK_NEW_ARRAY(a, struct ak_point, most + 2),
        .aim = AK_NEW_ARRAY(a, double, 2 * (size_t)g->chain_count),
    };
    reporter_layout_free(g, r.free_of);
    for (uint32_t i = 0; i < g->chain_count; i++) {
        const struct layout_chain *c = &g->chains[i];
        r.aim[2 * (size_t)i] = g->v[c->first_lane].x;
        r.aim[2 * (size_t)i + 1] = g->v[c->first_lane + c->lane_count - 1].x;
    }
    reporter_layout_ports(g, r.aim);
    aim_ports(&r);
    g->squeezed = 0;
    for (uint32_t i = 0; i < g->chain_count; i++) {
        finish_chain(&r, i, out);
    }
    reporter_layout_labels(g, out);
    turn_reversed(g, out);
    draw_loops(g, out);
}
