#include "findings_keep.h"

#include "base/clock.h"
#include "store/lint.h"

static struct ak_lint_row row_of(const struct ak_lint_item *item, struct ak_arena *arena)
{
    static const char *const levels[] = {"note", "warning", "error"};
    return (struct ak_lint_row){
        .rule = item->rule,
        .title = item->title,
        .level = levels[item->level],
        .message = item->message,
        .identity = item->identity ? item->identity : item->message,
        .file = item->file,
        .function = item->function,
        .line = item->line,
        .bytes = item->bytes,
        .objects = item->objects,
        .share = item->share,
        .evidence = ak_arena_copy(arena, item->evidence,
                                  item->evidence_count * sizeof *item->evidence),
        .evidence_count = item->evidence_count,
    };
}

enum ak_status cli_findings_keep(const char *kind, const struct lint_options *o,
                                 const struct ak_lint_report *r, struct ak_error *err)
{
    struct ak_store *store = NULL;
    struct ak_arena *const arena = ak_arena_new();
    int64_t run = 0;
    struct ak_lint_look look = {.kind = kind,
                                .subject = r->subject,
                                .time_ns = ak_clock_wall_ns(),
                                .rows = AK_NEW_ARRAY(arena, struct ak_lint_row, r->count),
                                .count = r->count};
    for (size_t i = 0; i < r->count; i++) {
        look.rows[i] = row_of(&r->items[i], arena);
    }
    enum ak_status st = ak_store_open(ak_store_path(o->store), AK_STORE_WRITE, &store, err);
    st = st == AK_OK ? ak_store_find_run(store, o->record, &run, err) : st;
    st = st == AK_OK ? ak_store_put_look(store, run, &look, err) : st;
    ak_store_close(store);
    ak_arena_free(arena);
    return ak_prefix(err, st, "the findings were not kept");
}
