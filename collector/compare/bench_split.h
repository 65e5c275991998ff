/* Tables that keep apart what people want to compare. */
#ifndef COLLECTOR_BENCH_SPLIT_H
#define COLLECTOR_BENCH_SPLIT_H

#include "base/arena.h"
#include "store/table.h"

/* One sentence about the first benchmark that stands in two tables, with one input each, or NULL.
 * In arena. */
const char *collector_tables_split(const struct ak_table_set *set, struct ak_arena *arena);

#endif
