/* The doctor's rules about profiles. */
#include "base/mem.h"
#include "doctor_profile.h"

#include <math.h>

#define FEW_SAMPLES 100
#define RATES_PER_LIMIT 25
#define CONVOY_WAITS 100
#define CONVOY_MEAN_NS 10000
#define NEGATIVE_SHARE 0.01

static bool is_kind(const struct doctor_profile *d, const char *kind)
{
    return strcmp(d->kind, kind) == 0;
}

static void find(struct doctor_profile *d, enum ak_rule rule, const char *evidence)
{
    collector_doctor_find(d->doctor, rule, d->name, evidence);
}

/* "12.5 % [10.1, 15.2] <what>; 812 sampled events" */
static void find_share(struct doctor_profile *d, enum ak_rule rule, const struct doctor_share *s,
                       const char *what)
{
    find(d, rule,
         ak_arena_printf(d->doctor->arena, "%.1f %% [%.1f, %.1f] %s; %.0f sampled events",
                         s->total > 0 ? 100 * s->part / s->total : 0, 100 * s->interval.lo,
                         100 * s->interval.hi, what, s->seen));
}

/* --- shares above a limit ------------------------------------------------------------------ */

static const struct share_rule {
    enum ak_rule rule;
    const char *kind, *other_kind; /* of profiles that it looks at */
    const char *type;              /* of values; NULL: those that shares of the kind are of */
    unsigned all;                  /* traits that a stack must have */
    double limit;
    const char *what;
} share_rules[] = {
    {AK_RULE_P005, "cpu", "heap", NULL, DOCTOR_PROFILER, 0.02, "is the profiler's own"},
    {AK_RULE_P008, "cpu", "heap", NULL, DOCTOR_LOGGER, 0.03,
     "lies below a logger; one that discards may still format"},
    {AK_RULE_P009, "cpu", NULL, NULL, DOCTOR_COLLECTOR, 0.2, "of the CPU time collects garbage"},
    {AK_RULE_P013, "heap", NULL, "inuse_space", DOCTOR_TIMER, 0.05,
     "of the memory in use was taken for timers"},
    {AK_RULE_P014, "cpu", NULL, NULL, DOCTOR_GROW, 0.1,
     "of the CPU time moves slices and maps to larger places"},
    {AK_RULE_P015, "cpu", "heap", NULL, DOCTOR_JSON | DOCTOR_REFLECT, 0.1,
     "lies below encoding/json and reflect"},
};

static void check_shares(struct doctor_profile *d)
{
    for (size_t i = 0; i < AK_COUNT(share_rules); i++) {
        const struct share_rule *const r = &share_rules[i];
        if (!is_kind(d, r->kind) && !(r->other_kind && is_kind(d, r->other_kind))) {
            continue;
        }
        const int type = r->type ? collector_type_find(d->p, ak_str_from(r->type)) : d->type;
        const struct doctor_share s = collector_doctor_share(d, type, r->all);
        if (s.interval.lo > r->limit) { /* abstains while the interval reaches below the limit */
            find_share(
                d, r->rule, &s,
                ak_arena_printf(d->doctor->arena, "%s; limit %.0f %%", r->what, 100 * r->limit));
        }
    }
}

/* --- samples and rates --------------------------------------------------------------------- */

static void check_samples(struct doctor_profile *d)
{
    double samples = 0;
    for (size_t i = 0; i < d->p->sample_count; i++) {
        samples += d->count_type < 0
                       ? 1
                       : (double)d->p->values[i * d->p->sample_type_count + (size_t)d->count_type];
    }
    if (samples < FEW_SAMPLES) {
        find(
            d, AK_RULE_P001,
            ak_arena_printf(d->doctor->arena, "%.0f samples; lines need %d", samples, FEW_SAMPLES));
    }
}

static void check_rate(struct doctor_profile *d)
{
    const double limit = d->doctor->opts->limit_bytes;
    if (limit > 0 && d->p->period > 0 && limit / (double)d->p->period < RATES_PER_LIMIT) {
        find(d, AK_RULE_P002,
             ak_arena_printf(d->doctor->arena,
                             "one sample per %lld bytes, %.0f at the limit; the verdict "
                             "uses exact counters, the profile only explains",
                             (long long)d->p->period, limit / (double)d->p->period));
    }
}

/* --- the phase ----------------------------------------------------------------------------- */

