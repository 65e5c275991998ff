/* The canvas plug-in: draws a display list into a libgd image and encodes it. */
#include "base/plugin.h"

#include "base/mem.h"
#include "canvas_list.h"
#include "glyphs.h"
#include "png.h"
#include "stroke.h"

#include <math.h>

/* Pixels of one picture: 128 Mpx are 512 MB. */
#define PIXELS_MAX (128.0 * 1024 * 1024)

struct painter {
    const struct canvas_list *list;
    double scale;
    struct raster raster;
    struct glyphs glyphs;
    struct stroke_points line; /* of the shape in work, in pixels */
};

static double opacity_of(const struct ak_paint *p)
{
    return p->opacity > 0 && p->opacity < 1 ? p->opacity : 1;
}

static struct ak_point scaled(const struct painter *p, struct ak_point at)
{
    return (struct ak_point){at.x * p->scale, at.y * p->scale};
}

/* A circle as a polygon that is true to a twentieth of a pixel. */
static void circle_points(struct stroke_points *out, struct ak_point centre, double radius)
{
    const double half_angle = acos(1 - fmin(0.05 / fmax(radius, 0.05), 0.9));
    const double wanted = ceil(acos(-1) / half_angle);
    const unsigned n = wanted < 8 ? 8 : wanted > 720 ? 720 : (unsigned)wanted;
    for (unsigned i = 0; i < n; i++) {
        const double angle = 2 * acos(-1) * i / n;
        stroke_points_add(
            out, (struct ak_point){centre.x + radius * cos(angle), centre.y + radius * sin(angle)});
    }
}

static void shape_points(struct painter *p, const struct canvas_op *op)
{
    const struct ak_point *pts = p->list->points + op->first;
    const struct ak_point a = scaled(p, pts[0]);
    p->line.count = 0;
    if (op->kind == CANVAS_RECT) {
        const struct ak_point size = scaled(p, pts[1]);
        stroke_points_add(&p->line, a);
        stroke_points_add(&p->line, (struct ak_point){a.x + size.x, a.y});
        stroke_points_add(&p->line, (struct ak_point){a.x + size.x, a.y + size.y});
        stroke_points_add(&p->line, (struct ak_point){a.x, a.y + size.y});
    } else if (op->kind == CANVAS_CIRCLE) {
        circle_points(&p->line, a, pts[1].x * p->scale);
    } else if (op->kind == CANVAS_PATH) {
        struct ak_point *px = ak_reallocarray(NULL, op->count, sizeof *px);
        for (size_t i = 0; i < op->count; i++) {
            px[i] = scaled(p, pts[i]);
        }
        stroke_flatten(&p->line, px, op->count);
        ak_free(px);
    } else {
        for (size_t i = 0; i < op->count; i++) {
            stroke_points_add(&p->line, scaled(p, pts[i]));
        }
    }
}

static void draw_shape(struct painter *p, const struct canvas_op *op)
{
    const struct ak_paint *paint = &op->u.paint;
    shape_points(p, op);
    const struct stroke_points *line = &p->line;
    if (paint->fill && op->kind == CANVAS_RECT) {
        raster_rect(&p->raster, line->pts[0], line->pts[2], paint->fill_rgb, opacity_of(paint));
    } else if (paint->fill && op->kind != CANVAS_POLYLINE) {
        raster_loop(&p->raster, line->pts, line->count);
        raster_fill(&p->raster, paint->fill_rgb, opacity_of(paint));
    }
    if (paint->stroke) {
        const struct stroke s = {
            .width = (paint->width > 0 ? paint->width : 1) * p->scale,
            .dash_on = paint->dash_on * p->scale,
            .dash_off = paint->dash_off * p->scale,
            .closed = op->kind != CANVAS_POLYLINE && op->kind != CANVAS_PATH,
        };
        stroke_add(&p->raster, line->pts, line->count, &s);
        raster_fill(&p->raster, paint->stroke_rgb, opacity_of(paint));
    }
}

static void draw_list(struct painter *p)
{
    for (size_t i = 0; i < p->list->op_count; i++) {
        const struct canvas_op *op = &p->list->ops[i];
        if (op->kind == CANVAS_TEXT) {
            glyphs_draw(&p->glyphs, &p->raster, scaled(p, p->list->points[op->first]),
                        op->u.text.style.size * p->scale, op);
        } else if (op->kind != CANVAS_GROUP_BEGIN && op->kind != CANVAS_GROUP_END) {
            draw_shape(p, op);
        }
    }
}

/* libgd's own filling goes through its blending pixel by pixel, a fifth of a chart's whole time. */
static void paper_fill(gdImagePtr image, int rgb)
{
    for (int y = 0; y < gdImageSY(image); y++) {
        for (int x = 0; x < gdImageSX(image); x++) {
            gdImageTrueColorPixel(image, x, y) = rgb;
        }
    }
}

static enum ak_status canvas_png(const struct canvas_list *list, double scale,
                                 const struct canvas_fonts *fonts, struct ak_buf *out,
                                 struct ak_error *err)
{
    const double width = ceil(list->width * scale);
    const double height = ceil(list->height * scale);
    if (!(scale > 0) || width > 60000 || height > 60000 || width * height > PIXELS_MAX) {
        return ak_fail(err, AK_LIMIT, "a picture of %.0f x %.0f pixels is too large", width,
                       height);
    }
    gdImagePtr image = gdImageCreateTrueColor((int)width, (int)height);
    if (!image) {
        return ak_fail(err, AK_LIMIT, "no memory for a picture of %.0f x %.0f", width, height);
    }
    struct painter p = {.list = list, .scale = scale};
    raster_init(&p.raster, image);
    enum ak_status st = glyphs_init(&p.glyphs, fonts, err);
    if (st == AK_OK) {
        paper_fill(image, (int)(list->background & 0xffffff));
        draw_list(&p);
        st = png_encode(image, out, err);
    }
    glyphs_release(&p.glyphs);
    raster_release(&p.raster);
    ak_free(p.line.pts);
    gdImageDestroy(image);
    return st;
}

static const struct canvas_plugin table = {.png = canvas_png};

AK_PLUGIN_EXPORT extern const struct ak_plugin ak_plugin;
const struct ak_plugin ak_plugin = {.name = "canvas", .abi = AK_PLUGIN_ABI, .table = &table};
