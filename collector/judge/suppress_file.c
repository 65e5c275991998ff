#include "suppress_file.h"

#include "base/clock.h"
#include "read/iso_time.h"
#include "regex.h"

#include <string.h>

#define DAY_NS 86400000000000LL

const char *collector_suppress_name(const char *section)
{
    static const char word[] = "suppress ";
    const size_t len = sizeof word - 1;
    return strncmp(section, word, len) == 0 ? section + len : NULL;
}

static enum ak_status set_text(const char **field, const char *key, const char *value,
                               const char *where, struct ak_arena *arena, struct ak_error *err)
{
    if (*field) {
        return ak_fail(err, AK_USAGE, "%s: key stands twice: \"%s\"", where, key);
    }
    if (!*value) {
        return ak_fail(err, AK_USAGE, "%s: no value for \"%s\"", where, key);
    }
    *field = ak_arena_strdup(arena, value);
    return AK_OK;
}

static enum ak_status pattern_check(const char *pattern, const char *where, struct ak_error *err)
{
    struct collector_regex *re = NULL;
    const enum ak_status st = collector_regex_new(ak_str_from(pattern), where, &re, err);
    collector_regex_free(re);
    return st;
}

/* The day must read back as it was written: February has no 30th. */
static enum ak_status set_until(struct ak_suppress *s, const char *where, struct ak_error *err)
{
    const struct ak_str day = ak_str_from(s->until);
    struct ak_buf moment = AK_BUF_INIT;
    ak_buf_str(&moment, day);
    ak_buf_puts(&moment, "T00:00:00Z");
    const int64_t ns = day.len == 10 ? collector_iso_time_ns(ak_buf_view(&moment)) : 0;
    ak_buf_reset(&moment);
    ak_time_format(&moment, ns);
    const bool is_day = ns != 0 && ak_str_starts(ak_buf_view(&moment), day);
    ak_buf_release(&moment);
    if (!is_day) {
        return ak_fail(err, AK_USAGE, "%s: no day as in 2027-03-31: \"%s\"", where, s->until);
    }
    s->until_ns = ns + DAY_NS;
    return AK_OK;
}

enum ak_status collector_suppress_set(struct ak_suppress *s, const char *key, const char *value,
                                      const char *where, struct ak_arena *arena,
                                      struct ak_error *err)
{
    const struct {
        const char *key;
        const char **field;
        bool is_pattern;
    } fields[] = {
        {"rule", &s->rule, false},        {"file", &s->file, true},
        {"function", &s->function, true}, {"benchmark", &s->benchmark, true},
        {"reason", &s->reason, false},    {"until", &s->until, false},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(fields[i].key, key) != 0) {
            continue;
        }
        enum ak_status st = set_text(fields[i].field, key, value, where, arena, err);
        if (st == AK_OK && fields[i].is_pattern) {
            st = pattern_check(value, where, err);
        }
        return st == AK_OK && fields[i].field == &s->until ? set_until(s, where, err) : st;
    }
    return ak_fail(err, AK_USAGE, "%s: unknown key \"%.60s\" of a suppress section", where, key);
}

enum ak_status collector_suppress_check(const struct ak_suppress *s, const char *file,
                                        struct ak_error *err)
{
    const char *const missing = !s->rule     ? "a rule"
                                : !s->reason ? "a reason"
                                : !s->until  ? "until"
                                : !s->file && !s->function && !s->benchmark
                                    ? "a file, function or benchmark"
                                    : NULL;
    return missing ? ak_fail(err, AK_USAGE, "%s:%u: section \"suppress %s\" needs %s", file,
                             s->line, s->name, missing)
                   : AK_OK;
}
