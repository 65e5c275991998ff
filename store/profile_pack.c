/* A decoded profile into columns. */
#include "base/mem.h"
#include "profile_store.h"
#include "varint.h"

#include <string.h>

/* Last place of each frame in this profile, so that a repeated choice costs one zero byte. */
struct frame_use {
    uint32_t total; /* places visible in all mapped binaries */
    uint32_t last;  /* location, or AK_NO_INDEX */
};

struct packing {
    struct ak_store *s;
    const struct ak_profile *p;
    struct ak_arena *arena;
    uint32_t *strings;   /* entity of each string, 0: not interned so far */
    uint32_t *functions; /* entity of each function */
    uint32_t *frames;    /* entity of each location's chain */
    uint32_t *ordinals;  /* of each location in its binary */
    struct store_binary *
        *binaries; /* of each mapping, and [mapping_count] for none; NULL: unused */
    struct frame_use *uses;
    size_t use_count, use_cap;
    struct ak_buf scratch, choices;
    bool fits;
};

/* --- what must hold -------------------------------------------------------------------------- */

/* The rebuilt model numbers all in order of first use, from 1, and all locations are used. */
static bool in_order_of_use(const struct ak_profile *p)
{
    uint32_t locations = 0;
    uint32_t functions = 0;
    const uint64_t n = p->stack_start[p->sample_count];
    for (uint64_t i = 0; i < n; i++) {
        if (p->stack_ids[i] > locations) {
            return false;
        }
        locations += p->stack_ids[i] == locations;
    }
    for (uint32_t i = 0; i < p->line_count; i++) {
        if (p->lines[i].function != AK_NO_INDEX) {
            if (p->lines[i].function > functions) {
                return false;
            }
            functions += p->lines[i].function == functions;
        }
    }
    return locations == p->location_count && functions == p->function_count;
}

static bool numbered_from_one(const struct ak_profile *p)
{
    for (uint32_t i = 0; i < p->mapping_count; i++) {
        if (p->mappings[i].id != i + 1) {
            return false;
        }
    }
    for (uint32_t i = 0; i < p->function_count; i++) {
        if (p->functions[i].id != i + 1) {
            return false;
        }
    }
    for (uint32_t i = 0; i < p->location_count; i++) {
        if (p->locations[i].id != i + 1) {
            return false;
        }
    }
    return true;
}

/* --- dictionaries ----------------------------------------------------------------------------- */

enum ak_status store_string_id(struct ak_store *s, const struct ak_profile *p, uint32_t *ids,
                               uint32_t string, struct ak_error *err)
{
    if (string >= p->string_count || ids[string]) {
        return AK_OK;
    }
    return store_string_intern(s, p->strings[string], &ids[string], err);
}

/* Appends the entity of a string to the scratch body; 0 stands for "". */
static enum ak_status put_string(struct packing *k, struct ak_buf *out, uint32_t string,
                                 struct ak_error *err)
{
    if (string == 0) {
        store_put(out, 0);
        return AK_OK;
    }
    const enum ak_status st = store_string_id(k->s, k->p, k->strings, string, err);
    if (st == AK_OK) {
        store_put(out, k->strings[string]);
    }
    return st;
}

static enum ak_status intern_scratch(struct packing *k, uint32_t *out_id, struct ak_error *err)
{
    return store_entity_intern(k->s, ak_buf_view(&k->scratch), out_id, err);
}

static void begin(struct packing *k, enum store_kind kind)
{
    ak_buf_reset(&k->scratch);
    ak_buf_putc(&k->scratch, (char)kind);
}

static enum ak_status intern_functions(struct packing *k, struct ak_error *err)
{
    enum ak_status st = AK_OK;
    for (uint32_t i = 0; i < k->p->function_count && st == AK_OK; i++) {
        const struct ak_function *const f = &k->p->functions[i];
        begin(k, KIND_FUNCTION);
        st = put_string(k, &k->scratch, f->name, err);
        st = st == AK_OK ? put_string(k, &k->scratch, f->system_name, err) : st;
        st = st == AK_OK ? put_string(k, &k->scratch, f->filename, err) : st;
        store_put_signed(&k->scratch, f->start_line);
        st = st == AK_OK ? intern_scratch(k, &k->functions[i], err) : st;
    }
    return st;
}

