/* Regular expressions as Go writes them, on PCRE2 with a limit on backtracking. */
#ifndef COLLECTOR_REGEX_H
#define COLLECTOR_REGEX_H

#include "base/status.h"
#include "base/str.h"

struct collector_regex;

/* Compiles; `what` is for the message ("-filter", "criteria.ini:4"). Returns owned. */
enum ak_status collector_regex_new(struct ak_str pattern, const char *what,
                                   struct collector_regex **out, struct ak_error *err) AK_MUST_USE;
void collector_regex_free(struct collector_regex *r); /* accepts NULL */
/* True when some part of text matches; false also when the limit is reached. */
bool collector_regex_match(const struct collector_regex *r, struct ak_str text);

#endif
