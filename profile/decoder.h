/* State of one decoding, shared by decode.c (fields of the profile), decode_sample.c (samples) and
 * resolve.c (ids to indexes, checks that need the whole file).
 *
 * Samples usually come before the tables they point into, so an id is kept as a 32-bit reference
 * until the end: the id itself while it is below PROFILE_REF_BIG, else PROFILE_REF_BIG + its number
 * in `refs`. Location references in stacks are one less (id - 1), which is the final index in files
 * whose ids count from 1: those need no second pass over the stacks. */
#ifndef PROFILE_DECODER_H
#define PROFILE_DECODER_H

#include "base/idmap.h"
#include "profile/profile.h"
#include "wire.h"

#define PROFILE_REF_BIG 0x80000000u

struct profile_refs {
    struct ak_idmap map;
    uint64_t *ids;
    size_t count, cap;
};

struct profile_decoder {
    struct profile_wire wire;
    struct ak_limits limits;
    struct ak_profile *p;
    size_t strings_cap, sample_types_cap, mappings_cap, functions_cap, locations_cap, lines_cap,
        comments_cap;
    size_t stack_starts_cap, stacks_cap, values_cap, label_starts_cap, labels_cap;
    size_t stack_count, value_count, label_count;
    size_t values_per_sample; /* of the first sample */
    uint64_t max_string;      /* greatest string index that was used */
    uint64_t max_stack;       /* greatest reference in stacks below PROFILE_REF_BIG */
    struct profile_refs locations, functions, mappings;
};

/* Raises *max to v. */
static inline void profile_raise(uint64_t *max, uint64_t v)
{
    *max = v > *max ? v : *max;
}

/* A string index on its way into the model; checked against the table at the end. */
static inline uint32_t profile_string_ref(struct profile_decoder *d, uint64_t v)
{
    profile_raise(&d->max_string, v);
    return (uint32_t)v;
}

uint32_t profile_ref(struct profile_refs *refs, uint64_t id);
void profile_refs_release(struct profile_refs *refs);

/* Reads the number fields 1..count of a message into v[1..count], which the caller has zeroed;
 * other fields are passed over. NULL, or what is wrong. */
const char *profile_scalars(const uint8_t *p, const uint8_t *end, uint64_t *v, size_t count);

/* The sample in [p, end), appended. NULL, or what is wrong with it. */
const char *profile_decode_sample(struct profile_decoder *d, const uint8_t *p, const uint8_t *end);

/* Turns references into indexes and checks what only the whole file shows. */
enum ak_status profile_resolve(struct profile_decoder *d, struct ak_error *err) AK_MUST_USE;

#define PROFILE_WRONG_TYPE "a field has the wrong wire type"

#endif
