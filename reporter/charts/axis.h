/* Axes: where values fall and which ticks stand below them. */
#ifndef REPORTER_CHARTS_AXIS_H
#define REPORTER_CHARTS_AXIS_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum { AXIS_TICKS = 16 };

struct axis {
    double lo, hi;   /* of the values; lo < hi */
    double from, to; /* in points of the picture */
    bool is_log;     /* lo > 0 */
};
/* The place of a value, clamped to the axis; NaN stays NaN. */
double reporter_axis_at(const struct axis *a, double value);
/* Is the value outside the axis? */
bool reporter_axis_outside(const struct axis *a, double value);
/* Round values 1, 2, 5 * 10^k within the axis, at most `wanted` (up to AXIS_TICKS); returns how
 * many. On a log axis powers of 10, with 2 and 5 where they fit. */
size_t reporter_axis_ticks(const struct axis *a, size_t wanted, double ticks[AXIS_TICKS]);
/* Ticks of an axis of ratios: 1, then doublings and halvings, then finer ones, as far as `gap`
 * points stay between two of them; sorted. */
size_t reporter_axis_ratio_ticks(const struct axis *a, double gap, double ticks[AXIS_TICKS]);
/* Their labels are of one kind: factors ("÷4", "×1", "×16") where the axis reaches beyond a factor
 * of 4, else percent ("-20%", "0", "+20%"). In arena. */
const char *reporter_axis_ratio_text(const struct axis *a, double ratio, struct ak_arena *arena);

#endif
