#include "project_column.h"

#include "compare_row.h"
#include "read/run_build.h"

void collector_columns_sources(struct project_column *columns, size_t count, size_t input_count,
                               struct ak_arena *arena)
{
    size_t *users = AK_NEW_ARRAY(arena, size_t, input_count + 1);
    for (size_t k = 0; k < count; k++) {
        columns[k].from = AK_NEW_ARRAY(arena, bool, input_count + 1);
        for (size_t i = 0; i < columns[k].count; i++) {
            const struct cell *cell = columns[k].cells[i];
            for (uint32_t s = cell->first_input; s <= cell->last_input; s++) {
                users[s] += !columns[k].from[s];
                columns[k].from[s] = true;
            }
        }
    }
    for (size_t k = 0; k < count; k++) {
        size_t sources = 0, shared = 0;
        for (size_t s = 0; s < input_count; s++) {
            sources += columns[k].from[s];
            shared += columns[k].from[s] && users[s] > 1;
        }
        columns[k].whole = sources == 1 && shared == 0;
    }
}

/* --- environment ------------------------------------------------------------------------- */

static bool has_field(const struct projection *p, struct ak_str key)
{
    for (size_t f = 0; f < p->field_count; f++) {
        if (ak_str_eq(p->fields[f].name, key)) {
            return true;
        }
    }
    return false;
}

/* True when the results themselves say what `key` is, or an expression deals with it. */
static bool is_told(const struct cells *c, struct ak_str key)
{
    return collector_projection_takes(&c->set, key) || has_field(&c->residue, key) ||
           has_field(&c->table, key) || has_field(&c->row, key) || has_field(&c->column, key);
}

static bool is_config_field(const struct projection_field *f)
{
    return f->name.len > 0 && f->name.ptr[0] != '.' && f->name.ptr[0] != '/';
}

static void told_key(const struct cells *c, uint32_t key, bool whole, struct collector_build *b)
{
    const struct projection *p = &c->residue;
    for (size_t f = 0; f < p->field_count; f++) {
        const struct ak_str name = p->fields[f].name;
        if (is_config_field(&p->fields[f]) && (whole || !ak_str_eq(name, AK_STR(AK_ENV_SESSION)))) {
            collector_build_env(b, name, collector_projection_text(p, key, &p->fields[f]));
        }
    }
}

/* What the lines of the results say. */
static void told_add(const struct cells *c, const struct project_column *column,
                     struct collector_build *b)
{
    uint32_t last = UINT32_MAX; /* most cells have the lines of the one before */
    for (size_t i = 0; i < column->count; i++) {
        const struct cell *cell = column->cells[i];
        for (size_t r = 0; r < cell->residue_count; r++) {
            if (cell->residues[r] != last) {
                last = cell->residues[r];
                told_key(c, last, column->whole, b);
            }
        }
    }
}

/* What only the history knows of a run. */
static void known_add(const struct cells *c, const struct ak_run *run, bool whole,
                      struct collector_build *b)
{
    for (size_t i = 0; i < run->env_count; i++) {
        const struct ak_str key = ak_str_from(run->env[i].key);
        if (!is_told(c, key) && (whole || !ak_str_eq(key, AK_STR(AK_ENV_SESSION)))) {
            collector_build_env(b, key, ak_str_from(run->env[i].value));
        }
    }
}

/* ".config" in -ignore: no line of the configuration counts. */
static bool config_is_ignored(const struct cells *c)
{
    for (size_t i = 0; i < c->ignored.part_count; i++) {
        if (c->ignored.parts[i].is_config) {
            return true;
        }
    }
    return false;
}

/* Fills the environment from the results and from the inputs of the column. */
static void environment_fill(const struct cells *c, const struct ak_project_input *inputs,
                             size_t input_count, struct project_column *column)
{
    struct collector_build b;
    struct ak_run env = {0};
    collector_build_init(&b, c->arena);
    if (!config_is_ignored(c)) {
        told_add(c, column, &b);
        for (size_t s = 0; s < input_count; s++) {
            if (column->from[s]) {
                known_add(c, inputs[s].run, column->whole, &b);
            }
        }
    }
    collector_build_finish(&b, &env);
    collector_build_release(&b);
    column->run->env = env.env;
    column->run->env_count = env.env_count;
}

