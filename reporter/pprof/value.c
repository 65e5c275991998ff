#include "profile/measure.h"
#include "reporter/pprof.h"

#include <math.h>

static int64_t by_ratio(const struct ak_pprof_report *r, int64_t v)
{
    if (r->ratio > 0 && r->ratio != 1.0) {
        const double scaled = (double)v * r->ratio;
        return fabs(scaled) < 0x1p63 ? (int64_t)scaled : INT64_MIN;
    }
    return v;
}

void ak_pprof_value(struct ak_buf *out, const struct ak_pprof_report *r, int64_t v)
{
    ak_measure_label(out, by_ratio(r, v), r->sample_unit, r->unit);
}

void ak_pprof_value_cell(struct ak_buf *out, const struct ak_pprof_report *r, int64_t v,
                         size_t width)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_pprof_value(&text, r, v);
    ak_buf_pad_left(out, ak_buf_view(&text), width);
    ak_buf_release(&text);
}

static bool shows_sign(const struct ak_pprof_report *r)
{
    return r->is_signed && !r->config.compat;
}

void ak_pprof_percent_trimmed(struct ak_buf *out, const struct ak_pprof_report *r, int64_t value,
                              int64_t base)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_measure_percent(&text, value, base);
    const struct ak_str bare = ak_str_trim(ak_buf_view(&text));
    const bool negative = (value < 0) != (base < 0) && value != 0 && base != 0;
    if (shows_sign(r) && negative) {
        ak_buf_putc(out, '-');
    }
    ak_buf_str(out, bare);
    ak_buf_release(&text);
}

void ak_pprof_percent(struct ak_buf *out, const struct ak_pprof_report *r, int64_t value,
                      int64_t base)
{
    if (!shows_sign(r)) {
        ak_measure_percent(out, value, base);
        return;
    }
    struct ak_buf text = AK_BUF_INIT;
    ak_pprof_percent_trimmed(&text, r, value, base);
    ak_buf_pad_left(out, ak_buf_view(&text), 7);
    ak_buf_release(&text);
}

int64_t ak_pprof_scaled(const struct ak_pprof_report *r, int64_t v)
{
    struct ak_str unit;
    const double scaled = ak_measure_scale(v, r->sample_unit, r->unit, &unit);
    return fabs(scaled) < 0x1p63 ? (int64_t)scaled : INT64_MIN;
}

const char *ak_pprof_inline_label(const struct ak_pprof_report *r, uint32_t node)
{
    const struct ak_graph *g = r->graph;
    bool inlined = false, called = false;
    for (uint32_t k = g->in_start ? g->in_start[node] : 0; g->in_start && k < g->in_start[node + 1];
         k++) {
        const bool is_inline = g->edges[g->in_edges[k]].inlined;
        inlined = inlined || is_inline;
        called = called || !is_inline;
    }
    return !inlined ? "" : called ? "(partial-inline)" : "(inline)";
}
