/* The display list behind struct ak_canvas, and the table through which the canvas plug-in gets it.
 * Coordinates are points of the picture, finite, y downward. Text is already sanitised. */
#ifndef REPORTER_CANVAS_LIST_H
#define REPORTER_CANVAS_LIST_H

#include "reporter/canvas.h"

enum canvas_op_kind {
    CANVAS_RECT,   /* points: corner, (width, height) */
    CANVAS_CIRCLE, /* points: centre, (radius, 0) */
    CANVAS_POLYGON,
    CANVAS_POLYLINE,
    CANVAS_PATH, /* 1 + 3 * pieces points */
    CANVAS_TEXT, /* points: start of the baseline, after anchoring, (width, 0) */
    CANVAS_GROUP_BEGIN,
    CANVAS_GROUP_END,
};

struct canvas_op {
    enum canvas_op_kind kind;
    size_t first, count; /* in canvas_list.points */
    union {
        struct ak_paint paint;
        struct {
            struct ak_str str;
            struct ak_text_style style;
        } text;
        struct {
            struct ak_str id, cls, title, note; /* ptr NULL: left out */
        } group;
    } u;
};

struct canvas_list {
    double width, height;
    uint32_t background;
    const struct canvas_op *ops;
    size_t op_count;
    const struct ak_point *points;
};

/* The embedded font files, by enum ak_font. */
struct canvas_fonts {
    struct ak_str ttf[3];
};

struct canvas_plugin {
    /* Appends a PNG of the list at `scale` pixels per point. */
    enum ak_status (*png)(const struct canvas_list *list, double scale,
                          const struct canvas_fonts *fonts, struct ak_buf *out,
                          struct ak_error *err);
};

/* The list of a canvas, borrowed until the next drawing call. */
struct canvas_list reporter_canvas_list(const struct ak_canvas *c);

#endif
