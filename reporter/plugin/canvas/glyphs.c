#include "glyphs.h"

#include "base/mem.h"

#include FT_ADVANCES_H
#include FT_OUTLINE_H

#include <assert.h>
#include <math.h>

/* Places of a glyph within a pixel, and steps between paper and ink. More of either is not seen at
 * text sizes, yet makes each letter other bytes and the PNG a third larger. */
enum { SUBPIXELS = 2, STEPS = 5 };
static_assert(RASTER_LEVELS % STEPS == 0, "a step is a whole number of levels");

enum ak_status glyphs_init(struct glyphs *g, const struct canvas_fonts *fonts, struct ak_error *err)
{
    *g = (struct glyphs){.arena = ak_arena_new()};
    if (FT_Init_FreeType(&g->library) != 0) {
        return ak_fail(err, AK_UNSUPPORTED, "FreeType does not start");
    }
    for (size_t i = 0; i < 3; i++) {
        const struct ak_str ttf = fonts->ttf[i];
        if (FT_New_Memory_Face(g->library, (const FT_Byte *)ttf.ptr, (FT_Long)ttf.len, 0,
                               &g->faces[i]) != 0) {
            return ak_fail(err, AK_UNSUPPORTED, "font %zu of the program cannot be read", i);
        }
    }
    return AK_OK;
}

void glyphs_release(struct glyphs *g)
{
    for (size_t i = 0; i < 3; i++) {
        if (g->faces[i]) {
            FT_Done_Face(g->faces[i]);
        }
    }
    if (g->library) {
        FT_Done_FreeType(g->library);
    }
    ak_idmap_release(&g->map);
    ak_free(g->cache);
    ak_arena_free(g->arena);
}

/* Rasterises a glyph, moved right by `sub` parts of a pixel. An unreadable glyph is empty. */
static struct glyph glyph_make(struct glyphs *g, FT_Face face, FT_UInt index, unsigned sub)
{
    struct glyph out = {0};
    if (FT_Load_Glyph(face, index, FT_LOAD_NO_BITMAP | FT_LOAD_TARGET_NORMAL) != 0 ||
        face->glyph->format != FT_GLYPH_FORMAT_OUTLINE) {
        return out;
    }
    FT_Outline_Translate(&face->glyph->outline, (FT_Pos)(sub * 64 / SUBPIXELS), 0);
    if (FT_Render_Glyph(face->glyph, FT_RENDER_MODE_NORMAL) != 0) {
        return out;
    }
    const FT_Bitmap *bitmap = &face->glyph->bitmap;
    out.left = face->glyph->bitmap_left;
    out.top = face->glyph->bitmap_top;
    out.width = bitmap->width;
    out.height = bitmap->rows;
    out.level = ak_arena_alloc(g->arena, (size_t)out.width * out.height);
    for (unsigned y = 0; y < out.height; y++) {
        const unsigned char *row = bitmap->buffer + (ptrdiff_t)y * bitmap->pitch;
        for (unsigned x = 0; x < out.width; x++) {
            const unsigned step = (row[x] * STEPS + 127u) / 255;
            out.level[y * out.width + x] = (unsigned char)(step * (RASTER_LEVELS / STEPS));
        }
    }
    return out;
}

static const struct glyph *glyph_find(struct glyphs *g, unsigned font, FT_UInt index, unsigned sub)
{
    const uint64_t key =
        (uint64_t)g->sizes[font] << 32 | (uint64_t)index << 8 | (uint64_t)font << 4 | sub;
    bool is_new = false;
    const uint32_t slot = ak_idmap_put(&g->map, key, (uint32_t)g->count, &is_new);
    if (is_new) {
        AK_GROW(g->cache, g->count + 1, g->cap);
        g->cache[g->count++] = glyph_make(g, g->faces[font], index, sub);
    }
    return &g->cache[slot];
}

static void glyph_put(struct raster *r, const struct glyph *glyph, int x, int y, uint32_t rgb)
{
    for (unsigned row = 0; row < glyph->height; row++) {
        for (unsigned col = 0; col < glyph->width; col++) {
            raster_pixel(r, x + glyph->left + (int)col, y - glyph->top + (int)row,
                         glyph->level[row * glyph->width + col], rgb, 1);
        }
    }
}

void glyphs_draw(struct glyphs *g, struct raster *r, struct ak_point at, double size,
                 const struct canvas_op *op)
{
    const struct ak_str text = op->u.text.str;
    const unsigned font = (unsigned)op->u.text.style.font < 3 ? op->u.text.style.font : 0;
    const FT_F26Dot6 size64 = (FT_F26Dot6)lround(fmin(size, 400) * 64);
    FT_Face face = g->faces[font];
    if (g->sizes[font] != size64) {
        g->sizes[font] = size64;
        if (FT_Set_Char_Size(face, 0, size64, 72, 72) != 0) {
            return;
        }
    }
    const double per_unit = size / face->units_per_EM;
    const int baseline = (int)lround(at.y);
    for (size_t i = 0; i < text.len;) {
        uint32_t rune;
        i += ak_utf8_decode(text.ptr + i, text.len - i, &rune);
        const FT_UInt index = FT_Get_Char_Index(face, rune);
        const double place = round(at.x * SUBPIXELS) / SUBPIXELS;
        const double pixel = floor(place);
        const struct glyph *glyph =
            glyph_find(g, font, index, (unsigned)((place - pixel) * SUBPIXELS));
        glyph_put(r, glyph, (int)pixel, baseline, op->u.text.style.rgb);
        FT_Fixed advance = 0;
        if (FT_Get_Advance(face, index, FT_LOAD_NO_SCALE, &advance) == 0) {
            at.x += (double)advance * per_unit;
        }
    }
}
