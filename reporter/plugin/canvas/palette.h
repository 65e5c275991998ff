/* The palette of a picture. Up to 256 colours are kept exactly. Where antialiased edges meet, rare
 * shades in between arise: with more than 256 colours the most frequent 256 stay, and each other
 * one becomes the nearest of these, provided that no channel moves by more than PALETTE_SHIFT or
 * that it colours no more than PALETTE_FEW pixels; else the picture has no palette. */
#ifndef CANVAS_PALETTE_H
#define CANVAS_PALETTE_H

#include <gd.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    PALETTE_MAX = 256,
    PALETTE_SHIFT = 32,
    PALETTE_FEW = 8,
    PALETTE_SEEN_MAX = 8192,
    PALETTE_SLOTS = 16384
};

struct palette_colour {
    uint32_t rgb;
    uint32_t pixels;
    uint8_t index; /* in the palette */
};

struct palette {
    uint32_t rgb[PALETTE_MAX];
    unsigned count; /* 0: the picture has no palette */
    struct palette_colour *seen;
    unsigned seen_count;
    uint16_t *slots; /* hash of a colour -> place in seen + 1 */
};

void palette_init(struct palette *p, gdImagePtr image);
void palette_release(struct palette *p);
/* The index of a colour that the image has; p->count > 0. */
uint8_t palette_index(const struct palette *p, uint32_t rgb);

#endif
