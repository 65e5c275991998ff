#include "bench_fields.h"

#include "swar.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK 64

/* One bit per byte of a block that is no visible ASCII, and whether one of these is no blank and no
 * tab either. */
struct marks {
    uint64_t unseen;
    bool strange;
};

#ifdef __SSE2__
/* Sixteen of its bytes; what is no visible ASCII and no blank is marked in *strange too. */
static inline uint64_t unseen_bits(const char *p, __m128i *strange)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    const __m128i blank = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')),
                                       _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')));
    /* signed: bytes from 0x80 on are below too */
    const __m128i unseen = _mm_cmplt_epi8(bytes, _mm_set1_epi8('!'));
    *strange = _mm_or_si128(*strange, _mm_andnot_si128(blank, unseen));
    return (uint64_t)(unsigned)_mm_movemask_epi8(unseen);
}

static inline struct marks block_marks(const char *p)
{
    __m128i strange = _mm_setzero_si128();
    const uint64_t a = unseen_bits(p, &strange), b = unseen_bits(p + 16, &strange);
    const uint64_t c = unseen_bits(p + 32, &strange), d = unseen_bits(p + 48, &strange);
    return (struct marks){a | b << 16 | c << 32 | d << 48, _mm_movemask_epi8(strange) != 0};
}
#else
/* The high bits of eight bytes as eight bits. */
static inline uint64_t high_bits(uint64_t word)
{
    return ((word & COLLECTOR_HIGH_BITS) >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static inline struct marks block_marks(const char *p)
{
    struct marks m = {0};
    for (unsigned i = 0; i < BLOCK / 8; i++) {
        const uint64_t word = collector_word_load(p + 8 * i);
        const uint64_t unseen = collector_word_not_visible(word);
        m.unseen |= high_bits(unseen) << (8 * i);
        m.strange = m.strange || (unseen & collector_word_not_blank(word)) != 0;
    }
    return m;
}
#endif

/* The marks of the block that begins at `from`, bytes behind the line being blanks: nothing outside
 * of the line is read. */
static inline struct marks marks_at(struct ak_str line, size_t from)
{
    const size_t left = line.len - from;
    if (left >= BLOCK) {
        return block_marks(line.ptr + from);
    }
    struct marks m;
    if (line.len >= BLOCK) {
        m = block_marks(line.ptr + line.len - BLOCK);
        m.unseen >>= BLOCK - left; /* strange: of bytes that were looked at before, and passed */
    } else {
        char copy[BLOCK];
        memset(copy, ' ', sizeof copy);
        memcpy(copy, line.ptr + from, left);
        m = block_marks(copy);
    }
    m.unseen |= ~UINT64_C(0) << left;
    return m;
}

bool collector_fields_find(struct ak_str line, struct collector_fields *out)
{
    if (line.len == 0 || line.len > COLLECTOR_FIELDS_LINE) {
        return false;
    }
    uint64_t carry = 1; /* as if a blank stood before the line */
    size_t n = 0;
    for (size_t from = 0; from < line.len; from += BLOCK) {
        const struct marks m = marks_at(line, from);
        if (m.strange) {
            return false;
        }
        /* A field begins or ends where what is seen and what is not meet. */
        for (uint64_t edges = m.unseen ^ (m.unseen << 1 | carry); edges; edges &= edges - 1) {
            out->at[n++] = (uint16_t)(from + (size_t)__builtin_ctzll(edges));
        }
        carry = m.unseen >> (BLOCK - 1);
    }
    if (n % 2 != 0) {
        out->at[n++] = (uint16_t)line.len;
    }
    out->count = n / 2;
    return n > 0 && out->at[0] == 0;
}
