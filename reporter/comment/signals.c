/* The same verdicts for machines: workflow annotations and OpenMetrics. */
#include "base/sanitize.h"
#include "reporter/comment.h"
#include "words.h"

#include <math.h>

enum { ANNOTATIONS_MAX = 10 }; /* what a workflow step shows */

/* The text of an annotation: % and line ends would end the command or start another. */
static void put_message(struct ak_buf *out, const char *s)
{
    struct ak_buf safe = AK_BUF_INIT;
    ak_sanitize_text(&safe, ak_str_from(s));
    for (size_t i = 0; i < safe.len; i++) {
        if (safe.ptr[i] == '%') {
            ak_buf_puts(out, "%25");
        } else {
            ak_buf_putc(out, safe.ptr[i]);
        }
    }
    ak_buf_release(&safe);
}

void ak_comment_annotations(const struct ak_comment *c, struct ak_buf *out)
{
    struct ak_arena *a = ak_arena_new();
    size_t n = 0;
    for (size_t i = 0; c->check && i < c->check->row_count && n < ANNOTATIONS_MAX; i++) {
        const struct ak_judgement *j = &c->check->rows[i];
        if (j->outcome == AK_OUTCOME_FAIL) {
            ak_buf_puts(out, "::error title=criterion failed::");
            put_message(out, ak_arena_printf(a, "%s: %s in %s", j->criterion,
                                             reporter_text_finding(a, j), j->benchmark));
            ak_buf_putc(out, '\n');
            n++;
        }
    }
    for (size_t i = 0; c->cmp && i < c->cmp->row_count && n < ANNOTATIONS_MAX; i++) {
        const struct ak_compare_row *r = &c->cmp->rows[i];
        if (r->verdict == AK_VERDICT_WORSE) {
            ak_buf_puts(out, "::warning title=worse::");
            put_message(out, ak_arena_printf(a, "%s %s %s %s", r->benchmark, r->unit,
                                             reporter_text_change(a, r->ratio),
                                             reporter_text_interval(a, r->ratio_lo, r->ratio_hi)));
            ak_buf_putc(out, '\n');
            n++;
        }
    }
    ak_arena_free(a);
}

static void put_label(struct ak_buf *out, const char *key, const char *value)
{
    struct ak_buf safe = AK_BUF_INIT;
    ak_sanitize_text(&safe, ak_str_from(value));
    ak_buf_printf(out, "%s=\"", key);
    for (size_t i = 0; i < safe.len; i++) {
        if (safe.ptr[i] == '"' || safe.ptr[i] == '\\') {
            ak_buf_putc(out, '\\');
        }
        ak_buf_putc(out, safe.ptr[i]);
    }
    ak_buf_putc(out, '"');
    ak_buf_release(&safe);
}

static void put_sample(struct ak_buf *out, const char *metric, const struct ak_compare_row *r,
                       const char *side, double value)
{
    if (isnan(value)) {
        return;
    }
    ak_buf_printf(out, "%s{", metric);
    put_label(out, "benchmark", r->benchmark);
    ak_buf_putc(out, ',');
    put_label(out, "unit", r->unit);
    if (side) {
        ak_buf_putc(out, ',');
        put_label(out, "side", side);
    }
    ak_buf_puts(out, "} ");
    ak_buf_f64(out, value);
    ak_buf_putc(out, '\n');
}

static void put_comparison(struct ak_buf *out, const struct ak_comparison *cmp)
{
    ak_buf_puts(out,
                "# TYPE akreport_median gauge\n# HELP akreport_median Median of a benchmark.\n");
    for (size_t i = 0; i < cmp->row_count; i++) {
        put_sample(out, "akreport_median", &cmp->rows[i], "before",
                   reporter_median(&cmp->rows[i].before));
        put_sample(out, "akreport_median", &cmp->rows[i], "after",
                   reporter_median(&cmp->rows[i].after));
    }
    ak_buf_puts(out,
                "# TYPE akreport_ratio gauge\n# HELP akreport_ratio After divided by before.\n");
    for (size_t i = 0; i < cmp->row_count; i++) {
        put_sample(out, "akreport_ratio", &cmp->rows[i], NULL, cmp->rows[i].ratio);
    }
    ak_buf_puts(out, "# TYPE akreport_rows gauge\n# HELP akreport_rows Rows by verdict.\n");
    for (int v = 0; v < AK_VERDICT_COUNT; v++) {
        ak_buf_puts(out, "akreport_rows{");
        put_label(out, "verdict", ak_verdict_text((enum ak_verdict)v));
        ak_buf_printf(out, "} %zu\n", cmp->counts[v]);
    }
}

void ak_comment_metrics(const struct ak_comment *c, struct ak_buf *out)
{
    if (c->cmp) {
        put_comparison(out, c->cmp);
    }
    if (c->check) {
        ak_buf_puts(out, "# TYPE akreport_criteria gauge\n"
                         "# HELP akreport_criteria Judged criteria by outcome.\n");
        for (int o = 0; o < AK_OUTCOME_COUNT; o++) {
            ak_buf_puts(out, "akreport_criteria{");
            put_label(out, "outcome", ak_outcome_text((enum ak_outcome)o));
            ak_buf_printf(out, "} %zu\n", c->check->counts[o]);
        }
    }
    ak_buf_puts(out, "# EOF\n");
}
