/* CSV with the columns name, unit and value: a heading that names them in any order (and others
 * beside them), or exactly three columns in this order. Comma, semicolon or tab; cells may be
 * quoted (RFC 4180). */
#include "bench_number.h"
#include "reader.h"

#include <math.h>

#define MAX_COLUMNS 64

struct csv_line {
    struct ak_str cells[MAX_COLUMNS];
    size_t count;
    struct ak_buf unquoted; /* text of quoted cells; reserved for the line, so it never moves */
};

struct csv {
    struct ak_str rest;
    char separator;
    uint64_t line; /* of the row that was read last */
    uint64_t next_line;
    int name, unit, value, package, better; /* column or -1 */
};

/* A quoted cell that begins at *i, after the quote; *i becomes the byte after the closing one. */
static bool read_quoted(struct ak_str s, size_t *i, struct csv_line *out, uint64_t *newlines)
{
    const size_t start = out->unquoted.len;
    while (*i < s.len) {
        const char c = s.ptr[(*i)++];
        *newlines += c == '\n';
        if (c == '"') {
            if (*i == s.len || s.ptr[*i] != '"') {
                out->cells[out->count++] =
                    (struct ak_str){out->unquoted.ptr + start, out->unquoted.len - start};
                return true;
            }
            (*i)++;
        }
        ak_buf_putc(&out->unquoted, c);
    }
    return false;
}

static size_t plain_end(struct ak_str s, size_t i, char separator)
{
    while (i < s.len && s.ptr[i] != separator && s.ptr[i] != '\n') {
        i++;
    }
    return i;
}

/* Reads the next row; false at the end. A row that is no CSV has no cells. */
static bool next_row(struct csv *csv, struct csv_line *out)
{
    const struct ak_str s = csv->rest;
    out->count = 0;
    ak_buf_reset(&out->unquoted);
    ak_buf_reserve(&out->unquoted, s.len);
    if (s.len == 0) {
        return false;
    }
    csv->line = csv->next_line;
    size_t i = 0;
    bool good = true;
    for (;;) {
        if (out->count == MAX_COLUMNS) {
            good = false;
        }
        if (good && i < s.len && s.ptr[i] == '"') {
            i++;
            good = read_quoted(s, &i, out, &csv->next_line);
            const size_t end = plain_end(s, i, csv->separator);
            good = good && ak_str_trim(ak_str_slice(s, i, end)).len == 0;
            i = end;
        } else {
            const size_t end = plain_end(s, i, csv->separator);
            if (good) {
                out->cells[out->count++] = ak_str_trim(ak_str_slice(s, i, end));
            }
            i = end;
        }
        if (i == s.len || s.ptr[i] == '\n') {
            break;
        }
        i++;
    }
    csv->rest = ak_str_slice(s, i + 1, s.len);
    csv->next_line++;
    out->count = good ? out->count : 0;
    return true;
}

static bool is_word(struct ak_str cell, const char *word)
{
    return cell.len == strlen(word) && strncasecmp(cell.ptr, word, cell.len) == 0;
}

static bool is_number(struct ak_str s)
{
    double v;
    return collector_number_f64(s, &v) != COLLECTOR_NUMBER_SYNTAX;
}

/* Finds the columns in the first row. *out_heading when it is a heading and no data. */
static bool find_columns(struct csv *csv, const struct csv_line *first, bool *out_heading)
{
    csv->name = csv->unit = csv->value = csv->package = csv->better = -1;
    for (int i = 0; i < (int)first->count; i++) {
        const struct ak_str cell = first->cells[i];
        if (is_word(cell, "name") || is_word(cell, "benchmark")) {
            csv->name = i;
        } else if (is_word(cell, "unit")) {
            csv->unit = i;
        } else if (is_word(cell, "value")) {
            csv->value = i;
        } else if (is_word(cell, "package") || is_word(cell, "pkg")) {
            csv->package = i;
        } else if (is_word(cell, "better")) {
            csv->better = i;
        }
    }
    *out_heading = csv->name >= 0 && csv->unit >= 0 && csv->value >= 0;
    if (*out_heading) {
        return true;
    }
    csv->name = 0;
    csv->unit = 1;
    csv->value = 2;
    csv->package = csv->better = -1;
    return first->count == 3 && first->cells[0].len > 0 && first->cells[1].len > 0 &&
           !is_number(first->cells[1]) && is_number(first->cells[2]);
}

