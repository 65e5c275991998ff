/* A bounded reader of DWARF's encodings over mapped bytes. */
#ifndef RUNTIME_PROF_DWARF_H
#define RUNTIME_PROF_DWARF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* After a read beyond the end `bad` is set and zeros come. */
struct runtime_reader {
    const uint8_t *p;
    const uint8_t *end;
    bool bad;
};

static inline bool runtime_take(struct runtime_reader *r, void *out, size_t n)
{
    if (r->bad || (size_t)(r->end - r->p) < n) {
        r->bad = true;
        memset(out, 0, n);
        return false;
    }
    memcpy(out, r->p, n);
    r->p += n;
    return true;
}

static inline uint8_t runtime_take_u8(struct runtime_reader *r)
{
    uint8_t v;
    runtime_take(r, &v, sizeof v);
    return v;
}

static inline uint16_t runtime_take_u16(struct runtime_reader *r)
{
    uint16_t v;
    runtime_take(r, &v, sizeof v);
    return v;
}

static inline uint32_t runtime_take_u32(struct runtime_reader *r)
{
    uint32_t v;
    runtime_take(r, &v, sizeof v);
    return v;
}

static inline uint64_t runtime_take_u64(struct runtime_reader *r)
{
    uint64_t v;
    runtime_take(r, &v, sizeof v);
    return v;
}

static inline uint64_t runtime_take_uleb(struct runtime_reader *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const uint8_t b = runtime_take_u8(r);
        v |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80)) {
            return v;
        }
    }
    r->bad = true;
    return 0;
}

static inline int64_t runtime_take_sleb(struct runtime_reader *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64;) {
        const uint8_t b = runtime_take_u8(r);
        v |= (uint64_t)(b & 0x7f) << shift;
        shift += 7;
        if (!(b & 0x80)) {
            if (shift < 64 && (b & 0x40)) {
                v |= ~UINT64_C(0) << shift;
            }
            return (int64_t)v;
        }
    }
    r->bad = true;
    return 0;
}

static inline void runtime_skip(struct runtime_reader *r, uint64_t n)
{
    if (n > (uint64_t)(r->end - r->p)) {
        r->bad = true;
        r->p = r->end;
    } else {
        r->p += n;
    }
}

/* A length and as many bytes. */
static inline struct runtime_reader runtime_take_block(struct runtime_reader *r)
{
    const uint64_t n = runtime_take_uleb(r);
    struct runtime_reader block = {.p = r->p};
    runtime_skip(r, n);
    block.end = r->p;
    return block;
}

/* Pointer encodings of LSB core: the low half is the format, the high half what it is relative to.
 */
enum {
    RUNTIME_ENC_OMIT = 0xff,
    RUNTIME_ENC_FORMAT = 0x0f,
    RUNTIME_ENC_RELATIVE = 0x70,
    RUNTIME_ENC_PCREL = 0x10,
    RUNTIME_ENC_DATAREL = 0x30
};

static inline uint64_t runtime_take_raw(struct runtime_reader *r, uint8_t format)
{
    switch (format) {
    case 0x00: /* absolute */
    case 0x04:
    case 0x0c:
        return runtime_take_u64(r);
    case 0x01:
        return runtime_take_uleb(r);
    case 0x02:
        return runtime_take_u16(r);
    case 0x03:
        return runtime_take_u32(r);
    case 0x09:
        return (uint64_t)runtime_take_sleb(r);
    case 0x0a:
        return (uint64_t)(int64_t)(int16_t)runtime_take_u16(r);
    case 0x0b:
        return (uint64_t)(int64_t)(int32_t)runtime_take_u32(r);
    default:
        r->bad = true;
        return 0;
    }
}

/* An encoded pointer; `data` is what data-relative ones are relative to. */
static inline uintptr_t runtime_take_pointer(struct runtime_reader *r, uint8_t enc, uintptr_t data)
{
    const uintptr_t at = (uintptr_t)r->p;
    if (enc == RUNTIME_ENC_OMIT) {
        return 0;
    }
    const uint64_t v = runtime_take_raw(r, enc & RUNTIME_ENC_FORMAT);
    switch (enc & RUNTIME_ENC_RELATIVE) {
    case 0:
        return (uintptr_t)v;
    case RUNTIME_ENC_PCREL:
        return (uintptr_t)(v + at);
    case RUNTIME_ENC_DATAREL:
        return (uintptr_t)(v + data);
    default:
        r->bad = true;
        return 0;
    }
}

#endif
