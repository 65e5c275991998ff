#include "numbers.h"

void store_numbers_f64(struct ak_buf *out, const double *v, size_t n)
{
    ak_buf_putc(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i) {
            ak_buf_putc(out, ',');
        }
        ak_buf_f64(out, v[i]);
    }
    ak_buf_putc(out, ']');
}

void store_numbers_i64(struct ak_buf *out, const int64_t *v, size_t n)
{
    ak_buf_putc(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i) {
            ak_buf_putc(out, ',');
        }
        ak_buf_i64(out, v[i]);
    }
    ak_buf_putc(out, ']');
}

/* The inside of the brackets and how many numbers stand there. */
static bool open_list(struct ak_str text, struct ak_str *out_inside, size_t *out_n)
{
    if (text.len < 2 || text.ptr[0] != '[' || text.ptr[text.len - 1] != ']') {
        return false;
    }
    *out_inside = ak_str_slice(text, 1, text.len - 1);
    size_t n = out_inside->len > 0;
    for (size_t i = 0; i < out_inside->len; i++) {
        n += out_inside->ptr[i] == ',';
    }
    *out_n = n;
    return true;
}

bool store_numbers_parse_f64(struct ak_str text, struct ak_arena *arena, double **out,
                             size_t *out_n)
{
    struct ak_str rest;
    size_t n;
    if (!open_list(text, &rest, &n)) {
        return false;
    }
    double *const v = AK_NEW_ARRAY(arena, double, n);
    for (size_t i = 0; i < n; i++) {
        if (!ak_str_f64(ak_str_cut(&rest, ','), &v[i])) {
            return false;
        }
    }
    *out = v;
    *out_n = n;
    return true;
}

bool store_numbers_parse_i64(struct ak_str text, struct ak_arena *arena, int64_t **out,
                             size_t *out_n)
{
    struct ak_str rest;
    size_t n;
    if (!open_list(text, &rest, &n)) {
        return false;
    }
    int64_t *const v = AK_NEW_ARRAY(arena, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        if (!ak_str_i64(ak_str_cut(&rest, ','), &v[i])) {
            return false;
        }
    }
    *out = v;
    *out_n = n;
    return true;
}
