/* The verdict in one sentence: what got worse, by how much, how surely, and through which function.
 */
#ifndef REPORTER_HEADLINE_H
#define REPORTER_HEADLINE_H

#include "base/buf.h"
#include "store/verdict.h"

enum headline_tone { HEADLINE_BAD, HEADLINE_GOOD, HEADLINE_NEUTRAL };

struct headline {
    const char *glyph, *word; /* "✗", "Criteria failed" */
    enum headline_tone tone;
    struct ak_str text; /* in arena, escaped by the functions of the style */
};
/* How words and names (of benchmarks and functions) are written. */
struct headline_style {
    void (*text)(struct ak_buf *out, struct ak_str s);
    void (*name)(struct ak_buf *out, struct ak_str s);
};
/* cmp or check may be NULL. A NULL style leaves everything as it is. */
struct headline reporter_headline(struct ak_arena *a, const struct ak_comparison *cmp,
                                  const struct ak_check *check, const struct headline_style *style);

#endif
