#include "base/sanitize.h"
#include "base/units.h"
#include "reporter/lint.h"

static const char *const levels[] = {"note", "warning", "error"};

static void put(struct ak_buf *out, const char *s)
{
    ak_sanitize_text(out, ak_str_from(s));
}

static void heat_text(const struct ak_lint_item *item, struct ak_buf *out)
{
    if (item->bytes > 0) {
        ak_buf_puts(out, "    ");
        ak_value_format(out, (double)item->bytes, AK_STR("bytes"));
        ak_buf_puts(out, " in ");
        ak_buf_i64(out, item->objects);
        ak_buf_printf(out, " objects, %.1f %%\n", 100 * item->share);
    }
}

static void item_text(const struct ak_lint_item *item, struct ak_buf *out)
{
    if (*item->file) {
        put(out, item->file);
        ak_buf_putc(out, ':');
        ak_buf_i64(out, item->line);
        ak_buf_puts(out, ": ");
    }
    ak_buf_printf(out, "%s: ", levels[item->level]);
    put(out, item->message);
    ak_buf_printf(out, " [%s]\n", item->rule);
    heat_text(item, out);
    for (size_t i = 0; i < item->evidence_count; i++) {
        ak_buf_puts(out, "    ");
        put(out, item->evidence[i]);
        ak_buf_putc(out, '\n');
    }
    for (size_t i = 0; i < item->step_count && (item->step_count > 1 || item->step_words[0]); i++) {
        const char *const words = item->step_words[i > 0];
        ak_buf_puts(out, i == 0 ? "    " : "      ");
        put(out, words ? words : i == 0 ? "the bytes appear in " : "called by ");
        put(out, item->steps[i].function);
        ak_buf_puts(out, " (");
        put(out, item->steps[i].file);
        ak_buf_printf(out, ":%lld)\n", (long long)item->steps[i].line);
    }
}

void ak_lint_report_text(const struct ak_lint_report *r, struct ak_buf *out)
{
    for (size_t i = 0; i < r->count; i++) {
        item_text(&r->items[i], out);
    }
    ak_buf_printf(out, "%zu finding%s: ", r->count, r->count == 1 ? "" : "s");
    put(out, r->subject);
    ak_buf_putc(out, '\n');
    for (size_t i = 0; i < r->note_count; i++) {
        ak_buf_puts(out, "  ");
        put(out, r->notes[i]);
        ak_buf_putc(out, '\n');
    }
}
