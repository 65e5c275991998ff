/* Series over a history as text and JSON: pure functions from model to bytes. All append to `out`.
 */
#ifndef REPORTER_TREND_H
#define REPORTER_TREND_H

#include "base/buf.h"
#include "store/trend.h"

struct ak_trend_text_opts {
    bool color;
    bool all; /* also series in which nothing was found */
};
/* A line with a sparkline per series, what was found below it. */
void ak_trend_text(const struct ak_trend_series *series, size_t count,
                   const struct ak_trend_text_opts *opts, struct ak_buf *out);
/* The leaks first, with the functions that hold the memory. */
void ak_leaks_text(const struct ak_trend_series *series, size_t count,
                   const struct ak_trend_text_opts *opts, struct ak_buf *out);
void ak_trend_json(const struct ak_trend_series *series, size_t count, struct ak_buf *out);

#endif
