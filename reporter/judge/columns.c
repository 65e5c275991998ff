#include "columns.h"

#include "base/mem.h"
#include "base/sanitize.h"

#define ROW_END (-2)
#define LINE (-1)

static struct columns_item *item_add(struct columns *c, int column, struct ak_str text)
{
    AK_GROW(c->items, c->count + 1, c->cap);
    struct columns_item *item = &c->items[c->count++];
    *item = (struct columns_item){.at = c->text.len, .column = column};
    ak_sanitize_text(&c->text, text);
    item->len = c->text.len - item->at;
    item->width = ak_utf8_count((struct ak_str){ak_buf_view(&c->text).ptr + item->at, item->len});
    return item;
}

void reporter_columns_release(struct columns *c)
{
    ak_buf_release(&c->text);
    ak_free(c->items);
    *c = (struct columns){0};
}

void reporter_columns_cell(struct columns *c, struct ak_str text)
{
    const struct columns_item *item = item_add(c, c->next, text);
    if (item->width > c->widths[c->next]) {
        c->widths[c->next] = item->width;
    }
    c->next += c->next + 1 < COLUMNS_MAX;
}

void reporter_columns_puts(struct columns *c, const char *text)
{
    reporter_columns_cell(c, ak_str_from(text));
}

void reporter_columns_colored(struct columns *c, const char *text, const char *color)
{
    reporter_columns_puts(c, text);
    c->items[c->count - 1].color = color;
}

void reporter_columns_end_row(struct columns *c)
{
    item_add(c, ROW_END, AK_STR(""));
    c->next = 0;
}

void reporter_columns_line(struct columns *c, const char *text)
{
    item_add(c, LINE, ak_str_from(text));
}

size_t reporter_columns_width(const struct columns *c)
{
    size_t sum = 0, columns = 0;
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        sum += c->widths[i];
        columns = c->widths[i] > 0 ? i + 1 : columns;
    }
    return columns > 0 ? sum + 2 * (columns - 1) : 0;
}

static void cell_write(const struct columns *c, const struct columns_item *item, size_t *owed,
                       struct ak_buf *out)
{
    const struct ak_str text = {ak_buf_view(&c->text).ptr + item->at, item->len};
    const size_t rest = c->widths[item->column] - item->width;
    if (c->align[item->column] == COLUMNS_RIGHT) {
        *owed += rest;
    }
    if (text.len > 0) { /* blanks are only written before something */
        ak_buf_fill(out, ' ', *owed);
        *owed = 0;
        ak_buf_puts(out, item->color ? item->color : "");
        ak_buf_str(out, text);
        ak_buf_puts(out, item->color ? "\033[0m" : "");
    }
    *owed += (c->align[item->column] == COLUMNS_LEFT ? rest : 0) + 2;
}

void reporter_columns_write(const struct columns *c, struct ak_buf *out)
{
    size_t owed = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct columns_item *item = &c->items[i];
        if (item->column >= 0) {
            cell_write(c, item, &owed, out);
            continue;
        }
        ak_buf_str(out, (struct ak_str){ak_buf_view(&c->text).ptr + item->at, item->len});
        ak_buf_putc(out, '\n');
        owed = 0;
    }
}
