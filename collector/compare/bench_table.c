#include "base/mem.h"
#include "bench_cells.h"
#include "bench_split.h"
#include "stats/ranktest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* What every cell of one command needs. */
struct maker {
    struct cells *cells;
    struct ak_rank_table *ranks;
    struct ak_arena *arena;
    double alpha, confidence;
    const char *few_values; /* "need >= 6 samples for ..." */
    const char *few_pairs;
    size_t pairs_needed;
};

struct ak_bench_input *ak_bench_inputs_parse(const char *const *args, size_t count,
                                             struct ak_arena *arena)
{
    struct ak_bench_input *inputs = AK_NEW_ARRAY(arena, struct ak_bench_input, count);
    for (size_t i = 0; i < count; i++) {
        const char *equals = strchr(args[i], '=');
        inputs[i].path = equals ? equals + 1 : args[i];
        inputs[i].label =
            equals ? ak_arena_strndup(arena, args[i], (size_t)(equals - args[i])) : NULL;
    }
    for (size_t i = 0; i < count; i++) {
        size_t same = 0, before = 0;
        for (size_t j = 0; j < count && !strchr(args[i], '='); j++) {
            const bool equal = strcmp(args[j], args[i]) == 0;
            same += equal;
            before += equal && j < i;
        }
        if (!inputs[i].label) {
            inputs[i].label =
                same > 1 ? ak_arena_printf(arena, "%s#%zu", args[i], before) : args[i];
        }
    }
    return inputs;
}

/* Shortest decimal of a double, for messages. */
static const char *short_number(struct ak_arena *arena, double v)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v) {
            break;
        }
    }
    return ak_arena_strdup(arena, text);
}

/* --- one cell ---------------------------------------------------------------------------- */

static void warn(const char **list, size_t room, const char *text)
{
    for (size_t i = 0; i + 1 < room; i++) {
        if (!list[i]) {
            list[i] = text;
            return;
        }
    }
}

/* The mode, since the values of an exact unit should all be one. */
static void summarise_exact(const struct maker *m, const struct cell *c, struct ak_table_cell *out)
{
    size_t best = 0, run = 0;
    for (size_t i = 0; i < c->count; i++) {
        run = i > 0 && c->values[i] <= c->values[i - 1] ? run + 1 : 1;
        if (run > best) {
            best = run;
            out->centre = c->values[i];
        }
    }
    out->lo = c->values[0];
    out->hi = c->values[c->count - 1];
    if (best != c->count) {
        warn(out->warnings, AK_COUNT(out->warnings),
             ak_arena_printf(m->arena,
                             "exact distribution expected, but values range from %s to %s",
                             short_number(m->arena, out->lo), short_number(m->arena, out->hi)));
    }
}

static void summarise(const struct maker *m, const struct cell *c, struct ak_table_cell *out)
{
    const struct ak_interval median = ak_median_interval(c->values, c->count, m->confidence);
    out->centre = median.value;
    out->lo = median.lo;
    out->hi = median.hi;
    if (isinf(median.lo) || isinf(median.hi)) {
        warn(out->warnings, AK_COUNT(out->warnings), m->few_values);
    }
}

static void compare(const struct maker *m, const struct cell *base, const struct cell *c,
                    struct ak_table_cell *out)
{
    const struct ak_rank_test t =
        ak_mann_whitney(m->ranks, base->values, base->count, c->values, c->count);
    out->alpha = m->alpha;
    out->p = 1;
    if (t.state == AK_RANK_EQUAL) {
        warn(out->compare_warnings, AK_COUNT(out->compare_warnings), "all samples are equal");
        return;
    }
    /* benchstat takes the upper tail as 1 - P, which rounds to 0 far out. */
    out->p = t.exact ? t.tail * 2 : t.z > 0 ? 2 * (1 - (1 - t.tail)) : 2 * t.tail;
    if (out->p > m->alpha && base->count < m->pairs_needed && c->count < m->pairs_needed) {
        warn(out->compare_warnings, AK_COUNT(out->compare_warnings), m->few_pairs);
    }
}

/* Names the fields that no projection took and in which the values of a cell differ. */
static void warn_residue(const struct maker *m, const struct cell *c, struct ak_table_cell *out)
{
    const struct projection *p = &m->cells->residue;
    struct ak_buf text = AK_BUF_INIT;
    for (size_t f = 0; f < p->field_count && c->residue_count > 1; f++) {
        if (collector_cell_differs(m->cells, c, f) != c->residues[0]) {
            ak_buf_puts(&text, text.len == 0 ? "benchmarks vary in " : ", ");
            ak_buf_str(&text, p->fields[f].name);
        }
    }
    if (text.len > 0) {
        warn(out->warnings, AK_COUNT(out->warnings), ak_arena_strdup(m->arena, text.ptr));
    }
    ak_buf_release(&text);
}

/* --- one table --------------------------------------------------------------------------- */

