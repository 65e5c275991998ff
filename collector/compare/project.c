#include "collector/project.h"

#include "base/mem.h"
#include "project_column.h"

#include <stdlib.h>

/* A cell by its places in the orders of the projections. */
struct placed {
    uint32_t group, row, unit, column;
    const struct cell *cell;
};

struct projector {
    struct cells *cells;
    const struct ak_project_input *inputs;
    size_t input_count;
    struct ak_arena *arena;
    uint32_t *tables, *rows, *columns; /* the different keys in order */
    size_t table_count, row_count, column_count;
    uint32_t *table_place, *row_place, *column_place;
    uint32_t *groups; /* by place of a table key: tables that differ in the unit only are one */
    size_t group_count;
    const char **row_names, **column_names; /* by place */
    struct placed *placed;                  /* by group, row, unit and column */
};

/* --- order ------------------------------------------------------------------------------- */

static uint32_t key_of(const struct cell *cell, int which)
{
    return which == 0 ? cell->table : which == 1 ? cell->row : cell->column;
}

/* The different keys of all cells in order. */
static uint32_t *keys_ordered(const struct projector *x, int which, size_t *out_count,
                              uint32_t **out_keys)
{
    struct cells *c = x->cells;
    struct projection *const all[] = {&c->table, &c->row, &c->column};
    uint32_t *keys = ak_arena_alloc(x->arena, (c->count + 1) * sizeof *keys);
    for (size_t i = 0; i < c->count; i++) {
        keys[i] = key_of(&c->items[i], which);
    }
    *out_count = c->count;
    *out_keys = keys;
    return collector_cells_order(c, all[which], keys, out_count);
}

static bool same_but_unit(const struct projection *p, uint32_t a, uint32_t b)
{
    for (size_t f = 0; f < p->field_count; f++) {
        if (!p->fields[f].is_unit && !ak_str_eq(collector_projection_text(p, a, &p->fields[f]),
                                                collector_projection_text(p, b, &p->fields[f]))) {
            return false;
        }
    }
    return true;
}

/* The unit is the last field, so that tables which differ in nothing else are neighbours. */
static void groups_find(struct projector *x)
{
    x->groups = ak_arena_alloc(x->arena, (x->table_count + 1) * sizeof *x->groups);
    for (size_t i = 0; i < x->table_count; i++) {
        const bool again = i > 0 && same_but_unit(&x->cells->table, x->tables[i - 1], x->tables[i]);
        x->group_count += !again;
        x->groups[i] = (uint32_t)x->group_count - 1;
    }
}

static int by_place(const void *pa, const void *pb)
{
    const struct placed *a = pa, *b = pb;
    const uint32_t x[] = {a->group, a->row, a->unit, a->column};
    const uint32_t y[] = {b->group, b->row, b->unit, b->column};
    for (size_t i = 0; i < AK_COUNT(x); i++) {
        if (x[i] != y[i]) {
            return x[i] < y[i] ? -1 : 1;
        }
    }
    return 0;
}

static void cells_place(struct projector *x)
{
    const struct cells *c = x->cells;
    x->placed = ak_arena_alloc(x->arena, (c->count + 1) * sizeof *x->placed);
    for (size_t i = 0; i < c->count; i++) {
        const struct cell *cell = &c->items[i];
        const uint32_t table = x->table_place[cell->table];
        x->placed[i] = (struct placed){.group = x->groups[table],
                                       .row = x->row_place[cell->row],
                                       .unit = table,
                                       .column = x->column_place[cell->column],
                                       .cell = cell};
    }
    qsort(x->placed, c->count, sizeof *x->placed, by_place);
}

/* --- names ------------------------------------------------------------------------------- */

/* The values of a key joined by blanks; of none, what is missing. `fields`: of them, from the
 * first.
 */
static const char *key_name(const struct projection *p, uint32_t key, size_t fields,
                            struct ak_arena *arena)
{
    struct ak_buf text = AK_BUF_INIT;
    for (size_t f = 0; f < fields; f++) {
        const struct ak_str value = collector_projection_text(p, key, &p->fields[f]);
        ak_buf_puts(&text, text.len > 0 && value.len > 0 ? " " : "");
        ak_buf_str(&text, value);
    }
    if (text.len == 0 && fields > 0) {
        ak_buf_puts(&text, "without ");
        ak_buf_str(&text, p->fields[0].name);
    }
    const char *name = text.len > 0 ? ak_arena_strdup(arena, text.ptr) : "all results";
    ak_buf_release(&text);
    return name;
}

/* Names of keys in order. Different keys can read alike, since blanks join them; those are
 * numbered. */
