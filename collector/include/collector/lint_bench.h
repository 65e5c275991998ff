/* Go benchmarks that measure nothing, told from their source by tokens and a table of functions. */
#ifndef COLLECTOR_LINT_BENCH_H
#define COLLECTOR_LINT_BENCH_H

#include "base/arena.h"

/* id, what the rule finds, what to do about it */
#define AK_BENCH_LINT_MAP(X)                                                                       \
    X(B001, "the benchmark has no loop over b.N",                                                  \
      "Repeat the operation b.N times, or use b.Loop; else ns/op is the time of one run over N.")  \
    X(B002, "the timer is stopped and started in the loop",                                        \
      "Do the set-up before the loop, or measure it with the operation.")                          \
    X(B003, "prints while it is timed",                                                            \
      "Print after b.StopTimer, or report with b.ReportMetric and b.Log: what goes to standard "   \
      "output also tears the result's line apart.")                                                \
    X(B004, "a profiling helper that nothing calls",                                               \
      "Call it where the phase begins and ends, or delete it.")                                    \
    X(B005, "b.N is used as a size of data",                                                       \
      "Take a fixed size and repeat the operation b.N times: else the cost of one operation "      \
      "changes with N.")                                                                           \
    X(B006, "the set-up before the loop is timed",                                                 \
      "Call b.ResetTimer before the loop, or use b.Loop, which does.")

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
 * for assertions) or to a function that is only known when it runs is left alone. AK_NOT_FOUND when
 * there is no .go file. In arena. O(tokens + calls). */
enum ak_status ak_bench_lint_dir(const char *dir, struct ak_arena *arena, struct ak_bench_lint *out,
                                 struct ak_error *err) AK_MUST_USE;
/* The same for one file that is in memory. */
void ak_bench_lint_text(const char *path, struct ak_str text, struct ak_arena *arena,
                        struct ak_bench_lint *out);

#endif
