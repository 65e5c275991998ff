#include "numbers.h"
#include "run_load.h"

static bool read_values(const struct store_query *q, int column, struct ak_arena *arena,
                        struct ak_series *out)
{
    if (sqlite3_column_type(q->stmt, column) == SQLITE_TEXT) {
        return store_numbers_parse_f64(store_column_str(q, column), arena, &out->values,
                                       &out->count);
    }
    out->values = AK_NEW_ARRAY(arena, double, 1);
    out->values[0] = store_column_f64(q, column);
    out->count = 1;
    return true;
}

static bool read_iterations(const struct store_query *q, int column, struct ak_arena *arena,
                            struct ak_series *out)
{
    const int type = sqlite3_column_type(q->stmt, column);
    if (type == SQLITE_NULL) {
        return true;
    }
    if (type == SQLITE_TEXT) {
        size_t n;
        return store_numbers_parse_i64(store_column_str(q, column), arena, &out->iterations, &n) &&
               n == out->count;
    }
    const int64_t v = store_column_i64(q, column);
    out->iterations = AK_NEW_ARRAY(arena, int64_t, out->count);
    for (size_t i = 0; i < out->count; i++) {
        out->iterations[i] = v;
    }
    return true;
}

void store_series_read_name(const struct store_query *q, int column, struct ak_arena *arena,
                            struct ak_series *out)
{
    *out = (struct ak_series){
        .benchmark = store_column_text(q, column, arena),
        .package = store_column_text(q, column + 1, arena),
        .unit = store_column_text(q, column + 2, arena),
        .procs = (unsigned)store_column_i64(q, column + 3),
        .better = store_column_i64(q, column + 4) ? AK_HIGHER_IS_BETTER : AK_LOWER_IS_BETTER,
    };
}

bool store_series_read(const struct store_query *q, int column, struct ak_arena *arena,
                       struct ak_series *out)
{
    store_series_read_name(q, column, arena, out);
    return read_values(q, column + 6, arena, out) && read_iterations(q, column + 5, arena, out);
}
