/* The order in which Go's runtime/pprof writes a profile (src/runtime/pprof/proto.go): samples with
 * values before locations; a location, then the functions it is first to use, just before the first
 * sample that uses it; mappings and strings last; the head depends on the kind of profile. */
#include "encoder.h"
#include "put.h"

struct go_writer {
    const struct ak_profile *p;
    struct ak_buf *out;
    uint32_t locations, functions; /* written so far */
};

static void put_value_type(struct ak_buf *b, unsigned field, const struct ak_value_type *t)
{
    const size_t start = profile_put_begin(b);
    profile_put_number(b, 1, t->type);
    profile_put_number(b, 2, t->unit);
    profile_put_end(b, field, start);
}

static void put_sample_types(struct go_writer *w)
{
    for (uint32_t i = 0; i < w->p->sample_type_count; i++) {
        put_value_type(w->out, 1, &w->p->sample_types[i]);
    }
}

static void put_period_type(struct go_writer *w)
{
    if (w->p->period_type.type != 0 || w->p->period_type.unit != 0) {
        put_value_type(w->out, 11, &w->p->period_type);
    }
}

static void put_function(struct ak_buf *b, const struct ak_function *f)
{
    const size_t start = profile_put_begin(b);
    profile_put_nonzero(b, 1, f->id);
    profile_put_nonzero(b, 2, f->name);
    profile_put_nonzero(b, 3, f->system_name);
    profile_put_nonzero(b, 4, f->filename);
    profile_put_nonzero(b, 5, (uint64_t)f->start_line);
    profile_put_end(b, 5, start);
}

static void put_functions_to(struct go_writer *w, uint32_t count)
{
    for (; w->functions < count; w->functions++) {
        put_function(w->out, &w->p->functions[w->functions]);
    }
}

static void put_location(struct go_writer *w, const struct ak_location *l)
{
    const struct ak_profile *p = w->p;
    struct ak_buf *b = w->out;
    uint32_t functions = 0;
    const size_t start = profile_put_begin(b);
    profile_put_nonzero(b, 1, l->id);
    profile_put_nonzero(b, 3, l->address);
    for (uint32_t i = l->first_line; i < l->first_line + l->line_count; i++) {
        const struct ak_line *line = &p->lines[i];
        const size_t line_start = profile_put_begin(b);
        if (line->function != AK_NO_INDEX) {
            profile_put_nonzero(b, 1, p->functions[line->function].id);
            functions = line->function >= functions ? line->function + 1 : functions;
        }
        profile_put_nonzero(b, 2, (uint64_t)line->line);
        profile_put_nonzero(b, 3, (uint64_t)line->column);
        profile_put_end(b, 4, line_start);
    }
    if (l->mapping != AK_NO_INDEX) {
        profile_put_nonzero(b, 2, p->mappings[l->mapping].id);
    }
    profile_put_nonzero(b, 5, l->is_folded);
    profile_put_end(b, 4, start);
    put_functions_to(w, functions);
}

static void put_locations_to(struct go_writer *w, uint32_t count)
{
    for (; w->locations < count; w->locations++) {
        put_location(w, &w->p->locations[w->locations]);
    }
}

static void put_sample(struct go_writer *w, size_t i)
{
    const struct ak_profile *p = w->p;
    for (uint64_t s = p->stack_start[i]; s < p->stack_start[i + 1]; s++) {
        put_locations_to(w, p->stack_ids[s] + 1);
    }
    struct ak_buf *b = w->out;
    const size_t start = profile_put_begin(b);
    profile_put_numbers(b, 2, p->values + i * p->sample_type_count, p->sample_type_count);
    profile_put_stack(b, p, i);
    if (p->label_start) {
        for (uint64_t l = p->label_start[i]; l < p->label_start[i + 1]; l++) {
            const struct ak_label *label = &p->labels[l];
            const size_t label_start = profile_put_begin(b);
            profile_put_nonzero(b, 1, label->key);
            profile_put_nonzero(b, 2, label->str);
            profile_put_nonzero(b, 3, (uint64_t)label->num);
            profile_put_nonzero(b, 4, label->num_unit);
            profile_put_end(b, 3, label_start);
        }
    }
    profile_put_end(b, 2, start);
}

static void put_mapping(struct ak_buf *b, const struct ak_mapping *m)
{
    const size_t start = profile_put_begin(b);
    profile_put_nonzero(b, 1, m->id);
    profile_put_nonzero(b, 2, m->start);
    profile_put_nonzero(b, 3, m->limit);
    profile_put_nonzero(b, 4, m->offset);
    profile_put_nonzero(b, 5, m->filename);
    profile_put_nonzero(b, 6, m->build_id);
    profile_put_nonzero(b, 7, m->has_functions);
    profile_put_nonzero(b, 8, m->has_filenames);
    profile_put_nonzero(b, 9, m->has_line_numbers);
    profile_put_nonzero(b, 10, m->has_inline_frames);
    profile_put_end(b, 3, start);
}

/* A CPU profile knows its time and period from the start; the others write the time at the end. */
static bool is_cpu(const struct ak_profile *p)
{
    return p->sample_type_count == 2 &&
           ak_str_eq(ak_profile_str(p, p->sample_types[1].type), AK_STR("cpu"));
}

static void put_head(struct go_writer *w, bool cpu)
{
    const struct ak_profile *p = w->p;
    if (cpu) {
        profile_put_nonzero(w->out, 9, (uint64_t)p->time_ns);
        put_sample_types(w);
        profile_put_nonzero(w->out, 10, (uint64_t)p->duration_ns);
        put_period_type(w);
        profile_put_nonzero(w->out, 12, (uint64_t)p->period);
        return;
    }
    put_period_type(w);
    profile_put_nonzero(w->out, 12, (uint64_t)p->period);
    put_sample_types(w);
    profile_put_nonzero(w->out, 14, p->default_sample_type);
}

/* Fields that the runtime never writes, so that nothing is lost of a profile of another writer. */
static void put_foreign(struct go_writer *w, bool cpu)
{
    const struct ak_profile *p = w->p;
    profile_put_nonzero(w->out, 7, p->drop_frames);
    profile_put_nonzero(w->out, 8, p->keep_frames);
    if (!cpu) {
        profile_put_nonzero(w->out, 10, (uint64_t)p->duration_ns);
    }
    for (uint32_t i = 0; i < p->comment_count; i++) {
        profile_put_number(w->out, 13, p->comments[i]);
    }
    if (cpu) {
        profile_put_nonzero(w->out, 14, p->default_sample_type);
    }
    profile_put_nonzero(w->out, 15, p->doc_url);
}

void profile_encode_go(const struct ak_profile *p, struct ak_buf *out)
{
    struct go_writer w = {.p = p, .out = out};
    const bool cpu = is_cpu(p);
    put_head(&w, cpu);
    for (size_t i = 0; i < p->sample_count; i++) {
        put_sample(&w, i);
    }
    put_locations_to(&w, p->location_count);
    put_functions_to(&w, p->function_count);
    if (!cpu) {
        profile_put_nonzero(out, 9, (uint64_t)p->time_ns);
    }
    for (uint32_t i = 0; i < p->mapping_count; i++) {
        put_mapping(out, &p->mappings[i]);
    }
    for (uint32_t i = 0; i < p->string_count; i++) {
        profile_put_bytes(out, 6, p->strings[i]);
    }
    put_foreign(&w, cpu);
}
