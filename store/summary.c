#include "summary.h"

#include "base/mem.h"
#include "profile_store.h"
#include "varint.h"

#include <stdlib.h>

enum { MAX_TYPES = 64 };

struct sums {
    const struct ak_profile *p;
    int64_t *flat, *cum; /* [string * types + type] */
    size_t *seen;        /* last sample + 1 in which the string occurred */
    int64_t totals[MAX_TYPES];
    bool overflow;
};

static void add_row(struct sums *x, int64_t *to, size_t sample)
{
    const int64_t *const row = x->p->values + sample * x->p->sample_type_count;
    for (uint32_t t = 0; t < x->p->sample_type_count; t++) {
        x->overflow = __builtin_add_overflow(to[t], row[t], &to[t]) || x->overflow;
    }
}

static uint32_t line_name(const struct ak_profile *p, const struct ak_line *line)
{
    return line->function == AK_NO_INDEX ? 0 : p->functions[line->function].name;
}

static void add_sample(struct sums *x, size_t sample)
{
    const struct ak_profile *const p = x->p;
    const uint32_t types = p->sample_type_count;
    add_row(x, x->totals, sample);
    for (uint64_t i = p->stack_start[sample]; i < p->stack_start[sample + 1]; i++) {
        const struct ak_location *const l = &p->locations[p->stack_ids[i]];
        for (uint32_t n = 0; n < l->line_count; n++) {
            const uint32_t name = line_name(p, &p->lines[l->first_line + n]);
            if (name && i == p->stack_start[sample] && n == 0) {
                add_row(x, x->flat + (size_t)name * types, sample);
            }
            if (name && x->seen[name] != sample + 1) {
                x->seen[name] = sample + 1;
                add_row(x, x->cum + (size_t)name * types, sample);
            }
        }
    }
}

/* 0: the column stands for itself; else it is the first one times this. */
static uint64_t column_factor(const struct ak_profile *p, uint32_t type)
{
    int64_t factor = 0;
    for (size_t i = 0; type > 0 && i < p->sample_count; i++) {
        const int64_t *const row = p->values + i * p->sample_type_count;
        int64_t product;
        if (factor == 0 && row[0] > 0) {
            factor = row[type] / row[0];
        }
        if (factor <= 0 || __builtin_mul_overflow(row[0], factor, &product) ||
            product != row[type]) {
            return 0;
        }
    }
    return (uint64_t)factor;
}

struct name_id {
    uint32_t id, string;
};

static int compare_ids(const void *a, const void *b)
{
    const struct name_id *const x = a;
    const struct name_id *const y = b;
    return x->id != y->id ? (x->id > y->id) - (x->id < y->id)
                          : (x->string > y->string) - (x->string < y->string);
}

/* Most functions only call: their flat is 0 and is not written. The lowest bit says whether it
 * follows; 64 bits may not leave room for it, so cum is split. */
static void put_pair(struct ak_buf *out, int64_t flat, int64_t cum)
{
    const uint64_t folded = store_fold(cum);
    const bool wide = folded >> 62 != 0;
    store_put(out, wide ? 2u | (flat != 0) : folded << 2 | (flat != 0));
    if (wide) {
        store_put(out, folded);
    }
    if (flat != 0) {
        store_put_signed(out, flat);
    }
}

static void get_pair(struct store_bytes *r, int64_t *out_flat, int64_t *out_cum)
{
    const uint64_t head = store_get(r);
    *out_cum = store_unfold(head & 2 ? store_get(r) : head >> 2);
    *out_flat = head & 1 ? store_get_signed(r) : 0;
}

static void put_columns(const struct sums *x, const struct name_id *names, size_t count,
                        struct ak_buf *out)
{
    const struct ak_profile *const p = x->p;
    const uint32_t types = p->sample_type_count;
    uint64_t factors[MAX_TYPES];
    store_put(out, types);
    for (uint32_t t = 0; t < types; t++) {
        factors[t] = column_factor(p, t);
        store_put(out, factors[t]);
    }
    store_put(out, count);
    for (size_t i = 0; i < count; i++) {
        store_put(out, names[i].id - (i ? names[i - 1].id : 0));
    }
    for (uint32_t t = 0; t < types; t++) {
        if (factors[t]) {
            continue;
        }
        store_put_signed(out, x->totals[t]);
        for (size_t i = 0; i < count; i++) {
            const size_t at = (size_t)names[i].string * types + t;
            put_pair(out, x->flat[at], x->cum[at]);
        }
    }
}

/* --- the heaviest ---------------------------------------------------------------------------- */

enum { TOP = 8 };

/* pprof's default: what the profile names, else its last type. */
static uint32_t default_type(const struct ak_profile *p)
{
    for (uint32_t t = 0; t < p->sample_type_count; t++) {
        if (p->default_sample_type && p->sample_types[t].type == p->default_sample_type) {
            return t;
        }
    }
    return p->sample_type_count - 1;
}

/* Keeps the `TOP` names with the most flat, largest first, in order of the file where they are
 * equal. */
static size_t choose_top(const struct sums *x, const struct name_id *names, size_t count,
                         uint32_t type, struct name_id *top)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const int64_t flat = x->flat[(size_t)names[i].string * x->p->sample_type_count + type];
        size_t at = n;
        while (at > 0 &&
               flat > x->flat[(size_t)top[at - 1].string * x->p->sample_type_count + type]) {
            at--;
        }
        if (flat <= 0 || at == TOP) {
            continue;
        }
        n += n < TOP;
        for (size_t k = n - 1; k > at; k--) {
            top[k] = top[k - 1];
        }
        top[at] = names[i];
    }
    return n;
}

