#include "table.h"

#include "base/mem.h"
#include "base/sanitize.h"

#include <stdarg.h>
#include <string.h>

void cli_table_init(struct cli_table *t, struct ak_arena *keeps, const char *columns)
{
    *t = (struct cli_table){.arena = keeps, .columns = columns};
}

void cli_table_cell(struct cli_table *t, const char *text)
{
    struct ak_buf clean = AK_BUF_INIT;
    ak_sanitize_text(&clean, ak_str_from(text));
    AK_GROW(t->cells, t->count + 1, t->cap);
    AK_GROW(t->widths, t->count + 1, t->widths_cap);
    t->cells[t->count] = ak_arena_str(t->arena, ak_buf_view(&clean));
    t->widths[t->count] = ak_utf8_count(t->cells[t->count]);
    t->count++;
    ak_buf_release(&clean);
}

void cli_table_cellf(struct cli_table *t, const char *fmt, ...)
{
    struct ak_buf text = AK_BUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    ak_buf_vprintf(&text, fmt, ap);
    va_end(ap);
    cli_table_cell(t, text.ptr ? text.ptr : "");
    ak_buf_release(&text);
}

static void print_row(const struct cli_table *t, size_t first, const size_t *widths,
                      struct ak_buf *out)
{
    const size_t columns = strlen(t->columns);
    const size_t start = out->len;
    for (size_t c = 0; c < columns; c++) {
        ak_buf_puts(out, c ? "  " : "");
        if (t->columns[c] == 'r') {
            ak_buf_pad_left(out, t->cells[first + c], widths[c]);
        } else {
            ak_buf_pad_right(out, t->cells[first + c], widths[c]);
        }
    }
    while (out->len > start && out->ptr[out->len - 1] == ' ') {
        out->len--;
    }
    ak_buf_putc(out, '\n');
}

void cli_table_print(struct cli_table *t, struct ak_buf *out)
{
    size_t widths[CLI_TABLE_MAX_COLUMNS] = {0};
    const size_t columns = strlen(t->columns);
    for (size_t i = 0; i < t->count; i++) {
        size_t *const w = &widths[i % columns];
        *w = t->widths[i] > *w ? t->widths[i] : *w;
    }
    for (size_t i = 0; i + columns <= t->count; i += columns) {
        print_row(t, i, widths, out);
    }
    ak_free(t->cells);
    ak_free(t->widths);
    *t = (struct cli_table){0};
}
