/* What a change did to the heap decisions of the compiler. Lines move with every edit, so decisions
 * are told apart by package, file, function, code and message, and equal ones are counted. */
#ifndef COLLECTOR_ESCAPE_DIFF_H
#define COLLECTOR_ESCAPE_DIFF_H

#include "collector/lint.h"

struct ak_escape_change {
    const struct ak_escape *escape;     /* of the new side; its line is where to look */
    uint32_t more;                      /* so many more equal ones than before */
    int64_t line_bytes, function_bytes; /* the heat of its line and of its function; 0: none */
    int64_t objects;                    /* of the function */
    double share;                       /* of all bytes of the profile, of the function, 0 to 1 */
};

struct ak_escape_diff {
    struct ak_escape_change *added;     /* by heat of the function, of the line, then as compiled */
    size_t count;                       /* keys that are shown */
    size_t added_total, gone_total;     /* decisions, each counted */
    size_t added_by_line, gone_by_line; /* what a key of file, line and message would say */
    size_t cold;                        /* keys left out: functions without heat */
    bool by_function; /* false: one side has files whose functions are not known; those are compared
                         without */
};

/* Compares; with a heap profile `heat` (NULL: none) only what lies in functions with at least
 * min_share of its bytes is kept. AK_UNSUPPORTED when the compilers differ: they decide
 * differently about the same source, or when `heat` is no heap profile. In arena, borrows `new`.
 * O(decisions + samples x depth). */
enum ak_status ak_escape_diff(const struct ak_go_diagnostics *old,
                              const struct ak_go_diagnostics *new, const struct ak_profile *heat,
                              double min_share, struct ak_arena *arena, struct ak_escape_diff *out,
                              struct ak_error *err) AK_MUST_USE;

/* The function of a Go symbol as decisions name it: "a/b.(*T[...]).M.func1" -> "T.M". What two
 * parts mean cannot be told ("T.M" a method, "F.G.func1" a closure in F): *out_outer is the first
 * part then, else equal. In arena. */
struct ak_str ak_go_symbol_function(struct ak_str symbol, struct ak_arena *arena,
                                    struct ak_str *out_outer);

#endif
