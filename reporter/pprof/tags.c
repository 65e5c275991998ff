#include "base/idmap.h"
#include "base/mem.h"
#include "base/sanitize.h"
#include "profile/measure.h"
#include "render.h"

#include <stdlib.h>

/* Sums by key and by value of a key. */
struct tag_sum {
    struct ak_str key, name;
    int64_t sum;
};

struct tag_table {
    struct ak_intern texts; /* key NUL value */
    struct tag_sum *items;
    size_t cap;
    bool overflow;
};

static void add(struct tag_table *t, struct ak_str key, struct ak_str value, int64_t v,
                struct ak_buf *scratch)
{
    ak_buf_reset(scratch);
    ak_buf_str(scratch, key);
    ak_buf_putc(scratch, '\0');
    ak_buf_str(scratch, value);
    const size_t before = t->texts.count;
    const uint32_t i = ak_intern_add(&t->texts, ak_buf_view(scratch));
    if (i == before) {
        AK_GROW(t->items, t->texts.count, t->cap);
        const struct ak_str both = t->texts.strs[i];
        t->items[i] = (struct tag_sum){.key = ak_str_slice(both, 0, key.len),
                                       .name = ak_str_slice(both, key.len + 1, both.len)};
    }
    t->overflow = __builtin_add_overflow(t->items[i].sum, v, &t->items[i].sum) || t->overflow;
}

static void collect(const struct ak_pprof_report *r, struct tag_table *t)
{
    const struct ak_profile *p = r->view;
    struct ak_buf scratch = AK_BUF_INIT, number = AK_BUF_INIT;
    for (size_t i = 0; i < p->sample_count && p->label_start; i++) {
        const int64_t v = p->values[i * p->sample_type_count + r->value];
        for (uint64_t l = p->label_start[i]; l < p->label_start[i + 1]; l++) {
            const struct ak_label *label = &p->labels[l];
            const struct ak_str key = ak_profile_str(p, label->key);
            struct ak_str value = ak_profile_str(p, label->str);
            if (!ak_label_is_text(label)) {
                ak_buf_reset(&number);
                ak_measure_label(&number, label->num, ak_tag_unit(&r->units, key),
                                 ak_str_from(r->config.unit));
                value = ak_buf_view(&number);
            }
            add(t, key, value, v, &scratch);
        }
    }
    ak_buf_release(&scratch);
    ak_buf_release(&number);
}

/* By key; within a key large values first, then by name. */
static int by_key_and_sum(const void *a, const void *b)
{
    const struct tag_sum *x = a, *y = b;
    const int c = ak_str_cmp(x->key, y->key);
    if (c) {
        return c;
    }
    const uint64_t vx = ak_magnitude(x->sum), vy = ak_magnitude(y->sum);
    if (vx != vy) {
        return vx > vy ? -1 : 1;
    }
    return ak_str_cmp(x->name, y->name);
}

static void put_sum(const struct ak_pprof_report *r, struct ak_buf *out, int64_t v)
{
    ak_pprof_value(out, r, v);
    if (r->total > 0) {
        ak_buf_puts(out, " (");
        ak_pprof_percent(out, r, v, r->total);
        ak_buf_putc(out, ')');
    }
    ak_buf_putc(out, ':');
}

/* One key with its values in two right-aligned columns. */
static void put_key(const struct ak_pprof_report *r, struct ak_buf *out,
                    const struct tag_sum *items, size_t n)
{
    struct ak_buf cell = AK_BUF_INIT;
    uint64_t sum = 0;
    size_t width = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (uint64_t)items[i].sum;
        ak_buf_reset(&cell);
        put_sum(r, &cell, items[i].sum);
        const size_t w = ak_utf8_count(ak_buf_view(&cell));
        width = w > width ? w : width;
    }
    ak_buf_reset(&cell);
    ak_sanitize_text(&cell, items[0].key);
    ak_buf_putc(&cell, ':');
    const size_t key_width = ak_utf8_count(ak_buf_view(&cell)) + 1;
    ak_buf_pad_left(out, ak_buf_view(&cell), key_width);
    ak_buf_puts(out, " Total ");
    ak_pprof_value(out, r, (int64_t)sum);
    ak_buf_puts(out, " of ");
    ak_pprof_value(out, r, r->total);
    if (r->total > 0) {
        ak_buf_puts(out, " (");
        ak_pprof_percent(out, r, (int64_t)sum, r->total);
        ak_buf_putc(out, ')');
    }
    ak_buf_putc(out, '\n');
    for (size_t i = 0; i < n; i++) {
        ak_buf_fill(out, ' ', key_width > 2 ? key_width : 2);
        ak_buf_reset(&cell);
        put_sum(r, &cell, items[i].sum);
        ak_buf_pad_left(out, ak_buf_view(&cell), width + 1);
        ak_buf_putc(out, ' ');
        ak_sanitize_text(out, items[i].name);
        ak_buf_putc(out, '\n');
    }
    ak_buf_putc(out, '\n');
    ak_buf_release(&cell);
}

enum ak_status reporter_pprof_tags(const struct ak_pprof_report *r, struct ak_buf *out,
                                   struct ak_error *err)
{
    struct tag_table t = {0};
    ak_intern_init(&t.texts, r->arena);
    collect(r, &t);
    const size_t n = t.texts.count;
    if (n) {
        qsort(t.items, n, sizeof *t.items, by_key_and_sum);
    }
    for (size_t from = 0; from < n;) {
        size_t to = from + 1;
        while (to < n && ak_str_eq(t.items[to].key, t.items[from].key)) {
            to++;
        }
        put_key(r, out, t.items + from, to - from);
        from = to;
    }
    ak_free(t.items);
    ak_intern_release(&t.texts);
    if (t.overflow && !r->config.compat) {
        return ak_fail(err, AK_OVERFLOW, "the sum of a tag does not fit in 64 bits");
    }
    return AK_OK;
}