void collector_column_facts(const struct cells *c, const struct ak_project_input *inputs,
                            size_t input_count, struct project_column *column)
{
    struct ak_run *run = column->run;
    run->key = run->command = run->commit = run->branch = "";
    for (size_t s = 0; s < input_count; s++) {
        const struct ak_run *from = inputs[s].run;
        if (column->from[s] && from->state == AK_RUN_FAILED) {
            run->state = AK_RUN_FAILED;
        }
        if (column->from[s] && column->whole) {
            run->commit = from->commit;
            run->branch = from->branch;
            run->dirty = from->dirty;
            run->time_ns = from->time_ns;
            run->profiles = from->profiles;
            run->profile_count = from->profile_count;
        }
    }
    environment_fill(c, inputs, input_count, column);
}

/* --- pooling ----------------------------------------------------------------------------- */

/* The cells of a column where results differ in field `f` of what no expression took; with the two
 * texts of the first of them in `examples` unless there are some. */
static size_t cells_pooled(const struct cells *c, const struct project_column *column, size_t f,
                           struct ak_str examples[2])
{
    const struct projection_field *field = &c->residue.fields[f];
    size_t count = 0;
    for (size_t i = 0; i < column->count; i++) {
        const struct cell *cell = column->cells[i];
        const uint32_t other = collector_cell_differs(c, cell, f);
        if (other == cell->residues[0]) {
            continue;
        }
        count++;
        if (!examples[1].ptr) {
            examples[0] = collector_projection_text(&c->residue, cell->residues[0], field);
            examples[1] = collector_projection_text(&c->residue, other, field);
        }
    }
    return count;
}

/* `in 3 cells of new.txt results that differ in cpu are pooled ("X" and "Y"): ...` */
static const char *pooled_text(const struct cells *c, const struct project_column *columns,
                               size_t count, size_t f)
{
    const struct projection_field *field = &c->residue.fields[f];
    const int len = (int)field->name.len;
    const char *name = field->name.ptr;
    struct ak_str examples[2] = {0};
    struct ak_buf labels = AK_BUF_INIT;
    size_t cells = 0;
    for (size_t k = 0; k < count; k++) {
        const size_t in_column = cells_pooled(c, &columns[k], f, examples);
        if (in_column > 0) {
            ak_buf_printf(&labels, "%s%s", labels.len > 0 ? ", " : " of ", columns[k].run->label);
        }
        cells += in_column;
    }
    const char *text = NULL;
    if (cells > 0) {
        text = ak_arena_printf(
            c->arena,
            "in %zu %s%s results that differ in %.*s are pooled (\"%.*s\" and \"%.*s\"): "
            "%s %.*s tells them apart, -ignore %.*s says that this is meant",
            cells, cells == 1 ? "cell" : "cells", labels.ptr, len, name,
            (int)ak_utf8_cut(examples[0], 60), examples[0].ptr, (int)ak_utf8_cut(examples[1], 60),
            examples[1].ptr, ak_str_eq(field->name, AK_STR(".fullname")) ? "-row" : "-table", len,
            name, len, name);
    }
    ak_buf_release(&labels);
    return text;
}

size_t collector_columns_pooled(const struct cells *c, const struct project_column *columns,
                                size_t count, const char **out)
{
    size_t warnings = 0;
    for (size_t f = 0; f < c->residue.field_count; f++) {
        const struct ak_str name = c->residue.fields[f].name;
        const char *text = collector_env_is_volatile(ak_arena_str(c->arena, name).ptr)
                               ? NULL
                               : pooled_text(c, columns, count, f);
        if (text && warnings < COLUMN_WARNINGS_MAX) {
            out[warnings++] = text;
        }
    }
    return warnings;
}
