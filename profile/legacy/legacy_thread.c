#include "legacy_reader.h"

/* threadz: "--- Thread 7f... (name: main/123) stack: ---", then lines with the addresses of the
 * stack, or "same as previous thread". */

/* "--- threadz 1 ---" somewhere in the line. */
static bool is_threadz(struct ak_str line)
{
    ptrdiff_t at;
    while ((at = ak_str_find(line, AK_STR("--- threadz "))) >= 0) {
        line = ak_str_slice(line, (size_t)at + 12, line.len);
        struct legacy_cursor c = profile_legacy_cursor(line);
        if (profile_legacy_eat_digits(&c).len > 0 && profile_legacy_eat(&c, " ---")) {
            return true;
        }
    }
    return false;
}

/* The name may hold anything, so the end is looked for: "/123) stack: ---". */
static bool has_thread_end(struct ak_str rest)
{
    for (size_t i = 0; i < rest.len; i++) {
        struct legacy_cursor c = profile_legacy_cursor(ak_str_slice(rest, i, rest.len));
        if (profile_legacy_eat(&c, "/") && profile_legacy_eat_digits(&c).len > 0 &&
            profile_legacy_eat(&c, ") stack: ---")) {
            return true;
        }
    }
    return false;
}

static bool is_thread(struct ak_str line)
{
    const ptrdiff_t at = ak_str_find(line, AK_STR("--- Thread "));
    if (at < 0) {
        return false;
    }
    struct legacy_cursor c = profile_legacy_cursor(ak_str_slice(line, (size_t)at + 11, line.len));
    return profile_legacy_eat_hex(&c).len > 0 && profile_legacy_eat(&c, " (name: ") &&
           has_thread_end((struct ak_str){c.at, (size_t)(c.end - c.at)});
}

bool profile_legacy_is_thread(struct ak_str head)
{
    struct legacy_lines lines = {.rest = head};
    return profile_legacy_skip_comments(&lines) &&
           (is_threadz(lines.line) || is_thread(lines.line));
}

/* Reads the stack below a thread's line; *line becomes the line behind it, *same tells a thread
 * that is as the one before. */
static enum ak_status read_stack(struct legacy *l, struct legacy_lines *lines, struct ak_str *line,
                                 bool *same, struct ak_error *err)
{
    *line = AK_STR("");
    *same = false;
    while (profile_legacy_next(lines)) {
        *line = profile_legacy_trim(lines->line);
        if (line->len == 0) {
            continue;
        }
        if (ak_str_starts(*line, AK_STR("---"))) {
            return AK_OK;
        }
        if (ak_str_find(*line, AK_STR("same as previous thread")) >= 0) {
            *same = true;
        } else if (!profile_legacy_push_all(l, *line, 0)) {
            return profile_legacy_damaged(l, *line, err);
        }
    }
    return AK_OK;
}

/* Return addresses are one behind the call; the leaf is where the thread was. Addresses were pushed
 * as they are, so that an unfinished stack can be taken back. */
static enum ak_status end_stack(struct legacy *l, struct ak_error *err)
{
    const uint64_t start = l->starts[l->sample_count];
    const size_t end = l->stack_count;
    l->stack_count = (size_t)start;
    for (size_t i = (size_t)start; i < end; i++) {
        const uint64_t address = l->locations[l->stack[i]].address;
        profile_legacy_push(l, i > start ? address - 1 : address);
    }
    return profile_legacy_end_sample(l, &(int64_t){1}, err);
}

static enum ak_status read_threads(struct legacy *l, struct legacy_lines *lines, struct ak_str line,
                                   struct ak_error *err)
{
    while (!profile_legacy_is_map_start(line) &&
           !ak_str_starts(line, AK_STR("---- no stack trace for"))) {
        if (!is_thread(line)) {
            return AK_FORMAT;
        }
        bool same;
        enum ak_status st = read_stack(l, lines, &line, &same, err);
        if (st != AK_OK) {
            return st;
        }
        if (same || l->stack_count == l->starts[l->sample_count]) {
            l->stack_count = (size_t)l->starts[l->sample_count];
            if (l->sample_count > 0) {
                l->values[l->sample_count - 1]++;
            }
            continue;
        }
        st = end_stack(l, err);
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

static bool second_is_leaf(uint64_t leaf, uint64_t second, const void *ctx)
{
    (void)ctx;
    return leaf == second + 1;
}

enum ak_status profile_legacy_thread(struct legacy *l, struct ak_str bytes, struct ak_error *err)
{
    struct legacy_lines lines = {.rest = bytes};
    if (!profile_legacy_skip_comments(&lines)) {
        return AK_FORMAT;
    }
    if (is_threadz(lines.line)) {
        struct ak_str last = lines.line;
        while (profile_legacy_next(&lines)) {
            last = lines.line;
            if (profile_legacy_is_map_start(last) || ak_str_starts(last, AK_STR("-"))) {
                break;
            }
        }
        lines.line = last;
    } else if (!is_thread(lines.line)) {
        return AK_FORMAT;
    }
    profile_legacy_type(l, "thread", "count");
    profile_legacy_period(l, "thread", "count", 1);
    enum ak_status st = read_threads(l, &lines, lines.line, err);
    st = st == AK_OK ? profile_legacy_find_map(l, &lines, err) : st;
    if (st == AK_OK) {
        profile_legacy_drop_second(l, second_is_leaf, NULL);
        profile_legacy_finish(l, true);
    }
    return st;
}
