/* Reading protobuf's wire format from a stream through one contiguous window.
 *
 * The window always ends in PROFILE_WIRE_PAD zero bytes, so a varint may be read without looking at
 * the end: a zero byte ends it, and the caller sees that the position passed its own end. */
#ifndef PROFILE_WIRE_H
#define PROFILE_WIRE_H

#include "base/io.h"

#define PROFILE_WIRE_PAD 16u

enum profile_wire_type {
    PROFILE_WIRE_VARINT = 0,
    PROFILE_WIRE_FIXED64 = 1,
    PROFILE_WIRE_BYTES = 2,
    PROFILE_WIRE_FIXED32 = 5,
};

struct profile_wire {
    struct ak_reader *reader; /* keeps */
    uint8_t *buf;
    size_t cap;
    const uint8_t *at, *end; /* what is at hand */
    uint64_t end_offset;     /* of `end` in the stream */
    bool eof;
};

void profile_wire_init(struct profile_wire *w, struct ak_reader *reader);
void profile_wire_release(struct profile_wire *w);

/* Reads until at least n bytes are at hand or the stream ends. Memory follows the bytes that were
 * really read, never a length that the input claims. */
enum ak_status profile_wire_need(struct profile_wire *w, size_t n,
                                 struct ak_error *err) AK_MUST_USE;
/* Passes n bytes without keeping them; *out_short when the stream ends before. */
enum ak_status profile_wire_skip(struct profile_wire *w, uint64_t n, bool *out_short,
                                 struct ak_error *err) AK_MUST_USE;

static inline uint64_t profile_wire_offset(const struct profile_wire *w)
{
    return w->end_offset - (uint64_t)(w->end - w->at);
}

/* The rest of a varint of two or more bytes; NULL when it is longer than ten. */
const uint8_t *profile_varint_long(const uint8_t *p, uint64_t *out);

/* Reads a varint at p: the position behind it, or NULL. */
static inline const uint8_t *profile_varint(const uint8_t *p, uint64_t *out)
{
    if (*p < 0x80) {
        *out = *p;
        return p + 1;
    }
    if (p[1] < 0x80) {
        *out = (uint64_t)(*p & 0x7f) | (uint64_t)p[1] << 7;
        return p + 2;
    }
    return profile_varint_long(p, out);
}

struct profile_field {
    uint64_t number;
    unsigned type;        /* enum profile_wire_type */
    uint64_t value;       /* of a number; length of BYTES */
    const uint8_t *bytes; /* of BYTES */
};

/* Reads the field at *at, which is before end. NULL and *at behind the field, or what is wrong. */
const char *profile_field_next(const uint8_t **at, const uint8_t *end, struct profile_field *out);

#endif
