#include "base/hash.h"
#include "base/mem.h"
#include "merger.h"

/* --- mappings ----------------------------------------------------------------------------------
 */

/* The size rounded up to 4 KiB: small differences do not make another mapping. */
static uint64_t rounded_size(const struct ak_mapping *m)
{
    return (m->limit - m->start + 0xfff) & ~UINT64_C(0xfff);
}

struct mapping_key {
    const struct ak_profile *p;
    uint64_t size, offset;
    uint32_t name; /* build id, else file, else "" */
};

static uint32_t mapping_name(const struct ak_profile *p, const struct ak_mapping *m)
{
    return ak_profile_str(p, m->build_id).len > 0 ? m->build_id : m->filename;
}

static bool same_mapping(const void *ctx, uint32_t item)
{
    const struct mapping_key *k = ctx;
    const struct ak_mapping *m = &k->p->mappings[item];
    const uint32_t name = m->build_id != 0 ? m->build_id : m->filename; /* strings are unique */
    return rounded_size(m) == k->size && m->offset == k->offset && name == k->name;
}

uint32_t profile_merge_string(struct ak_merge *m, uint32_t i)
{
    uint32_t *memo = &m->strings_memo.to[i];
    if (*memo == 0) {
        *memo = ak_build_str(&m->b, ak_profile_str(m->src, i)) + 1;
    }
    return *memo - 1;
}

/* The same without adding: NONE when the result has no such string. */
static uint32_t find_string(struct ak_merge *m, uint32_t i)
{
    uint32_t *memo = &m->strings_memo.to[i];
    if (*memo == 0) {
        *memo = ak_intern_find(&m->b.strings, ak_profile_str(m->src, i)) + 1; /* NONE + 1 is 0 */
    }
    return *memo - 1;
}

static uint32_t add_mapping(struct ak_merge *m, const struct ak_mapping *src, uint64_t hash)
{
    struct ak_mapping copy = *src;
    copy.filename = profile_merge_string(m, src->filename);
    copy.build_id = profile_merge_string(m, src->build_id);
    profile_set_add(&m->mappings, hash);
    return ak_build_mapping(&m->b, &copy);
}

static struct mapping_key mapping_key(struct ak_merge *m, uint32_t i,
                                      uint32_t (*get)(struct ak_merge *m, uint32_t i))
{
    const struct ak_mapping *src = &m->src->mappings[i];
    return (struct mapping_key){.p = m->b.p,
                                .size = rounded_size(src),
                                .offset = src->offset,
                                .name = get(m, mapping_name(m->src, src))};
}

static uint64_t hash_mapping(const struct mapping_key *k)
{
    const uint64_t parts[3] = {k->size, k->offset, k->name};
    return ak_hash_bytes(parts, sizeof parts, 0);
}

/* Mapping i of the source is mapping `to` of the result, maybe at another address. */
static void remember_mapping(struct ak_merge *m, uint32_t i, uint32_t to)
{
    m->offsets[i] = (int64_t)(m->b.p->mappings[to].start - m->src->mappings[i].start);
    m->mappings_memo.to[i] = to + 1;
}

uint32_t profile_merge_mapping(struct ak_merge *m, uint32_t i)
{
    if (m->mappings_memo.to[i] != 0) {
        return m->mappings_memo.to[i] - 1;
    }
    const struct mapping_key k = mapping_key(m, i, profile_merge_string);
    const uint64_t hash = hash_mapping(&k);
    uint32_t to = profile_set_find(&m->mappings, hash, same_mapping, &k);
    if (to == PROFILE_SET_NONE) {
        to = add_mapping(m, &m->src->mappings[i], hash);
    }
    remember_mapping(m, i, to);
    return to;
}

static void recognize_mappings(struct ak_merge *m)
{
    for (uint32_t i = 0; i < m->src->mapping_count; i++) {
        const struct mapping_key k = mapping_key(m, i, find_string);
        const uint32_t to = profile_set_find(&m->mappings, hash_mapping(&k), same_mapping, &k);
        if (to != PROFILE_SET_NONE) {
            remember_mapping(m, i, to);
        }
    }
}

/* --- functions ---------------------------------------------------------------------------------
 */

struct function_key {
    const struct ak_profile *p;
    struct ak_function f; /* strings of the result; id 0 */
};

static bool same_function(const void *ctx, uint32_t item)
{
    const struct function_key *k = ctx;
    const struct ak_function *f = &k->p->functions[item];
    return f->name == k->f.name && f->system_name == k->f.system_name &&
           f->filename == k->f.filename && f->start_line == k->f.start_line;
}