static enum ak_status intern_frames(struct packing *k, struct ak_error *err)
{
    enum ak_status st = AK_OK;
    for (uint32_t i = 0; i < k->p->location_count && st == AK_OK; i++) {
        const struct ak_location *const l = &k->p->locations[i];
        begin(k, KIND_FRAME);
        store_put(&k->scratch, l->is_folded);
        for (uint32_t n = l->first_line; n < l->first_line + l->line_count; n++) {
            const struct ak_line *const line = &k->p->lines[n];
            store_put(&k->scratch,
                      line->function == AK_NO_INDEX ? 0 : k->functions[line->function]);
            store_put_signed(&k->scratch, line->line);
            store_put_signed(&k->scratch, line->column);
        }
        st = intern_scratch(k, &k->frames[i], err);
    }
    return st;
}

static unsigned mapping_flags(const struct ak_mapping *m)
{
    return (unsigned)m->has_functions | (unsigned)m->has_filenames << 1 |
           (unsigned)m->has_line_numbers << 2 | (unsigned)m->has_inline_frames << 3;
}

static enum ak_status intern_binary(struct packing *k, const struct ak_mapping *m, uint32_t *out_id,
                                    struct ak_error *err)
{
    begin(k, KIND_BINARY);
    enum ak_status st = put_string(k, &k->scratch, m->filename, err);
    st = st == AK_OK ? put_string(k, &k->scratch, m->build_id, err) : st;
    store_put(&k->scratch, m->limit - m->start);
    store_put(&k->scratch, m->offset);
    store_put(&k->scratch, mapping_flags(m));
    return st == AK_OK ? intern_scratch(k, out_id, err) : st;
}

/* Addresses outside any mapping belong to a binary without a name, mapped at 0. */
static enum ak_status find_binaries(struct packing *k, uint32_t *ids, struct ak_error *err)
{
    static const struct ak_mapping none = {0};
    enum ak_status st = AK_OK;
    bool any_outside = false;
    for (uint32_t i = 0; i < k->p->location_count; i++) {
        any_outside = any_outside || k->p->locations[i].mapping == AK_NO_INDEX;
    }
    const uint32_t n = k->p->mapping_count + any_outside;
    for (uint32_t i = 0; i < n && st == AK_OK; i++) {
        st = intern_binary(k, i < k->p->mapping_count ? &k->p->mappings[i] : &none, &ids[i], err);
        st = st == AK_OK ? store_binary_get(k->s, ids[i], &k->binaries[i], err) : st;
        for (uint32_t j = 0; j < i; j++) {
            k->fits = k->fits && ids[j] != ids[i];
        }
    }
    return st;
}

static uint32_t mapping_of(const struct packing *k, const struct ak_location *l)
{
    return l->mapping == AK_NO_INDEX ? k->p->mapping_count : l->mapping;
}

static void place_locations(struct packing *k)
{
    const struct ak_profile *const p = k->p;
    bool *const used = AK_NEW_ARRAY(k->arena, bool, p->mapping_count + 1u);
    for (uint32_t i = 0; i < p->location_count; i++) {
        const struct ak_location *const l = &p->locations[i];
        const uint64_t start = l->mapping == AK_NO_INDEX ? 0 : p->mappings[l->mapping].start;
        k->ordinals[i] =
            store_binary_add(k->binaries[mapping_of(k, l)], k->frames[i], l->address - start);
        k->fits = k->fits && k->ordinals[i] != AK_IDMAP_NONE;
        used[mapping_of(k, l)] = true;
    }
    for (uint32_t i = 0; i <= p->mapping_count; i++) {
        k->binaries[i] = used[i] ? k->binaries[i] : NULL;
    }
}

/* --- body ------------------------------------------------------------------------------------- */

static void put_mappings(struct packing *k, const uint32_t *ids, struct ak_buf *out)
{
    const struct ak_profile *const p = k->p;
    const bool outside = k->binaries[p->mapping_count] != NULL;
    uint64_t start = 0;
    store_put(out, p->mapping_count);
    store_put(out, outside);
    for (uint32_t i = 0; i < p->mapping_count + outside; i++) {
        store_put(out, ids[i]);
        store_put(out, k->binaries[i] ? k->binaries[i]->count : 0);
        if (i < p->mapping_count) {
            store_put_signed(out, (int64_t)(p->mappings[i].start - start));
            start = p->mappings[i].start;
        }
    }
}

/* --- samples --------------------------------------------------------------------------------- */

static uint32_t count_places(const struct packing *k, uint32_t frame)
{
    uint32_t total = 0;
    for (uint32_t m = 0; m <= k->p->mapping_count; m++) {
        const struct store_places *const places =
            k->binaries[m] ? store_binary_places(k->binaries[m], frame) : NULL;
        total += places ? places->count : 0;
    }
    return total;
}

/* Its index is kept with the frame's entity, stamped for this packing. The frame was interned, so
 * it is in memory. */
