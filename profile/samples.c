#include "samples.h"

#include <string.h>

struct profile_samples profile_samples_begin(const struct ak_profile *view, uint64_t extra_ids)
{
    struct ak_arena *a = view->arena;
    const size_t n = view->sample_count;
    const uint64_t ids = n ? view->stack_start[n] : 0;
    struct profile_samples s = {.from = view};
    s.stack_start = ak_arena_alloc(a, (n + 1) * sizeof *s.stack_start);
    s.stack_ids = ak_arena_alloc(a, (ids + extra_ids) * sizeof *s.stack_ids);
    s.values = ak_arena_alloc(a, n * view->sample_type_count * sizeof *s.values);
    s.stack_start[0] = 0;
    if (view->label_start) {
        s.label_start = ak_arena_alloc(a, (n + 1) * sizeof *s.label_start);
        s.labels = ak_arena_alloc(a, view->label_start[n] * sizeof *s.labels);
        s.label_start[0] = 0;
    }
    return s;
}

void profile_samples_open(struct profile_samples *s, size_t i)
{
    const size_t width = s->from->sample_type_count;
    memcpy(s->values + s->count * width, s->from->values + i * width, width * sizeof *s->values);
    if (s->label_start) {
        const uint64_t from = s->from->label_start[i];
        const uint64_t n = s->from->label_start[i + 1] - from;
        if (n) {
            memcpy(s->labels + s->label_ids, s->from->labels + from, n * sizeof *s->labels);
        }
        s->label_ids += n;
    }
}

void profile_samples_close(struct profile_samples *s)
{
    s->count++;
    s->stack_start[s->count] = s->ids;
    if (s->label_start) {
        s->label_start[s->count] = s->label_ids;
    }
}

void profile_samples_add(struct profile_samples *s, size_t i, const uint32_t *ids, size_t n)
{
    profile_samples_open(s, i);
    if (n) {
        memcpy(s->stack_ids + s->ids, ids, n * sizeof *ids);
        s->ids += n;
    }
    profile_samples_close(s);
}

void profile_samples_end(struct profile_samples *s, struct ak_profile *view)
{
    view->sample_count = s->count;
    view->stack_start = s->stack_start;
    view->stack_ids = s->stack_ids;
    view->values = s->values;
    view->label_start = s->label_start;
    view->labels = s->labels;
}
