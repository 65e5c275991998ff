/* benchstat's CSV as Go's encoding/csv and fmt write it. */
#include "reporter/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LABEL_COLUMNS 1
#define CENTRE_COLUMNS 2 /* centre, CI */
#define DELTA_COLUMNS 2  /* change, P */

struct csv {
    struct ak_buf *out;
    struct ak_buf *warnings;
    size_t line;   /* of the sheet, from 1 */
    size_t filled; /* cells of the line so far */
};

static size_t first_column(size_t column)
{
    return column == 0
               ? LABEL_COLUMNS
               : LABEL_COLUMNS + CENTRE_COLUMNS + (column - 1) * (CENTRE_COLUMNS + DELTA_COLUMNS);
}

/* Quotes where Go does: a separator, a quote, a line end, or a blank in front. */
static bool needs_quotes(const char *s)
{
    uint32_t rune = 0;
    const size_t n = ak_utf8_decode(s, strlen(s), &rune);
    return (n > 0 &&
            (rune == ' ' || (rune >= '\t' && rune <= '\r') || rune == 0x85 || rune == 0xa0 ||
             rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 ||
             rune == 0x2029 || rune == 0x202f || rune == 0x205f || rune == 0x3000)) ||
           strcmp(s, "\\.") == 0 || strpbrk(s, ",\"\r\n") != NULL;
}

static void field(struct csv *c, const char *s)
{
    if (c->filled++ > 0) {
        ak_buf_putc(c->out, ',');
    }
    if (!needs_quotes(s)) {
        ak_buf_puts(c->out, s);
        return;
    }
    ak_buf_putc(c->out, '"');
    for (; *s; s++) {
        if (*s == '"') {
            ak_buf_putc(c->out, '"');
        }
        ak_buf_putc(c->out, *s);
    }
    ak_buf_putc(c->out, '"');
}

static void clear_to(struct csv *c, size_t column)
{
    while (c->filled < column) {
        field(c, "");
    }
}

static void line_end(struct csv *c)
{
    ak_buf_putc(c->out, '\n');
    c->filled = 0;
    c->line++;
}

/* Go's %v: the shortest digits that read back equal, with an exponent below 1e-4 and from 1e6. */
static void number(struct csv *c, double v)
{
    char e_form[40], text[48];
    if (isnan(v) || isinf(v)) {
        field(c, isnan(v) ? "NaN" : v > 0 ? "+Inf" : "-Inf");
        return;
    }
    for (int decimals = 14; decimals <= 16; decimals++) {
        snprintf(e_form, sizeof e_form, "%.*e", decimals, v);
        if (strtod(e_form, NULL) == v) {
            break;
        }
    }
    char *e = strchr(e_form, 'e');
    const int exponent = (int)strtol(e + 1, NULL, 10);
    char *last = e;
    while (last[-1] == '0') {
        last--;
    }
    const char *point = strchr(e_form, '.');
    const int decimals = (int)(last - point) - 1; /* of the shortest form d.ddd */
    if (exponent < -4 || exponent >= 6) {
        snprintf(text, sizeof text, "%.*e", decimals, v);
    } else {
        snprintf(text, sizeof text, "%.*f", decimals > exponent ? decimals - exponent : 0, v);
    }
    field(c, text);
}

static void warn(struct csv *c, const char *const *list)
{
    char name[12];
    size_t at = sizeof name - 1;
    name[at] = '\0';
    for (size_t x = c->filled; x > 0; x /= 26) {
        name[--at] = (char)('A' + x % 26);
    }
    if (at == sizeof name - 1) {
        name[--at] = 'A';
    }
    for (; *list; list++) {
        ak_buf_printf(c->warnings, "%s%zu: %s\n", name + at, c->line, *list);
    }
}

