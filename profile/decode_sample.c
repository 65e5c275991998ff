#include "base/mem.h"
#include "decoder.h"

/* Bytes that a packed field of locations has are at most that many locations: room is made once for
 * a message and the loops below write without asking. */
static void reserve(struct profile_decoder *d, size_t bytes)
{
    AK_GROW(d->p->stack_ids, d->stack_count + bytes, d->stacks_cap);
    AK_GROW(d->p->values, d->value_count + bytes, d->values_cap);
}

/* One location id that is 0 or large. */
static const char *add_odd_location(struct profile_decoder *d, uint64_t id)
{
    if (id == 0) {
        return "it has the location 0, which stands for none";
    }
    d->p->stack_ids[d->stack_count++] =
        id < PROFILE_REF_BIG ? (uint32_t)(id - 1) : profile_ref(&d->locations, id);
    if (id < PROFILE_REF_BIG) {
        profile_raise(&d->max_stack, id - 1);
    }
    return NULL;
}

static const char *odd_locations(struct profile_decoder *d, const uint8_t *p, const uint8_t *end)
{
    while (p < end) {
        uint64_t id;
        p = profile_varint(p, &id);
        if (!p || p > end) {
            return "a varint of its locations is damaged";
        }
        const char *bad = add_odd_location(d, id);
        if (bad) {
            return bad;
        }
    }
    return NULL;
}

/* A packed list of location ids: the hot loop of decoding. Ids of up to three bytes are read in
 * place; when a zero or large id shows (id - 1 is then beyond every small one), the list is read
 * again by odd_locations. */
static const char *packed_locations(struct profile_decoder *d, const uint8_t *p, const uint8_t *end)
{
    const uint8_t *const begin = p;
    uint32_t *out = d->p->stack_ids + d->stack_count;
    uint64_t max = d->max_stack;
    while (p < end) {
        uint64_t v = *p;
        if (v < 0x80) {
            p += 1;
        } else if (p[1] < 0x80) {
            v = (v & 0x7f) | (uint64_t)p[1] << 7;
            p += 2;
        } else if (p[2] < 0x80) {
            v = (v & 0x7f) | (uint64_t)(p[1] & 0x7f) << 7 | (uint64_t)p[2] << 14;
            p += 3;
        } else {
            p = profile_varint_long(p, &v);
            if (!p) {
                return "a varint is longer than 10 bytes";
            }
        }
        v -= 1;
        max = v > max ? v : max;
        *out++ = (uint32_t)v;
    }
    if (p > end) {
        return "a varint of its locations is damaged";
    }
    if (max >= PROFILE_REF_BIG - 1) {
        return odd_locations(d, begin, end);
    }
    d->max_stack = max;
    d->stack_count = (size_t)(out - d->p->stack_ids);
    return NULL;
}

static const char *packed_values(struct profile_decoder *d, const uint8_t *p, const uint8_t *end)
{
    int64_t *out = d->p->values + d->value_count;
    while (p < end) {
        uint64_t v;
        p = profile_varint(p, &v);
        if (!p) {
            return "a varint is longer than 10 bytes";
        }
        *out++ = (int64_t)v;
    }
    d->value_count = (size_t)(out - d->p->values);
    return p > end ? "a varint of its values is damaged" : NULL;
}

/* A label with neither text nor number nor unit says nothing and is dropped, as google/pprof does.
 */
static const char *label(struct profile_decoder *d, const uint8_t *p, const uint8_t *end)
{
    uint64_t v[5] = {0};
    const char *bad = profile_scalars(p, end, v, 4);
    if (bad) {
        return bad;
    }
    struct ak_label l = {.key = profile_string_ref(d, v[1])};
    if (v[2] != 0) {
        l.str = profile_string_ref(d, v[2]);
    } else if (v[3] != 0 || v[4] != 0) {
        l.num = (int64_t)v[3];
        l.num_unit = profile_string_ref(d, v[4]);
    } else {
        return NULL;
    }
    AK_GROW(d->p->labels, d->label_count + 1, d->labels_cap);
    d->p->labels[d->label_count++] = l;
    return NULL;
}

static const char *sample_field(struct profile_decoder *d, const struct profile_field *f)
{
    if (f->number > 3) {
        return NULL;
    }
    if (f->type == PROFILE_WIRE_BYTES) {
        const uint8_t *const end = f->bytes + f->value;
        return f->number == 1   ? packed_locations(d, f->bytes, end)
               : f->number == 2 ? packed_values(d, f->bytes, end)
                                : label(d, f->bytes, end);
    }
    if (f->type != PROFILE_WIRE_VARINT || f->number == 3) {
        return PROFILE_WRONG_TYPE;
    }
    if (f->number == 2) {
        d->p->values[d->value_count++] = (int64_t)f->value;
        return NULL;
    }
    return add_odd_location(d, f->value);
}

/* label_start exists from the first label on. */
static void note_labels(struct profile_decoder *d, size_t sample)
{
    struct ak_profile *p = d->p;
    if (d->label_count == 0) {
        return;
    }
    const size_t had = d->label_starts_cap;
    AK_GROW(p->label_start, sample + 2, d->label_starts_cap);
    if (had == 0) {
        for (size_t i = 0; i <= sample; i++) {
            p->label_start[i] = 0;
        }
    }
    p->label_start[sample + 1] = d->label_count;
}

const char *profile_decode_sample(struct profile_decoder *d, const uint8_t *p, const uint8_t *end)
{
    struct ak_profile *prof = d->p;
    const size_t sample = prof->sample_count;
    if (sample >= d->limits.max_samples) {
        return "there are more samples than the limit";
    }
    reserve(d, (size_t)(end - p));
    const size_t first_value = d->value_count;
    while (p < end) {
        struct profile_field f = {0};
        const char *bad = profile_field_next(&p, end, &f);
        bad = bad ? bad : sample_field(d, &f);
        if (bad) {
            return bad;
        }
    }
    const size_t depth = d->stack_count - prof->stack_start[sample];
    if (depth > d->limits.max_depth) {
        return "its stack is deeper than the limit";
    }
    if (sample == 0) {
        d->values_per_sample = d->value_count - first_value;
    } else if (d->value_count - first_value != d->values_per_sample) {
        return "it has another number of values than the samples before it";
    }
    AK_GROW(prof->stack_start, sample + 2, d->stack_starts_cap);
    prof->stack_start[sample + 1] = d->stack_count;
    note_labels(d, sample);
    prof->sample_count++;
    return NULL;
}
