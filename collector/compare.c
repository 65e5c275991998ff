#include "collector/compare.h"

#include "base/idmap.h"
#include "base/mem.h"
#include "compare_row.h"
#include "stats/multiple.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* --- pairing ----------------------------------------------------------------------------- */

static bool same_series(const struct ak_series *a, const struct ak_series *b, bool package)
{
    return a->procs == b->procs && strcmp(a->unit, b->unit) == 0 &&
           strcmp(a->benchmark, b->benchmark) == 0 &&
           (!package || strcmp(a->package, b->package) == 0);
}

static uint64_t series_hash(const struct ak_series *s, bool package)
{
    uint64_t hash = ak_hash_bytes(s->benchmark, strlen(s->benchmark), s->procs);
    hash = ak_hash_bytes(s->unit, strlen(s->unit), hash);
    return package ? ak_hash_bytes(s->package, strlen(s->package), hash) : hash;
}

/* Series of a run by name, for looking up the other side of a row. */
struct lookup {
    const struct ak_run *run;
    bool package;
    struct ak_idmap map; /* hash, probed by +1 -> index of the series */
};

static void lookup_fill(struct lookup *l)
{
    for (size_t i = 0; i < l->run->series_count; i++) {
        const struct ak_series *s = &l->run->series[i];
        for (uint64_t hash = series_hash(s, l->package);; hash++) {
            bool is_new;
            const uint32_t at = ak_idmap_put(&l->map, hash, (uint32_t)i, &is_new);
            if (is_new || same_series(&l->run->series[at], s, l->package)) {
                break; /* of two with the same name the first stands */
            }
        }
    }
}

static uint32_t lookup_find(const struct lookup *l, const struct ak_series *s)
{
    for (uint64_t hash = series_hash(s, l->package);; hash++) {
        const uint32_t at = ak_idmap_get(&l->map, hash);
        if (at == AK_IDMAP_NONE || same_series(&l->run->series[at], s, l->package)) {
            return at;
        }
    }
}

/* partner[i]: the series of `after` that pairs with series i of `before`, or AK_IDMAP_NONE;
 * taken[j]: series j of `after` has a partner. First with equal packages, then without. */
static void pair(const struct ak_run *before, const struct ak_run *after, uint32_t *partner,
                 bool *taken)
{
    for (size_t i = 0; i < before->series_count; i++) {
        partner[i] = AK_IDMAP_NONE;
    }
    for (int package = 1; package >= 0; package--) {
        struct lookup l = {.run = after, .package = package == 1};
        lookup_fill(&l);
        for (size_t i = 0; i < before->series_count; i++) {
            const uint32_t at =
                partner[i] == AK_IDMAP_NONE ? lookup_find(&l, &before->series[i]) : AK_IDMAP_NONE;
            if (at != AK_IDMAP_NONE && !taken[at]) {
                partner[i] = at;
                taken[at] = true;
            }
        }
        ak_idmap_release(&l.map);
    }
}

/* --- rows -------------------------------------------------------------------------------- */

static bool kept(const struct ak_compare_opts *o, const struct ak_series *s)
{
    return !o->keep || o->keep(o->keep_ctx, s);
}

/* True when GOMAXPROCS tells rows apart, so that names must show it. */
static bool procs_vary(const struct ak_comparison *c)
{
    const struct ak_run *runs[] = {c->before, c->after};
    unsigned first = 0;
    for (size_t r = 0; r < 2; r++) {
        for (size_t i = 0; i < runs[r]->series_count; i++) {
            first = first == 0 ? runs[r]->series[i].procs : first;
            if (runs[r]->series[i].procs != first) {
                return true;
            }
        }
    }
    return false;
}

