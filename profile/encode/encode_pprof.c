/* The order in which google/pprof's profile.Write writes (profile/encode.go): tables in the order
 * of their field numbers, strings numbered anew in the order of first use: sample types, labels
 * (text labels by key, then numeric ones by key), mappings, functions, then the single fields. */
#include "base/idmap.h"
#include "base/mem.h"
#include "encoder.h"
#include "label_order.h"
#include "put.h"

struct pprof_writer {
    const struct ak_profile *p;
    struct ak_buf *out;
    uint32_t *renumbered;  /* string index -> index in the output + 1, 0: not met yet */
    struct ak_intern seen; /* equal texts at two indexes become one */
    struct ak_arena *arena;
    struct ak_label *labels; /* of one sample, sorted */
    size_t labels_cap;
};

static uint32_t string_of(struct pprof_writer *w, uint32_t i)
{
    if (w->renumbered[i] == 0) {
        w->renumbered[i] = ak_intern_add(&w->seen, ak_profile_str(w->p, i)) + 1;
    }
    return w->renumbered[i] - 1;
}

static void put_value_type(struct pprof_writer *w, unsigned field, const struct ak_value_type *t)
{
    const uint32_t type = string_of(w, t->type);
    const uint32_t unit = string_of(w, t->unit);
    const size_t start = profile_put_begin(w->out);
    profile_put_nonzero(w->out, 1, type);
    profile_put_nonzero(w->out, 2, unit);
    profile_put_end(w->out, field, start);
}

static void put_label(struct pprof_writer *w, const struct ak_label *l)
{
    struct ak_buf *b = w->out;
    const uint32_t key = string_of(w, l->key);
    const uint32_t str = ak_label_is_text(l) ? string_of(w, l->str) : 0;
    const uint32_t unit = ak_label_is_text(l) ? 0 : string_of(w, l->num_unit);
    const size_t start = profile_put_begin(b);
    profile_put_nonzero(b, 1, key);
    profile_put_nonzero(b, 2, str);
    profile_put_nonzero(b, 3, (uint64_t)(ak_label_is_text(l) ? 0 : l->num));
    profile_put_nonzero(b, 4, unit);
    profile_put_end(b, 3, start);
}

static void put_sample(struct pprof_writer *w, size_t i)
{
    const struct ak_profile *p = w->p;
    const size_t start = profile_put_begin(w->out);
    profile_put_stack(w->out, p, i);
    profile_put_numbers(w->out, 2, p->values + i * p->sample_type_count, p->sample_type_count);
    const size_t labels = profile_sorted_labels(p, i, &w->labels, &w->labels_cap);
    for (size_t l = 0; l < labels; l++) {
        put_label(w, &w->labels[l]);
    }
    profile_put_end(w->out, 2, start);
}

static void put_mapping(struct pprof_writer *w, const struct ak_mapping *m)
{
    struct ak_buf *b = w->out;
    const uint32_t file = string_of(w, m->filename);
    const uint32_t build_id = string_of(w, m->build_id);
    const size_t start = profile_put_begin(b);
    profile_put_nonzero(b, 1, m->id);
    profile_put_nonzero(b, 2, m->start);
    profile_put_nonzero(b, 3, m->limit);
    profile_put_nonzero(b, 4, m->offset);
    profile_put_nonzero(b, 5, file);
    profile_put_nonzero(b, 6, build_id);
    profile_put_nonzero(b, 7, m->has_functions);
    profile_put_nonzero(b, 8, m->has_filenames);
    profile_put_nonzero(b, 9, m->has_line_numbers);
    profile_put_nonzero(b, 10, m->has_inline_frames);
    profile_put_end(b, 3, start);
}