/* Largest relative distance of the interval's ends from the centre, as benchstat writes it. */
static void range(struct csv *c, const struct ak_table_cell *cell)
{
    char text[32];
    if (isinf(cell->lo) || isinf(cell->hi)) {
        field(c, "∞");
        return;
    }
    const int sign = (cell->centre > 0) - (cell->centre < 0);
    if (sign != (cell->lo > 0) - (cell->lo < 0) || sign != (cell->hi > 0) - (cell->hi < 0)) {
        field(c, "?");
        return;
    }
    if (sign == 0) {
        field(c, "0%");
        return;
    }
    const double up = cell->hi / cell->centre - 1, down = 1 - cell->lo / cell->centre;
    snprintf(text, sizeof text, "%.0f%%", 100 * (up > down ? up : down));
    field(c, text);
}

static void delta(struct csv *c, const struct ak_table_cell *cell)
{
    char text[40];
    const double a = cell->base_centre, b = cell->centre;
    if (cell->p > cell->alpha) {
        field(c, "~");
    } else if (a <= b && a >= b) {
        field(c, "0.00%");
    } else if (fpclassify(a) == FP_ZERO) {
        field(c, "?");
    } else {
        snprintf(text, sizeof text, "%+.2f%%", (b / a - 1) * 100);
        field(c, text);
    }
}

static void evidence(struct csv *c, const struct ak_table_cell *cell)
{
    char text[80];
    int at = 0;
    if (fpclassify(cell->p) != FP_ZERO) {
        at = snprintf(text, sizeof text, "p=%0.3f ", cell->p);
    }
    if (cell->n == cell->base_n) {
        snprintf(text + at, sizeof text - (size_t)at, "n=%zu", cell->n);
    } else {
        snprintf(text + at, sizeof text - (size_t)at, "n=%zu+%zu", cell->base_n, cell->n);
    }
    field(c, text);
}

static void head_lines(struct csv *c, const struct ak_table *t)
{
    for (size_t i = 0; i < t->head_count; i++) {
        field(c, t->head[i]);
        line_end(c);
    }
    for (size_t level = 0; level < t->column_levels; level++) {
        for (size_t i = 0; i < t->column_count; i++) {
            clear_to(c, first_column(i));
            field(c, t->columns[level * t->column_count + i]);
        }
        clear_to(c, first_column(t->column_count));
        line_end(c);
    }
    for (size_t i = 0; i < t->column_count; i++) {
        clear_to(c, first_column(i));
        field(c, t->unit);
        field(c, "CI");
        if (i > 0) {
            field(c, "vs base");
            field(c, "P");
        }
    }
    line_end(c);
}

static void row_line(struct csv *c, const struct ak_table *t, size_t row)
{
    field(c, t->rows[row]);
    for (size_t i = 0; i < t->column_count; i++) {
        const struct ak_table_cell *cell = &t->cells[row * t->column_count + i];
        if (!cell->present) {
            continue;
        }
        clear_to(c, first_column(i));
        warn(c, cell->warnings);
        number(c, cell->centre);
        range(c, cell);
        if (cell->compared) {
            warn(c, cell->compare_warnings);
            delta(c, cell);
            evidence(c, cell);
        }
    }
    line_end(c);
}

static void total_line(struct csv *c, const struct ak_table *t)
{
    char text[40];
    field(c, "geomean");
    for (size_t i = 0; i < t->column_count; i++) {
        const struct ak_table_total *total = &t->totals[i];
        clear_to(c, first_column(i));
        warn(c, total->warnings);
        if (total->has_centre) {
            number(c, total->centre);
        }
        if (i > 0) {
            clear_to(c, first_column(i) + CENTRE_COLUMNS);
            snprintf(text, sizeof text, "%+.2f%%", (total->ratio - 1) * 100);
            field(c, total->has_ratio ? text : "?");
        }
    }
    clear_to(c, first_column(t->column_count));
    line_end(c);
}

void ak_table_csv(const struct ak_table_set *set, struct ak_buf *out, struct ak_buf *warnings)
{
    struct csv c = {.out = out, .warnings = warnings, .line = 1};
    for (size_t i = 0; i < set->table_count; i++) {
        if (i > 0) {
            line_end(&c);
        }
        head_lines(&c, &set->tables[i]);
        for (size_t row = 0; row < set->tables[i].row_count; row++) {
            row_line(&c, &set->tables[i], row);
        }
        total_line(&c, &set->tables[i]);
    }
}
