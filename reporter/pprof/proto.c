#include "base/idmap.h"
#include "base/io.h"
#include "profile/build.h"
#include "profile/encode.h"
#include "render.h"

#include <math.h>

enum { GZIP_LEVEL = 1 }; /* profiles compress little better with more work */

static void write_profile(const struct ak_profile *p, struct ak_buf *out)
{
    struct ak_buf bytes = AK_BUF_INIT;
    ak_profile_encode(p, AK_ENCODE_PPROF, &bytes);
    ak_gzip_bytes(ak_buf_view(&bytes), GZIP_LEVEL, out);
    ak_buf_release(&bytes);
}

/* All values multiplied and cut to integers, as divide_by asks. */
static int64_t *scaled_values(const struct ak_pprof_report *r)
{
    const struct ak_profile *p = r->view;
    const size_t n = p->sample_count * p->sample_type_count;
    int64_t *values = ak_arena_alloc(r->arena, n * sizeof *values);
    for (size_t i = 0; i < n; i++) {
        const double v = (double)p->values[i] * r->ratio;
        values[i] = fabs(v) < 0x1p63 ? (int64_t)v : INT64_MIN;
    }
    return values;
}

enum ak_status reporter_pprof_proto(const struct ak_pprof_report *r, struct ak_buf *out,
                                    struct ak_error *err)
{
    struct ak_profile p = *r->view;
    (void)err;
    if (r->ratio > 0 && r->ratio != 1.0) {
        p.values = scaled_values(r);
    }
    write_profile(&p, out);
    return AK_OK;
}

/* A function for each different name, file and start line; index from 0. */
static uint32_t function_of(struct ak_build *b, struct ak_intern *known,
                            const struct ak_node_info *info)
{
    struct ak_buf key = AK_BUF_INIT;
    ak_buf_str(&key, info->name);
    ak_buf_putc(&key, '\0');
    ak_buf_str(&key, info->file);
    ak_buf_printf(&key, "%c%lld", 0, (long long)info->start_line);
    const size_t before = known->count;
    const uint32_t i = ak_intern_add(known, ak_buf_view(&key));
    ak_buf_release(&key);
    if (known->count > before) {
        const struct ak_function f = {.name = ak_build_str(b, info->name),
                                      .filename = ak_build_str(b, info->file),
                                      .start_line = info->start_line};
        ak_build_function(b, &f);
    }
    return i;
}

static const char *copy_unit(const struct ak_pprof_report *r)
{
    return ak_arena_strndup(r->arena, r->unit.ptr, r->unit.len);
}

enum ak_status reporter_pprof_topproto(const struct ak_pprof_report *r, struct ak_buf *out,
                                       struct ak_error *err)
{
    const struct ak_graph *g = r->graph;
    struct ak_intern functions;
    struct ak_build b;
    (void)err;
    ak_intern_init(&functions, r->arena);
    ak_build_init(&b);
    ak_build_sample_type(&b, "cum", copy_unit(r));
    ak_build_sample_type(&b, "flat", copy_unit(r));
    b.p->time_ns = r->view->time_ns;
    b.p->duration_ns = r->view->duration_ns;
    b.p->period = r->view->period;
    b.p->period_type.type = ak_build_str(&b, ak_profile_str(r->view, r->view->period_type.type));
    b.p->period_type.unit = ak_build_str(&b, ak_profile_str(r->view, r->view->period_type.unit));
    for (uint32_t i = 0; i < g->list_count; i++) {
        const struct ak_node *n = &g->nodes[g->list[i]];
        const struct ak_node_info *info = &g->infos[n->info];
        const struct ak_line line = {.function = function_of(&b, &functions, info),
                                     .line = info->line,
                                     .column = info->column};
        const uint32_t location = ak_build_location(&b, info->address, AK_NO_INDEX, &line, 1);
        const int64_t values[2] = {ak_pprof_scaled(r, ak_node_cum(n)),
                                   ak_pprof_scaled(r, ak_node_flat(n))};
        const struct ak_build_sample sample = {.stack = &location, .depth = 1, .values = values};
        ak_build_sample(&b, &sample);
    }
    struct ak_profile *p = ak_build_finish(&b);
    write_profile(p, out);
    ak_profile_free(p);
    ak_build_release(&b);
    ak_intern_release(&functions);
    return AK_OK;
}
