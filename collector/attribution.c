#include "collector/attribution.h"

#include "base/mem.h"
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
    double total;     /* delta of the whole profile */
    double scale;     /* of the after side, to the operations of the before side */
    const char *note; /* why there are none, "" */
    struct explanation *next;
};

struct attribution {
    struct ak_comparison *c;
    struct ak_arena *arena;
    struct explanation *done;
};

/* --- which profile ----------------------------------------------------------------------- */

struct wanted {
    const char *kind, *type;
};

static struct wanted wanted_for(const char *unit)
{
    const struct ak_str u = ak_str_from(unit);
    switch (ak_unit_info(u).class) {
    case AK_UNIT_TIME:
        return (struct wanted){"cpu", "cpu"};
    case AK_UNIT_BYTES:
        if (ak_str_find(u, AK_STR("/s")) >= 0) {
            return (struct wanted){"cpu", "cpu"};
        }
        return (struct wanted){"heap",
                               ak_str_find(u, AK_STR("heap")) >= 0 ? "inuse_space" : "alloc_space"};
    case AK_UNIT_COUNT:
        return (struct wanted){"heap", "alloc_objects"};
    case AK_UNIT_OTHER:
        break;
    }
    return (struct wanted){NULL, NULL};
}

/* The run's profile of this kind: that of the benchmark itself before one of several. */
static const struct ak_run_profile *profile_for(const struct ak_run *run, const char *kind,
                                                const char *benchmark)
{
    const struct ak_run_profile *found = NULL;
    for (size_t i = 0; i < run->profile_count; i++) {
        const struct ak_run_profile *p = &run->profiles[i];
        if (strcmp(p->kind, kind) != 0 || !p->bytes.ptr) {
            continue;
        }
        if (strcmp(p->benchmark, benchmark) == 0) {
            return p;
        }
        if (!found && !*p->benchmark) {
            found = p;
        }
    }
    return found;
}

static size_t benchmarks_of(const struct ak_run *run)
{
    size_t count = 0;
    for (size_t i = 0; i < run->series_count; i++) {
        bool first = true;
        for (size_t j = 0; j < i && first; j++) {
            first = strcmp(run->series[i].benchmark, run->series[j].benchmark) != 0;
        }
        count += first;
    }
    return count;
}

/* --- subtracting ------------------------------------------------------------------------- */

/* Operations that a profile covers: the iterations of its benchmark, or of all; 0 not known. */
static double operations(const struct ak_run *run, const struct ak_run_profile *p)
{
    double sum = 0;
    const char *last = "";
    for (size_t i = 0; i < run->series_count; i++) {
        const struct ak_series *s = &run->series[i];
        if (strcmp(s->benchmark, last) == 0 || !s->iterations ||
            (*p->benchmark && strcmp(s->benchmark, p->benchmark) != 0)) {
            continue;
        }
        last = s->benchmark;
        for (size_t k = 0; k < s->count; k++) {
            sum += (double)s->iterations[k];
        }
    }
    return sum;
}

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

/* Sorts the functions whose change is beyond twice its sampling error into both lists. */
static void subtract(struct explanation *x, const struct sides *s, struct ak_arena *arena)
{
    const size_t n = s->names.keys.count;
    struct ak_cause *grew = ak_calloc(2 * n + 1, sizeof *grew), *shrank = grew + n;
    x->total = x->scale * s->after.total - s->before.total;
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

/* Decodes both and subtracts; what goes wrong becomes the note. */
static void explain(struct attribution *a, struct explanation *x, const char *package)
{
    struct ak_profile *before = NULL, *after = NULL;
    struct ak_error err = {0};
    if (ak_profile_decode_bytes(x->before->name, x->before->bytes, NULL, &before, &err) != AK_OK ||
        ak_profile_decode_bytes(x->after->name, x->after->bytes, NULL, &after, &err) != AK_OK) {
        x->note = ak_arena_strdup(a->arena, err.text);
        ak_profile_free(before);
        return;
    }
    struct sides s = {.unit = unit_of(after, x->type, a->arena)};
    const double ops_before = operations(a->c->before, x->before);
    const double ops_after = operations(a->c->after, x->after);
    if (ops_before > 0 && ops_after > 0 && fabs(ops_after / ops_before - 1) > 0.02) {
        x->scale = ops_before / ops_after;
        x->note = ak_arena_printf(a->arena,
                                  "values of the second run are scaled from %.0f to the "
                                  "%.0f operations of the first",
                                  ops_after, ops_before);
    }
    collector_function_names_init(&s.names, package, a->arena);
    const struct ak_str type = ak_str_from(x->type);
    if (collector_function_values(before, type, &s.names, &s.before) &&
        collector_function_values(after, type, &s.names, &s.after)) {
        subtract(x, &s, a->arena);
    } else {
        x->note = ak_arena_printf(a->arena, "%s has no %s values", x->after->name, x->type);
    }
    collector_function_values_release(&s.before);
    collector_function_values_release(&s.after);
    collector_function_names_release(&s.names);
    ak_profile_free(before);
    ak_profile_free(after);
}

static struct explanation *explanation_for(struct attribution *a, const struct ak_compare_row *r)
{
    const struct wanted w = wanted_for(r->unit);
    if (!w.kind) {
        return NULL;
    }
    const struct ak_run_profile *before = profile_for(a->c->before, w.kind, r->benchmark);
    const struct ak_run_profile *after = profile_for(a->c->after, w.kind, r->benchmark);
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

static const char *note_for(const struct attribution *a, const struct explanation *x,
                            const struct ak_compare_row *r)
{
    const size_t many = *x->after->benchmark ? 1 : benchmarks_of(a->c->after);
    const bool against = (x->total > 0) != (r->ratio > 1);
    struct ak_buf text = AK_BUF_INIT;
    if (many > 1) {
        ak_buf_printf(&text, "the profiles cover %zu benchmarks together", many);
        if (against) {
            ak_buf_puts(&text, " and went the other way");
        }
    } else if (against && r->cause_count > 0) {
        ak_buf_puts(&text, "the profile as a whole went the other way");
    }
    if (*x->note) {
        ak_buf_printf(&text, "%s%s", text.len > 0 ? "; " : "", x->note);
    } else if (r->cause_count == 0) {
        ak_buf_printf(&text, "%sno function's change exceeds twice its sampling error",
                      text.len > 0 ? "; " : "");
    }
    const char *note = ak_arena_strndup(a->arena, ak_buf_view(&text).ptr, text.len);
    ak_buf_release(&text);
    return note;
}

static void row_explain(struct attribution *a, struct ak_compare_row *r)
{
    const struct explanation *x = explanation_for(a, r);
    if (!x) {
        return;
    }
    const bool rate = ak_str_find(ak_str_from(r->unit), AK_STR("/s")) >= 0;
    const bool grew = rate ? r->ratio < 1 : r->ratio > 1; /* a slower rate costs more time */
    r->causes = grew ? x->grew : x->shrank;
    r->cause_count = grew ? x->grew_count : x->shrank_count;
    r->cause_unexplained = x->total;
    for (size_t i = 0; i < r->cause_count; i++) {
        r->cause_unexplained -= (double)(r->causes[i].flat_after - r->causes[i].flat_before);
    }
    r->cause_note = note_for(a, x, r);
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
