#include "stats/changepoint.h"

#include "base/mem.h"
#include "stats/quantile.h"
#include "stats/random.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define MIN_LEVEL 3
#define LONGEST 2000
#define NEAR 8        /* values on each side that must show the change already, */
#define NEAR_PART 0.7 /* this part of the floor at least */
#define SHORT 20      /* up to so many values */
#define SHORT_FACTOR 10
#define PLAIN_PART 0.04

struct search {
    const double *v;
    double *ranks; /* of the part that is looked at; scratch */
    double *shuffled;
    double alpha, floor;
    size_t permutations;
    struct ak_random random;
    size_t *found;
    size_t count, room;
};

/* Average ranks of v[0..n), centred about 0. O(n log n). */
static void rank_part(const double *v, size_t n, double *ranks)
{
    double *sorted = ak_reallocarray(NULL, n, sizeof *sorted);
    memcpy(sorted, v, n * sizeof *sorted);
    ak_sort_f64(sorted, n);
    for (size_t i = 0; i < n; i++) {
        size_t lo = 0, hi = n; /* first not below, then first above */
        while (lo < hi) {
            const size_t mid = (lo + hi) / 2;
            if (sorted[mid] < v[i]) {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        size_t end = lo;
        hi = n;
        while (end < hi) {
            const size_t mid = (end + hi) / 2;
            if (sorted[mid] <= v[i]) {
                end = mid + 1;
            } else {
                hi = mid;
            }
        }
        ranks[i] = ((double)lo + (double)end - (double)n) / 2;
    }
    ak_free(sorted);
}

/* Largest standardised sum of centred ranks over all splits. */
static double best_split(const double *ranks, size_t n)
{
    double sum = 0, best = -1;
    for (size_t t = 1; t + MIN_LEVEL <= n; t++) {
        sum += ranks[t - 1];
        if (t < MIN_LEVEL) {
            continue;
        }
        const double left = (double)t, right = (double)(n - t);
        const double z = sum * sum / (left * right);
        if (z > best) {
            best = z;
        }
    }
    return best;
}

/* Share of shuffles that split at least as well. Stops early once it is sure to be above alpha. */
static double permutation_p(struct search *s, size_t n, double observed)
{
    size_t as_good = 1, round = 1;
    /* A short series costs little and has p near alpha: look closer. */
    const size_t rounds = n <= SHORT ? SHORT_FACTOR * s->permutations : s->permutations;
    const double enough = s->alpha * (double)(rounds + 1);
    memcpy(s->shuffled, s->ranks, n * sizeof *s->shuffled);
    for (; round <= rounds && (double)as_good <= 4 * enough + 4; round++) {
        ak_random_shuffle(&s->random, s->shuffled, n);
        as_good += best_split(s->shuffled, n) >= observed;
    }
    return (double)as_good / (double)round;
}

static bool beyond(double before, double after, double floor)
{
    return fabs(after - before) > floor * fabs(before) && !(after >= before && after <= before);
}

/* The values next to `at` show a good part of the floor already: a drift does not. */
static bool shows_near(const struct search *s, size_t from, size_t at, size_t to)
{
    const size_t left = at - from < NEAR ? at - from : NEAR;
    const size_t right = to - at < NEAR ? to - at : NEAR;
    return beyond(ak_median(s->v + at - left, left), ak_median(s->v + at, right),
                  NEAR_PART * s->floor);
}

/* The split of [from, to) with the largest standardised rank sum among those that show nearby and
 * whose levels differ by the floor; its value, or -1. */
static double best_change(const struct search *s, size_t from, size_t to, size_t *out_at)
{
    const size_t n = to - from;
    double sum = 0, best = -1;
    for (size_t t = 1; t + MIN_LEVEL <= n; t++) {
        sum += s->ranks[t - 1];
        const double z = sum * sum / ((double)t * (double)(n - t));
        if (t >= MIN_LEVEL && z > best && shows_near(s, from, from + t, to) &&
            beyond(ak_median(s->v + from, t), ak_median(s->v + from + t, n - t), s->floor)) {
            best = z;
            *out_at = from + t;
        }
    }
    return best;
}

/* Squared distances from the mean. */
static double squares(const double *v, size_t n)
{
    double mean = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        mean += v[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        sum += (v[i] - mean) * (v[i] - mean);
    }
    return sum;
}

/* The values of [lo, hi) for placing a change, the largest and the smallest drawn in to their
 * neighbours: one odd run pulls no level. */
static void draw_in(const double *v, size_t n, double *out)
{
    double sorted[4 * NEAR];
    memcpy(sorted, v, n * sizeof *v);
    ak_sort_f64(sorted, n);
    for (size_t i = 0; i < n; i++) {
        out[i] = fmin(fmax(v[i], sorted[1]), sorted[n - 2]);
    }
}

/* Moves a change to where two levels describe the values around it best (least squares): a drift
 * pulls the ranks of the whole part, but not those nearby. */
static size_t place(const struct search *s, size_t from, size_t at, size_t to)
{
    const size_t lo = at > from + 2 * NEAR ? at - 2 * NEAR : from;
    const size_t hi = to - at > 2 * NEAR ? at + 2 * NEAR : to, n = hi - lo;
    double near[4 * NEAR], best = AK_INFINITY;
    draw_in(s->v + lo, n, near);
    size_t best_at = at;
    for (size_t t = MIN_LEVEL; t + MIN_LEVEL <= n; t++) {
        const double rest = squares(near, t) + squares(near + t, n - t);
        if (rest < best) {
            best = rest;
            best_at = lo + t;
        }
    }
    return best_at;
}

/* Two levels so far apart that ranks, which know no distance, need not be asked: a short series has
 * too few orders to be sure by them. */
static bool is_plain(const struct search *s, size_t from, size_t at, size_t to)
{
    return squares(s->v + from, at - from) + squares(s->v + at, to - at) <=
           PLAIN_PART * squares(s->v + from, to - from);
}

/* The best change within [from, to), if it stands. */
static bool test_part(struct search *s, size_t from, size_t to, size_t *out_at, double *out_p)
{
    const size_t n = to - from;
    if (n < 2 * MIN_LEVEL) {
        return false;
    }
    rank_part(s->v + from, n, s->ranks);
    const double observed = best_change(s, from, to, out_at);
    if (!(observed > 0)) {
        return false;
    }
    *out_at = place(s, from, *out_at, to);
    *out_p = permutation_p(s, n, observed);
    return *out_p <= s->alpha || is_plain(s, from, *out_at, to);
}

static void split(struct search *s, size_t from, size_t to)
{
    size_t at;
    double p;
    if (s->count == s->room || !test_part(s, from, to, &at, &p)) {
        return;
    }
    split(s, from, at);
    if (s->count < s->room) {
        s->found[s->count++] = at;
    }
    split(s, at, to);
}

/* Tests each change between its neighbours, drops those that no longer stand, until all do. */
static size_t settle(struct search *s, size_t n, struct ak_change *out)
{
    for (size_t i = 0; i < s->count;) {
        const size_t from = i > 0 ? s->found[i - 1] : 0;
        const size_t to = i + 1 < s->count ? s->found[i + 1] : n;
        size_t at;
        double p = 1;
        if (!test_part(s, from, to, &at, &p)) {
            memmove(s->found + i, s->found + i + 1, (s->count - i - 1) * sizeof *s->found);
            s->count--;
            i = 0;
            continue;
        }
        s->found[i] = at;
        out[i] = (struct ak_change){.at = at, .p = p};
        i++;
    }
    for (size_t i = 0; i < s->count; i++) {
        const size_t from = i > 0 ? out[i - 1].at : 0;
        const size_t to = i + 1 < s->count ? out[i + 1].at : n;
        out[i].before = ak_median(s->v + from, out[i].at - from);
        out[i].after = ak_median(s->v + out[i].at, to - out[i].at);
    }
    return s->count;
}

size_t ak_change_points(const double *values, size_t n, const struct ak_change_opts *opts,
                        struct ak_change *out, size_t room)
{
    const size_t skipped = n > LONGEST ? n - LONGEST : 0;
    n -= skipped;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[skipped + i])) {
            return 0;
        }
    }
    if (n < 2 * MIN_LEVEL || room == 0) {
        return 0;
    }
    struct search s = {.v = values + skipped,
                       .alpha = opts && opts->alpha > 0 ? opts->alpha : 0.01,
                       .floor = opts && opts->floor > 0 ? opts->floor : 0.05,
                       .permutations = opts && opts->permutations ? opts->permutations : 400,
                       .random = ak_random_seeded(opts ? opts->seed : 0),
                       .room = room};
    s.ranks = ak_reallocarray(NULL, 2 * n, sizeof *s.ranks);
    s.shuffled = s.ranks + n;
    s.found = ak_calloc(room, sizeof *s.found);
    split(&s, 0, n);
    const size_t count = settle(&s, n, out);
    for (size_t i = 0; i < count; i++) {
        out[i].at += skipped;
    }
    ak_free(s.ranks);
    ak_free(s.found);
    return count;
}
