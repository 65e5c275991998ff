/* A reader of another tool's results: one file, one row in results.c. */
#ifndef COLLECTOR_LINT_RESULTS_PRIVATE_H
#define COLLECTOR_LINT_RESULTS_PRIVATE_H

#include "collector/lint_results.h"

struct results_list;

struct results_reader {
    /* Whether the text is of this kind, from its beginning. */
    bool (*recognise)(struct ak_str text);
    enum ak_status (*read)(struct results_list *list, struct ak_str text, struct ak_error *err);
};

struct results_list { /* that a reader adds to */
    const char *name; /* of the file, for messages */
    struct ak_arena *arena;
    struct ak_result *items;
    size_t count, cap;
    size_t suppressed;
};

/* Adds a result whose texts are in arena. An end before the line becomes the line; missing texts
 * become "", a missing rule "unnamed". AK_LIMIT beyond 100,000. */
enum ak_status collector_results_add(struct results_list *list, const struct ak_result *result,
                                     struct ak_error *err) AK_MUST_USE;
/* True when `word` stands in the first 4 KiB. */
bool collector_results_begin(struct ak_str text, const char *word);

extern const struct results_reader collector_results_sarif;
extern const struct results_reader collector_results_gcc;
extern const struct results_reader collector_results_cppcheck;
extern const struct results_reader collector_results_plist;

#endif
