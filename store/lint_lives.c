/* Findings over runs: when each was seen first and last, and what a change did to them. */
#include "base/idmap.h"
#include "base/mem.h"
#include "db.h"
#include "store/lint.h"

#include <stdlib.h>

const char *ak_lint_state_text(enum ak_lint_state state)
{
    static const char *const texts[] = {"new", "open", "gone"};
    return texts[state];
}

/* --- lives --------------------------------------------------------------------------------- */

struct lives {
    struct ak_store *s;
    struct ak_arena *arena;
    struct ak_intern keys, kinds;
    struct ak_lint_life *items; /* by key */
    size_t count, cap;
    size_t *looks;      /* by kind: so many so far */
    size_t *first_look; /* by key: how many looks of its kind there were when it came */
    size_t *last_look;
    size_t kinds_cap, first_cap, last_cap;
};

static void row_add(struct lives *l, const struct ak_lint_look *look, const struct ak_lint_row *row,
                    const struct ak_lint_run *run, size_t look_number)
{
    const uint32_t i = ak_intern_add(&l->keys, ak_str_from(row->key));
    if (i == l->count) {
        AK_GROW(l->items, l->count + 1, l->cap);
        AK_GROW(l->first_look, l->count + 1, l->first_cap);
        AK_GROW(l->last_look, l->count + 1, l->last_cap);
        l->items[i] = (struct ak_lint_life){.kind = look->kind, .first = *run};
        l->first_look[i] = look_number;
        l->count++;
    }
    l->items[i].row = *row;
    l->items[i].last = *run;
    l->items[i].runs++;
    l->last_look[i] = look_number;
}

static enum ak_status run_add(struct lives *l, const struct ak_lint_run *run, struct ak_error *err)
{
    struct ak_lint_look *looks = NULL;
    size_t count = 0;
    const enum ak_status st = ak_store_load_looks(l->s, run->id, l->arena, &looks, &count, err);
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        const size_t known = l->kinds.count;
        const uint32_t kind = ak_intern_add(&l->kinds, ak_str_from(looks[i].kind));
        AK_GROW(l->looks, l->kinds.count, l->kinds_cap);
        l->looks[kind] = kind < known ? l->looks[kind] + 1 : 1;
        for (size_t k = 0; k < looks[i].count; k++) {
            row_add(l, &looks[i], &looks[i].rows[k], run, l->looks[kind]);
        }
    }
    return st;
}

static enum ak_status runs_find(struct ak_store *s, const char *label, struct ak_arena *arena,
                                struct ak_lint_run **out, size_t *out_count, struct ak_error *err)
{
    struct ak_lint_run *runs = NULL;
    size_t count = 0, cap = 0;
    struct store_query q = store_query_start(s, SQL_FINDING_RUNS);
    if (label) {
        store_bind_text(&q, label);
    } else {
        store_bind_null(&q);
    }
    while (store_query_row(&q)) {
        AK_GROW(runs, count + 1, cap);
        runs[count++] = (struct ak_lint_run){.id = store_column_i64(&q, 0),
                                             .time_ns = store_column_i64(&q, 1),
                                             .label = store_column_text(&q, 2, arena),
                                             .commit = store_column_text(&q, 3, arena)};
    }
    *out = ak_arena_copy(arena, runs, count * sizeof *runs);
    *out_count = count;
    ak_free(runs);
    return store_query_end(&q, err);
}

static int by_place(const struct ak_lint_row *a, const struct ak_lint_row *b)
{
    const int order = strcmp(a->file, b->file);
    if (order != 0 || a->line != b->line) {
        return order ? order : a->line < b->line ? -1 : 1;
    }
    return strcmp(a->key, b->key);
}

static int by_state(const void *pa, const void *pb)
{
    const struct ak_lint_life *a = pa, *b = pb;
    if (a->state != b->state) {
        return a->state < b->state ? -1 : 1;
    }
    if (a->row.share < b->row.share || a->row.share > b->row.share) {
        return a->row.share > b->row.share ? -1 : 1;
    }
    const int order = strcmp(a->kind, b->kind);
    return order ? order : by_place(&a->row, &b->row);
}

static void states_set(struct lives *l)
{
    for (size_t i = 0; i < l->count; i++) {
        struct ak_lint_life *const life = &l->items[i];
        const size_t newest = l->looks[ak_intern_find(&l->kinds, ak_str_from(life->kind))];
        life->looks = newest - l->first_look[i] + 1;
        life->state = l->last_look[i] < newest                   ? AK_LINT_GONE
                      : l->first_look[i] == newest && newest > 1 ? AK_LINT_NEW
                                                                 : AK_LINT_OPEN;
    }
    if (l->count > 0) {
        qsort(l->items, l->count, sizeof *l->items, by_state);
    }
}

