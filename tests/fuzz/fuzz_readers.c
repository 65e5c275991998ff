// module: collector
/* Every input format: any bytes become a run with finite values, or none. */
#include "collector/ingest.h"

#include <math.h>
#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ak_arena *arena = ak_arena_new();
    const struct ak_ingest_capture capture = {
        .label = "l", .name = "f", .text = {(const char *)data, size}};
    struct ak_ingest in;
    ak_ingest_captured(&capture, arena, &in);
    for (size_t i = 0; in.run && i < in.run->series_count; i++) {
        const struct ak_series *s = &in.run->series[i];
        for (size_t k = 0; k < s->count; k++) {
            if (!isfinite(s->values[k])) {
                __builtin_trap();
            }
        }
    }
    ak_arena_free(arena);
    return 0;
}