/* The run measures a phase: stopping, or what one operation allocates. */
static bool run_has_phase(const struct ak_run *run)
{
    for (size_t i = 0; i < run->series_count; i++) {
        const struct ak_str unit = ak_str_from(run->series[i].unit);
        if (ak_str_find(unit, AK_STR("/alloc")) >= 0 ||
            ak_str_find(unit, AK_STR("/shutdown")) >= 0) {
            return true;
        }
    }
    return false;
}

static bool run_has_before(const struct ak_run *run)
{
    for (size_t i = 0; i < run->profile_count; i++) {
        if (ak_str_find(ak_str_from(run->profiles[i].name), AK_STR("before")) >= 0) {
            return true;
        }
    }
    return false;
}

static void check_phase(struct doctor_profile *d)
{
    const struct doctor_share phase = collector_doctor_share(d, d->type, DOCTOR_PHASE);
    const struct doctor_share body = collector_doctor_share(d, d->type, DOCTOR_BENCHMARK);
    const bool has_phase = run_has_phase(d->doctor->run);
    if (has_phase && !d->has_base && !run_has_before(d->doctor->run) && phase.total > 0 &&
        phase.interval.hi < 0.95) {
        find_share(d, AK_RULE_P003, &phase,
                   "have a frame of the phase, and there is no profile from before it");
    }
    const struct doctor_share *const inside = d->has_base ? &phase : &body;
    if ((has_phase || d->has_base) && inside->part > 0 && inside->interval.hi < 0.9) {
        find_share(d, AK_RULE_P004, inside,
                   d->has_base
                       ? "have a frame of the phase, the rest stems from other goroutines"
                       : "have a frame of the benchmark, the rest stems from other goroutines");
    }
}

/* --- one function or one lock -------------------------------------------------------------- */

struct place { /* values by function */
    double *own, *squares, *events;
    double total, all_squares, seen;
};

static void place_init(struct place *s, const struct ak_profile *p)
{
    *s = (struct place){0};
    s->own = ak_calloc(3 * ((size_t)p->function_count + 1), sizeof *s->own);
    s->squares = s->own + p->function_count + 1;
    s->events = s->squares + p->function_count + 1;
}

static void place_add(const struct doctor_profile *d, struct place *s, size_t sample, uint32_t f)
{
    const int64_t *const values = d->p->values + sample * d->p->sample_type_count;
    const double v = fmax((double)values[d->type], 0);
    if (v <= 0) {
        return;
    }
    double events;
    const double square = collector_doctor_square(d, d->count_type, values, v, &events);
    s->total += v;
    s->all_squares += square;
    s->seen += events;
    if (f != AK_NO_INDEX) {
        s->own[f] += v;
        s->squares[f] += square;
        s->events[f] += events;
    }
}

/* The function with the largest value, when more than half is surely its; else AK_NO_INDEX. */
static uint32_t place_dominant(const struct doctor_profile *d, const struct place *s,
                               struct doctor_share *out)
{
    uint32_t best = 0;
    for (uint32_t f = 1; f < d->p->function_count; f++) {
        best = s->own[f] > s->own[best] ? f : best;
    }
    *out = (struct doctor_share){.part = s->own[best],
                                 .total = s->total,
                                 .part_squares = s->squares[best],
                                 .squares = s->all_squares,
                                 .seen = s->seen};
    collector_doctor_judge(out);
    return d->p->function_count > 0 && out->interval.lo > 0.5 ? best : AK_NO_INDEX;
}

static uint32_t function_of(const struct ak_profile *p, uint64_t k)
{
    const struct ak_location *const loc = &p->locations[p->stack_ids[k]];
    return loc->line_count > 0 ? p->lines[loc->first_line].function : AK_NO_INDEX;
}

static void check_sink(struct doctor_profile *d)
{
    struct place s;
    struct doctor_share share;
    place_init(&s, d->p);
    for (size_t i = 0; d->type >= 0 && i < d->p->sample_count; i++) {
        const uint64_t k = d->p->stack_start[i];
        place_add(d, &s, i, k < d->p->stack_start[i + 1] ? function_of(d->p, k) : AK_NO_INDEX);
    }
    const uint32_t f = place_dominant(d, &s, &share);
    if (f != AK_NO_INDEX && (d->traits[f] & DOCTOR_LIBRARY)) {
        const struct ak_str name = ak_profile_str(d->p, d->p->functions[f].name);
        find_share(
            d, AK_RULE_P006, &share,
            ak_arena_printf(d->doctor->arena, "in %.*s", (int)ak_utf8_cut(name, 200), name.ptr));
    }
    ak_free(s.own);
}

