#include "legacy_reader.h"

/* Go's counts: "goroutine profile: total 5", then "3 @ 0x... 0x..." for each stack, with what Go
 * knows of the addresses in comments. */

static bool read_head(struct ak_str line, struct ak_str *out_type)
{
    struct legacy_cursor c = profile_legacy_cursor(line);
    *out_type = profile_legacy_eat_word(&c);
    return out_type->len > 0 && profile_legacy_eat(&c, " profile: total ") &&
           profile_legacy_eat_digits(&c).len > 0 && c.at == c.end;
}

bool profile_legacy_is_count(struct ak_str head)
{
    struct legacy_lines lines = {.rest = head};
    struct ak_str type;
    return profile_legacy_skip_comments(&lines) && read_head(lines.line, &type);
}

/* " 0x1 0x2": nothing else may stand there. */
static bool only_addresses(struct legacy_cursor c)
{
    if (c.at == c.end) {
        return false;
    }
    while (c.at < c.end) {
        if (!profile_legacy_eat(&c, " 0x")) {
            return false;
        }
        const char *start = c.at;
        while (c.at < c.end && ((*c.at >= '0' && *c.at <= '9') || (*c.at >= 'a' && *c.at <= 'f'))) {
            c.at++;
        }
        if (c.at == start) {
            return false;
        }
    }
    return true;
}

static enum ak_status read_stack(struct legacy *l, struct ak_str line, struct ak_error *err)
{
    struct legacy_cursor c = profile_legacy_cursor(line);
    const struct ak_str count = profile_legacy_eat_digits(&c);
    int64_t value;
    if (!profile_legacy_int(count, &value) || !profile_legacy_eat(&c, " @") || !only_addresses(c) ||
        !profile_legacy_push_all(l, (struct ak_str){c.at, (size_t)(c.end - c.at)}, 1)) {
        return profile_legacy_damaged(l, line, err);
    }
    return profile_legacy_end_sample(l, &value, err);
}

enum ak_status profile_legacy_count(struct legacy *l, struct ak_str bytes, struct ak_error *err)
{
    struct legacy_lines lines = {.rest = bytes};
    struct ak_str type;
    if (!profile_legacy_skip_comments(&lines) || !read_head(lines.line, &type)) {
        return AK_FORMAT;
    }
    char *name = ak_arena_strndup(l->b.p->arena, type.ptr, type.len);
    profile_legacy_type(l, name, "count");
    profile_legacy_period(l, name, "count", 1);
    while (profile_legacy_next(&lines)) {
        if (profile_legacy_is_comment(lines.line)) {
            continue;
        }
        if (ak_str_starts(lines.line, AK_STR("---"))) {
            break;
        }
        const enum ak_status st = read_stack(l, lines.line, err);
        if (st != AK_OK) {
            return st;
        }
    }
    const enum ak_status st = profile_legacy_find_map(l, &lines, err);
    if (st == AK_OK) {
        profile_legacy_finish(l, true);
    }
    return st;
}
