/* The table of units behind the reader of benchmark text. */
#ifndef COLLECTOR_BENCH_UNIT_H
#define COLLECTOR_BENCH_UNIT_H

#include "collector/bench_text.h"

/* What tidying does to a unit; strings live as long as the table. */
struct collector_unit {
    struct ak_str name, tidied;
    uint32_t id, tidied_id;
    double factor;
};

/* The unit called `name`, added when it is not there. Borrowed until the next unit is added. */
const struct collector_unit *collector_units_get(struct ak_bench_units *u, struct ak_str name);
const struct collector_unit *collector_units_at(const struct ak_bench_units *u, uint32_t id);

/* Keeps one piece of metadata; the first value wins. */
enum collector_meta { COLLECTOR_META_NEW, COLLECTOR_META_SAME, COLLECTOR_META_CONFLICT };
enum collector_meta collector_units_put_meta(struct ak_bench_units *u, uint32_t tidied_id,
                                             struct ak_str key, struct ak_str value,
                                             struct ak_str *out_kept);

#endif
