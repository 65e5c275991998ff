#include "profile/tagfilter.h"

#include "base/mem.h"
#include "profile/measure.h"
#include "samples.h"

enum { MAX_PARTS = 64 };

struct ak_tag_filter {
    char *text; /* owned copy; key points into it */
    struct ak_str key;
    bool has_key;
    bool is_range, has_low, has_high;
    double low, high;
    struct ak_str unit; /* of the range, as scaled */
    struct ak_regex *parts[MAX_PARTS];
    size_t part_count;
};

/* --- ranges --------------------------------------------------------------------------------- */

struct quantity {
    struct ak_str text, number, unit;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The first "[+-]digits[letters]" in s; false when there is none. *out_end is behind it. */
static bool find_quantity(struct ak_str s, size_t from, struct quantity *out, size_t *out_end)
{
    for (size_t i = from; i < s.len; i++) {
        const bool sign = s.ptr[i] == '+' || s.ptr[i] == '-';
        size_t end = i + sign;
        while (end < s.len && is_digit(s.ptr[end])) {
            end++;
        }
        if (end == i + sign) {
            continue;
        }
        const size_t number_end = end;
        while (end < s.len && is_alpha(s.ptr[end])) {
            end++;
        }
        out->text = ak_str_slice(s, i, end);
        out->number = ak_str_slice(s, i, number_end);
        out->unit = ak_str_slice(s, number_end, end);
        *out_end = end;
        return true;
    }
    return false;
}

static enum ak_status quantity_value(const struct quantity *q, int64_t *out, struct ak_error *err)
{
    struct ak_str n = q->number;
    if (n.ptr[0] == '+') {
        n = ak_str_slice(n, 1, n.len);
    }
    if (!ak_str_i64(n, out)) {
        return ak_fail(err, AK_USAGE, "failed to parse int %.*s: value out of range",
                       (int)q->number.len, q->number.ptr);
    }
    return AK_OK;
}

/* Fills the range of f when value has the form of one. */
static enum ak_status parse_range(struct ak_tag_filter *f, struct ak_str value,
                                  struct ak_error *err)
{
    struct quantity a, b;
    size_t end;
    if (!find_quantity(value, 0, &a, &end)) {
        return AK_OK;
    }
    int64_t v = 0;
    enum ak_status st = quantity_value(&a, &v, err);
    if (st != AK_OK) {
        return st;
    }
    const double first = ak_measure_scale(v, a.unit, a.unit, &f->unit);
    const size_t at = (size_t)(a.text.ptr - value.ptr);
    if (find_quantity(value, end, &b, &(size_t){0})) {
        const bool whole = at == 0 && end + 1 + b.text.len == value.len && value.ptr[end] == ':' &&
                           b.text.ptr == value.ptr + end + 1;
        if (!whole) {
            return AK_OK;
        }
        struct ak_str unit;
        st = quantity_value(&b, &v, err);
        f->high = ak_measure_scale(v, b.unit, f->unit, &unit);
        f->is_range = ak_str_eq(unit, f->unit);
        f->has_low = f->has_high = true;
        f->low = first;
        return st;
    }
    const bool at_start = at == 0, at_end = end == value.len;
    const bool open_end = at_start && end + 1 == value.len && value.ptr[end] == ':';
    const bool open_start = at_end && at == 1 && value.ptr[0] == ':';
    f->is_range = (at_start && at_end) || open_end || open_start;
    f->has_low = !open_start;
    f->has_high = !open_end;
    f->low = f->high = first;
    return AK_OK;
}

/* --- compiling ------------------------------------------------------------------------------ */

static enum ak_status compile_parts(struct ak_tag_filter *f, const char *name, struct ak_str value,
                                    struct ak_error *err)
{
    struct ak_str rest = value;
    do {
        const struct ak_str part = ak_str_cut(&rest, ',');
        if (f->part_count == MAX_PARTS) {
            return ak_fail(err, AK_LIMIT, "parsing %s regexp: more than %d parts", name,
                           (int)MAX_PARTS);
        }
        const enum ak_status st = ak_regex_compile(part, &f->parts[f->part_count], err);
        if (st != AK_OK) {
            return ak_prefix(err, st, "parsing %s regexp", name);
        }
        f->part_count++;
    } while (rest.ptr);
    return AK_OK;
}

enum ak_status ak_tag_filter_compile(const char *name, struct ak_str text,
                                     struct ak_tag_filter **out, bool *out_is_range,
                                     struct ak_error *err)
{
    struct ak_tag_filter *f = ak_calloc(1, sizeof *f);
    f->text = ak_strndup(text.ptr, text.len);
    struct ak_str value = {f->text, text.len};
    const ptrdiff_t equal = ak_str_chr(value, '=');
    if (equal >= 0) {
        f->has_key = equal > 0;
        f->key = ak_str_slice(value, 0, (size_t)equal);
        value = ak_str_slice(value, (size_t)equal + 1, value.len);
    }
    enum ak_status st = parse_range(f, value, err);
    if (st == AK_OK && !f->is_range) {
        st = compile_parts(f, name, value, err);
    }
    if (st != AK_OK) {
        ak_tag_filter_free(f);
        return st;
    }
    *out_is_range = f->is_range;
    *out = f;
    return AK_OK;
}

void ak_tag_filter_free(struct ak_tag_filter *f)
{
    if (f) {
        for (size_t i = 0; i < f->part_count; i++) {
            ak_regex_free(f->parts[i]);
        }
        ak_free(f->text);
        ak_free(f);
    }
}

bool ak_tag_filter_exceeded(const struct ak_tag_filter *f)
{
    bool exceeded = false;
    for (size_t i = 0; f && i < f->part_count; i++) {
        exceeded = exceeded || ak_regex_exceeded(f->parts[i]);
    }
    return exceeded;
}

/* --- matching ------------------------------------------------------------------------------- */

struct sample_tags {
    const struct ak_profile *p;
    const struct ak_tag_units *units;
    uint64_t from, to;   /* labels of the sample */
    struct ak_buf *text; /* scratch for "key:value" */
};

static bool in_range(const struct ak_tag_filter *f, const struct sample_tags *t)
{
    for (uint64_t i = t->from; i < t->to; i++) {
        const struct ak_label *label = &t->p->labels[i];
        const struct ak_str key = ak_profile_str(t->p, label->key);
        if (ak_label_is_text(label) || (f->has_key && !ak_str_eq(key, f->key))) {
            continue;
        }
        struct ak_str unit;
        const double v = ak_measure_scale(label->num, ak_tag_unit(t->units, key), f->unit, &unit);
        if (ak_str_eq(unit, f->unit) && (!f->has_low || v >= f->low) &&
            (!f->has_high || v <= f->high)) {
            return true;
        }
    }
    return false;
}

/* True when some text label matches rx, by its value under the wanted key or as "key:value". */
static bool some_label_matches(const struct ak_tag_filter *f, struct ak_regex *rx,
                               const struct sample_tags *t)
{
    for (uint64_t i = t->from; i < t->to; i++) {
        const struct ak_label *label = &t->p->labels[i];
        if (!ak_label_is_text(label)) {
            continue;
        }
        const struct ak_str key = ak_profile_str(t->p, label->key);
        struct ak_str text = ak_profile_str(t->p, label->str);
        if (f->has_key && !ak_str_eq(key, f->key)) {
            continue;
        }
        if (!f->has_key) {
            ak_buf_reset(t->text);
            ak_buf_str(t->text, key);
            ak_buf_putc(t->text, ':');
            ak_buf_str(t->text, text);
            text = ak_buf_view(t->text);
        }
        if (ak_regex_match(rx, text)) {
            return true;
        }
    }
    return false;
}

static bool sample_matches(const struct ak_tag_filter *f, const struct sample_tags *t)
{
    if (f->is_range) {
        return in_range(f, t);
    }
    for (size_t i = 0; i < f->part_count; i++) {
        const bool matches = some_label_matches(f, f->parts[i], t);
        if (matches == f->has_key) {
            return matches; /* any of the parts with a key, all of them without */
        }
    }
    return !f->has_key;
}

void ak_view_filter_tags(struct ak_profile *view, struct ak_tag_filter *focus,
                         struct ak_tag_filter *ignore, const struct ak_tag_units *units,
                         bool *out_focused, bool *out_ignored)
{
    *out_focused = *out_ignored = false;
    if (!focus && !ignore) {
        *out_focused = view->sample_count > 0;
        return;
    }
    struct ak_buf scratch = AK_BUF_INIT;
    struct profile_samples out = profile_samples_begin(view, 0);
    for (size_t i = 0; i < view->sample_count; i++) {
        const struct sample_tags tags = {
            .p = view,
            .units = units,
            .from = view->label_start ? view->label_start[i] : 0,
            .to = view->label_start ? view->label_start[i + 1] : 0,
            .text = &scratch,
        };
        const bool focused = !focus || sample_matches(focus, &tags);
        const bool ignored = ignore && sample_matches(ignore, &tags);
        *out_focused = *out_focused || focused;
        *out_ignored = *out_ignored || ignored;
        if (focused && !ignored) {
            const uint32_t *ids = view->stack_ids + view->stack_start[i];
            profile_samples_add(&out, i, ids,
                                (size_t)(view->stack_start[i + 1] - view->stack_start[i]));
        }
    }
    profile_samples_end(&out, view);
    ak_buf_release(&scratch);
}
