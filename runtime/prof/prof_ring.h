/* A buffer of samples between one signal handler and one reader: single producer, single consumer,
 * no lock. Words of 64 bits. */
#ifndef RUNTIME_PROF_RING_H
#define RUNTIME_PROF_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RUNTIME_RING_WORDS = 8192 }; /* 64 KiB: 60 samples of the deepest stacks, 300 usual ones */

struct runtime_ring {
    uint64_t head; /* written by the producer: words put since the beginning */
    uint64_t lost; /* weights that found no room */
    uint64_t pad[6];
    uint64_t tail; /* written by the consumer */
    uint64_t pad2[7];
    uint64_t word[RUNTIME_RING_WORDS];
};

/* What one sample is made of. */
struct runtime_ring_sample {
    uint32_t weight;
    uint32_t depth;
    uint32_t epoch;
    uint32_t label_bytes;
    const uint64_t *pcs;
    const uint8_t *labels;
};

/* Puts a sample, or counts its weight as lost. Only the producer; in a signal handler. */
void runtime_ring_put(struct runtime_ring *ring, const struct runtime_ring_sample *sample);
/* Takes the oldest sample; its arrays are copied to pcs (128 words) and labels. False when empty.
 * Only the consumer. */
bool runtime_ring_take(struct runtime_ring *ring, struct runtime_ring_sample *out, uint64_t *pcs,
                       uint8_t *labels);

#endif