/* Opens the text of src; true when its first row has the columns. */
static bool open_csv(const struct collector_source *src, struct csv *csv, struct csv_line *line,
                     bool *out_heading)
{
    static const char separators[] = {',', ';', '\t'};
    const struct ak_str text = src->bytes;
    for (size_t i = 0; i < sizeof separators; i++) {
        *csv = (struct csv){.rest = text, .separator = separators[i], .next_line = 1};
        if (next_row(csv, line) && find_columns(csv, line, out_heading)) {
            if (!*out_heading) { /* the first row is data */
                csv->rest = text;
                csv->next_line = 1;
            }
            return true;
        }
    }
    return false;
}

static bool matches(const struct collector_source *src)
{
    struct csv csv;
    struct csv_line line = {.count = 0};
    /* A heading or a first row is short; what is longer is no CSV of ours. */
    struct collector_source head = *src;
    head.bytes = ak_str_slice(src->bytes, 0, 4096);
    bool heading;
    const bool found = !src->streamed && open_csv(&head, &csv, &line, &heading);
    ak_buf_release(&line.unquoted);
    return found;
}

static struct ak_str cell_at(const struct csv_line *line, int column)
{
    return column >= 0 && (size_t)column < line->count ? line->cells[column]
                                                       : (struct ak_str){"", 0};
}

static enum ak_status take_row(const struct csv *csv, const struct csv_line *line, const char *path,
                               struct collector_build *b, struct ak_error *err)
{
    struct collector_sample s = {.benchmark = cell_at(line, csv->name),
                                 .unit = cell_at(line, csv->unit),
                                 .package = cell_at(line, csv->package),
                                 .procs = 1,
                                 .iterations = 1};
    const struct ak_str value = cell_at(line, csv->value);
    if (s.benchmark.len == 0 || s.unit.len == 0 ||
        collector_number_f64(value, &s.value) == COLLECTOR_NUMBER_SYNTAX) {
        collector_build_warn(b, "%s:%llu: a row without name, unit and number", path,
                             (unsigned long long)csv->line);
        return AK_OK;
    }
    if (collector_number_f64(value, &s.value) == COLLECTOR_NUMBER_RANGE || !isfinite(s.value)) {
        return ak_fail(err, AK_FORMAT, "%s:%llu: the value %.*s cannot be kept", path,
                       (unsigned long long)csv->line, (int)ak_utf8_cut(value, 40), value.ptr);
    }
    const struct ak_str better = cell_at(line, csv->better);
    s.better = is_word(better, "higher")  ? AK_HIGHER_IS_BETTER
               : is_word(better, "lower") ? AK_LOWER_IS_BETTER
                                          : ak_unit_info(s.unit).better;
    collector_build_value(b, &s);
    b->results++;
    return AK_OK;
}

static enum ak_status read_csv(const struct collector_source *src, struct collector_build *b,
                               struct ak_error *err)
{
    struct csv csv;
    struct csv_line line = {.count = 0};
    bool heading;
    enum ak_status st = AK_OK;
    if (open_csv(src, &csv, &line, &heading)) {
        while (st == AK_OK && next_row(&csv, &line)) {
            const bool blank = line.count == 1 && line.cells[0].len == 0;
            st = blank ? AK_OK : take_row(&csv, &line, src->path, b, err);
        }
    }
    ak_buf_release(&line.unquoted);
    return st;
}

const struct collector_reader collector_reader_csv = {
    .name = "CSV",
    .matches = matches,
    .read = read_csv,
};
