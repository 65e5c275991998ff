// module: collector
/* The Go compiler's JSON diagnostics: any bytes are refused or read; what is kept can be found, and
 * differs in nothing from itself. */
#include "collector/escape_diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_go_diagnostics d;
    struct ak_error err = {0};
    ak_go_diagnostics_init(&d, arena);
    const struct ak_str text = {(const char *)data, size};
    if (ak_go_diagnostics_add(&d, "f", text, &err) == AK_OK) {
        for (uint32_t i = 0; i < d.escape_count; i++) {
            const struct ak_escape *e = &d.escapes[i];
            if (!ak_go_diagnostics_find(&d, ak_str_from(e->package), ak_str_from(e->file),
                                        e->line)) {
                __builtin_trap();
            }
            struct ak_str outer;
            (void)ak_go_symbol_function(ak_str_from(e->message), arena, &outer);
        }
        struct ak_escape_diff diff;
        if (ak_escape_diff(&d, &d, NULL, 0, arena, &diff, &err) != AK_OK || diff.count > 0) {
            __builtin_trap();
        }
    }
    ak_go_diagnostics_release(&d);
    ak_arena_free(arena);
    return 0;
}
