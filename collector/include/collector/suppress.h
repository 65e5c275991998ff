/* Findings and failures that are known and wanted by nobody for a while: entries of a criteria
 * file, each with a reason and an end. */
#ifndef COLLECTOR_SUPPRESS_H
#define COLLECTOR_SUPPRESS_H

#include "base/arena.h"

/* One section "[suppress NAME]". An empty pattern takes everything; one of them is not empty. */
struct ak_suppress {
    const char *name;
    const char *rule;                        /* id of a rule or name of a criterion, whole */
    const char *file, *function, *benchmark; /* regular expressions */
    const char *reason;
    const char *until; /* "2027-03-31", the last day on which it holds (UTC) */
    int64_t until_ns;  /* the moment after that day */
    unsigned line;     /* in the file */
};

/* Where a finding is; "" where that is not known. */
struct ak_suppress_place {
    const char *rule, *file, *function, *benchmark;
};

struct ak_criteria;
/* The entries ready to match, with counts of what they did. */
struct ak_suppress_list;

/* Returns owned; keeps criteria. `now_ns` (since 1970, UTC) is the caller's clock: an entry whose
 * day has passed suppresses nothing. */
enum ak_status ak_suppress_list_new(const struct ak_criteria *criteria, int64_t now_ns,
                                    struct ak_suppress_list **out,
                                    struct ak_error *err) AK_MUST_USE;
void ak_suppress_list_free(struct ak_suppress_list *l); /* accepts NULL */
/* The first entry in force that takes the place, or NULL; counted for the notes. NULL for NULL.
 * O(entries). */
const struct ak_suppress *ak_suppress_find(struct ak_suppress_list *l,
                                           const struct ak_suppress_place *place);
/* One line an entry: what it suppressed and why, that it matched nothing, or that it has expired.
 * In arena. */
const char **ak_suppress_notes(const struct ak_suppress_list *l, struct ak_arena *arena,
                               size_t *out_count);

#endif
