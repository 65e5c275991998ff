/* A small PNG encoder: no filter, a palette where one serves (see palette.h), no ancillary chunks,
 * so that equal pictures are equal files. libgd's own encoder tries all filters, which costs more
 * time and, on charts, more bytes. Format: https://www.w3.org/TR/png/. */
#ifndef CANVAS_PNG_H
#define CANVAS_PNG_H

#include "base/buf.h"

#include <gd.h>

enum ak_status png_encode(gdImagePtr image, struct ak_buf *out, struct ak_error *err) AK_MUST_USE;

#endif
