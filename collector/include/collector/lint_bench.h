/* Go benchmarks that measure nothing, told from their source by tokens and a table of functions. */
#ifndef COLLECTOR_LINT_BENCH_H
#define COLLECTOR_LINT_BENCH_H

#include "base/arena.h"

/* id, what the rule finds, what to do about it */
#define AK_BENCH_LINT_MAP(X)                                                                       \
    X(B001, "the benchmark has no loop over b.N",                                                  \
      "Repeat the operation b.N times, or use b.Loop; else ns/op is the time of one run over N.")  \
    X(B002, "the timer is stopped or started in the loop",                                         \
      "Do the set-up before the loop, or measure it with the operation.")                          \
    X(B003, "the loop prints", "Print after the loop; output is timed with the operation.")        \
    X(B004, "a profiling helper that nothing calls",                                               \
      "Call it where the phase begins and ends, or "                                               \
      "delete it.")

enum ak_bench_rule {
#define X(code, text, help) AK_BENCH_##code,
    AK_BENCH_LINT_MAP(X)
#undef X
        AK_BENCH_RULE_COUNT
};
const char *ak_bench_rule_id(enum ak_bench_rule rule);
const char *ak_bench_rule_title(enum ak_bench_rule rule);
const char *ak_bench_rule_help(enum ak_bench_rule rule);

struct ak_bench_finding {
    enum ak_bench_rule rule;
    const char *file, *function;
    int64_t line;
    const char *message;
};

struct ak_bench_lint {
    struct ak_bench_finding *findings; /* by file, line and rule */
    size_t count;
    size_t files, benchmarks;
};

/* Reads all .go files below `dir` but those in vendor and testdata. Helpers that are given the
 * *testing.B are followed within their folder; a benchmark that hands it to another package (but
 * for assertions) is left alone. AK_NOT_FOUND when there is no .go file. In arena. O(tokens +
 * calls). */
enum ak_status ak_bench_lint_dir(const char *dir, struct ak_arena *arena, struct ak_bench_lint *out,
                                 struct ak_error *err) AK_MUST_USE;

#endif
