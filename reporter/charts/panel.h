/* A panel: one small plot among several, with a heading, axes and tick labels. */
#ifndef REPORTER_CHARTS_PANEL_H
#define REPORTER_CHARTS_PANEL_H

#include "charts/axis.h"
#include "charts/pen.h"

struct frame {
    double x, y, w, h; /* of the whole panel */
};
/* Cuts `area` into a grid for n panels, filled row by row; `columns` of it side by side. */
struct frame reporter_panel_cell(const struct frame *area, size_t n, size_t columns, size_t index);

struct panel {
    struct frame frame;
    struct axis x, y; /* y.from is the lower edge */
    const char *unit; /* of y (or of x in a level panel) */
    double font;
};

/* Grows lo..hi by `part` of its length on both sides; a single value gets room around it. */
void reporter_axis_pad(struct axis *a, double part);
/* Takes a value into the range; NaN and infinities are left out. Start with lo = INFINITY,
 * hi = -INFINITY. */
void reporter_axis_take(struct axis *a, double value);
/* True when at least one value was taken. */
bool reporter_axis_has(const struct axis *a);

/* Lines and labels of the y axis at the left of the plot; returns nothing outside the frame. */
void reporter_panel_y_axis(struct pen *p, const struct panel *panel, size_t wanted);
/* Whole-number ticks below the plot, and below them the title; takes 3 font sizes. */
void reporter_panel_x_axis(struct pen *p, const struct panel *panel, const char *title);
/* Room that the labels of the y axis need. */
double reporter_panel_y_room(struct pen *p, const struct panel *panel, size_t wanted);
/* The text of a tick: one scale for the axis, as few digits as tell ticks apart. */
const char *reporter_tick_text(struct pen *p, double value, const struct axis *a, const char *unit);

#endif
