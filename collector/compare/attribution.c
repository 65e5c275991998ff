#include "collector/attribution.h"

#include "base/mem.h"
#include "coverage.h"
#include "functions.h"
#include "profile/decode.h"

#include <math.h>
#include <stdlib.h>

#define CAUSES_MAX 10

/* What the causes of one pair of profiles and one value type are: growing and shrinking functions,
 * computed once for all rows that ask. */
struct explanation {
    const struct ak_run_profile *before, *after;
    const char *type;
    struct ak_cause *grew, *shrank;
    size_t grew_count, shrank_count;
    double total;                   /* delta of the whole profile */
    double held_before, held_after; /* the whole profile at most: twice its sampling error more */
    double scale;                   /* of the after side, to the operations of the before side */
    double operations;              /* of the before side; 0: not known */
    size_t covered;                 /* benchmarks in the profiles together */
    bool phase_only;                /* what was allocated before the phase is subtracted */
    const char *note;               /* why there are none, "" */
    struct explanation *next;
};

struct attribution {
    struct ak_comparison *c;
    struct ak_arena *arena;
    struct explanation *done;
};

/* --- subtracting ------------------------------------------------------------------------- */

static int by_size(const void *pa, const void *pb)
{
    const struct ak_cause *a = pa, *b = pb;
    const double x = fabs((double)(a->flat_after - a->flat_before));
    const double y = fabs((double)(b->flat_after - b->flat_before));
    if (x < y || x > y) {
        return x > y ? -1 : 1;
    }
    return strcmp(a->function, b->function);
}

static int64_t whole(double v)
{
    return v > 9e18 ? INT64_MAX : v < -9e18 ? INT64_MIN : (int64_t)llround(v);
}

struct sides {
    struct function_names names;
    struct function_values before, after;
    const char *unit;
};

static double side(const double *values, const struct function_values *v, size_t id)
{
    return id < v->count ? values[id] : 0;
}

static struct ak_cause cause_of(const struct explanation *x, const struct sides *s, size_t id)
{
    const struct function_name *name = &s->names.items[id];
    const double error = sqrt(side(s->before.variance, &s->before, id) +
                              x->scale * x->scale * side(s->after.variance, &s->after, id));
    return (struct ak_cause){
        .function = name->name.ptr,
        .file = name->file.ptr ? name->file.ptr : "",
        .line = name->line,
        .profile = x->after->name,
        .value_type = x->type,
        .value_unit = s->unit,
        .flat_before = whole(side(s->before.own, &s->before, id)),
        .flat_after = whole(x->scale * side(s->after.own, &s->after, id)),
        .cum_before = whole(side(s->before.cum, &s->before, id)),
        .cum_after = whole(x->scale * side(s->after.cum, &s->after, id)),
        .samples_before = whole(side(s->before.events, &s->before, id)),
        .samples_after = whole(side(s->after.events, &s->after, id)),
        .error = error,
    };
}

static struct ak_cause *sorted_copy(struct ak_cause *list, size_t *count, struct ak_arena *arena)
{
    qsort(list, *count, sizeof *list, by_size);
    *count = *count < CAUSES_MAX ? *count : CAUSES_MAX;
    return ak_arena_copy(arena, list, *count * sizeof *list);
}

/* The whole profile with twice its sampling error. */
static double at_most(const struct function_values *v)
{
    double variance = 0;
    for (size_t id = 0; id < v->count; id++) {
        variance += v->variance[id];
    }
    return v->total + 2 * sqrt(variance);
}

/* Sorts the functions whose change is beyond twice its sampling error into both lists. */
static void subtract(struct explanation *x, const struct sides *s, struct ak_arena *arena)
{
    const size_t n = s->names.keys.count;
    struct ak_cause *grew = ak_calloc(2 * n + 1, sizeof *grew), *shrank = grew + n;
    x->total = x->scale * s->after.total - s->before.total;
    x->held_before = at_most(&s->before);
    x->held_after = x->scale * at_most(&s->after);
    for (size_t id = 0; id < n; id++) {
        const struct ak_cause k = cause_of(x, s, id);
        const double delta = (double)(k.flat_after - k.flat_before);
        if (fabs(delta) > 2 * k.error && delta > 0) {
            grew[x->grew_count++] = k;
        } else if (fabs(delta) > 2 * k.error && delta < 0) {
            shrank[x->shrank_count++] = k;
        }
    }
    x->grew = sorted_copy(grew, &x->grew_count, arena);
    x->shrank = sorted_copy(shrank, &x->shrank_count, arena);
    ak_free(grew);
}

static const char *unit_of(const struct ak_profile *p, const char *type, struct ak_arena *arena)
{
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        if (ak_str_eq(ak_profile_str(p, p->sample_types[i].type), ak_str_from(type))) {
            return ak_arena_str(arena, ak_profile_str(p, p->sample_types[i].unit)).ptr;
        }
    }
    return "";
}

