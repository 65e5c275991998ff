/* The working graph of one connected component: real boxes and the lanes of edges that pass ranks.
 */
#ifndef LAYOUT_GRAPH_H
#define LAYOUT_GRAPH_H

#include "reporter/layout.h"

/* Distances in points. */
#define LAYOUT_GAP_BOX 16.0    /* between two boxes */
#define LAYOUT_GAP_MIXED 8.0   /* between a lane or label and a box, between two labels */
#define LAYOUT_GAP_LANE 6.0    /* between two lanes */
#define LAYOUT_LANE_HALF 1.0   /* half the width of a lane */
#define LAYOUT_PAD 4.0         /* from a box to the nearest edge */
#define LAYOUT_LANE 4.0        /* more for each further edge in between */
#define LAYOUT_HARD 2.0        /* never nearer than this */
#define LAYOUT_VPAD 2.0        /* above and below a rank */
#define LAYOUT_LABEL_LEFT 8.0  /* label slot: left of the lane */
#define LAYOUT_LABEL_RIGHT 4.0 /* from the lane to the text */
#define LAYOUT_ARROW 9.0       /* length of the arrow head */
#define LAYOUT_EAR 26.0        /* room for a self edge */

enum layout_kind { LAYOUT_BOX, LAYOUT_LANE_VERTEX, LAYOUT_LABEL };

struct layout_vertex {
    enum layout_kind kind;
    uint32_t node;  /* BOX: index in the component; else the chain */
    double l, r, h; /* extents left and right of x, height */
    double x, y;
    uint32_t rank, pos;
};

/* An edge between different boxes, drawn downward: `top` is above `bottom`. */
struct layout_chain {
    uint32_t edge;        /* index in the caller's graph */
    uint32_t top, bottom; /* vertexes */
    bool reversed;        /* the caller's edge points upward */
    double weight;
    uint32_t first_lane; /* its lanes are vertexes first_lane .. + lane_count, by rank */
    uint32_t lane_count;
    uint32_t label;               /* vertex of the label, or AK_LAYOUT_NONE */
    double port_top, port_bottom; /* x where it leaves and arrives */
};
#define AK_LAYOUT_NONE UINT32_MAX

struct layout_rank {
    uint32_t *order; /* vertexes from left to right */
    uint32_t count;
    double top, bottom; /* y of its band */
};

/* A self edge: an ear on the right side of its box; several stand one below the other. */
struct layout_loop {
    uint32_t edge, vertex;
};

struct layout_graph {
    struct ak_arena *arena;
    const struct ak_layout *in;
    uint32_t box_count; /* vertexes 0 .. box_count are boxes */
    uint32_t *node_of;  /* box -> node of the caller */
    struct layout_vertex *v;
    uint32_t vertex_count;
    struct layout_chain *chains;
    uint32_t chain_count;
    struct layout_loop *loops;
    uint32_t loop_count;
    struct layout_rank *ranks;
    uint32_t rank_count;
    /* neighbours in the ranks above and below, compressed: up[up_start[i] .. up_start[i + 1]) */
    uint32_t *up_start, *up, *down_start, *down;
    double *up_weight, *down_weight; /* beside up and down: pull of the segment */
    uint64_t budget, work, crossings;
    uint32_t squeezed;
};

/* The steps, in order. Each leaves the graph ready for the next. */
void reporter_layout_acyclic(struct layout_graph *g); /* sets chain.reversed and swaps ends */
void reporter_layout_rank(struct layout_graph *g);    /* sets vertex.rank of boxes, all even */
void reporter_layout_split(struct layout_graph *g);   /* adds lanes and labels, builds ranks */
void reporter_layout_order(struct layout_graph *g);   /* sets order and pos */
void reporter_layout_place(struct layout_graph *g);   /* sets x */
void reporter_layout_bands(struct layout_graph *g);   /* sets y, rank top and bottom */
void reporter_layout_route(struct layout_graph *g, struct ak_layout *out); /* sets edge points */

/* Number of pairs of edges that cross between rank r and r + 1, by a Fenwick tree: O(m log n).
 * `tree` has room for the count of rank r + 1, plus one. */
uint64_t reporter_layout_crossings(const struct layout_graph *g, uint32_t rank, uint32_t *tree);

/* Weighted isotonic regression with separations: x[0..n) nearest to target with x[i + 1] - x[i] >=
 * gap[i], by pool adjacent violators. O(n). `scratch` has room for 3 n doubles. */
void reporter_layout_isotonic(double *x, const double *target, const double *weight,
                              const double *gap, uint32_t n, double *scratch);

/* Height that a self edge takes beside its box. */
double reporter_layout_loop_height(const struct layout_graph *g, const struct layout_loop *loop);

/* Least distance between the lane positions of two neighbours in a rank. */
double reporter_layout_gap(const struct layout_vertex *left, const struct layout_vertex *right);

#endif
