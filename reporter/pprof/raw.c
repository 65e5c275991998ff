#include "base/sanitize.h"
#include "legend.h"
#include "render.h"

#include <stdlib.h>

static void put_name(struct ak_buf *out, const struct ak_profile *p, uint32_t s)
{
    ak_sanitize_text(out, ak_profile_str(p, s));
}

enum ak_status reporter_pprof_comments(const struct ak_pprof_report *r, struct ak_buf *out,
                                       struct ak_error *err)
{
    (void)err;
    for (uint32_t i = 0; i < r->view->comment_count; i++) {
        put_name(out, r->view, r->view->comments[i]);
        ak_buf_putc(out, '\n');
    }
    return AK_OK;
}

/* The first four characters, as the reference cuts it. */
static void put_short_duration(struct ak_buf *out, int64_t ns)
{
    struct ak_buf text = AK_BUF_INIT;
    reporter_duration(&text, ns);
    size_t n = 0;
    for (int i = 0; i < 4 && n < text.len; i++) {
        uint32_t rune;
        n += ak_utf8_decode(text.ptr + n, text.len - n, &rune);
    }
    ak_buf_add(out, text.ptr, n);
    ak_buf_release(&text);
}

static void put_head(struct ak_buf *out, const struct ak_profile *p)
{
    for (uint32_t i = 0; i < p->comment_count; i++) {
        ak_buf_puts(out, "Comment: ");
        put_name(out, p, p->comments[i]);
        ak_buf_putc(out, '\n');
    }
    if (ak_profile_str(p, p->doc_url).len) {
        ak_buf_puts(out, "Doc: ");
        put_name(out, p, p->doc_url);
        ak_buf_putc(out, '\n');
    }
    ak_buf_puts(out, "PeriodType: ");
    put_name(out, p, p->period_type.type);
    ak_buf_putc(out, ' ');
    put_name(out, p, p->period_type.unit);
    ak_buf_printf(out, "\nPeriod: %lld\n", (long long)p->period);
    if (p->time_ns) {
        ak_buf_puts(out, "Time: ");
        reporter_time(out, p->time_ns, true);
        ak_buf_putc(out, '\n');
    }
    if (p->duration_ns) {
        ak_buf_puts(out, "Duration: ");
        put_short_duration(out, p->duration_ns);
        ak_buf_putc(out, '\n');
    }
}

static void put_sample_types(struct ak_buf *out, const struct ak_profile *p)
{
    struct ak_buf line = AK_BUF_INIT;
    const struct ak_str preferred = ak_profile_str(p, p->default_sample_type);
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        const struct ak_value_type *t = &p->sample_types[i];
        put_name(&line, p, t->type);
        ak_buf_putc(&line, '/');
        put_name(&line, p, t->unit);
        ak_buf_puts(&line, ak_str_eq(ak_profile_str(p, t->type), preferred) ? "[dflt] " : " ");
    }
    ak_buf_puts(out, "Samples:\n");
    ak_buf_str(out, ak_str_trim(ak_buf_view(&line)));
    ak_buf_putc(out, '\n');
    ak_buf_release(&line);
}

static int by_text(const void *a, const void *b)
{
    return ak_str_cmp(*(const struct ak_str *)a, *(const struct ak_str *)b);
}

static struct ak_str label_text(const struct ak_profile *p, struct ak_arena *scratch,
                                const struct ak_label_group *group)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_sanitize_text(&text, group->key);
    ak_buf_puts(&text, ":[");
    for (size_t i = 0; i < group->count; i++) {
        const struct ak_label *label = &p->labels[group->at[i]];
        ak_buf_puts(&text, i ? " " : "");
        if (group->is_text) {
            put_name(&text, p, label->str);
        } else {
            ak_buf_i64(&text, label->num);
            if (group->has_units) {
                ak_buf_putc(&text, ' ');
                put_name(&text, p, label->num_unit);
            }
        }
    }
    ak_buf_putc(&text, ']');
    const struct ak_str result = ak_arena_str(scratch, ak_buf_view(&text));
    ak_buf_release(&text);
    return result;
}

