/* benchstat's filters (golang.org/x/perf/benchproc) over the series of runs: ".name:Encode",
 * "/size:(1 OR 2)", ".unit:ns/op -goos:windows". */
#ifndef COLLECTOR_SERIES_FILTER_H
#define COLLECTOR_SERIES_FILTER_H

#include "store/run.h"

struct ak_series_filter;

/* Parses `text`; keys that are neither name, part of the name nor unit are looked up in the
 * environment of `run` and as "pkg" in the series. In arena, but holds expressions until released.
 * AK_USAGE with the position of a syntax error. */
enum ak_status ak_series_filter_new(const char *text, const struct ak_run *run,
                                    struct ak_arena *arena, struct ak_series_filter **out,
                                    struct ak_error *err) AK_MUST_USE;
void ak_series_filter_release(struct ak_series_filter *f); /* accepts NULL */

/* Whether the filter takes the series; `ctx` is the filter. For ak_compare_opts.keep. */
bool ak_series_filter_keep(void *ctx, const struct ak_series *series);

#endif