static const char **names_of(const struct projector *x, const struct projection *p,
                             const uint32_t *keys, size_t count)
{
    const char **names = AK_NEW_ARRAY(x->arena, const char *, count + 1);
    const bool package = p == &x->cells->row && x->cells->has_package;
    const size_t fields = p->field_count - package;
    struct ak_intern seen;
    struct ak_buf unique = AK_BUF_INIT;
    ak_intern_init(&seen, x->arena);
    for (size_t i = 0; i < count; i++) {
        const char *name = key_name(p, keys[i], fields, x->arena);
        names[i] = name;
        for (size_t n = 2;; n++) {
            const size_t before = seen.count;
            ak_buf_reset(&unique);
            ak_buf_printf(&unique, "%s\n", names[i]);
            if (package) {
                ak_buf_str(&unique, collector_projection_text(p, keys[i], &p->fields[fields]));
            }
            ak_intern_add(&seen, ak_buf_view(&unique));
            if (seen.count > before) {
                break;
            }
            names[i] = ak_arena_printf(x->arena, "%s (%zu)", name, n);
        }
    }
    ak_buf_release(&unique);
    ak_intern_release(&seen);
    return names;
}

/* True when rows end in the full name with its -N, which a series keeps apart. */
static bool has_procs(const struct projector *x)
{
    const struct projection *row = &x->cells->row;
    const size_t parts = row->part_count - x->cells->has_package;
    for (size_t i = 0; i < x->cells->set.name_count; i++) {
        if (ak_str_eq(x->cells->set.name_keys[i], AK_STR("/gomaxprocs"))) {
            return false;
        }
    }
    return parts > 0 && row->parts[parts - 1].is_fullname;
}

/* --- runs -------------------------------------------------------------------------------- */

/* What tells series of one row and unit: name, package, direction. */
static struct ak_series series_head(const struct projector *x, const struct placed *at)
{
    struct cells *c = x->cells;
    const struct projection *row = &c->row, *table = &c->table;
    const uint32_t key = x->tables[at->unit];
    struct ak_series s = {.benchmark = x->row_names[at->row], .package = "", .procs = 1};
    if (has_procs(x)) {
        const struct ak_str name = ak_bench_name_split(ak_str_from(s.benchmark), &s.procs);
        s.benchmark = ak_arena_strndup(x->arena, name.ptr, name.len);
    }
    if (c->has_package) {
        s.package =
            collector_projection_text(row, x->rows[at->row], &row->fields[row->field_count - 1])
                .ptr;
    }
    s.unit = collector_projection_text(table, key, &table->fields[table->field_count - 1]).ptr;
    struct ak_bench_value unit;
    ak_bench_value_of(c->units, ak_str_from(s.unit), &unit);
    s.better = ak_bench_value_better(c->units, &unit);
    return s;
}

static bool same_series(const struct placed *a, const struct placed *b)
{
    return a->row == b->row && a->unit == b->unit;
}

static int by_number(const void *pa, const void *pb)
{
    const uint32_t *a = pa, *b = pb;
    return (*a > *b) - (*a < *b);
}

/* The different columns of `count` cells in order, at most AK_PROJECT_COLUMNS_MAX + 1 of them. */
static size_t columns_find(const struct placed *placed, size_t count, uint32_t *out)
{
    uint32_t *all = ak_calloc(count, sizeof *all);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        all[i] = placed[i].column;
    }
    qsort(all, count, sizeof *all, by_number);
    for (size_t i = 0; i < count && found <= AK_PROJECT_COLUMNS_MAX; i++) {
        if (i == 0 || all[i] != all[i - 1]) {
            out[found++] = all[i];
        }
    }
    ak_free(all);
    return found;
}

/* The column with the place `place`, which is there. */
static size_t column_at(const struct ak_project_table *t, const struct project_column *columns,
                        uint32_t place)
{
    size_t k = 0;
    while (k + 1 < t->run_count && columns[k].place != place) {
        k++;
    }
    return k;
}

