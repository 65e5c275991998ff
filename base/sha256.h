/* Private to base/. */
#ifndef SHA256_H
#define SHA256_H

#include "base/hash.h"

/* False, and nothing done, where the processor has no instructions for it. */
bool base_sha256_fast(const void *p, size_t n, struct ak_sha256 *out);

#endif
