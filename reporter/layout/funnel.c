/* Shortest path through horizontal gates. From an apex the directions that pass all gates so far
 * are an interval of slopes dx / dy; where a gate empties it, the corner that bounded it on that
 * side is the next apex. After Lee and Preparata (1984), Euclidean shortest paths in the presence
 * of rectilinear barriers. */
#include "layout/route.h"

#include <math.h>

/* A bound of the slope interval and the gate whose corner set it. */
struct bound {
    double slope;
    uint32_t gate;
};

uint32_t reporter_layout_funnel(struct ak_point a, struct ak_point b,
                                const struct layout_corridor *c, struct ak_point *out)
{
    uint32_t n = 0;
    out[n++] = a;
    struct ak_point apex = a;
    struct bound lo = {-HUGE_VAL, 0};
    struct bound hi = {HUGE_VAL, 0};
    uint32_t i = 0;
    while (i <= c->gate_count) {
        const bool at_end = i == c->gate_count;
        const struct layout_gate gate = at_end ? (struct layout_gate){b.y, b.x, b.x} : c->gates[i];
        const double dy = gate.y - apex.y;
        if (dy <= 0) { /* gates at the height of an end do not bound it */
            i++;
            continue;
        }
        const double slope_lo = (gate.lo - apex.x) / dy;
        const double slope_hi = (gate.hi - apex.x) / dy;
        const bool past_hi = slope_lo > hi.slope;
        if (past_hi || slope_hi < lo.slope) {
            const uint32_t corner = past_hi ? hi.gate : lo.gate;
            apex = (struct ak_point){past_hi ? c->gates[corner].hi : c->gates[corner].lo,
                                     c->gates[corner].y};
            out[n++] = apex;
            lo.slope = -HUGE_VAL;
            hi.slope = HUGE_VAL;
            i = corner + 1;
            continue;
        }
        if (slope_lo >= lo.slope) {
            lo = (struct bound){slope_lo, i};
        }
        if (slope_hi <= hi.slope) {
            hi = (struct bound){slope_hi, i};
        }
        i++;
    }
    out[n++] = b;
    return n;
}
