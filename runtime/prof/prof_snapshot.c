#include "prof_snapshot.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const uint64_t special_pc[] = {0, RUNTIME_PC_LOST, RUNTIME_PC_UNKNOWN, RUNTIME_PC_UNSAMPLED};

_Static_assert(sizeof special_pc / sizeof special_pc[0] == RUNTIME_PC_SPECIAL_END, "all of them");

static bool copy_key(struct ak_prof_snapshot *s, const struct runtime_stack_key *from,
                     struct runtime_stack_key *out)
{
    const size_t pcs_bytes = from->depth * sizeof from->pcs[0];
    uint64_t *pcs = runtime_pool_alloc(&s->pool, pcs_bytes + from->label_bytes);
    if (!pcs) {
        return false;
    }
    memcpy(pcs, from->pcs, pcs_bytes);
    if (from->label_bytes) {
        memcpy((uint8_t *)pcs + pcs_bytes, from->labels, from->label_bytes);
    }
    *out = *from;
    out->pcs = pcs;
    out->labels = (const uint8_t *)pcs + pcs_bytes;
    return true;
}

struct ak_prof_snapshot *runtime_snapshot_new(const struct runtime_profile_kind *kind,
                                              const struct runtime_stacks *stacks,
                                              runtime_values *values, size_t spare)
{
    struct runtime_pool pool = {0};
    struct ak_prof_snapshot *s = runtime_pool_alloc(&pool, sizeof *s);
    if (!s) {
        return NULL;
    }
    s->pool = pool;
    s->kind = kind;
    s->time_ns = ak_clock_wall_ns();
    s->sample = runtime_pool_alloc(&s->pool, (stacks->count + spare) * sizeof *s->sample);
    bool ok = s->sample != NULL;
    for (const struct runtime_bucket *b = stacks->first; b && ok; b = b->next) {
        struct runtime_sample *const sample = &s->sample[s->count];
        if (values(b, sample->value)) {
            ok = copy_key(s, &b->key, &sample->key);
            s->count++;
        }
    }
    if (!ok) {
        ak_prof_snapshot_free(s);
        return NULL;
    }
    return s;
}

void ak_prof_snapshot_free(struct ak_prof_snapshot *s)
{
    if (s) {
        struct runtime_pool pool = s->pool;
        runtime_pool_release(&pool);
    }
}

void runtime_snapshot_add_special(struct ak_prof_snapshot *s, uint64_t pc, const int64_t *values)
{
    struct runtime_sample *const sample = &s->sample[s->count++];
    sample->key = (struct runtime_stack_key){.pcs = &special_pc[pc], .depth = 1};
    memcpy(sample->value, values, s->kind->type_count * sizeof values[0]);
}

void runtime_snapshot_comment(struct ak_prof_snapshot *s, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    const int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    const size_t size = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n + 1 : sizeof text;
    char *copy = size ? runtime_pool_alloc(&s->pool, size) : NULL;
    if (copy && s->comment_count < RUNTIME_COMMENTS_MAX) {
        memcpy(copy, text, size - 1);
        s->comment[s->comment_count++] = copy;
    }
}
