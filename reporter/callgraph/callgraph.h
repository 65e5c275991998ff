/* The call graph of a report as a picture: a model of boxes and edges from the report, laid out and
 * drawn on a canvas. */
#ifndef REPORTER_CALLGRAPH_H
#define REPORTER_CALLGRAPH_H

#include "reporter/layout.h"
#include "reporter/pprof.h"

/* A box: a function, or a tag that hangs on one. */
struct callgraph_box {
    struct ak_str *lines;
    size_t line_count;
    double font;
    uint32_t fill, stroke;
    struct ak_str title; /* tooltip */
    struct ak_str id;    /* "N1", "N1_0": pprof's names */
    bool is_tag;
};

struct callgraph_edge {
    uint32_t from, to;
    struct ak_str *lines; /* of the label */
    size_t line_count;
    double weight, width;
    uint32_t rgb;
    bool dotted;
    struct ak_str title;
};

struct callgraph {
    struct callgraph_box *boxes;
    uint32_t box_count;
    struct callgraph_edge *edges;
    uint32_t edge_count;
};

/* In the report's arena. The numbers, fonts, widths and colours are those of pprof's own drawings.
 */
struct callgraph reporter_callgraph_model(const struct ak_pprof_report *r);

/* Lays out and draws, with the report's legend as a header strip. Returns owned. */
enum ak_status reporter_callgraph_draw(const struct ak_pprof_report *r, struct ak_canvas **out,
                                       struct ak_error *err) AK_MUST_USE;

/* Rows of the table of formats. The SVG has the structure of Graphviz' (g.node, g.edge, title) and
 * a script for search, highlighting, panning and zooming; the PNG is at most 1,600 pixels wide
 * where that leaves its text legible. */
enum ak_status reporter_callgraph_svg(const struct ak_pprof_report *r, struct ak_buf *out,
                                      struct ak_error *err) AK_MUST_USE;
enum ak_status reporter_callgraph_png(const struct ak_pprof_report *r, struct ak_buf *out,
                                      struct ak_error *err) AK_MUST_USE;

#endif
