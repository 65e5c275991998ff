#include "base/str.h"

#define RUNE_ERROR 0xFFFDu

/* Length and first-byte mask of a sequence by its lead byte; 0 for an invalid lead. */
static size_t lead_length(unsigned char c, uint32_t *out_bits)
{
    if (c >= 0xC2 && c <= 0xDF) {
        *out_bits = c & 0x1Fu;
        return 2;
    }
    if (c >= 0xE0 && c <= 0xEF) {
        *out_bits = c & 0x0Fu;
        return 3;
    }
    if (c >= 0xF0 && c <= 0xF4) {
        *out_bits = c & 0x07u;
        return 4;
    }
    return 0;
}

static bool is_legal(uint32_t rune, size_t n)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    return rune >= smallest[n] && rune <= 0x10FFFF && !(rune >= 0xD800 && rune <= 0xDFFF);
}

size_t ak_utf8_decode(const char *s, size_t len, uint32_t *out_rune)
{
    if (len == 0) {
        *out_rune = RUNE_ERROR;
        return 0;
    }
    const unsigned char c = (unsigned char)s[0];
    if (c < 0x80) {
        *out_rune = c;
        return 1;
    }
    uint32_t rune = 0;
    const size_t n = lead_length(c, &rune);
    bool ok = n != 0 && n <= len;
    for (size_t i = 1; ok && i < n; i++) {
        const unsigned char d = (unsigned char)s[i];
        ok = (d & 0xC0u) == 0x80;
        rune = rune << 6 | (d & 0x3Fu);
    }
    if (!ok || !is_legal(rune, n)) {
        *out_rune = RUNE_ERROR;
        return 1;
    }
    *out_rune = rune;
    return n;
}

size_t ak_utf8_encode(uint32_t rune, char out[4])
{
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF)) {
        rune = RUNE_ERROR;
    }
    if (rune < 0x80) {
        out[0] = (char)rune;
        return 1;
    }
    const size_t n = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    static const unsigned char lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80u | (rune & 0x3Fu));
        rune >>= 6;
    }
    out[0] = (char)(lead[n] | rune);
    return n;
}

bool ak_utf8_valid(struct ak_str s)
{
    for (size_t i = 0; i < s.len;) {
        uint32_t rune;
        const size_t n = ak_utf8_decode(s.ptr + i, s.len - i, &rune);
        if (n == 1 && (unsigned char)s.ptr[i] >= 0x80) {
            return false;
        }
        i += n;
    }
    return true;
}

size_t ak_utf8_count(struct ak_str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; count++) {
        uint32_t rune;
        i += ak_utf8_decode(s.ptr + i, s.len - i, &rune);
    }
    return count;
}

size_t ak_utf8_cut(struct ak_str s, size_t max)
{
    if (s.len <= max) {
        return s.len;
    }
    size_t at = max;
    while (at > 0 && max - at < 4 && ((unsigned char)s.ptr[at] & 0xC0u) == 0x80) {
        at--;
    }
    return at;
}
