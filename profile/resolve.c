#include "base/mem.h"
#include "decoder.h"

#include <string.h>

uint32_t profile_ref(struct profile_refs *refs, uint64_t id)
{
    if (id < PROFILE_REF_BIG) {
        return (uint32_t)id;
    }
    bool is_new;
    const uint32_t n = ak_idmap_put(&refs->map, id, (uint32_t)refs->count, &is_new);
    if (is_new) {
        AK_GROW(refs->ids, refs->count + 1, refs->cap);
        refs->ids[refs->count++] = id;
    }
    return PROFILE_REF_BIG + n;
}

void profile_refs_release(struct profile_refs *refs)
{
    ak_idmap_release(&refs->map);
    ak_free(refs->ids);
    *refs = (struct profile_refs){0};
}

static uint64_t ref_id(const struct profile_refs *refs, uint32_t ref)
{
    return ref < PROFILE_REF_BIG ? ref : refs->ids[ref - PROFILE_REF_BIG];
}

/* A table of the file, seen as its ids: every entry begins with one. */
struct ids {
    const char *what; /* for messages */
    const char *entries;
    size_t stride;
    uint32_t count;
    bool counted;     /* ids are 1, 2, 3... */
    uint32_t *direct; /* id -> index + 1, for ids below direct_len */
    size_t direct_len;
    struct ak_idmap map; /* when ids are spread too wide for `direct` */
};

static uint64_t id_at(const struct ids *t, uint32_t i)
{
    uint64_t id;
    memcpy(&id, t->entries + (size_t)i * t->stride, sizeof id);
    return id;
}

static void ids_release(struct ids *t)
{
    ak_free(t->direct);
    ak_idmap_release(&t->map);
}

static uint32_t ids_find(const struct ids *t, uint64_t id)
{
    if (t->counted) {
        return id - 1 < t->count ? (uint32_t)(id - 1) : AK_NO_INDEX;
    }
    if (t->direct) {
        return id < t->direct_len ? t->direct[id] - 1 : AK_NO_INDEX;
    }
    return ak_idmap_get(&t->map, id);
}

/* True when id was not there before. */
static bool ids_add(struct ids *t, uint64_t id, uint32_t index)
{
    bool is_new = false;
    if (t->direct) {
        is_new = t->direct[id] == 0;
        t->direct[id] = index + 1;
    } else {
        ak_idmap_put(&t->map, id, index, &is_new);
    }
    return is_new;
}

static enum ak_status ids_build(struct ids *t, const char *name, struct ak_error *err)
{
    uint64_t max = 0;
    t->counted = true;
    for (uint32_t i = 0; i < t->count; i++) {
        const uint64_t id = id_at(t, i);
        if (id == 0) {
            return ak_fail(err, AK_CORRUPT, "%s: %s %u has the id 0, which is reserved", name,
                           t->what, i + 1);
        }
        t->counted = t->counted && id == (uint64_t)i + 1;
        profile_raise(&max, id);
    }
    if (t->counted) {
        return AK_OK;
    }
    if (max < 8 * (uint64_t)t->count + 1024) {
        t->direct_len = (size_t)max + 1;
        t->direct = ak_calloc(t->direct_len, sizeof *t->direct);
    }
    for (uint32_t i = 0; i < t->count; i++) {
        if (!ids_add(t, id_at(t, i), i)) {
            return ak_fail(err, AK_CORRUPT, "%s: two %ss have the id %llu", name, t->what,
                           (unsigned long long)id_at(t, i));
        }
    }
    return AK_OK;
}

static enum ak_status resolve_locations(struct profile_decoder *d, const struct ids *mappings,
                                        const char *name, struct ak_error *err)
{
    for (uint32_t i = 0; i < d->p->location_count; i++) {
        struct ak_location *l = &d->p->locations[i];
        const uint64_t id = ref_id(&d->mappings, l->mapping);
        l->mapping = id == 0 ? AK_NO_INDEX : ids_find(mappings, id);
        if (id != 0 && l->mapping == AK_NO_INDEX) {
            return ak_fail(err, AK_CORRUPT,
                           "%s: location %llu is in mapping %llu, which is missing", name,
                           (unsigned long long)l->id, (unsigned long long)id);
        }
    }
    return AK_OK;
}

