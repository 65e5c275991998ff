/* Values before and after: what -diff_base subtracts, taken apart again by the label of the base.
 */
#include "base/json.h"
#include "base/mem.h"
#include "base/sanitize.h"
#include "render.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_ROWS = 40 };

struct pair {
    uint64_t before, after; /* sums, wrapping */
};

struct row {
    uint32_t node;
    int64_t flat_before, flat_after, cum_before, cum_after;
    uint64_t weight; /* sorted by it */
    struct ak_str name;
};

struct comparison {
    const struct ak_pprof_report *r;
    struct row *rows;
    size_t count, shown;
    int64_t before, after; /* totals */
};

static bool is_base(const struct ak_profile *p, size_t sample)
{
    for (uint64_t l = p->label_start[sample]; l < p->label_start[sample + 1]; l++) {
        if (ak_label_is_text(&p->labels[l]) &&
            ak_str_eq(ak_profile_str(p, p->labels[l].key), AK_STR("pprof::base"))) {
            return true;
        }
    }
    return false;
}

static void add(struct pair *sum, int64_t v, bool base)
{
    if (base) {
        sum->before -= (uint64_t)v; /* the base was multiplied by -1 */
    } else {
        sum->after += (uint64_t)v;
    }
}

static void sum_nodes(struct comparison *c, struct pair *flat, struct pair *cum)
{
    const struct ak_profile *p = c->r->view;
    const struct ak_graph *g = c->r->graph;
    size_t *seen = ak_calloc((size_t)g->node_count + 1, sizeof *seen);
    struct pair total = {0, 0};
    for (size_t i = 0; i < p->sample_count; i++) {
        const int64_t v = p->values[i * p->sample_type_count + c->r->value];
        const bool base = is_base(p, i);
        const uint64_t from = p->stack_start[i], to = p->stack_start[i + 1];
        add(&total, v, base);
        if (from < to) {
            add(&flat[g->frame_info[g->frame_start[p->stack_ids[from]]]], v, base);
        }
        for (uint64_t s = from; s < to; s++) {
            const uint32_t loc = p->stack_ids[s];
            for (uint32_t f = g->frame_start[loc]; f < g->frame_start[loc + 1]; f++) {
                const uint32_t node = g->frame_info[f];
                if (seen[node] != i + 1) {
                    seen[node] = i + 1;
                    add(&cum[node], v, base);
                }
            }
        }
    }
    c->before = (int64_t)total.before;
    c->after = (int64_t)total.after;
    ak_free(seen);
}

static int by_weight(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    const int c = ak_str_cmp(x->name, y->name);
    return c ? c : (x->node > y->node) - (x->node < y->node);
}

static void make_rows(struct comparison *c, const struct pair *flat, const struct pair *cum)
{
    const struct ak_graph *g = c->r->graph;
    const bool by_cum = strcmp(c->r->config.sort, "cum") == 0;
    c->rows = AK_NEW_ARRAY(c->r->arena, struct row, (size_t)g->node_count + 1);
    for (uint32_t n = 0; n < g->node_count; n++) {
        const struct pair *p = by_cum ? &cum[n] : &flat[n];
        if (p->after == p->before) {
            continue;
        }
        c->rows[c->count++] = (struct row){
            .node = n,
            .flat_before = (int64_t)flat[n].before,
            .flat_after = (int64_t)flat[n].after,
            .cum_before = (int64_t)cum[n].before,
            .cum_after = (int64_t)cum[n].after,
            .weight = ak_magnitude((int64_t)(p->after - p->before)),
            .name = ak_graph_node_name(g, n),
        };
    }
    if (c->count) {
        qsort(c->rows, c->count, sizeof *c->rows, by_weight);
    }
    const int64_t asked = c->r->config.nodecount;
    const size_t limit = !c->r->config.trim         ? c->count
                         : asked > 0 && asked != 80 ? (size_t)asked
                                                    : DEFAULT_ROWS;
    c->shown = c->count < limit ? c->count : limit;
}

static enum ak_status compare(const struct ak_pprof_report *r, struct comparison *out,
                              struct ak_error *err)
{
    *out = (struct comparison){.r = r};
    if (!r->view->label_start || r->config.mean) {
        return ak_fail(err, AK_USAGE, "compare needs -diff_base, and no -mean");
    }
    const size_t n = (size_t)r->graph->node_count + 1;
    struct pair *flat = ak_calloc(n, sizeof *flat), *cum = ak_calloc(n, sizeof *cum);
    sum_nodes(out, flat, cum);
    make_rows(out, flat, cum);
    ak_free(flat);
    ak_free(cum);
    return AK_OK;
}

static int64_t minus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

/* "+12ms", "-3ms", "0". */
static void put_delta(struct ak_buf *out, const struct ak_pprof_report *r, int64_t delta)
{
    ak_buf_puts(out, delta > 0 ? "+" : "");
    ak_pprof_value(out, r, delta);
}

/* The change in percent of the value before: "+12.5%", "new", "gone". */
static void put_change(struct ak_buf *out, int64_t before, int64_t after)
{
    if (before == 0) {
        ak_buf_puts(out, after ? "new" : "-");
    } else if (after == 0) {
        ak_buf_puts(out, "gone");
    } else {
        ak_buf_printf(out, "%+.1f%%", ((double)after / (double)before - 1.0) * 100.0);
    }
}

