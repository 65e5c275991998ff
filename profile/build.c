#include "profile/build.h"

#include "base/mem.h"

#include <string.h>

void ak_build_init(struct ak_build *b)
{
    *b = (struct ak_build){.p = ak_profile_new(), .label_starts_cap = 0};
    b->samples_cap = b->stacks_cap = 1;
    ak_intern_init(&b->strings, b->p->arena);
    ak_intern_add(&b->strings, AK_STR(""));
}

void ak_build_release(struct ak_build *b)
{
    ak_intern_release(&b->strings);
    ak_profile_free(b->p);
    b->p = NULL;
}

uint32_t ak_build_str(struct ak_build *b, struct ak_str s)
{
    return ak_intern_add(&b->strings, s);
}

uint32_t ak_build_cstr(struct ak_build *b, const char *s)
{
    return ak_intern_add(&b->strings, ak_str_from(s));
}

void ak_build_sample_type(struct ak_build *b, const char *type, const char *unit)
{
    struct ak_profile *p = b->p;
    AK_GROW(p->sample_types, p->sample_type_count + 1u, b->sample_types_cap);
    p->sample_types[p->sample_type_count++] =
        (struct ak_value_type){ak_build_cstr(b, type), ak_build_cstr(b, unit)};
}

void ak_build_comment(struct ak_build *b, struct ak_str text)
{
    AK_GROW(b->p->comments, b->p->comment_count + 1u, b->comments_cap);
    b->p->comments[b->p->comment_count++] = ak_build_str(b, text);
}

uint32_t ak_build_mapping(struct ak_build *b, const struct ak_mapping *m)
{
    struct ak_profile *p = b->p;
    AK_GROW(p->mappings, p->mapping_count + 1u, b->mappings_cap);
    p->mappings[p->mapping_count] = *m;
    p->mappings[p->mapping_count].id = p->mapping_count + 1u;
    return p->mapping_count++;
}

uint32_t ak_build_function(struct ak_build *b, const struct ak_function *f)
{
    struct ak_profile *p = b->p;
    AK_GROW(p->functions, p->function_count + 1u, b->functions_cap);
    p->functions[p->function_count] = *f;
    p->functions[p->function_count].id = p->function_count + 1u;
    return p->function_count++;
}

uint32_t ak_build_location(struct ak_build *b, uint64_t address, uint32_t mapping,
                           const struct ak_line *lines, uint32_t line_count)
{
    struct ak_profile *p = b->p;
    AK_GROW(p->locations, p->location_count + 1u, b->locations_cap);
    AK_GROW(p->lines, (size_t)p->line_count + line_count, b->lines_cap);
    p->locations[p->location_count] = (struct ak_location){.id = p->location_count + 1u,
                                                           .address = address,
                                                           .mapping = mapping,
                                                           .first_line = p->line_count,
                                                           .line_count = line_count};
    for (uint32_t i = 0; i < line_count; i++) {
        p->lines[p->line_count++] = lines[i];
    }
    return p->location_count++;
}

/* label_start exists from the first label on. */
static void add_labels(struct ak_build *b, const struct ak_label *labels, size_t count)
{
    struct ak_profile *p = b->p;
    if (count == 0 && !p->label_start) {
        return;
    }
    const bool is_first = !p->label_start;
    AK_GROW(p->label_start, p->sample_count + 2, b->label_starts_cap);
    if (is_first) {
        memset(p->label_start, 0, (p->sample_count + 1) * sizeof *p->label_start);
    }
    AK_GROW(p->labels, b->label_count + count, b->labels_cap);
    for (size_t i = 0; i < count; i++) {
        p->labels[b->label_count++] = labels[i];
    }
    p->label_start[p->sample_count + 1] = b->label_count;
}

void ak_build_sample(struct ak_build *b, const struct ak_build_sample *s)
{
    struct ak_profile *p = b->p;
    const size_t types = p->sample_type_count;
    AK_GROW(p->stack_start, p->sample_count + 2, b->samples_cap);
    AK_GROW(p->stack_ids, b->stack_count + s->depth, b->stacks_cap);
    AK_GROW(p->values, (p->sample_count + 1) * types, b->values_cap);
    for (size_t i = 0; i < s->depth; i++) {
        p->stack_ids[b->stack_count++] = s->stack[i];
    }
    for (size_t i = 0; i < types; i++) {
        p->values[p->sample_count * types + i] = s->values[i];
    }
    add_labels(b, s->labels, s->label_count);
    p->stack_start[++p->sample_count] = b->stack_count;
}

struct ak_profile *ak_build_finish(struct ak_build *b)
{
    struct ak_profile *p = b->p;
    ak_free(p->strings);
    p->strings = b->strings.strs;
    p->string_count = (uint32_t)b->strings.count;
    b->strings.strs = NULL;
    b->p = NULL;
    return p;
}
