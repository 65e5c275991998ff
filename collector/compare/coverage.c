#include "coverage.h"

#include "base/mem.h"
#include "judge/entity.h"
#include "stats/quantile.h"

#include <math.h>
#include <string.h>

struct collector_wanted collector_profile_wanted(const char *unit)
{
    const struct ak_str u = ak_str_from(unit);
    switch (ak_unit_info(u).class) {
    case AK_UNIT_TIME:
        return (struct collector_wanted){"cpu", "cpu"};
    case AK_UNIT_BYTES:
        if (ak_str_find(u, AK_STR("/s")) >= 0) {
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

/* How many of the series' own operations make one of the benchmark's: 1000 of ns/entity where
 * ns/op is a thousand times as much; 0 when that is no whole number. */
static double parts_of_operation(const struct ak_run *run, const struct ak_series *s,
                                 const char *per_op)
{
    const struct ak_series *op = series_find(run, s->benchmark, per_op);
    if (!op || op == s) {
        return op ? 1 : 0;
    }
    const double whole = ak_median(op->values, op->count) * collector_unit_factor(run, op);
    const double part = ak_median(s->values, s->count) * collector_unit_factor(run, s);
    const double parts = whole / part;
    return parts > 0.5 && fabs(parts / round(parts) - 1) < 0.1 ? round(parts) : 0;
}

double collector_cost_factor(const struct ak_run *run, const char *benchmark, const char *unit,
                             const char *type)
{
    static const struct {
        const char *type, *per_op;
        double base; /* seconds, bytes or objects in one unit of the type */
    } types[] = {{"cpu", "ns/op", 1e-9},
                 {"alloc_space", "B/op", 1},
                 {"alloc_objects", "allocs/op", 1},
                 {"inuse_space", NULL, 1}};
    const struct ak_series *s = series_find(run, benchmark, unit);
    const bool is_rate = ak_str_find(ak_str_from(unit), AK_STR("/s")) >= 0;
    for (size_t i = 0; s && !is_rate && i < AK_COUNT(types); i++) {
        if (strcmp(types[i].type, type) == 0) {
            const double parts = types[i].per_op ? parts_of_operation(run, s, types[i].per_op) : 1;
            return parts > 0 ? types[i].base / collector_unit_factor(run, s) / parts : (double)NAN;
        }
    }
    return (double)NAN;
}
