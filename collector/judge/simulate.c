#include "collector/simulate.h"

#include "base/mem.h"
#include "collector/compare.h"
#include "collector/growth.h"
#include "stats/changepoint.h"
#include "stats/random.h"

#include <math.h>

#define SCREEN 10  /* interleaved repetitions a side */
#define CONFIRM 20 /* fresh repetitions of the suspects */
#define ROWS 50    /* of a pull request */
#define HISTORY 60 /* runs */
#define CHANGE_AT 50

struct simulating {
    struct ak_random random;
    size_t trials;
    void (*each)(void *ctx, const struct ak_simulation *row);
    void *ctx;
};

static double normal(struct simulating *s)
{
    return ak_random_normal(&s->random);
}

static bool chance(struct simulating *s, double p)
{
    return ak_random_unit(&s->random) < p;
}

static void report(struct simulating *s, const struct ak_simulation *row)
{
    s->each(s->ctx, row);
}

/* --- noise of measurements ---------------------------------------------------------------- */

/* Times of one session of interleaved runs: what all repetitions share, and what each has. */
enum noise { NOISE_LOGNORMAL, NOISE_SHARED, NOISE_BIMODAL, NOISE_OUTLIER, NOISE_DRIFT, NOISES };

static const char *const noise_names[NOISES] = {
    "log-normal 3 %",
    "5 % between sessions, 2 % within",
    "2 %, 30 % of sessions 12 % slower",
    "3 %, 5 % of values 1.2 to 2 times slower",
    "2 % on a drifting machine",
};

struct session {
    enum noise noise;
    double level; /* shared by all that is measured in it */
};

static struct session session_begin(struct simulating *s, enum noise noise)
{
    struct session session = {noise, 1};
    if (noise == NOISE_SHARED) {
        session.level = exp(0.05 * normal(s));
    } else if (noise == NOISE_BIMODAL && chance(s, 0.3)) {
        session.level = 1.12;
    }
    return session;
}

static double measure(struct simulating *s, struct session *session)
{
    const bool wide = session->noise == NOISE_LOGNORMAL || session->noise == NOISE_OUTLIER;
    double value = session->level * exp((wide ? 0.03 : 0.02) * normal(s));
    if (session->noise == NOISE_OUTLIER && chance(s, 0.05)) {
        value *= 1.2 + 0.8 * ak_random_unit(&s->random);
    }
    if (session->noise == NOISE_DRIFT) {
        session->level *= exp(0.003 * normal(s));
    }
    return value;
}

/* n values a side in the order ABBA; b is `ratio` times slower. */
static void interleave(struct simulating *s, enum noise noise, double ratio, size_t n, double *a,
                       double *b)
{
    struct session session = session_begin(s, noise);
    for (size_t i = 0; i < n; i++) {
        const bool b_first = i % 2 != 0;
        const double first = measure(s, &session), second = measure(s, &session);
        a[i] = b_first ? second : first;
        b[i] = ratio * (b_first ? first : second);
    }
}

/* --- compare ------------------------------------------------------------------------------ */

struct pull_request {
    struct ak_arena *arena;
    struct ak_series before[ROWS], after[ROWS];
    struct ak_comparison result;
};

static void row_fill(struct simulating *s, struct pull_request *pr, size_t row, enum noise noise,
                     double ratio, size_t n)
{
    double *a = ak_arena_alloc(pr->arena, 2 * n * sizeof *a);
    interleave(s, noise, ratio, n, a, a + n);
    const struct ak_series series = {.benchmark = ak_arena_printf(pr->arena, "%02zu", row),
                                     .package = "",
                                     .unit = "ns/op",
                                     .procs = 1,
                                     .count = n};
    pr->before[row] = pr->after[row] = series;
    pr->before[row].values = a;
    pr->after[row].values = a + n;
}

