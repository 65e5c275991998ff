/* Layered drawing of directed graphs: ranks, orders, coordinates and routed edges for boxes of
 * given sizes. No edge enters a foreign box or a foreign label; drawings are the same bytes for the
 * same graph, since work is bounded by counted operations and never by a clock.
 *
 * Method: the layered framework of Sugiyama, Tagawa and Toda (1981); ranks by network simplex
 * (Gansner, Koutsofios, North and Vo 1993, A technique for drawing directed graphs, IEEE TSE 19);
 * orders by many short sweeps of medians and barycentres with transposition, the best one polished
 * by sifting (Matuszewski, Schoenfeld and Molitor 1999); coordinates by weighted isotonic
 * regression a rank (pool adjacent violators); edges as shortest paths in corridors (the funnel
 * method of Lee and Preparata 1984), their corners rounded as far as the corridor allows. Lengths
 * are in points, y grows downward. */
#ifndef REPORTER_LAYOUT_H
#define REPORTER_LAYOUT_H

#include "reporter/canvas.h"

struct ak_layout_node {
    double w, h; /* in: size of the box */
    double x, y; /* out: its centre */
};

struct ak_layout_edge {
    uint32_t from, to;       /* in: node indexes; equal for a self edge */
    double weight;           /* in: >= 0; heavy edges become short and straight */
    double label_w, label_h; /* in: size of the label, 0 for none */
    struct ak_point *points; /* out, in arena: cubic Bezier pieces, 1 + 3 * pieces points, from the
                              * border of `from` to the border of `to` */
    size_t point_count;
    double label_x, label_y; /* out: centre of the label */
};

struct ak_layout {
    struct ak_layout_node *nodes;
    uint32_t node_count;
    struct ak_layout_edge *edges;
    uint32_t edge_count;
    double aspect;      /* in: width / height that packed components aim at; 0 means 1.6 */
    uint64_t budget;    /* in: operations of the ordering; 0 means a default by size */
    double w, h;        /* out: size of the drawing */
    uint64_t crossings; /* out: combinatorial crossings of the final orders */
    uint64_t work;      /* out: operations used by the ordering */
    uint32_t
        squeezed; /* out: corridors that were empty; 0 unless the input's sizes are not finite */
};

/* Fills the out fields. Node and edge order decide ties, so equal input gives equal output.
 * AK_USAGE when an edge names no node or a size is negative or not finite. O(budget) plus about O(n
 * log n) in the vertices of all edges' chains. */
enum ak_status ak_layout_run(struct ak_layout *g, struct ak_arena *arena,
                             struct ak_error *err) AK_MUST_USE;

#endif
