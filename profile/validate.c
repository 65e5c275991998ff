#include "base/idmap.h"
#include "profile/decode.h"

static enum ak_status check_id(struct ak_idmap *seen, const char *what, uint64_t id, uint32_t index,
                               struct ak_error *err)
{
    bool is_new;
    if (id == 0) {
        return ak_fail(err, AK_CORRUPT, "%s %u has the id 0, which is reserved", what, index + 1);
    }
    ak_idmap_put(seen, id, index, &is_new);
    return is_new
               ? AK_OK
               : ak_fail(err, AK_CORRUPT, "two %ss have the id %llu", what, (unsigned long long)id);
}

static enum ak_status check_ids(const struct ak_profile *p, struct ak_error *err)
{
    struct ak_idmap seen = {0};
    enum ak_status st = AK_OK;
    for (uint32_t i = 0; i < p->mapping_count && st == AK_OK; i++) {
        st = check_id(&seen, "mapping", p->mappings[i].id, i, err);
    }
    ak_idmap_reset(&seen);
    for (uint32_t i = 0; i < p->function_count && st == AK_OK; i++) {
        st = check_id(&seen, "function", p->functions[i].id, i, err);
    }
    ak_idmap_reset(&seen);
    for (uint32_t i = 0; i < p->location_count && st == AK_OK; i++) {
        st = check_id(&seen, "location", p->locations[i].id, i, err);
    }
    ak_idmap_release(&seen);
    return st;
}

static bool index_ok(uint32_t index, uint32_t count)
{
    return index == AK_NO_INDEX || index < count;
}

static enum ak_status check_locations(const struct ak_profile *p, struct ak_error *err)
{
    for (uint32_t i = 0; i < p->location_count; i++) {
        const struct ak_location *l = &p->locations[i];
        if (!index_ok(l->mapping, p->mapping_count)) {
            return ak_fail(err, AK_CORRUPT, "location %u is in mapping %u of %u", i, l->mapping,
                           p->mapping_count);
        }
        if (l->first_line > p->line_count || l->line_count > p->line_count - l->first_line) {
            return ak_fail(err, AK_CORRUPT, "location %u has lines beyond the table", i);
        }
    }
    for (uint32_t i = 0; i < p->line_count; i++) {
        if (!index_ok(p->lines[i].function, p->function_count)) {
            return ak_fail(err, AK_CORRUPT, "line %u is in function %u of %u", i,
                           p->lines[i].function, p->function_count);
        }
    }
    return AK_OK;
}

static enum ak_status check_samples(const struct ak_profile *p, struct ak_error *err)
{
    if (p->sample_count > 0 && p->sample_type_count == 0) {
        return ak_fail(err, AK_CORRUPT, "there are samples but no sample types");
    }
    for (size_t i = 0; i < p->sample_count; i++) {
        if (p->stack_start[i] > p->stack_start[i + 1] ||
            (p->label_start && p->label_start[i] > p->label_start[i + 1])) {
            return ak_fail(err, AK_CORRUPT, "sample %zu ends before it begins", i);
        }
    }
    for (uint64_t i = p->stack_start[0]; i < p->stack_start[p->sample_count]; i++) {
        if (p->stack_ids[i] >= p->location_count) {
            return ak_fail(err, AK_CORRUPT, "a sample is in location %u of %u", p->stack_ids[i],
                           p->location_count);
        }
    }
    return AK_OK;
}

/* The greatest string index that is used. */
static uint32_t greatest(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t greatest_string(const struct ak_profile *p)
{
    uint32_t max = greatest(greatest(p->drop_frames, p->keep_frames),
                            greatest(p->doc_url, p->default_sample_type));
    max = greatest(max, greatest(p->period_type.type, p->period_type.unit));
    for (uint32_t i = 0; i < p->comment_count; i++) {
        max = greatest(max, p->comments[i]);
    }
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        max = greatest(max, greatest(p->sample_types[i].type, p->sample_types[i].unit));
    }
    for (uint32_t i = 0; i < p->mapping_count; i++) {
        max = greatest(max, greatest(p->mappings[i].filename, p->mappings[i].build_id));
    }
    for (uint32_t i = 0; i < p->function_count; i++) {
        const struct ak_function *f = &p->functions[i];
        max = greatest(max, greatest(f->filename, greatest(f->name, f->system_name)));
    }
    const uint64_t labels = p->label_start ? p->label_start[p->sample_count] : 0;
    for (uint64_t i = 0; i < labels; i++) {
        const struct ak_label *l = &p->labels[i];
        max = greatest(max, greatest(l->key, greatest(l->str, l->num_unit)));
    }
    return max;
}

enum ak_status ak_profile_validate(const struct ak_profile *p, struct ak_error *err)
{
    enum ak_status st = check_ids(p, err);
    st = st == AK_OK ? check_locations(p, err) : st;
    st = st == AK_OK ? check_samples(p, err) : st;
    if (st == AK_OK && greatest_string(p) >= p->string_count) {
        st = ak_fail(err, AK_CORRUPT, "string %u of a table of %u is used", greatest_string(p),
                     p->string_count);
    }
    if (st == AK_OK && (p->string_count == 0 || p->strings[0].len != 0)) {
        st = ak_fail(err, AK_CORRUPT, "string 0 must be empty");
    }
    return st;
}

enum ak_status ak_profile_check_compat(const struct ak_profile *p, struct ak_error *err)
{
    for (uint32_t i = 0; i < p->location_count; i++) {
        const struct ak_location *l = &p->locations[i];
        for (uint32_t k = 0; k < l->line_count; k++) {
            if (p->lines[l->first_line + k].function == AK_NO_INDEX) {
                return ak_fail(err, AK_CORRUPT,
                               "malformed profile: location id: %llu has a line with nil function",
                               (unsigned long long)l->id);
            }
        }
    }
    return AK_OK;
}
