#include "profile/profile.h"

#include "base/mem.h"

#include <string.h>

struct ak_profile *ak_profile_new(void)
{
    struct ak_profile *p = ak_calloc(1, sizeof *p);
    p->arena = ak_arena_new();
    p->strings = ak_calloc(1, sizeof *p->strings);
    p->strings[0] = AK_STR("");
    p->string_count = 1;
    p->stack_start = ak_calloc(1, sizeof *p->stack_start);
    p->stack_ids = ak_calloc(1, sizeof *p->stack_ids);
    return p;
}

void ak_profile_free(struct ak_profile *p)
{
    if (!p) {
        return;
    }
    ak_free(p->strings);
    ak_free(p->sample_types);
    ak_free(p->mappings);
    ak_free(p->functions);
    ak_free(p->locations);
    ak_free(p->lines);
    ak_free(p->stack_start);
    ak_free(p->stack_ids);
    ak_free(p->values);
    ak_free(p->label_start);
    ak_free(p->labels);
    ak_free(p->comments);
    ak_arena_free(p->arena);
    ak_free(p);
}

struct ak_str ak_profile_str(const struct ak_profile *p, uint32_t i)
{
    return i < p->string_count ? p->strings[i] : AK_STR("");
}

/* A heap copy of an array, NULL when it is empty. */
static void *copy_array(const void *items, size_t count, size_t size)
{
    if (count == 0) {
        return NULL;
    }
    void *copy = ak_reallocarray(NULL, count, size);
    memcpy(copy, items, count * size);
    return copy;
}
#define COPY(array, count) copy_array((array), (count), sizeof *(array))

struct ak_profile *ak_profile_copy(const struct ak_profile *p)
{
    struct ak_profile *q = ak_malloc(sizeof *q);
    *q = *p;
    q->arena = ak_arena_new();
    q->strings = COPY(p->strings, p->string_count);
    for (uint32_t i = 0; i < q->string_count; i++) {
        q->strings[i] = ak_arena_str(q->arena, p->strings[i]);
    }
    q->sample_types = COPY(p->sample_types, p->sample_type_count);
    q->mappings = COPY(p->mappings, p->mapping_count);
    q->functions = COPY(p->functions, p->function_count);
    q->locations = COPY(p->locations, p->location_count);
    q->lines = COPY(p->lines, p->line_count);
    q->stack_start = COPY(p->stack_start, p->sample_count + 1);
    const size_t stacks = p->stack_start[p->sample_count];
    q->stack_ids = ak_calloc(stacks + 1, sizeof *q->stack_ids);
    memcpy(q->stack_ids, p->stack_ids, stacks * sizeof *q->stack_ids);
    q->values = COPY(p->values, p->sample_count * p->sample_type_count);
    q->comments = COPY(p->comments, p->comment_count);
    if (p->label_start) {
        q->label_start = COPY(p->label_start, p->sample_count + 1);
        q->labels = COPY(p->labels, p->label_start[p->sample_count]);
    }
    return q;
}

/* The index of a string, appended when the table has no equal one. O(strings). */
static uint32_t intern(struct ak_profile *p, struct ak_str s)
{
    for (uint32_t i = 0; i < p->string_count; i++) {
        if (ak_str_eq(p->strings[i], s)) {
            return i;
        }
    }
    p->strings = ak_reallocarray(p->strings, (size_t)p->string_count + 1, sizeof *p->strings);
    p->strings[p->string_count] = ak_arena_str(p->arena, s);
    return p->string_count++;
}

/* Copies the labels of sample i that are no texts under `key` to `to`; returns the new end. */
static size_t keep_other_labels(const struct ak_profile *p, size_t i, struct ak_str key,
                                struct ak_label *to, size_t count)
{
    if (!p->label_start) {
        return count;
    }
    for (uint64_t l = p->label_start[i]; l < p->label_start[i + 1]; l++) {
        const struct ak_label *label = &p->labels[l];
        if (!ak_label_is_text(label) || !ak_str_eq(ak_profile_str(p, label->key), key)) {
            to[count++] = *label;
        }
    }
    return count;
}

void ak_profile_set_label(struct ak_profile *p, struct ak_str key, struct ak_str value)
{
    const uint32_t k = intern(p, key);
    const uint32_t v = intern(p, value);
    const size_t old = p->label_start ? p->label_start[p->sample_count] : 0;
    struct ak_label *labels = ak_reallocarray(NULL, old + p->sample_count, sizeof *labels);
    uint64_t *starts = ak_reallocarray(NULL, p->sample_count + 1, sizeof *starts);
    size_t count = 0;
    for (size_t i = 0; i < p->sample_count; i++) {
        starts[i] = count;
        count = keep_other_labels(p, i, key, labels, count);
        labels[count++] = (struct ak_label){.key = k, .str = v};
    }
    starts[p->sample_count] = count;
    ak_free(p->labels);
    ak_free(p->label_start);
    p->labels = labels;
    p->label_start = starts;
}
