/* x by isotonic regression a rank, y by bands. */
#include "layout/graph.h"

#include <math.h>

#define SWEEPS 40u

double reporter_layout_gap(const struct layout_vertex *left, const struct layout_vertex *right)
{
    double gap = LAYOUT_GAP_MIXED;
    if (left->kind == LAYOUT_BOX && right->kind == LAYOUT_BOX) {
        gap = LAYOUT_GAP_BOX;
    } else if (left->kind == LAYOUT_LANE_VERTEX && right->kind == LAYOUT_LANE_VERTEX) {
        gap = LAYOUT_GAP_LANE;
    }
    return left->r + gap + right->l;
}

void reporter_layout_isotonic(double *x, const double *target, const double *weight,
                              const double *gap, uint32_t n, double *scratch)
{
    double *mean = scratch; /* of each pool */
    double *mass = scratch + n;
    double *size = scratch + 2 * (size_t)n;
    uint32_t pools = 0;
    double shift = 0;
    for (uint32_t i = 0; i < n; i++) {
        shift += i > 0 ? gap[i - 1] : 0;
        mean[pools] = target[i] - shift;
        mass[pools] = weight[i];
        size[pools++] = 1;
        while (pools > 1 && mean[pools - 2] >= mean[pools - 1]) {
            const double sum = mass[pools - 2] + mass[pools - 1];
            mean[pools - 2] =
                (mean[pools - 2] * mass[pools - 2] + mean[pools - 1] * mass[pools - 1]) / sum;
            mass[pools - 2] = sum;
            size[pools - 2] += size[pools - 1];
            pools--;
        }
    }
    uint32_t i = 0;
    shift = 0;
    for (uint32_t p = 0; p < pools; p++) {
        for (double left = size[p]; left > 0; left -= 1) {
            shift += i > 0 ? gap[i - 1] : 0;
            x[i++] = mean[p] + shift;
        }
    }
}

struct placing {
    struct layout_graph *g;
    double *x, *target, *weight, *gap, *scratch;
};

static void gaps_of(struct placing *p, const struct layout_rank *rank)
{
    for (uint32_t i = 0; i + 1 < rank->count; i++) {
        p->gap[i] = reporter_layout_gap(&p->g->v[rank->order[i]], &p->g->v[rank->order[i + 1]]);
    }
}

/* Each rank side by side, centred on 0. */
static void place_first(struct placing *p)
{
    struct layout_graph *g = p->g;
    for (uint32_t r = 0; r < g->rank_count; r++) {
        const struct layout_rank *rank = &g->ranks[r];
        gaps_of(p, rank);
        double width = 0;
        for (uint32_t i = 0; i + 1 < rank->count; i++) {
            width += p->gap[i];
        }
        double x = -width / 2;
        for (uint32_t i = 0; i < rank->count; i++) {
            g->v[rank->order[i]].x = x;
            x += i + 1 < rank->count ? p->gap[i] : 0;
        }
    }
}

/* Where the neighbours pull a vertex, and how hard. */
static void pull(const struct layout_graph *g, uint32_t vertex, double *out_target,
                 double *out_weight)
{
    double sum = 0;
    double mass = 0;
    for (uint32_t k = g->up_start[vertex]; k < g->up_start[vertex + 1]; k++) {
        sum += g->up_weight[k] * g->v[g->up[k]].x;
        mass += g->up_weight[k];
    }
    for (uint32_t k = g->down_start[vertex]; k < g->down_start[vertex + 1]; k++) {
        sum += g->down_weight[k] * g->v[g->down[k]].x;
        mass += g->down_weight[k];
    }
    *out_target = mass > 0 ? sum / mass : g->v[vertex].x;
    *out_weight = mass > 0 ? mass : 0.01;
}

static void place_rank(struct placing *p, uint32_t r)
{
    struct layout_graph *g = p->g;
    const struct layout_rank *rank = &g->ranks[r];
    gaps_of(p, rank);
    for (uint32_t i = 0; i < rank->count; i++) {
        pull(g, rank->order[i], &p->target[i], &p->weight[i]);
    }
    reporter_layout_isotonic(p->x, p->target, p->weight, p->gap, rank->count, p->scratch);
    for (uint32_t i = 0; i < rank->count; i++) {
        g->v[rank->order[i]].x = p->x[i];
    }
}

static uint32_t widest(const struct layout_graph *g)
{
    uint32_t most = 0;
    for (uint32_t r = 0; r < g->rank_count; r++) {
        most = g->ranks[r].count > most ? g->ranks[r].count : most;
    }
    return most;
}

void reporter_layout_place(struct layout_graph *g)
{
    const uint32_t n = widest(g);
    struct placing p = {
        .g = g,
        .x = AK_NEW_ARRAY(g->arena, double, n),
        .target = AK_NEW_ARRAY(g->arena, double, n),
        .weight = AK_NEW_ARRAY(g->arena, double, n),
        .gap = AK_NEW_ARRAY(g->arena, double, n),
        .scratch = AK_NEW_ARRAY(g->arena, double, 3 * (size_t)n),
    };
    place_first(&p);
    for (unsigned sweep = 0; sweep < SWEEPS; sweep++) {
        for (uint32_t i = 0; i < g->rank_count; i++) {
            place_rank(&p, sweep % 2 == 0 ? i : g->rank_count - 1 - i);
        }
    }
}

/* Height of the tallest thing in the rank. */
static double rank_height(const struct layout_graph *g, uint32_t r)
{
    double height = 0;
    for (uint32_t i = 0; i < g->ranks[r].count; i++) {
        height = fmax(height, g->v[g->ranks[r].order[i]].h);
    }
    return height;
}

static double gap_below(const struct layout_graph *g, uint32_t r)
{
    double reach = 0;
    for (uint32_t i = 0; i < g->ranks[r].count; i++) {
        const uint32_t vertex = g->ranks[r].order[i];
        for (uint32_t k = g->down_start[vertex]; k < g->down_start[vertex + 1]; k++) {
            reach = fmax(reach, fabs(g->v[vertex].x - g->v[g->down[k]].x));
        }
    }
    return fmin(26 + 0.2 * reach, 110);
}

double reporter_layout_loop_height(const struct layout_graph *g, const struct layout_loop *loop)
{
    return fmax(g->in->edges[loop->edge].label_h, 8) + 4;
}

/* A box is at least as high as the ears beside it. */
static void make_room_for_loops(struct layout_graph *g)
{
    for (uint32_t i = 0; i < g->loop_count;) {
        const uint32_t vertex = g->loops[i].vertex;
        double height = 0;
        for (; i < g->loop_count && g->loops[i].vertex == vertex; i++) {
            height += reporter_layout_loop_height(g, &g->loops[i]);
        }
        g->v[vertex].h = fmax(g->v[vertex].h, height);
    }
}

void reporter_layout_bands(struct layout_graph *g)
{
    make_room_for_loops(g);
    double y = 0;
    for (uint32_t r = 0; r < g->rank_count; r++) {
        const double height = rank_height(g, r);
        g->ranks[r].top = y;
        g->ranks[r].bottom = y + height;
        for (uint32_t i = 0; i < g->ranks[r].count; i++) {
            g->v[g->ranks[r].order[i]].y = y + height / 2;
        }
        y += height;
        if (r + 1 < g->rank_count) {
            const bool by_empty = height <= 0 || rank_height(g, r + 1) <= 0;
            y += gap_below(g, r) * (by_empty ? 0.5 : 1);
        }
    }
}
