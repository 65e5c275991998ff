/* Results of other static tools, ranked by what a profile says of their lines. What a file holds is
 * told by its content: SARIF 2.1.0 of any tool, the JSON of gcc's analyzer, the XML of cppcheck,
 * the property lists of clang's analyzer. */
#ifndef COLLECTOR_LINT_RESULTS_H
#define COLLECTOR_LINT_RESULTS_H

#include "profile/profile.h"

enum ak_result_level { AK_RESULT_NOTE, AK_RESULT_WARNING, AK_RESULT_ERROR };

struct ak_result_step { /* on the way to the result, as the tool tells it */
    const char *text, *file;
    int64_t line;
};

struct ak_result {
    const char *tool, *rule, *title, *help; /* title and help may be "" */
    enum ak_result_level level;
    const char *message;
    const char *file;       /* decoded, without file://; "": no place */
    int64_t line, end_line; /* of the first location; 0: none */
    const struct ak_result_step *steps;
    size_t step_count;
    int64_t heat;         /* in stacks through the hottest of its lines */
    double share;         /* of all, 0 to 1 */
    const char *function; /* at that line, "" without heat */
    size_t number;        /* in the order of reading */
};

struct ak_results {
    struct ak_result *items;
    size_t count;
    size_t suppressed;       /* left out: the tool says so, or the result is a pass */
    const char *type, *unit; /* of heat, set by ranking */
};

/* Reads a file of any kind that is known. AK_FORMAT when it is none, or malformed; AK_LIMIT beyond
 * 100,000 results or the limits of store/json_read.h and of XML (32 MiB, 1 Mi elements, 200 deep,
 * no declarations of entities). `name` begins messages. In arena. O(bytes). */
enum ak_status ak_results_parse(const char *name, struct ak_str text, struct ak_arena *arena,
                                struct ak_results *out, struct ak_error *err) AK_MUST_USE;

/* Puts the items of `b` behind those of `a`, in arena. */
void ak_results_append(struct ak_results *a, const struct ak_results *b, struct ak_arena *arena);

/* Sets heat, share and function by the allocated bytes of a heap profile, else its default type,
 * and sorts by heat; equal heat keeps the order of reading. Two paths are one file when one ends
 * with the other at a '/', or when the last two parts are equal. O(samples x depth + results x
 * lines). */
void ak_results_rank(struct ak_results *r, const struct ak_profile *p, struct ak_arena *arena);

#endif