static void put_location(struct pprof_writer *w, const struct ak_location *l)
{
    const struct ak_profile *p = w->p;
    struct ak_buf *b = w->out;
    const size_t start = profile_put_begin(b);
    profile_put_nonzero(b, 1, l->id);
    if (l->mapping != AK_NO_INDEX) {
        profile_put_nonzero(b, 2, p->mappings[l->mapping].id);
    }
    profile_put_nonzero(b, 3, l->address);
    for (uint32_t i = l->first_line; i < l->first_line + l->line_count; i++) {
        const struct ak_line *line = &p->lines[i];
        const size_t line_start = profile_put_begin(b);
        if (line->function != AK_NO_INDEX) {
            profile_put_nonzero(b, 1, p->functions[line->function].id);
        }
        profile_put_nonzero(b, 2, (uint64_t)line->line);
        profile_put_nonzero(b, 3, (uint64_t)line->column);
        profile_put_end(b, 4, line_start);
    }
    profile_put_nonzero(b, 5, l->is_folded);
    profile_put_end(b, 4, start);
}

static void put_function(struct pprof_writer *w, const struct ak_function *f)
{
    struct ak_buf *b = w->out;
    const uint32_t name = string_of(w, f->name);
    const uint32_t system_name = string_of(w, f->system_name);
    const uint32_t file = string_of(w, f->filename);
    const size_t start = profile_put_begin(b);
    profile_put_nonzero(b, 1, f->id);
    profile_put_nonzero(b, 2, name);
    profile_put_nonzero(b, 3, system_name);
    profile_put_nonzero(b, 4, file);
    profile_put_nonzero(b, 5, (uint64_t)f->start_line);
    profile_put_end(b, 5, start);
}

static void put_tables(struct pprof_writer *w)
{
    const struct ak_profile *p = w->p;
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        put_value_type(w, 1, &p->sample_types[i]);
    }
    for (size_t i = 0; i < p->sample_count; i++) {
        put_sample(w, i);
    }
    for (uint32_t i = 0; i < p->mapping_count; i++) {
        put_mapping(w, &p->mappings[i]);
    }
    for (uint32_t i = 0; i < p->location_count; i++) {
        put_location(w, &p->locations[i]);
    }
    for (uint32_t i = 0; i < p->function_count; i++) {
        put_function(w, &p->functions[i]);
    }
}

/* The single fields, whose strings are numbered before the string table is written. */
static void put_rest(struct pprof_writer *w)
{
    const struct ak_profile *p = w->p;
    struct ak_buf tail = AK_BUF_INIT;
    struct ak_buf *const out = w->out;
    w->out = &tail;
    profile_put_nonzero(&tail, 7, string_of(w, p->drop_frames));
    profile_put_nonzero(&tail, 8, string_of(w, p->keep_frames));
    profile_put_nonzero(&tail, 9, (uint64_t)p->time_ns);
    profile_put_nonzero(&tail, 10, (uint64_t)p->duration_ns);
    if (p->period_type.type != 0 || p->period_type.unit != 0) {
        put_value_type(w, 11, &p->period_type);
    }
    profile_put_nonzero(&tail, 12, (uint64_t)p->period);
    int64_t *comments = ak_reallocarray(NULL, p->comment_count, sizeof *comments);
    for (uint32_t i = 0; i < p->comment_count; i++) {
        comments[i] = string_of(w, p->comments[i]);
    }
    profile_put_numbers(&tail, 13, comments, p->comment_count);
    ak_free(comments);
    profile_put_number(&tail, 14, string_of(w, p->default_sample_type));
    profile_put_nonzero(&tail, 15, string_of(w, p->doc_url));
    for (size_t i = 0; i < w->seen.count; i++) {
        profile_put_bytes(out, 6, w->seen.strs[i]);
    }
    ak_buf_str(out, ak_buf_view(&tail));
    ak_buf_release(&tail);
}

void profile_encode_pprof(const struct ak_profile *p, struct ak_buf *out)
{
    struct pprof_writer w = {.p = p, .out = out, .arena = ak_arena_new()};
    w.renumbered = ak_calloc(p->string_count, sizeof *w.renumbered);
    ak_intern_init(&w.seen, w.arena);
    ak_intern_add(&w.seen, AK_STR(""));
    put_tables(&w);
    put_rest(&w);
    ak_intern_release(&w.seen);
    ak_arena_free(w.arena);
    ak_free(w.labels);
    ak_free(w.renumbered);
}
