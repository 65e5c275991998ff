// module: collector
/* SARIF logs of other tools: any bytes are refused or read, and what is read can be ranked. */
#include "collector/lint_results.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_profile *p = ak_profile_new();
    struct ak_results log;
    struct ak_error err = {0};
    const struct ak_str text = {(const char *)data, size};
    if (ak_results_parse("f", text, arena, &log, &err) == AK_OK) {
        ak_results_rank(&log, p, arena);
        for (size_t i = 0; i < log.count; i++) {
            if (!log.items[i].file || log.items[i].end_line < log.items[i].line) {
                __builtin_trap();
            }
        }
    }
    ak_profile_free(p);
    ak_arena_free(arena);
    return 0;
}