static void judge(struct pull_request *pr, size_t rows)
{
    struct ak_run *runs = AK_NEW_ARRAY(pr->arena, struct ak_run, 2);
    runs[0] = (struct ak_run){.label = "", .series = pr->before, .series_count = rows};
    runs[1] = (struct ak_run){.label = "", .series = pr->after, .series_count = rows};
    ak_compare_runs(&runs[0], &runs[1], NULL, pr->arena, &pr->result);
}

static const struct ak_compare_row *row_find(const struct ak_comparison *c, const char *name)
{
    for (size_t i = 0; i < c->row_count; i++) {
        if (strcmp(c->rows[i].benchmark, name) == 0) {
            return &c->rows[i];
        }
    }
    return NULL;
}

/* Rows 0 .. rows-1, of which row 0 is `ratio` times slower: screened, suspects measured again. */
static void pull_request_run(struct simulating *s, struct pull_request *pr, enum noise noise,
                             double ratio, size_t rows)
{
    for (size_t row = 0; row < rows; row++) {
        row_fill(s, pr, row, noise, row == 0 ? ratio : 1, SCREEN);
    }
    judge(pr, rows);
    for (size_t row = 0; row < rows; row++) {
        const struct ak_compare_row *r = row_find(&pr->result, pr->before[row].benchmark);
        if (r && r->p <= 0.05 && fabs(r->ratio - 1) > 0.02) {
            row_fill(s, pr, row, noise, row == 0 ? ratio : 1, CONFIRM);
        }
    }
    judge(pr, rows);
}

static void simulate_alarms(struct simulating *s, enum noise noise)
{
    size_t worse = 0, alarms = 0, single = 0;
    for (size_t trial = 0; trial < s->trials; trial++) {
        struct pull_request pr = {.arena = ak_arena_new()};
        pull_request_run(s, &pr, noise, 1, ROWS);
        const size_t wrong =
            pr.result.counts[AK_VERDICT_WORSE] + pr.result.counts[AK_VERDICT_BETTER];
        worse += wrong;
        alarms += wrong > 0;
        pull_request_run(s, &pr, noise, 1, 1);
        single += pr.result.counts[AK_VERDICT_WORSE] + pr.result.counts[AK_VERDICT_BETTER];
        ak_arena_free(pr.arena);
    }
    const char *name = noise_names[noise];
    report(s, &(struct ak_simulation){"compare", name, "unchanged code: wrong rows of 50", worse,
                                      s->trials * ROWS, 0.01, false});
    report(s, &(struct ak_simulation){"compare", name, "unchanged code: wrong pull requests",
                                      alarms, s->trials, 0.05, false});
    report(s, &(struct ak_simulation){"compare", name, "unchanged code: wrong, one row alone",
                                      single, s->trials, 0.01, false});
}

static void simulate_power(struct simulating *s, enum noise noise, double ratio, double goal)
{
    size_t found = 0;
    for (size_t trial = 0; trial < s->trials; trial++) {
        struct pull_request pr = {.arena = ak_arena_new()};
        pull_request_run(s, &pr, noise, ratio, ROWS);
        const struct ak_compare_row *r = row_find(&pr.result, "00");
        found += r && r->verdict == AK_VERDICT_WORSE;
        ak_arena_free(pr.arena);
    }
    report(s, &(struct ak_simulation){"compare", noise_names[noise],
                                      ratio > 1.07 ? "10 % slower among 50 rows: found"
                                                   : "5 % slower among 50 rows: found",
                                      found, s->trials, goal, true});
}

/* --- compare, not measured in turn -------------------------------------------------------- */

/* Runs of ROWS benchmarks, each run at another time: PAST of the history, the base being the newest
 * of them, and the one that is judged. */
#define PAST 20

struct apart {
    struct ak_arena *arena;
    struct ak_run runs[PAST + 1];
    struct ak_run *past[PAST];
    struct ak_comparison result;
};

