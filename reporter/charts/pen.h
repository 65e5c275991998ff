/* What all charts draw with: a canvas, the colours of a theme and an arena for texts. Contrast
 * ratios against the paper (WCAG formula) are at least 4.5 for text and 3 for marks in both themes.
 */
#ifndef REPORTER_CHARTS_PEN_H
#define REPORTER_CHARTS_PEN_H

#include "reporter/charts.h"
#include "words.h"

struct theme {
    uint32_t paper, ink, muted, grid, band;
    uint32_t better, worse; /* marks */
    uint32_t better_text, worse_text;
    uint32_t unsure; /* mark of what is not certain, and of "before" */
};
const struct theme *reporter_theme(enum ak_theme theme);

/* `part` of a colour over paper, opaque: few colours keep the PNG small. */
uint32_t reporter_tint(const struct theme *t, uint32_t rgb, double part);

/* Style rules that give an inline SVG of the light theme the colours of the dark one where the
 * reader prefers that: a rule outranks the attribute it replaces. */
void reporter_theme_css(struct ak_buf *out);

struct pen {
    struct ak_canvas *canvas;
    const struct theme *theme;
    struct ak_arena *arena;
};
/* The canvas is not made yet: a chart knows its height after its layout. */
struct pen reporter_pen_open(enum ak_theme theme);
void reporter_pen_canvas(struct pen *p, double width, double height);
/* Frees the arena and gives the canvas (owned). */
struct ak_canvas *reporter_pen_close(struct pen *p);

/* How a verdict looks: a glyph by the direction of the change, a word, colours. */
struct look {
    const char *glyph;
    uint32_t mark, text;
    bool solid; /* filled mark: certain */
};
struct look reporter_look_verdict(const struct theme *t, enum ak_verdict v, double ratio);
struct look reporter_look_outcome(const struct theme *t, enum ak_outcome o);

struct ak_text_style reporter_pen_style(double size, uint32_t rgb);
/* Text at a baseline; its width is returned. */
double reporter_pen_text(struct pen *p, struct ak_point at, const char *text,
                         const struct ak_text_style *style);
/* As above, cut to `room` points by an ellipsis in front: names differ at their end. */
double reporter_pen_text_fit(struct pen *p, struct ak_point at, const char *text, double room,
                             const struct ak_text_style *style);
/* As text over at most two lines, broken at blanks; the end is cut where it does not fit. The
 * baseline of the last line is returned. */
double reporter_pen_paragraph(struct pen *p, struct ak_point at, const char *text, double room,
                              const struct ak_text_style *style);
double reporter_pen_width(const char *text, const struct ak_text_style *style);

/* Upright and level lines on whole pixels, 1 thick. */
void reporter_pen_hline(struct pen *p, double x0, double x1, double y, uint32_t rgb);
void reporter_pen_vline(struct pen *p, double x, double y0, double y1, uint32_t rgb);
void reporter_pen_line(struct pen *p, struct ak_point a, struct ak_point b,
                       const struct ak_paint *paint);
void reporter_pen_box(struct pen *p, struct ak_point at, double w, double h, uint32_t rgb);
/* A round mark, filled or hollow. */
void reporter_pen_mark(struct pen *p, struct ak_point at, double radius, const struct look *look);

#endif
