#include "base/sanitize.h"
#include "canvas_list.h"
#include "reporter/canvas.h"

#include <math.h>

/* At most two decimals, no trailing zeros: a hundredth of a point is below any eye. */
static void put_number(struct ak_buf *out, double v)
{
    int64_t hundredths = (int64_t)llround(v * 100);
    if (hundredths < 0) {
        ak_buf_putc(out, '-');
        hundredths = -hundredths;
    }
    ak_buf_i64(out, hundredths / 100);
    const int64_t rest = hundredths % 100;
    if (rest > 0) {
        ak_buf_putc(out, '.');
        ak_buf_putc(out, (char)('0' + rest / 10));
        if (rest % 10 > 0) {
            ak_buf_putc(out, (char)('0' + rest % 10));
        }
    }
}

static void put_attr(struct ak_buf *out, const char *name, double v)
{
    ak_buf_putc(out, ' ');
    ak_buf_puts(out, name);
    ak_buf_puts(out, "=\"");
    put_number(out, v);
    ak_buf_putc(out, '"');
}

static void put_colour(struct ak_buf *out, const char *name, uint32_t rgb)
{
    static const char digits[] = "0123456789abcdef";
    ak_buf_putc(out, ' ');
    ak_buf_puts(out, name);
    ak_buf_puts(out, "=\"#");
    for (int shift = 20; shift >= 0; shift -= 4) {
        ak_buf_putc(out, digits[rgb >> shift & 15]);
    }
    ak_buf_putc(out, '"');
}

static void put_paint(struct ak_buf *out, const struct ak_paint *p)
{
    if (p->fill) {
        put_colour(out, "fill", p->fill_rgb);
    } else {
        ak_buf_puts(out, " fill=\"none\"");
    }
    if (p->stroke) {
        put_colour(out, "stroke", p->stroke_rgb);
        if (p->width > 0) {
            put_attr(out, "stroke-width", p->width);
        }
        if (p->dash_on > 0) {
            ak_buf_puts(out, " stroke-dasharray=\"");
            put_number(out, p->dash_on);
            ak_buf_putc(out, ' ');
            put_number(out, p->dash_off > 0 ? p->dash_off : p->dash_on);
            ak_buf_putc(out, '"');
        }
    }
    if (p->opacity > 0 && p->opacity < 1) {
        put_attr(out, "opacity", p->opacity);
    }
}

static void put_point(struct ak_buf *out, struct ak_point p)
{
    put_number(out, p.x);
    ak_buf_putc(out, p.y < 0 ? ' ' : ',');
    put_number(out, p.y);
}

static void put_points(struct ak_buf *out, const struct ak_point *pts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            ak_buf_putc(out, ' ');
        }
        put_point(out, pts[i]);
    }
}

static void put_shape(struct ak_buf *out, const struct canvas_op *op, const struct ak_point *pts)
{
    static const char *const names[] = {
        [CANVAS_RECT] = "rect",         [CANVAS_CIRCLE] = "circle", [CANVAS_POLYGON] = "polygon",
        [CANVAS_POLYLINE] = "polyline", [CANVAS_PATH] = "path",
    };
    ak_buf_putc(out, '<');
    ak_buf_puts(out, names[op->kind]);
    if (op->kind == CANVAS_RECT) {
        put_attr(out, "x", pts[0].x);
        put_attr(out, "y", pts[0].y);
        put_attr(out, "width", pts[1].x);
        put_attr(out, "height", pts[1].y);
    } else if (op->kind == CANVAS_CIRCLE) {
        put_attr(out, "cx", pts[0].x);
        put_attr(out, "cy", pts[0].y);
        put_attr(out, "r", pts[1].x);
    } else if (op->kind == CANVAS_PATH) {
        ak_buf_puts(out, " d=\"M");
        put_point(out, pts[0]);
        ak_buf_putc(out, 'C');
        put_points(out, pts + 1, op->count - 1);
        ak_buf_putc(out, '"');
    } else {
        ak_buf_puts(out, " points=\"");
        put_points(out, pts, op->count);
        ak_buf_putc(out, '"');
    }
    put_paint(out, &op->u.paint);
    ak_buf_puts(out, "/>\n");
}

