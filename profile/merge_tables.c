#include "base/hash.h"
#include "base/mem.h"
#include "merger.h"

/* --- mappings ---------------------------------------------------------------------------------- */

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

static uint32_t add_mapping(struct ak_merge *m, const struct ak_mapping *src, uint64_t hash)
{
    struct ak_mapping copy = *src;
    copy.filename = profile_merge_string(m, src->filename);
    copy.build_id = profile_merge_string(m, src->build_id);
    profile_set_add(&m->mappings, hash);
    return ak_build_mapping(&m->b, &copy);
}

uint32_t profile_merge_mapping(struct ak_merge *m, uint32_t i)
{
    if (m->mappings_memo.to[i] != 0) {
        return m->mappings_memo.to[i] - 1;
    }
    const struct ak_mapping *src = &m->src->mappings[i];
    const struct mapping_key k = {.p = m->b.p,
                                  .size = rounded_size(src),
                                  .offset = src->offset,
                                  .name = profile_merge_string(m, mapping_name(m->src, src))};
    const uint64_t parts[3] = {k.size, k.offset, k.name};
    const uint64_t hash = ak_hash_bytes(parts, sizeof parts, 0);
    uint32_t to = profile_set_find(&m->mappings, hash, same_mapping, &k);
    m->offsets[i] = 0;
    if (to == PROFILE_SET_NONE) {
        to = add_mapping(m, src, hash);
    } else {
        m->offsets[i] = (int64_t)(m->b.p->mappings[to].start - src->start);
    }
    m->mappings_memo.to[i] = to + 1;
    return to;
}

/* --- functions --------------------------------------------------------------------------------- */

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

static uint32_t merge_function(struct ak_merge *m, uint32_t i)
{
    if (i == AK_NO_INDEX) {
        return i;
    }
    if (m->functions_memo.to[i] != 0) {
        return m->functions_memo.to[i] - 1;
    }
    const struct ak_function *src = &m->src->functions[i];
    const struct function_key k = {
        .p = m->b.p,
        .f = {.name = profile_merge_string(m, src->name),
              .system_name = profile_merge_string(m, src->system_name),
              .filename = profile_merge_string(m, src->filename),
              .start_line = src->start_line},
    };
    const uint64_t parts[3] = {(uint64_t)k.f.name << 32 | k.f.system_name, k.f.filename,
                               (uint64_t)k.f.start_line};
    const uint64_t hash = ak_hash_bytes(parts, sizeof parts, 0);
    uint32_t to = profile_set_find(&m->functions, hash, same_function, &k);
    if (to == PROFILE_SET_NONE) {
        profile_set_add(&m->functions, hash);
        to = ak_build_function(&m->b, &k.f);
    }
    m->functions_memo.to[i] = to + 1;
    return to;
}

/* --- locations --------------------------------------------------------------------------------- */

/* The candidate stands behind the last location of the result, its lines behind the last line. */
struct location_key {
    const struct ak_profile *p;
    bool compat;
};

/* Addresses are compared relative to the mapping, wherever that was loaded. */
static uint64_t relative(const struct ak_profile *p, const struct ak_location *l)
{
    return l->mapping == AK_NO_INDEX ? l->address : l->address - p->mappings[l->mapping].start;
}

/* Of a location, columns of all lines but the last do not count for pprof. */
static bool column_counts(bool compat, uint32_t line, uint32_t count)
{
    return !compat || line + 1 == count;
}

static bool same_location(const void *ctx, uint32_t item)
{
    const struct location_key *k = ctx;
    const struct ak_location *a = &k->p->locations[item];
    const struct ak_location *b = &k->p->locations[k->p->location_count];
    if (a->mapping != b->mapping || a->line_count != b->line_count ||
        a->is_folded != b->is_folded || relative(k->p, a) != relative(k->p, b)) {
        return false;
    }
    for (uint32_t i = 0; i < a->line_count; i++) {
        const struct ak_line *x = &k->p->lines[a->first_line + i];
        const struct ak_line *y = &k->p->lines[b->first_line + i];
        if (x->function != y->function || x->line != y->line ||
            (x->column != y->column && column_counts(k->compat, i, a->line_count))) {
            return false;
        }
    }
    return true;
}

static uint64_t hash_location(const struct location_key *k)
{
    const struct ak_location *l = &k->p->locations[k->p->location_count];
    uint64_t hash = ak_hash_u64(relative(k->p, l) ^ (uint64_t)l->mapping << 40 ^ l->is_folded);
    for (uint32_t i = 0; i < l->line_count; i++) {
        const struct ak_line *line = &k->p->lines[l->first_line + i];
        const uint64_t parts[3] = {
            line->function, (uint64_t)line->line,
            column_counts(k->compat, i, l->line_count) ? (uint64_t)line->column : 0};
        hash = ak_hash_bytes(parts, sizeof parts, hash);
    }
    return hash;
}

/* Writes location i of the source, in terms of the result, where the next location goes. */
static void write_candidate(struct ak_merge *m, uint32_t i)
{
    struct ak_profile *p = m->b.p;
    const struct ak_location *src = &m->src->locations[i];
    struct ak_location l = {.id = p->location_count + 1u,
                            .address = src->address,
                            .mapping = AK_NO_INDEX,
                            .first_line = p->line_count,
                            .line_count = src->line_count,
                            .is_folded = src->is_folded};
    if (src->mapping != AK_NO_INDEX) {
        l.mapping = profile_merge_mapping(m, src->mapping);
        l.address = src->address + (uint64_t)m->offsets[src->mapping];
    }
    AK_GROW(p->locations, p->location_count + 1u, m->b.locations_cap);
    AK_GROW(p->lines, (size_t)p->line_count + src->line_count, m->b.lines_cap);
    for (uint32_t k = 0; k < src->line_count; k++) {
        const struct ak_line *line = &m->src->lines[src->first_line + k];
        p->lines[p->line_count + k] = (struct ak_line){.function = merge_function(m, line->function),
                                                       .line = line->line,
                                                       .column = line->column};
    }
    p->locations[p->location_count] = l;
}

uint32_t profile_merge_location(struct ak_merge *m, uint32_t i)
{
    if (m->locations_memo.to[i] != 0) {
        return m->locations_memo.to[i] - 1;
    }
    write_candidate(m, i);
    struct ak_profile *p = m->b.p;
    const struct location_key k = {.p = p, .compat = m->opts.compat};
    const uint64_t hash = hash_location(&k);
    uint32_t to = profile_set_find(&m->locations, hash, same_location, &k);
    if (to == PROFILE_SET_NONE) {
        to = profile_set_add(&m->locations, hash);
        p->line_count += p->locations[to].line_count;
        p->location_count++;
    }
    m->locations_memo.to[i] = to + 1;
    return to;
}
