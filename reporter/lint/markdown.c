#include "base/sanitize.h"
#include "reporter/lint.h"

static void place(const char *file, int64_t line, struct ak_buf *out)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_buf_printf(&text, "%s:%lld", file, (long long)line);
    ak_sanitize_markdown_code(out, ak_buf_view(&text));
    ak_buf_release(&text);
}

static void item_row(const struct ak_lint_item *item, struct ak_buf *out)
{
    ak_buf_puts(out, "| ");
    if (item->share > 0) {
        ak_buf_printf(out, "%.1f %%", 100 * item->share);
    }
    ak_buf_puts(out, " | ");
    if (*item->file) {
        place(item->file, item->line, out);
    }
    ak_buf_printf(out, " | %s | ", item->rule);
    ak_sanitize_markdown(out, ak_str_from(item->message));
    for (size_t i = 0; i < item->evidence_count; i++) {
        ak_buf_puts(out, i == 0 ? " \xe2\x80\x94 " : "; ");
        ak_sanitize_markdown(out, ak_str_from(item->evidence[i]));
    }
    for (size_t i = 0; i < item->step_count && item->step_count > 1; i++) {
        ak_buf_puts(out, i == 0 ? "; from " : " \xe2\x86\x90 ");
        if (i == 0) {
            ak_sanitize_markdown(out, ak_str_from(item->steps[i].function));
            ak_buf_putc(out, ' ');
        }
        place(item->steps[i].file, item->steps[i].line, out);
    }
    ak_buf_puts(out, " |\n");
}

void ak_lint_report_markdown(const struct ak_lint_report *r, struct ak_buf *out)
{
    ak_buf_printf(out, "**%zu finding%s:** ", r->count, r->count == 1 ? "" : "s");
    ak_sanitize_markdown(out, ak_str_from(r->subject));
    ak_buf_puts(out, "\n\n");
    if (r->count > 0) {
        ak_buf_puts(out, "| heat | line | rule | finding |\n|---:|---|---|---|\n");
    }
    for (size_t i = 0; i < r->count; i++) {
        item_row(&r->items[i], out);
    }
    for (size_t i = 0; i < r->note_count; i++) {
        ak_buf_puts(out, i == 0 && r->count > 0 ? "\n- " : "- ");
        ak_sanitize_markdown(out, ak_str_from(r->notes[i]));
        ak_buf_putc(out, '\n');
    }
}