/* Anchored as it was asked for, so that a viewer's other font still stands in its place. */
static void put_text(struct ak_buf *out, const struct canvas_op *op, const struct ak_point *pts)
{
    const struct ak_text_style *s = &op->u.text.style;
    const double shift = s->anchor == AK_ANCHOR_START ? 0 : s->anchor == AK_ANCHOR_END ? 1 : 0.5;
    ak_buf_puts(out, "<text");
    put_attr(out, "x", pts[0].x + shift * pts[1].x);
    put_attr(out, "y", pts[0].y);
    put_attr(out, "font-size", s->size);
    put_colour(out, "fill", s->rgb);
    if (s->anchor != AK_ANCHOR_START) {
        ak_buf_puts(out, s->anchor == AK_ANCHOR_END ? " text-anchor=\"end\""
                                                    : " text-anchor=\"middle\"");
    }
    if (s->font == AK_FONT_BOLD) {
        ak_buf_puts(out, " font-weight=\"700\"");
    } else if (s->font == AK_FONT_MONO) {
        ak_buf_puts(out, " font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\"");
    }
    ak_buf_putc(out, '>');
    ak_sanitize_html(out, op->u.text.str);
    ak_buf_puts(out, "</text>\n");
}

static void put_group(struct ak_buf *out, const struct canvas_op *op)
{
    ak_buf_puts(out, "<g");
    if (op->u.group.id.ptr) {
        ak_buf_puts(out, " id=\"");
        ak_sanitize_html(out, op->u.group.id);
        ak_buf_putc(out, '"');
    }
    if (op->u.group.cls.ptr) {
        ak_buf_puts(out, " class=\"");
        ak_sanitize_html(out, op->u.group.cls);
        ak_buf_putc(out, '"');
    }
    ak_buf_putc(out, '>');
    if (op->u.group.title.ptr) {
        ak_buf_puts(out, "<title>");
        ak_sanitize_html(out, op->u.group.title);
        ak_buf_puts(out, "</title>");
    }
    if (op->u.group.note.ptr) {
        ak_buf_puts(out, "<desc>");
        ak_sanitize_html(out, op->u.group.note);
        ak_buf_puts(out, "</desc>");
    }
    ak_buf_putc(out, '\n');
}

static void put_head(const struct canvas_list *list, const char *title, const char *head_extra,
                     struct ak_buf *out)
{
    ak_buf_puts(out, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
    put_attr(out, "width", list->width);
    put_attr(out, "height", list->height);
    ak_buf_puts(out, " viewBox=\"0 0 ");
    put_number(out, list->width);
    ak_buf_putc(out, ' ');
    put_number(out, list->height);
    ak_buf_puts(out, "\" role=\"img\" font-family=\"DejaVu Sans,Verdana,sans-serif\">\n<title>");
    ak_sanitize_html(out, ak_str_from(title ? title : ""));
    ak_buf_puts(out, "</title>\n");
    if (head_extra) {
        ak_buf_puts(out, head_extra);
        ak_buf_putc(out, '\n');
    }
    ak_buf_puts(out, "<rect");
    put_attr(out, "width", list->width);
    put_attr(out, "height", list->height);
    put_colour(out, "fill", list->background);
    ak_buf_puts(out, "/>\n");
}

void ak_canvas_svg(const struct ak_canvas *c, const char *title, const char *head_extra,
                   struct ak_buf *out)
{
    const struct canvas_list list = reporter_canvas_list(c);
    put_head(&list, title, head_extra, out);
    for (size_t i = 0; i < list.op_count; i++) {
        const struct canvas_op *op = &list.ops[i];
        switch (op->kind) {
        case CANVAS_TEXT:
            put_text(out, op, list.points + op->first);
            break;
        case CANVAS_GROUP_BEGIN:
            put_group(out, op);
            break;
        case CANVAS_GROUP_END:
            ak_buf_puts(out, "</g>\n");
            break;
        case CANVAS_RECT:
        case CANVAS_CIRCLE:
        case CANVAS_POLYGON:
        case CANVAS_POLYLINE:
        case CANVAS_PATH:
        default:
            put_shape(out, op, list.points + op->first);
        }
    }
    ak_buf_puts(out, "</svg>\n");
}
