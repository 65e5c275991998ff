#include "charts/panel.h"

#include <math.h>

struct frame reporter_panel_cell(const struct frame *area, size_t n, size_t columns, size_t index)
{
    const size_t rows = (n + columns - 1) / columns;
    const double gap = 40;
    const double w = (area->w - gap * (double)(columns - 1)) / (double)columns;
    const double h = area->h / (double)(rows > 0 ? rows : 1);
    return (struct frame){
        .x = area->x + (w + gap) * (double)(index % columns),
        .y = area->y + h * (double)(index / columns),
        .w = w,
        .h = h,
    };
}

void reporter_axis_take(struct axis *a, double value)
{
    if (isfinite(value)) {
        a->lo = fmin(a->lo, value);
        a->hi = fmax(a->hi, value);
    }
}

bool reporter_axis_has(const struct axis *a)
{
    return a->lo <= a->hi;
}

void reporter_axis_pad(struct axis *a, double part)
{
    if (!reporter_axis_has(a)) {
        a->lo = 0;
        a->hi = 1;
    }
    double room = (a->hi - a->lo) * part;
    if (!(room > 0)) {
        room = a->hi == 0 ? 1 : fabs(a->hi) * 0.1;
    }
    a->lo -= room;
    a->hi += room;
}

const char *reporter_tick_text(struct pen *p, double value, const struct axis *a, const char *unit)
{
    const double largest = a->is_log ? value : fmax(fabs(a->lo), fabs(a->hi));
    const struct ak_scale scale = ak_scale_for(largest, ak_str_from(unit));
    const double shown = value / scale.divide;
    if (value == 0 || fabs(shown) < fabs(largest / scale.divide) * 1e-9) {
        return "0";
    }
    /* Another unit's own name stands in the heading. */
    const size_t suffix =
        scale.class == AK_UNIT_OTHER ? strcspn(scale.suffix, " ") : strlen(scale.suffix);
    const bool is_long = fabs(shown) >= 1e4 && fabs(shown) < 1e7;
    return ak_arena_printf(p->arena, is_long ? "%.0f%.*s" : "%.4g%.*s", shown, (int)suffix,
                           scale.suffix);
}

static struct ak_text_style label_style(const struct pen *p, const struct panel *panel,
                                        enum ak_anchor anchor)
{
    return (struct ak_text_style){.size = panel->font, .rgb = p->theme->muted, .anchor = anchor};
}

double reporter_panel_y_room(struct pen *p, const struct panel *panel, size_t wanted)
{
    const struct ak_text_style s = label_style(p, panel, AK_ANCHOR_END);
    double ticks[AXIS_TICKS];
    const size_t n = reporter_axis_ticks(&panel->y, wanted, ticks);
    double room = 0;
    for (size_t i = 0; i < n; i++) {
        const char *text = reporter_tick_text(p, ticks[i], &panel->y, panel->unit);
        room = fmax(room, reporter_pen_width(text, &s));
    }
    return room + 10;
}

void reporter_panel_y_axis(struct pen *p, const struct panel *panel, size_t wanted)
{
    const struct ak_text_style s = label_style(p, panel, AK_ANCHOR_END);
    double ticks[AXIS_TICKS];
    const size_t n = reporter_axis_ticks(&panel->y, wanted, ticks);
    for (size_t i = 0; i < n; i++) {
        const double y = reporter_axis_at(&panel->y, ticks[i]);
        reporter_pen_hline(p, panel->x.from, panel->x.to, y, p->theme->grid);
        reporter_pen_text(p, (struct ak_point){panel->x.from - 10, y + panel->font * 0.36},
                          reporter_tick_text(p, ticks[i], &panel->y, panel->unit), &s);
    }
}

void reporter_panel_x_axis(struct pen *p, const struct panel *panel, const char *title)
{
    const struct ak_text_style s = label_style(p, panel, AK_ANCHOR_MIDDLE);
    const double base = panel->y.from + panel->font * 1.5;
    double ticks[AXIS_TICKS];
    const size_t n = reporter_axis_ticks(&panel->x, 10, ticks);
    for (size_t i = 0; i < n; i++) {
        const double x = reporter_axis_at(&panel->x, ticks[i]);
        const char *text = ak_arena_printf(p->arena, "%.0f", ticks[i]);
        if (ticks[i] == round(ticks[i])) {
            reporter_pen_vline(p, x, panel->y.from, panel->y.from + 6, p->theme->muted);
            reporter_pen_text(p, (struct ak_point){x, base}, text, &s);
        }
    }
    const struct ak_text_style end = label_style(p, panel, AK_ANCHOR_END);
    reporter_pen_text(p, (struct ak_point){panel->x.to, base + panel->font * 1.3}, title, &end);
    reporter_pen_hline(p, panel->x.from, panel->x.to, panel->y.from, p->theme->muted);
}
