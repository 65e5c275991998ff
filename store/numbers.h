/* Private to store/: lists of numbers as the text of a column, so that SQL can read them too. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include "base/arena.h"
#include "base/buf.h"

/* "[1,2.5,3]": shortest decimals that read back equal. */
void store_numbers_f64(struct ak_buf *out, const double *v, size_t n);
void store_numbers_i64(struct ak_buf *out, const int64_t *v, size_t n);
/* Reads them back, in arena. False when the text is no such list. */
bool store_numbers_parse_f64(struct ak_str text, struct ak_arena *arena, double **out,
                             size_t *out_n);
bool store_numbers_parse_i64(struct ak_str text, struct ak_arena *arena, int64_t **out,
                             size_t *out_n);

#endif
