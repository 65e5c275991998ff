/* The flame graph as a picture: SVG written directly, since it holds tens of thousands of frames,
 * and PNG through the canvas. */
#include "base/sanitize.h"
#include "flame/flame.h"
#include "reporter/template.h"

#include <math.h>
#include <stdio.h>

#define WIDTH 1200.0
#define ROW 17.0
#define FONT 11.0
#define MARGIN 10.0
#define HEADER 46.0
#define LEAST 0.1 /* narrower frames are left out */
#define DEPTH_MAX_PNG 400u

struct page {
    const struct ak_pprof_report *r;
    const struct flame *f;
    double scale; /* points per unit of value */
    double height;
    uint32_t rows;
};

static struct page page_of(const struct ak_pprof_report *r, const struct flame *f)
{
    const int64_t total = f->frames[0].after;
    struct page p = {.r = r, .f = f, .scale = total > 0 ? (WIDTH - 2 * MARGIN) / (double)total : 0};
    for (uint32_t i = 0; i < f->frame_count; i++) {
        if ((double)f->frames[i].after * p.scale >= LEAST && f->frames[i].depth >= p.rows) {
            p.rows = f->frames[i].depth + 1;
        }
    }
    p.rows = p.rows ? p.rows : 1;
    p.height = HEADER + p.rows * ROW + MARGIN + 20;
    return p;
}

/* Top of a frame: the root is below, or above in an icicle graph. */
static double top_of(const struct page *p, uint32_t depth)
{
    return HEADER + (p->r->config.icicle ? depth : p->rows - 1 - depth) * ROW;
}

static void put_fixed(struct ak_buf *out, double v)
{
    const int64_t hundredths = (int64_t)llround(v * 100);
    ak_buf_i64(out, hundredths / 100);
    if (hundredths % 100) {
        ak_buf_putc(out, '.');
        ak_buf_putc(out, (char)('0' + hundredths / 10 % 10));
        if (hundredths % 10) {
            ak_buf_putc(out, (char)('0' + hundredths % 10));
        }
    }
}

static void put_number(struct ak_buf *out, const char *name, double v)
{
    ak_buf_puts(out, name);
    put_fixed(out, v);
}

static void put_colour(struct ak_buf *out, uint32_t rgb)
{
    static const char digits[] = "0123456789abcdef";
    char text[6];
    for (unsigned i = 0; i < 6; i++) {
        text[i] = digits[rgb >> (20 - 4 * i) & 15];
    }
    ak_buf_puts(out, "\" fill=\"#");
    ak_buf_add(out, text, sizeof text);
}

static const struct ak_text_style frame_text = {FONT, AK_FONT_SANS, AK_ANCHOR_START, 0x1f2328};

/* The name as it fits; Go's names lose their front, which the frames below repeat. Empty below
 * three characters. */
static struct ak_str fitted(const struct page *p, const struct flame_frame *frame, double width)
{
    const struct ak_str name = p->f->names[frame->name];
    if (width < 3 * FONT * 0.7 + 6) {
        return AK_STR("");
    }
    return ak_text_fit(p->r->arena, name, width - 6, &frame_text, true);
}

static void put_frame(const struct page *p, const struct flame_frame *frame, struct ak_buf *out,
                      struct ak_buf *scratch)
{
    const double x = MARGIN + (double)frame->left * p->scale;
    const double w = (double)frame->after * p->scale;
    const double y = top_of(p, frame->depth);
    ak_buf_reset(scratch);
    reporter_flame_describe(p->r, p->f, frame, scratch);
    ak_buf_puts(out, "<g><title>");
    ak_sanitize_html(out, ak_buf_view(scratch));
    put_number(out, "</title><rect x=\"", x);
    put_number(out, "\" y=\"", y);
    put_number(out, "\" width=\"", w);
    put_number(out, "\" height=\"", ROW - 1);
    put_colour(out, reporter_flame_colour(p->f, frame));
    ak_buf_puts(out, "\"/>");
    const struct ak_str name = fitted(p, frame, w);
    if (name.len > 0) {
        put_number(out, "<text x=\"", x + 3);
        put_number(out, "\" y=\"", y + ROW - 5);
        ak_buf_puts(out, "\">");
        ak_sanitize_html(out, name);
        ak_buf_puts(out, "</text>");
    }
    ak_buf_puts(out, "</g>\n");
}

