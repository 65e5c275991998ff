// module: collector
/* Go source for the rules on benchmarks: any bytes are some tokens; findings name lines that are
 * there and come in order. */
#include "collector/lint_bench.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_bench_lint lint;
    int64_t lines = 1;
    for (size_t i = 0; i < size; i++) {
        lines += data[i] == '\n';
    }
    ak_bench_lint_text("p/f_test.go", (struct ak_str){(const char *)data, size}, arena, &lint);
    for (size_t i = 0; i < lint.count; i++) {
        const struct ak_bench_finding *f = &lint.findings[i];
        if (f->line < 1 || f->line > lines || (i > 0 && f->line < f[-1].line)) {
            __builtin_trap();
        }
    }
    ak_arena_free(arena);
    return 0;
}
