#include "collector/doctor.h"

#include "base/mem.h"
#include "collector/sizes.h"
#include "functions.h"
#include "profile/decode.h"
#include "stats/distribution.h"

#include <math.h>
#include <stdlib.h>

#define FEW_SAMPLES 100
#define RATES_PER_LIMIT 25
#define FINDINGS_MAX 400

/* What the functions of a profile are, by function index. */
enum trait {
    TRAIT_BENCHMARK = 1, /* the body of a benchmark */
    TRAIT_PHASE = 2,     /* the operation that is measured: stop, shutdown */
    TRAIT_PROFILER = 4,
    TRAIT_LOGGER = 8,
    TRAIT_GC = 16,
    TRAIT_MODULE = 32,
};

struct doctor {
    const struct ak_run *run;
    struct ak_arena *arena;
    double limit_bytes;
    struct ak_finding *found;
    size_t count, cap;
    /* The profile that is looked at. */
    const struct ak_profile *p;
    const char *name;
    unsigned *traits;
};

const char *ak_doctor_id(enum ak_doctor_rule rule)
{
    static const char *const ids[AK_DOCTOR_COUNT] = {
#define X(code, text) #code,
        AK_DOCTOR_MAP(X)
#undef X
    };
    return ids[rule];
}

const char *ak_doctor_text(enum ak_doctor_rule rule)
{
    static const char *const texts[AK_DOCTOR_COUNT] = {
#define X(code, text) text,
        AK_DOCTOR_MAP(X)
#undef X
    };
    return texts[rule];
}

static void find(struct doctor *d, enum ak_doctor_rule rule, const char *subject,
                 const char *evidence)
{
    if (d->count < FINDINGS_MAX) {
        AK_GROW(d->found, d->count + 1, d->cap);
        d->found[d->count++] = (struct ak_finding){rule, subject, evidence};
    }
}

/* --- the profile --------------------------------------------------------------------------- */

static bool has(struct ak_str name, const char *word)
{
    return ak_str_find(name, ak_str_from(word)) >= 0;
}

static bool has_any(struct ak_str name, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (has(name, words[i])) {
            return true;
        }
    }
    return false;
}

static unsigned traits_of(struct ak_str name, const struct function_names *names)
{
    static const char *const profilers[] = {"runtime/pprof.", "runtime.MemProfile",
                                            "runtime.ReadMemStats", "runtime/trace."};
    static const char *const loggers[] = {"go.uber.org/zap", "zerolog.", "sirupsen/logrus",
                                          "log/slog.", "log.(*Logger)"};
    static const char *const phases[] = {"Stop", "Shutdown", "shutdown"};
    const struct ak_str base = ak_str_slice(name, (size_t)(ak_str_rchr(name, '/') + 1), name.len);
    unsigned traits = 0;
    traits |= has(base, ".Benchmark") || has(base, ".benchmark") ? TRAIT_BENCHMARK : 0;
    traits |=
        has_any(base, phases, AK_COUNT(phases)) && !(traits & TRAIT_BENCHMARK) ? TRAIT_PHASE : 0;
    traits |= has_any(name, profilers, AK_COUNT(profilers)) ? TRAIT_PROFILER : 0;
    traits |= has_any(name, loggers, AK_COUNT(loggers)) ? TRAIT_LOGGER : 0;
    traits |= has(name, "runtime.gcBgMarkWorker") || has(name, "runtime.gcAssistAlloc") ||
                      has(name, "runtime.bgsweep")
                  ? TRAIT_GC
                  : 0;
    const size_t len = names->module.len;
    traits |= len > 0 && ak_str_starts(name, names->module) && name.len > len ? TRAIT_MODULE : 0;
    return traits;
}

static int type_index(const struct ak_profile *p, const char *type)
{
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        if (ak_str_eq(ak_profile_str(p, p->sample_types[i].type), ak_str_from(type))) {
            return (int)i;
        }
    }
    return -1;
}

/* The traits of all frames of a sample. */
static unsigned sample_traits(const struct doctor *d, size_t i)
{
    const struct ak_profile *p = d->p;
    unsigned traits = 0;
    for (uint64_t k = p->stack_start[i]; k < p->stack_start[i + 1]; k++) {
        const struct ak_location *loc = &p->locations[p->stack_ids[k]];
        for (uint32_t l = loc->first_line; l < loc->first_line + loc->line_count; l++) {
            if (p->lines[l].function != AK_NO_INDEX) {
                traits |= d->traits[p->lines[l].function];
            }
        }
    }
    return traits;
}

struct share {
    double part, total;
};

/* The part of a value type in samples whose stack has any of `traits`. */
static struct share share_of(const struct doctor *d, int type, unsigned traits)
{
    struct share s = {0, 0};
    for (size_t i = 0; type >= 0 && i < d->p->sample_count; i++) {
        const double v = fabs((double)d->p->values[i * d->p->sample_type_count + (size_t)type]);
        s.total += v;
        s.part += sample_traits(d, i) & traits ? v : 0;
    }
    return s;
}

