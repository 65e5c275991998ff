/* Labels: each stands right of its edge. Its room was kept beside its lane; it moves to the left
 * until it is near its curve, and never to the right, so that no other edge's corridor changes. */
#include "layout/route.h"

#include <math.h>

#define FLAT_STEP 2.0

/* The x range of each lane's curve inside the band of its rank. */
struct range {
    double lo, hi;
};

static void widen(struct range *r, double x)
{
    r->lo = fmin(r->lo, x);
    r->hi = fmax(r->hi, x);
}

/* Adds the part of segment a-b that lies between y0 and y1. */
static void add_clipped(struct range *r, struct ak_point a, struct ak_point b, double y0, double y1)
{
    const double lo = fmin(a.y, b.y);
    const double hi = fmax(a.y, b.y);
    if (hi < y0 || lo > y1) {
        return;
    }
    if (hi - lo < 1e-9) {
        widen(r, a.x);
        widen(r, b.x);
        return;
    }
    const double slope = (b.x - a.x) / (b.y - a.y);
    widen(r, a.x + (fmax(lo, y0) - a.y) * slope);
    widen(r, a.x + (fmin(hi, y1) - a.y) * slope);
}

/* Ranges of one chain's lanes; ranks without height have none to keep off. */
static void measure_chain(const struct layout_graph *g, uint32_t chain,
                          const struct ak_layout_edge *e, struct range *ranges)
{
    const struct layout_chain *c = &g->chains[chain];
    uint32_t first = 0; /* lanes above the piece at hand are done */
    for (size_t at = 0; at + 3 < e->point_count; at += 3) {
        const struct ak_point *piece = e->points + at;
        const double length = hypot(piece[3].x - piece[0].x, piece[3].y - piece[0].y);
        const unsigned steps = 2 + (unsigned)(length / FLAT_STEP);
        struct ak_point from = piece[0];
        for (unsigned i = 1; i <= steps; i++) {
            const struct ak_point to = reporter_layout_cubic(piece, (double)i / steps);
            while (first < c->lane_count &&
                   g->ranks[g->v[c->first_lane + first].rank].bottom < from.y) {
                first++;
            }
            for (uint32_t k = first; k < c->lane_count; k++) {
                const struct layout_rank *rank = &g->ranks[g->v[c->first_lane + k].rank];
                if (rank->top > to.y) {
                    break;
                }
                add_clipped(&ranges[c->first_lane + k], from, to, rank->top, rank->bottom);
            }
            from = to;
        }
    }
}

static void place_in_rank(const struct layout_graph *g, const struct layout_rank *rank,
                          const struct range *ranges, struct ak_layout *out)
{
    double limit = -HUGE_VAL;
    for (uint32_t i = 0; i < rank->count; i++) {
        const uint32_t vertex = rank->order[i];
        const struct layout_vertex *v = &g->v[vertex];
        if (v->kind != LAYOUT_BOX && isfinite(ranges[vertex].hi)) {
            limit = fmax(limit, ranges[vertex].hi + LAYOUT_LABEL_RIGHT);
        }
        if (v->kind != LAYOUT_LABEL) {
            limit = v->kind == LAYOUT_BOX ? v->x + v->r + 3 : limit;
            continue;
        }
        struct ak_layout_edge *e = &out->edges[g->chains[v->node].edge];
        const double left = fmin(limit, v->x + LAYOUT_LABEL_RIGHT);
        e->label_x = left + e->label_w / 2;
        e->label_y = v->y;
        limit = fmax(limit, left + e->label_w + 3);
    }
}

void reporter_layout_labels(const struct layout_graph *g, struct ak_layout *out)
{
    struct range *ranges = AK_NEW_ARRAY(g->arena, struct range, g->vertex_count);
    for (uint32_t i = 0; i < g->vertex_count; i++) {
        ranges[i] = (struct range){HUGE_VAL, -HUGE_VAL};
    }
    for (uint32_t i = 0; i < g->chain_count; i++) {
        measure_chain(g, i, &out->edges[g->chains[i].edge], ranges);
    }
    for (uint32_t r = 0; r < g->rank_count; r++) {
        place_in_rank(g, &g->ranks[r], ranges, out);
    }
}
