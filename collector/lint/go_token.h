/* A tokenizer of Go source: enough to find functions, calls and loops, with no syntax tree. */
#ifndef COLLECTOR_LINT_GO_TOKEN_H
#define COLLECTOR_LINT_GO_TOKEN_H

#include "base/str.h"

enum go_kind { GO_NAME, GO_NUMBER, GO_STRING, GO_SIGN };

struct go_token {
    enum go_kind kind;
    uint32_t line;
    struct ak_str text; /* one character for a sign, borrowed from the source */
    uint32_t close;     /* of an opening bracket: the index of its closing one, else GO_NO_TOKEN */
    uint32_t around;    /* the innermost bracket that it stands in, else GO_NO_TOKEN */
};

#define GO_NO_TOKEN UINT32_MAX

struct go_tokens {
    struct go_token *items;
    size_t count, cap;
};

/* The tokens of a file, in place of what was there; comments and blanks are gone. What is no Go
 * gives some tokens. */
void collector_go_tokens(struct ak_str source, struct go_tokens *out);
void collector_go_tokens_release(struct go_tokens *t);

/* True when token i is the word or sign `text`; false beyond the end. */
bool collector_go_is(const struct go_tokens *t, size_t i, const char *text);
/* The index of the bracket that closes the one at i, or `count`: it is none, or stays open. */
size_t collector_go_close(const struct go_tokens *t, size_t i);
/* The index of the bracket that i stands in, not before `from`; `count` when there is none. */
size_t collector_go_open(const struct go_tokens *t, size_t i, size_t from);

#endif
