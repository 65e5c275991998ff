/* Corridors: where an edge may run between the boxes and labels of the ranks that it passes. */
#include "layout/route.h"

#include <math.h>

static double box_left(const struct layout_vertex *v)
{
    return v->x - v->l;
}

static double box_right(const struct layout_vertex *v)
{
    return v->x + v->r;
}

static void scan_right(const struct layout_graph *g, const struct layout_rank *rank,
                       struct layout_free *free_of)
{
    double last = -HUGE_VAL;
    double lanes = 0;
    for (uint32_t i = 0; i < rank->count; i++) {
        const struct layout_vertex *v = &g->v[rank->order[i]];
        struct layout_free *f = &free_of[rank->order[i]];
        f->lo = last + LAYOUT_PAD + lanes * LAYOUT_LANE;
        f->hard_lo = last + LAYOUT_HARD;
        if (v->kind == LAYOUT_LANE_VERTEX) {
            lanes += 1;
        } else {
            last = box_right(v);
            lanes = 0;
        }
    }
}

static void scan_left(const struct layout_graph *g, const struct layout_rank *rank,
                      struct layout_free *free_of)
{
    double last = HUGE_VAL;
    double lanes = 0;
    for (uint32_t i = rank->count; i-- > 0;) {
        const struct layout_vertex *v = &g->v[rank->order[i]];
        struct layout_free *f = &free_of[rank->order[i]];
        f->hi = last - LAYOUT_PAD - lanes * LAYOUT_LANE;
        f->hard_hi = last - LAYOUT_HARD;
        if (v->kind == LAYOUT_LABEL) {
            /* An edge keeps to the left of its own label, which moves to it later. */
            last = v->x + LAYOUT_LABEL_RIGHT;
            f->hi = last - LAYOUT_PAD + 2;
            f->hard_hi = last - 1;
            lanes = 1;
        } else if (v->kind == LAYOUT_BOX) {
            last = box_left(v);
            lanes = 0;
        } else {
            lanes += 1;
        }
    }
}

void reporter_layout_free(const struct layout_graph *g, struct layout_free *free_of)
{
    for (uint32_t r = 0; r < g->rank_count; r++) {
        scan_right(g, &g->ranks[r], free_of);
        scan_left(g, &g->ranks[r], free_of);
    }
}

/* Stairs beside the end of an edge: neighbours of its box that reach further down (or up, for the
 * lower box) than the box itself. `step` is -1 to the left, 1 to the right. */
static uint32_t stairs(const struct layout_graph *g, uint32_t box, int step, bool below,
                       struct layout_band *out)
{
    const struct layout_vertex *v = &g->v[box];
    const struct layout_rank *rank = &g->ranks[v->rank];
    const double own = g->in->nodes[g->node_of[box]].h / 2;
    double reach = own;
    double lanes = 0;
    uint32_t n = 0;
    if (step > 0 && v->r > v->l && v->h / 2 > own) { /* the box's own ears */
        reach = v->h / 2;
        out[n++] = (struct layout_band){below ? v->y + own : v->y - reach,
                                        below ? v->y + reach : v->y - own,
                                        -HUGE_VAL,
                                        v->x + v->l,
                                        -HUGE_VAL,
                                        v->x + v->l + LAYOUT_HARD};
    }
    for (int64_t i = (int64_t)v->pos + step; i >= 0 && i < rank->count; i += step) {
        const struct layout_vertex *u = &g->v[rank->order[i]];
        if (u->kind != LAYOUT_BOX) {
            lanes += 1;
            continue;
        }
        if (u->h / 2 > reach) {
            reach = u->h / 2;
            const double room = LAYOUT_PAD + lanes * LAYOUT_LANE;
            struct layout_band b = {-HUGE_VAL, HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL, HUGE_VAL};
            b.y0 = below ? v->y + own : v->y - reach;
            b.y1 = below ? v->y + reach : v->y - own;
            if (step < 0) {
                b.lo = fmin(box_right(u) + room, box_left(v));
                b.hard_lo = box_right(u) + LAYOUT_HARD;
            } else {
                b.hi = fmax(box_left(u) - room, v->x + v->l);
                b.hard_hi = box_left(u) - LAYOUT_HARD;
            }
            out[n++] = b;
        }
    }
    return n;
}

