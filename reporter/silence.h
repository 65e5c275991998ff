/* Worse rows that no function explains, by the reason why. */
#ifndef REPORTER_SILENCE_H
#define REPORTER_SILENCE_H

#include "headline.h"

#define SILENCE_NAMED 3 /* rows that are named */
#define SILENCE_MAX 16  /* reasons that are kept, in order of rows */

struct silence {
    const char *note; /* borrowed */
    const struct ak_compare_row *rows[SILENCE_NAMED];
    size_t row_count; /* all that say so */
};
/* Fills `out` and returns how many reasons there are. O(rows x reasons). */
size_t reporter_silences(const struct ak_comparison *cmp, struct silence out[SILENCE_MAX]);

/* The rows in words: name, unit, "and 3 more rows". A NULL style leaves everything as it is. In
 * arena. */
const char *reporter_silence_text(const struct silence *s, struct ak_arena *a,
                                  const struct headline_style *style);

#endif
