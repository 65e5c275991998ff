#include "coverage.h"

#include "base/mem.h"
#include "judge/entity.h"
#include "stats/quantile.h"

#include <math.h>
#include <string.h>

bool collector_is_rate(const char *unit)
{
    return ak_str_ends(ak_str_from(unit), AK_STR("/s"));
}

struct collector_wanted collector_profile_wanted(const char *unit)
{
    const struct ak_str u = ak_str_from(unit);
    switch (ak_unit_info(u).class) {
    case AK_UNIT_TIME:
        return (struct collector_wanted){"cpu", "cpu"};
    case AK_UNIT_BYTES:
        if (collector_is_rate(unit)) {
            return (struct collector_wanted){"cpu", "cpu"};
        }
        return (struct collector_wanted){
            "heap", ak_str_find(u, AK_STR("heap")) >= 0 ? "inuse_space" : "alloc_space"};
    case AK_UNIT_COUNT:
        return (struct collector_wanted){"heap", "alloc_objects"};
    case AK_UNIT_OTHER:
        break;
    }
    return (struct collector_wanted){NULL, NULL};
}

static bool is_before_phase(const struct ak_run_profile *p)
{
    return ak_str_find(ak_str_from(p->name), AK_STR("before")) >= 0;
}

/* How closely a profile is about a benchmark: 0 not at all, 1 about a whole run, more about the
 * benchmark or, the longer its name the more, about one of which it is a part ("Stop" of
 * "Stop/n=10"). */
static size_t closeness(const struct ak_run_profile *p, const char *benchmark)
{
    const size_t n = strlen(p->benchmark);
    const bool is_part =
        strncmp(benchmark, p->benchmark, n) == 0 && (benchmark[n] == '\0' || benchmark[n] == '/');
    return n == 0 ? 1 : is_part ? 1 + n : 0;
}

const struct ak_run_profile *collector_profile_for(const struct ak_run *run, const char *kind,
                                                   const char *benchmark)
{
    const struct ak_run_profile *found = NULL;
    size_t best = 0;
    for (size_t i = 0; i < run->profile_count; i++) {
        const struct ak_run_profile *p = &run->profiles[i];
        if (strcmp(p->kind, kind) != 0 || !p->bytes.ptr || is_before_phase(p)) {
            continue;
        }
        if (closeness(p, benchmark) > best) {
            best = closeness(p, benchmark);
            found = p;
        }
    }
    return found;
}

const struct ak_run_profile *collector_profile_base(const struct ak_run *run,
                                                    const struct ak_run_profile *profile)
{
    for (size_t i = 0; i < run->profile_count; i++) {
        const struct ak_run_profile *p = &run->profiles[i];
        if (p != profile && p->bytes.ptr && is_before_phase(p) &&
            strcmp(p->kind, profile->kind) == 0 && strcmp(p->benchmark, profile->benchmark) == 0) {
            return p;
        }
    }
    return NULL;
}

size_t collector_benchmarks_covered(const struct ak_run *run, const struct ak_run_profile *profile)
{
    size_t count = 0;
    for (size_t i = 0; i < run->series_count; i++) {
        bool first = closeness(profile, run->series[i].benchmark) > 0;
        for (size_t j = 0; j < i && first; j++) {
            first = strcmp(run->series[i].benchmark, run->series[j].benchmark) != 0;
        }
        count += first;
    }
    return count;
}

double collector_operations(const struct ak_run *run, const struct ak_run_profile *p)
{
    double sum = 0;
    const char *last = "";
    for (size_t i = 0; i < run->series_count; i++) {
        const struct ak_series *s = &run->series[i];
        if (strcmp(s->benchmark, last) == 0 || !s->iterations || closeness(p, s->benchmark) == 0) {
            continue;
        }
        last = s->benchmark;
        for (size_t k = 0; k < s->count; k++) {
            sum += (double)s->iterations[k];
        }
    }
    return sum;
}

static const struct ak_series *series_find(const struct ak_run *run, const char *benchmark,
                                           const char *unit)
{
    for (size_t i = 0; i < run->series_count; i++) {
        const struct ak_series *s = &run->series[i];
        if (strcmp(s->benchmark, benchmark) == 0 && strcmp(s->unit, unit) == 0 && s->count > 0) {
            return s;
        }
    }
    return NULL;
}

