#include "charts/pen.h"

#include "base/sanitize.h"

#include <math.h>

/* Blue and vermillion of the palette by Okabe and Ito, darkened for small text on white; sky blue
 * and orange of the same palette on dark. */
static const struct theme themes[] = {
    [AK_THEME_LIGHT] = {.paper = 0xffffff,
                        .ink = 0x1f2328,
                        .muted = 0x59636e,
                        .grid = 0xd8dee4,
                        .band = 0xeef1f4,
                        .better = 0x0072b2,
                        .worse = 0xd55e00,
                        .better_text = 0x0067a1,
                        .worse_text = 0xb84a00,
                        .unsure = 0x7d8590},
    [AK_THEME_DARK] = {.paper = 0x0d1117,
                       .ink = 0xe6edf3,
                       .muted = 0x9198a1,
                       .grid = 0x30363d,
                       .band = 0x1b222b,
                       .better = 0x56b4e9,
                       .worse = 0xe69f00,
                       .better_text = 0x6cbef0,
                       .worse_text = 0xf0ad1c,
                       .unsure = 0x848d97},
};

const struct theme *reporter_theme(enum ak_theme theme)
{
    return &themes[theme == AK_THEME_DARK ? AK_THEME_DARK : AK_THEME_LIGHT];
}

uint32_t reporter_tint(const struct theme *t, uint32_t rgb, double part)
{
    uint32_t out = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        const double below = t->paper >> shift & 255;
        const double above = rgb >> shift & 255;
        out |= (uint32_t)(below + (above - below) * part + 0.5) << shift;
    }
    return out;
}

/* No ancestor in the selectors: a <use> elsewhere on the page has none. */
static void css_rule(struct ak_buf *out, uint32_t light, uint32_t dark)
{
    ak_buf_printf(out, "[fill=\"#%06x\"]{fill:#%06x}[stroke=\"#%06x\"]{stroke:#%06x}\n", light,
                  dark, light, dark);
}

void reporter_theme_css(struct ak_buf *out)
{
    static const size_t fields[] = {
        offsetof(struct theme, paper),      offsetof(struct theme, ink),
        offsetof(struct theme, muted),      offsetof(struct theme, grid),
        offsetof(struct theme, band),       offsetof(struct theme, better),
        offsetof(struct theme, worse),      offsetof(struct theme, better_text),
        offsetof(struct theme, worse_text), offsetof(struct theme, unsure),
    };
    static const double parts[] = {1, 0.2, 0.45}; /* what reporter_tint is used with */
    const struct theme *light = &themes[AK_THEME_LIGHT];
    const struct theme *dark = &themes[AK_THEME_DARK];
    ak_buf_puts(out, "@media screen and (prefers-color-scheme:dark){\n");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        uint32_t from;
        uint32_t to;
        memcpy(&from, (const char *)light + fields[i], sizeof from);
        memcpy(&to, (const char *)dark + fields[i], sizeof to);
        for (size_t k = 0; k < 3; k++) {
            if (k == 0 || fields[i] == offsetof(struct theme, better) ||
                fields[i] == offsetof(struct theme, worse) ||
                fields[i] == offsetof(struct theme, unsure)) {
                css_rule(out, reporter_tint(light, from, parts[k]),
                         reporter_tint(dark, to, parts[k]));
            }
        }
    }
    ak_buf_puts(out, "}\n");
}

struct pen reporter_pen_open(enum ak_theme theme)
{
    return (struct pen){.theme = reporter_theme(theme), .arena = ak_arena_new()};
}

void reporter_pen_canvas(struct pen *p, double width, double height)
{
    p->canvas = ak_canvas_new(width, height, p->theme->paper);
}

struct ak_canvas *reporter_pen_close(struct pen *p)
{
    ak_arena_free(p->arena);
    p->arena = NULL;
    return p->canvas;
}

struct look reporter_look_verdict(const struct theme *t, enum ak_verdict v, double ratio)
{
    const char *arrow = ratio < 1 ? "▼" : "▲";
    switch (v) {
    case AK_VERDICT_BETTER:
        return (struct look){arrow, t->better, t->better_text, true};
    case AK_VERDICT_WORSE:
        return (struct look){arrow, t->worse, t->worse_text, true};
    case AK_VERDICT_SAME:
        return (struct look){"=", t->unsure, t->muted, true};
    case AK_VERDICT_UNSURE:
        return (struct look){"~", t->unsure, t->muted, false};
    case AK_VERDICT_INCOMPARABLE:
    case AK_VERDICT_COUNT:
    default:
        return (struct look){"–", t->unsure, t->muted, false};
    }
}

