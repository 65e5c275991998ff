#include "base/mem.h"
#include "legacy_reader.h"

#include <string.h>

/* A line of a memory map is short; assignments in it ("build=/long/path", then "$build/x") may make
 * it longer, up to this. */
#define LINE_MAX_LEN 65536u

struct assignment {
    struct ak_str name; /* with its '$' */
    struct ak_str value;
};

struct map_reader {
    struct legacy *l;
    struct ak_arena *arena; /* of assignments */
    struct assignment *set;
    size_t set_count, set_cap;
    struct ak_buf line; /* with assignments replaced */
};

/* "... file.cc:123] message": the prefix of a log line is passed over. */
static struct ak_str without_log_prefix(struct ak_str line)
{
    const ptrdiff_t close = ak_str_chr(line, ']');
    const ptrdiff_t open = ak_str_chr(line, '[');
    if (close < 3 || (open >= 0 && open < close) || (size_t)close + 1 >= line.len) {
        return line;
    }
    ptrdiff_t digits = close;
    while (digits > 0 && line.ptr[digits - 1] >= '0' && line.ptr[digits - 1] <= '9') {
        digits--;
    }
    const char behind = line.ptr[close + 1];
    if (digits == close || digits < 2 || line.ptr[digits - 1] != ':' ||
        (behind != ' ' && behind != '\t')) {
        return line;
    }
    return ak_str_slice(line, (size_t)close + 2, line.len);
}

static const struct assignment *assignment_at(const struct map_reader *r, struct ak_str rest)
{
    for (size_t i = 0; i < r->set_count; i++) {
        if (ak_str_starts(rest, r->set[i].name)) {
            return &r->set[i];
        }
    }
    return NULL;
}

/* The line with "$name" replaced. False when that makes it too long. */
static bool replace_names(struct map_reader *r, struct ak_str line)
{
    ak_buf_reset(&r->line);
    for (size_t i = 0; i < line.len;) {
        const struct ak_str rest = ak_str_slice(line, i, line.len);
        const struct assignment *a = line.ptr[i] == '$' ? assignment_at(r, rest) : NULL;
        if (a) {
            ak_buf_str(&r->line, a->value);
            i += a->name.len;
        } else {
            ak_buf_putc(&r->line, line.ptr[i++]);
        }
        if (r->line.len > LINE_MAX_LEN) {
            return false;
        }
    }
    return true;
}

static void add_assignment(struct map_reader *r, struct ak_str line)
{
    const ptrdiff_t equals = ak_str_chr(line, '=');
    if (equals < 0) {
        return;
    }
    const struct ak_str name = profile_legacy_trim(ak_str_slice(line, 0, (size_t)equals));
    const struct ak_str value =
        profile_legacy_trim(ak_str_slice(line, (size_t)equals + 1, line.len));
    AK_GROW(r->set, r->set_count + 1, r->set_cap);
    r->set[r->set_count++] = (struct assignment){
        .name = ak_str_from(ak_arena_printf(r->arena, "$%.*s", (int)name.len, name.ptr)),
        .value = ak_arena_str(r->arena, value)};
}

/* The parts of a line, as digits. */
struct entry {
    struct ak_str start, end, perm, offset, file, build_id;
};

static void eat_0x(struct legacy_cursor *c)
{
    if (c->end - c->at > 2 && c->at[0] == '0' && c->at[1] == 'x') {
        c->at += 2;
    }
}

/* "400000-4d5000", "0x400000 0x4d5000:"; two numbers written together are cut before the last
 * digit, as a search from left to right cuts them. */
static bool eat_range(struct legacy_cursor *c, struct entry *e)
{
    profile_legacy_eat_space(c);
    eat_0x(c);
    e->start = profile_legacy_eat_hex(c);
    if (e->start.len == 0) {
        return false;
    }
    struct legacy_cursor second = *c;
    if (second.at < second.end && *second.at == '-') {
        second.at++;
    }
    profile_legacy_eat_space(&second);
    eat_0x(&second);
    e->end = profile_legacy_eat_hex(&second);
    if (e->end.len > 0) {
        *c = second;
    } else if (e->start.len > 1) {
        e->start.len--;
        e->end = (struct ak_str){e->start.ptr + e->start.len, 1};
    } else {
        return false;
    }
    (void)profile_legacy_eat(c, ":");
    return true;
}

/* White space and then a run of characters of which `is_part` holds, or nothing. */
static struct ak_str eat_part(struct legacy_cursor *c, bool (*is_part)(char c))
{
    struct legacy_cursor part = *c;
    if (profile_legacy_eat_space(&part) == 0) {
        return AK_STR("");
    }
    const char *start = part.at;
    while (part.at < part.end && is_part(*part.at)) {
        part.at++;
    }
    if (part.at == start) {
        return AK_STR("");
    }
    *c = part;
    return (struct ak_str){start, (size_t)(part.at - start)};
}

static bool is_perm(char c)
{
    return c == '-' || c == 'r' || c == 'w' || c == 'x' || c == 'p';
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return !profile_legacy_is_space(c);
}

/* Device and inode, "08:01 1234", which only lines of /proc/PID/maps have. */
static bool eat_device(struct legacy_cursor *c)
{
    struct legacy_cursor part = *c;
    if (eat_part(&part, is_hex).len == 0 || !profile_legacy_eat(&part, ":") ||
        profile_legacy_eat_hex(&part).len == 0 || eat_part(&part, is_digit).len == 0) {
        return false;
    }
    *c = part;
    return true;
}

