/* Metrics of the embedded fonts, read from their TrueType tables (head, hhea, hmtx, cmap), without
 * a font library, so that layout needs no plug-in. */
#ifndef REPORTER_FONT_H
#define REPORTER_FONT_H

#include "reporter/canvas.h"

/* Extent of a text box above and below the baseline, in font sizes: capitals, ascenders and
 * descenders of DejaVu without the room for accents on capitals. */
#define FONT_BOX_ABOVE 0.78
#define FONT_BOX_BELOW 0.24

/* The file of a font; empty when the program was built without it. */
struct ak_str reporter_font_file(enum ak_font font);

#endif
