/* The sections "[suppress NAME]" of a criteria file. */
#ifndef COLLECTOR_SUPPRESS_FILE_H
#define COLLECTOR_SUPPRESS_FILE_H

#include "collector/suppress.h"

/* The name in "suppress NAME", or NULL when the section is another. */
const char *collector_suppress_name(const char *section);
/* Sets one key. AK_USAGE for an unknown key, one that stands twice or a value that is not
 * understood; `where` ("file:line") begins the message. */
enum ak_status collector_suppress_set(struct ak_suppress *s, const char *key, const char *value,
                                      const char *where, struct ak_arena *arena,
                                      struct ak_error *err) AK_MUST_USE;
/* That rule, reason, until and a place are there. */
enum ak_status collector_suppress_check(const struct ak_suppress *s, const char *file,
                                        struct ak_error *err) AK_MUST_USE;

#endif
