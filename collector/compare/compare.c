#include "collector/compare.h"

#include "base/idmap.h"
#include "base/mem.h"
#include "between.h"
#include "compare_row.h"
#include "pairing.h"
#include "stats/multiple.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* --- rows -------------------------------------------------------------------------------- */

/* Both runs belong to one session of measuring in turn. */
static bool in_turn(const struct ak_comparison *c)
{
    const char *session = ak_run_env(c->before, AK_ENV_SESSION);
    return *session && strcmp(session, ak_run_env(c->after, AK_ENV_SESSION)) == 0;
}

static bool kept(const struct ak_compare_opts *o, const struct ak_series *s)
{
    return !o->keep || o->keep(o->keep_ctx, s);
}

/* True when GOMAXPROCS tells rows apart, so that names must show it. */
static bool procs_vary(struct ak_run *const *runs, size_t count)
{
    unsigned first = 0;
    for (size_t r = 0; r < count; r++) {
        for (size_t i = 0; i < runs[r]->series_count; i++) {
            first = first == 0 ? runs[r]->series[i].procs : first;
            if (runs[r]->series[i].procs != first) {
                return true;
            }
        }
    }
    return false;
}

/* What the history says of row `i`, whose runs stand behind the compared ones in `rows`. */
static void variance_find(const struct row_maker *m, const struct pairing *rows, size_t compared,
                          size_t i, struct between *out)
{
    double *medians = AK_NEW_ARRAY(m->arena, double, rows->runs);
    for (size_t run = compared; run < rows->runs; run++) {
        const struct ak_series *s = collector_pair_cell(rows, i, run);
        medians[run - compared] = s ? ak_median(s->values, s->count) : AK_NAN;
    }
    collector_between_of(medians, rows->runs - compared, m->arena, out);
}

/* A row of the pairing and where it is to stand. */
struct row_place {
    size_t place, row;
};

static int by_row_place(const void *pa, const void *pb)
{
    const struct row_place *a = pa, *b = pb;
    return a->place != b->place ? (a->place > b->place) - (a->place < b->place)
                                : (a->row > b->row) - (a->row < b->row);
}

static size_t place_of(const struct ak_compare_group *g, const struct pairing *rows, size_t row)
{
    for (size_t r = 0; g->places && r < g->count; r++) {
        const struct ak_series *s = collector_pair_cell(rows, row, r);
        if (s) {
            return g->places[r][s - g->runs[r]->series];
        }
    }
    return row;
}

/* The rows of the pairing in the order of the group. Returns owned. */
static struct row_place *rows_order(const struct ak_compare_group *g, const struct pairing *rows)
{
    struct row_place *order = ak_calloc(rows->rows + 1, sizeof *order);
    for (size_t i = 0; i < rows->rows; i++) {
        order[i] = (struct row_place){place_of(g, rows, i), i};
    }
    if (g->places) {
        qsort(order, rows->rows, sizeof *order, by_row_place);
    }
    return order;
}

/* One row in all pairs. */
static void row_collect(struct ak_comparison_set *set, const struct row_maker *m,
                        const struct ak_compare_opts *o, const struct pairing *rows, size_t i)
{
    const struct ak_series *name = collector_pair_name(rows, i, set->pair_count + 1);
    if (!name || !kept(o, name)) {
        return;
    }
    struct between between = {.sd = AK_NAN};
    if (o->history_count > 0) {
        variance_find(m, rows, set->pair_count + 1, i, &between);
    }
    for (size_t k = 0; k < set->pair_count; k++) {
        struct ak_comparison *c = &set->pairs[k];
        struct ak_compare_row *row = &c->rows[c->row_count++];
        collector_row_make(m, name, collector_pair_cell(rows, i, 0),
                           collector_pair_cell(rows, i, k + 1), row);
        if (!in_turn(c)) {
            collector_row_between(m, &between, row);
        }
    }
}

/* The rows of all pairs; those of the history alone are left out. */
static void rows_collect(struct ak_comparison_set *set, const struct row_maker *m,
                         const struct ak_compare_opts *o, const struct ak_compare_group *g,
                         const struct pairing *rows)
{
    for (size_t k = 0; k < set->pair_count; k++) {
        set->pairs[k].rows = AK_NEW_ARRAY(m->arena, struct ak_compare_row, rows->rows);
    }
    struct row_place *order = rows_order(g, rows);
    for (size_t i = 0; i < rows->rows; i++) {
        row_collect(set, m, o, rows, order[i].row);
    }
    ak_free(order);
}

