/* The table of units behind the reader of benchmark text. */
#ifndef COLLECTOR_BENCH_UNIT_H
#define COLLECTOR_BENCH_UNIT_H

#include "base/arena.h"
#include "base/idmap.h"
#include "collector/bench_text.h"

/* What tidying does to a unit; strings live as long as the table. */
struct collector_unit {
    struct ak_str name, tidied;
    uint32_t id, tidied_id;
    double factor;
};

struct collector_unit_meta {
    uint32_t unit; /* tidied id */
    struct ak_str key, value;
};

struct ak_bench_units {
    struct ak_arena *arena;
    struct ak_intern names;
    struct collector_unit *units; /* names.count entries */
    size_t units_cap;
    struct ak_intern meta_keys; /* "<tidied id>=<key>" -> index of metas */
    struct collector_unit_meta *metas;
    size_t meta_count, metas_cap;
};

/* The unit called `name`, added when it is not there. Borrowed until the next unit is added. */
const struct collector_unit *collector_units_get(struct ak_bench_units *u, struct ak_str name);
static inline const struct collector_unit *collector_units_at(const struct ak_bench_units *u,
                                                              uint32_t id)
{
    return &u->units[id];
}

/* Keeps one piece of metadata; the first value wins. */
enum collector_meta { COLLECTOR_META_NEW, COLLECTOR_META_SAME, COLLECTOR_META_CONFLICT };
enum collector_meta collector_units_put_meta(struct ak_bench_units *u, uint32_t tidied_id,
                                             struct ak_str key, struct ak_str value,
                                             struct ak_str *out_kept);

#endif
