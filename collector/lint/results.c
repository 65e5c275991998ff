/* The kinds of results that can be read, and their ranking by heat. */
#include "lint/results.h"

#include "base/mem.h"
#include "lint/heat.h"

#include <stdlib.h>

#define RESULTS_MAX 100000
#define REGION_LINES_MAX 200
#define BEGIN_BYTES 4096

static const struct results_reader *const readers[] = {
    &collector_results_sarif,
    &collector_results_gcc,
    &collector_results_cppcheck,
    &collector_results_plist,
};

bool collector_results_begin(struct ak_str text, const char *word)
{
    return ak_str_find(ak_str_slice(text, 0, BEGIN_BYTES), ak_str_from(word)) >= 0;
}

static const char *text_or(const char *text, const char *otherwise)
{
    return text && *text ? text : otherwise;
}

enum ak_status collector_results_add(struct results_list *list, const struct ak_result *result,
                                     struct ak_error *err)
{
    if (list->count >= RESULTS_MAX) {
        return ak_fail(err, AK_LIMIT, "%s: more than %d results", list->name, RESULTS_MAX);
    }
    AK_GROW(list->items, list->count + 1, list->cap);
    struct ak_result *const r = &list->items[list->count];
    *r = *result;
    r->tool = text_or(r->tool, "");
    r->rule = text_or(r->rule, "unnamed");
    r->title = text_or(r->title, "");
    r->help = text_or(r->help, "");
    r->message = text_or(r->message, "");
    r->file = text_or(r->file, "");
    r->end_line = r->end_line >= r->line ? r->end_line : r->line;
    r->function = "";
    r->number = list->count++;
    return AK_OK;
}

enum ak_status ak_results_parse(const char *name, struct ak_str text, struct ak_arena *arena,
                                struct ak_results *out, struct ak_error *err)
{
    struct results_list list = {.name = name, .arena = arena};
    enum ak_status st = AK_FORMAT;
    size_t kind = 0;
    if (ak_str_starts(text, AK_STR("\xef\xbb\xbf"))) { /* the mark of UTF-8 */
        text = ak_str_slice(text, 3, text.len);
    }
    while (kind < AK_COUNT(readers) && !readers[kind]->recognise(text)) {
        kind++;
    }
    st = kind < AK_COUNT(readers)
             ? readers[kind]->read(&list, text, err)
             : ak_fail(err, AK_FORMAT,
                       "%s: no results of a tool that is known (SARIF 2.1.0, JSON of gcc, XML of "
                       "cppcheck, property list of clang)",
                       name);
    if (st == AK_OK) {
        *out = (struct ak_results){
            .items = ak_arena_copy(arena, list.items, list.count * sizeof *list.items),
            .count = list.count,
            .suppressed = list.suppressed,
            .type = "",
            .unit = "",
        };
    }
    ak_free(list.items);
    return st;
}

void ak_results_append(struct ak_results *a, const struct ak_results *b, struct ak_arena *arena)
{
    struct ak_result *const items = AK_NEW_ARRAY(arena, struct ak_result, a->count + b->count);
    for (size_t i = 0; i < a->count; i++) {
        items[i] = a->items[i];
    }
    for (size_t i = 0; i < b->count; i++) {
        items[a->count + i] = b->items[i];
        items[a->count + i].number = a->count + i;
    }
    a->items = items;
    a->count += b->count;
    a->suppressed += b->suppressed;
}

/* --- ranking ------------------------------------------------------------------------------- */

static void result_heat(const struct lint_heat *h, struct ak_result *r, struct ak_arena *arena)
{
    const int64_t limit = r->line + REGION_LINES_MAX;
    const int64_t end = r->end_line < limit ? r->end_line : limit;
    const struct lint_heat_line *const best =
        r->line > 0 ? collector_heat_find(h, ak_str_from(r->file), r->line, end) : NULL;
    if (best && h->total > 0) {
        const uint32_t name = h->p->functions[best->function].name;
        r->heat = best->value;
        r->share = (double)best->value / (double)h->total;
        r->function = ak_arena_str(arena, ak_profile_str(h->p, name)).ptr;
    }
}

static int by_heat(const void *pa, const void *pb)
{
    const struct ak_result *a = pa, *b = pb;
    if (a->heat != b->heat) {
        return a->heat > b->heat ? -1 : 1;
    }
    return a->number < b->number ? -1 : a->number > b->number;
}

void ak_results_rank(struct ak_results *r, const struct ak_profile *p, struct ak_arena *arena)
{
    struct lint_heat h;
    collector_heat_init(&h, p);
    for (size_t i = 0; i < r->count; i++) {
        result_heat(&h, &r->items[i], arena);
    }
    if (r->count > 0) {
        qsort(r->items, r->count, sizeof *r->items, by_heat);
    }
    if (p->sample_type_count > 0) {
        r->type = ak_arena_str(arena, ak_profile_str(p, p->sample_types[h.type].type)).ptr;
        r->unit = ak_arena_str(arena, ak_profile_str(p, p->sample_types[h.type].unit)).ptr;
    }
    collector_heat_release(&h);
}
