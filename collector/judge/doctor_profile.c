#include "doctor_profile.h"

#include "base/mem.h"

#include <math.h>

static bool has(struct ak_str name, const char *word)
{
    return ak_str_find(name, ak_str_from(word)) >= 0;
}

static const struct {
    unsigned trait;
    bool is_base; /* looked for behind the last slash only */
    const char *words[7];
} known[] = {
    {DOCTOR_BENCHMARK, true, {".Benchmark", ".benchmark"}},
    {DOCTOR_PHASE, true, {"Stop", "Shutdown", "shutdown"}},
    {DOCTOR_PROFILER,
     false,
     {"runtime/pprof.", "runtime.MemProfile", "runtime.ReadMemStats", "runtime/trace.",
      "runtime_prof_", "ak_prof_write"}},
    {DOCTOR_LOGGER,
     false,
     {"go.uber.org/zap", "zerolog.", "sirupsen/logrus", "log/slog.", "log.(*Logger)"}},
    {DOCTOR_COLLECTOR,
     false,
     {"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.bgsweep", "runtime.bgscavenge"}},
    {DOCTOR_LOCK,
     false,
     {"sync.(*Mutex).", "sync.(*RWMutex).", "internal/sync.(*Mutex).", "runtime.unlock",
      "pthread_mutex_lock", "sync.runtime_SemacquireMutex"}},
    {DOCTOR_TIMER, false, {"time.After", "time.NewTimer", "time.NewTicker", "time.Tick"}},
    {DOCTOR_GROW,
     false,
     {"runtime.growslice", "runtime.hashGrow", "runtime.evacuate", "runtime.growWork",
      "internal/runtime/maps.(*table).grow", "internal/runtime/maps.(*table).rehash",
      "internal/runtime/maps.(*table).split"}},
    {DOCTOR_JSON, false, {"encoding/json"}},
    {DOCTOR_REFLECT, false, {"reflect."}},
};

/* A package of Go's own has no dot before its first slash; main is the program. */
static bool is_library(struct ak_str name)
{
    const ptrdiff_t slash = ak_str_chr(name, '/');
    const ptrdiff_t dot = ak_str_chr(name, '.');
    return dot > 0 && (slash < 0 || slash < dot) && !ak_str_starts(name, AK_STR("main."));
}

static unsigned traits_of(struct ak_str name, struct ak_str module)
{
    const struct ak_str base = ak_str_slice(name, (size_t)(ak_str_rchr(name, '/') + 1), name.len);
    unsigned traits = is_library(name) ? DOCTOR_LIBRARY : 0;
    for (size_t i = 0; i < AK_COUNT(known); i++) {
        for (size_t k = 0; k < AK_COUNT(known[i].words) && known[i].words[k]; k++) {
            traits |= has(known[i].is_base ? base : name, known[i].words[k]) ? known[i].trait : 0;
        }
    }
    traits &= traits & DOCTOR_BENCHMARK ? ~(unsigned)DOCTOR_PHASE : ~0U;
    if (module.len > 0 && ak_str_starts(name, module) && name.len > module.len) {
        traits = (traits | DOCTOR_MODULE) & ~(unsigned)DOCTOR_LIBRARY;
    }
    return traits;
}

unsigned collector_doctor_sample(const struct doctor_profile *d, size_t sample)
{
    const struct ak_profile *p = d->p;
    unsigned traits = 0;
    for (uint64_t k = p->stack_start[sample]; k < p->stack_start[sample + 1]; k++) {
        const struct ak_location *loc = &p->locations[p->stack_ids[k]];
        for (uint32_t l = loc->first_line; l < loc->first_line + loc->line_count; l++) {
            if (p->lines[l].function != AK_NO_INDEX) {
                traits |= d->traits[p->lines[l].function];
            }
        }
    }
    return traits;
}

double collector_doctor_square(const struct doctor_profile *d, int count_type,
                               const int64_t *values, double v, double *out_events)
{
    const bool is_heap = strcmp(d->kind, "heap") == 0;
    const double events = collector_sampled_events(d->p, count_type, is_heap, values);
    const double made = count_type >= 0 ? fabs((double)values[count_type]) : 0;
    const bool scaled = is_heap && d->p->period > 0 && made > 0;
    *out_events = events;
    return v * v / events * (scaled ? 1 - fmin(events / made, 1) : 1);
}

/* The effective number of events of each side, (sum of weights)^2 / sum of squared weights, stands
 * for a total of as many equal events as would give it that part: the smaller of the two totals
 * counts. */
void collector_doctor_judge(struct doctor_share *s)
{
    const double share = s->total > 0 ? fmin(s->part / s->total, 1) : 0;
    const double rest = s->total - s->part, rest_squares = s->squares - s->part_squares;
    double n = 1e9;
    if (s->part_squares > 0) {
        n = fmin(n, s->part * s->part / s->part_squares / share);
    }
    if (rest > 0 && rest_squares > 0) {
        n = fmin(n, rest * rest / rest_squares / (1 - share));
    }
    n = s->total > 0 ? n : 0;
    s->interval = ak_binomial_interval((size_t)lround(share * n), (size_t)lround(n), 0.95);
}

struct doctor_share collector_doctor_share(const struct doctor_profile *d, int type, unsigned all)
{
    struct doctor_share s = {0};
    const bool is_heap = strcmp(d->kind, "heap") == 0;
    const int count = is_heap && type > 0 ? type - 1 : d->count_type;
    for (size_t i = 0; type >= 0 && i < d->p->sample_count; i++) {
        const int64_t *const values = d->p->values + i * d->p->sample_type_count;
        const double v = fmax((double)values[type], 0);
        if (v > 0) {
            const bool is_part = (collector_doctor_sample(d, i) & all) == all;
            double events;
            const double square = collector_doctor_square(d, count, values, v, &events);
            s.seen += events;
            s.total += v;
            s.squares += square;
            s.part += is_part ? v : 0;
            s.part_squares += is_part ? square : 0;
        }
    }
    collector_doctor_judge(&s);
    return s;
}

void collector_doctor_profile_init(struct doctor_profile *d, struct doctor *doctor,
                                   const struct ak_run_profile *profile, const struct ak_profile *p,
                                   const char *package)
{
    struct function_names names;
    *d = (struct doctor_profile){
        .doctor = doctor, .p = p, .name = profile->name, .kind = profile->kind};
    collector_function_names_init(&names, package, doctor->arena);
    d->traits = ak_calloc(p->function_count + 1, sizeof *d->traits);
    for (uint32_t f = 0; f < p->function_count; f++) {
        d->traits[f] = traits_of(ak_profile_str(p, p->functions[f].name), names.module);
    }
    collector_function_names_release(&names);
    const bool is_cpu = strcmp(d->kind, "cpu") == 0, is_heap = strcmp(d->kind, "heap") == 0;
    d->type = collector_type_find(p, is_cpu    ? AK_STR("cpu")
                                     : is_heap ? AK_STR("alloc_space")
                                               : AK_STR("delay"));
    d->count_type = collector_type_find(p, is_cpu    ? AK_STR("samples")
                                           : is_heap ? AK_STR("alloc_objects")
                                                     : AK_STR("contentions"));
}

void collector_doctor_profile_release(struct doctor_profile *d)
{
    ak_free(d->traits);
}
