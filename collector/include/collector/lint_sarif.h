/* Results of other tools, read from SARIF 2.1.0 logs, ranked by what a profile says of their lines.
 */
#ifndef COLLECTOR_LINT_SARIF_H
#define COLLECTOR_LINT_SARIF_H

#include "profile/profile.h"

enum ak_sarif_level { AK_SARIF_NOTE, AK_SARIF_WARNING, AK_SARIF_ERROR };

struct ak_sarif_result {
    const char *tool, *rule, *title, *help; /* title and help may be "" */
    enum ak_sarif_level level;
    const char *message;
    const char *file;       /* decoded, without file://; "": no place */
    int64_t line, end_line; /* of the first location; 0: none */
    int64_t heat;           /* in stacks through the hottest of its lines */
    double share;           /* of all, 0 to 1 */
    const char *function;   /* at that line, "" without heat */
    size_t number;          /* place in the log */
};

struct ak_sarif_log {
    struct ak_sarif_result *results;
    size_t count;
    size_t suppressed;       /* left out: the tool says so, or the result is a pass */
    const char *type, *unit; /* of heat, set by ranking */
};

/* Reads a log. AK_FORMAT when it is no SARIF 2.1.0, AK_LIMIT beyond 100,000 results or the limits
 * of store/json_read.h. `name` begins messages. In arena. O(bytes + results x rules). */
enum ak_status ak_sarif_parse(const char *name, struct ak_str text, struct ak_arena *arena,
                              struct ak_sarif_log *out, struct ak_error *err) AK_MUST_USE;

/* Sets heat, share and function by the allocated bytes of a heap profile, else its default type,
 * and sorts by heat; equal heat keeps the order of the log. Two paths are one file when one ends
 * with the other at a '/', or when the last two parts are equal. O(samples x depth + results x
 * lines). */
void ak_sarif_rank(struct ak_sarif_log *log, const struct ak_profile *p, struct ak_arena *arena);

#endif