static struct ak_str heading(const struct ak_pprof_report *r, const struct flame *f)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_buf_printf(&text, "%.*s %.*s", (int)r->title.len, r->title.ptr, (int)r->sample_type.len,
                  r->sample_type.ptr);
    ak_buf_puts(&text, r->config.inverted ? ", from the leaves: " : ": ");
    ak_pprof_value(&text, r, f->frames[0].after);
    if (f->is_diff) {
        ak_buf_puts(&text, " (before ");
        ak_pprof_value(&text, r, f->frames[0].before);
        ak_buf_puts(&text, "; orange is more, blue is less, grey is within the sampling error)");
    }
    const struct ak_str kept = ak_arena_str(r->arena, ak_buf_view(&text));
    ak_buf_release(&text);
    return kept;
}

enum ak_status reporter_flame_svg(const struct ak_pprof_report *r, struct ak_buf *out,
                                  struct ak_error *err)
{
    struct ak_str head;
    const enum ak_status st =
        ak_templates_text(r->config.templates, "flame.svg.head", r->arena, &head, err);
    if (st != AK_OK) {
        return st;
    }
    const struct flame f = reporter_flame_model(r);
    const struct page p = page_of(r, &f);
    ak_buf_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
                  "viewBox=\"0 0 %.0f %.0f\" font-family=\"DejaVu Sans,Verdana,sans-serif\" "
                  "font-size=\"11\" fill=\"#1f2328\" role=\"img\">\n<title>",
                  WIDTH, p.height, WIDTH, p.height);
    const struct ak_str title = heading(r, &f);
    ak_sanitize_html(out, title);
    ak_buf_puts(out, "</title>\n");
    ak_buf_str(out, head);
    ak_buf_printf(out, "<rect width=\"%.0f\" height=\"%.0f\" fill=\"#ffffff\"/>\n", WIDTH,
                  p.height);
    ak_buf_puts(out, "<text id=\"heading\" x=\"10\" y=\"22\" font-size=\"14\">");
    ak_sanitize_html(out, title);
    ak_buf_puts(out, "</text>\n<g id=\"frames\">\n");
    struct ak_buf scratch = AK_BUF_INIT;
    for (uint32_t i = 0; i < f.frame_count; i++) {
        if ((double)f.frames[i].after * p.scale >= LEAST) {
            put_frame(&p, &f.frames[i], out, &scratch);
        }
    }
    ak_buf_release(&scratch);
    ak_buf_puts(out, "</g>\n</svg>\n");
    return AK_OK;
}

enum ak_status reporter_flame_png(const struct ak_pprof_report *r, struct ak_buf *out,
                                  struct ak_error *err)
{
    const struct flame f = reporter_flame_model(r);
    struct page p = page_of(r, &f);
    p.rows = p.rows > DEPTH_MAX_PNG ? DEPTH_MAX_PNG : p.rows;
    p.height = HEADER + p.rows * ROW + MARGIN;
    struct ak_canvas *c = ak_canvas_new(WIDTH, p.height, 0xffffff);
    const struct ak_text_style big = {14, AK_FONT_SANS, AK_ANCHOR_START, 0x1f2328};
    ak_canvas_text(c, (struct ak_point){MARGIN, 24},
                   ak_text_fit(r->arena, heading(r, &f), WIDTH - 2 * MARGIN, &big, false), &big);
    for (uint32_t i = 0; i < f.frame_count; i++) {
        const struct flame_frame *frame = &f.frames[i];
        const double w = (double)frame->after * p.scale;
        if (w < LEAST * 2 || frame->depth >= p.rows) {
            continue;
        }
        const struct ak_point at = {MARGIN + (double)frame->left * p.scale,
                                    top_of(&p, frame->depth)};
        const struct ak_paint paint = {.fill = true, .fill_rgb = reporter_flame_colour(&f, frame)};
        ak_canvas_rect(c, at, fmax(w - 0.5, 0.3), ROW - 1, &paint);
        const struct ak_str name = fitted(&p, frame, w);
        if (name.len > 0) {
            ak_canvas_text(c, (struct ak_point){at.x + 3, at.y + ROW - 5}, name, &frame_text);
        }
    }
    const enum ak_status st = ak_canvas_png(c, 1, out, err);
    ak_canvas_free(c);
    return st;
}

enum ak_status reporter_flame(const struct ak_pprof_report *r, struct ak_buf *out,
                              struct ak_error *err)
{
    const struct ak_str name = ak_str_from(r->config.output ? r->config.output : "");
    if (ak_str_ends(name, AK_STR(".png"))) {
        return reporter_flame_png(r, out, err);
    }
    if (ak_str_ends(name, AK_STR(".html"))) {
        return reporter_flame_html(r, out, err);
    }
    return reporter_flame_svg(r, out, err);
}