/* Gives each run its series, in order, and their places among all rows of the table. */
static void series_fill(const struct projector *x, const struct placed *placed, size_t count,
                        struct project_column *columns, struct ak_project_table *t)
{
    for (size_t k = 0; k < t->run_count; k++) {
        t->runs[k]->series = AK_NEW_ARRAY(x->arena, struct ak_series, columns[k].count);
        t->places[k] = AK_NEW_ARRAY(x->arena, size_t, columns[k].count);
        columns[k].cells = AK_NEW_ARRAY(x->arena, const struct cell *, columns[k].count);
        columns[k].count = 0;
    }
    struct ak_series head = {0};
    size_t place = 0;
    for (size_t i = 0; i < count; i++) {
        const struct cell *cell = placed[i].cell;
        if (i == 0 || !same_series(&placed[i - 1], &placed[i])) {
            head = series_head(x, &placed[i]);
            place++;
        }
        const size_t k = column_at(t, columns, placed[i].column);
        struct ak_series *s = &t->runs[k]->series[t->runs[k]->series_count++];
        *s = head;
        s->count = cell->count;
        s->values = ak_arena_copy(x->arena, cell->values, cell->count * sizeof *cell->values);
        t->places[k][columns[k].count] = place;
        columns[k].cells[columns[k].count++] = cell;
    }
}

/* --- tables ------------------------------------------------------------------------------ */

/* True when tables differ in the field. */
static bool field_varies(const struct projector *x, const struct projection_field *f)
{
    const struct projection *p = &x->cells->table;
    for (size_t i = 1; i < x->table_count; i++) {
        if (!ak_str_eq(collector_projection_text(p, x->tables[0], f),
                       collector_projection_text(p, x->tables[i], f))) {
            return true;
        }
    }
    return false;
}

/* The key and the heading, from the first of the table's keys. */
static void table_head(const struct projector *x, const bool *varies, uint32_t key,
                       struct ak_project_table *t)
{
    const struct projection *p = &x->cells->table;
    struct ak_buf heading = AK_BUF_INIT;
    t->key = AK_NEW_ARRAY(x->arena, struct ak_kv, p->field_count + 1);
    for (size_t f = 0; f < p->field_count; f++) {
        const struct projection_field *field = &p->fields[f];
        const struct ak_str value = collector_projection_text(p, key, field);
        if (field->is_unit) {
            continue;
        }
        if (value.len > 0) {
            t->key[t->key_count++] =
                (struct ak_kv){ak_arena_strndup(x->arena, field->name.ptr, field->name.len),
                               ak_arena_strndup(x->arena, value.ptr, value.len)};
        }
        if (varies[f] || (x->group_count == 1 && value.len > 0)) {
            ak_buf_puts(&heading, heading.len > 0 ? ", " : "");
            ak_buf_puts(&heading, value.len > 0 ? "" : "without ");
            ak_buf_str(&heading, field->name);
            ak_buf_puts(&heading, value.len > 0 ? ": " : "");
            ak_buf_str(&heading, value);
        }
    }
    t->heading = ak_arena_strdup(x->arena, ak_buf_view(&heading).ptr);
    ak_buf_release(&heading);
}

static enum ak_status table_make(const struct projector *x, const struct placed *placed,
                                 size_t count, struct ak_project_table *t, struct ak_error *err)
{
    uint32_t keys[AK_PROJECT_COLUMNS_MAX + 1];
    struct project_column columns[AK_PROJECT_COLUMNS_MAX] = {0};
    t->run_count = columns_find(placed, count, keys);
    if (t->run_count > AK_PROJECT_COLUMNS_MAX) {
        return ak_fail(err, AK_LIMIT,
                       "more than %d columns stand side by side: choose some of them with "
                       "-col 'KEY@(a b)' or -filter",
                       AK_PROJECT_COLUMNS_MAX);
    }
    t->runs = AK_NEW_ARRAY(x->arena, struct ak_run *, t->run_count);
    t->places = AK_NEW_ARRAY(x->arena, size_t *, t->run_count);
    for (size_t k = 0; k < t->run_count; k++) {
        t->runs[k] = columns[k].run = AK_NEW(x->arena, struct ak_run);
        t->runs[k]->label = x->column_names[keys[k]];
        columns[k].place = keys[k];
    }
    for (size_t i = 0; i < count; i++) {
        columns[column_at(t, columns, placed[i].column)].count++;
    }
    series_fill(x, placed, count, columns, t);
    collector_columns_sources(columns, t->run_count, x->input_count, x->arena);
    for (size_t k = 0; k < t->run_count; k++) {
        collector_column_facts(x->cells, x->inputs, x->input_count, &columns[k]);
    }
    t->warnings = AK_NEW_ARRAY(x->arena, const char *, COLUMN_WARNINGS_MAX);
    t->warning_count = collector_columns_pooled(x->cells, columns, t->run_count, t->warnings);
    return AK_OK;
}