static void apart_fill(struct simulating *s, struct apart *a, enum noise noise, double ratio)
{
    double drift[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        drift[row] = 1;
    }
    for (size_t r = 0; r <= PAST; r++) {
        struct ak_series *series = AK_NEW_ARRAY(a->arena, struct ak_series, ROWS);
        a->runs[r] = (struct ak_run){.label = "", .series = series, .series_count = ROWS};
        for (size_t row = 0; row < ROWS; row++) {
            double *v = AK_NEW_ARRAY(a->arena, double, SCREEN);
            struct session session = session_begin(s, noise);
            drift[row] *= noise == NOISE_DRIFT ? exp(0.005 * normal(s)) : 1;
            session.level *= drift[row] * (r == PAST && row == 0 ? ratio : 1);
            for (size_t i = 0; i < SCREEN; i++) {
                v[i] = measure(s, &session);
            }
            series[row] = (struct ak_series){.benchmark = ak_arena_printf(a->arena, "%02zu", row),
                                             .package = "",
                                             .unit = "ns/op",
                                             .procs = 1,
                                             .values = v,
                                             .count = SCREEN};
        }
        if (r < PAST) {
            a->past[r] = &a->runs[r];
        }
    }
}

/* Wrong rows, and comparisons that have one. */
struct apart_count {
    size_t rows, alarms;
};

static void apart_judge(struct apart *a, bool history, struct apart_count *count)
{
    const struct ak_compare_opts opts = {.history = a->past, .history_count = history ? PAST : 0};
    ak_compare_runs(&a->runs[PAST - 1], &a->runs[PAST], &opts, a->arena, &a->result);
    const size_t wrong = a->result.counts[AK_VERDICT_WORSE] + a->result.counts[AK_VERDICT_BETTER];
    count->rows += wrong;
    count->alarms += wrong > 0;
}

static void simulate_apart_alarms(struct simulating *s, enum noise noise)
{
    struct apart_count without = {0}, with = {0};
    for (size_t trial = 0; trial < s->trials; trial++) {
        struct apart a = {.arena = ak_arena_new()};
        apart_fill(s, &a, noise, 1);
        apart_judge(&a, false, &without);
        apart_judge(&a, true, &with);
        ak_arena_free(a.arena);
    }
    const char *name = noise_names[noise];
    report(s, &(struct ak_simulation){"compare apart", name,
                                      "unchanged code, no history: wrong rows of 50", without.rows,
                                      s->trials * ROWS, 0, false});
    report(s, &(struct ak_simulation){"compare apart", name,
                                      "unchanged code, 20 runs: wrong rows of 50", with.rows,
                                      s->trials * ROWS, 0.01, false});
    report(s, &(struct ak_simulation){"compare apart", name,
                                      "unchanged code, 20 runs: wrong pull requests", with.alarms,
                                      s->trials, 0.05, false});
}

static void simulate_apart_power(struct simulating *s, enum noise noise)
{
    static const struct {
        double ratio;
        const char *what;
    } sizes[] = {{1.1, "10 % slower among 50 rows, 20 runs: found"},
                 {1.2, "20 % slower among 50 rows, 20 runs: found"},
                 {1.5, "50 % slower among 50 rows, 20 runs: found"}};
    for (size_t k = 0; k < AK_COUNT(sizes); k++) {
        size_t found = 0;
        for (size_t trial = 0; trial < s->trials; trial++) {
            struct apart a = {.arena = ak_arena_new()};
            struct apart_count all = {0};
            apart_fill(s, &a, noise, sizes[k].ratio);
            apart_judge(&a, true, &all);
            const struct ak_compare_row *r = row_find(&a.result, "00");
            found += r && r->verdict == AK_VERDICT_WORSE;
            ak_arena_free(a.arena);
        }
        report(s, &(struct ak_simulation){"compare apart", noise_names[noise], sizes[k].what, found,
                                          s->trials, 0, true});
    }
}

