/* Rounds the corners of a path: each becomes one cubic piece that leaves the path by at most a few
 * points and is made smaller until it stays in the corridor. */
#include "layout/route.h"

#include <math.h>

#define DEVIATION 3.0 /* of a rounded corner from the path */
#define CUT_MAX 60.0  /* of a corner, along the path */
#define HANDLE 0.6    /* of the cut */
#define SHRINKS 4u
#define MARGIN 1.0 /* above and below a band */

struct ak_point reporter_layout_cubic(const struct ak_point *p, double t)
{
    const double s = 1 - t;
    const double a = s * s * s;
    const double b = 3 * s * s * t;
    const double c = 3 * s * t * t;
    const double d = t * t * t;
    return (struct ak_point){a * p[0].x + b * p[1].x + c * p[2].x + d * p[3].x,
                             a * p[0].y + b * p[1].y + c * p[2].y + d * p[3].y};
}

static double distance(struct ak_point a, struct ak_point b)
{
    return hypot(b.x - a.x, b.y - a.y);
}

static struct ak_point towards(struct ak_point from, struct ak_point to, double by)
{
    const double length = distance(from, to);
    const double t = length > 0 ? by / length : 0;
    return (struct ak_point){from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t};
}

static bool is_free(struct ak_point p, const struct layout_corridor *c)
{
    for (uint32_t i = 0; i < c->band_count; i++) {
        const struct layout_band *b = &c->bands[i];
        if (p.y > b->y0 - MARGIN && p.y < b->y1 + MARGIN &&
            (p.x < b->hard_lo || p.x > b->hard_hi)) {
            return false;
        }
    }
    return true;
}

static bool piece_is_free(const struct ak_point *piece, const struct layout_corridor *c)
{
    const double length =
        distance(piece[0], piece[1]) + distance(piece[1], piece[2]) + distance(piece[2], piece[3]);
    const unsigned steps = 8 + (unsigned)(length / 2);
    for (unsigned i = 1; i < steps; i++) {
        if (!is_free(reporter_layout_cubic(piece, (double)i / steps), c)) {
            return false;
        }
    }
    return true;
}

/* How far from the corner the rounding begins. */
static double cut_for(struct ak_point before, struct ak_point corner, struct ak_point after)
{
    const double in = distance(before, corner);
    const double out = distance(corner, after);
    if (in <= 0 || out <= 0) {
        return 0;
    }
    const double dot = ((corner.x - before.x) * (after.x - corner.x) +
                        (corner.y - before.y) * (after.y - corner.y)) /
                       (in * out);
    const double half_sine = sqrt(fmax(0, (1 - fmin(dot, 1)) / 2)); /* sin(turn / 2) */
    return half_sine > 1e-6 ? fmin(CUT_MAX, DEVIATION / (0.59 * half_sine)) : 0;
}

struct pieces {
    struct ak_point *points;
    size_t count;
};

static void add_line(struct pieces *p, struct ak_point to)
{
    const struct ak_point from = p->points[p->count - 1];
    const double length = distance(from, to);
    if (length < 0.01) {
        return;
    }
    p->points[p->count++] = towards(from, to, length / 3);
    p->points[p->count++] = towards(from, to, length * 2 / 3);
    p->points[p->count++] = to;
}

static void add_corner(struct pieces *p, struct ak_point corner, struct ak_point after, double cut,
                       const struct layout_corridor *c)
{
    const struct ak_point before = p->points[p->count - 1];
    for (unsigned i = 0; i <= SHRINKS; i++, cut /= 2) {
        const struct ak_point from = towards(corner, before, cut);
        const struct ak_point to = towards(corner, after, cut);
        const struct ak_point piece[4] = {from, towards(from, corner, cut * HANDLE),
                                          towards(to, corner, cut * HANDLE), to};
        if (piece_is_free(piece, c)) {
            add_line(p, from);
            memcpy(p->points + p->count, piece + 1, 3 * sizeof *piece);
            p->count += 3;
            return;
        }
    }
    add_line(p, corner);
}

struct ak_point *reporter_layout_smooth(struct ak_arena *arena, const struct ak_point *path,
                                        uint32_t n, const struct layout_corridor *c,
                                        size_t *out_count)
{
    struct pieces p = {.points = AK_NEW_ARRAY(arena, struct ak_point, 6 * (size_t)n + 7)};
    p.points[p.count++] = path[0];
    for (uint32_t i = 1; i + 1 < n; i++) {
        const double in = distance(path[i - 1], path[i]);
        const double out = distance(path[i], path[i + 1]);
        /* A piece between two corners is shared; one at an end keeps room for the arrow. */
        const double in_room = i == 1 ? in * 0.9 : in / 2;
        const double out_room = i + 2 == n ? fmax(out - LAYOUT_ARROW, out / 2) : out / 2;
        const double cut =
            fmin(cut_for(path[i - 1], path[i], path[i + 1]), fmin(in_room, out_room));
        if (cut < 0.05) {
            add_line(&p, path[i]);
        } else {
            add_corner(&p, path[i], path[i + 1], cut, c);
        }
    }
    add_line(&p, path[n - 1]);
    if (p.count == 1) { /* both ends in one place: keep one piece */
        for (unsigned k = 0; k < 3; k++) {
            p.points[p.count++] = path[n - 1];
        }
    }
    *out_count = p.count;
    return p.points;
}
