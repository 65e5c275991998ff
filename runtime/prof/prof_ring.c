#include "prof_ring.h"

#include <string.h>

enum { HEADER_WORDS = 2 };

static size_t words_of(size_t bytes)
{
    return (bytes + 7) / 8;
}

static void put_word(struct runtime_ring *ring, uint64_t at, uint64_t word)
{
    ring->word[at % RUNTIME_RING_WORDS] = word;
}

static uint64_t get_word(const struct runtime_ring *ring, uint64_t at)
{
    return ring->word[at % RUNTIME_RING_WORDS];
}

void runtime_ring_put(struct runtime_ring *ring, const struct runtime_ring_sample *s)
{
    const size_t label_words = words_of(s->label_bytes);
    const size_t need = HEADER_WORDS + s->depth + label_words;
    uint64_t at = ring->head;
    const uint64_t tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
    if (need > RUNTIME_RING_WORDS - (size_t)(at - tail)) {
        __atomic_store_n(&ring->lost, ring->lost + s->weight, __ATOMIC_RELAXED);
        return;
    }
    put_word(ring, at++, (uint64_t)s->weight << 32 | s->depth);
    put_word(ring, at++, (uint64_t)s->epoch << 32 | s->label_bytes);
    for (uint32_t i = 0; i < s->depth; i++) {
        put_word(ring, at++, s->pcs[i]);
    }
    for (size_t i = 0; i < label_words; i++) {
        const size_t left = s->label_bytes - 8 * i;
        uint64_t word = 0;
        memcpy(&word, s->labels + 8 * i, left < 8 ? left : 8);
        put_word(ring, at++, word);
    }
    __atomic_store_n(&ring->head, at, __ATOMIC_RELEASE);
}

bool runtime_ring_take(struct runtime_ring *ring, struct runtime_ring_sample *out, uint64_t *pcs,
                       uint8_t *labels)
{
    uint64_t at = ring->tail;
    if (at == __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE)) {
        return false;
    }
    const uint64_t first = get_word(ring, at++), second = get_word(ring, at++);
    *out = (struct runtime_ring_sample){.weight = (uint32_t)(first >> 32),
                                        .depth = (uint32_t)first,
                                        .epoch = (uint32_t)(second >> 32),
                                        .label_bytes = (uint32_t)second,
                                        .pcs = pcs,
                                        .labels = labels};
    for (uint32_t i = 0; i < out->depth; i++) {
        pcs[i] = get_word(ring, at++);
    }
    for (size_t i = 0; i < words_of(out->label_bytes); i++) {
        const size_t left = out->label_bytes - 8 * i;
        const uint64_t word = get_word(ring, at++);
        memcpy(labels + 8 * i, &word, left < 8 ? left : 8);
    }
    __atomic_store_n(&ring->tail, at, __ATOMIC_RELEASE);
    return true;
}
