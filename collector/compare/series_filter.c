/* The filter language of benchstat over series of a run, by way of the record that each was read
 * from. */
#include "collector/series_filter.h"

#include "base/mem.h"
#include "query.h"

struct ak_series_filter {
    struct ak_arena *arena;
    struct query_filter *query;
    struct ak_bench_config *config; /* the environment of a run, then the series' package */
    size_t config_count;
};

enum ak_status ak_series_filter_new(const char *text, const struct ak_run *run,
                                    struct ak_arena *arena, struct ak_series_filter **out,
                                    struct ak_error *err)
{
    struct ak_series_filter *f = AK_NEW(arena, struct ak_series_filter);
    f->arena = arena;
    const enum ak_status st = collector_query_filter_parse(text, arena, &f->query, err);
    if (st != AK_OK) {
        return st;
    }
    f->config = AK_NEW_ARRAY(arena, struct ak_bench_config, run->env_count + 1);
    for (size_t i = 0; i < run->env_count; i++) {
        f->config[i] =
            (struct ak_bench_config){ak_str_from(run->env[i].key), ak_str_from(run->env[i].value)};
    }
    f->config_count = run->env_count + 1;
    *out = f;
    return AK_OK;
}

void ak_series_filter_release(struct ak_series_filter *f)
{
    if (f) {
        collector_query_filter_release(f->query);
    }
}

bool ak_series_filter_keep(void *ctx, const struct ak_series *series)
{
    struct ak_series_filter *f = ctx;
    const char *name = series->procs == 1
                           ? series->benchmark
                           : ak_arena_printf(f->arena, "%s-%u", series->benchmark, series->procs);
    const struct ak_str unit = ak_str_from(series->unit);
    struct ak_buf tidied = AK_BUF_INIT;
    ak_bench_unit_tidy(unit, &tidied);
    const struct ak_bench_value value = {.unit = ak_buf_view(&tidied), .orig_unit = unit};
    f->config[f->config_count - 1] =
        (struct ak_bench_config){AK_STR("pkg"), ak_str_from(series->package)};
    const struct ak_bench_record record = {.kind = AK_BENCH_RESULT,
                                           .name = ak_str_from(name),
                                           .values = &value,
                                           .value_count = 1,
                                           .config = f->config,
                                           .config_count = f->config_count};
    const struct query_result result = {.record = &record};
    uint32_t kept;
    const bool keep = collector_query_filter_apply(f->query, &result, &kept) == 1;
    ak_buf_release(&tidied);
    return keep;
}
