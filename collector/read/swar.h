/* Eight bytes of text at a time in one 64-bit word, the lowest address in the lowest byte. Methods:
 * the exact byte comparisons without carries between bytes of Warren, Hacker's Delight, chapter 6,
 * and the conversion of eight digits by three multiplications described by Lemire (2022), Quickly
 * parsing eight digits. */
#ifndef COLLECTOR_SWAR_H
#define COLLECTOR_SWAR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define COLLECTOR_WORD ((ptrdiff_t)sizeof(uint64_t))
#define COLLECTOR_EVERY_BYTE(b) (UINT64_C(0x0101010101010101) * (b))
#define COLLECTOR_HIGH_BITS COLLECTOR_EVERY_BYTE(0x80)

static inline uint64_t collector_word_load(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The high bit of every byte that is at least `limit` (1 to 0x80). */
static inline uint64_t collector_word_at_least(uint64_t word, unsigned limit)
{
    const uint64_t low = word & ~COLLECTOR_HIGH_BITS;
    return ((low + COLLECTOR_EVERY_BYTE(0x80u - limit)) | word) & COLLECTOR_HIGH_BITS;
}

/* The high bit of every byte that is neither a blank nor a tab. */
static inline uint64_t collector_word_not_blank(uint64_t word)
{
    return collector_word_at_least(word ^ COLLECTOR_EVERY_BYTE(' '), 1) &
           collector_word_at_least(word ^ COLLECTOR_EVERY_BYTE('\t'), 1);
}

/* The high bit of every byte that is no visible ASCII character. */
static inline uint64_t collector_word_not_visible(uint64_t word)
{
    return (~collector_word_at_least(word, 0x21) | word) & COLLECTOR_HIGH_BITS;
}

/* The place of the lowest byte that is marked; marks must not be 0. */
static inline ptrdiff_t collector_word_first(uint64_t marks)
{
    return __builtin_ctzll(marks) / 8;
}

/* The value of eight digits, each 0 to 9 in its byte. */
static inline uint64_t collector_word_value(uint64_t digits)
{
    const uint64_t pairs = UINT64_C(0x000000ff000000ff);
    digits = digits * 10 + (digits >> 8);
    return ((digits & pairs) * (100 + (UINT64_C(1000000) << 32)) +
            ((digits >> 16) & pairs) * (1 + (UINT64_C(10000) << 32))) >>
           32;
}

/* How many digits the word begins with, and their value. */
static inline ptrdiff_t collector_word_digits(uint64_t word, uint64_t *out_value)
{
    uint64_t digits = word ^ COLLECTOR_EVERY_BYTE('0');
    const uint64_t other = collector_word_at_least(digits, 10);
    const ptrdiff_t n = other ? collector_word_first(other) : COLLECTOR_WORD;
    if (n == 0) {
        *out_value = 0;
        return 0;
    }
    *out_value = collector_word_value(digits << 8 * (COLLECTOR_WORD - n)); /* zeros in front */
    return n;
}
/* memcmp(a, b, n) == 0 without a call for the few bytes that a unit has: the first and the last
 * word, which overlap. */
static inline int collector_bytes_equal(const char *a, const char *b, size_t n)
{
    if (n >= sizeof(uint64_t) && n <= 2 * sizeof(uint64_t)) {
        const size_t last = n - sizeof(uint64_t);
        return collector_word_load(a) == collector_word_load(b) &&
               collector_word_load(a + last) == collector_word_load(b + last);
    }
    if (n > 2 * sizeof(uint64_t)) {
        return memcmp(a, b, n) == 0;
    }
    if (n >= sizeof(uint32_t)) {
        uint32_t words[4];
        memcpy(&words[0], a, sizeof *words);
        memcpy(&words[1], b, sizeof *words);
        memcpy(&words[2], a + n - sizeof *words, sizeof *words);
        memcpy(&words[3], b + n - sizeof *words, sizeof *words);
        return words[0] == words[1] && words[2] == words[3];
    }
    for (size_t i = 0; i < n; i++) {
        if (a[i] != b[i]) {
            return 0;
        }
    }
    return 1;
}

#endif