/* --- leaks -------------------------------------------------------------------------------- */

enum heap { HEAP_IID, HEAP_AR1, HEAP_SAW, HEAP_WARMUP, HEAP_STEP, HEAP_WALK, HEAPS };

static const char *const heap_names[HEAPS] = {
    "independent, 2 %",     "autocorrelated .7, 2 %", "garbage sawtooth 20 %",
    "warm-up to a plateau", "one step of 20 %",       "random walk, 0.4 % a step",
};

/* n heap sizes, plus `growth` over all of them as a part of the level. */
static void heap_fill(struct simulating *s, enum heap heap, double growth, size_t n, double *out)
{
    const size_t step = n / 4 + ak_random_below(&s->random, n / 2);
    const double phase = ak_random_unit(&s->random) * 7;
    const double warm = 2 + ak_random_unit(&s->random) * (double)n / 15;
    double state = 0, walk = 0;
    for (size_t i = 0; i < n; i++) {
        const double t = (double)i;
        state = 0.7 * state + sqrt(1 - 0.49) * 0.02 * normal(s);
        walk += 0.004 * normal(s);
        const double own[HEAPS] = {
            [HEAP_IID] = 0.02 * normal(s),
            [HEAP_AR1] = state,
            [HEAP_SAW] = 0.2 * fmod(t + phase, 7) / 7 + 0.005 * normal(s),
            [HEAP_WARMUP] = -0.5 * exp(-t / warm) + 0.01 * normal(s),
            [HEAP_STEP] = (i < step ? 0 : 0.2) + 0.02 * normal(s),
            [HEAP_WALK] = walk + 0.01 * normal(s),
        };
        out[i] = 100 * (1 + own[heap] + growth * t / (double)(n - 1));
    }
}

static void simulate_leaks(struct simulating *s, enum heap heap)
{
    double v[HISTORY];
    static const size_t lengths[] = {60, 10};
    for (size_t k = 0; k < 2; k++) {
        size_t leaks = 0;
        for (size_t trial = 0; trial < s->trials; trial++) {
            struct ak_arena *arena = ak_arena_new();
            struct ak_trend t;
            heap_fill(s, heap, 0, lengths[k], v);
            ak_growth_judge(v, lengths[k], NULL, arena, &t);
            leaks += t.growth == AK_GROWTH_LEAK;
            ak_arena_free(arena);
        }
        const bool hard = heap == HEAP_STEP || heap == HEAP_WALK;
        report(s, &(struct ak_simulation){"leak", heap_names[heap],
                                          k == 0 ? "no leak, 60 values: called leak"
                                                 : "no leak, 10 values: called leak",
                                          leaks, s->trials, hard ? 0.05 : 0.01, false});
    }
    if (heap == HEAP_STEP) {
        return; /* a step and a leak together are both */
    }
    size_t found = 0;
    for (size_t trial = 0; trial < s->trials; trial++) {
        struct ak_arena *arena = ak_arena_new();
        struct ak_trend t;
        heap_fill(s, heap, 0.2, HISTORY, v);
        ak_growth_judge(v, HISTORY, NULL, arena, &t);
        found += t.growth == AK_GROWTH_LEAK;
        ak_arena_free(arena);
    }
    report(s, &(struct ak_simulation){"leak", heap_names[heap], "+20 %, 60 values: found", found,
                                      s->trials, 0.95, true});
}

/* --- changes of level in a history ---------------------------------------------------------- */

/* A history of `runs` with a change of level before run `at`. */
struct history {
    size_t runs, at;
    double change;
};

/* One value per run: the median of its repetitions, each run a session of its own. */
static void history_fill(struct simulating *s, enum noise noise, const struct history *h,
                         double *out)
{
    double drift = 1;
    for (size_t i = 0; i < h->runs; i++) {
        double reps[SCREEN];
        struct session session = session_begin(s, noise);
        drift *= noise == NOISE_DRIFT ? exp(0.005 * normal(s)) : 1;
        session.level *= drift;
        for (size_t k = 0; k < SCREEN; k++) {
            reps[k] = measure(s, &session);
        }
        out[i] = ak_median(reps, SCREEN) * (i < h->at ? 1 : 1 + h->change);
    }
}

