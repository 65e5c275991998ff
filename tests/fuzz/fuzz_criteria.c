// module: collector
/* Criteria files: any bytes are refused or read, and what is read can be judged. */
#include "collector/criteria.h"

#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static double values[] = {1, 2, 3, 4, 5, 6};
    struct ak_series series[] = {
        {.benchmark = "Stop_10Actors", .package = "", .unit = "x", .values = values, .count = 6},
        {.benchmark = "Stop_100Actors", .package = "", .unit = "x", .values = values, .count = 6}};
    struct ak_run run = {.label = "r", .series = series, .series_count = 2};
    struct ak_arena *arena = ak_arena_new();
    struct ak_criteria *criteria = NULL;
    struct ak_check *check = NULL;
    struct ak_error err;
    const struct ak_str text = {(const char *)data, size};
    if (ak_criteria_parse("f", text, arena, &criteria, &err) == AK_OK &&
        ak_check_run(&run, criteria, NULL, arena, &check, &err) == AK_OK &&
        check->row_count < criteria->count) {
        __builtin_trap(); /* each criterion has a row */
    }
    ak_arena_free(arena);
    return 0;
}
