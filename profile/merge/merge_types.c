#include "base/mem.h"
#include "merger.h"
#include "profile/measure.h"

#include <math.h>

/* What the result's sample types would become with one more profile; applied only when all is well.
 */
struct plan {
    uint32_t count;
    uint32_t *kept;    /* type of the result before, by type after */
    uint32_t *columns; /* of the profile */
    double *ratios;    /* for values of the profile */
    double *rescale;   /* for sums of the result */
    uint32_t *units;   /* strings of the result */
    double period_ratio, period_rescale;
    uint32_t period_unit;
};

static void plan_release(struct plan *plan)
{
    ak_free(plan->kept);
    ak_free(plan->columns);
    ak_free(plan->ratios);
    ak_free(plan->rescale);
    ak_free(plan->units);
}

static void plan_init(struct plan *plan, uint32_t max)
{
    *plan = (struct plan){.kept = ak_calloc(max, sizeof *plan->kept),
                          .columns = ak_calloc(max, sizeof *plan->columns),
                          .ratios = ak_calloc(max, sizeof *plan->ratios),
                          .rescale = ak_calloc(max, sizeof *plan->rescale),
                          .units = ak_calloc(max, sizeof *plan->units)};
}

/* The type of p with this name, when there is exactly one. */
static uint32_t find_type(const struct ak_profile *p, struct ak_str name)
{
    uint32_t found = AK_NO_INDEX;
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        if (ak_str_eq(ak_profile_str(p, p->sample_types[i].type), name)) {
            if (found != AK_NO_INDEX) {
                return AK_NO_INDEX;
            }
            found = i;
        }
    }
    return found;
}

/* What one unit is in the other: 1 when they are the same. */
static double ratio_of(struct ak_str from, struct ak_str to)
{
    struct ak_str unit;
    return ak_str_eq(from, to) ? 1 : ak_measure_scale(1, from, to, &unit);
}

static struct ak_str result_str(const struct ak_merge *m, uint32_t i)
{
    return m->b.strings.strs[i];
}

/* Chooses the finer of the result's unit and the profile's. */
static bool plan_unit(struct ak_merge *m, uint32_t unit, struct ak_str other, uint32_t *out_unit,
                      double *out_ratio, double *out_rescale)
{
    const struct ak_str own = result_str(m, unit);
    *out_unit = unit;
    *out_ratio = *out_rescale = 1;
    if (ak_str_eq(own, other)) {
        return true;
    }
    if (!ak_measure_compatible(own, other)) {
        return false;
    }
    const double ratio = ratio_of(other, own);
    if (ratio < 1 && !m->preset) {
        *out_unit = ak_build_str(&m->b, other);
        *out_rescale = ratio_of(own, other);
    } else {
        *out_ratio = ratio;
    }
    return true;
}

static enum ak_status incompatible(const char *what, struct ak_str a, struct ak_str b,
                                   struct ak_error *err)
{
    return ak_fail(err, AK_UNSUPPORTED, "incompatible %s: %.*s and %.*s", what, (int)a.len, a.ptr,
                   (int)b.len, b.ptr);
}

static enum ak_status plan_types(struct ak_merge *m, const struct ak_profile *p, struct plan *plan,
                                 struct ak_error *err)
{
    for (uint32_t i = 0; i < m->b.p->sample_type_count; i++) {
        const struct ak_value_type *t = &m->b.p->sample_types[i];
        const uint32_t column = find_type(p, result_str(m, t->type));
        if (column == AK_NO_INDEX) {
            continue;
        }
        const struct ak_str unit = ak_profile_str(p, p->sample_types[column].unit);
        const uint32_t n = plan->count++;
        plan->kept[n] = i;
        plan->columns[n] = column;
        if (!plan_unit(m, t->unit, unit, &plan->units[n], &plan->ratios[n], &plan->rescale[n])) {
            return incompatible("units of a sample type", result_str(m, t->unit), unit, err);
        }
    }
    if (plan->count == 0) {
        return ak_fail(err, AK_UNSUPPORTED, "profiles have empty common sample type list");
    }
    return AK_OK;
}

