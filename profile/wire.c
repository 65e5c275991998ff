#include "wire.h"

#include "base/mem.h"

#include <string.h>

#define WINDOW (65536u + 4096u)

void profile_wire_init(struct profile_wire *w, struct ak_reader *reader)
{
    *w = (struct profile_wire){.reader = reader, .cap = WINDOW};
    w->buf = ak_malloc(WINDOW + PROFILE_WIRE_PAD);
    memset(w->buf, 0, PROFILE_WIRE_PAD);
    w->at = w->end = w->buf;
}

void profile_wire_release(struct profile_wire *w)
{
    ak_free(w->buf);
    w->buf = NULL;
}

/* Appends a piece behind the `have` bytes at the front of the buffer. */
static size_t append(struct profile_wire *w, size_t have, struct ak_str piece)
{
    if (piece.len > w->cap - have) {
        w->cap = w->cap * 2 > have + piece.len ? w->cap * 2 : have + piece.len;
        w->buf = ak_realloc(w->buf, w->cap + PROFILE_WIRE_PAD);
    }
    if (piece.len > 0) {
        memcpy(w->buf + have, piece.ptr, piece.len);
    }
    return have + piece.len;
}

enum ak_status profile_wire_need(struct profile_wire *w, size_t n, struct ak_error *err)
{
    size_t have = (size_t)(w->end - w->at);
    if (have >= n || w->eof) {
        return AK_OK;
    }
    if (w->at != w->buf) {
        memmove(w->buf, w->at, have);
    }
    enum ak_status st = AK_OK;
    while (have < n && !w->eof) {
        struct ak_str piece = {NULL, 0};
        st = ak_reader_next(w->reader, &piece, err);
        if (st != AK_OK) {
            break;
        }
        w->eof = piece.len == 0;
        w->end_offset += piece.len;
        have = append(w, have, piece);
    }
    memset(w->buf + have, 0, PROFILE_WIRE_PAD);
    w->at = w->buf;
    w->end = w->buf + have;
    return st;
}

enum ak_status profile_wire_skip(struct profile_wire *w, uint64_t n, bool *out_short,
                                 struct ak_error *err)
{
    *out_short = false;
    for (;;) {
        const uint64_t have = (uint64_t)(w->end - w->at);
        if (have >= n) {
            w->at += n;
            return AK_OK;
        }
        n -= have;
        w->at = w->end;
        if (w->eof) {
            *out_short = true;
            return AK_OK;
        }
        const enum ak_status st = profile_wire_need(w, 1, err);
        if (st != AK_OK) {
            return st;
        }
    }
}

const uint8_t *profile_varint_long(const uint8_t *p, uint64_t *out)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        const uint64_t byte = *p++;
        v |= (byte & 0x7f) << (shift & 63);
        if (byte < 0x80) {
            *out = v;
            return p;
        }
    }
    return NULL;
}

static const char *field_payload(const uint8_t **at, const uint8_t *end, struct profile_field *out)
{
    const uint8_t *p = *at;
    switch (out->type) {
    case PROFILE_WIRE_VARINT:
        p = profile_varint(p, &out->value);
        break;
    case PROFILE_WIRE_FIXED64:
        p = end - p >= 8 ? p + 8 : end + 1;
        break;
    case PROFILE_WIRE_FIXED32:
        p = end - p >= 4 ? p + 4 : end + 1;
        break;
    case PROFILE_WIRE_BYTES:
        p = profile_varint(p, &out->value);
        if (p && p <= end) {
            out->bytes = p;
            p = out->value <= (uint64_t)(end - p) ? p + out->value : end + 1;
        }
        break;
    default:
        return "it has a field of an unknown wire type";
    }
    if (!p) {
        return "a varint is longer than 10 bytes";
    }
    *at = p;
    return p > end ? "a field is longer than what holds it" : NULL;
}

const char *profile_field_next(const uint8_t **at, const uint8_t *end, struct profile_field *out)
{
    uint64_t tag;
    const uint8_t *p = profile_varint(*at, &tag);
    if (!p) {
        return "a varint is longer than 10 bytes";
    }
    if (p > end) {
        return "a field is longer than what holds it";
    }
    out->number = tag >> 3;
    out->type = (unsigned)(tag & 7);
    if (out->number == 0) {
        return "it has a field with the number 0";
    }
    *at = p;
    return field_payload(at, end, out);
}
