#include "findings.h"

#include "base/clock.h"

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
        .evidence =
            ak_arena_copy(arena, item->evidence, item->evidence_count * sizeof *item->evidence),
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

static enum ak_status looks_of(const struct run_sides *sides, const struct ak_run *run,
                               struct ak_lint_look **out, size_t *out_count, struct ak_error *err)
{
    *out = NULL;
    *out_count = 0;
    return run && run->id > 0 && sides->store
               ? ak_store_load_looks(sides->store, run->id, sides->arena, out, out_count, err)
               : AK_OK;
}

enum ak_status cli_findings_compare(const struct run_sides *sides, const struct ak_run *before,
                                    const struct ak_run *after, struct ak_lint_changes *out,
                                    bool *out_any, struct ak_error *err)
{
    struct ak_lint_look *old = NULL, *new = NULL;
    size_t old_count = 0, new_count = 0;
    enum ak_status st = looks_of(sides, before, &old, &old_count, err);
    st = st == AK_OK ? looks_of(sides, after, &new, &new_count, err) : st;
    if (st == AK_OK) {
        ak_lint_compare(old, old_count, new, new_count, sides->arena, out);
        *out_any = new_count > 0;
    }
    return st;
}