static enum ak_status resolve_lines(struct profile_decoder *d, const struct ids *functions,
                                    const char *name, struct ak_error *err)
{
    for (uint32_t i = 0; i < d->p->line_count; i++) {
        struct ak_line *l = &d->p->lines[i];
        const uint64_t id = ref_id(&d->functions, l->function);
        l->function = id == 0 ? AK_NO_INDEX : ids_find(functions, id);
        if (id != 0 && l->function == AK_NO_INDEX) {
            return ak_fail(err, AK_CORRUPT, "%s: a location is in function %llu, which is missing",
                           name, (unsigned long long)id);
        }
    }
    return AK_OK;
}

static enum ak_status missing_location(uint64_t id, const char *name, struct ak_error *err)
{
    return ak_fail(err, AK_CORRUPT, "%s: a sample is in location %llu, which is missing", name,
                   (unsigned long long)id);
}

static enum ak_status resolve_stacks(struct profile_decoder *d, const struct ids *locations,
                                     const char *name, struct ak_error *err)
{
    if (d->stack_count == 0) {
        return AK_OK;
    }
    if (locations->counted && d->locations.count == 0) {
        return d->max_stack < locations->count ? AK_OK
                                               : missing_location(d->max_stack + 1, name, err);
    }
    uint32_t *ids = d->p->stack_ids;
    for (size_t i = 0; i < d->stack_count; i++) {
        const uint64_t id =
            ids[i] < PROFILE_REF_BIG ? (uint64_t)ids[i] + 1 : ref_id(&d->locations, ids[i]);
        ids[i] = ids_find(locations, id);
        if (ids[i] == AK_NO_INDEX) {
            return missing_location(id, name, err);
        }
    }
    return AK_OK;
}

static enum ak_status resolve_all(struct profile_decoder *d, struct ids t[3], const char *name,
                                  struct ak_error *err)
{
    enum ak_status st = AK_OK;
    for (int i = 0; i < 3 && st == AK_OK; i++) {
        st = ids_build(&t[i], name, err);
    }
    st = st == AK_OK ? resolve_locations(d, &t[0], name, err) : st;
    st = st == AK_OK ? resolve_lines(d, &t[1], name, err) : st;
    return st == AK_OK ? resolve_stacks(d, &t[2], name, err) : st;
}

static enum ak_status check_counts(const struct profile_decoder *d, const char *name,
                                   struct ak_error *err)
{
    const struct ak_profile *p = d->p;
    if (p->string_count == 0) {
        return ak_fail(err, AK_CORRUPT, "%s: it has no string table", name);
    }
    if (d->max_string >= p->string_count) {
        return ak_fail(err, AK_CORRUPT, "%s: it uses string %llu of a table of %u", name,
                       (unsigned long long)d->max_string, p->string_count);
    }
    if (p->sample_count > 0 && p->sample_type_count == 0) {
        return ak_fail(err, AK_CORRUPT, "%s: it has samples but no sample types", name);
    }
    if (p->sample_count > 0 && d->values_per_sample != p->sample_type_count) {
        return ak_fail(err, AK_CORRUPT, "%s: samples have %zu values for %u sample types%s", name,
                       d->values_per_sample, p->sample_type_count,
                       ak_reader_members(d->wire.reader) > 1
                           ? "; it holds two profiles one after the other"
                           : "");
    }
    return AK_OK;
}

enum ak_status profile_resolve(struct profile_decoder *d, struct ak_error *err)
{
    const char *name = ak_reader_name(d->wire.reader);
    const struct ak_profile *p = d->p;
    struct ids t[3] = {
        {.what = "mapping",
         .entries = (const char *)p->mappings,
         .stride = sizeof *p->mappings,
         .count = p->mapping_count},
        {.what = "function",
         .entries = (const char *)p->functions,
         .stride = sizeof *p->functions,
         .count = p->function_count},
        {.what = "location",
         .entries = (const char *)p->locations,
         .stride = sizeof *p->locations,
         .count = p->location_count},
    };
    enum ak_status st = check_counts(d, name, err);
    st = st == AK_OK ? resolve_all(d, t, name, err) : st;
    for (int i = 0; i < 3; i++) {
        ids_release(&t[i]);
    }
    return st;
}
