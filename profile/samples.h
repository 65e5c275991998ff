/* Building the sample columns of a view anew: a filter walks the old samples in order, and adds
 * those that stay with the stack that is left of them. */
#ifndef PROFILE_SAMPLES_H
#define PROFILE_SAMPLES_H

#include "profile/profile.h"

struct profile_samples {
    const struct ak_profile *from;
    size_t count;
    uint64_t ids, label_ids; /* used so far */
    uint64_t *stack_start;
    uint32_t *stack_ids;
    int64_t *values;
    uint64_t *label_start; /* NULL when no sample has a label */
    struct ak_label *labels;
};

/* Room for all samples of view and `extra_ids` more frames than they have, in its arena. */
struct profile_samples profile_samples_begin(const struct ak_profile *view, uint64_t extra_ids);
/* Keeps sample i with the n frames at ids (leaf first; may lie in the old stacks). */
void profile_samples_add(struct profile_samples *s, size_t i, const uint32_t *ids, size_t n);
/* The frames of a kept sample may also be written piece by piece: push after open, then close. */
void profile_samples_open(struct profile_samples *s, size_t i);
static inline void profile_samples_push(struct profile_samples *s, uint32_t id)
{
    s->stack_ids[s->ids++] = id;
}
void profile_samples_close(struct profile_samples *s);
void profile_samples_end(struct profile_samples *s, struct ak_profile *view);

#endif