static void total_of(const struct ak_table *t, size_t column, size_t bases, double *scratch)
{
    struct ak_table_total *total = &t->totals[column];
    double *ratios = scratch + t->row_count;
    size_t n = 0, pairs = 0;
    bool bad = false;
    for (size_t r = 0; r < t->row_count; r++) {
        const struct ak_table_cell *c = &t->cells[r * t->column_count + column];
        if (!c->present) {
            continue;
        }
        scratch[n++] = c->centre;
        if (c->compared) {
            const bool equal = c->centre <= c->base_centre && c->centre >= c->base_centre;
            bad = bad || (!equal && fpclassify(c->base_centre) == FP_ZERO);
            ratios[pairs++] = equal ? 1 : c->centre / c->base_centre;
        }
    }
    if (column > 0 && pairs != bases) {
        warn(total->warnings, AK_COUNT(total->warnings),
             "benchmark set differs from baseline; geomeans may not be comparable");
    }
    total->centre = ak_geomean(scratch, n);
    total->has_centre = !isnan(total->centre);
    if (!total->has_centre) {
        warn(total->warnings, AK_COUNT(total->warnings), "summaries must be >0 to compute geomean");
    }
    total->ratio = column > 0 && !bad ? ak_geomean(ratios, pairs) : AK_NAN;
    total->has_ratio = !isnan(total->ratio);
    if (column > 0 && !bad && !total->has_ratio) {
        warn(total->warnings, AK_COUNT(total->warnings), "ratios must be >0 to compute geomean");
    }
}

static void totals_fill(const struct maker *m, struct ak_table *t)
{
    t->totals = AK_NEW_ARRAY(m->arena, struct ak_table_total, t->column_count);
    size_t bases = 0;
    for (size_t r = 0; r < t->row_count; r++) {
        bases += t->cells[r * t->column_count].present;
    }
    double *scratch = ak_calloc(2 * t->row_count + 1, sizeof *scratch);
    for (size_t column = 0; column < t->column_count; column++) {
        total_of(t, column, bases, scratch);
    }
    ak_free(scratch);
}

/* Labels, the header texts, and an empty grid. */
static void table_outline(const struct maker *m, struct ak_table *t, const uint32_t *rows,
                          const uint32_t *columns)
{
    struct cells *cells = m->cells;
    t->column_levels = cells->column.field_count;
    t->rows = AK_NEW_ARRAY(m->arena, const char *, t->row_count);
    for (size_t i = 0; i < t->row_count; i++) {
        t->rows[i] = collector_projection_label(&cells->row, rows[i]);
    }
    t->columns = AK_NEW_ARRAY(m->arena, const char *, t->column_levels * t->column_count);
    for (size_t level = 0; level < t->column_levels; level++) {
        for (size_t i = 0; i < t->column_count; i++) {
            t->columns[level * t->column_count + i] =
                collector_projection_text(&cells->column, columns[i], &cells->column.fields[level])
                    .ptr;
        }
    }
    t->cells = AK_NEW_ARRAY(m->arena, struct ak_table_cell, t->row_count * t->column_count);
}

/* The table of a value 0 has its unit as written, metadata is kept by the tidied one. */
static bool is_exact(const struct ak_bench_units *units, const char *unit)
{
    struct ak_buf tidied = AK_BUF_INIT;
    ak_bench_unit_tidy(ak_str_from(unit), &tidied);
    const struct ak_str assume = ak_bench_units_meta(units, ak_buf_view(&tidied), AK_STR("assume"));
    ak_buf_release(&tidied);
    return ak_str_eq(assume, AK_STR("exact"));
}

static void table_fill(const struct maker *m, struct ak_table *t, struct cell *const *grid)
{
    const bool exact = is_exact(m->cells->units, t->unit);
    for (size_t i = 0; i < t->row_count * t->column_count; i++) {
        struct ak_table_cell *out = &t->cells[i];
        const size_t base = i - i % t->column_count;
        if (!grid[i]) {
            continue;
        }
        out->present = true;
        out->n = grid[i]->count;
        warn_residue(m, grid[i], out);
        if (exact) {
            summarise_exact(m, grid[i], out);
        } else {
            summarise(m, grid[i], out);
        }
        if (base != i && grid[base]) {
            out->compared = true;
            out->base_n = grid[base]->count;
            out->base_centre = t->cells[base].centre;
            if (!exact) {
                compare(m, grid[base], grid[i], out);
            }
        }
    }
}

