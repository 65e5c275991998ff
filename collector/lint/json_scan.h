/* A pull reader for one JSON line at a time: checks all of it, decodes only what is asked for. For
 * files of many small documents, where a tree of each would cost more than the reading. */
#ifndef COLLECTOR_LINT_JSON_SCAN_H
#define COLLECTOR_LINT_JSON_SCAN_H

#include "base/arena.h"

struct lint_scan {
    const char *p, *end;
    unsigned depth;
};

enum lint_scan_step { LINT_SCAN_MEMBER, LINT_SCAN_DONE, LINT_SCAN_BAD };

/* Skips white space and takes `c`; false when something else stands there. */
bool collector_scan_char(struct lint_scan *s, char c);
/* True when nothing but white space is left. */
bool collector_scan_end(struct lint_scan *s);
/* A string without its quotes, escapes as they are; borrowed. */
bool collector_scan_string(struct lint_scan *s, struct ak_str *out_raw);
/* A whole number that fits. */
bool collector_scan_u32(struct lint_scan *s, uint32_t *out);
/* After '{' was taken: the next key with its colon, or the end with '}'. */
enum lint_scan_step collector_scan_member(struct lint_scan *s, bool first, struct ak_str *out_key);
/* Any value, at most 64 levels deep. */
bool collector_scan_skip(struct lint_scan *s);
/* A raw string with its escapes decoded; a lone surrogate becomes U+FFFD. In arena. */
const char *collector_scan_decode(struct ak_str raw, struct ak_arena *arena);

#endif