static enum ak_status plan_period(struct ak_merge *m, const struct ak_profile *p, struct plan *plan,
                                  struct ak_error *err)
{
    const struct ak_value_type *t = &m->b.p->period_type;
    const struct ak_str type = ak_profile_str(p, p->period_type.type);
    const struct ak_str unit = ak_profile_str(p, p->period_type.unit);
    if (!ak_str_eq(result_str(m, t->type), type)) {
        return incompatible("period types", result_str(m, t->type), type, err);
    }
    if (!plan_unit(m, t->unit, unit, &plan->period_unit, &plan->period_ratio,
                   &plan->period_rescale)) {
        return incompatible("units of the period", result_str(m, t->unit), unit, err);
    }
    return AK_OK;
}

static enum ak_status apply_to_sums(struct ak_merge *m, const struct plan *plan,
                                    struct ak_error *err)
{
    struct ak_profile *r = m->b.p;
    const uint32_t before = r->sample_type_count;
    for (size_t s = 0; s < r->sample_count; s++) {
        for (uint32_t i = 0; i < plan->count; i++) {
            int64_t v = r->values[s * before + plan->kept[i]];
            if (plan->rescale[i] != 1) {
                const double scaled = round((double)v * plan->rescale[i]);
                if (!(fabs(scaled) < 0x1p63) && !m->opts.compat) {
                    return ak_fail(err, AK_OVERFLOW, "a scaled sum does not fit in 64 bits");
                }
                v = fabs(scaled) < 0x1p63 ? (int64_t)scaled : INT64_MIN;
            }
            r->values[s * plan->count + i] = v;
        }
    }
    return AK_OK;
}

static int64_t scaled_period(int64_t period, double ratio)
{
    const double v = (double)period * ratio;
    return fabs(v) < 0x1p63 ? (int64_t)v : INT64_MIN;
}

static enum ak_status apply(struct ak_merge *m, const struct plan *plan, struct ak_error *err)
{
    struct ak_profile *r = m->b.p;
    bool changes = plan->count != r->sample_type_count;
    for (uint32_t i = 0; i < plan->count; i++) {
        changes = changes || plan->rescale[i] != 1;
    }
    if (changes && r->sample_count > 0) {
        m->adapted = true;
        const enum ak_status st = apply_to_sums(m, plan, err);
        if (st != AK_OK) {
            return st;
        }
    }
    AK_GROW(m->columns, plan->count, m->columns_cap);
    AK_GROW(m->ratios, plan->count, m->ratios_cap);
    AK_GROW(m->values, plan->count, m->values_cap);
    m->scaled = false;
    for (uint32_t i = 0; i < plan->count; i++) {
        r->sample_types[i] =
            (struct ak_value_type){r->sample_types[plan->kept[i]].type, plan->units[i]};
        m->columns[i] = plan->columns[i];
        m->ratios[i] = plan->ratios[i];
        m->scaled = m->scaled || plan->ratios[i] != 1;
    }
    r->sample_type_count = plan->count;
    r->period_type.unit = plan->period_unit;
    r->period =
        plan->period_rescale == 1 ? r->period : scaled_period(r->period, plan->period_rescale);
    m->period = plan->period_ratio == 1 ? m->period : scaled_period(m->period, plan->period_ratio);
    return AK_OK;
}

/* The result begins with the types of the first profile. */
static void begin(struct ak_merge *m, const struct ak_profile *p)
{
    struct ak_profile *r = m->b.p;
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        const struct ak_value_type *t = &p->sample_types[i];
        if (find_type(p, ak_profile_str(p, t->type)) != AK_NO_INDEX) {
            AK_GROW(r->sample_types, r->sample_type_count + 1u, m->b.sample_types_cap);
            r->sample_types[r->sample_type_count++] =
                (struct ak_value_type){ak_build_str(&m->b, ak_profile_str(p, t->type)),
                                       ak_build_str(&m->b, ak_profile_str(p, t->unit))};
        }
    }
    r->period_type.type = ak_build_str(&m->b, ak_profile_str(p, p->period_type.type));
    r->period_type.unit = ak_build_str(&m->b, ak_profile_str(p, p->period_type.unit));
}