static struct frame_use *use_of(struct packing *k, uint32_t frame)
{
    struct store_dict *const d = k->s->dict;
    struct store_item *const item = &d->entity.items[store_index_get(&d->entity.by_id, frame)];
    if (item->stamp != d->stamp) {
        item->stamp = d->stamp;
        item->local = (uint32_t)k->use_count;
        AK_GROW(k->uses, k->use_count + 1, k->use_cap);
        k->uses[k->use_count++] =
            (struct frame_use){.total = count_places(k, frame), .last = AK_NO_INDEX};
    }
    return &k->uses[item->local];
}

/* The number of a location among all places of its frame: by mapping, newest first, from 1. */
static uint32_t choice_of(struct packing *k, uint32_t location)
{
    const uint32_t frame = k->frames[location];
    const uint32_t mapping = mapping_of(k, &k->p->locations[location]);
    uint32_t before = 0;
    for (uint32_t m = 0; m < mapping; m++) {
        const struct store_places *const places =
            k->binaries[m] ? store_binary_places(k->binaries[m], frame) : NULL;
        before += places ? places->count : 0;
    }
    const struct store_places *const places = store_binary_places(k->binaries[mapping], frame);
    const uint32_t older = store_places_below(places, k->ordinals[location]);
    return before + places->count - older;
}

static enum ak_status pack_stack(struct packing *k, size_t sample, uint32_t *out_id,
                                 struct ak_error *err)
{
    const struct ak_profile *const p = k->p;
    ak_buf_reset(&k->scratch);
    for (uint64_t i = p->stack_start[sample]; i < p->stack_start[sample + 1]; i++) {
        const uint32_t location = p->stack_ids[i];
        store_put(&k->scratch, k->frames[location]);
        struct frame_use *const u = use_of(k, k->frames[location]);
        if (u->total > 1) {
            store_put(&k->choices, u->last == location ? 0 : choice_of(k, location));
        }
        u->last = location;
    }
    return store_stack_intern(k->s, ak_buf_view(&k->scratch), out_id, err);
}

static enum ak_status put_stacks(struct packing *k, struct ak_buf *out, struct ak_error *err)
{
    uint32_t previous = 0;
    enum ak_status st = AK_OK;
    store_put(out, k->p->sample_count);
    for (size_t i = 0; i < k->p->sample_count && st == AK_OK; i++) {
        uint32_t id = 0;
        st = pack_stack(k, i, &id, err);
        store_put_signed(out, (int64_t)id - previous);
        previous = id;
    }
    return st;
}

static enum ak_status put_labels(struct packing *k, struct ak_buf *out, struct ak_error *err)
{
    const struct ak_profile *const p = k->p;
    const uint64_t n = p->label_start[p->sample_count];
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < p->sample_count; i++) {
        store_put(out, p->label_start[i + 1] - p->label_start[i]);
    }
    for (uint64_t i = 0; i < n && st == AK_OK; i++) {
        st = put_string(k, out, p->labels[i].key, err);
    }
    for (uint64_t i = 0; i < n && st == AK_OK; i++) {
        st = put_string(k, out, p->labels[i].str, err);
    }
    for (uint64_t i = 0; i < n; i++) {
        store_put_signed(out, p->labels[i].num);
    }
    for (uint64_t i = 0; i < n && st == AK_OK; i++) {
        st = put_string(k, out, p->labels[i].num_unit, err);
    }
    return st;
}

/* --- values ---------------------------------------------------------------------------------- */

static uint64_t value_at(const struct ak_profile *p, size_t sample, uint32_t column)
{
    return (uint64_t)p->values[sample * p->sample_type_count + column];
}

/* What a rule says before the rest is added, modulo 2^64; the same in unpacking. */
static uint64_t predict(const struct ak_profile *p, enum store_column_rule rule, size_t sample,
                        uint32_t column)
{
    if (rule == RULE_LABEL) {
        const uint64_t l = p->label_start[sample];
        const bool has = p->label_start[sample + 1] > l;
        return has ? value_at(p, sample, column - 1) * (uint64_t)p->labels[l].num : 0;
    }
    return rule == RULE_TWO_BEFORE ? value_at(p, sample, column - 2) : 0;
}

static bool rule_applies(const struct ak_profile *p, enum store_column_rule rule, uint32_t column)
{
    return rule == RULE_NONE || (rule == RULE_LABEL && column >= 1 && p->label_start) ||
           (rule == RULE_TWO_BEFORE && column >= 2);
}

static bool is_multiple(const struct ak_profile *p, uint32_t column, uint64_t *out_factor)
{
    uint64_t factor = 0;
    for (size_t i = 0; i < p->sample_count && factor == 0; i++) {
        const uint64_t base = value_at(p, i, 0);
        factor = base && base < INT64_MAX ? value_at(p, i, column) / base : 0;
    }
    for (size_t i = 0; i < p->sample_count; i++) {
        if (value_at(p, i, 0) * factor != value_at(p, i, column)) {
            return false;
        }
    }
    *out_factor = factor;
    return true;
}

