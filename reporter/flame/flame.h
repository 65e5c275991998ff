/* Flame graphs: the stacks of a report merged into a tree by name, as SVG, PNG and one
 * self-contained HTML page. After Gregg (2016), The flame graph, Communications of the ACM 59.
 *
 * In a difference (samples of the base are negative) the width of a frame is its value after, its
 * colour the signed change, grey where the change is inside the sampling error; frames that
 * vanished have no width, and only the page can show them. */
#ifndef REPORTER_FLAME_H
#define REPORTER_FLAME_H

#include "reporter/canvas.h"
#include "reporter/pprof.h"

struct flame_frame {
    uint32_t name;
    uint32_t depth;        /* 0: the root "all" */
    int64_t after, before; /* of the frame and all above it */
    int64_t left;          /* what stands left of it on its level: sum of `after` */
};

/* Frames in depth-first order, children by name. */
struct flame {
    struct ak_str *names; /* sanitised */
    uint32_t name_count;
    struct flame_frame *frames;
    uint32_t frame_count;
    uint32_t depth_max;
    bool is_diff;
    double event; /* value of one sampled event, 0: not known */
};

/* In the report's arena. O(frames of all stacks). */
struct flame reporter_flame_model(const struct ak_pprof_report *r);

/* Fill of a frame, 0xRRGGBB: warm by name, or blue (less) to orange (more) by change. */
uint32_t reporter_flame_colour(const struct flame *f, const struct flame_frame *frame);

/* "name (value, share)" and the change, for tooltips; appends. */
void reporter_flame_describe(const struct ak_pprof_report *r, const struct flame *f,
                             const struct flame_frame *frame, struct ak_buf *out);

/* Rows of the table of formats. `flame` writes SVG, or what the name of the output file asks for.
 */
enum ak_status reporter_flame(const struct ak_pprof_report *r, struct ak_buf *out,
                              struct ak_error *err) AK_MUST_USE;
enum ak_status reporter_flame_svg(const struct ak_pprof_report *r, struct ak_buf *out,
                                  struct ak_error *err) AK_MUST_USE;
enum ak_status reporter_flame_png(const struct ak_pprof_report *r, struct ak_buf *out,
                                  struct ak_error *err) AK_MUST_USE;
enum ak_status reporter_flame_html(const struct ak_pprof_report *r, struct ak_buf *out,
                                   struct ak_error *err) AK_MUST_USE;

#endif
