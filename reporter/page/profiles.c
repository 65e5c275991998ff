#include "page/profiles.h"

#include "base/idmap.h"
#include "flame/flame.h"
#include "reporter/pprof.h"

/* Frames below this part of the total are not seen in a flame 1,200 points wide. */
#define FRAME_LEAST 0.004
enum { FRAMES_MAX = 400, DEPTH_MAX = 60 };

struct writer {
    struct ak_arena *arena;
    struct ak_intern names;
    struct ak_buf *out;
    size_t count;
};

/* "github.com/a/b/actor.(*PID).Stop" -> "actor.(*PID).Stop": a page has no room for paths. */
static struct ak_str short_name(struct ak_str name)
{
    size_t end = 0;
    size_t from = 0;
    while (end < name.len && !strchr("([{<", name.ptr[end])) {
        from = name.ptr[end] == '/' ? end + 1 : from;
        end++;
    }
    return ak_str_slice(name, from, name.len);
}

/* Nanoseconds become microseconds and bytes kB: whole numbers that are short. */
static int64_t divisor_of(struct ak_str unit)
{
    return ak_str_eq(unit, AK_STR("nanoseconds")) || ak_str_eq(unit, AK_STR("bytes")) ? 1000 : 1;
}

static void put_frames(struct writer *w, const struct flame *f, int64_t divisor)
{
    const double least = (double)f->frames[0].after * FRAME_LEAST;
    size_t written = 0;
    for (uint32_t i = 0; i < f->frame_count && written < FRAMES_MAX; i++) {
        const struct flame_frame *frame = &f->frames[i];
        /* Callers cost at least what they call: no frame is written without the one below it. */
        if ((double)frame->after < least || frame->depth > DEPTH_MAX) {
            continue;
        }
        const uint32_t name = ak_intern_add(&w->names, short_name(f->names[frame->name]));
        ak_buf_printf(w->out, "%s%u,%u,", written > 0 ? "," : "", frame->depth, name);
        ak_buf_i64(w->out, frame->after / divisor);
        written++;
    }
}

static void put_profile(struct writer *w, const struct ak_dashboard_profile *p)
{
    struct ak_pprof_config config = ak_pprof_config_default();
    config.sample_index = p->type;
    const struct ak_pprof_request request = {.format = ak_pprof_format_find(AK_STR("flame")),
                                             .config = &config};
    struct ak_pprof_report *report = NULL;
    if (ak_pprof_report_build(p->profile, &request, w->arena, &report, NULL) != AK_OK) {
        return;
    }
    const struct flame f = reporter_flame_model(report);
    if (f.frame_count > 0 && f.frames[0].after > 0) {
        ak_buf_printf(w->out, "%s\n{\"r\":%zu,\"p\":", w->count++ > 0 ? "," : "", p->run);
        reporter_page_json_text(w->out, p->name);
        ak_buf_puts(w->out, ",\"t\":");
        reporter_page_json_text(w->out, ak_arena_str(w->arena, report->sample_type).ptr);
        ak_buf_puts(w->out, ",\"u\":");
        reporter_page_json_text(w->out, ak_arena_str(w->arena, report->sample_unit).ptr);
        ak_buf_puts(w->out, ",\"f\":[");
        put_frames(w, &f, divisor_of(report->sample_unit));
        ak_buf_puts(w->out, "]}");
    }
    ak_pprof_report_release(report);
}

void reporter_page_profiles(const struct ak_dashboard *d, struct ak_arena *arena,
                            struct ak_buf *out)
{
    struct writer w = {.arena = arena, .out = out};
    if (d->profile_count == 0) {
        return;
    }
    ak_intern_init(&w.names, arena);
    ak_buf_puts(out, ",\"profiles\":[");
    for (size_t i = 0; i < d->profile_count; i++) {
        put_profile(&w, &d->profiles[i]);
    }
    ak_buf_puts(out, "],\"names\":[");
    for (size_t i = 0; i < w.names.count; i++) {
        ak_buf_puts(out, i > 0 ? "," : "");
        reporter_page_json_text(out, w.names.strs[i].ptr);
    }
    ak_buf_putc(out, ']');
    ak_intern_release(&w.names);
}