/* Who waits: the innermost frame outside of the library. */
static uint32_t waiter_of(const struct doctor_profile *d, size_t sample)
{
    const uint64_t end = d->p->stack_start[sample + 1];
    for (uint64_t k = d->p->stack_start[sample]; k < end; k++) {
        const uint32_t f = function_of(d->p, k);
        if (f != AK_NO_INDEX && !(d->traits[f] & (DOCTOR_LIBRARY | DOCTOR_LOCK))) {
            return f;
        }
    }
    return AK_NO_INDEX;
}

/* Waits for channels are no waits for a lock: block profiles hold both. */
static void check_convoy(struct doctor_profile *d)
{
    struct place s;
    struct doctor_share share;
    place_init(&s, d->p);
    for (size_t i = 0; d->type >= 0 && i < d->p->sample_count; i++) {
        if (is_kind(d, "mutex") || (collector_doctor_sample(d, i) & DOCTOR_LOCK)) {
            place_add(d, &s, i, waiter_of(d, i));
        }
    }
    const uint32_t f = place_dominant(d, &s, &share);
    const double mean = f != AK_NO_INDEX ? s.own[f] / s.events[f] : 0;
    if (f != AK_NO_INDEX && s.events[f] >= CONVOY_WAITS && mean >= CONVOY_MEAN_NS) {
        const struct ak_str name = ak_profile_str(d->p, d->p->functions[f].name);
        find_share(d, AK_RULE_P012, &share,
                   ak_arena_printf(d->doctor->arena,
                                   "of the waiting in %.*s: %.0f waits of %.3g ms",
                                   (int)ak_utf8_cut(name, 200), name.ptr, s.events[f], mean / 1e6));
    }
    ak_free(s.own);
}

/* --- symbols and binaries ------------------------------------------------------------------ */

static void check_symbols(struct doctor_profile *d)
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
        find(d, AK_RULE_P010,
             ak_arena_printf(d->doctor->arena, "%zu of %u locations have no function", without,
                             d->p->location_count));
    }
    if ((deepest == 64 || deepest == 128) && cut > 1) { /* where Go's profilers stop */
        find(d, AK_RULE_P010,
             ak_arena_printf(d->doctor->arena, "%zu stacks end at depth %zu", cut, deepest));
    }
}

/* The build id of the program itself, the first mapping. */
static struct ak_str build_id_of(const struct ak_profile *p)
{
    return p->mapping_count > 0 ? ak_profile_str(p, p->mappings[0].build_id)
                                : (struct ak_str){"", 0};
}

static void check_binary(struct doctor_profile *d)
{
    const struct ak_doctor_opts *const o = d->doctor->opts;
    const struct ak_str mine = build_id_of(d->p);
    const struct ak_str wanted = o->build_id   ? ak_str_from(o->build_id)
                                 : d->has_base ? build_id_of(o->base)
                                               : mine;
    if (mine.len > 0 && wanted.len > 0 && !ak_str_eq(mine, wanted)) {
        find(d, AK_RULE_P016,
             ak_arena_printf(d->doctor->arena, "build id %.*s, that of the %s is %.*s",
                             (int)ak_utf8_cut(mine, 80), mine.ptr, o->build_id ? "binary" : "base",
                             (int)ak_utf8_cut(wanted, 80), wanted.ptr));
    }
}

/* What a subtraction leaves below zero was only in the base. */
static void check_base(struct doctor_profile *d)
{
    double above = 0, below = 0;
    for (size_t i = 0; d->type >= 0 && i < d->p->sample_count; i++) {
        const double v = (double)d->p->values[i * d->p->sample_type_count + (size_t)d->type];
        above += fmax(v, 0);
        below += fmax(-v, 0);
    }
    if (below > NEGATIVE_SHARE * (above + below)) {
        find(d, AK_RULE_P017,
             ak_arena_printf(d->doctor->arena, "%.1f %% of the difference is below zero",
                             100 * below / (above + below)));
    }
}

void collector_doctor_rules(struct doctor_profile *d)
{
    const bool is_cpu = is_kind(d, "cpu"), is_heap = is_kind(d, "heap");
    if (is_cpu) {
        check_samples(d);
    }
    if (is_heap) {
        check_rate(d);
        check_phase(d);
    }
    if (is_cpu || is_heap) {
        check_shares(d);
        check_sink(d);
    }
    if (is_kind(d, "mutex") || is_kind(d, "block")) {
        check_convoy(d);
    }
    if (d->has_base) {
        check_base(d);
    }
    check_symbols(d);
    check_binary(d);
}
