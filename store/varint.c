#include "varint.h"

uint64_t store_get_long(struct store_bytes *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64 && r->p < r->end; shift += 7) {
        const unsigned char c = *r->p++;
        v |= (uint64_t)(c & 0x7f) << shift;
        if (c < 0x80) {
            return v;
        }
    }
    r->bad = true;
    r->p = r->end;
    return 0;
}