enum ak_status profile_merge_types(struct ak_merge *m, const struct ak_profile *p,
                                   struct ak_error *err)
{
    if (m->seen_count == 0 && !m->preset) {
        m->b.p->sample_type_count = 0;
        begin(m, p);
    }
    struct plan plan;
    plan_init(&plan, m->b.p->sample_type_count);
    m->period = p->period;
    enum ak_status st = plan_types(m, p, &plan, err);
    st = st == AK_OK ? plan_period(m, p, &plan, err) : st;
    st = st == AK_OK ? apply(m, &plan, err) : st;
    plan_release(&plan);
    if (st == AK_OK) {
        profile_merge_note_types(m, p);
    }
    return st;
}

void profile_merge_note_types(struct ak_merge *m, const struct ak_profile *p)
{
    AK_GROW(m->seen, m->seen_count + 1, m->seen_cap);
    AK_GROW(m->seen_types, m->seen_type_count + p->sample_type_count, m->seen_types_cap);
    m->seen[m->seen_count++] = (struct profile_merge_seen){
        .default_type = ak_build_str(&m->b, ak_profile_str(p, p->default_sample_type)),
        .first_type = m->seen_type_count,
        .type_count = p->sample_type_count};
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        m->seen_types[m->seen_type_count++] =
            ak_build_str(&m->b, ak_profile_str(p, p->sample_types[i].type));
    }
}

/* A profile whose types had to change gets a default type that is still there. */
static uint32_t default_of(const struct ak_merge *m, const struct profile_merge_seen *seen)
{
    const struct ak_profile *r = m->b.p;
    bool unchanged = seen->type_count == r->sample_type_count;
    bool has_default = false;
    for (uint32_t i = 0; i < r->sample_type_count; i++) {
        unchanged = unchanged && m->seen_types[seen->first_type + i] == r->sample_types[i].type;
        has_default = has_default || r->sample_types[i].type == seen->default_type;
    }
    return unchanged || has_default ? seen->default_type : r->sample_types[0].type;
}

uint32_t profile_merge_default_type(const struct ak_merge *m)
{
    for (size_t i = 0; i < m->seen_count; i++) {
        const uint32_t type = default_of(m, &m->seen[i]);
        if (type != 0) {
            return type;
        }
    }
    return 0;
}

enum ak_status ak_profile_common_types(struct ak_profile *p, struct ak_error *err)
{
    uint32_t *kept = ak_calloc(p->sample_type_count, sizeof *kept);
    uint32_t count = 0;
    bool has_default = false;
    const struct ak_str own_default = ak_profile_str(p, p->default_sample_type);
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        const struct ak_str name = ak_profile_str(p, p->sample_types[i].type);
        if (find_type(p, name) != AK_NO_INDEX) {
            has_default = has_default || ak_str_eq(name, own_default);
            kept[count++] = i;
        }
    }
    enum ak_status st = AK_OK;
    if (count == 0) {
        st = ak_fail(err, AK_UNSUPPORTED, "profiles have empty common sample type list");
    } else if (count != p->sample_type_count) {
        for (size_t s = 0; s < p->sample_count; s++) {
            for (uint32_t i = 0; i < count; i++) {
                p->values[s * count + i] = p->values[s * p->sample_type_count + kept[i]];
            }
        }
        for (uint32_t i = 0; i < count; i++) {
            p->sample_types[i] = p->sample_types[kept[i]];
        }
        p->sample_type_count = count;
        p->default_sample_type = has_default ? p->default_sample_type : p->sample_types[0].type;
    }
    ak_free(kept);
    return st;
}
