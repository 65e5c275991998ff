#include "base/sanitize.h"
#include "legend.h"
#include "profile/measure.h"
#include "render.h"

#include <stdlib.h>

static const char separator[] =
    "-----------+-------------------------------------------------------\n";

/* Names of all frames, made once: the texts of location l begin at first[l]. */
struct frame_names {
    uint32_t *first;
    struct ak_str *texts;
};

static struct frame_names name_frames(const struct ak_pprof_report *r)
{
    const struct ak_profile *p = r->view;
    struct frame_names names = {
        .first = ak_arena_alloc(r->arena, ((size_t)p->location_count + 1) * sizeof(uint32_t)),
    };
    uint32_t n = 0;
    for (uint32_t l = 0; l < p->location_count; l++) {
        names.first[l] = n;
        n += p->locations[l].line_count ? p->locations[l].line_count : 1;
    }
    names.first[p->location_count] = n;
    names.texts = ak_arena_alloc(r->arena, n * sizeof *names.texts);
    struct ak_buf raw = AK_BUF_INIT, clean = AK_BUF_INIT;
    for (uint32_t l = 0; l < p->location_count; l++) {
        for (uint32_t f = names.first[l]; f < names.first[l + 1]; f++) {
            const struct ak_node_info info = ak_frame_info(p, l, f - names.first[l], r->arena);
            ak_buf_reset(&raw);
            ak_buf_reset(&clean);
            ak_node_name(&raw, &info, " ");
            ak_sanitize_text(&clean, ak_buf_view(&raw));
            names.texts[f] = ak_arena_str(r->arena, ak_buf_view(&clean));
        }
    }
    ak_buf_release(&raw);
    ak_buf_release(&clean);
    return names;
}

static int by_text(const void *a, const void *b)
{
    return ak_str_cmp(*(const struct ak_str *)a, *(const struct ak_str *)b);
}

/* "       key:  value value" */
static struct ak_str label_line(const struct ak_pprof_report *r, struct ak_arena *scratch,
                                const struct ak_label_group *group)
{
    struct ak_buf text = AK_BUF_INIT, line = AK_BUF_INIT;
    for (size_t i = 0; i < group->count; i++) {
        const struct ak_label *label = &r->view->labels[group->at[i]];
        ak_buf_puts(&text, i ? " " : "");
        if (group->is_text) {
            ak_buf_str(&text, ak_profile_str(r->view, label->str));
        } else {
            ak_measure_label(&text, label->num, ak_tag_unit(&r->units, group->key), AK_STR("auto"));
        }
    }
    ak_buf_pad_left(&line, group->key, 10);
    ak_buf_puts(&line, ":  ");
    ak_buf_str(&line, ak_buf_view(&text));
    ak_buf_reset(&text);
    ak_sanitize_text(&text, ak_buf_view(&line));
    const struct ak_str result = ak_arena_str(scratch, ak_buf_view(&text));
    ak_buf_release(&line);
    ak_buf_release(&text);
    return result;
}

/* Text labels first, then numbers; each kind sorted as printed. */
static void put_labels(const struct ak_pprof_report *r, struct ak_buf *out,
                       struct ak_arena *scratch, size_t sample)
{
    struct ak_label_group *groups;
    const size_t n = ak_label_groups(r->view, sample, scratch, &groups);
    struct ak_str *lines = ak_arena_alloc(scratch, n * sizeof *lines);
    for (int numeric = 0; numeric < 2; numeric++) {
        size_t count = 0;
        for (size_t g = 0; g < n; g++) {
            if (groups[g].is_text == !numeric) {
                lines[count++] = label_line(r, scratch, &groups[g]);
            }
        }
        qsort(lines, count, sizeof *lines, by_text);
        for (size_t i = 0; i < count; i++) {
            ak_buf_str(out, lines[i]);
            ak_buf_putc(out, '\n');
        }
    }
}

static void put_stack(const struct ak_pprof_report *r, struct ak_buf *out, size_t sample,
                      const struct frame_names *names)
{
    const struct ak_profile *p = r->view;
    const int64_t *values = p->values + sample * p->sample_type_count;
    const int64_t v = ak_mean(values[r->value], r->config.mean ? values[0] : 0);
    bool first = true;
    for (uint64_t s = p->stack_start[sample]; s < p->stack_start[sample + 1]; s++) {
        const uint32_t l = p->stack_ids[s];
        for (uint32_t f = names->first[l]; f < names->first[l + 1]; f++) {
            if (first) {
                ak_pprof_value_cell(out, r, v, 10);
            } else {
                ak_buf_fill(out, ' ', 10);
            }
            first = false;
            ak_buf_puts(out, "   ");
            ak_buf_str(out, names->texts[f]);
            ak_buf_puts(out, f + 1 < names->first[l + 1] ? " (inline)\n" : "\n");
        }
    }
}

enum ak_status reporter_pprof_traces(const struct ak_pprof_report *r, struct ak_buf *out,
                                     struct ak_error *err)
{
    const struct ak_profile *p = r->view;
    (void)err;
    for (size_t i = 0; i < r->legend_count; i++) {
        ak_buf_str(out, r->legend[i]);
        ak_buf_putc(out, '\n');
    }
    if (r->legend_count == 0) {
        ak_buf_putc(out, '\n');
    }
    const struct frame_names names = name_frames(r);
    struct ak_arena *scratch = ak_arena_new();
    for (size_t i = 0; i < p->sample_count; i++) {
        if (p->stack_start[i] == p->stack_start[i + 1]) {
            continue;
        }
        ak_arena_reset(scratch);
        ak_buf_puts(out, separator);
        put_labels(r, out, scratch, i);
        put_stack(r, out, i, &names);
    }
    ak_buf_puts(out, separator);
    ak_arena_free(scratch);
    return AK_OK;
}
