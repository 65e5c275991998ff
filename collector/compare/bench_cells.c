#include "bench_cells.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

static const char *or_default(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

/* What a judgement must not mix unknowingly: packages are rows of their own, files residue. */
static void judged_keys(struct cells *c)
{
    const struct ak_str package = AK_STR("pkg"), file = AK_STR(".file");
    c->has_package = !c->set.have_config && !collector_projection_takes(&c->set, package);
    if (c->has_package) {
        collector_projection_add_key(&c->set, &c->row, package);
    }
    const bool file_is_free = !collector_projection_takes(&c->set, file);
    collector_projection_residue(&c->set, &c->residue);
    if (file_is_free) {
        collector_projection_add_key(&c->set, &c->residue, file);
    }
}

enum ak_status collector_cells_init(struct cells *c, enum cells_rules rules,
                                    const struct ak_bench_table_opts *opts, struct ak_arena *arena,
                                    struct ak_error *err)
{
    *c = (struct cells){
        .arena = arena, .rules = rules, .units = ak_bench_units_new(), .circumstances = UINT64_MAX};
    ak_intern_init(&c->texts, arena);
    ak_intern_add(&c->texts, AK_STR(""));
    c->set = (struct projection_set){.arena = arena, .texts = &c->texts};
    enum ak_status st =
        collector_query_filter_parse(or_default(opts->filter, "*"), arena, &c->set.filter, err);
    const struct {
        const char *what, *text;
        struct projection *out;
    } rows[] = {
        {"-table", or_default(opts->table, rules == CELLS_JUDGED ? "" : ".config"), &c->table},
        {"-row", or_default(opts->row, ".fullname"), &c->row},
        {"-col", or_default(opts->col, ".file"), &c->column},
        {"-ignore", or_default(opts->ignore, ""), &c->ignored},
    };
    for (size_t i = 0; i < AK_COUNT(rows) && st == AK_OK; i++) {
        st = collector_projection_parse(&c->set, rows[i].what, rows[i].text, rows[i].out, err);
        if (i == 0) {
            collector_projection_add_unit(&c->table);
        }
    }
    if (rules == CELLS_JUDGED) {
        judged_keys(c);
    } else {
        collector_projection_residue(&c->set, &c->residue);
    }
    for (size_t i = 0; i < c->table.part_count; i++) {
        const struct projection_part *part = &c->table.parts[i];
        c->table_by_name = c->table_by_name || (!part->is_config && part->key.kind != KEY_CONFIG);
    }
    return st;
}

void collector_cells_release(struct cells *c)
{
    for (size_t i = 0; i < c->count; i++) {
        ak_free(c->items[i].values);
        ak_free(c->items[i].residues);
    }
    ak_free(c->items);
    ak_free(c->unit_texts);
    ak_free(c->unit_tables);
    ak_free(c->kept);
    ak_free(c->notes);
    ak_idmap_release(&c->by_key);
    struct projection *all[] = {&c->table, &c->row, &c->column, &c->residue, &c->ignored};
    for (size_t i = 0; i < AK_COUNT(all); i++) {
        collector_projection_release(all[i]);
    }
    collector_query_filter_release(c->set.filter);
    ak_buf_release(&c->repeat.name);
    collector_projection_set_release(&c->set);
    ak_bench_units_free(c->units);
    ak_intern_release(&c->texts);
}

static void units_grow(struct cells *c, uint32_t unit)
{
    if (unit >= c->unit_cap) {
        const size_t before = c->unit_cap;
        size_t cap = before;
        AK_GROW(c->unit_texts, (size_t)unit + 1, c->unit_cap);
        AK_GROW(c->unit_tables, (size_t)unit + 1, cap);
        memset(c->unit_texts + before, 0, (c->unit_cap - before) * sizeof *c->unit_texts);
        memset(c->unit_tables + before, 0, (c->unit_cap - before) * sizeof *c->unit_tables);
    }
}

/* The table of a value: found again without hashing while the configuration stays the same. */
static uint32_t table_of(struct cells *c, const struct ak_bench_value *value)
{
    const bool written = c->rules == CELLS_JUDGED;
    const uint32_t unit = written ? value->orig_unit_id : value->unit_id;
    units_grow(c, unit);
    if (c->unit_tables[unit] == 0) {
        if (c->unit_texts[unit] == 0) {
            c->unit_texts[unit] =
                ak_intern_add(&c->texts, written ? value->orig_unit : value->unit);
        }
        c->unit_tables[unit] = collector_projection_key(&c->table, c->unit_texts[unit]) + 1;
    }
    return c->unit_tables[unit] - 1;
}

static struct cell *cell_of(struct cells *c, uint32_t table, uint32_t row, uint32_t column)
{
    const uint64_t key =
        (uint64_t)table << (64 - CELL_TABLE_BITS) | (uint64_t)row << CELL_COLUMN_BITS | column;
    bool is_new;
    const uint32_t index = ak_idmap_put(&c->by_key, key, (uint32_t)c->count, &is_new);
    if (is_new) {
        AK_GROW(c->items, c->count + 1, c->cap);
        c->items[c->count++] = (struct cell){.table = table, .row = row, .column = column};
    }
    return &c->items[index];
}

static void cell_add(const struct cells *c, struct cell *cell, double value, uint32_t residue)
{
    cell->first_input = cell->count == 0 ? c->input : cell->first_input;
    cell->last_input = c->input;
    AK_GROW(cell->values, cell->count + 1, cell->cap);
    cell->values[cell->count++] = value;
    if (cell->residue_count == 0 || cell->residues[cell->residue_count - 1] != residue) {
        AK_GROW(cell->residues, cell->residue_count + 1, cell->residue_cap);
        cell->residues[cell->residue_count++] = residue;
    }
}

static bool is_repeat(const struct repeat *r, const struct query_result *result)
{
    return r->known && r->circumstances == result->circumstances &&
           ak_str_eq(ak_buf_view(&r->name), result->record->name);
}

static void repeat_set(struct repeat *r, const struct query_result *result, bool refused)
{
    ak_buf_reset(&r->name);
    ak_buf_str(&r->name, result->record->name);
    r->circumstances = result->circumstances;
    r->known = true;
    r->refused = refused;
}

/* Finds the row, the column and what else tells the result apart. */
static void keys_find(struct cells *c, const struct query_result *result)
{
    if (c->circumstances != result->circumstances || c->table_by_name) {
        c->circumstances = result->circumstances;
        memset(c->unit_tables ? c->unit_tables : (uint32_t[]){0}, 0,
               c->unit_cap * sizeof *c->unit_tables);
    }
    collector_projection_fill(&c->set, &c->table, result);
    collector_projection_fill(&c->set, &c->row, result);
    collector_projection_fill(&c->set, &c->column, result);
    collector_projection_fill(&c->set, &c->residue, result);
    c->repeat.row = collector_projection_key(&c->row, 0);
    c->repeat.column = collector_projection_key(&c->column, 0);
    c->repeat.residue = collector_projection_key(&c->residue, 0);
}

static void add_result(struct cells *c, const struct query_result *result)
{
    const struct ak_bench_record *record = result->record;
    struct repeat *repeat = &c->repeat;
    const bool again = is_repeat(repeat, result);
    if (again && repeat->refused) {
        return;
    }
    AK_GROW(c->kept, record->value_count, c->kept_cap);
    const size_t kept = collector_query_filter_apply(c->set.filter, result, c->kept);
    if (kept == 0) {
        repeat_set(repeat, result, true);
        repeat->known = !collector_query_filter_sees_units(c->set.filter);
        return;
    }
    if (!again) {
        keys_find(c, result);
        repeat_set(repeat, result, false);
    }
    for (size_t i = 0; i < kept; i++) {
        const struct ak_bench_value *value = &record->values[c->kept[i]];
        struct cell *cell = cell_of(c, table_of(c, value), repeat->row, repeat->column);
        cell_add(c, cell, c->rules == CELLS_JUDGED ? value->orig_value : value->value,
                 repeat->residue);
    }
}

static void note(struct cells *c, const char *text)
{
    AK_GROW(c->notes, c->note_count + 1, c->note_cap);
    c->notes[c->note_count++] = text;
}

static enum ak_status check_values(const struct ak_bench_record *record, const char *name,
                                   struct ak_error *err)
{
    for (size_t i = 0; i < record->value_count; i++) {
        if (isnan(record->values[i].value)) {
            return ak_fail(err, AK_FORMAT, "%s:%llu: the value of %.*s is not a number", name,
                           (unsigned long long)record->line,
                           (int)ak_utf8_cut(record->values[i].orig_unit, 80),
                           record->values[i].orig_unit.ptr);
        }
    }
    return AK_OK;
}

static bool fits(const struct cells *c)
{
    return c->table.key_count < 1u << CELL_TABLE_BITS &&
           c->column.key_count < 1u << CELL_COLUMN_BITS &&
           c->row.key_count < 1u << (64 - CELL_TABLE_BITS - CELL_COLUMN_BITS);
}

static enum ak_status check_room(const struct cells *c, const char *name, struct ak_error *err)
{
    return fits(c) ? AK_OK
                   : ak_fail(err, AK_LIMIT, "%s: more than %u tables, %u columns or rows", name,
                             1u << CELL_TABLE_BITS, 1u << CELL_COLUMN_BITS);
}

enum ak_status collector_cells_read(struct cells *c, const struct ak_bench_input *input,
                                    size_t index, const struct ak_bench_table_opts *opts,
                                    struct ak_error *err)
{
    const char *name = input->path ? input->path : input->label;
    const struct ak_bench_source source = {name, input->bytes};
    const unsigned flags = opts->rejoin || !input->path ? AK_BENCH_REJOIN : 0;
    struct ak_bench_reader *reader = NULL;
    enum ak_status st =
        input->path ? ak_bench_reader_open(input->path, opts->limits, c->units, flags, &reader, err)
                    : ak_bench_reader_open_bytes(&source, c->units, flags, &reader, err);
    struct query_result result = {.file = ak_str_from(input->label)};
    struct ak_bench_record record = {.kind = AK_BENCH_UNIT};
    while (st == AK_OK && record.kind != AK_BENCH_END) {
        st = ak_bench_reader_next(reader, &record, err);
        if (st == AK_OK && record.kind == AK_BENCH_WARNING) {
            c->split_results += strcmp(record.text, "missing iteration count") == 0;
            note(c, ak_arena_printf(c->arena, "%s:%llu: %s", name, (unsigned long long)record.line,
                                    record.text));
        } else if (st == AK_OK && record.kind == AK_BENCH_RESULT) {
            c->results++;
            st = check_values(&record, name, err);
            result.record = &record;
            result.circumstances = (uint64_t)index << 40 ^ record.config_version;
            if (st == AK_OK) {
                add_result(c, &result);
            }
            if (st == AK_OK) {
                st = check_room(c, name, err);
            }
        }
    }
    ak_bench_reader_close(reader);
    return st;
}

/* --- runs -------------------------------------------------------------------------------- */

static enum ak_status add_text(struct cells *c, struct query_result *result, struct ak_str text,
                               struct ak_error *err)
{
    /* It was read before, with warnings about what had to be left out. */
    const unsigned flags = AK_BENCH_REJOIN | AK_BENCH_STRICT | AK_BENCH_LENIENT;
    const struct ak_bench_source source = {result->file.ptr, text};
    const uint64_t run = result->circumstances;
    struct ak_bench_reader *reader = NULL;
    struct ak_bench_record record = {.kind = AK_BENCH_UNIT};
    result->record = &record;
    enum ak_status st = ak_bench_reader_open_bytes(&source, c->units, flags, &reader, err);
    while (st == AK_OK && record.kind != AK_BENCH_END) {
        st = ak_bench_reader_next(reader, &record, err);
        if (st == AK_OK && record.kind == AK_BENCH_RESULT) {
            c->results++;
            result->circumstances = run ^ record.config_version;
            add_result(c, result);
            st = check_room(c, source.name, err);
        }
    }
    ak_bench_reader_close(reader);
    return st;
}

/* The values of a series one by one, as results of the record that it would have been. */
static void add_series(struct cells *c, struct query_result *result, struct ak_bench_record *record,
                       const struct ak_series *s)
{
    struct ak_buf name = AK_BUF_INIT;
    ak_buf_puts(&name, s->benchmark);
    if (s->procs > 1) {
        ak_buf_printf(&name, "-%u", s->procs);
    }
    struct ak_bench_value value;
    ak_bench_value_of(c->units, ak_str_from(s->unit), &value);
    ak_bench_value_tell(c->units, &value, s->better);
    record->name = ak_buf_view(&name);
    record->values = &value;
    record->value_count = 1;
    for (size_t i = 0; i < s->count; i++) {
        value.orig_value = s->values[i];
        c->results++;
        add_result(c, result);
    }
    ak_buf_release(&name);
}

static enum ak_status add_all_series(struct cells *c, struct query_result *result,
                                     const struct ak_run *run, struct ak_error *err)
{
    struct ak_bench_config *config =
        ak_calloc(run->env_count + 1, sizeof *config); /* the last one is the series' package */
    for (size_t i = 0; i < run->env_count; i++) {
        config[i] =
            (struct ak_bench_config){ak_str_from(run->env[i].key), ak_str_from(run->env[i].value)};
    }
    struct ak_bench_record record = {
        .kind = AK_BENCH_RESULT, .config = config, .config_count = run->env_count + 1};
    result->record = &record;
    enum ak_status st = AK_OK;
    const char *package = NULL;
    for (size_t i = 0; i < run->series_count && st == AK_OK; i++) {
        const struct ak_series *s = &run->series[i];
        if (!package || strcmp(package, s->package) != 0) {
            package = s->package;
            config[run->env_count] = (struct ak_bench_config){AK_STR("pkg"), ak_str_from(package)};
            result->circumstances++;
        }
        add_series(c, result, &record, s);
        st = check_room(c, result->file.ptr, err);
    }
    ak_free(config);
    return st;
}

enum ak_status collector_cells_add_run(struct cells *c, const char *label, const struct ak_run *run,
                                       size_t index, struct ak_error *err)
{
    struct query_result result = {.file = ak_str_from(label),
                                  .circumstances = (uint64_t)index << 40};
    const uint64_t before = c->results;
    c->input = (uint32_t)index;
    enum ak_status st = AK_OK;
    if (run->text.ptr) {
        st = add_text(c, &result, run->text, err);
    }
    if (st == AK_OK && c->results == before) {
        st = add_all_series(c, &result, run, err);
    }
    return st;
}

uint32_t collector_cell_differs(const struct cells *c, const struct cell *cell, size_t f)
{
    const struct projection *p = &c->residue;
    const struct ak_str first = collector_projection_text(p, cell->residues[0], &p->fields[f]);
    for (size_t i = 1; i < cell->residue_count; i++) {
        if (!ak_str_eq(first, collector_projection_text(p, cell->residues[i], &p->fields[f]))) {
            return cell->residues[i];
        }
    }
    return cell->residues[0];
}

/* --- order ------------------------------------------------------------------------------- */

static int compare_keys(const void *pa, const void *pb, void *projection)
{
    uint32_t a, b;
    memcpy(&a, pa, sizeof a);
    memcpy(&b, pb, sizeof b);
    return collector_projection_compare(projection, a, b);
}

uint32_t *collector_cells_order(const struct cells *c, struct projection *p, uint32_t *keys,
                                size_t *count)
{
    uint32_t *place = ak_arena_alloc(c->arena, (p->key_count + 1) * sizeof *place);
    memset(place, 0xff, (p->key_count + 1) * sizeof *place);
    size_t n = 0;
    for (size_t i = 0; i < *count; i++) {
        if (place[keys[i]] == UINT32_MAX) {
            place[keys[i]] = 0;
            keys[n++] = keys[i];
        }
    }
    qsort_r(keys, n, sizeof *keys, compare_keys, p);
    for (size_t i = 0; i < n; i++) {
        place[keys[i]] = (uint32_t)i;
    }
    *count = n;
    return place;
}
