/* Private to store/: flat and cum of every function of a profile, small enough to look through a
 * thousand of them in milliseconds.
 *
 *   columns that are multiples of the first: for each value type, 0 or the factor
 *   count of names; their string entities, ascending, as differences
 *   for each value type that is no multiple: total, then cum and flat of each */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "dict.h"
#include "profile/profile.h"

struct store_summary {
    struct ak_buf packed; /* empty when a sum does not fit in 64 bits */
    uint32_t top_type;
    struct ak_buf top; /* both: see the schema */
};
/* Functions are joined by name; a recursive function counts once per sample. string_ids[i] is the
 * entity of string i, interned here where it is 0. The caller releases the buffers. O(stack
 * entries).
 */
enum ak_status store_summary_make(struct ak_store *s, const struct ak_profile *p,
                                  uint32_t *string_ids, struct store_summary *out,
                                  struct ak_error *err) AK_MUST_USE;

struct store_summary_value {
    bool found;
    int64_t flat, cum, total;
};
/* The values of a name and value type. False when the summary is damaged or has no such type. */
bool store_summary_find(struct ak_str summary, uint32_t name, uint32_t type,
                        struct store_summary_value *out);

#endif