/* Sums the profile of one side, without what its run had allocated before the phase. */
static enum ak_status side_sum(struct explanation *x, const struct ak_run *run,
                               const struct ak_run_profile *profile, struct sides *s,
                               struct function_values *out, struct ak_error *err)
{
    const bool cumulative = strncmp(x->type, "alloc_", 6) == 0;
    const struct ak_run_profile *earlier = cumulative ? collector_profile_base(run, profile) : NULL;
    const struct ak_run_profile *const both[] = {profile, earlier};
    for (size_t i = 0; i < 2 && both[i]; i++) {
        struct ak_profile *p = NULL;
        const enum ak_status st =
            ak_profile_decode_bytes(both[i]->name, both[i]->bytes, NULL, &p, err);
        if (st != AK_OK) {
            return st;
        }
        struct function_values base = {0};
        const bool has =
            collector_function_values(p, ak_str_from(x->type), &s->names, i == 0 ? out : &base);
        s->unit = i == 0 ? unit_of(p, x->type, s->names.arena) : s->unit;
        if (has && i == 1) {
            collector_function_values_minus(out, &base);
            x->phase_only = true;
        }
        collector_function_values_release(&base);
        ak_profile_free(p);
        if (!has && i == 0) {
            return ak_fail(err, AK_NOT_FOUND, "%s has no %s values", profile->name, x->type);
        }
    }
    return AK_OK;
}

/* Sums both sides and subtracts; what goes wrong becomes the note. */
static void explain(struct attribution *a, struct explanation *x, const char *package)
{
    const struct ak_run *before = a->c->before, *after = a->c->after;
    const double ops_before = collector_operations(before, x->before);
    const double ops_after = collector_operations(after, x->after);
    const size_t many = collector_benchmarks_covered(before, x->before);
    x->covered = collector_benchmarks_covered(after, x->after);
    x->covered = many > x->covered ? many : x->covered;
    const bool is_level = strncmp(x->type, "inuse_", 6) == 0; /* not a sum over operations */
    if (ops_before > 0 && ops_after > 0 && !is_level) {
        x->operations = ops_before;
        x->scale = ops_before / ops_after;
    }
    struct sides s = {.unit = ""};
    struct ak_error err = {0};
    collector_function_names_init(&s.names, package, a->arena);
    if (side_sum(x, before, x->before, &s, &s.before, &err) == AK_OK &&
        side_sum(x, after, x->after, &s, &s.after, &err) == AK_OK) {
        subtract(x, &s, a->arena);
    } else {
        x->note = ak_arena_strdup(a->arena, err.text);
    }
    collector_function_values_release(&s.before);
    collector_function_values_release(&s.after);
    collector_function_names_release(&s.names);
}

static struct explanation *explanation_for(struct attribution *a, const struct ak_compare_row *r)
{
    const struct collector_wanted w = collector_profile_wanted(r->unit);
    if (!w.kind) {
        return NULL;
    }
    const struct ak_run_profile *before = collector_profile_for(a->c->before, w.kind, r->benchmark);
    const struct ak_run_profile *after = collector_profile_for(a->c->after, w.kind, r->benchmark);
    if (!before || !after) {
        return NULL;
    }
    for (struct explanation *x = a->done; x; x = x->next) {
        if (x->before == before && x->after == after && strcmp(x->type, w.type) == 0) {
            return x;
        }
    }
    struct explanation *x = AK_NEW(a->arena, struct explanation);
    *x = (struct explanation){
        .before = before, .after = after, .type = w.type, .scale = 1, .note = "", .next = a->done};
    a->done = x;
    explain(a, x, r->package);
    return x;
}

/* --- rows -------------------------------------------------------------------------------- */

/* Could the row's unit be of one operation? Not when the profiles hold less than that many of it,
 * nor when the functions grew by clearly more than the row did. */
static bool fits_one_operation(const struct explanation *x, const struct ak_compare_row *r,
                               double scale)
{
    const double change = (r->after.median - r->before.median) / scale;
    double grown = 0, variance = 0;
    for (size_t i = 0; i < r->cause_count; i++) {
        grown += (double)(r->causes[i].flat_after - r->causes[i].flat_before);
        variance += r->causes[i].error * r->causes[i].error;
    }
    return r->before.median / scale <= x->held_before && r->after.median / scale <= x->held_after &&
           fabs(grown) - 2 * sqrt(variance) <= 1.5 * fabs(change);
}

/* The factor from the profile's unit to the row's, for one operation; NaN when the profile is not
 * of this benchmark alone or the row's unit is not a cost of an operation. *out_taken is the
 * denominator that was only taken as one operation. */
static double scale_for(const struct attribution *a, const struct explanation *x,
                        const struct ak_compare_row *r, const char **out_taken)
{
    if (x->covered > 1) {
        return (double)NAN;
    }
    const struct collector_cost cost =
        collector_cost_of(a->c->before, r->benchmark, r->unit, x->type);
    if (strncmp(x->type, "inuse_", 6) == 0) {
        return cost.factor;
    }
    const double scale = x->operations > 0 ? cost.factor / x->operations : (double)NAN;
    if (cost.taken && isfinite(scale) && !fits_one_operation(x, r, scale)) {
        return (double)NAN;
    }
    *out_taken = cost.taken;
    return scale;
}

