/* Text: glyphs of the embedded fonts, rasterised by FreeType at halves of a pixel and kept for the
 * life of the picture. Advances are the fonts' own, unhinted, so that text takes the width which
 * ak_text_width promised. */
#ifndef CANVAS_GLYPHS_H
#define CANVAS_GLYPHS_H

#include "base/idmap.h"
#include "canvas_list.h"
#include "raster.h"
#include "reporter/canvas.h"

#include <ft2build.h>
#include FT_FREETYPE_H

struct glyph {
    int left, top; /* of the bitmap, from the pen, y up */
    unsigned width, height;
    unsigned char *level; /* width * height, 0..RASTER_LEVELS */
};

struct glyphs {
    FT_Library library;
    FT_Face faces[3];
    FT_F26Dot6 sizes[3]; /* set in each face */
    struct ak_arena *arena;
    struct ak_idmap map;
    struct glyph *cache;
    size_t count, cap;
};

enum ak_status glyphs_init(struct glyphs *g, const struct canvas_fonts *fonts,
                           struct ak_error *err) AK_MUST_USE;
void glyphs_release(struct glyphs *g);
/* `at` is the start of the baseline and `size` the font size, in pixels. */
void glyphs_draw(struct glyphs *g, struct raster *r, struct ak_point at, double size,
                 const struct canvas_op *op);

#endif
