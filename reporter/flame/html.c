/* The flame graph as one page without any request: the tree as compact arrays, drawn on a canvas
 * that only ever holds what can be seen. */
#include "base/json.h"
#include "flame/flame.h"
#include "reporter/template.h"

/* {"title": .., "unit": .., "names": [..], "depth": [..], "name": [..], "after": [..], ...}: frames
 * in depth-first order. */
static void put_data(const struct ak_pprof_report *r, const struct flame *f, struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 0);
    ak_json_object(&j);
    ak_json_key(&j, "title");
    ak_json_str(&j, r->title);
    ak_json_key(&j, "type");
    ak_json_str(&j, r->sample_type);
    ak_json_key(&j, "unit");
    ak_json_str(&j, r->sample_unit);
    ak_json_kbool(&j, "diff", f->is_diff);
    ak_json_kbool(&j, "icicle", r->config.icicle);
    ak_json_kbool(&j, "inverted", r->config.inverted);
    ak_json_kf64(&j, "event", f->event);
    ak_json_key(&j, "legend");
    ak_json_array(&j);
    for (size_t i = 0; i < r->legend_count; i++) {
        ak_json_str(&j, r->legend[i]);
    }
    ak_json_end(&j);
    ak_json_key(&j, "names");
    ak_json_array(&j);
    for (uint32_t i = 0; i < f->name_count; i++) {
        ak_json_str(&j, f->names[i]);
    }
    ak_json_end(&j);
    static const char *const columns[] = {"depth", "name", "after", "before"};
    for (unsigned c = 0; c < (f->is_diff ? 4 : 3); c++) {
        ak_json_key(&j, columns[c]);
        ak_json_array(&j);
        for (uint32_t i = 0; i < f->frame_count; i++) {
            const struct flame_frame *x = &f->frames[i];
            const int64_t cells[] = {x->depth, x->name, x->after, x->before};
            ak_json_i64(&j, cells[c]);
        }
        ak_json_end(&j);
    }
    ak_json_end(&j);
}

enum ak_status reporter_flame_html(const struct ak_pprof_report *r, struct ak_buf *out,
                                   struct ak_error *err)
{
    struct ak_str rest;
    struct ak_str script;
    enum ak_status st = ak_templates_text(r->config.templates, "flame.html", r->arena, &rest, err);
    if (st == AK_OK) {
        st = ak_templates_text(r->config.templates, "flame.js", r->arena, &script, err);
    }
    if (st != AK_OK) {
        return st;
    }
    const struct flame f = reporter_flame_model(r);
    /* flame.html has one line for each of these. */
    while (rest.ptr) {
        const struct ak_str line = ak_str_cut(&rest, '\n');
        if (ak_str_eq(line, AK_STR("%data%"))) {
            put_data(r, &f, out);
        } else if (ak_str_eq(line, AK_STR("%script%"))) {
            ak_buf_str(out, script);
        } else {
            ak_buf_str(out, line);
        }
        ak_buf_puts(out, rest.ptr ? "\n" : "");
    }
    return AK_OK;
}