static void note_part(struct ak_buf *text, const char *part)
{
    ak_buf_printf(text, "%s%s", text->len > 0 ? "; " : "", part);
}

/* Does the cost of the row grow? A slower rate costs more. */
static bool cost_grew(const struct ak_compare_row *r)
{
    return collector_is_rate(r->unit) ? r->ratio < 1 : r->ratio > 1;
}

/* Did the profile as a whole get cheaper where the row got dearer, or the other way round? */
static bool went_against(const struct explanation *x, const struct ak_compare_row *r)
{
    return !*x->note && (x->total > 0) != cost_grew(r);
}

/* What a profile of several benchmarks says of a row of one of them. */
static void note_shared(const struct attribution *a, const struct explanation *x,
                        const struct ak_compare_row *r, struct ak_buf *text)
{
    note_part(text, ak_arena_printf(
                        a->arena, "the profiles cover %zu benchmarks together%s", x->covered,
                        went_against(x, r) ? " and went the other way, so they cannot explain this "
                                             "row: record --profile-each gives each its own"
                                           : ""));
}

static const char *note_for(const struct attribution *a, const struct explanation *x,
                            const struct ak_compare_row *r, const char *taken)
{
    const bool against = went_against(x, r);
    const bool useless = x->covered > 1 && against;
    struct ak_buf text = AK_BUF_INIT;
    if (x->covered > 1) {
        note_shared(a, x, r, &text);
    } else if (against && r->cause_count > 0) {
        note_part(&text, "the profile as a whole went the other way");
    }
    if (taken && r->cause_count > 0) {
        note_part(&text, ak_arena_printf(a->arena, "one %s is taken as one operation", taken));
    }
    if (x->phase_only && !useless) {
        note_part(&text, "without what was allocated before the phase");
    }
    if (isnan(r->cause_scale) && fabs(x->scale - 1) > 0.02 && !useless) {
        note_part(&text, ak_arena_printf(a->arena,
                                         "values of the second run are scaled by %.3g to the "
                                         "operations of the first",
                                         x->scale));
    }
    if (*x->note) {
        note_part(&text, x->note);
    } else if (r->cause_count == 0 && !useless) {
        note_part(&text, "no function's change exceeds twice its sampling error");
    }
    const char *note = ak_arena_strndup(a->arena, ak_buf_view(&text).ptr, text.len);
    ak_buf_release(&text);
    return note;
}

static void row_explain(struct attribution *a, struct ak_compare_row *r)
{
    const struct explanation *x = explanation_for(a, r);
    const char *taken = NULL;
    if (!x) {
        return;
    }
    /* A profile of many that went the other way is about others of them. */
    if (x->covered <= 1 || !went_against(x, r)) {
        const bool grew = cost_grew(r);
        r->causes = grew ? x->grew : x->shrank;
        r->cause_count = grew ? x->grew_count : x->shrank_count;
    }
    r->cause_scale = scale_for(a, x, r, &taken);
    const double delta = (r->after.median - r->before.median) / r->cause_scale;
    r->cause_unexplained = isfinite(delta) ? delta : x->total;
    for (size_t i = 0; i < r->cause_count; i++) {
        r->cause_unexplained -= (double)(r->causes[i].flat_after - r->causes[i].flat_before);
    }
    r->cause_note = note_for(a, x, r, taken);
}

void ak_attribute(struct ak_comparison *c, struct ak_arena *arena)
{
    struct attribution a = {.c = c, .arena = arena};
    for (size_t i = 0; i < c->row_count; i++) {
        struct ak_compare_row *r = &c->rows[i];
        if (r->verdict == AK_VERDICT_WORSE || r->verdict == AK_VERDICT_BETTER) {
            row_explain(&a, r);
        }
    }
}

struct ak_cause *ak_attribute_top(const struct ak_run_profile *profile, const char *type,
                                  const char *package, struct ak_arena *arena, size_t *out_count)
{
    struct ak_profile *p = NULL;
    *out_count = 0;
    if (!profile->bytes.ptr ||
        ak_profile_decode_bytes(profile->name, profile->bytes, NULL, &p, NULL) != AK_OK) {
        return NULL;
    }
    struct explanation x = {.before = profile, .after = profile, .type = type, .scale = 1};
    struct sides s = {.unit = unit_of(p, type, arena)};
    collector_function_names_init(&s.names, package, arena);
    struct ak_cause *top = NULL;
    if (collector_function_values(p, ak_str_from(type), &s.names, &s.after)) {
        subtract(&x, &s, arena);
        top = x.grew;
        *out_count = x.grew_count;
    }
    collector_function_values_release(&s.after);
    collector_function_names_release(&s.names);
    ak_profile_free(p);
    return top;
}
