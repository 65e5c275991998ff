/* The whole drawing: components one by one, then packed. */
#include "layout/graph.h"

#include <math.h>
#include <stdlib.h>

#define COMPONENT_GAP 24.0
#define ASPECT_DEFAULT 1.6
#define BUDGET_BASE 200000u
#define BUDGET_PER_VERTEX 1200u
#define BUDGET_MAX 40000000u

struct component {
    uint32_t *nodes, node_count;
    uint32_t *edges, edge_count;
    double x0, y0, w, h; /* of its drawing */
    double at_x, at_y;
};

static enum ak_status check_input(const struct ak_layout *g, struct ak_error *err)
{
    for (uint32_t i = 0; i < g->node_count; i++) {
        if (!isfinite(g->nodes[i].w) || !isfinite(g->nodes[i].h) || g->nodes[i].w < 0 ||
            g->nodes[i].h < 0) {
            return ak_fail(err, AK_USAGE, "layout: node %u has no size", i);
        }
    }
    for (uint32_t i = 0; i < g->edge_count; i++) {
        const struct ak_layout_edge *e = &g->edges[i];
        if (e->from >= g->node_count || e->to >= g->node_count || !isfinite(e->weight) ||
            !isfinite(e->label_w) || !isfinite(e->label_h) || e->label_w < 0 || e->label_h < 0) {
            return ak_fail(err, AK_USAGE, "layout: edge %u is not valid", i);
        }
    }
    return AK_OK;
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

/* Components in order of their first node. */
static struct component *components_of(const struct ak_layout *g, struct ak_arena *arena,
                                       uint32_t *out_count)
{
    uint32_t *parent = AK_NEW_ARRAY(arena, uint32_t, g->node_count);
    for (uint32_t i = 0; i < g->node_count; i++) {
        parent[i] = i;
    }
    for (uint32_t i = 0; i < g->edge_count; i++) {
        const uint32_t a = root_of(parent, g->edges[i].from);
        const uint32_t b = root_of(parent, g->edges[i].to);
        parent[a > b ? a : b] = a > b ? b : a;
    }
    uint32_t *index = AK_NEW_ARRAY(arena, uint32_t, g->node_count);
    uint32_t count = 0;
    for (uint32_t i = 0; i < g->node_count; i++) {
        const uint32_t root = root_of(parent, i);
        index[i] = root == i ? count++ : index[root];
    }
    struct component *list = AK_NEW_ARRAY(arena, struct component, count);
    for (uint32_t i = 0; i < g->node_count; i++) {
        list[index[i]].node_count++;
    }
    for (uint32_t i = 0; i < g->edge_count; i++) {
        list[index[g->edges[i].from]].edge_count++;
    }
    for (uint32_t c = 0; c < count; c++) {
        list[c].nodes = AK_NEW_ARRAY(arena, uint32_t, list[c].node_count);
        list[c].edges = AK_NEW_ARRAY(arena, uint32_t, list[c].edge_count);
        list[c].node_count = 0;
        list[c].edge_count = 0;
    }
    for (uint32_t i = 0; i < g->node_count; i++) {
        struct component *c = &list[index[i]];
        c->nodes[c->node_count++] = i;
    }
    for (uint32_t i = 0; i < g->edge_count; i++) {
        struct component *c = &list[index[g->edges[i].from]];
        c->edges[c->edge_count++] = i;
    }
    *out_count = count;
    return list;
}

/* The ears of a box share their width: that of the widest label. */
static void add_loop(struct layout_graph *w, uint32_t edge, uint32_t vertex)
{
    struct layout_vertex *v = &w->v[vertex];
    w->loops[w->loop_count++] = (struct layout_loop){edge, vertex};
    v->r = fmax(v->r, v->l + LAYOUT_EAR + w->in->edges[edge].label_w);
}

static int by_vertex(const void *a, const void *b)
{
    const struct layout_loop *x = a;
    const struct layout_loop *y = b;
    if (x->vertex != y->vertex) {
        return x->vertex < y->vertex ? -1 : 1;
    }
    return (x->edge > y->edge) - (x->edge < y->edge);
}

static void working_graph(const struct ak_layout *g, const struct component *c,
                          const uint32_t *box_of, struct layout_graph *w)
{
    struct ak_arena *a = w->arena;
    w->in = g;
    w->box_count = c->node_count;
    w->vertex_count = c->node_count;
    w->node_of = c->nodes;
    w->v = AK_NEW_ARRAY(a, struct layout_vertex, c->node_count);
    w->chains = AK_NEW_ARRAY(a, struct layout_chain, c->edge_count);
    w->loops = AK_NEW_ARRAY(a, struct layout_loop, c->edge_count);
    for (uint32_t i = 0; i < c->node_count; i++) {
        const struct ak_layout_node *n = &g->nodes[c->nodes[i]];
        w->v[i] = (struct layout_vertex){
            .kind = LAYOUT_BOX, .node = i, .l = n->w / 2, .r = n->w / 2, .h = n->h};
    }
    for (uint32_t i = 0; i < c->edge_count; i++) {
        const struct ak_layout_edge *e = &g->edges[c->edges[i]];
        if (e->from == e->to) {
            add_loop(w, c->edges[i], box_of[e->from]);
        } else {
            w->chains[w->chain_count++] = (struct layout_chain){.edge = c->edges[i],
                                                                .top = box_of[e->from],
                                                                .bottom = box_of[e->to],
                                                                .weight = fmax(e->weight, 0)};
        }
    }
    qsort(w->loops, w->loop_count, sizeof *w->loops, by_vertex);
}

/* Bounding box of the component's boxes, curves and labels. */
static void measure(const struct ak_layout *g, const struct layout_graph *w, struct component *c)
{
    double x0 = HUGE_VAL;
    double y0 = HUGE_VAL;
    double x1 = -HUGE_VAL;
    double y1 = -HUGE_VAL;
    for (uint32_t i = 0; i < c->node_count; i++) {
        const struct layout_vertex *v = &w->v[i];
        x0 = fmin(x0, v->x - v->l);
        x1 = fmax(x1, v->x + v->r);
        y0 = fmin(y0, v->y - v->h / 2);
        y1 = fmax(y1, v->y + v->h / 2);
    }
    for (uint32_t i = 0; i < c->edge_count; i++) {
        const struct ak_layout_edge *e = &g->edges[c->edges[i]];
        for (size_t k = 0; k < e->point_count; k++) {
            x0 = fmin(x0, e->points[k].x);
            x1 = fmax(x1, e->points[k].x);
            y0 = fmin(y0, e->points[k].y);
            y1 = fmax(y1, e->points[k].y);
        }
        if (e->label_w > 0) {
            x0 = fmin(x0, e->label_x - e->label_w / 2);
            x1 = fmax(x1, e->label_x + e->label_w / 2);
        }
    }
    c->x0 = x0;
    c->y0 = y0;
    c->w = x1 - x0;
    c->h = y1 - y0;
}

static void run_component(struct ak_layout *g, struct ak_arena *arena, struct component *c,
                          const uint32_t *box_of)
{
    struct layout_graph w = {.arena = arena};
    working_graph(g, c, box_of, &w);
    reporter_layout_acyclic(&w);
    reporter_layout_rank(&w);
    reporter_layout_split(&w);
    const uint64_t budget = BUDGET_BASE + (uint64_t)BUDGET_PER_VERTEX * w.vertex_count;
    w.budget = g->budget ? g->budget : budget < BUDGET_MAX ? budget : BUDGET_MAX;
    reporter_layout_order(&w);
    reporter_layout_place(&w);
    reporter_layout_bands(&w);
    for (uint32_t i = 0; i < c->node_count; i++) {
        g->nodes[c->nodes[i]].x = w.v[i].x;
        g->nodes[c->nodes[i]].y = w.v[i].y;
    }
    reporter_layout_route(&w, g);
    measure(g, &w, c);
    g->crossings += w.crossings;
    g->work += w.work;
    g->squeezed += w.squeezed;
}

static int by_height(const void *a, const void *b)
{
    const struct component *x = *(const struct component *const *)a;
    const struct component *y = *(const struct component *const *)b;
    if (x->h != y->h) {
        return x->h > y->h ? -1 : 1;
    }
    return (x->nodes[0] > y->nodes[0]) - (x->nodes[0] < y->nodes[0]);
}

/* Shelves of width `limit`, tallest first; returns the height. */
static double pack_width(struct component **sorted, uint32_t count, double limit, double *out_width)
{
    double x = 0;
    double y = 0;
    double shelf = 0;
    double width = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct component *c = sorted[i];
        if (x > 0 && x + c->w > limit) {
            y += shelf + COMPONENT_GAP;
            x = 0;
            shelf = 0;
        }
        c->at_x = x;
        c->at_y = y;
        x += c->w + COMPONENT_GAP;
        width = fmax(width, x - COMPONENT_GAP);
        shelf = fmax(shelf, c->h);
    }
    *out_width = width;
    return y + shelf;
}

