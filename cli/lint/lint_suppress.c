#include "lint_suppress.h"

#include "base/clock.h"
#include "collector/criteria.h"

#include <string.h>

enum ak_status cli_lint_suppress_load(const char *path, struct ak_arena *arena,
                                      const struct ak_criteria **out_criteria,
                                      struct ak_suppress_list **out, struct ak_error *err)
{
    struct ak_criteria *criteria = NULL;
    *out = NULL;
    if (!path) {
        return AK_OK;
    }
    const enum ak_status st = ak_criteria_load(path, arena, &criteria, err);
    *out_criteria = criteria;
    return st == AK_OK ? ak_suppress_list_new(criteria, ak_clock_wall_ns(), out, err) : st;
}

bool cli_lint_suppresses(struct ak_suppress_list *list, const char *rule, const char *file,
                         const char *function, const char *benchmark)
{
    return ak_suppress_find(list, &(struct ak_suppress_place){rule, file, function, benchmark});
}

/* The function of a finding about benchmarks is the benchmark. */
static const char *benchmark_of(const struct ak_lint_item *item)
{
    return strstr(item->function, "Benchmark") ? item->function : "";
}

static bool item_suppressed(struct ak_suppress_list *list, const struct ak_lint_item *item)
{
    const char *const benchmark =
        item->subject && *item->subject ? item->subject : benchmark_of(item);
    return cli_lint_suppresses(list, item->rule, item->file, item->function, benchmark);
}

void cli_lint_suppress(struct ak_suppress_list *list, struct ak_lint_report *r,
                       struct ak_arena *arena)
{
    if (!list) {
        return;
    }
    struct ak_lint_item *const kept = AK_NEW_ARRAY(arena, struct ak_lint_item, r->count);
    size_t n = 0, more;
    for (size_t i = 0; i < r->count; i++) {
        kept[n] = r->items[i];
        n += !item_suppressed(list, &r->items[i]);
    }
    r->items = kept;
    r->count = n;
    const char **const added = ak_suppress_notes(list, arena, &more);
    const char **const notes = AK_NEW_ARRAY(arena, const char *, r->note_count + more);
    for (size_t i = 0; i < r->note_count + more; i++) {
        notes[i] = i < r->note_count ? r->notes[i] : added[i - r->note_count];
    }
    r->notes = notes;
    r->note_count += more;
}