/* A row of any set, and where its verdict is counted. */
struct judged {
    struct ak_comparison *c;
    struct ak_compare_row *row;
};

/* The rows of all sets, pair after pair; *out_count of them. Returns owned. */
static struct judged *rows_of(const struct ak_comparison_set *sets, size_t set_count,
                              size_t *out_count)
{
    struct judged *all = NULL;
    size_t count = 0, cap = 0;
    for (size_t s = 0; s < set_count; s++) {
        for (size_t k = 0; k < sets[s].pair_count; k++) {
            struct ak_comparison *c = &sets[s].pairs[k];
            AK_GROW(all, count + c->row_count, cap);
            for (size_t i = 0; i < c->row_count; i++) {
                all[count++] = (struct judged){c, &c->rows[i]};
            }
        }
    }
    *out_count = count;
    return all;
}

static void rows_judge(const struct ak_comparison_set *sets, size_t set_count,
                       const struct row_maker *m)
{
    size_t count, tested = 0;
    struct judged *all = rows_of(sets, set_count, &count);
    double *p = ak_calloc(3 * count + 1, sizeof *p);
    for (size_t i = 0; i < count; i++) {
        p[i] = all[i].row->p;
        tested += isnan(p[i]) ? 0 : 1;
    }
    ak_adjust_holm(p, count, p + count);
    ak_adjust_benjamini_hochberg(p, count, p + 2 * count);
    for (size_t i = 0; i < count; i++) {
        struct ak_compare_row *row = all[i].row;
        row->p_adjusted = p[count + i];
        const struct row_family family = {tested, p[2 * count + i]};
        collector_row_judge(m, &family, row);
        if (row->before.n + row->after.n > 0) {
            all[i].c->counts[row->verdict]++;
        }
    }
    ak_free(p);
    ak_free(all);
}

static int verdict_rank(enum ak_verdict v)
{
    switch (v) {
    case AK_VERDICT_WORSE:
        return 0;
    case AK_VERDICT_BETTER:
        return 1;
    case AK_VERDICT_UNSURE:
        return 2;
    case AK_VERDICT_INCOMPARABLE:
        return 3;
    case AK_VERDICT_SAME:
    case AK_VERDICT_COUNT:
        break;
    }
    return 4;
}

static double effect(const struct ak_compare_row *r)
{
    const double e = fabs(log(r->ratio));
    return isnan(e) ? -1 : e;
}

/* The weight of a row is that of its most important pair. */
struct weighed {
    int rank;
    double effect;
    const struct ak_compare_row *name;
    size_t at;
};

static struct weighed weigh(const struct ak_comparison_set *set, size_t i)
{
    struct weighed w = {.rank = INT_MAX, .effect = -1, .name = &set->pairs[0].rows[i], .at = i};
    for (size_t k = 0; k < set->pair_count; k++) {
        const struct ak_compare_row *r = &set->pairs[k].rows[i];
        const int rank = verdict_rank(r->verdict);
        const double e = effect(r);
        w.effect = rank < w.rank ? e : rank == w.rank && e > w.effect ? e : w.effect;
        w.rank = rank < w.rank ? rank : w.rank;
    }
    return w;
}

