/* Private to store/: one description of a record for both writing and reading it, so that the two
 * cannot drift apart. Every function writes *v, or sets it, depending on the direction. */
#ifndef FIELD_H
#define FIELD_H

#include "base/arena.h"
#include "varint.h"

struct store_fields {
    bool reading;
    struct ak_buf *out;     /* writing: appended to */
    struct store_bytes in;  /* reading */
    struct ak_arena *arena; /* reading: of texts and lists */
};

void store_field_u64(struct store_fields *f, uint64_t *v);
void store_field_i64(struct store_fields *f, int64_t *v);
void store_field_size(struct store_fields *f, size_t *v);
void store_field_bool(struct store_fields *f, bool *v);
void store_field_f64(struct store_fields *f, double *v);       /* the very bits */
void store_field_text(struct store_fields *f, const char **v); /* NULL becomes "" */
/* An enum stored as a number below `count`; gives the number. */
unsigned store_field_enum(struct store_fields *f, unsigned v, unsigned count);
/* A list's length; reading: allocates zeroed items, and refuses more than there are bytes. */
void *store_field_list(struct store_fields *f, void *items, size_t *count, size_t item_size);

#endif