static uint64_t hash_function(const struct ak_function *f)
{
    const uint64_t parts[3] = {(uint64_t)f->name << 32 | f->system_name, f->filename,
                               (uint64_t)f->start_line};
    return ak_hash_bytes(parts, sizeof parts, 0);
}

/* Function i of the source in strings of the result; `get` finds or adds them. */
static struct function_key function_key(struct ak_merge *m, uint32_t i,
                                        uint32_t (*get)(struct ak_merge *m, uint32_t i))
{
    const struct ak_function *src = &m->src->functions[i];
    return (struct function_key){.p = m->b.p,
                                 .f = {.name = get(m, src->name),
                                       .system_name = get(m, src->system_name),
                                       .filename = get(m, src->filename),
                                       .start_line = src->start_line}};
}

static void merge_function(struct ak_merge *m, uint32_t i)
{
    if (i == AK_NO_INDEX || m->functions_memo.to[i] != 0) {
        return;
    }
    const struct function_key k = function_key(m, i, profile_merge_string);
    const uint64_t hash = hash_function(&k.f);
    uint32_t to = profile_set_find(&m->functions, hash, same_function, &k);
    if (to == PROFILE_SET_NONE) {
        profile_set_add(&m->functions, hash);
        to = ak_build_function(&m->b, &k.f);
    }
    m->functions_memo.to[i] = to + 1;
}

static void recognize_functions(struct ak_merge *m)
{
    for (uint32_t i = 0; i < m->src->function_count; i++) {
        const struct function_key k = function_key(m, i, find_string);
        const uint32_t to = profile_set_find(&m->functions, hash_function(&k.f), same_function, &k);
        m->functions_memo.to[i] = to == PROFILE_SET_NONE ? 0 : to + 1;
    }
}

/* --- locations ---------------------------------------------------------------------------------
 */

/* Location i of the source, seen as one of the result: its mapping and functions have been met. */
struct location_key {
    const struct ak_merge *m;
    const struct ak_location *l;
    uint32_t mapping;
    uint64_t relative; /* address in the mapping: it may be loaded anywhere */
};

static struct location_key location_key(const struct ak_merge *m, uint32_t i)
{
    const struct ak_location *l = &m->src->locations[i];
    struct location_key k = {.m = m, .l = l, .mapping = AK_NO_INDEX, .relative = l->address};
    if (l->mapping != AK_NO_INDEX) {
        k.mapping = m->mappings_memo.to[l->mapping] - 1;
        k.relative -= m->src->mappings[l->mapping].start;
    }
    return k;
}

static uint32_t function_of(const struct ak_merge *m, const struct ak_line *line)
{
    return line->function == AK_NO_INDEX ? AK_NO_INDEX : m->functions_memo.to[line->function] - 1;
}

/* Of a location, columns of all lines but the last do not count for pprof. */
static bool column_counts(const struct location_key *k, uint32_t line)
{
    return !k->m->opts.compat || line + 1 == k->l->line_count;
}

static bool same_location(const void *ctx, uint32_t item)
{
    const struct location_key *k = ctx;
    const struct ak_profile *p = k->m->b.p;
    const struct ak_location *a = &p->locations[item];
    if (a->mapping != k->mapping || a->line_count != k->l->line_count ||
        a->is_folded != k->l->is_folded ||
        a->address - (a->mapping == AK_NO_INDEX ? 0 : p->mappings[a->mapping].start) !=
            k->relative) {
        return false;
    }
    for (uint32_t i = 0; i < a->line_count; i++) {
        const struct ak_line *x = &p->lines[a->first_line + i];
        const struct ak_line *y = &k->m->src->lines[k->l->first_line + i];
        if (x->function != function_of(k->m, y) || x->line != y->line ||
            (x->column != y->column && column_counts(k, i))) {
            return false;
        }
    }
    return true;
}

static uint64_t hash_location(const struct location_key *k)
{
    uint64_t hash = ak_hash_u64(k->relative ^ (uint64_t)k->mapping << 40 ^ k->l->is_folded);
    for (uint32_t i = 0; i < k->l->line_count; i++) {
        const struct ak_line *line = &k->m->src->lines[k->l->first_line + i];
        const uint64_t column = column_counts(k, i) ? (uint64_t)line->column : 0;
        hash = ak_hash_u64(hash ^ ((uint64_t)function_of(k->m, line) << 32) ^ (uint64_t)line->line ^
                           column << 48);
    }
    return hash;
}

