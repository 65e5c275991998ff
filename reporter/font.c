/* TrueType tables by their published layout
 * (https://learn.microsoft.com/en-us/typography/opentype/spec/otff). The files are the program's
 * own, yet every offset is checked: a font may be replaced at build time. */
#include "font.h"

#include "templates/embedded.h"

#include <pthread.h>

enum { LATIN = 256 };

struct font_metrics {
    struct ak_str file;
    struct ak_str hmtx, cmap; /* cmap: the chosen subtable */
    unsigned units_per_em;
    unsigned h_metrics;  /* entries of hmtx with an advance of their own */
    double latin[LATIN]; /* advances in ems */
};

/* Filled once, constant afterwards. */
static struct font_metrics metrics[3];
static pthread_once_t metrics_once = PTHREAD_ONCE_INIT;

static unsigned u16_at(struct ak_str s, size_t at)
{
    if (at + 2 > s.len) {
        return 0;
    }
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    return (unsigned)p[0] << 8 | p[1];
}

static uint32_t u32_at(struct ak_str s, size_t at)
{
    return (uint32_t)u16_at(s, at) << 16 | u16_at(s, at + 2);
}

static struct ak_str table_find(struct ak_str file, const char *tag)
{
    const unsigned tables = u16_at(file, 4);
    for (size_t i = 0; i < tables; i++) {
        const size_t row = 12 + 16 * i;
        if (row + 16 <= file.len && memcmp(file.ptr + row, tag, 4) == 0) {
            const size_t at = u32_at(file, row + 8);
            return ak_str_slice(file, at, at + u32_at(file, row + 12));
        }
    }
    return (struct ak_str){0};
}

/* The Unicode subtable: format 12 (all planes) before format 4 (16 bits). */
static struct ak_str cmap_choose(struct ak_str cmap)
{
    struct ak_str best = {0};
    for (size_t i = 0; i < u16_at(cmap, 2); i++) {
        const size_t at = u32_at(cmap, 4 + 8 * i + 4);
        const unsigned format = u16_at(cmap, at);
        if (format == 12 || (format == 4 && best.len == 0)) {
            best = ak_str_slice(cmap, at, cmap.len);
        }
    }
    return best;
}

static unsigned glyph_format12(struct ak_str t, uint32_t rune)
{
    size_t lo = 0;
    size_t hi = u32_at(t, 12);
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        const size_t row = 16 + 12 * mid;
        if (rune < u32_at(t, row)) {
            hi = mid;
        } else if (rune > u32_at(t, row + 4)) {
            lo = mid + 1;
        } else {
            return u32_at(t, row + 8) + (rune - u32_at(t, row));
        }
    }
    return 0;
}

static unsigned glyph_format4(struct ak_str t, uint32_t rune)
{
    const size_t twice = u16_at(t, 6); /* 2 * segments */
    for (size_t i = 0; i < twice; i += 2) {
        const unsigned end = u16_at(t, 14 + i);
        const unsigned start = u16_at(t, 16 + twice + i);
        if (rune > end) {
            continue;
        }
        if (rune < start) {
            return 0;
        }
        const unsigned delta = u16_at(t, 16 + 2 * twice + i);
        const size_t offset_at = 16 + 3 * twice + i;
        const unsigned offset = u16_at(t, offset_at);
        if (offset == 0) {
            return (rune + delta) & 0xffff;
        }
        const unsigned glyph = u16_at(t, offset_at + offset + 2 * (rune - start));
        return glyph ? (glyph + delta) & 0xffff : 0;
    }
    return 0;
}

/* Advance of a rune in ems; of the font's replacement box when it has no such glyph. */
static double rune_advance(const struct font_metrics *m, uint32_t rune)
{
    unsigned glyph =
        u16_at(m->cmap, 0) == 12 ? glyph_format12(m->cmap, rune) : glyph_format4(m->cmap, rune);
    if (m->h_metrics == 0 || m->units_per_em == 0) {
        return 0.6;
    }
    if (glyph >= m->h_metrics) {
        glyph = m->h_metrics - 1;
    }
    return (double)u16_at(m->hmtx, 4 * (size_t)glyph) / m->units_per_em;
}

