// module: collector
/* Benchmark text: any bytes are read or refused; strict reading gives finite numbers only;
 * rejoining loses no result that plain reading gives. */
#include "collector/bench_text.h"

#include <math.h>
#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t read_all(struct ak_str text, unsigned flags)
{
    struct ak_bench_units *units = ak_bench_units_new();
    const struct ak_bench_source source = {"f", text};
    struct ak_bench_reader *r;
    struct ak_bench_record rec;
    struct ak_error err = {0};
    uint64_t results = 0;
    if (ak_bench_reader_open_bytes(&source, units, flags, &r, &err) == AK_OK) {
        while (ak_bench_reader_next(r, &rec, &err) == AK_OK && rec.kind != AK_BENCH_END) {
            for (size_t i = 0; rec.kind == AK_BENCH_RESULT && i < rec.value_count; i++) {
                const struct ak_bench_value *v = &rec.values[i];
                if (((flags & AK_BENCH_STRICT) && !isfinite(v->orig_value)) ||
                    v->unit_id >= ak_bench_units_count(units) || v->orig_unit.len == 0) {
                    __builtin_trap();
                }
            }
        }
        results = ak_bench_reader_counts(r).results;
        ak_bench_reader_close(r);
    }
    ak_bench_units_free(units);
    return results;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ak_str text = {(const char *)data, size};
    const uint64_t plain = read_all(text, 0);
    if (read_all(text, AK_BENCH_REJOIN) < plain) {
        __builtin_trap();
    }
    read_all(text, AK_BENCH_REJOIN | AK_BENCH_STRICT);
    read_all(text, AK_BENCH_REJOIN | AK_BENCH_STRICT | AK_BENCH_LENIENT);
    return 0;
}