static const struct cost_type {
    const char *type, *per_op;
    enum ak_unit_class class;
    double base; /* seconds, bytes or objects in one unit of the type */
} cost_types[] = {{"cpu", "ns/op", AK_UNIT_TIME, 1e-9},
                  {"alloc_space", "B/op", AK_UNIT_BYTES, 1},
                  {"alloc_objects", "allocs/op", AK_UNIT_COUNT, 1},
                  {"inuse_space", NULL, AK_UNIT_BYTES, 1}};

/* "shutdown" of "ms/shutdown"; "" when there is none. */
static const char *denominator_of(const char *unit)
{
    const char *slash = strchr(unit, '/');
    return slash ? slash + 1 : "";
}

/* How many of the series' own operations make one of the benchmark's: 1000 of ns/entity where
 * ns/op is a thousand times as much. 0 when that is no whole number, NaN when the benchmark does
 * not print `per_op`. */
static double parts_beside(const struct ak_run *run, const struct ak_series *s, const char *per_op)
{
    const struct ak_series *op = series_find(run, s->benchmark, per_op);
    if (!op || op == s) {
        return op ? 1 : (double)NAN;
    }
    const double whole = ak_median(op->values, op->count) * collector_unit_factor(run, op);
    const double part = ak_median(s->values, s->count) * collector_unit_factor(run, s);
    const double parts = whole / part;
    return parts > 0.5 && fabs(parts / round(parts) - 1) < 0.1 ? round(parts) : 0;
}

/* The same by another unit of the benchmark with this denominator: what ms/shutdown says beside
 * ns/op holds for bytes/shutdown too. NaN when there is none. */
static double parts_by_sibling(const struct ak_run *run, const struct ak_series *s)
{
    for (size_t i = 0; i < run->series_count; i++) {
        const struct ak_series *other = &run->series[i];
        if (other == s || other->count == 0 || strcmp(other->benchmark, s->benchmark) != 0 ||
            strcmp(denominator_of(other->unit), denominator_of(s->unit)) != 0) {
            continue;
        }
        const enum ak_unit_class class = ak_unit_info(ak_str_from(other->unit)).class;
        for (size_t k = 0; k < AK_COUNT(cost_types); k++) {
            const char *per_op = cost_types[k].class == class ? cost_types[k].per_op : NULL;
            const double parts = per_op ? parts_beside(run, other, per_op) : (double)NAN;
            if (isfinite(parts)) {
                return parts;
            }
        }
    }
    return (double)NAN;
}

/* Phases, of which an operation has one. Things (entities, actors, messages, bytes) are never taken
 * so: an operation has many of them, and nothing here would say how many. */
static bool is_phase(const char *denominator)
{
    static const char *const phases[] = {"alloc", "iter",      "iteration", "rebalancing",
                                         "round", "run",       "shutdown",  "start",
                                         "stop",  "relocation"};
    for (size_t i = 0; i < AK_COUNT(phases); i++) {
        if (strcmp(denominator, phases[i]) == 0) {
            return true;
        }
    }
    return false;
}

static double parts_of_operation(const struct ak_run *run, const struct ak_series *s,
                                 const char *per_op, const char **out_taken)
{
    double parts = per_op ? parts_beside(run, s, per_op) : 1;
    parts = isfinite(parts) ? parts : parts_by_sibling(run, s);
    if (!isfinite(parts) && is_phase(denominator_of(s->unit))) {
        *out_taken = denominator_of(s->unit);
        parts = 1;
    }
    return parts;
}

struct collector_cost collector_cost_of(const struct ak_run *run, const char *benchmark,
                                        const char *unit, const char *type)
{
    struct collector_cost cost = {.factor = (double)NAN};
    const struct ak_series *s = series_find(run, benchmark, unit);
    for (size_t i = 0; s && !collector_is_rate(unit) && i < AK_COUNT(cost_types); i++) {
        const struct cost_type *t = &cost_types[i];
        if (strcmp(t->type, type) == 0) {
            const double parts = parts_of_operation(run, s, t->per_op, &cost.taken);
            cost.factor = parts > 0 ? t->base / collector_unit_factor(run, s) / parts : (double)NAN;
        }
    }
    return cost;
}
