#include "base/mem.h"
#include "profile/merge.h"

#include <math.h>

/* One value; false when the product is outside 64 bits. Beyond 2^53 pprof's product in floating
 * point is not exact; the sign alone is changed exactly here, except for `compat`. */
static bool scale_value(int64_t v, double ratio, bool compat, int64_t *out)
{
    if (ratio == -1 && !compat) {
        *out = v == INT64_MIN ? v : -v;
        return v != INT64_MIN;
    }
    const double scaled = round((double)v * ratio);
    if (!(fabs(scaled) < 0x1p63)) {
        *out = INT64_MIN; /* what Go gives on amd64 */
        return scaled == -0x1p63;
    }
    *out = (int64_t)scaled;
    return true;
}

static bool fits(const struct ak_profile *p, const double *ratios)
{
    const uint32_t types = p->sample_type_count;
    int64_t v;
    for (size_t i = 0; i < p->sample_count * types; i++) {
        const double ratio = ratios[i % types];
        if (ratio != 1 && !scale_value(p->values[i], ratio, false, &v)) {
            return false;
        }
    }
    return true;
}

static void move_sample(struct ak_profile *p, size_t from, size_t to)
{
    uint64_t end = p->stack_start[to];
    for (uint64_t i = p->stack_start[from]; i < p->stack_start[from + 1]; i++) {
        p->stack_ids[end++] = p->stack_ids[i];
    }
    const uint32_t types = p->sample_type_count;
    for (uint32_t i = 0; i < types; i++) {
        p->values[to * types + i] = p->values[from * types + i];
    }
    uint64_t label_end = 0;
    if (p->label_start) {
        label_end = p->label_start[to];
        for (uint64_t i = p->label_start[from]; i < p->label_start[from + 1]; i++) {
            p->labels[label_end++] = p->labels[i];
        }
    }
    p->stack_start[to + 1] = end;
    if (p->label_start) {
        p->label_start[to + 1] = label_end;
    }
}

/* Kept samples move down over dropped ones: to <= from, so nothing is overwritten before it is
 * read. */
static void scale_samples(struct ak_profile *p, const double *ratios, bool compat)
{
    const uint32_t types = p->sample_type_count;
    size_t kept = 0;
    for (size_t i = 0; i < p->sample_count; i++) {
        bool keep = false;
        for (uint32_t k = 0; k < types; k++) {
            int64_t *v = &p->values[i * types + k];
            if (ratios[k] != 1) {
                scale_value(*v, ratios[k], compat, v);
                keep = keep || *v != 0;
            }
        }
        if (keep) {
            move_sample(p, i, kept++);
        }
    }
    p->sample_count = kept;
}

static enum ak_status scale_n(struct ak_profile *p, const double *ratios, bool compat,
                              struct ak_error *err)
{
    bool all_ones = true;
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        all_ones = all_ones && ratios[i] == 1;
    }
    if (all_ones) {
        return AK_OK;
    }
    if (!compat && !fits(p, ratios)) {
        return ak_fail(err, AK_OVERFLOW, "a scaled value does not fit in 64 bits");
    }
    scale_samples(p, ratios, compat);
    return AK_OK;
}

static enum ak_status scale_all(struct ak_profile *p, double ratio, bool compat,
                                struct ak_error *err)
{
    double *ratios = ak_calloc(p->sample_type_count, sizeof *ratios);
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        ratios[i] = ratio;
    }
    const enum ak_status st = scale_n(p, ratios, compat, err);
    ak_free(ratios);
    return st;
}

enum ak_status ak_profile_scale_n(struct ak_profile *p, const double *ratios, struct ak_error *err)
{
    return scale_n(p, ratios, false, err);
}

enum ak_status ak_profile_scale(struct ak_profile *p, double ratio, struct ak_error *err)
{
    return scale_all(p, ratio, false, err);
}

static bool same_type(const struct ak_profile *p, struct ak_value_type a,
                      const struct ak_profile *q, struct ak_value_type b)
{
    return ak_str_eq(ak_profile_str(p, a.type), ak_profile_str(q, b.type)) &&
           ak_str_eq(ak_profile_str(p, a.unit), ak_profile_str(q, b.unit));
}

static bool same_types(const struct ak_profile *p, const struct ak_profile *q)
{
    bool same = p->sample_type_count == q->sample_type_count &&
                same_type(p, p->period_type, q, q->period_type);
    for (uint32_t i = 0; same && i < p->sample_type_count; i++) {
        same = same_type(p, p->sample_types[i], q, q->sample_types[i]);
    }
    return same;
}

static enum ak_status sum_type(const struct ak_profile *p, uint32_t type, bool compat, int64_t *out,
                               struct ak_error *err)
{
    int64_t sum = 0;
    for (size_t i = 0; i < p->sample_count; i++) {
        if (__builtin_add_overflow(sum, p->values[i * p->sample_type_count + type], &sum) &&
            !compat) {
            const struct ak_str name = ak_profile_str(p, p->sample_types[type].type);
            return ak_fail(err, AK_OVERFLOW, "the sum of %.*s does not fit in 64 bits",
                           (int)name.len, name.ptr);
        }
    }
    *out = sum;
    return AK_OK;
}

static enum ak_status normalize(struct ak_profile *p, const struct ak_profile *base, bool compat,
                                struct ak_error *err)
{
    if (!same_types(p, base)) {
        return ak_fail(err, AK_UNSUPPORTED,
                       "profiles of different sample or period types cannot be normalized");
    }
    double *ratios = ak_calloc(p->sample_type_count, sizeof *ratios);
    enum ak_status st = AK_OK;
    for (uint32_t i = 0; i < p->sample_type_count && st == AK_OK; i++) {
        int64_t of_base = 0, of_p = 0;
        st = sum_type(base, i, compat, &of_base, err);
        st = st == AK_OK ? sum_type(p, i, compat, &of_p, err) : st;
        ratios[i] = of_p == 0 ? 0 : (double)of_base / (double)of_p;
    }
    st = st == AK_OK ? scale_n(p, ratios, compat, err) : st;
    ak_free(ratios);
    return st;
}

enum ak_status ak_profile_normalize(struct ak_profile *p, const struct ak_profile *base,
                                    struct ak_error *err)
{
    return normalize(p, base, false, err);
}

enum ak_status ak_profile_diff(struct ak_profile *source, struct ak_profile *base,
                               const struct ak_diff_opts *opts, struct ak_profile **out,
                               struct ak_error *err)
{
    const bool compat = opts->merge.compat;
    if (opts->mode == AK_DIFF_LABEL) {
        ak_profile_set_label(base, AK_STR("pprof::base"), AK_STR("true"));
    }
    enum ak_status st = opts->normalize ? normalize(source, base, compat, err) : AK_OK;
    st = st == AK_OK ? scale_all(base, -1, compat, err) : st;
    return st == AK_OK ? ak_merge_pair(source, base, &opts->merge, out, err) : st;
}
