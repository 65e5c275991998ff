// module: collector
/* Filters and projections: the first line is one, the rest benchmark text. */
#include "collector/bench_table.h"

#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_str rest = {(const char *)data, size};
    const struct ak_str line = ak_str_cut(&rest, '\n');
    const char *query = ak_arena_strndup(arena, line.ptr, line.len);
    const struct ak_bench_input input = {.label = "A", .bytes = rest.ptr ? rest : AK_STR("")};
    const struct ak_bench_table_opts all[] = {
        {.alpha = 0.05, .confidence = 0.95, .filter = query},
        {.alpha = 0.05, .confidence = 0.95, .row = query},
        {.alpha = 0.05, .confidence = 0.95, .col = query, .table = ""},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct ak_table_set *set;
        struct ak_error err;
        if (ak_bench_table_build(&input, 1, &all[i], arena, &set, &err) != AK_OK) {
            continue;
        }
    }
    ak_arena_free(arena);
    return 0;
}
