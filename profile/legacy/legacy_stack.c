#include "base/mem.h"
#include "legacy_reader.h"

#include <math.h>
#include <string.h>

void profile_legacy_init(struct legacy *l, const char *name, const struct ak_limits *limits)
{
    *l = (struct legacy){.name = name, .limits = limits};
    ak_build_init(&l->b);
    AK_GROW(l->starts, 1, l->starts_cap);
    AK_GROW(l->stack, 1, l->stack_cap);
    l->starts[0] = 0;
}

void profile_legacy_release(struct legacy *l)
{
    ak_build_release(&l->b);
    ak_idmap_release(&l->by_address);
    ak_free(l->locations);
    ak_free(l->stack);
    ak_free(l->starts);
    ak_free(l->values);
    ak_free(l->block_bytes);
    ak_free(l->mappings);
    ak_free(l->placed);
}

enum ak_status profile_legacy_damaged(const struct legacy *l, struct ak_str line,
                                      struct ak_error *err)
{
    const size_t shown = line.len < 80 ? line.len : ak_utf8_cut(line, 80);
    return ak_fail(err, AK_CORRUPT, "%s: damaged line: %.*s", l->name, (int)shown, line.ptr);
}

void profile_legacy_type(struct legacy *l, const char *type, const char *unit)
{
    ak_build_sample_type(&l->b, type, unit);
    l->types++;
}

void profile_legacy_period(struct legacy *l, const char *type, const char *unit, int64_t period)
{
    l->b.p->period_type =
        (struct ak_value_type){ak_build_cstr(&l->b, type), ak_build_cstr(&l->b, unit)};
    l->b.p->period = period;
}

void profile_legacy_push(struct legacy *l, uint64_t address)
{
    bool is_new;
    const uint32_t at = ak_idmap_put(&l->by_address, address, (uint32_t)l->location_count, &is_new);
    if (is_new) {
        AK_GROW(l->locations, l->location_count + 1, l->locations_cap);
        l->locations[l->location_count++] =
            (struct legacy_location){.address = address, .function = AK_NO_INDEX};
    }
    AK_GROW(l->stack, l->stack_count + 1, l->stack_cap);
    l->stack[l->stack_count++] = at;
}

/* The lower-case hex digits behind "0x". */
static struct ak_str address_digits(const char *at, const char *end)
{
    const char *start = at;
    while (at < end && ((*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'f'))) {
        at++;
    }
    return (struct ak_str){start, (size_t)(at - start)};
}

bool profile_legacy_push_all(struct legacy *l, struct ak_str text, uint64_t adjust)
{
    const char *at = text.ptr, *const end = text.ptr + text.len;
    while (end - at > 2) {
        if (at[0] != '0' || at[1] != 'x') {
            at++;
            continue;
        }
        const struct ak_str digits = address_digits(at + 2, end);
        uint64_t address;
        if (digits.len == 0) {
            at += 2;
            continue;
        }
        if (!profile_legacy_hex(digits, &address)) {
            return false;
        }
        profile_legacy_push(l, address - adjust);
        at = digits.ptr + digits.len;
    }
    return true;
}

size_t profile_legacy_depth(const struct legacy *l, size_t sample)
{
    return l->starts[sample + 1] - l->starts[sample];
}

enum ak_status profile_legacy_end_sample(struct legacy *l, const int64_t *values,
                                         struct ak_error *err)
{
    if (l->sample_count >= l->limits->max_samples) {
        return ak_fail(err, AK_LIMIT, "%s: there are more samples than the limit", l->name);
    }
    if (l->stack_count - l->starts[l->sample_count] > l->limits->max_depth) {
        return ak_fail(err, AK_LIMIT, "%s: a stack is deeper than the limit", l->name);
    }
    AK_GROW(l->starts, l->sample_count + 2, l->starts_cap);
    AK_GROW(l->values, (l->sample_count + 1) * l->types, l->values_cap);
    for (uint32_t i = 0; i < l->types; i++) {
        l->values[l->sample_count * l->types + i] = values[i];
    }
    l->starts[++l->sample_count] = l->stack_count;
    return AK_OK;
}

enum ak_status profile_legacy_end_block(struct legacy *l, const int64_t *values, int64_t bytes,
                                        struct ak_error *err)
{
    AK_GROW(l->block_bytes, l->sample_count + 1, l->block_bytes_cap);
    l->block_bytes[l->sample_count] = bytes;
    return profile_legacy_end_sample(l, values, err);
}

void profile_legacy_drop_second(struct legacy *l,
                                bool (*drop)(uint64_t leaf, uint64_t second, const void *ctx),
                                const void *ctx)
{
    size_t to = 0;
    uint64_t from = 0;
    for (size_t s = 0; s < l->sample_count; s++) {
        const uint64_t end = l->starts[s + 1];
        const bool has_two = end - from > 1;
        const bool dropped = has_two && drop(l->locations[l->stack[from]].address,
                                             l->locations[l->stack[from + 1]].address, ctx);
        for (uint64_t i = from; i < end; i++) {
            if (!dropped || i != from + 1) {
                l->stack[to++] = l->stack[i];
            }
        }
        from = end;
        l->starts[s + 1] = to;
    }
    l->stack_count = to;
}

