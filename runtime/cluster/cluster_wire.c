/* Packets: little-endian integers and counted bytes. Reading checks every length. */
#include "cluster_node.h"

#include <string.h>

void runtime_wire_bytes(struct wire *w, const void *p, size_t n)
{
    if (n > w->cap - w->len) {
        w->bad = true;
        return;
    }
    if (n > 0) {
        memcpy(w->at + w->len, p, n);
    }
    w->len += n;
}

void runtime_wire_u32(struct wire *w, uint32_t v)
{
    const unsigned char b[4] = {(unsigned char)v, (unsigned char)(v >> 8), (unsigned char)(v >> 16),
                                (unsigned char)(v >> 24)};
    runtime_wire_bytes(w, b, sizeof b);
}

void runtime_wire_u64(struct wire *w, uint64_t v)
{
    runtime_wire_u32(w, (uint32_t)v);
    runtime_wire_u32(w, (uint32_t)(v >> 32));
}

const void *runtime_wire_get_bytes(struct wire *w, size_t n)
{
    if (w->bad || n > w->cap - w->len) {
        w->bad = true;
        return NULL;
    }
    const void *p = w->at + w->len;
    w->len += n;
    return p;
}

uint32_t runtime_wire_get_u32(struct wire *w)
{
    const unsigned char *b = runtime_wire_get_bytes(w, 4);
    return b == NULL
               ? 0
               : (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

uint64_t runtime_wire_get_u64(struct wire *w)
{
    const uint64_t low = runtime_wire_get_u32(w);
    return low | (uint64_t)runtime_wire_get_u32(w) << 32;
}

void runtime_wire_begin(struct wire *w, unsigned char *buf, const struct ak_cluster *c,
                        enum packet_type type)
{
    *w = (struct wire){.at = buf, .cap = PACKET_MAX};
    runtime_wire_u32(w, (uint32_t)type);
    runtime_wire_u32(w, c->opts.id);
}

void runtime_wire_record(struct wire *w, const struct record *rec)
{
    runtime_wire_u64(w, rec->epoch);
    runtime_wire_u32(w, rec->owner);
    runtime_wire_u32(w, rec->kind);
    runtime_wire_u32(w, (rec->deleted ? 1u : 0u) | (rec->is_grain ? 2u : 0u) |
                            (uint32_t)rec->name_len << 8);
    runtime_wire_bytes(w, rec->name, rec->name_len);
}
