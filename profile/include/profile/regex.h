/* Regular expressions with the syntax and meaning of RE2 (golang.org/s/re2syntax), unanchored, on
 * UTF-8, matched by PCRE2 with a limit on its work. What RE2 refuses is refused in Go's words. */
#ifndef PROFILE_REGEX_H
#define PROFILE_REGEX_H

#include "base/status.h"
#include "base/str.h"

struct ak_regex;

/* Copies pattern. Errors read "error parsing regexp: missing closing ]: `[`". Returns owned. */
enum ak_status ak_regex_compile(struct ak_str pattern, struct ak_regex **out,
                                struct ak_error *err) AK_MUST_USE;
void ak_regex_free(struct ak_regex *rx); /* accepts NULL */
/* True when some part of s matches. False too once the work limit was exceeded. */
bool ak_regex_match(struct ak_regex *rx, struct ak_str s);
/* True when a match had to be given up: what was answered since is not to be trusted. */
bool ak_regex_exceeded(const struct ak_regex *rx);
struct ak_str ak_regex_text(const struct ak_regex *rx); /* the pattern as it was given */

#endif
