/* Filled shapes into a gd truecolor image, antialiased by exact area coverage: each edge adds its
 * signed area to the pixels of a row, and the running sum of a row is the coverage (the method of
 * FreeType's and font-rs' rasterisers). Overlapping parts of one shape that wind the same way count
 * once. Coverage is rounded to 15ths, so that few colours arise and the PNG can have a palette. */
#ifndef CANVAS_RASTER_H
#define CANVAS_RASTER_H

#include "reporter/canvas.h"

#include <gd.h>

enum { RASTER_LEVELS = 15 };

struct raster_edge {
    double x0, y0, x1, y1; /* y0 < y1 */
    double wind;           /* +1 downward, -1 upward */
};

struct raster {
    gdImagePtr image;          /* keeps */
    double *row;               /* signed area per pixel of the row in work, width + 2 */
    struct raster_edge *edges; /* of the shape in work, in pixels */
    size_t edge_count, edge_cap;
};

void raster_init(struct raster *r, gdImagePtr image);
void raster_release(struct raster *r);

/* Adds a closed loop (pixels) to the shape in work. */
void raster_loop(struct raster *r, const struct ak_point *pts, size_t n);
/* Fills the shape in work and forgets it. opacity 0..1. */
void raster_fill(struct raster *r, uint32_t rgb, double opacity);
/* Fills an upright rectangle. */
void raster_rect(struct raster *r, struct ak_point from, struct ak_point to, uint32_t rgb,
                 double opacity);
/* Blends one pixel: level of RASTER_LEVELS. Outside the image: nothing. */
void raster_pixel(struct raster *r, int x, int y, unsigned level, uint32_t rgb, double opacity);

#endif