/* Tries shelves of several widths; keeps the one nearest to the wanted aspect. */
static void pack(struct ak_layout *g, struct component *list, uint32_t count,
                 struct ak_arena *arena)
{
    struct component **sorted = AK_NEW_ARRAY(arena, struct component *, count);
    double widest = 0;
    double sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = &list[i];
        widest = fmax(widest, list[i].w);
        sum += list[i].w + COMPONENT_GAP;
    }
    qsort(sorted, count, sizeof(struct component *), by_height);
    const double aspect = g->aspect > 0 ? g->aspect : ASPECT_DEFAULT;
    double best_limit = sum;
    double best_miss = HUGE_VAL;
    for (unsigned i = 0; i <= 24; i++) {
        const double limit = widest + (sum - widest) * i / 24;
        double width;
        const double height = pack_width(sorted, count, limit, &width);
        const double miss = fabs(log(fmax(width, 1) / fmax(height, 1) / aspect));
        if (miss < best_miss - 1e-9) {
            best_miss = miss;
            best_limit = limit;
        }
    }
    g->h = pack_width(sorted, count, best_limit, &g->w);
}

static void move_component(struct ak_layout *g, const struct component *c)
{
    const double dx = c->at_x - c->x0;
    const double dy = c->at_y - c->y0;
    for (uint32_t i = 0; i < c->node_count; i++) {
        g->nodes[c->nodes[i]].x += dx;
        g->nodes[c->nodes[i]].y += dy;
    }
    for (uint32_t i = 0; i < c->edge_count; i++) {
        struct ak_layout_edge *e = &g->edges[c->edges[i]];
        for (size_t k = 0; k < e->point_count; k++) {
            e->points[k].x += dx;
            e->points[k].y += dy;
        }
        e->label_x += dx;
        e->label_y += dy;
    }
}

enum ak_status ak_layout_run(struct ak_layout *g, struct ak_arena *arena, struct ak_error *err)
{
    const enum ak_status st = check_input(g, err);
    if (st != AK_OK) {
        return st;
    }
    g->w = g->h = 0;
    g->crossings = g->work = 0;
    g->squeezed = 0;
    uint32_t count;
    struct component *list = components_of(g, arena, &count);
    uint32_t *box_of = AK_NEW_ARRAY(arena, uint32_t, g->node_count);
    for (uint32_t c = 0; c < count; c++) {
        for (uint32_t i = 0; i < list[c].node_count; i++) {
            box_of[list[c].nodes[i]] = i;
        }
    }
    for (uint32_t c = 0; c < count; c++) {
        run_component(g, arena, &list[c], box_of);
    }
    pack(g, list, count, arena);
    for (uint32_t c = 0; c < count; c++) {
        move_component(g, &list[c]);
    }
    return AK_OK;
}
