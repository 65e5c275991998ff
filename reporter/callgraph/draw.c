#include "callgraph/callgraph.h"
#include "reporter/template.h"

#include <math.h>
#include <stdio.h>

#define MARGIN 16.0
#define PAD_X 7.0
#define PAD_Y 5.0
#define LINE 1.2 /* of the font size */
#define LABEL_FONT 11.0
#define LEGEND_FONT 12.0
#define ARROW 9.0
#define PNG_WIDTH 1600.0
#define PNG_SCALE_MAX (96.0 / 72.0)
#define INK 0x1f2328
#define PAPER 0xffffff

static double block_width(const struct ak_str *lines, size_t n, double font)
{
    double width = 0;
    for (size_t i = 0; i < n; i++) {
        width = fmax(width, ak_text_width(lines[i], font, AK_FONT_SANS));
    }
    return width;
}

/* Characters of the longest line: another viewer's font may be wider than ours. */
static size_t longest(const struct callgraph_edge *e)
{
    size_t most = 0;
    for (size_t i = 0; i < e->line_count; i++) {
        const size_t n = ak_utf8_count(e->lines[i]);
        most = n > most ? n : most;
    }
    return most;
}

static void lay_out_input(const struct callgraph *m, struct ak_layout *g, struct ak_arena *arena)
{
    g->node_count = m->box_count;
    g->edge_count = m->edge_count;
    g->nodes = AK_NEW_ARRAY(arena, struct ak_layout_node, m->box_count);
    g->edges = AK_NEW_ARRAY(arena, struct ak_layout_edge, m->edge_count);
    for (uint32_t i = 0; i < m->box_count; i++) {
        const struct callgraph_box *b = &m->boxes[i];
        g->nodes[i].w = ceil(block_width(b->lines, b->line_count, b->font) + 2 * PAD_X);
        g->nodes[i].h = ceil((double)b->line_count * b->font * LINE + 2 * PAD_Y);
    }
    for (uint32_t i = 0; i < m->edge_count; i++) {
        const struct callgraph_edge *e = &m->edges[i];
        g->edges[i] = (struct ak_layout_edge){
            .from = e->from,
            .to = e->to,
            .weight = e->weight,
            .label_w = ceil(fmax(block_width(e->lines, e->line_count, LABEL_FONT),
                                 0.58 * LABEL_FONT * (double)longest(e))) +
                       2,
            .label_h = (double)e->line_count * LABEL_FONT * LINE,
        };
    }
}

/* Lines of a block, centred on a point. */
static void draw_lines(struct ak_canvas *c, const struct ak_str *lines, size_t n,
                       struct ak_point centre, double font)
{
    const struct ak_text_style style = {font, AK_FONT_SANS, AK_ANCHOR_MIDDLE, INK};
    double y = centre.y - (double)n * font * LINE / 2 + font * 0.95;
    for (size_t i = 0; i < n; i++) {
        ak_canvas_text(c, (struct ak_point){centre.x, y}, lines[i], &style);
        y += font * LINE;
    }
}

struct sheet {
    struct ak_canvas *c;
    const struct callgraph *m;
    const struct ak_layout *g;
    struct ak_point origin; /* of the layout on the canvas */
};

static void draw_box(const struct sheet *s, uint32_t i)
{
    const struct callgraph_box *b = &s->m->boxes[i];
    const struct ak_layout_node *n = &s->g->nodes[i];
    const struct ak_point centre = {n->x + s->origin.x, n->y + s->origin.y};
    char id[24];
    snprintf(id, sizeof id, "node%u", i + 1);
    ak_canvas_group_begin_noted(s->c, id, "node", b->id, b->title);
    const struct ak_paint paint = {
        .fill = true, .stroke = true, .fill_rgb = b->fill, .stroke_rgb = b->stroke, .width = 1};
    ak_canvas_rect(s->c, (struct ak_point){centre.x - n->w / 2, centre.y - n->h / 2}, n->w, n->h,
                   &paint);
    draw_lines(s->c, b->lines, b->line_count, centre, b->font);
    ak_canvas_group_end(s->c);
}

/* The head of an arrow of the given length at the end of a curve; the curve is cut back to its
 * base. */
static void draw_arrow(struct ak_canvas *c, struct ak_point *pts, size_t n, double length,
                       uint32_t rgb)
{
    const struct ak_point tip = pts[n - 1];
    size_t k = n - 1;
    while (k > 0 && hypot(tip.x - pts[k - 1].x, tip.y - pts[k - 1].y) < 1e-6) {
        k--;
    }
    const struct ak_point from = pts[k > 0 ? k - 1 : 0];
    const double d = hypot(tip.x - from.x, tip.y - from.y);
    const double ux = d > 0 ? (tip.x - from.x) / d : 0;
    const double uy = d > 0 ? (tip.y - from.y) / d : 1;
    const struct ak_point base = {tip.x - ux * length, tip.y - uy * length};
    const double half = length * 0.4;
    const struct ak_point head[3] = {
        tip, {base.x - uy * half, base.y + ux * half}, {base.x + uy * half, base.y - ux * half}};
    const struct ak_paint paint = {.fill = true, .fill_rgb = rgb};
    ak_canvas_polygon(c, head, 3, &paint);
    pts[n - 1] = base;
    if (hypot(tip.x - pts[n - 2].x, tip.y - pts[n - 2].y) < length) {
        pts[n - 2] = base;
    }
}

