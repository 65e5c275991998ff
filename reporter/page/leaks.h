/* The part of the dashboard about series that leak in the newest run that measured them. */
#ifndef REPORTER_PAGE_LEAKS_H
#define REPORTER_PAGE_LEAKS_H

#include "reporter/template.h"
#include "store/trend.h"

/* The newest measured point, or NULL. */
const struct ak_trend_point *reporter_page_newest(const struct ak_trend_series *s);
/* Does the newest run that measured it grow from repetition to repetition? */
bool reporter_page_is_leaking(const struct ak_trend_series *s);
/* Verdict, chart of the repetitions and functions that hold the memory; `i` is the row of the
 * series on the page. Where one profile covers this series and the one above (or NULL), its
 * functions are not listed again. In arena. */
struct ak_tvalue *reporter_page_leak(struct ak_arena *a, const struct ak_trend_series *s, size_t i,
                                     const struct ak_trend_series *above);

#endif
