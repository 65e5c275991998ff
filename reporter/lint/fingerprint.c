#include "reporter/fingerprint.h"

#include "base/idmap.h"
#include "base/mem.h"

#define WINDOW 100
#define BASE 37
#define END_OF_TEXT 0xffff
#define SOURCE_MAX (64U << 20)

/* The units that count, and where lines start among them. */
struct units {
    uint16_t *items;
    size_t count, cap;
    size_t *starts;
    size_t line_count, line_cap;
    bool line_begins; /* the next unit is the first of a line */
};

static void unit_add(struct units *u, uint16_t unit)
{
    if (u->line_begins) {
        AK_GROW(u->starts, u->line_count + 1, u->line_cap);
        u->starts[u->line_count++] = u->count;
    }
    u->line_begins = unit == '\n';
    AK_GROW(u->items, u->count + 1, u->cap);
    u->items[u->count++] = unit;
}

static void rune_add(struct units *u, uint32_t rune)
{
    if (rune >= 0x10000) {
        unit_add(u, (uint16_t)(0xd800 + ((rune - 0x10000) >> 10)));
        rune = 0xdc00 + ((rune - 0x10000) & 0x3ff);
    }
    unit_add(u, (uint16_t)rune);
}

static void units_read(struct units *u, struct ak_str source)
{
    bool was_return = false;
    u->line_begins = true;
    while (source.len > 0) {
        uint32_t rune;
        const size_t n = ak_utf8_decode(source.ptr, source.len, &rune);
        const bool is_second_half = was_return && rune == '\n';
        was_return = rune == '\r';
        if (rune != ' ' && rune != '\t' && !is_second_half) {
            rune_add(u, rune == '\r' ? '\n' : rune);
        }
        source = ak_str_slice(source, n, source.len);
    }
    unit_add(u, END_OF_TEXT);
}

static uint64_t unit_at(const struct units *u, size_t i)
{
    return i < u->count ? u->items[i] : 0;
}

/* Rolls the window from unit to unit and keeps its hash where a line starts. */
static void hashes_roll(const struct units *u, struct ak_fingerprint *lines)
{
    uint64_t hash = 0, first_weight = 1;
    size_t line = 0;
    for (size_t i = 0; i < WINDOW; i++) {
        hash = hash * BASE + unit_at(u, i);
        first_weight *= BASE;
    }
    for (size_t i = 0; i < u->count && line < u->line_count; i++) {
        if (u->starts[line] == i) {
            lines[line++].hash = hash;
        }
        hash = hash * BASE - first_weight * u->items[i] + unit_at(u, i + WINDOW);
    }
}

static void occurrences_count(struct ak_fingerprint *lines, size_t count)
{
    struct ak_idmap first = {0}; /* hash -> the first line that has it */
    uint32_t *const seen = ak_calloc(count + 1, sizeof *seen);
    for (size_t i = 0; i < count; i++) {
        const uint32_t of = ak_idmap_put(&first, lines[i].hash, (uint32_t)i, NULL);
        lines[i].occurrence = ++seen[of];
    }
    ak_free(seen);
    ak_idmap_release(&first);
}

enum ak_status ak_fingerprint_lines(struct ak_str source, struct ak_arena *arena,
                                    struct ak_fingerprint **out, size_t *out_count,
                                    struct ak_error *err)
{
    struct units u = {0};
    if (source.len > SOURCE_MAX) {
        return ak_fail(err, AK_LIMIT, "a source of more than %u bytes", SOURCE_MAX);
    }
    if (!ak_utf8_valid(source)) {
        return ak_fail(err, AK_FORMAT, "a source that is no UTF-8");
    }
    units_read(&u, source);
    struct ak_fingerprint *const lines = AK_NEW_ARRAY(arena, struct ak_fingerprint, u.line_count);
    hashes_roll(&u, lines);
    occurrences_count(lines, u.line_count);
    *out = lines;
    *out_count = u.line_count;
    ak_free(u.items);
    ak_free(u.starts);
    return AK_OK;
}