static enum store_column_rule best_rule(const struct ak_profile *p, uint32_t column)
{
    enum store_column_rule best = RULE_NONE;
    uint64_t best_size = UINT64_MAX;
    for (enum store_column_rule rule = RULE_NONE; rule < RULE_COUNT; rule++) {
        if (!rule_applies(p, rule, column)) {
            continue;
        }
        uint64_t size = 0;
        for (size_t i = 0; i < p->sample_count; i++) {
            const uint64_t rest = value_at(p, i, column) - predict(p, rule, i, column);
            size += store_put_size(store_fold((int64_t)rest));
        }
        if (size < best_size) {
            best_size = size;
            best = rule;
        }
    }
    return best;
}

static void put_values(const struct ak_profile *p, struct ak_buf *out)
{
    for (uint32_t column = 0; column < p->sample_type_count; column++) {
        uint64_t factor = 0;
        if (column > 0 && is_multiple(p, column, &factor)) {
            store_put(out, RULE_MULTIPLE);
            store_put(out, factor);
            continue;
        }
        const enum store_column_rule rule = best_rule(p, column);
        store_put(out, rule);
        for (size_t i = 0; i < p->sample_count; i++) {
            store_put_signed(out, (int64_t)(value_at(p, i, column) - predict(p, rule, i, column)));
        }
    }
}

/* --- the whole
 * ------------------------------------------------------------------------------------ */

static enum ak_status put_strings(struct packing *k, struct ak_buf *out, struct ak_error *err)
{
    enum ak_status st = AK_OK;
    store_put(out, k->p->string_count);
    for (uint32_t i = 1; i < k->p->string_count && st == AK_OK; i++) {
        st = put_string(k, out, i, err);
    }
    return st;
}

static enum ak_status pack_samples(struct packing *k, unsigned flags, struct ak_buf *body,
                                   struct ak_error *err)
{
    enum ak_status st = put_stacks(k, body, err);
    if (st == AK_OK && (flags & PROFILE_HAS_LABELS)) {
        st = put_labels(k, body, err);
    }
    if (st == AK_OK) {
        put_values(k->p, body);
        ak_buf_str(body, ak_buf_view(&k->choices));
    }
    return st;
}

static enum ak_status pack(struct packing *k, unsigned flags, struct store_packed *out,
                           struct ak_error *err)
{
    const struct ak_profile *const p = k->p;
    uint32_t *const ids = AK_NEW_ARRAY(k->arena, uint32_t, p->mapping_count + 1u);
    flags |= p->label_start ? PROFILE_HAS_LABELS : 0u;
    enum ak_status st = intern_functions(k, err);
    st = st == AK_OK ? intern_frames(k, err) : st;
    st = st == AK_OK ? find_binaries(k, ids, err) : st;
    if (st != AK_OK || !k->fits) {
        return st;
    }
    place_locations(k);
    if (!k->fits) {
        return AK_OK;
    }
    store_put(&out->body, flags);
    if (flags & PROFILE_HAS_STRINGS) {
        st = put_strings(k, &out->body, err);
    }
    store_put_signed(&out->body, p->time_ns);
    store_put_signed(&out->body, p->duration_ns);
    put_mappings(k, ids, &out->body);
    return st == AK_OK ? pack_samples(k, flags, &out->body, err) : st;
}

enum ak_status store_profile_pack(struct ak_store *s, const struct ak_profile *p,
                                  uint32_t *string_ids, struct store_packed *out,
                                  struct ak_error *err)
{
    const unsigned flags = out->flags;
    if (!numbered_from_one(p) || !in_order_of_use(p)) {
        return AK_OK;
    }
    struct packing k = {.s = s, .p = p, .strings = string_ids, .fits = true};
    k.arena = store_dict_of(s)->scratch;
    s->dict->stamp++;
    k.functions = AK_NEW_ARRAY(k.arena, uint32_t, p->function_count + 1u);
    k.frames = AK_NEW_ARRAY(k.arena, uint32_t, p->location_count + 1u);
    k.ordinals = AK_NEW_ARRAY(k.arena, uint32_t, p->location_count + 1u);
    k.binaries = AK_NEW_ARRAY(k.arena, struct store_binary *, p->mapping_count + 1u);
    const enum ak_status st = pack(&k, flags, out, err);
    out->fits = st == AK_OK && k.fits;
    ak_free(k.uses);
    ak_buf_release(&k.scratch);
    ak_buf_release(&k.choices);
    return st;
}
