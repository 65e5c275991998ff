#include "level.h"

#include "base/mem.h"
#include "entity.h"

bool collector_unit_is_level(const char *unit)
{
    static const char *const words[] = {"heap", "rss", "inuse", "goroutines", "threads"};
    for (size_t i = 0; i < AK_COUNT(words); i++) {
        if (ak_str_find(ak_str_from(unit), ak_str_from(words[i])) >= 0) {
            return true;
        }
    }
    return false;
}

/* Operations per repetition when it is the same in all, else 0. */
static int64_t operations(const struct ak_series *s)
{
    for (size_t i = 0; s->iterations && i < s->count; i++) {
        if (s->iterations[i] != s->iterations[0] || s->iterations[i] < 1) {
            return 0;
        }
    }
    return s->iterations && s->count > 0 ? s->iterations[0] : 0;
}

void collector_trend_per_operation(const struct ak_series *series, struct ak_arena *arena,
                                   struct ak_trend *t)
{
    const int64_t n = operations(series);
    if (n > 0) {
        t->slope /= (double)n;
        t->slope_lo /= (double)n;
        t->slope_hi /= (double)n;
        t->per = collector_entities_phrase(series->benchmark, arena);
    }
}

const char *collector_slope_text(const struct ak_trend *t, const char *unit, struct ak_arena *arena)
{
    const struct ak_str u = ak_str_from(unit);
    const ptrdiff_t slash = ak_str_chr(u, '/');
    return ak_arena_printf(arena, "%.3g %.*s for every %s (95 %% interval %.3g to %.3g)", t->slope,
                           (int)(slash < 0 ? (ptrdiff_t)u.len : slash), unit, t->per, t->slope_lo,
                           t->slope_hi);
}
