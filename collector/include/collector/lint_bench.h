/* Go benchmarks that measure nothing, told from their source by tokens and a table of functions. */
#ifndef COLLECTOR_LINT_BENCH_H
#define COLLECTOR_LINT_BENCH_H

#include "base/arena.h"
#include "collector/rules.h"

struct ak_bench_finding {
    enum ak_rule rule;
    const char *file, *function;
    int64_t line;
    const char *message;
    /* Of B001: the function that the benchmark leaves its work to, which has no loop either; "":
     * none. */
    const char *helper, *helper_file;
    int64_t helper_line;
};

struct ak_bench_lint {
    struct ak_bench_finding *findings; /* by file, line and rule */
    size_t count;
    size_t files, benchmarks;
};

/* Reads all .go files below `dir` but those in vendor and testdata. Helpers that are given the
 * *testing.B are followed within their folder; a benchmark that hands it to another package (but
 * for assertions) or to a function that is only known when it runs is left alone. AK_NOT_FOUND when
 * there is no .go file. In arena. One folder is in memory at a time. O(tokens + calls). */
enum ak_status ak_bench_lint_dir(const char *dir, struct ak_arena *arena, struct ak_bench_lint *out,
                                 struct ak_error *err) AK_MUST_USE;
/* The same for one file that is in memory. */
void ak_bench_lint_text(const char *path, struct ak_str text, struct ak_arena *arena,
                        struct ak_bench_lint *out);

#endif