static double fraction(struct share s)
{
    return s.total > 0 ? s.part / s.total : 0;
}

static void check_samples(struct doctor *d, double samples)
{
    if (samples < FEW_SAMPLES) {
        find(d, AK_DOCTOR_P001, d->name,
             ak_arena_printf(d->arena, "%.0f samples; lines need %d", samples, FEW_SAMPLES));
    }
}

static void check_collector(struct doctor *d, double samples, int type)
{
    const double part = fraction(share_of(d, type, TRAIT_GC));
    const size_t n = samples < 1e9 ? (size_t)samples : 1000000000;
    const struct ak_interval in = ak_binomial_interval((size_t)lround(part * (double)n), n, 0.95);
    if (in.lo > 0.2) { /* abstains while the interval reaches below the limit */
        find(d, AK_DOCTOR_P009, d->name,
             ak_arena_printf(d->arena, "%.0f %% of the CPU time [%.0f, %.0f]", 100 * part,
                             100 * in.lo, 100 * in.hi));
    }
}

static void check_phase(struct doctor *d, int type)
{
    bool before = false, phase = false;
    for (size_t i = 0; i < d->run->profile_count; i++) {
        before = before || has(ak_str_from(d->run->profiles[i].name), "before");
    }
    for (size_t i = 0; i < d->run->series_count; i++) {
        phase = phase || has(ak_str_from(d->run->series[i].unit), "/alloc") ||
                has(ak_str_from(d->run->series[i].unit), "/shutdown");
    }
    const double in_phase = fraction(share_of(d, type, TRAIT_PHASE));
    const struct share body = share_of(d, type, TRAIT_BENCHMARK);
    const double elsewhere = body.total > 0 ? 1 - body.part / body.total : 0;
    if (phase && !before && in_phase < 0.95 && type >= 0) {
        find(d, AK_DOCTOR_P003, d->name,
             ak_arena_printf(d->arena,
                             "%.0f %% of the bytes have no frame of the phase, and there is no "
                             "profile from before it",
                             100 * (1 - in_phase)));
    }
    if (phase && elsewhere > 0.1 && body.part > 0) {
        find(d, AK_DOCTOR_P004, d->name,
             ak_arena_printf(d->arena,
                             "%.0f %% stem from goroutines without a frame of the "
                             "benchmark",
                             100 * elsewhere));
    }
}

static void check_shares(struct doctor *d, int type)
{
    const double profiler = fraction(share_of(d, type, TRAIT_PROFILER));
    const double logger = fraction(share_of(d, type, TRAIT_LOGGER));
    if (profiler > 0.02) {
        find(d, AK_DOCTOR_P005, d->name,
             ak_arena_printf(d->arena, "%.1f %% is the profiler's own", 100 * profiler));
    }
    if (logger > 0.03) {
        find(d, AK_DOCTOR_P008, d->name,
             ak_arena_printf(d->arena, "%.1f %%; a logger that discards may still format",
                             100 * logger));
    }
}

/* One leaf outside of the module that holds more than half. */
static void check_sink(struct doctor *d, int type)
{
    double *leaf = ak_calloc(d->p->function_count + 1, sizeof *leaf), total = 0;
    for (size_t i = 0; type >= 0 && i < d->p->sample_count; i++) {
        const uint64_t k = d->p->stack_start[i];
        const double v = fabs((double)d->p->values[i * d->p->sample_type_count + (size_t)type]);
        total += v;
        if (k < d->p->stack_start[i + 1]) {
            const struct ak_location *loc = &d->p->locations[d->p->stack_ids[k]];
            const uint32_t f =
                loc->line_count > 0 ? d->p->lines[loc->first_line].function : AK_NO_INDEX;
            leaf[f == AK_NO_INDEX ? d->p->function_count : f] += v;
        }
    }
    for (uint32_t f = 0; f < d->p->function_count; f++) {
        if (leaf[f] > total / 2 && !(d->traits[f] & TRAIT_MODULE)) {
            const struct ak_str name = ak_profile_str(d->p, d->p->functions[f].name);
            find(d, AK_DOCTOR_P006, d->name,
                 ak_arena_printf(d->arena, "%.0f %% in %.*s: look at its callers in the module",
                                 100 * leaf[f] / total, (int)ak_utf8_cut(name, 200), name.ptr));
        }
    }
    ak_free(leaf);
}

