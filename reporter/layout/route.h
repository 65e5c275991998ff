/* Routing of edges: corridors, shortest paths in them, rounded corners, labels. */
#ifndef LAYOUT_ROUTE_H
#define LAYOUT_ROUTE_H

#include "layout/graph.h"

/* A piece of a corridor: between y0 and y1 the edge stays in [lo, hi], and never leaves [hard_lo,
 * hard_hi]. */
struct layout_band {
    double y0, y1, lo, hi, hard_lo, hard_hi;
};

/* A horizontal gate that the path passes; y increases from gate to gate. */
struct layout_gate {
    double y, lo, hi;
};

struct layout_corridor {
    struct layout_band *bands;
    uint32_t band_count;
    struct layout_gate *gates;
    uint32_t gate_count;
};

/* Free intervals of each vertex that a corridor passes, from one scan of each rank in either
 * direction. */
struct layout_free {
    double lo, hi, hard_lo, hard_hi;
};

/* Fills free[vertex] for lanes and labels. */
void reporter_layout_free(const struct layout_graph *g, struct layout_free *free_of);
/* The corridor of a chain; arrays in arena, with room that is reused: `out` has its arrays from a
 * first call with a longer chain or grows them. Counts empty gates in g->squeezed. */
void reporter_layout_corridor(struct layout_graph *g, uint32_t chain,
                              const struct layout_free *free_of, struct layout_corridor *out);
/* Longest list of bands and gates that any chain can need. */
uint32_t reporter_layout_corridor_max(const struct layout_graph *g);

/* Shortest path from a to b through gates: corners into out (room for gate_count + 2), ends
 * included. Returns the number of points. */
uint32_t reporter_layout_funnel(struct ak_point a, struct ak_point b,
                                const struct layout_corridor *c, struct ak_point *out);

/* Rounds the corners of a path inside the hard bands. Cubic pieces in arena. */
struct ak_point *reporter_layout_smooth(struct ak_arena *arena, const struct ak_point *path,
                                        uint32_t n, const struct layout_corridor *c,
                                        size_t *out_count);

/* Spreads the ends of edges along the sides of their boxes. aim[2 * chain] is the x that the chain
 * would like to leave its upper box to, aim[2 * chain + 1] where it would like to come from at its
 * lower box. Sets port_top and port_bottom. */
void reporter_layout_ports(struct layout_graph *g, const double *aim);

/* Places each label beside its edge's curve, in the room that was kept for it. */
void reporter_layout_labels(const struct layout_graph *g, struct ak_layout *out);

/* A point of a cubic piece p[0..3] at t. */
struct ak_point reporter_layout_cubic(const struct ak_point *p, double t);

#endif
