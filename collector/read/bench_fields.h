/* Where the fields of a plain line begin and end, 64 bytes at a time. */
#ifndef COLLECTOR_BENCH_FIELDS_H
#define COLLECTOR_BENCH_FIELDS_H

#include "base/str.h"

#define COLLECTOR_FIELDS_LINE 256 /* longest line that is looked at */

struct collector_fields {
    uint16_t at[COLLECTOR_FIELDS_LINE + 64]; /* begin, end, begin, end ... */
    size_t count;                            /* fields */
};

/* False for a line that is long, begins with a blank, or has other bytes than visible ASCII, blanks
 * and tabs: what these mean is told elsewhere. */
bool collector_fields_find(struct ak_str line, struct collector_fields *out);

#endif