static enum ak_status tables_make(const struct projector *x, struct ak_projected *out,
                                  struct ak_error *err)
{
    const struct projection *p = &x->cells->table;
    bool *varies = AK_NEW_ARRAY(x->arena, bool, p->field_count + 1);
    for (size_t f = 0; f < p->field_count; f++) {
        varies[f] = field_varies(x, &p->fields[f]);
    }
    out->tables = AK_NEW_ARRAY(x->arena, struct ak_project_table, x->group_count);
    out->table_count = x->group_count;
    size_t end = 0;
    for (size_t i = 0; i < x->cells->count; i = end) {
        const uint32_t group = x->placed[i].group;
        while (end < x->cells->count && x->placed[end].group == group) {
            end++;
        }
        struct ak_project_table *t = &out->tables[group];
        table_head(x, varies, x->tables[x->placed[i].unit], t);
        const enum ak_status st = table_make(x, x->placed + i, end - i, t, err);
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

static bool is_ordered(const struct projection *p)
{
    for (size_t i = 0; i < p->part_count; i++) {
        if (p->parts[i].order != ORDER_FIRST) {
            return true;
        }
    }
    return false;
}

static enum ak_status project(struct projector *x, struct ak_projected *out, struct ak_error *err)
{
    struct cells *c = x->cells;
    if (c->count == 0) {
        return ak_fail(err, AK_NOT_JUDGED,
                       c->results > 0 ? "no result passes -filter and the orders of the projections"
                                      : "no benchmark results");
    }
    x->table_place = keys_ordered(x, 0, &x->table_count, &x->tables);
    x->row_place = keys_ordered(x, 1, &x->row_count, &x->rows);
    x->column_place = keys_ordered(x, 2, &x->column_count, &x->columns);
    x->row_names = names_of(x, &c->row, x->rows, x->row_count);
    x->column_names = names_of(x, &c->column, x->columns, x->column_count);
    groups_find(x);
    cells_place(x);
    out->rows_ordered = is_ordered(&c->row);
    return tables_make(x, out, err);
}

enum ak_status ak_project_runs(const struct ak_project_input *inputs, size_t count,
                               const struct ak_project_opts *opts, struct ak_arena *arena,
                               struct ak_projected *out, struct ak_error *err)
{
    const struct ak_bench_table_opts how = {.table = opts->table,
                                            .row = opts->row,
                                            .col = opts->col,
                                            .ignore = opts->ignore,
                                            .filter = opts->filter};
    struct cells cells;
    enum ak_status st = collector_cells_init(&cells, CELLS_JUDGED, &how, arena, err);
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        st = collector_cells_add_run(&cells, inputs[i].label, inputs[i].run, i, err);
    }
    struct ak_projected made = {0};
    if (st == AK_OK) {
        struct projector x = {
            .cells = &cells, .inputs = inputs, .input_count = count, .arena = arena};
        st = project(&x, &made, err);
    }
    if (st == AK_OK) {
        *out = made;
    }
    collector_cells_release(&cells);
    return st;
}

/* --- comparing --------------------------------------------------------------------------- */

void ak_project_compare(const struct ak_projected *projected, const struct ak_compare_opts *opts,
                        struct ak_arena *arena, struct ak_comparison_tables *out)
{
    const size_t count = projected->table_count;
    struct ak_compare_group *groups = AK_NEW_ARRAY(arena, struct ak_compare_group, count);
    struct ak_comparison_set *sets = AK_NEW_ARRAY(arena, struct ak_comparison_set, count);
    size_t compared = 0;
    for (size_t i = 0; i < count; i++) {
        const struct ak_project_table *t = &projected->tables[i];
        if (t->run_count > 1) {
            groups[compared++] = (struct ak_compare_group){
                t->runs, t->run_count, projected->rows_ordered ? t->places : NULL};
        }
    }
    ak_compare_groups(groups, compared, opts, arena, sets);
    *out = (struct ak_comparison_tables){AK_NEW_ARRAY(arena, struct ak_comparison_table, count),
                                         count};
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        const struct ak_project_table *t = &projected->tables[i];
        const bool alone = t->run_count < 2;
        out->tables[i] = (struct ak_comparison_table){
            .heading = t->heading,
            .key = t->key,
            .key_count = t->key_count,
            .set = alone ? (struct ak_comparison_set){0} : sets[next++],
            .only = alone ? t->runs[0]->label : NULL,
            .warnings = t->warnings,
            .warning_count = t->warning_count,
        };
    }
}

int ak_project_exit(const struct ak_comparison_tables *tables)
{
    int code = 3;
    for (size_t i = 0; i < tables->count; i++) {
        const int one = ak_compare_set_exit(&tables->tables[i].set);
        code = one == 1 || (one == 0 && code == 3) ? one : code;
    }
    return code;
}