/* --- into the result
 * ------------------------------------------------------------------------------ */

/* Locations that samples use, in the order of use; the others are forgotten. */
static void number_locations(struct legacy *l)
{
    uint32_t *to = ak_calloc(l->location_count, sizeof *to); /* new index + 1 */
    struct legacy_location *used = ak_reallocarray(NULL, l->location_count, sizeof *used);
    uint32_t count = 0;
    for (size_t i = 0; i < l->stack_count; i++) {
        const uint32_t old = l->stack[i];
        if (to[old] == 0) {
            used[count] = l->locations[old];
            to[old] = ++count;
        }
        l->stack[i] = to[old] - 1;
    }
    ak_free(l->locations);
    ak_free(to);
    l->locations = used;
    l->location_count = l->locations_cap = count;
}

/* The start of the main mapping is repaired where its first pages were remapped. */
static void repair_first_mapping(struct legacy *l)
{
    const uint64_t usual_start = 0x400000;
    if (l->mapping_count > 1 &&
        ak_str_starts(l->b.strings.strs[l->mappings[0].filename], AK_STR("/anon_hugepage")) &&
        l->mappings[0].limit == l->mappings[1].start) {
        l->mapping_count--;
        memmove(l->mappings, l->mappings + 1, l->mapping_count * sizeof *l->mappings);
    }
    if (l->mapping_count > 0 && l->mappings[0].start - l->mappings[0].offset == usual_start) {
        l->mappings[0].start = usual_start;
        l->mappings[0].offset = 0;
    }
}

static uint32_t find_mapping(struct legacy *l, uint64_t address)
{
    for (size_t i = 0; i < l->mapping_count; i++) {
        if (l->mappings[i].start <= address && address < l->mappings[i].limit) {
            return (uint32_t)i;
        }
    }
    /* A mapping that was split: its first part has no entry of its own. */
    for (size_t i = 0; i < l->mapping_count; i++) {
        struct ak_mapping *m = &l->mappings[i];
        if (m->offset != 0 && m->start - m->offset <= address && address < m->start) {
            m->start -= m->offset;
            m->offset = 0;
            return (uint32_t)i;
        }
    }
    return AK_NO_INDEX;
}

void profile_legacy_place(struct legacy *l)
{
    number_locations(l);
    repair_first_mapping(l);
    l->placed = ak_reallocarray(l->placed, l->location_count, sizeof *l->placed);
    uint32_t everything = AK_NO_INDEX; /* a mapping for what is in none */
    for (size_t i = 0; i < l->location_count; i++) {
        const uint64_t address = l->locations[i].address;
        l->placed[i] = address == 0 ? AK_NO_INDEX : find_mapping(l, address);
        if (address == 0 || l->placed[i] != AK_NO_INDEX) {
            continue;
        }
        if (everything == AK_NO_INDEX) {
            everything = (uint32_t)l->mapping_count;
            AK_GROW(l->mappings, l->mapping_count + 1, l->mappings_cap);
            l->mappings[l->mapping_count++] = (struct ak_mapping){.limit = UINT64_MAX};
        }
        l->placed[i] = everything;
    }
}

void profile_legacy_finish(struct legacy *l, bool keep_addresses)
{
    for (size_t i = 0; i < l->mapping_count; i++) {
        ak_build_mapping(&l->b, &l->mappings[i]);
    }
    for (size_t i = 0; i < l->location_count; i++) {
        const struct legacy_location *at = &l->locations[i];
        const struct ak_line line = {.function = at->function, .line = at->line};
        ak_build_location(&l->b, keep_addresses ? at->address : 0, l->placed[i], &line,
                          at->function != AK_NO_INDEX);
    }
    const uint32_t key = l->block_bytes ? ak_build_cstr(&l->b, "bytes") : 0;
    for (size_t s = 0; s < l->sample_count; s++) {
        const struct ak_label label = {.key = key, .num = l->block_bytes ? l->block_bytes[s] : 0};
        ak_build_sample(&l->b, &(struct ak_build_sample){.stack = l->stack + l->starts[s],
                                                         .depth = profile_legacy_depth(l, s),
                                                         .values = l->values + s * l->types,
                                                         .labels = &label,
                                                         .label_count = l->block_bytes ? 1 : 0});
    }
}

static int64_t to_i64(double v)
{
    return fabs(v) < 0x1p63 ? (int64_t)v : INT64_MIN;
}

void profile_legacy_scale_block(int64_t *count, int64_t *size, int64_t rate)
{
    if (*count == 0 || *size == 0) {
        *count = *size = 0;
        return;
    }
    if (rate <= 1) {
        return; /* every block was seen, or the rate is unknown */
    }
    const double average = (double)*size / (double)*count;
    const double scale = 1 / (1 - exp(-average / (double)rate));
    *count = to_i64((double)*count * scale);
    *size = to_i64((double)*size * scale);
}
