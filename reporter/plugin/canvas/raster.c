#include "raster.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

void raster_init(struct raster *r, gdImagePtr image)
{
    *r = (struct raster){.image = image};
    r->row = ak_calloc((size_t)gdImageSX(image) + 2, sizeof *r->row);
}

void raster_release(struct raster *r)
{
    ak_free(r->row);
    ak_free(r->edges);
}

static int mix(int below, int above, double part)
{
    return (int)(below + (above - below) * part + 0.5);
}

static void blend(int *pixel, uint32_t rgb, double part)
{
    const int old = *pixel;
    const int red = mix(gdTrueColorGetRed(old), (int)(rgb >> 16 & 255), part);
    const int green = mix(gdTrueColorGetGreen(old), (int)(rgb >> 8 & 255), part);
    const int blue = mix(gdTrueColorGetBlue(old), (int)(rgb & 255), part);
    *pixel = gdTrueColor(red, green, blue);
}

void raster_pixel(struct raster *r, int x, int y, unsigned level, uint32_t rgb, double opacity)
{
    if (level == 0 || !gdImageBoundsSafe(r->image, x, y)) {
        return;
    }
    int *pixel = &gdImageTrueColorPixel(r->image, x, y);
    if (level == RASTER_LEVELS && opacity >= 1) {
        *pixel = (int)(rgb & 0xffffff);
    } else {
        blend(pixel, rgb, opacity * level / RASTER_LEVELS);
    }
}

void raster_loop(struct raster *r, const struct ak_point *pts, size_t n)
{
    AK_GROW(r->edges, r->edge_count + n, r->edge_cap);
    for (size_t i = 0; i < n; i++) {
        const struct ak_point a = pts[i];
        const struct ak_point b = pts[i + 1 < n ? i + 1 : 0];
        if (a.y < b.y) {
            r->edges[r->edge_count++] = (struct raster_edge){a.x, a.y, b.x, b.y, 1};
        } else if (a.y > b.y) {
            r->edges[r->edge_count++] = (struct raster_edge){b.x, b.y, a.x, a.y, -1};
        }
    }
}

/* Equal upper ends: by the rest, so that the order (and with it rounding) is always the same. */
static int edge_order(const void *pa, const void *pb)
{
    const struct raster_edge *a = pa;
    const struct raster_edge *b = pb;
    const double da[5] = {a->y0, a->x0, a->x1, a->y1, a->wind};
    const double db[5] = {b->y0, b->x0, b->x1, b->y1, b->wind};
    for (size_t i = 0; i < 5; i++) {
        if (da[i] != db[i]) {
            return da[i] < db[i] ? -1 : 1;
        }
    }
    return 0;
}

static double clamped(double v, double hi)
{
    return v < 0 ? 0 : v > hi ? hi : v;
}

/* Adds the signed area right of a piece of an edge that lies within one row: it goes from x0 to x1
 * (either order) and covers `area` (signed height) of the row. */
static void row_add(double *row, double width, double x0, double x1, double area)
{
    double left = clamped(fmin(x0, x1), width);
    const double right = clamped(fmax(x0, x1), width);
    size_t x = (size_t)left;
    if (right <= (double)(x + 1)) {
        const double beyond = area * ((left + right) / 2 - (double)x);
        row[x] += area - beyond;
        row[x + 1] += beyond;
        return;
    }
    /* Across several pixels: each gets its part of the height, split like the case above. */
    const double per_x = area / (right - left);
    while (left < right) {
        const double to = fmin(right, (double)(x + 1));
        const double part = per_x * (to - left);
        const double beyond = part * ((left + to) / 2 - (double)x);
        row[x] += part - beyond;
        row[x + 1] += beyond;
        left = to;
        x++;
    }
}

struct span {
    size_t from, to;
};

static void edge_add(struct raster *r, const struct raster_edge *e, double y, struct span *touched)
{
    const double top = fmax(e->y0, y);
    const double bottom = fmin(e->y1, y + 1);
    if (top >= bottom) {
        return;
    }
    const double width = gdImageSX(r->image);
    const double slope = (e->x1 - e->x0) / (e->y1 - e->y0);
    const double x_top = e->x0 + (top - e->y0) * slope;
    const double x_bottom = e->x0 + (bottom - e->y0) * slope;
    row_add(r->row, width, x_top, x_bottom, e->wind * (bottom - top));
    const size_t from = (size_t)clamped(fmin(x_top, x_bottom), width);
    const size_t to = (size_t)clamped(fmax(x_top, x_bottom), width) + 2;
    touched->from = from < touched->from ? from : touched->from;
    touched->to = to > touched->to ? to : touched->to;
}

static void row_flush(struct raster *r, int y, const struct span *touched, uint32_t rgb,
                      double opacity)
{
    const size_t width = (size_t)gdImageSX(r->image);
    double sum = 0;
    for (size_t x = touched->from; x < touched->to && x < width + 2; x++) {
        sum += r->row[x];
        r->row[x] = 0;
        const double cover = fmin(fabs(sum), 1);
        if (x < width) {
            raster_pixel(r, (int)x, y, (unsigned)(cover * RASTER_LEVELS + 0.5), rgb, opacity);
        }
    }
}

void raster_fill(struct raster *r, uint32_t rgb, double opacity)
{
    qsort(r->edges, r->edge_count, sizeof *r->edges, edge_order);
    double bottom = 0;
    for (size_t i = 0; i < r->edge_count; i++) {
        bottom = fmax(bottom, r->edges[i].y1);
    }
    const int height = gdImageSY(r->image);
    const int last = (int)fmin(ceil(bottom), height);
    const int first = r->edge_count > 0 ? (int)clamped(floor(r->edges[0].y0), height) : last;
    size_t live = 0; /* edges before this index may still be in force */
    size_t begin = 0;
    for (int y = first; y < last; y++) {
        while (live < r->edge_count && r->edges[live].y0 < y + 1) {
            live++;
        }
        while (begin < live && r->edges[begin].y1 <= y) {
            begin++;
        }
        struct span touched = {SIZE_MAX, 0};
        for (size_t i = begin; i < live; i++) {
            edge_add(r, &r->edges[i], y, &touched);
        }
        row_flush(r, y, &touched, rgb, opacity);
    }
    r->edge_count = 0;
}

/* How much of the pixel [i, i + 1] lies between from and to. */
static double overlap(int i, double from, double to)
{
    return clamped(fmin(to, i + 1) - fmax(from, i), 1);
}

void raster_rect(struct raster *r, struct ak_point from, struct ak_point to, uint32_t rgb,
                 double opacity)
{
    const int x1 = (int)clamped(ceil(to.x), gdImageSX(r->image));
    const int y1 = (int)clamped(ceil(to.y), gdImageSY(r->image));
    const int x0 = (int)clamped(floor(from.x), x1);
    for (int y = (int)clamped(floor(from.y), y1); y < y1; y++) {
        const double tall = overlap(y, from.y, to.y) * RASTER_LEVELS;
        for (int x = x0; x < x1; x++) {
            const double cover = tall * overlap(x, from.x, to.x);
            raster_pixel(r, x, y, (unsigned)(cover + 0.5), rgb, opacity);
        }
    }
}
