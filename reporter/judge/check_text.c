/* A check for a terminal or a log. */
#include "base/sanitize.h"
#include "columns.h"
#include "judge.h"
#include "reporter/check.h"

#include <math.h>

void ak_check_headline(const struct ak_check *c, struct ak_buf *out)
{
    ak_buf_printf(out, "%zu failed, %zu passed", c->counts[AK_OUTCOME_FAIL],
                  c->counts[AK_OUTCOME_PASS]);
    if (c->counts[AK_OUTCOME_UNJUDGED] > 0) {
        ak_buf_printf(out, ", %zu not judged", c->counts[AK_OUTCOME_UNJUDGED]);
    }
}

/* ": bytes, growth" of the criteria that fail, each once. */
static void failed_names(const struct ak_check *c, struct ak_buf *out)
{
    const char *last = NULL;
    for (size_t i = 0; i < c->row_count; i++) {
        const struct ak_judgement *j = &c->rows[i];
        if (j->outcome == AK_OUTCOME_FAIL && (!last || strcmp(last, j->criterion) != 0)) {
            ak_buf_puts(out, last ? ", " : ": ");
            ak_sanitize_text(out, ak_str_from(j->criterion));
            last = j->criterion;
        }
    }
    ak_buf_puts(out, last ? " fail" : "");
}

static void row(struct columns *t, const struct ak_judgement *j, const struct ak_check_text_opts *o)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_buf_printf(&text, "%s %s", reporter_outcome_mark(j->outcome), ak_outcome_text(j->outcome));
    reporter_columns_colored(t, text.ptr, o->color ? reporter_outcome_color(j->outcome) : NULL);
    reporter_columns_puts(t, j->criterion);
    reporter_columns_puts(t, j->benchmark);
    reporter_columns_puts(t, j->unit);
    reporter_columns_puts(t, j->limit_text);
    reporter_columns_puts(t, j->sentence);
    reporter_columns_end_row(t);
    for (size_t i = 0; i < j->evidence_count && o->explain; i++) {
        ak_buf_reset(&text);
        ak_buf_printf(&text, "      %s", j->evidence[i]);
        reporter_columns_line(t, text.ptr);
    }
    ak_buf_release(&text);
}

void ak_check_text(const struct ak_check *c, const struct ak_check_text_opts *o, struct ak_buf *out)
{
    static const char *const heads[] = {"", "criterion", "benchmark", "unit", "limit", "measured"};
    struct ak_buf name = AK_BUF_INIT;
    ak_buf_puts(out, o->color ? "\033[1m" : "");
    ak_check_headline(c, out);
    failed_names(c, out);
    ak_buf_puts(out, o->color ? "\033[0m" : "");
    reporter_run_name(&name, c->run);
    ak_buf_puts(&name, ", criteria: ");
    ak_buf_puts(&name, c->criteria_name);
    ak_buf_puts(out, "  (");
    ak_sanitize_text(out, ak_buf_view(&name));
    ak_buf_puts(out, ")\n\n");
    ak_buf_release(&name);
    struct columns t = {0};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        reporter_columns_puts(&t, heads[i]);
    }
    reporter_columns_end_row(&t);
    for (size_t i = 0; i < c->row_count; i++) {
        row(&t, &c->rows[i], o);
    }
    reporter_columns_write(&t, out);
    reporter_columns_release(&t);
    if (c->warning_count > 0) {
        ak_buf_putc(out, '\n');
    }
    for (size_t i = 0; i < c->warning_count; i++) {
        ak_buf_puts(out, "warning: ");
        ak_sanitize_text(out, ak_str_from(c->warnings[i]));
        ak_buf_putc(out, '\n');
    }
    if (c->advice && *c->advice) {
        ak_buf_putc(out, '\n');
        ak_sanitize_text(out, ak_str_from(c->advice));
        ak_buf_putc(out, '\n');
    }
}
