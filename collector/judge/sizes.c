#include "collector/sizes.h"

#include "base/mem.h"
#include "entity.h"
#include "read/value_text.h"
#include "stats/trend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SUPERLINEAR 1.3
#define SIZES_NEEDED 3

struct member {
    const struct ak_series *series;
    double size;
    const char *family; /* name with N, in arena */
};

/* "ShutdownLatency_NActors". */
static const char *family_of(const char *benchmark, const struct collector_entities *e,
                             struct ak_arena *arena)
{
    return ak_arena_printf(arena, "%.*sN%s", (int)e->from, benchmark, benchmark + e->to);
}

static int by_family(const void *pa, const void *pb)
{
    const struct member *a = pa, *b = pb;
    int order = strcmp(a->family, b->family);
    order = order ? order : strcmp(a->series->unit, b->series->unit);
    order = order ? order : strcmp(a->series->package, b->series->package);
    if (order == 0 && (a->size < b->size || a->size > b->size)) {
        return a->size < b->size ? -1 : 1;
    }
    return order ? order : a->series < b->series ? -1 : a->series > b->series;
}

static bool same_family(const struct member *a, const struct member *b)
{
    return strcmp(a->family, b->family) == 0 && strcmp(a->series->unit, b->series->unit) == 0 &&
           strcmp(a->series->package, b->series->package) == 0;
}

static const char *law_sentence(const struct ak_size_law *law, struct ak_arena *arena)
{
    const char *interval =
        isfinite(law->lo) ? ak_arena_printf(arena, " [%.2f, %.2f]", law->lo, law->hi) : "";
    const char *last = law->sizes > 2 ? ak_arena_printf(arena, ", %.2f between the two largest",
                                                        law->last_exponent)
                                      : ", too few sizes to call it a law";
    return ak_arena_printf(arena, "%s grows with a power of %.2f%s over %zu sizes (%.0f to %.0f%s)",
                           law->unit, law->exponent, interval, law->sizes, law->smallest,
                           law->largest, last);
}

/* "100: 10.29ms of 5, 1000: 236.7ms of 5". */
static const char *medians_text(const struct member *members, size_t n, struct ak_arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < n; i++) {
        const struct ak_series *s = members[i].series;
        text = ak_arena_printf(
            arena, "%s%s%.0f: %s of %zu", text, i > 0 ? ", " : "", members[i].size,
            collector_value_text(ak_median(s->values, s->count), s->unit, arena), s->count);
    }
    return text;
}

/* Fits members[0..n), sorted by size. False when a value is not above zero. */
static bool law_fit(const struct member *members, size_t n, double confidence,
                    struct ak_arena *arena, struct ak_size_law *law)
{
    size_t points = 0;
    for (size_t i = 0; i < n; i++) {
        points += members[i].series->count;
    }
    double *x = ak_calloc(2 * points + 1, sizeof *x), *y = x + points;
    size_t at = 0;
    bool positive = points > 0;
    double before = AK_NAN, last = AK_NAN, size_before = AK_NAN;
    *law = (struct ak_size_law){.name = members[0].family,
                                .unit = members[0].series->unit,
                                .first = members[0].series,
                                .smallest = members[0].size,
                                .largest = members[n - 1].size};
    for (size_t i = 0; i < n; i++) {
        const struct ak_series *s = members[i].series;
        for (size_t k = 0; k < s->count; k++) {
            positive = positive && s->values[k] > 0;
            x[at] = log(members[i].size);
            y[at++] = log(s->values[k]);
        }
        if (i == 0 || members[i].size > members[i - 1].size) {
            law->sizes++;
            before = last;
            size_before = i > 0 ? members[i - 1].size : AK_NAN;
        }
        last = ak_median(s->values, s->count);
    }
    if (positive && law->sizes >= 2) {
        const struct ak_line line = ak_least_squares(x, y, points, confidence);
        law->last_exponent = log(last / before) / log(law->largest / size_before);
        law->exponent = points > 2 ? line.slope.value : law->last_exponent;
        law->lo = points > 2 ? line.slope.lo : AK_NAN;
        law->hi = points > 2 ? line.slope.hi : AK_NAN;
        law->sentence = law_sentence(law, arena);
        law->medians = medians_text(members, n, arena);
    }
    ak_free(x);
    return positive && law->sizes >= 2;
}

struct ak_size_law *ak_sizes_laws(const struct ak_run *run, double confidence,
                                  struct ak_arena *arena, size_t *out_count)
{
    struct member *members = ak_calloc(run->series_count + 1, sizeof *members);
    size_t n = 0;
    for (size_t i = 0; i < run->series_count; i++) {
        const struct collector_entities e = collector_entities_of(run->series[i].benchmark);
        if (e.count > 0) {
            members[n++] = (struct member){&run->series[i], e.count,
                                           family_of(run->series[i].benchmark, &e, arena)};
        }
    }
    qsort(members, n, sizeof *members, by_family);
    struct ak_size_law *laws = AK_NEW_ARRAY(arena, struct ak_size_law, n + 1);
    *out_count = 0;
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && same_family(&members[i], &members[end])) {
            end++;
        }
        *out_count += law_fit(members + i, end - i, confidence, arena, &laws[*out_count]);
        i = end;
    }
    ak_free(members);
    return laws;
}

struct ak_size_law *ak_sizes_superlinear(const struct ak_run *run, struct ak_arena *arena,
                                         size_t *out_count)
{
    size_t n;
    struct ak_size_law *laws = ak_sizes_laws(run, 0.95, arena, &n);
    *out_count = 0;
    for (size_t i = 0; i < n; i++) {
        const struct ak_unit_info info = ak_unit_info(ak_str_from(laws[i].unit));
        const bool rate = info.better == AK_HIGHER_IS_BETTER;
        if (laws[i].sizes >= SIZES_NEEDED && laws[i].lo > SUPERLINEAR &&
            laws[i].last_exponent > SUPERLINEAR && info.class != AK_UNIT_OTHER && !rate) {
            laws[(*out_count)++] = laws[i];
        }
    }
    return laws;
}