static void check_symbols(struct doctor *d)
{
    size_t without = 0, deepest = 0, cut = 0;
    for (uint32_t i = 0; i < d->p->location_count; i++) {
        without += d->p->locations[i].line_count == 0;
    }
    for (size_t i = 0; i < d->p->sample_count; i++) {
        const size_t depth = (size_t)(d->p->stack_start[i + 1] - d->p->stack_start[i]);
        cut = depth > deepest ? 0 : cut;
        deepest = depth > deepest ? depth : deepest;
        cut += depth == deepest;
    }
    if (without * 20 > d->p->location_count) {
        find(d, AK_DOCTOR_P010, d->name,
             ak_arena_printf(d->arena, "%zu of %u locations have no function", without,
                             d->p->location_count));
    }
    if ((deepest == 64 || deepest == 128) &&
        cut > 1) { /* the depths at which Go's profilers stop */
        find(d, AK_DOCTOR_P010, d->name,
             ak_arena_printf(d->arena, "%zu stacks end at depth %zu", cut, deepest));
    }
}

static void check_profile(struct doctor *d, const struct ak_run_profile *profile,
                          const char *package)
{
    struct ak_profile *p = NULL;
    struct function_names names;
    if (!profile->bytes.ptr ||
        ak_profile_decode_bytes(profile->name, profile->bytes, NULL, &p, NULL) != AK_OK) {
        return;
    }
    collector_function_names_init(&names, package, d->arena);
    d->p = p;
    d->name = profile->name;
    d->traits = ak_calloc(p->function_count + 1, sizeof *d->traits);
    for (uint32_t f = 0; f < p->function_count; f++) {
        d->traits[f] = traits_of(ak_profile_str(p, p->functions[f].name), &names);
    }
    const bool cpu = strcmp(profile->kind, "cpu") == 0, heap = strcmp(profile->kind, "heap") == 0;
    const int type = type_index(p, cpu ? "cpu" : "alloc_space");
    if (cpu) {
        double samples = 0;
        const int count = type_index(p, "samples");
        for (size_t i = 0; i < p->sample_count; i++) {
            samples += count < 0 ? 1 : (double)p->values[i * p->sample_type_count + (size_t)count];
        }
        check_samples(d, samples);
        check_collector(d, samples, type);
    }
    if (heap && d->limit_bytes > 0 && p->period > 0 &&
        d->limit_bytes / (double)p->period < RATES_PER_LIMIT) {
        find(d, AK_DOCTOR_P002, profile->name,
             ak_arena_printf(d->arena,
                             "one sample per %lld bytes, %.0f at the limit; the verdict "
                             "uses exact counters, the profile only explains",
                             (long long)p->period, d->limit_bytes / (double)p->period));
    }
    if (heap) {
        check_phase(d, type);
    }
    if (cpu || heap) {
        check_shares(d, type);
        check_sink(d, type);
    }
    check_symbols(d);
    ak_free(d->traits);
    collector_function_names_release(&names);
    ak_profile_free(p);
}

/* --- the results --------------------------------------------------------------------------- */

static void check_loops(struct doctor *d)
{
    for (size_t i = 0; i < d->run->series_count; i++) {
        const struct ak_series *s = &d->run->series[i];
        for (size_t k = 0; s->iterations && strcmp(s->unit, "ns/op") == 0 && k < s->count; k++) {
            if (s->iterations[k] >= 100000000 && s->values[k] < 1) {
                find(d, AK_DOCTOR_P011, s->benchmark,
                     ak_arena_printf(d->arena,
                                     "%lld iterations at %.3g ns: no operation is that "
                                     "fast",
                                     (long long)s->iterations[k], s->values[k]));
                break;
            }
        }
    }
}

static int by_rule(const void *pa, const void *pb)
{
    const struct ak_finding *a = pa, *b = pb;
    if (a->rule != b->rule) {
        return a->rule < b->rule ? -1 : 1;
    }
    const int order = strcmp(a->subject, b->subject);
    return order ? order : strcmp(a->evidence, b->evidence);
}

struct ak_finding *ak_doctor_run(const struct ak_run *run, const struct ak_doctor_opts *opts,
                                 struct ak_arena *arena, size_t *out_count)
{
    struct doctor d = {.run = run, .arena = arena, .limit_bytes = opts ? opts->limit_bytes : 0};
    const char *package = run->series_count > 0 ? run->series[0].package : "";
    for (size_t i = 0; i < run->profile_count; i++) {
        check_profile(&d, &run->profiles[i], package);
    }
    size_t laws;
    const char **lines = ak_sizes_findings(run, arena, &laws);
    for (size_t i = 0; i < laws; i++) {
        find(&d, AK_DOCTOR_P007, "results", lines[i]);
    }
    check_loops(&d);
    if (d.count > 0) {
        qsort(d.found, d.count, sizeof *d.found, by_rule);
    }
    struct ak_finding *copy = ak_arena_copy(arena, d.found, d.count * sizeof *copy);
    *out_count = d.count;
    ak_free(d.found);
    return copy;
}
