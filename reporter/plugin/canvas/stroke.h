/* Strokes as filled outlines: each side of a line is one run of offset points with its joins, so
 * that no join is painted twice and a curve of many short pieces shows no beads. */
#ifndef CANVAS_STROKE_H
#define CANVAS_STROKE_H

#include "raster.h"

struct stroke {
    double width;             /* pixels */
    double dash_on, dash_off; /* pixels, 0: solid */
    bool closed;
};

/* A growing run of points. */
struct stroke_points {
    struct ak_point *pts;
    size_t count, cap;
};
void stroke_points_add(struct stroke_points *p, struct ak_point at);

/* Adds the outline of the line to the raster's shape in work. */
void stroke_add(struct raster *r, const struct ak_point *pts, size_t n, const struct stroke *s);

/* Appends a cubic Bezier path (1 + 3 * pieces points) as a line, true to a tenth of a pixel. */
void stroke_flatten(struct stroke_points *out, const struct ak_point *pts, size_t n);

#endif
