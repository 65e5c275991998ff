/* Reads an expression in RE2's syntax and writes the same for PCRE2. */
#ifndef PROFILE_REGEX_SYNTAX_H
#define PROFILE_REGEX_SYNTAX_H

#include "base/buf.h"
#include "base/status.h"

/* *out_literal: the expression is a plain text, `out` is not to be used. */
enum ak_status profile_regex_translate(struct ak_str pattern, struct ak_buf *out, bool *out_literal,
                                       struct ak_error *err) AK_MUST_USE;

#endif