static void sort_gates(struct layout_gate *gates, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        const struct layout_gate g = gates[i];
        uint32_t at = i;
        for (; at > 0 && gates[at - 1].y > g.y; at--) {
            gates[at] = gates[at - 1];
        }
        gates[at] = g;
    }
}

/* One gate per distinct end of a stair, with all stairs that still stand there. */
static void end_gates(const struct layout_band *bands, uint32_t n, bool below,
                      struct layout_corridor *c)
{
    const uint32_t first = c->gate_count;
    for (uint32_t i = 0; i < n; i++) {
        const double y = below ? bands[i].y1 + LAYOUT_VPAD : bands[i].y0 - LAYOUT_VPAD;
        struct layout_gate gate = {y, -HUGE_VAL, HUGE_VAL};
        for (uint32_t k = 0; k < n; k++) {
            if (below ? bands[k].y1 >= bands[i].y1 : bands[k].y0 <= bands[i].y0) {
                gate.lo = fmax(gate.lo, bands[k].lo);
                gate.hi = fmin(gate.hi, bands[k].hi);
            }
        }
        bool known = false;
        for (uint32_t k = first; k < c->gate_count; k++) {
            known = known || c->gates[k].y == y;
        }
        if (!known) {
            c->gates[c->gate_count++] = gate;
        }
    }
    sort_gates(c->gates + first, c->gate_count - first);
}

static void add_end(const struct layout_graph *g, uint32_t box, bool below,
                    struct layout_corridor *c)
{
    struct layout_band *bands = c->bands + c->band_count;
    uint32_t n = stairs(g, box, -1, below, bands);
    n += stairs(g, box, 1, below, bands + n);
    c->band_count += n;
    end_gates(bands, n, below, c);
}

static void add_gate(struct layout_graph *g, struct layout_corridor *c, double y, double lo,
                     double hi)
{
    if (lo > hi) {
        g->squeezed++;
        lo = hi = (lo + hi) / 2;
    }
    c->gates[c->gate_count++] = (struct layout_gate){y, lo, hi};
}

static void add_inner(struct layout_graph *g, const struct layout_free *f, uint32_t rank,
                      struct layout_corridor *c)
{
    const double top = g->ranks[rank].top;
    const double bottom = g->ranks[rank].bottom;
    if (bottom <= top || (isinf(f->lo) && isinf(f->hi))) {
        return;
    }
    c->bands[c->band_count++] =
        (struct layout_band){top, bottom, f->lo, f->hi, f->hard_lo, f->hard_hi};
    add_gate(g, c, top - LAYOUT_VPAD, f->lo, f->hi);
    add_gate(g, c, bottom + LAYOUT_VPAD, f->lo, f->hi);
}

void reporter_layout_corridor(struct layout_graph *g, uint32_t chain,
                              const struct layout_free *free_of, struct layout_corridor *out)
{
    const struct layout_chain *c = &g->chains[chain];
    out->band_count = 0;
    out->gate_count = 0;
    add_end(g, c->top, true, out);
    for (uint32_t k = 0; k < c->lane_count; k++) {
        const uint32_t lane = c->first_lane + k;
        add_inner(g, &free_of[lane], g->v[lane].rank, out);
    }
    add_end(g, c->bottom, false, out);
}

uint32_t reporter_layout_corridor_max(const struct layout_graph *g)
{
    uint32_t widest = 0;
    for (uint32_t r = 0; r < g->rank_count; r++) {
        widest = g->ranks[r].count > widest ? g->ranks[r].count : widest;
    }
    return 2 * g->rank_count + 2 * widest + 4;
}