static void metrics_fill(void)
{
    static const char *const names[] = {"fonts/DejaVuSans.ttf", "fonts/DejaVuSans-Bold.ttf",
                                        "fonts/DejaVuSansMono.ttf"};
    for (size_t i = 0; i < 3; i++) {
        struct font_metrics *m = &metrics[i];
        const struct ak_embedded *e = ak_embedded_find(names[i]);
        m->file = e ? (struct ak_str){e->data, e->size} : (struct ak_str){0};
        m->units_per_em = u16_at(table_find(m->file, "head"), 18);
        m->h_metrics = u16_at(table_find(m->file, "hhea"), 34);
        m->hmtx = table_find(m->file, "hmtx");
        m->cmap = cmap_choose(table_find(m->file, "cmap"));
        for (uint32_t rune = 0; rune < LATIN; rune++) {
            m->latin[rune] = rune_advance(m, rune);
        }
    }
}

static const struct font_metrics *metrics_of(enum ak_font font)
{
    pthread_once(&metrics_once, metrics_fill);
    return &metrics[(unsigned)font < 3 ? font : AK_FONT_SANS];
}

struct ak_str reporter_font_file(enum ak_font font)
{
    return metrics_of(font)->file;
}

double ak_text_width(struct ak_str text, double size, enum ak_font font)
{
    const struct font_metrics *m = metrics_of(font);
    double ems = 0;
    for (size_t i = 0; i < text.len;) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x80) {
            ems += m->latin[c];
            i++;
            continue;
        }
        uint32_t rune;
        i += ak_utf8_decode(text.ptr + i, text.len - i, &rune);
        ems += rune < LATIN ? m->latin[rune] : rune_advance(m, rune);
    }
    return ems * size;
}

/* Bytes to drop from the front so that at most `max` points remain. */
static size_t front_cut(struct ak_str text, double max, const struct ak_text_style *style)
{
    double width = ak_text_width(text, style->size, style->font);
    size_t cut = 0;
    while (cut < text.len && width > max) {
        uint32_t rune;
        const size_t n = ak_utf8_decode(text.ptr + cut, text.len - cut, &rune);
        width -= ak_text_width(ak_str_slice(text, cut, cut + n), style->size, style->font);
        cut += n;
    }
    return cut;
}

/* Bytes to keep at the front so that they take at most `max` points. */
static size_t front_keep(struct ak_str text, double max, const struct ak_text_style *style)
{
    double width = 0;
    size_t keep = 0;
    while (keep < text.len) {
        uint32_t rune;
        const size_t n = ak_utf8_decode(text.ptr + keep, text.len - keep, &rune);
        width += ak_text_width(ak_str_slice(text, keep, keep + n), style->size, style->font);
        if (width > max) {
            break;
        }
        keep += n;
    }
    return keep;
}

struct ak_str ak_text_fit(struct ak_arena *arena, struct ak_str text, double max,
                          const struct ak_text_style *style, bool ellipsis_in_front)
{
    static const char ellipsis[] = "…";
    if (ak_text_width(text, style->size, style->font) <= max) {
        return text;
    }
    const double room = max - ak_text_width(AK_STR("…"), style->size, style->font);
    if (room <= 0) {
        return (struct ak_str){"", 0};
    }
    const struct ak_str part = ellipsis_in_front
                                   ? ak_str_slice(text, front_cut(text, room, style), text.len)
                                   : ak_str_slice(text, 0, front_keep(text, room, style));
    const char *joined = ellipsis_in_front
                             ? ak_arena_printf(arena, "%s%.*s", ellipsis, (int)part.len, part.ptr)
                             : ak_arena_printf(arena, "%.*s%s", (int)part.len, part.ptr, ellipsis);
    return ak_str_from(joined);
}
