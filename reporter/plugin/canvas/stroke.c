#include "stroke.h"

#include "base/mem.h"

#include <math.h>

void stroke_points_add(struct stroke_points *p, struct ak_point at)
{
    AK_GROW(p->pts, p->count + 1, p->cap);
    p->pts[p->count++] = at;
}

/* A point of the cubic through a..d at t (Bernstein form). */
static struct ak_point cubic_at(const struct ak_point *p, double t)
{
    const double u = 1 - t;
    const double b[4] = {u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t};
    return (struct ak_point){
        b[0] * p[0].x + b[1] * p[1].x + b[2] * p[2].x + b[3] * p[3].x,
        b[0] * p[0].y + b[1] * p[1].y + b[2] * p[2].y + b[3] * p[3].y,
    };
}

/* Pieces that keep the chord within 0.1 pixel: the second difference bounds the distance. */
static unsigned cubic_pieces(const struct ak_point *p)
{
    const double d0 = hypot(p[0].x - 2 * p[1].x + p[2].x, p[0].y - 2 * p[1].y + p[2].y);
    const double d1 = hypot(p[1].x - 2 * p[2].x + p[3].x, p[1].y - 2 * p[2].y + p[3].y);
    const double pieces = ceil(sqrt(6 * fmax(d0, d1) / (8 * 0.1)));
    return pieces < 1 ? 1 : pieces > 200 ? 200 : (unsigned)pieces;
}

void stroke_flatten(struct stroke_points *out, const struct ak_point *pts, size_t n)
{
    stroke_points_add(out, pts[0]);
    for (size_t i = 0; i + 3 < n; i += 3) {
        const unsigned pieces = cubic_pieces(pts + i);
        for (unsigned k = 1; k <= pieces; k++) {
            stroke_points_add(out, cubic_at(pts + i, (double)k / pieces));
        }
    }
}

/* Unit vector from a to b; the points differ. */
static struct ak_point direction(struct ak_point a, struct ak_point b)
{
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double len = hypot(dx, dy);
    return (struct ak_point){dx / len, dy / len};
}

/* The point `half` to the left of `at`, seen along d. */
static struct ak_point offset(struct ak_point at, struct ak_point d, double half)
{
    return (struct ak_point){at.x + d.y * half, at.y - d.x * half};
}

/* The left side's points at a corner between directions in and out. */
static void corner(struct stroke_points *side, struct ak_point at, struct ak_point in,
                   struct ak_point out, double half)
{
    const double cross = in.x * out.y - in.y * out.x;
    const double dot = in.x * out.x + in.y * out.y;
    if (fabs(cross) < 1e-6 && dot > 0) {
        stroke_points_add(side, offset(at, out, half));
    } else if (cross < 0) {
        /* The inner side turns back through the corner itself: the overlap winds twice the same
         * way and so counts once. */
        stroke_points_add(side, offset(at, in, half));
        stroke_points_add(side, at);
        stroke_points_add(side, offset(at, out, half));
    } else if (dot > -0.75) {
        const double reach = half / (1 + dot); /* miter, at most 2.8 widths long */
        stroke_points_add(
            side, (struct ak_point){at.x + (in.y + out.y) * reach, at.y - (in.x + out.x) * reach});
    } else {
        stroke_points_add(side, offset(at, in, half));
        stroke_points_add(side, offset(at, out, half));
    }
}

/* Index of the point after / before i, walking forward or backward, around when closed. */
static struct ak_point at_step(const struct ak_point *pts, size_t n, size_t i, bool backward)
{
    return pts[backward ? n - 1 - i % n : i % n];
}

static void side_add(struct stroke_points *side, const struct ak_point *pts, size_t n,
                     const struct stroke *s, bool backward)
{
    const double half = s->width / 2;
    for (size_t i = 0; i < n; i++) {
        const struct ak_point at = at_step(pts, n, i, backward);
        const bool first = i == 0 && !s->closed;
        const bool last = i + 1 == n && !s->closed;
        const struct ak_point next = at_step(pts, n, i + 1, backward);
        const struct ak_point prev = at_step(pts, n, i + n - 1, backward);
        if (first) {
            stroke_points_add(side, offset(at, direction(at, next), half));
        } else if (last) {
            stroke_points_add(side, offset(at, direction(prev, at), half));
        } else {
            corner(side, at, direction(prev, at), direction(at, next), half);
        }
    }
}

/* One stretch without gaps; its points differ from their neighbours. */
static void solid_add(struct raster *r, const struct ak_point *pts, size_t n,
                      const struct stroke *s)
{
    struct stroke_points side = {0};
    if (n == 1) {
        /* A line without length is a dot. */
        const double half = s->width / 2;
        const struct ak_point p = pts[0];
        raster_loop(r,
                    (const struct ak_point[]){{p.x - half, p.y - half},
                                              {p.x + half, p.y - half},
                                              {p.x + half, p.y + half},
                                              {p.x - half, p.y + half}},
                    4);
        return;
    }
    side_add(&side, pts, n, s, false);
    if (s->closed) {
        raster_loop(r, side.pts, side.count);
        side.count = 0;
    }
    side_add(&side, pts, n, s, true);
    raster_loop(r, side.pts, side.count);
    ak_free(side.pts);
}

static struct ak_point between(struct ak_point a, struct ak_point b, double part)
{
    return (struct ak_point){a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part};
}

static void dashes_add(struct raster *r, const struct stroke_points *line, const struct stroke *s)
{
    const struct stroke solid = {.width = s->width};
    const double gap = s->dash_off > 0 ? s->dash_off : s->dash_on;
    struct stroke_points dash = {0};
    bool on = true;
    double left = s->dash_on; /* of this dash or gap */
    stroke_points_add(&dash, line->pts[0]);
    for (size_t i = 0; i + 1 < line->count; i++) {
        struct ak_point at = line->pts[i];
        const struct ak_point to = line->pts[i + 1];
        double length = hypot(to.x - at.x, to.y - at.y);
        while (length > left) {
            at = between(at, to, left / length);
            length -= left;
            if (on) {
                stroke_points_add(&dash, at);
                solid_add(r, dash.pts, dash.count, &solid);
            }
            dash.count = 0;
            on = !on;
            left = on ? s->dash_on : gap;
            stroke_points_add(&dash, at);
        }
        left -= length;
        if (length > 1e-6) {
            stroke_points_add(&dash, to);
        }
    }
    if (on && dash.count > 1) {
        solid_add(r, dash.pts, dash.count, &solid);
    }
    ak_free(dash.pts);
}

void stroke_add(struct raster *r, const struct ak_point *pts, size_t n, const struct stroke *s)
{
    struct stroke_points line = {0};
    for (size_t i = 0; i < n; i++) {
        const struct ak_point *last = line.count > 0 ? &line.pts[line.count - 1] : NULL;
        if (!last || hypot(pts[i].x - last->x, pts[i].y - last->y) > 1e-6) {
            stroke_points_add(&line, pts[i]);
        }
    }
    struct stroke how = *s;
    if (how.closed && line.count > 1 &&
        hypot(line.pts[0].x - line.pts[line.count - 1].x,
              line.pts[0].y - line.pts[line.count - 1].y) <= 1e-6) {
        line.count--;
    }
    how.closed = how.closed && line.count > 2;
    const bool dashed = how.dash_on > 0.1 && line.count > 1;
    if (dashed && how.closed) {
        stroke_points_add(&line, line.pts[0]);
    }
    if (dashed) {
        dashes_add(r, &line, &how);
    } else {
        solid_add(r, line.pts, line.count, &how);
    }
    ak_free(line.pts);
}