enum ak_status ak_store_lint_lives(struct ak_store *s, const char *label, struct ak_arena *arena,
                                   struct ak_lint_life **out, size_t *out_count,
                                   struct ak_error *err)
{
    struct lives l = {.s = s, .arena = arena};
    struct ak_lint_run *runs = NULL;
    size_t run_count = 0;
    bool began = false;
    ak_intern_init(&l.keys, arena);
    ak_intern_init(&l.kinds, arena);
    enum ak_status st = store_read_begin(s, &began, err);
    if (st == AK_OK && s->version >= 2) {
        st = runs_find(s, label, arena, &runs, &run_count, err);
    }
    for (size_t i = 0; i < run_count && st == AK_OK; i++) {
        st = run_add(&l, &runs[i], err);
    }
    store_read_end(s, began);
    if (st == AK_OK) {
        states_set(&l);
        *out = ak_arena_copy(arena, l.items, l.count * sizeof *l.items);
        *out_count = l.count;
    }
    ak_intern_release(&l.keys);
    ak_intern_release(&l.kinds);
    ak_free(l.items);
    ak_free(l.looks);
    ak_free(l.first_look);
    ak_free(l.last_look);
    return st;
}

/* --- two sides ----------------------------------------------------------------------------- */

static bool has_kind(const struct ak_lint_look *looks, size_t count, const char *kind)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(looks[i].kind, kind) == 0) {
            return true;
        }
    }
    return false;
}

static void keys_add(struct ak_intern *keys, const struct ak_lint_look *looks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < looks[i].count; k++) {
            ak_intern_add(keys, ak_str_from(looks[i].rows[k].key));
        }
    }
}

static int by_share(const void *pa, const void *pb)
{
    const struct ak_lint_row *a = *(const struct ak_lint_row *const *)pa;
    const struct ak_lint_row *b = *(const struct ak_lint_row *const *)pb;
    if (a->share < b->share || a->share > b->share) {
        return a->share > b->share ? -1 : 1;
    }
    return by_place(a, b);
}

static void rows_sort(const struct ak_lint_row **rows, size_t count)
{
    if (count > 0) {
        qsort(rows, count, sizeof *rows, by_share);
    }
}

static size_t rows_of(const struct ak_lint_look *looks, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        n += looks[i].count;
    }
    return n;
}

void ak_lint_compare(const struct ak_lint_look *old, size_t old_count,
                     const struct ak_lint_look *new, size_t new_count, struct ak_arena *arena,
                     struct ak_lint_changes *out)
{
    struct ak_intern before, after;
    const size_t most = rows_of(new, new_count);
    *out = (struct ak_lint_changes){.added = AK_NEW_ARRAY(arena, const struct ak_lint_row *, most),
                                    .open = AK_NEW_ARRAY(arena, const struct ak_lint_row *, most)};
    ak_intern_init(&before, arena);
    ak_intern_init(&after, arena);
    keys_add(&before, old, old_count);
    keys_add(&after, new, new_count);
    for (size_t i = 0; i < new_count; i++) {
        const bool is_change = strcmp(new[i].kind, AK_LINT_KIND_CHANGE) == 0;
        const bool compared = is_change || has_kind(old, old_count, new[i].kind);
        out->is_compared = out->is_compared || compared;
        for (size_t k = 0; k < new[i].count; k++) {
            const struct ak_lint_row *const row = &new[i].rows[k];
            if (is_change ||
                (compared && ak_intern_find(&before, ak_str_from(row->key)) == AK_IDMAP_NONE)) {
                out->added[out->added_count++] = row;
            } else {
                out->open[out->open_count++] = row;
            }
        }
    }
    for (size_t i = 0; i < old_count; i++) {
        const bool compared =
            strcmp(old[i].kind, AK_LINT_KIND_CHANGE) != 0 && has_kind(new, new_count, old[i].kind);
        for (size_t k = 0; compared && k < old[i].count; k++) {
            out->gone_count +=
                ak_intern_find(&after, ak_str_from(old[i].rows[k].key)) == AK_IDMAP_NONE;
        }
    }
    rows_sort(out->added, out->added_count);
    rows_sort(out->open, out->open_count);
    ak_intern_release(&before);
    ak_intern_release(&after);
}
