/* Canvas: a display list of shapes and text in points, drawn once and rendered as SVG or PNG, so
 * that both agree. Coordinates are floats, y grows downward, colours are 0xRRGGBB. */
#ifndef REPORTER_CANVAS_H
#define REPORTER_CANVAS_H

#include "base/arena.h"
#include "base/buf.h"

struct ak_canvas;

enum ak_anchor { AK_ANCHOR_START, AK_ANCHOR_MIDDLE, AK_ANCHOR_END };
enum ak_font { AK_FONT_SANS, AK_FONT_BOLD, AK_FONT_MONO };

struct ak_point {
    double x, y;
};

struct ak_paint {
    bool fill, stroke;
    uint32_t fill_rgb, stroke_rgb;
    double width;             /* of the stroke */
    double opacity;           /* 0..1; 0 means 1 */
    double dash_on, dash_off; /* 0: solid */
};

struct ak_text_style {
    double size; /* of the font, in points */
    enum ak_font font;
    enum ak_anchor anchor;
    uint32_t rgb;
};

/* Returns owned; background is filled. */
struct ak_canvas *ak_canvas_new(double width, double height, uint32_t background);
void ak_canvas_free(struct ak_canvas *c);
double ak_canvas_width(const struct ak_canvas *c);
double ak_canvas_height(const struct ak_canvas *c);

void ak_canvas_rect(struct ak_canvas *c, struct ak_point at, double w, double h,
                    const struct ak_paint *paint);
void ak_canvas_circle(struct ak_canvas *c, struct ak_point centre, double radius,
                      const struct ak_paint *paint);
void ak_canvas_polygon(struct ak_canvas *c, const struct ak_point *pts, size_t n,
                       const struct ak_paint *paint);
void ak_canvas_polyline(struct ak_canvas *c, const struct ak_point *pts, size_t n,
                        const struct ak_paint *paint);
/* Cubic Bezier path: pts[0], then three points per piece (n = 1 + 3 * pieces). */
void ak_canvas_path(struct ak_canvas *c, const struct ak_point *pts, size_t n,
                    const struct ak_paint *paint);
/* y is the baseline. The text is sanitised by the renderer. */
void ak_canvas_text(struct ak_canvas *c, struct ak_point at, struct ak_str text,
                    const struct ak_text_style *style);
/* A group: <g id= class=><title>..</title> in SVG, nothing in PNG. NULL parts are left out. */
void ak_canvas_group_begin(struct ak_canvas *c, const char *id, const char *cls,
                           struct ak_str title);
/* The same with a <desc>, which scripts show as a tooltip. */
void ak_canvas_group_begin_noted(struct ak_canvas *c, const char *id, const char *cls,
                                 struct ak_str title, struct ak_str note);
void ak_canvas_group_end(struct ak_canvas *c);

/* Advance width in points, from the metrics of the embedded font (no plug-in is opened). */
double ak_text_width(struct ak_str text, double size, enum ak_font font);
/* Shortens text to `max` points with an ellipsis, in front (Go names keep their method) or behind;
 * in arena. */
struct ak_str ak_text_fit(struct ak_arena *arena, struct ak_str text, double max,
                          const struct ak_text_style *style, bool ellipsis_in_front);

/* Text boxes for tests: all that ak_canvas_text placed, with bounding boxes. */
struct ak_text_box {
    struct ak_str text;
    double x0, y0, x1, y1;
};
const struct ak_text_box *ak_canvas_text_boxes(const struct ak_canvas *c, size_t *out_count);

/* Appends the SVG. `head_extra` (style, script) goes in as it is after the root element's start;
 * NULL: none. */
void ak_canvas_svg(const struct ak_canvas *c, const char *title, const char *head_extra,
                   struct ak_buf *out);
/* Appends the PNG at `scale` pixels per point (1 or 2). Opens the canvas plug-in (libgd). */
enum ak_status ak_canvas_png(const struct ak_canvas *c, double scale, struct ak_buf *out,
                             struct ak_error *err) AK_MUST_USE;

#endif
