/* What a profile says of lines of source: the cost of all stacks through a line, with the calls
 * that it makes. */
#ifndef COLLECTOR_LINT_HEAT_H
#define COLLECTOR_LINT_HEAT_H

#include "base/idmap.h"
#include "profile/profile.h"

struct lint_heat_line { /* a line of a function */
    uint32_t function;  /* index in the profile */
    int64_t line, value;
    size_t last_sample; /* + 1, so that recursion counts once */
    uint32_t next;      /* of the same file name and line */
};

struct lint_heat {
    const struct ak_profile *p;
    uint32_t type; /* index of the value type */
    struct ak_idmap by_line, by_name;
    struct lint_heat_line *lines;
    size_t count, cap;
    int64_t total; /* of all samples above zero */
};

/* The allocated bytes of a heap profile, else the profile's default type, else its last. */
uint32_t collector_heat_type(const struct ak_profile *p);
/* Keeps p. O(samples x depth). */
void collector_heat_init(struct lint_heat *h, const struct ak_profile *p);
void collector_heat_release(struct lint_heat *h);
/* The hottest line of `file` between two lines, both included, or NULL. Two paths are one file when
 * one ends with the other at a '/', or when the last two parts are equal. O(lines). */
const struct lint_heat_line *collector_heat_find(const struct lint_heat *h, struct ak_str file,
                                                 int64_t first, int64_t last);

#endif
