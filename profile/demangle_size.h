/* How large a demangled name would be, before it is printed. */
#ifndef PROFILE_DEMANGLE_SIZE_H
#define PROFILE_DEMANGLE_SIZE_H

#include <stdbool.h>

struct demangle_component;

/* A mangled name can refer to parts of itself, twice in each step, so that a hundred bytes stand
 * for gigabytes. True when printing the tree stays below a megabyte or so. */
bool profile_demangle_is_small(const struct demangle_component *root);

/* The same question for a name of Rust's scheme of 2021 ("_R..."), of which no tree is to be had:
 * true when it has few references to itself. */
bool profile_demangle_rust_is_small(const char *name);

#endif