/* Makes the table of `items`, all of one table key. */
static void table_make(const struct maker *m, struct ak_table *t, struct cell *const *items,
                       size_t count)
{
    uint32_t *rows = ak_arena_alloc(m->arena, 2 * count * sizeof *rows);
    uint32_t *columns = rows + count;
    for (size_t i = 0; i < count; i++) {
        rows[i] = items[i]->row;
        columns[i] = items[i]->column;
        ak_sort_f64(items[i]->values, items[i]->count);
    }
    t->row_count = t->column_count = count;
    const uint32_t *row_place =
        collector_cells_order(m->cells, &m->cells->row, rows, &t->row_count);
    const uint32_t *column_place =
        collector_cells_order(m->cells, &m->cells->column, columns, &t->column_count);
    table_outline(m, t, rows, columns);
    struct cell **grid = ak_calloc(t->row_count * t->column_count, sizeof(struct cell *));
    for (size_t i = 0; i < count; i++) {
        grid[row_place[items[i]->row] * t->column_count + column_place[items[i]->column]] =
            items[i];
    }
    table_fill(m, t, grid);
    ak_free(grid);
    totals_fill(m, t);
}

/* "key: value" lines of a table that differ from those of the table before. */
static void table_head(const struct maker *m, struct ak_table *t, uint32_t key,
                       const uint32_t *before)
{
    const struct projection *p = &m->cells->table;
    t->head = AK_NEW_ARRAY(m->arena, const char *, p->field_count + 1);
    for (size_t f = 0; f < p->field_count; f++) {
        const struct ak_str value = collector_projection_text(p, key, &p->fields[f]);
        if (p->fields[f].is_unit) {
            t->unit = value.ptr;
        } else if (!before ||
                   !ak_str_eq(value, collector_projection_text(p, *before, &p->fields[f]))) {
            t->head[t->head_count++] = ak_arena_printf(
                m->arena, "%.*s: %s", (int)p->fields[f].name.len, p->fields[f].name.ptr, value.ptr);
        }
    }
}

static void tables_make(const struct maker *m, struct ak_table_set *set)
{
    struct cells *cells = m->cells;
    uint32_t *keys = ak_arena_alloc(m->arena, (cells->count + 1) * sizeof *keys);
    for (size_t i = 0; i < cells->count; i++) {
        keys[i] = cells->items[i].table;
    }
    set->table_count = cells->count;
    const uint32_t *place = collector_cells_order(m->cells, &cells->table, keys, &set->table_count);
    set->tables = AK_NEW_ARRAY(m->arena, struct ak_table, set->table_count);
    size_t *end = ak_calloc(set->table_count + 2, sizeof *end);
    for (size_t i = 0; i < cells->count; i++) {
        end[place[cells->items[i].table] + 2]++;
    }
    for (size_t i = 2; i < set->table_count + 2; i++) {
        end[i] += end[i - 1];
    }
    struct cell **sorted = ak_calloc(cells->count + 1, sizeof(struct cell *));
    for (size_t i = 0; i < cells->count; i++) {
        sorted[end[place[cells->items[i].table] + 1]++] = &cells->items[i];
    }
    for (size_t i = 0; i < set->table_count; i++) {
        table_head(m, &set->tables[i], keys[i], i > 0 ? &keys[i - 1] : NULL);
        table_make(m, &set->tables[i], sorted + end[i], end[i + 1] - end[i]);
    }
    ak_free(sorted);
    ak_free(end);
}

static void maker_messages(struct maker *m)
{
    const size_t values = ak_median_samples(m->confidence);
    size_t pairs = 1;
    while (pairs < 10 && ak_mann_whitney_min_p(pairs, pairs) > m->alpha) {
        pairs++;
    }
    m->pairs_needed = pairs;
    m->few_values = ak_arena_printf(
        m->arena, "need %s %zu samples for confidence interval at level %s", values ? ">=" : ">",
        values ? values : 50, short_number(m->arena, m->confidence));
    m->few_pairs =
        ak_arena_printf(m->arena, "need %s %zu samples to detect a difference at alpha level %s",
                        pairs < 10 ? ">=" : ">", pairs, short_number(m->arena, m->alpha));
}

enum ak_status ak_bench_table_build(const struct ak_bench_input *inputs, size_t count,
                                    const struct ak_bench_table_opts *opts, struct ak_arena *arena,
                                    struct ak_table_set **out, struct ak_error *err)
{
    struct cells cells;
    enum ak_status st = collector_cells_init(&cells, CELLS_BENCHSTAT, opts, arena, err);
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        st = collector_cells_read(&cells, &inputs[i], i, opts, err);
    }
    if (st == AK_OK) {
        struct maker m = {.cells = &cells,
                          .ranks = ak_rank_table_new(),
                          .arena = arena,
                          .alpha = opts->alpha,
                          .confidence = opts->confidence};
        struct ak_table_set *set = AK_NEW(arena, struct ak_table_set);
        maker_messages(&m);
        tables_make(&m, set);
        set->results = cells.results;
        set->split_results = cells.split_results;
        set->note_count = cells.note_count;
        set->notes = ak_arena_copy(arena, cells.notes, cells.note_count * sizeof *cells.notes);
        set->split_tables = collector_tables_split(set, arena);
        ak_rank_table_free(m.ranks);
        *out = set;
    }
    collector_cells_release(&cells);
    return st;
}
