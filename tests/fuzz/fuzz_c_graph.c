// module: collector
/* Call graphs of gcc: any bytes are refused or read, and what is read can be walked. */
#include "collector/lint_c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const handlers[] = {"."};
    struct ak_arena *arena = ak_arena_new();
    struct ak_c_graph *g = ak_c_graph_new(arena);
    const struct ak_c_opts opts = {.handlers = handlers, .handler_count = 1};
    const struct ak_str text = {(const char *)data, size};
    struct ak_c_lint lint;
    struct ak_error err = {0};
    if (ak_c_graph_add(g, "f", text, &err) == AK_OK &&
        ak_c_lint(g, &opts, arena, &lint, &err) == AK_OK) {
        for (size_t i = 0; i < lint.count; i++) {
            if (lint.findings[i].step_count == 0 || lint.findings[i].sites == 0) {
                __builtin_trap();
            }
        }
    }
    ak_c_graph_free(g);
    ak_arena_free(arena);
    return 0;
}
