/* The tables of a projection one after the other, for a terminal and as Markdown. */
#include "base/sanitize.h"
#include "reporter/compare.h"

/* What text and Markdown have different words for. */
struct dress {
    void (*clean)(struct ak_buf *out, struct ak_str text);
    void (*pair)(const struct ak_comparison *c, const struct ak_compare_text_opts *opts,
                 struct ak_buf *out);
    void (*set)(const struct ak_comparison_set *set, const struct ak_compare_text_opts *opts,
                struct ak_buf *out);
    const char *heading, *heading_end, *bullet;
};

static void line_of(const struct dress *d, const char *before, const char *text, struct ak_buf *out)
{
    ak_buf_puts(out, before);
    d->clean(out, ak_str_from(text));
    ak_buf_putc(out, '\n');
}

static void alone(const struct dress *d, const struct ak_comparison_table *t, struct ak_buf *out)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_buf_printf(&text, "only \"%s\" has results here, so that nothing is compared", t->only);
    line_of(d, "", text.ptr, out);
    ak_buf_release(&text);
}

static void table(const struct dress *d, const struct ak_comparison_table *t,
                  const struct ak_compare_text_opts *opts, struct ak_buf *out)
{
    if (*t->heading) {
        ak_buf_puts(out, d->heading);
        d->clean(out, ak_str_from(t->heading));
        ak_buf_puts(out, d->heading_end);
    }
    if (t->set.pair_count == 0) {
        alone(d, t, out);
    } else if (t->set.pair_count == 1) {
        d->pair(t->set.pairs, opts, out);
    } else {
        d->set(&t->set, opts, out);
    }
    for (size_t i = 0; i < t->warning_count; i++) {
        ak_buf_puts(out, i == 0 ? "\n" : "");
        ak_buf_puts(out, d->bullet);
        line_of(d, "warning: ", t->warnings[i], out);
    }
}

static void tables(const struct dress *d, const struct ak_comparison_tables *all,
                   const struct ak_compare_text_opts *opts, struct ak_buf *out)
{
    for (size_t i = 0; i < all->count; i++) {
        ak_buf_puts(out, i > 0 ? "\n" : "");
        table(d, &all->tables[i], opts, out);
    }
}

void ak_compare_tables_text(const struct ak_comparison_tables *all,
                            const struct ak_compare_text_opts *opts, struct ak_buf *out)
{
    const struct dress text = {.clean = ak_sanitize_text,
                               .pair = ak_compare_text,
                               .set = ak_compare_set_text,
                               .heading = opts->color ? "\033[1m== " : "== ",
                               .heading_end = opts->color ? "\033[0m\n" : "\n",
                               .bullet = ""};
    tables(&text, all, opts, out);
}

void ak_compare_tables_markdown(const struct ak_comparison_tables *all,
                                const struct ak_compare_text_opts *opts, struct ak_buf *out)
{
    const struct dress markdown = {.clean = ak_sanitize_markdown,
                                   .pair = ak_compare_markdown,
                                   .set = ak_compare_set_markdown,
                                   .heading = "### ",
                                   .heading_end = "\n\n",
                                   .bullet = "- "};
    tables(&markdown, all, opts, out);
}
