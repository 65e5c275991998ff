/* Private to store/: reading a series from a row. */
#ifndef RUN_LOAD_H
#define RUN_LOAD_H

#include "db.h"

/* Columns from `column` on: benchmark, package, unit, procs, better, iterations, vals. False when
 * damaged. */
bool store_series_read(const struct store_query *q, int column, struct ak_arena *arena,
                       struct ak_series *out);

/* The first five of these columns. */
void store_series_read_name(const struct store_query *q, int column, struct ak_arena *arena,
                            struct ak_series *out);

#endif