static void draw_edge(const struct sheet *s, uint32_t i, struct ak_arena *arena)
{
    const struct callgraph_edge *e = &s->m->edges[i];
    const struct ak_layout_edge *route = &s->g->edges[i];
    struct ak_point *pts = AK_NEW_ARRAY(arena, struct ak_point, route->point_count);
    for (size_t k = 0; k < route->point_count; k++) {
        pts[k] =
            (struct ak_point){route->points[k].x + s->origin.x, route->points[k].y + s->origin.y};
    }
    char id[24];
    snprintf(id, sizeof id, "edge%u", i + 1);
    const struct ak_str from = s->m->boxes[e->from].id;
    const struct ak_str to = s->m->boxes[e->to].id;
    const char *title =
        ak_arena_printf(arena, "%.*s->%.*s", (int)from.len, from.ptr, (int)to.len, to.ptr);
    ak_canvas_group_begin_noted(s->c, id, "edge", ak_str_from(title), e->title);
    struct ak_paint paint = {.stroke = true, .stroke_rgb = e->rgb, .width = e->width};
    if (e->dotted) {
        paint.dash_on = 2;
        paint.dash_off = 3;
    }
    const double length = ARROW + e->width - 1;
    struct ak_canvas *c = s->c;
    /* The head first: it cuts the curve. Its place in the drawing does not matter. */
    draw_arrow(c, pts, route->point_count, length, e->rgb);
    ak_canvas_path(c, pts, route->point_count, &paint);
    draw_lines(c, e->lines, e->line_count,
               (struct ak_point){route->label_x + s->origin.x, route->label_y + s->origin.y},
               LABEL_FONT);
    ak_canvas_group_end(c);
}

static double legend_width(const struct ak_pprof_report *r)
{
    return block_width(r->legend, r->legend_count, LEGEND_FONT);
}

static void draw_legend(struct ak_canvas *c, const struct ak_pprof_report *r, double width)
{
    const struct ak_text_style style = {LEGEND_FONT, AK_FONT_SANS, AK_ANCHOR_START, 0x59636e};
    double y = MARGIN + LEGEND_FONT;
    for (size_t i = 0; i < r->legend_count; i++) {
        const struct ak_str line = ak_text_fit(r->arena, r->legend[i], width, &style, false);
        ak_canvas_text(c, (struct ak_point){MARGIN, y}, line, &style);
        y += LEGEND_FONT * LINE;
    }
}

enum ak_status reporter_callgraph_draw(const struct ak_pprof_report *r, struct ak_canvas **out,
                                       struct ak_error *err)
{
    const struct callgraph m = reporter_callgraph_model(r);
    struct ak_layout g = {0};
    lay_out_input(&m, &g, r->arena);
    const enum ak_status st = ak_layout_run(&g, r->arena, err);
    if (st != AK_OK) {
        return st;
    }
    const double legend_height = (double)r->legend_count * LEGEND_FONT * LINE + MARGIN;
    const double inner = fmax(g.w, fmin(legend_width(r), 900));
    struct ak_canvas *c =
        ak_canvas_new(ceil(inner + 2 * MARGIN), ceil(g.h + legend_height + 2 * MARGIN), PAPER);
    draw_legend(c, r, inner);
    const struct sheet s = {c, &m, &g, {MARGIN + (inner - g.w) / 2, MARGIN + legend_height}};
    ak_canvas_group_begin(c, "graph0", "graph", (struct ak_str){NULL, 0});
    for (uint32_t i = 0; i < m.edge_count; i++) {
        draw_edge(&s, i, r->arena);
    }
    for (uint32_t i = 0; i < m.box_count; i++) {
        draw_box(&s, i);
    }
    ak_canvas_group_end(c);
    *out = c;
    return AK_OK;
}

enum ak_status reporter_callgraph_svg(const struct ak_pprof_report *r, struct ak_buf *out,
                                      struct ak_error *err)
{
    struct ak_canvas *c;
    struct ak_str head;
    enum ak_status st =
        ak_templates_text(r->config.templates, "graph.svg.head", r->arena, &head, err);
    if (st == AK_OK) {
        st = reporter_callgraph_draw(r, &c, err);
    }
    if (st != AK_OK) {
        return st;
    }
    const char *title = ak_arena_strndup(r->arena, r->title.ptr, r->title.len);
    ak_canvas_svg(c, title, head.ptr, out);
    ak_canvas_free(c);
    return AK_OK;
}

enum ak_status reporter_callgraph_png(const struct ak_pprof_report *r, struct ak_buf *out,
                                      struct ak_error *err)
{
    struct ak_canvas *c;
    enum ak_status st = reporter_callgraph_draw(r, &c, err);
    if (st != AK_OK) {
        return st;
    }
    /* The smallest font is 8 points: below scale 1 it could not be read, so a wide drawing stays
     * wide. */
    const double fit = PNG_WIDTH / ak_canvas_width(c);
    st = ak_canvas_png(c, fmax(1, fmin(fit, PNG_SCALE_MAX)), out, err);
    ak_canvas_free(c);
    return st;
}
