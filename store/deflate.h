/* Private to store/: raw deflate (RFC 1951) of small bodies. Streams are made once per open store:
 * setting one up costs more than compressing a kilobyte. */
#ifndef DEFLATE_H
#define DEFLATE_H

#include "base/buf.h"

struct store_deflate;

struct store_deflate *store_deflate_new(void);
void store_deflate_free(struct store_deflate *d); /* accepts NULL */
/* Appends. */
void store_deflate_add(struct store_deflate *d, struct ak_str bytes, struct ak_buf *out);
/* Appends exactly `size` bytes; false when the input is damaged or has another size. */
bool store_inflate_add(struct store_deflate *d, struct ak_str body, size_t size,
                       struct ak_buf *out);

#endif