static uint32_t add_location(struct ak_merge *m, const struct location_key *k, uint64_t hash)
{
    struct ak_profile *p = m->b.p;
    const struct ak_location *src = k->l;
    const uint64_t offset = src->mapping == AK_NO_INDEX ? 0 : (uint64_t)m->offsets[src->mapping];
    AK_GROW(p->lines, (size_t)p->line_count + src->line_count, m->b.lines_cap);
    AK_GROW(p->locations, p->location_count + 1u, m->b.locations_cap);
    p->locations[p->location_count] = (struct ak_location){.id = p->location_count + 1u,
                                                           .address = src->address + offset,
                                                           .mapping = k->mapping,
                                                           .first_line = p->line_count,
                                                           .line_count = src->line_count,
                                                           .is_folded = src->is_folded};
    for (uint32_t i = 0; i < src->line_count; i++) {
        const struct ak_line *line = &m->src->lines[src->first_line + i];
        p->lines[p->line_count++] = (struct ak_line){
            .function = function_of(m, line), .line = line->line, .column = line->column};
    }
    p->location_count++;
    return profile_set_add(&m->locations, hash);
}

uint32_t profile_merge_location(struct ak_merge *m, uint32_t i)
{
    if (m->locations_memo.to[i] != 0) {
        return m->locations_memo.to[i] - 1;
    }
    const struct ak_location *src = &m->src->locations[i];
    if (src->mapping != AK_NO_INDEX) {
        profile_merge_mapping(m, src->mapping);
    }
    for (uint32_t k = 0; k < src->line_count; k++) {
        merge_function(m, m->src->lines[src->first_line + k].function);
    }
    const struct location_key key = location_key(m, i);
    const uint64_t hash = hash_location(&key);
    uint32_t to = profile_set_find(&m->locations, hash, same_location, &key);
    if (to == PROFILE_SET_NONE) {
        to = add_location(m, &key, hash);
    }
    m->locations_memo.to[i] = to + 1;
    return to;
}

/* True when everything that location i is made of is in the result already. */
static bool parts_are_known(const struct ak_merge *m, uint32_t i)
{
    const struct ak_location *l = &m->src->locations[i];
    bool known = l->mapping == AK_NO_INDEX || m->mappings_memo.to[l->mapping] != 0;
    for (uint32_t k = 0; k < l->line_count && known; k++) {
        const uint32_t f = m->src->lines[l->first_line + k].function;
        known = f == AK_NO_INDEX || m->functions_memo.to[f] != 0;
    }
    return known;
}

#define BATCH 32u

/* Looks a batch of locations up in steps, so that the reads of one step wait for memory together.
 */
static void recognize_batch(struct ak_merge *m, const uint32_t *batch, size_t count)
{
    struct location_key keys[BATCH];
    uint64_t hashes[BATCH];
    uint32_t likely[BATCH];
    const struct ak_profile *p = m->b.p;
    for (size_t i = 0; i < count; i++) {
        keys[i] = location_key(m, batch[i]);
        hashes[i] = hash_location(&keys[i]);
        profile_set_prefetch(&m->locations, hashes[i]);
    }
    for (size_t i = 0; i < count; i++) {
        likely[i] = profile_set_likely(&m->locations, hashes[i]);
        if (likely[i] != PROFILE_SET_NONE) {
            __builtin_prefetch(&p->locations[likely[i]]);
            __builtin_prefetch(&m->locations.hashes[likely[i]]);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (likely[i] != PROFILE_SET_NONE) {
            const uint32_t line = p->locations[likely[i]].first_line;
            if (line < p->line_count) { /* a profile without lines has no table */
                __builtin_prefetch(&p->lines[line]);
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        const uint32_t to = profile_set_find(&m->locations, hashes[i], same_location, &keys[i]);
        m->locations_memo.to[batch[i]] = to == PROFILE_SET_NONE ? 0 : to + 1;
    }
}

void profile_merge_recognize(struct ak_merge *m)
{
    if (m->b.p->location_count == 0) {
        return;
    }
    recognize_mappings(m);
    recognize_functions(m);
    uint32_t batch[BATCH];
    size_t count = 0;
    for (uint32_t i = 0; i < m->src->location_count; i++) {
        if (parts_are_known(m, i)) {
            batch[count++] = i;
        }
        if (count == BATCH || i + 1 == m->src->location_count) {
            recognize_batch(m, batch, count);
            count = 0;
        }
    }
}
