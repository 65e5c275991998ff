/* Where edges leave and reach their boxes. */
#include "layout/route.h"

#include <math.h>
#include <stdlib.h>

#define PORT_GAP 9.0
#define SIDE_SHARE 0.42 /* of the width, to either side of the centre */

struct port {
    uint32_t box, chain;
    uint32_t next_pos; /* of the chain's vertex in the next rank */
    double aim;
};

static int by_box_and_side(const void *a, const void *b)
{
    const struct port *x = a;
    const struct port *y = b;
    if (x->box != y->box) {
        return x->box < y->box ? -1 : 1;
    }
    if (x->next_pos != y->next_pos) {
        return x->next_pos < y->next_pos ? -1 : 1;
    }
    return (x->chain > y->chain) - (x->chain < y->chain);
}

/* Places the n ports of one side of a box: as near to their aims as order and separation allow. */
static void solve_side(struct layout_graph *g, const struct port *ports, uint32_t n, bool below,
                       double *work)
{
    const struct layout_vertex *v = &g->v[ports[0].box];
    const double half = v->l * 2 * SIDE_SHARE;
    const double gap = n > 1 ? fmin(PORT_GAP, 2 * half / (n - 1)) : 0;
    double *x = work;
    double *target = work + n;
    double *weight = work + 2 * (size_t)n;
    double *gaps = work + 3 * (size_t)n;
    for (uint32_t i = 0; i < n; i++) {
        target[i] = fmin(fmax(ports[i].aim, v->x - half), v->x + half);
        weight[i] = 1;
        gaps[i] = gap;
    }
    reporter_layout_isotonic(x, target, weight, gaps, n, work + 4 * (size_t)n);
    for (uint32_t i = 0; i < n; i++) {
        const double lo = v->x - half + i * gap;
        const double hi = v->x + half - (n - 1 - i) * gap;
        const double at = fmax(fmin(x[i], hi), lo);
        struct layout_chain *c = &g->chains[ports[i].chain];
        *(below ? &c->port_top : &c->port_bottom) = at;
    }
}

static void solve_all(struct layout_graph *g, const double *aim, bool below)
{
    struct port *ports = AK_NEW_ARRAY(g->arena, struct port, g->chain_count);
    double *work = AK_NEW_ARRAY(g->arena, double, 7 * (size_t)g->chain_count);
    for (uint32_t i = 0; i < g->chain_count; i++) {
        const struct layout_chain *c = &g->chains[i];
        const uint32_t lane = below ? c->first_lane : c->first_lane + c->lane_count - 1;
        ports[i] = (struct port){below ? c->top : c->bottom, i, g->v[lane].pos,
                                 aim[2 * (size_t)i + (below ? 0 : 1)]};
    }
    qsort(ports, g->chain_count, sizeof *ports, by_box_and_side);
    for (uint32_t from = 0; from < g->chain_count;) {
        uint32_t to = from;
        while (to < g->chain_count && ports[to].box == ports[from].box) {
            to++;
        }
        solve_side(g, ports + from, to - from, below, work);
        from = to;
    }
}

void reporter_layout_ports(struct layout_graph *g, const double *aim)
{
    solve_all(g, aim, true);
    solve_all(g, aim, false);
}