static bool parse_proc_maps(struct legacy_cursor c, struct entry *e)
{
    const struct legacy_cursor range = c;
    e->perm = eat_part(&c, is_perm);
    const struct legacy_cursor perm = c;
    e->offset = eat_part(&c, is_hex);
    bool ok = eat_device(&c);
    if (!ok) {
        c = perm;
        e->offset = AK_STR("");
        ok = eat_device(&c);
    }
    if (!ok && e->perm.len > 0) {
        c = range;
        e->perm = AK_STR("");
        ok = eat_device(&c);
    }
    e->file = ok ? eat_part(&c, is_word) : AK_STR("");
    return ok;
}

/* "range perm file (@offset) build-id", everything but the range optional. */
static void parse_brief(struct legacy_cursor c, struct entry *e)
{
    e->perm = eat_part(&c, is_perm);
    e->file = eat_part(&c, is_word);
    struct legacy_cursor at = c;
    e->offset = AK_STR("");
    if (profile_legacy_eat_space(&at) > 0 && profile_legacy_eat(&at, "(@")) {
        e->offset = profile_legacy_eat_hex(&at);
        if (e->offset.len > 0 && profile_legacy_eat(&at, ")")) {
            c = at;
        } else {
            e->offset = AK_STR("");
        }
    }
    e->build_id = eat_part(&c, is_hex);
}

/* Appends the mapping that the line describes; false when it describes none. */
static bool add_mapping(struct legacy *l, struct ak_str line)
{
    struct legacy_cursor c = profile_legacy_cursor(line);
    struct entry e = {.build_id = AK_STR("")};
    if (!eat_range(&c, &e)) {
        return false;
    }
    if (!parse_proc_maps(c, &e)) {
        parse_brief(c, &e);
    }
    if (e.perm.len > 0 && ak_str_chr(e.perm, 'x') < 0) {
        return true; /* no code in it */
    }
    struct ak_mapping m = {.filename = ak_build_str(&l->b, e.file),
                           .build_id = ak_build_str(&l->b, e.build_id)};
    if (!profile_legacy_hex(e.start, &m.start) || !profile_legacy_hex(e.end, &m.limit) ||
        (e.offset.len > 0 && !profile_legacy_hex(e.offset, &m.offset))) {
        return false;
    }
    AK_GROW(l->mappings, l->mapping_count + 1, l->mappings_cap);
    l->mappings[l->mapping_count++] = m;
    return true;
}

/* --- the list as a whole
 * ----------------------------------------------------------------------------- */

/* One mapping that was written as two. */
static bool is_adjacent(const struct ak_mapping *a, const struct ak_mapping *b)
{
    return (a->filename == 0 || b->filename == 0 || a->filename == b->filename) &&
           (a->build_id == 0 || b->build_id == 0 || a->build_id == b->build_id) &&
           a->limit == b->start &&
           (a->offset == 0 || b->offset == 0 || a->offset + (a->limit - a->start) == b->offset);
}

static void join_adjacent(struct legacy *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->mapping_count; i++) {
        const struct ak_mapping *m = &l->mappings[i];
        struct ak_mapping *last = kept > 0 ? &l->mappings[kept - 1] : NULL;
        if (last && is_adjacent(last, m)) {
            last->limit = m->limit;
            last->filename = m->filename != 0 ? m->filename : last->filename;
            last->build_id = m->build_id != 0 ? m->build_id : last->build_id;
        } else {
            l->mappings[kept++] = *m;
        }
    }
    l->mapping_count = kept;
}

/* "libx.so", "libx.so.6", "libx.so_1". */
static bool is_library(struct ak_str file)
{
    if (ak_str_ends(file, AK_STR(".so"))) {
        return true;
    }
    for (size_t i = 0; i + 4 < file.len; i++) {
        const char *p = file.ptr + i;
        if (memcmp(p, ".so", 3) == 0 && (p[3] == '.' || p[3] == '_') && is_digit(p[4])) {
            return true;
        }
    }
    return false;
}

static bool is_program(struct ak_str file)
{
    file = profile_legacy_trim(file);
    if (ak_str_ends(file, AK_STR("(deleted)"))) {
        file = profile_legacy_trim(ak_str_slice(file, 0, file.len - 9));
    }
    return file.len > 0 && file.ptr[0] != '[' && !is_library(file);
}

/* What looks like the program itself goes first. */
static void program_first(struct legacy *l)
{
    for (size_t i = 0; i < l->mapping_count; i++) {
        if (is_program(l->b.strings.strs[l->mappings[i].filename])) {
            const struct ak_mapping first = l->mappings[0];
            l->mappings[0] = l->mappings[i];
            l->mappings[i] = first;
            return;
        }
    }
}

enum ak_status profile_legacy_read_map(struct legacy *l, struct legacy_lines *lines,
                                       struct ak_error *err)
{
    struct map_reader r = {.l = l, .arena = ak_arena_new()};
    enum ak_status st = AK_OK;
    while (st == AK_OK && profile_legacy_next(lines)) {
        if (!replace_names(&r, without_log_prefix(lines->line))) {
            st = ak_fail(err, AK_LIMIT, "%s: a line of its memory map is too long", l->name);
        } else if (!add_mapping(l, ak_buf_view(&r.line))) {
            add_assignment(&r, ak_buf_view(&r.line));
        }
    }
    ak_buf_release(&r.line);
    ak_free(r.set);
    ak_arena_free(r.arena);
    if (st == AK_OK) {
        join_adjacent(l);
        program_first(l);
        profile_legacy_place(l);
    }
    return st;
}

enum ak_status profile_legacy_find_map(struct legacy *l, struct legacy_lines *lines,
                                       struct ak_error *err)
{
    while (!profile_legacy_is_map_start(lines->line) && profile_legacy_next(lines)) {
    }
    return profile_legacy_read_map(l, lines, err);
}