static void put_cell(struct ak_buf *out, struct ak_buf *cell, size_t width)
{
    ak_buf_pad_left(out, ak_buf_view(cell), width);
    ak_buf_putc(out, ' ');
    ak_buf_reset(cell);
}

static void put_numbers(const struct comparison *c, struct ak_buf *out, int64_t before,
                        int64_t after)
{
    struct ak_buf cell = AK_BUF_INIT;
    ak_pprof_value_cell(out, c->r, before, 10);
    ak_buf_putc(out, ' ');
    ak_pprof_value_cell(out, c->r, after, 10);
    ak_buf_putc(out, ' ');
    put_delta(&cell, c->r, minus(after, before));
    put_cell(out, &cell, 11);
    put_change(&cell, before, after);
    put_cell(out, &cell, 9);
    ak_buf_release(&cell);
}

/* The share of a change in the total before. */
static void put_share(const struct comparison *c, struct ak_buf *out, int64_t delta)
{
    struct ak_buf cell = AK_BUF_INIT;
    if (c->before) {
        ak_buf_printf(&cell, "%+.2f%%", (double)delta / fabs((double)c->before) * 100.0);
    } else {
        ak_buf_putc(&cell, '-');
    }
    put_cell(out, &cell, 8);
    ak_buf_release(&cell);
}

enum ak_status reporter_pprof_compare(const struct ak_pprof_report *r, struct ak_buf *out,
                                      struct ak_error *err)
{
    struct comparison c;
    const enum ak_status st = compare(r, &c, err);
    if (st != AK_OK) {
        return st;
    }
    for (size_t i = 0; i < r->legend_count; i++) {
        ak_buf_str(out, r->legend[i]);
        ak_buf_putc(out, '\n');
    }
    ak_buf_printf(out, "Showing %zu of %zu entries that changed\n", c.shown, c.count);
    ak_buf_puts(out,
                "    before      after       delta    change    share   cum delta  function\n");
    put_numbers(&c, out, c.before, c.after);
    put_share(&c, out, minus(c.after, c.before));
    ak_buf_puts(out, "            total\n");
    struct ak_buf cell = AK_BUF_INIT;
    for (size_t i = 0; i < c.shown; i++) {
        const struct row *row = &c.rows[i];
        put_numbers(&c, out, row->flat_before, row->flat_after);
        put_share(&c, out, minus(row->flat_after, row->flat_before));
        put_delta(&cell, r, minus(row->cum_after, row->cum_before));
        put_cell(out, &cell, 11);
        ak_buf_putc(out, ' ');
        ak_sanitize_text(out, row->name);
        ak_buf_putc(out, '\n');
    }
    ak_buf_release(&cell);
    return AK_OK;
}

enum ak_status reporter_pprof_compare_markdown(const struct ak_pprof_report *r, struct ak_buf *out,
                                               struct ak_error *err)
{
    struct comparison c;
    const enum ak_status st = compare(r, &c, err);
    if (st != AK_OK) {
        return st;
    }
    ak_buf_puts(out, "| before | after | delta | change | function |\n"
                     "|---:|---:|---:|---:|:---|\n");
    for (size_t i = 0; i < c.shown + 1; i++) {
        const struct row *row = i ? &c.rows[i - 1] : NULL;
        const int64_t before = row ? row->flat_before : c.before;
        const int64_t after = row ? row->flat_after : c.after;
        ak_buf_puts(out, "| ");
        ak_pprof_value(out, r, before);
        ak_buf_puts(out, " | ");
        ak_pprof_value(out, r, after);
        ak_buf_puts(out, " | ");
        put_delta(out, r, minus(after, before));
        ak_buf_puts(out, " | ");
        put_change(out, before, after);
        ak_buf_puts(out, " | ");
        if (row) {
            ak_sanitize_markdown_code(out, row->name);
        } else {
            ak_buf_puts(out, "**total**");
        }
        ak_buf_puts(out, " |\n");
    }
    return AK_OK;
}

enum ak_status reporter_pprof_compare_json(const struct ak_pprof_report *r, struct ak_buf *out,
                                           struct ak_error *err)
{
    struct comparison c;
    const enum ak_status st = compare(r, &c, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_json j;
    ak_json_init(&j, out, 2);
    ak_json_object(&j);
    ak_json_key(&j, "type");
    ak_json_str(&j, r->sample_type);
    ak_json_key(&j, "unit");
    ak_json_str(&j, r->sample_unit);
    ak_json_ki64(&j, "before", c.before);
    ak_json_ki64(&j, "after", c.after);
    ak_json_key(&j, "rows");
    ak_json_array(&j);
    for (size_t i = 0; i < c.shown; i++) {
        ak_json_object(&j);
        ak_json_key(&j, "name");
        ak_json_str(&j, c.rows[i].name);
        ak_json_ki64(&j, "flat_before", c.rows[i].flat_before);
        ak_json_ki64(&j, "flat_after", c.rows[i].flat_after);
        ak_json_ki64(&j, "cum_before", c.rows[i].cum_before);
        ak_json_ki64(&j, "cum_after", c.rows[i].cum_after);
        ak_json_end(&j);
    }
    ak_json_end(&j);
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
    return AK_OK;
}