static void put_top(const struct sums *x, const struct name_id *names, size_t count,
                    struct ak_buf *out)
{
    struct name_id top[TOP];
    const uint32_t type = default_type(x->p);
    const size_t n = choose_top(x, names, count, type, top);
    ak_buf_putc(out, '[');
    for (size_t i = 0; i < n; i++) {
        const size_t at = (size_t)top[i].string * x->p->sample_type_count + type;
        ak_buf_puts(out, i ? ",[" : "[");
        ak_buf_u64(out, top[i].id);
        ak_buf_putc(out, ',');
        ak_buf_i64(out, x->flat[at]);
        ak_buf_putc(out, ',');
        ak_buf_i64(out, x->cum[at]);
        ak_buf_putc(out, ']');
    }
    ak_buf_putc(out, ']');
}

static enum ak_status intern_names(struct ak_store *s, const struct sums *x, uint32_t *string_ids,
                                   struct name_id *names, size_t *out_count, struct ak_error *err)
{
    size_t count = 0;
    bool ascending = true;
    enum ak_status st = AK_OK;
    for (uint32_t i = 1; i < x->p->string_count && st == AK_OK; i++) {
        if (x->seen[i]) {
            st = store_string_id(s, x->p, string_ids, i, err);
            ascending = ascending && (count == 0 || names[count - 1].id < string_ids[i]);
            names[count++] = (struct name_id){string_ids[i], i};
        }
    }
    if (!ascending) {
        qsort(names, count, sizeof *names, compare_ids);
    }
    *out_count = count;
    return st;
}

static enum ak_status make(struct ak_store *s, struct sums *x, uint32_t *string_ids,
                           struct ak_arena *arena, struct store_summary *out, struct ak_error *err)
{
    const struct ak_profile *const p = x->p;
    for (size_t i = 0; i < p->sample_count; i++) {
        add_sample(x, i);
    }
    if (x->overflow) {
        return AK_OK;
    }
    struct name_id *const names = AK_NEW_ARRAY(arena, struct name_id, p->string_count);
    const uint32_t type_name = p->sample_types[default_type(p)].type;
    size_t count = 0;
    enum ak_status st = intern_names(s, x, string_ids, names, &count, err);
    st = st == AK_OK ? store_string_id(s, p, string_ids, type_name, err) : st;
    if (st == AK_OK) {
        put_columns(x, names, count, &out->packed);
        put_top(x, names, count, &out->top);
        out->top_type = type_name ? string_ids[type_name] : 0;
    }
    return st;
}

enum ak_status store_summary_make(struct ak_store *s, const struct ak_profile *p,
                                  uint32_t *string_ids, struct store_summary *out,
                                  struct ak_error *err)
{
    if (p->sample_type_count == 0 || p->sample_type_count > MAX_TYPES) {
        return AK_OK;
    }
    struct ak_arena *const arena = store_dict_of(s)->scratch;
    const size_t cells = (size_t)p->string_count * p->sample_type_count;
    struct sums x = {.p = p,
                     .flat = AK_NEW_ARRAY(arena, int64_t, cells),
                     .cum = AK_NEW_ARRAY(arena, int64_t, cells),
                     .seen = AK_NEW_ARRAY(arena, size_t, p->string_count)};
    return make(s, &x, string_ids, arena, out, err);
}

/* --- reading --------------------------------------------------------------------------------- */

static void skip(struct store_bytes *r, uint64_t numbers)
{
    const unsigned char *p = r->p;
    while (numbers > 0 && p < r->end) {
        numbers -= *p++ < 0x80;
    }
    r->p = p;
    r->bad = r->bad || numbers > 0;
}

/* The position of a name in the list, or count. */
static uint64_t position_of(struct store_bytes *r, uint64_t count, uint32_t name)
{
    uint64_t id = 0;
    uint64_t at = count;
    uint64_t i = 0;
    for (; i < count && !r->bad; i++) {
        id += store_get(r);
        if (id >= name) {
            at = id == name ? i : count;
            i++;
            break;
        }
    }
    skip(r, count - i);
    return at;
}

static int64_t times(int64_t v, uint64_t factor)
{
    return (int64_t)((uint64_t)v * factor);
}

bool store_summary_find(struct ak_str summary, uint32_t name, uint32_t type,
                        struct store_summary_value *out)
{
    struct store_bytes r = store_bytes_of(summary);
    uint64_t factors[MAX_TYPES];
    const uint64_t types = store_get(&r);
    if (types > MAX_TYPES || type >= types) {
        return false;
    }
    for (uint64_t t = 0; t < types; t++) {
        factors[t] = store_get(&r);
    }
    const uint64_t count = store_get(&r);
    const uint64_t at = position_of(&r, count, name);
    /* A multiple has no column of its own: its values are those of type 0. */
    const uint32_t own = factors[type] ? 0 : type;
    int64_t flat = 0;
    int64_t cum = 0;
    for (uint32_t t = 0; t < own && !r.bad; t++) {
        if (!factors[t]) {
            skip(&r, 1);
            for (uint64_t i = 0; i < count && !r.bad; i++) {
                get_pair(&r, &flat, &cum);
            }
        }
    }
    const uint64_t factor = factors[type] ? factors[type] : 1;
    *out = (struct store_summary_value){.found = at < count};
    out->total = times(store_get_signed(&r), factor);
    for (uint64_t i = 0; out->found && i <= at && !r.bad; i++) {
        get_pair(&r, &flat, &cum);
    }
    out->flat = out->found ? times(flat, factor) : 0;
    out->cum = out->found ? times(cum, factor) : 0;
    return !r.bad;
}