/* Trials in which a change is told: any where there is none, else one within `near` runs of it. */
static size_t history_hits(struct simulating *s, enum noise noise, const struct history *h,
                           size_t near)
{
    size_t hits = 0;
    for (size_t trial = 0; trial < s->trials; trial++) {
        double v[HISTORY];
        struct ak_change changes[8];
        history_fill(s, noise, h, v);
        const size_t n = ak_change_points(v, h->runs, NULL, changes, AK_COUNT(changes));
        bool hit = h->change <= 0 && n > 0;
        for (size_t i = 0; i < n && h->change > 0; i++) {
            hit = hit || (changes[i].at + near >= h->at && changes[i].at <= h->at + near);
        }
        hits += hit;
    }
    return hits;
}

static void simulate_changes(struct simulating *s, enum noise noise)
{
    static const struct {
        double change;
        const char *what;
    } sizes[] = {{0, "no change: called change"},
                 {0.05, "5 % at run 51 of 60: found within 3"},
                 {0.10, "10 % at run 51 of 60: found within 3"},
                 {0.20, "20 % at run 51 of 60: found within 3"}};
    for (size_t k = 0; k < AK_COUNT(sizes); k++) {
        const struct history h = {HISTORY, CHANGE_AT, sizes[k].change};
        const size_t hits = history_hits(s, noise, &h, 3);
        const double goals[] = {noise == NOISE_DRIFT ? 0.05 : 0.03, 0,
                                noise == NOISE_OUTLIER   ? 0.6
                                : noise == NOISE_BIMODAL ? 0
                                                         : 0.85,
                                0.85};
        report(s, &(struct ak_simulation){"change", noise_names[noise], sizes[k].what, hits,
                                          s->trials, goals[k], k > 0});
    }
}

/* A young history. */
static void simulate_short(struct simulating *s, enum noise noise)
{
    const struct history none = {10, 5, 0}, large = {10, 5, 0.5};
    const size_t wrong = history_hits(s, noise, &none, 0);
    const size_t found = history_hits(s, noise, &large, 1);
    report(s, &(struct ak_simulation){"change", noise_names[noise],
                                      "no change, 10 runs: called change", wrong, s->trials,
                                      noise == NOISE_DRIFT ? 0.05 : 0.03, false});
    report(s, &(struct ak_simulation){"change", noise_names[noise],
                                      "50 % at run 6 of 10: found within 1", found, s->trials, 0.85,
                                      true});
}

void ak_simulate(const struct ak_simulate_opts *opts,
                 void (*each)(void *ctx, const struct ak_simulation *row), void *ctx)
{
    struct simulating s = {.random = ak_random_seeded(opts->seed),
                           .trials = opts->trials ? opts->trials : 400,
                           .each = each,
                           .ctx = ctx};
    for (int noise = 0; noise < NOISES; noise++) {
        simulate_alarms(&s, (enum noise)noise);
        simulate_power(&s, (enum noise)noise, 1.1, 0.9);
        simulate_power(&s, (enum noise)noise, 1.05, noise == NOISE_SHARED ? 0.9 : 0);
    }
    for (int noise = 0; noise < NOISES; noise++) {
        simulate_apart_alarms(&s, (enum noise)noise);
        simulate_apart_power(&s, (enum noise)noise);
    }
    for (int heap = 0; heap < HEAPS; heap++) {
        simulate_leaks(&s, (enum heap)heap);
    }
    for (int noise = 0; noise < NOISES; noise++) {
        simulate_changes(&s, (enum noise)noise);
        simulate_short(&s, (enum noise)noise);
    }
}