/* A line for the text labels of a sample and one for its numbers. */
static void put_labels(struct ak_buf *out, const struct ak_profile *p, size_t sample,
                       struct ak_arena *scratch)
{
    struct ak_label_group *groups;
    const size_t n = ak_label_groups(p, sample, scratch, &groups);
    struct ak_str *texts = ak_arena_alloc(scratch, n * sizeof *texts);
    for (int numeric = 0; numeric < 2; numeric++) {
        size_t count = 0;
        for (size_t g = 0; g < n; g++) {
            if (groups[g].is_text == !numeric) {
                texts[count++] = label_text(p, scratch, &groups[g]);
            }
        }
        if (count == 0) {
            continue;
        }
        qsort(texts, count, sizeof *texts, by_text);
        ak_buf_fill(out, ' ', 15);
        for (size_t i = 0; i < count; i++) {
            ak_buf_putc(out, ' ');
            ak_buf_str(out, texts[i]);
        }
        ak_buf_putc(out, '\n');
    }
}

static void put_samples(struct ak_buf *out, const struct ak_profile *p)
{
    struct ak_arena *scratch = ak_arena_new();
    for (size_t i = 0; i < p->sample_count; i++) {
        for (uint32_t t = 0; t < p->sample_type_count; t++) {
            ak_buf_printf(out, " %10lld", (long long)p->values[i * p->sample_type_count + t]);
        }
        ak_buf_puts(out, ": ");
        for (uint64_t s = p->stack_start[i]; s < p->stack_start[i + 1]; s++) {
            ak_buf_u64(out, p->locations[p->stack_ids[s]].id);
            ak_buf_putc(out, ' ');
        }
        ak_buf_putc(out, '\n');
        ak_arena_reset(scratch);
        put_labels(out, p, i, scratch);
    }
    ak_arena_free(scratch);
}

static void put_line(struct ak_buf *out, const struct ak_profile *p, const struct ak_line *line)
{
    if (line->function == AK_NO_INDEX) {
        ak_buf_puts(out, "??");
        return;
    }
    const struct ak_function *f = &p->functions[line->function];
    put_name(out, p, f->name);
    ak_buf_putc(out, ' ');
    put_name(out, p, f->filename);
    ak_buf_printf(out, ":%lld:%lld s=%lld", (long long)line->line, (long long)line->column,
                  (long long)f->start_line);
    if (!ak_str_eq(ak_profile_str(p, f->name), ak_profile_str(p, f->system_name))) {
        ak_buf_putc(out, '(');
        put_name(out, p, f->system_name);
        ak_buf_putc(out, ')');
    }
}

static void put_location(struct ak_buf *out, const struct ak_profile *p,
                         const struct ak_location *loc)
{
    ak_buf_printf(out, "%6llu: 0x%llx ", (unsigned long long)loc->id,
                  (unsigned long long)loc->address);
    if (loc->mapping != AK_NO_INDEX) {
        ak_buf_printf(out, "M=%llu ", (unsigned long long)p->mappings[loc->mapping].id);
    }
    ak_buf_puts(out, loc->is_folded ? "[F] " : "");
    for (uint32_t l = 0; l < loc->line_count; l++) {
        if (l) {
            ak_buf_fill(out, ' ', 13);
        }
        put_line(out, p, &p->lines[loc->first_line + l]);
        ak_buf_puts(out, l + 1 < loc->line_count ? "\n" : "");
    }
    ak_buf_putc(out, '\n');
}

static void put_mapping(struct ak_buf *out, const struct ak_profile *p, const struct ak_mapping *m)
{
    ak_buf_printf(out, "%llu: 0x%llx/0x%llx/0x%llx ", (unsigned long long)m->id,
                  (unsigned long long)m->start, (unsigned long long)m->limit,
                  (unsigned long long)m->offset);
    put_name(out, p, m->filename);
    ak_buf_putc(out, ' ');
    put_name(out, p, m->build_id);
    ak_buf_putc(out, ' ');
    ak_buf_puts(out, m->has_functions ? "[FN]" : "");
    ak_buf_puts(out, m->has_filenames ? "[FL]" : "");
    ak_buf_puts(out, m->has_line_numbers ? "[LN]" : "");
    ak_buf_puts(out, m->has_inline_frames ? "[IN]" : "");
    ak_buf_putc(out, '\n');
}

enum ak_status reporter_pprof_raw(const struct ak_pprof_report *r, struct ak_buf *out,
                                  struct ak_error *err)
{
    const struct ak_profile *p = r->view;
    (void)err;
    put_head(out, p);
    put_sample_types(out, p);
    put_samples(out, p);
    ak_buf_puts(out, "Locations\n");
    for (uint32_t i = 0; i < p->location_count; i++) {
        put_location(out, p, &p->locations[i]);
    }
    ak_buf_puts(out, "Mappings\n");
    for (uint32_t i = 0; i < p->mapping_count; i++) {
        put_mapping(out, p, &p->mappings[i]);
    }
    return AK_OK;
}
