/* The functions of a Go file, found by tokens: names, receivers and where they begin and end. */
#ifndef COLLECTOR_LINT_GO_FUNCTIONS_H
#define COLLECTOR_LINT_GO_FUNCTIONS_H

#include "lint/go_token.h"

struct go_function {
    struct ak_str receiver; /* name of the type without star and type arguments; "": no method */
    struct ak_str name;
    uint32_t line, end_line;     /* of the name, of the closing brace */
    size_t signature, body, end; /* tokens: after the name, of '{', of '}' */
};

struct go_functions {
    struct go_function *items; /* by line */
    size_t count, cap;
};

/* Appends the functions and methods with a body that a file declares; literals belong to the
 * function around them. O(tokens). */
void collector_go_functions(const struct go_tokens *t, struct go_functions *out);
void collector_go_functions_release(struct go_functions *f);

/* The function whose lines hold `line`, or NULL: a declaration outside of functions. */
const struct go_function *collector_go_function_at(const struct go_functions *f, uint32_t line);

#endif
