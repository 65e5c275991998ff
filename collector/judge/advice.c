/* What a user can do about criteria that nothing was measured for. */
#include "criterion.h"

#include <string.h>

bool collector_criterion_is_judged(const struct ak_check *check, const struct ak_criterion *c)
{
    for (size_t i = 0; i < check->row_count; i++) {
        const struct ak_judgement *row = &check->rows[i];
        if (strcmp(row->criterion, c->name) == 0 &&
            (row->outcome != AK_OUTCOME_UNJUDGED || row->is_suppressed)) {
            return true;
        }
    }
    return false;
}

static bool is_measured(const struct ak_check *check, const struct ak_criterion *c)
{
    for (size_t i = 0; i < check->row_count; i++) {
        const struct ak_judgement *row = &check->rows[i];
        if (strcmp(row->criterion, c->name) == 0 &&
            strncmp(row->sentence, "not measured", 12) == 0) {
            return false;
        }
    }
    return true;
}

/* "time (ShutdownLatency_1000.* in ms/shutdown), growth (its row says why)" */
static size_t put_missing(const struct ak_check *check, const struct ak_criteria *criteria,
                          struct ak_buf *out, bool *out_any_absent)
{
    size_t n = 0;
    for (size_t i = 0; i < criteria->count; i++) {
        const struct ak_criterion *c = &criteria->items[i];
        if (c->optional || collector_criterion_is_judged(check, c)) {
            continue;
        }
        ak_buf_printf(out, "%s%s", n++ > 0 ? ", " : "", c->name);
        if (is_measured(check, c)) {
            ak_buf_puts(out, " (its row says why)");
        } else {
            ak_buf_printf(out, " (%s in %s)", *c->benchmark ? c->benchmark : "any benchmark",
                          c->unit);
            *out_any_absent = true;
        }
    }
    return n;
}

/* -bench='A|B' of all criteria; "" where go test would read the expressions differently, or where
 * one of them takes every benchmark. */
static void put_bench(const struct ak_check *check, const struct ak_criteria *criteria,
                      struct ak_buf *out)
{
    const bool is_go = check->run->series_count > 0 && *check->run->series[0].package;
    struct ak_buf all = AK_BUF_INIT;
    bool fits = is_go;
    for (size_t i = 0; i < criteria->count; i++) {
        const char *benchmark = criteria->items[i].benchmark;
        if (criteria->items[i].optional || !*benchmark) {
            continue;
        }
        fits = fits && !strpbrk(benchmark, "/'");
        bool seen = false;
        for (size_t k = 0; k < i; k++) {
            seen = seen || (!criteria->items[k].optional &&
                            strcmp(criteria->items[k].benchmark, benchmark) == 0);
        }
        if (!seen) {
            ak_buf_printf(&all, "%s%s", all.len > 0 ? "|" : "", benchmark);
        }
    }
    if (fits && all.len > 0) {
        ak_buf_printf(out, " (go test -run='^$' -bench='%.*s')", (int)all.len, all.ptr);
    }
    ak_buf_release(&all);
}

const char *collector_check_advice(const struct ak_check *check, const struct ak_criteria *criteria,
                                   struct ak_arena *arena)
{
    struct ak_buf text = AK_BUF_INIT;
    bool any_absent = false;
    ak_buf_puts(&text, "not judged: ");
    const size_t missing = put_missing(check, criteria, &text, &any_absent);
    if (any_absent) {
        ak_buf_puts(&text, "; measure what is missing in the same run");
        put_bench(check, criteria, &text);
        ak_buf_puts(&text, ", or name the criteria that you want by --criteria FILE");
    }
    const char *copy = missing > 0 ? ak_arena_strndup(arena, text.ptr, text.len) : "";
    ak_buf_release(&text);
    return copy;
}
