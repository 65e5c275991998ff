// module: collector
/* Filters and projections: the first line is one, the rest benchmark text. */
#include "collector/bench_table.h"
#include "collector/project.h"

#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same expression in each place of a projection, judged. */
static void project(const char *query, struct ak_str text, struct ak_arena *arena)
{
    const struct ak_run run = {.label = "A", .text = text};
    const struct ak_project_input input = {"A", &run};
    const struct ak_project_opts all[] = {{.col = query},
                                          {.row = query, .col = "/k"},
                                          {.table = query, .col = "/k"},
                                          {.ignore = query}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct ak_projected projected;
        struct ak_comparison_tables tables;
        if (ak_project_runs(&input, 1, &all[i], arena, &projected, NULL) == AK_OK) {
            ak_project_compare(&projected, NULL, arena, &tables);
        }
    }
}

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
    project(query, input.bytes, arena);
    ak_arena_free(arena);
    return 0;
}
