/* What the two writers share. */
#ifndef PROFILE_ENCODE_PRIVATE_H
#define PROFILE_ENCODE_PRIVATE_H

#include "profile/profile.h"

void profile_encode_go(const struct ak_profile *p, struct ak_buf *out);
void profile_encode_pprof(const struct ak_profile *p, struct ak_buf *out);

/* Packed when there are more than two, as both writers do. */
void profile_put_numbers(struct ak_buf *b, unsigned field, const int64_t *v, size_t count);
/* The location ids of a stack. */
void profile_put_stack(struct ak_buf *b, const struct ak_profile *p, size_t sample);

#endif
