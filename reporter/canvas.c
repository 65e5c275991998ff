#include "reporter/canvas.h"

#include "base/mem.h"
#include "base/sanitize.h"
#include "canvas_list.h"
#include "font.h"

#include <math.h>

struct ak_canvas {
    double width, height;
    uint32_t background;
    struct ak_arena *arena; /* texts */
    struct ak_buf scratch;
    struct canvas_op *ops;
    size_t op_count, op_cap;
    struct ak_point *points;
    size_t point_count, point_cap;
    struct ak_text_box *boxes;
    size_t box_count, box_cap;
};

struct ak_canvas *ak_canvas_new(double width, double height, uint32_t background)
{
    struct ak_canvas *c = ak_calloc(1, sizeof *c);
    c->width = isfinite(width) && width >= 1 ? ceil(width) : 1;
    c->height = isfinite(height) && height >= 1 ? ceil(height) : 1;
    c->background = background;
    c->arena = ak_arena_new();
    return c;
}

void ak_canvas_free(struct ak_canvas *c)
{
    if (!c) {
        return;
    }
    ak_arena_free(c->arena);
    ak_buf_release(&c->scratch);
    ak_free(c->ops);
    ak_free(c->points);
    ak_free(c->boxes);
    ak_free(c);
}

double ak_canvas_width(const struct ak_canvas *c)
{
    return c->width;
}

double ak_canvas_height(const struct ak_canvas *c)
{
    return c->height;
}

struct canvas_list reporter_canvas_list(const struct ak_canvas *c)
{
    return (struct canvas_list){
        .width = c->width,
        .height = c->height,
        .background = c->background,
        .ops = c->ops,
        .op_count = c->op_count,
        .points = c->points,
    };
}

/* A shape with a coordinate that is no number, or so far away that no renderer can keep its digits,
 * is not drawn: a chart of NaN is an empty chart. */
static bool all_usable(const struct ak_point *pts, size_t n)
{
    const double far = 1e7;
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(pts[i].x) <= far && fabs(pts[i].y) <= far)) {
            return false;
        }
    }
    return n > 0;
}

static struct canvas_op *op_add(struct ak_canvas *c, enum canvas_op_kind kind,
                                const struct ak_point *pts, size_t n)
{
    AK_GROW(c->ops, c->op_count + 1, c->op_cap);
    AK_GROW(c->points, c->point_count + n, c->point_cap);
    struct canvas_op *op = &c->ops[c->op_count++];
    memset(op, 0, sizeof *op);
    op->kind = kind;
    op->first = c->point_count;
    op->count = n;
    if (n > 0) {
        memcpy(c->points + c->point_count, pts, n * sizeof *pts);
    }
    c->point_count += n;
    return op;
}

static void shape_add(struct ak_canvas *c, enum canvas_op_kind kind, const struct ak_point *pts,
                      size_t n, const struct ak_paint *paint)
{
    if ((paint->fill || paint->stroke) && all_usable(pts, n)) {
        op_add(c, kind, pts, n)->u.paint = *paint;
    }
}

void ak_canvas_rect(struct ak_canvas *c, struct ak_point at, double w, double h,
                    const struct ak_paint *paint)
{
    if (w > 0 && h > 0) {
        shape_add(c, CANVAS_RECT, (const struct ak_point[]){at, {w, h}}, 2, paint);
    }
}

void ak_canvas_circle(struct ak_canvas *c, struct ak_point centre, double radius,
                      const struct ak_paint *paint)
{
    if (radius > 0) {
        shape_add(c, CANVAS_CIRCLE, (const struct ak_point[]){centre, {radius, 0}}, 2, paint);
    }
}

void ak_canvas_polygon(struct ak_canvas *c, const struct ak_point *pts, size_t n,
                       const struct ak_paint *paint)
{
    shape_add(c, CANVAS_POLYGON, pts, n, paint);
}

void ak_canvas_polyline(struct ak_canvas *c, const struct ak_point *pts, size_t n,
                        const struct ak_paint *paint)
{
    shape_add(c, CANVAS_POLYLINE, pts, n, paint);
}

void ak_canvas_path(struct ak_canvas *c, const struct ak_point *pts, size_t n,
                    const struct ak_paint *paint)
{
    if (n % 3 == 1) {
        shape_add(c, CANVAS_PATH, pts, n, paint);
    }
}

/* Sanitised copy, in the canvas' arena. */
static struct ak_str clean(struct ak_canvas *c, struct ak_str s)
{
    ak_buf_reset(&c->scratch);
    ak_sanitize_text(&c->scratch, s);
    return ak_arena_str(c->arena, ak_buf_view(&c->scratch));
}

void ak_canvas_text(struct ak_canvas *c, struct ak_point at, struct ak_str text,
                    const struct ak_text_style *style)
{
    if (text.len == 0 || !(style->size > 0) || !all_usable(&at, 1)) {
        return;
    }
    const struct ak_str str = clean(c, text);
    const double width = ak_text_width(str, style->size, style->font);
    if (style->anchor == AK_ANCHOR_MIDDLE) {
        at.x -= width / 2;
    } else if (style->anchor == AK_ANCHOR_END) {
        at.x -= width;
    }
    struct canvas_op *op = op_add(c, CANVAS_TEXT, (const struct ak_point[]){at, {width, 0}}, 2);
    op->u.text.str = str;
    op->u.text.style = *style;
    AK_GROW(c->boxes, c->box_count + 1, c->box_cap);
    c->boxes[c->box_count++] = (struct ak_text_box){
        .text = str,
        .x0 = at.x,
        .y0 = at.y - style->size * FONT_BOX_ABOVE,
        .x1 = at.x + width,
        .y1 = at.y + style->size * FONT_BOX_BELOW,
    };
}

void ak_canvas_group_begin(struct ak_canvas *c, const char *id, const char *cls,
                           struct ak_str title)
{
    struct canvas_op *op = op_add(c, CANVAS_GROUP_BEGIN, NULL, 0);
    op->u.group.id = id ? clean(c, ak_str_from(id)) : (struct ak_str){0};
    op->u.group.cls = cls ? clean(c, ak_str_from(cls)) : (struct ak_str){0};
    op->u.group.title = title.len > 0 ? clean(c, title) : (struct ak_str){0};
}

void ak_canvas_group_begin_noted(struct ak_canvas *c, const char *id, const char *cls,
                                 struct ak_str title, struct ak_str note)
{
    ak_canvas_group_begin(c, id, cls, title);
    c->ops[c->op_count - 1].u.group.note = note.len > 0 ? clean(c, note) : (struct ak_str){0};
}

void ak_canvas_group_end(struct ak_canvas *c)
{
    op_add(c, CANVAS_GROUP_END, NULL, 0);
}

const struct ak_text_box *ak_canvas_text_boxes(const struct ak_canvas *c, size_t *out_count)
{
    *out_count = c->box_count;
    return c->boxes;
}
