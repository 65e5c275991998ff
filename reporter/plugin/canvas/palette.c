#include "palette.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* The slot of a colour or the free one where it belongs (open addressing; Knuth's multiplicative
 * hash). The table is at most half full. */
static unsigned slot_find(const struct palette *p, uint32_t rgb)
{
    unsigned slot = (rgb * 2654435761u) >> 18;
    while (p->slots[slot] && p->seen[p->slots[slot] - 1].rgb != rgb) {
        slot = (slot + 1) % PALETTE_SLOTS;
    }
    return slot;
}

static bool colour_count(struct palette *p, uint32_t rgb, uint32_t pixels)
{
    const unsigned slot = slot_find(p, rgb);
    if (!p->slots[slot]) {
        if (p->seen_count == PALETTE_SEEN_MAX) {
            return false;
        }
        p->seen[p->seen_count++] = (struct palette_colour){.rgb = rgb};
        p->slots[slot] = (uint16_t)p->seen_count;
    }
    p->seen[p->slots[slot] - 1].pixels += pixels;
    return true;
}

/* Counts runs of equal pixels, which most of a chart is. */
static bool colours_count(struct palette *p, gdImagePtr image)
{
    const int width = gdImageSX(image);
    for (int y = 0; y < gdImageSY(image); y++) {
        const int *pixels = &gdImageTrueColorPixel(image, 0, y);
        for (int from = 0; from < width;) {
            int to = from + 1;
            while (to < width && pixels[to] == pixels[from]) {
                to++;
            }
            if (!colour_count(p, (uint32_t)pixels[from] & 0xffffff, (uint32_t)(to - from))) {
                return false;
            }
            from = to;
        }
    }
    return true;
}

static int by_pixels(const void *pa, const void *pb)
{
    const struct palette_colour *a = pa;
    const struct palette_colour *b = pb;
    if (a->pixels != b->pixels) {
        return a->pixels > b->pixels ? -1 : 1;
    }
    return (a->rgb > b->rgb) - (a->rgb < b->rgb);
}

/* The largest difference in a channel. */
static int distance(uint32_t a, uint32_t b)
{
    int most = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        const int d = abs((int)(a >> shift & 255) - (int)(b >> shift & 255));
        most = d > most ? d : most;
    }
    return most;
}

static bool nearest_find(const struct palette *p, struct palette_colour *c)
{
    int best = PALETTE_SHIFT + 1;
    for (unsigned i = 0; i < p->count; i++) {
        const int d = distance(p->rgb[i], c->rgb);
        if (d < best) {
            best = d;
            c->index = (uint8_t)i;
        }
    }
    return best <= PALETTE_SHIFT || c->pixels <= PALETTE_FEW;
}

static bool palette_choose(struct palette *p)
{
    qsort(p->seen, p->seen_count, sizeof *p->seen, by_pixels);
    for (unsigned i = 0; i < p->seen_count && i < PALETTE_MAX; i++) {
        p->seen[i].index = (uint8_t)i;
        p->rgb[p->count++] = p->seen[i].rgb;
    }
    for (unsigned i = PALETTE_MAX; i < p->seen_count; i++) {
        if (!nearest_find(p, &p->seen[i])) {
            return false;
        }
    }
    /* Sorting moved the colours: their slots are found anew. */
    memset(p->slots, 0, PALETTE_SLOTS * sizeof *p->slots);
    for (unsigned i = 0; i < p->seen_count; i++) {
        p->slots[slot_find(p, p->seen[i].rgb)] = (uint16_t)(i + 1);
    }
    return true;
}

void palette_init(struct palette *p, gdImagePtr image)
{
    *p = (struct palette){
        .seen = ak_calloc(PALETTE_SEEN_MAX, sizeof *p->seen),
        .slots = ak_calloc(PALETTE_SLOTS, sizeof *p->slots),
    };
    if (!colours_count(p, image) || !palette_choose(p)) {
        p->count = 0;
    }
}

void palette_release(struct palette *p)
{
    ak_free(p->seen);
    ak_free(p->slots);
}

uint8_t palette_index(const struct palette *p, uint32_t rgb)
{
    return p->seen[p->slots[slot_find(p, rgb)] - 1].index;
}