static int by_weight(const void *pa, const void *pb)
{
    const struct weighed *a = pa, *b = pb;
    if (a->rank != b->rank) {
        return a->rank - b->rank;
    }
    if (a->effect < b->effect || a->effect > b->effect) {
        return a->effect > b->effect ? -1 : 1;
    }
    int order = strcmp(a->name->benchmark, b->name->benchmark);
    order = order ? order : strcmp(a->name->unit, b->name->unit);
    order = order ? order : strcmp(a->name->package, b->name->package);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* Certain and large effects first, in all pairs alike. */
static void rows_sort(struct ak_comparison_set *set, struct ak_arena *arena)
{
    const size_t rows = set->pairs[0].row_count;
    struct weighed *order = ak_calloc(rows + 1, sizeof *order);
    for (size_t i = 0; i < rows; i++) {
        order[i] = weigh(set, i);
    }
    qsort(order, rows, sizeof *order, by_weight);
    for (size_t k = 0; k < set->pair_count; k++) {
        struct ak_compare_row *sorted = AK_NEW_ARRAY(arena, struct ak_compare_row, rows);
        for (size_t i = 0; i < rows; i++) {
            sorted[i] = set->pairs[k].rows[order[i].at];
        }
        set->pairs[k].rows = sorted;
    }
    ak_free(order);
}

/* --- around the rows --------------------------------------------------------------------- */

/* The geomean of one unit over the rows that have both sides, all positive. */
static bool geomean_of(const struct ak_comparison *c, const char *unit, struct ak_geomean *out)
{
    double before = 0, after = 0;
    *out = (struct ak_geomean){.unit = unit};
    for (size_t i = 0; i < c->row_count; i++) {
        const struct ak_compare_row *r = &c->rows[i];
        if (strcmp(r->unit, unit) == 0 && r->before.median > 0 && r->after.median > 0) {
            before += log(r->before.median);
            after += log(r->after.median);
            out->pairs++;
        }
    }
    out->before = exp(before / (double)out->pairs);
    out->after = exp(after / (double)out->pairs);
    out->ratio = exp((after - before) / (double)out->pairs);
    return out->pairs >= 2;
}

static void geomeans_fill(struct ak_comparison *c, struct ak_arena *arena)
{
    c->geomeans = AK_NEW_ARRAY(arena, struct ak_geomean, c->row_count);
    struct ak_intern units;
    ak_intern_init(&units, arena);
    for (size_t i = 0; i < c->row_count; i++) {
        const size_t before = units.count;
        ak_intern_add(&units, ak_str_from(c->rows[i].unit));
        if (units.count > before &&
            geomean_of(c, c->rows[i].unit, &c->geomeans[c->geomean_count])) {
            c->geomean_count++;
        }
    }
    ak_intern_release(&units);
}

bool collector_env_is_volatile(const char *key)
{
    static const char *const keys[] = {"load1",       "load1_after", "pkg",          "time",
                                       "commit",      "branch",      "date",         "commit-time",
                                       "commit_time", "interleaved", AK_ENV_SESSION, "dirty"};
    for (size_t i = 0; i < AK_COUNT(keys); i++) {
        if (strcmp(keys[i], key) == 0) {
            return true;
        }
    }
    return false;
}

static void environment_fill(struct ak_comparison *c, struct ak_arena *arena)
{
    const struct ak_run *a = c->before, *b = c->after;
    c->environment_differences = AK_NEW_ARRAY(arena, struct ak_kv, a->env_count);
    for (size_t i = 0; i < a->env_count; i++) {
        const char *other = ak_run_env(b, a->env[i].key);
        if (!collector_env_is_volatile(a->env[i].key) && *a->env[i].value && *other &&
            strcmp(a->env[i].value, other) != 0) {
            c->environment_differences[c->environment_difference_count++] = (struct ak_kv){
                a->env[i].key, ak_arena_printf(arena, "%s -> %s", a->env[i].value, other)};
        }
    }
}

static void warnings_fill(struct ak_comparison *c, struct ak_arena *arena)
{
    const struct ak_run *runs[] = {c->before, c->after};
    c->warnings = AK_NEW_ARRAY(arena, const char *, 8);
    for (size_t i = 0; i < 2; i++) {
        const char *name = runs[i]->label && *runs[i]->label ? runs[i]->label : "a run";
        double load = 0, cores = 0;
        if (runs[i]->state == AK_RUN_FAILED) {
            c->warnings[c->warning_count++] =
                ak_arena_printf(arena, "%s: its command failed, results may be incomplete", name);
        }
        if (ak_str_f64(ak_str_from(ak_run_env(runs[i], "load1")), &load) &&
            ak_str_f64(ak_str_from(ak_run_env(runs[i], "cores")), &cores) && cores > 0 &&
            load > cores) {
            c->warnings[c->warning_count++] = ak_arena_printf(
                arena, "%s: the machine was loaded (%.1f on %.0f cores)", name, load, cores);
        }
    }
}

/* What the rows know of how runs of one code differ. */
static const char *variance_text(const struct ak_comparison *c, const struct ak_compare_opts *o,
                                 struct ak_arena *arena)
{
    size_t used = 0;
    for (size_t i = 0; i < c->row_count; i++) {
        used += c->rows[i].between_runs > 0;
    }
    if (in_turn(c)) {
        return "the runs were measured in turn: what disturbs the machine met both alike";
    }
    if (used > 0) {
        return ak_arena_printf(arena,
                               "the runs were not measured in turn: in %zu of %zu rows the "
                               "variation between runs is taken from the history",
                               used, c->row_count);
    }
    return ak_arena_printf(arena,
                           "the runs were not measured in turn, and how far runs of one code lie "
                           "apart is not known%s: what the machine did counts as a change",
                           o->history_count > 0 ? " (too few runs of this machine in the history)"
                                                : "");
}

static void around(struct ak_comparison *c, const struct ak_compare_opts *o, struct ak_arena *arena)
{
    environment_fill(c, arena);
    warnings_fill(c, arena);
    c->variance = variance_text(c, o, arena);
}

/* All runs in one pairing: the compared ones, then those of the history. */
static void runs_pair(struct ak_run *const *runs, size_t count, const struct ak_compare_opts *o,
                      struct ak_arena *arena, struct pairing *out)
{
    const struct ak_run **all =
        AK_NEW_ARRAY(arena, const struct ak_run *, count + o->history_count);
    for (size_t i = 0; i < count; i++) {
        all[i] = runs[i];
    }
    for (size_t i = 0; i < o->history_count; i++) {
        all[count + i] = o->history[i];
    }
    collector_pair(all, count + o->history_count, arena, out);
}

/* One set with the rows of its pairs, not yet judged. */
static void set_make(const struct ak_compare_group *g, const struct ak_compare_opts *o,
                     struct row_maker *m, struct ak_comparison_set *out)
{
    struct pairing rows;
    runs_pair(g->runs, g->count, o, m->arena, &rows);
    m->show_procs = procs_vary(g->runs, g->count);
    *out =
        (struct ak_comparison_set){.pairs = AK_NEW_ARRAY(m->arena, struct ak_comparison, g->count),
                                   .pair_count = g->count - 1};
    for (size_t k = 0; k + 1 < g->count; k++) {
        out->pairs[k] = (struct ak_comparison){.before = g->runs[0],
                                               .after = g->runs[k + 1],
                                               .margin = m->margin,
                                               .alpha = m->alpha,
                                               .confidence = m->confidence};
    }
    rows_collect(out, m, o, g, &rows);
}

static void set_finish(struct ak_comparison_set *set, const struct ak_compare_group *g,
                       const struct ak_compare_opts *o, struct ak_arena *arena)
{
    for (size_t k = 0; k < set->pair_count; k++) {
        geomeans_fill(&set->pairs[k], arena); /* units in the order of first sight */
    }
    if (!g->places) {
        rows_sort(set, arena);
    }
    for (size_t k = 0; k < set->pair_count; k++) {
        around(&set->pairs[k], o, arena);
    }
}

void ak_compare_groups(const struct ak_compare_group *groups, size_t count,
                       const struct ak_compare_opts *opts, struct ak_arena *arena,
                       struct ak_comparison_set *out)
{
    const struct ak_compare_opts none = {0};
    const struct ak_compare_opts *o = opts ? opts : &none;
    struct row_maker maker = {.arena = arena,
                              .ranks = ak_rank_table_new(),
                              .margin = o->margin > 0 ? o->margin : 0.03,
                              .alpha = o->alpha > 0 ? o->alpha : 0.05,
                              .confidence = o->confidence > 0 ? o->confidence : 0.95};
    for (size_t i = 0; i < count; i++) {
        set_make(&groups[i], o, &maker, &out[i]);
    }
    rows_judge(out, count, &maker);
    ak_rank_table_free(maker.ranks);
    for (size_t i = 0; i < count; i++) {
        set_finish(&out[i], &groups[i], o, arena);
    }
}

void ak_compare_many(struct ak_run *const *runs, size_t count, const struct ak_compare_opts *opts,
                     struct ak_arena *arena, struct ak_comparison_set *out)
{
    const struct ak_compare_group all = {.runs = runs, .count = count};
    ak_compare_groups(&all, 1, opts, arena, out);
}

void ak_compare_runs(struct ak_run *before, struct ak_run *after,
                     const struct ak_compare_opts *opts, struct ak_arena *arena,
                     struct ak_comparison *out)
{
    struct ak_run *const runs[] = {before, after};
    struct ak_comparison_set set;
    ak_compare_many(runs, 2, opts, arena, &set);
    *out = set.pairs[0];
}

int ak_compare_exit(const struct ak_comparison *c)
{
    if (c->counts[AK_VERDICT_WORSE] > 0) {
        return 1;
    }
    return c->counts[AK_VERDICT_BETTER] + c->counts[AK_VERDICT_SAME] > 0 ? 0 : 3;
}

int ak_compare_set_exit(const struct ak_comparison_set *set)
{
    int code = 3;
    for (size_t k = 0; k < set->pair_count; k++) {
        const int one = ak_compare_exit(&set->pairs[k]);
        code = one == 1 || (one == 0 && code == 3) ? one : code;
    }
    return code;
}