static void rows_collect(struct ak_comparison *c, const struct row_maker *maker,
                         const struct ak_compare_opts *o)
{
    const struct ak_run *before = c->before, *after = c->after;
    uint32_t *partner = ak_calloc(before->series_count + 1, sizeof *partner);
    bool *taken = ak_calloc(after->series_count + 1, sizeof *taken);
    pair(before, after, partner, taken);
    c->rows = AK_NEW_ARRAY(maker->arena, struct ak_compare_row,
                           before->series_count + after->series_count);
    for (size_t i = 0; i < before->series_count; i++) {
        if (kept(o, &before->series[i])) {
            const struct ak_series *other =
                partner[i] == AK_IDMAP_NONE ? NULL : &after->series[partner[i]];
            collector_row_make(maker, &before->series[i], other, &c->rows[c->row_count++]);
        }
    }
    for (size_t i = 0; i < after->series_count; i++) {
        if (!taken[i] && kept(o, &after->series[i])) {
            collector_row_make(maker, NULL, &after->series[i], &c->rows[c->row_count++]);
        }
    }
    ak_free(partner);
    ak_free(taken);
}

static void rows_judge(struct ak_comparison *c, const struct row_maker *maker)
{
    double *p = ak_calloc(3 * c->row_count + 1, sizeof *p);
    size_t tested = 0;
    for (size_t i = 0; i < c->row_count; i++) {
        p[i] = c->rows[i].p;
        tested += isnan(p[i]) ? 0 : 1;
    }
    ak_adjust_holm(p, c->row_count, p + c->row_count);
    ak_adjust_benjamini_hochberg(p, c->row_count, p + 2 * c->row_count);
    for (size_t i = 0; i < c->row_count; i++) {
        c->rows[i].p_adjusted = p[c->row_count + i];
        const struct row_family family = {tested, p[2 * c->row_count + i]};
        collector_row_judge(maker, &family, &c->rows[i]);
        c->counts[c->rows[i].verdict]++;
    }
    ak_free(p);
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

static int by_weight(const void *pa, const void *pb)
{
    const struct ak_compare_row *a = pa, *b = pb;
    const int rank = verdict_rank(a->verdict) - verdict_rank(b->verdict);
    if (rank != 0) {
        return rank;
    }
    const double x = effect(a), y = effect(b);
    if (x < y || x > y) {
        return x > y ? -1 : 1;
    }
    int order = strcmp(a->benchmark, b->benchmark);
    order = order ? order : strcmp(a->unit, b->unit);
    return order ? order : strcmp(a->package, b->package);
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

/* Facts that change from run to run and say nothing about comparability. */
static bool is_volatile(const char *key)
{
    static const char *const keys[] = {"load1",  "pkg",  "time",        "commit",
                                       "branch", "date", "commit-time", "dirty"};
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
        if (!is_volatile(a->env[i].key) && *a->env[i].value && *other &&
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

void ak_compare_runs(struct ak_run *before, struct ak_run *after,
                     const struct ak_compare_opts *opts, struct ak_arena *arena,
                     struct ak_comparison *out)
{
    const struct ak_compare_opts none = {0};
    const struct ak_compare_opts *o = opts ? opts : &none;
    *out = (struct ak_comparison){
        .before = before,
        .after = after,
        .margin = o->margin > 0 ? o->margin : 0.03,
        .alpha = o->alpha > 0 ? o->alpha : 0.05,
        .confidence = o->confidence > 0 ? o->confidence : 0.95,
    };
    const struct row_maker maker = {.arena = arena,
                                    .show_procs = procs_vary(out),
                                    .ranks = ak_rank_table_new(),
                                    .margin = out->margin,
                                    .alpha = out->alpha,
                                    .confidence = out->confidence};
    rows_collect(out, &maker, o);
    rows_judge(out, &maker);
    ak_rank_table_free(maker.ranks);
    geomeans_fill(out, arena);
    qsort(out->rows, out->row_count, sizeof *out->rows, by_weight);
    environment_fill(out, arena);
    warnings_fill(out, arena);
}

int ak_compare_exit(const struct ak_comparison *c)
{
    if (c->counts[AK_VERDICT_WORSE] > 0) {
        return 1;
    }
    return c->counts[AK_VERDICT_BETTER] + c->counts[AK_VERDICT_SAME] > 0 ? 0 : 3;
}