struct look reporter_look_outcome(const struct theme *t, enum ak_outcome o)
{
    switch (o) {
    case AK_OUTCOME_PASS:
        return (struct look){"✓", t->better, t->better_text, true};
    case AK_OUTCOME_FAIL:
        return (struct look){"✗", t->worse, t->worse_text, true};
    case AK_OUTCOME_UNJUDGED:
    case AK_OUTCOME_COUNT:
    default:
        return (struct look){"?", t->unsure, t->muted, false};
    }
}

struct ak_text_style reporter_pen_style(double size, uint32_t rgb)
{
    return (struct ak_text_style){.size = size, .rgb = rgb};
}

double reporter_pen_width(const char *text, const struct ak_text_style *style)
{
    /* Of what is drawn: the canvas makes control characters visible. */
    struct ak_buf b = AK_BUF_INIT;
    ak_sanitize_text(&b, ak_str_from(text));
    const double width = ak_text_width(ak_buf_view(&b), style->size, style->font);
    ak_buf_release(&b);
    return width;
}

/* What will be drawn, so that it can be measured: see ak_canvas_text. */
static struct ak_str clean(struct pen *p, const char *text)
{
    struct ak_buf b = AK_BUF_INIT;
    ak_sanitize_text(&b, ak_str_from(text));
    const struct ak_str copy = ak_arena_str(p->arena, ak_buf_view(&b));
    ak_buf_release(&b);
    return copy;
}

double reporter_pen_text(struct pen *p, struct ak_point at, const char *text,
                         const struct ak_text_style *style)
{
    const struct ak_str str = clean(p, text);
    ak_canvas_text(p->canvas, at, str, style);
    return ak_text_width(str, style->size, style->font);
}

double reporter_pen_text_fit(struct pen *p, struct ak_point at, const char *text, double room,
                             const struct ak_text_style *style)
{
    const struct ak_str fit = ak_text_fit(p->arena, clean(p, text), room, style, true);
    ak_canvas_text(p->canvas, at, fit, style);
    return ak_text_width(fit, style->size, style->font);
}

/* As much of str as fits into `room`, up to a blank; 0 when not even its first word does. */
static size_t words_that_fit(struct ak_str str, double room, const struct ak_text_style *style)
{
    size_t fits = 0;
    for (size_t i = 1; i <= str.len; i++) {
        if (i < str.len && str.ptr[i] != ' ') {
            continue;
        }
        if (ak_text_width(ak_str_slice(str, 0, i), style->size, style->font) > room) {
            break;
        }
        fits = i;
    }
    return fits;
}

double reporter_pen_paragraph(struct pen *p, struct ak_point at, const char *text, double room,
                              const struct ak_text_style *style)
{
    struct ak_str str = clean(p, text);
    const size_t first = words_that_fit(str, room, style);
    if (first > 0 && first < str.len) {
        ak_canvas_text(p->canvas, at, ak_str_slice(str, 0, first), style);
        str = ak_str_slice(str, first + 1, str.len);
        at.y = round(at.y + style->size * 1.4);
    }
    ak_canvas_text(p->canvas, at, ak_text_fit(p->arena, str, room, style, false), style);
    return at.y;
}

void reporter_pen_box(struct pen *p, struct ak_point at, double w, double h, uint32_t rgb)
{
    ak_canvas_rect(p->canvas, at, w, h, &(struct ak_paint){.fill = true, .fill_rgb = rgb});
}

void reporter_pen_hline(struct pen *p, double x0, double x1, double y, uint32_t rgb)
{
    reporter_pen_box(p, (struct ak_point){round(x0), round(y)}, round(x1) - round(x0), 1, rgb);
}

void reporter_pen_vline(struct pen *p, double x, double y0, double y1, uint32_t rgb)
{
    reporter_pen_box(p, (struct ak_point){round(x), round(y0)}, 1, round(y1) - round(y0), rgb);
}

void reporter_pen_line(struct pen *p, struct ak_point a, struct ak_point b,
                       const struct ak_paint *paint)
{
    ak_canvas_polyline(p->canvas, (const struct ak_point[]){a, b}, 2, paint);
}

void reporter_pen_mark(struct pen *p, struct ak_point at, double radius, const struct look *look)
{
    const struct ak_paint paint = {
        .fill = true,
        .fill_rgb = look->solid ? look->mark : p->theme->paper,
        .stroke = !look->solid,
        .stroke_rgb = look->mark,
        .width = 2,
    };
    ak_canvas_circle(p->canvas, at, look->solid ? radius : radius - 1, &paint);
}
