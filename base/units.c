#include "base/units.h"

#include <math.h>
#include <stdio.h>

struct unit_row {
    const char *name;
    enum ak_unit_class class;
    double factor;
};

/* Numerators of benchmark units, as they are written there. */
static const struct unit_row numerators[] = {
    {"ns", AK_UNIT_TIME, 1e-9},      {"us", AK_UNIT_TIME, 1e-6},
    {"µs", AK_UNIT_TIME, 1e-6},      {"μs", AK_UNIT_TIME, 1e-6},
    {"ms", AK_UNIT_TIME, 1e-3},      {"s", AK_UNIT_TIME, 1},
    {"sec", AK_UNIT_TIME, 1},        {"B", AK_UNIT_BYTES, 1},
    {"bytes", AK_UNIT_BYTES, 1},     {"kB", AK_UNIT_BYTES, 1e3},
    {"KB", AK_UNIT_BYTES, 1e3},      {"MB", AK_UNIT_BYTES, 1e6},
    {"GB", AK_UNIT_BYTES, 1e9},      {"KiB", AK_UNIT_BYTES, 1024},
    {"MiB", AK_UNIT_BYTES, 1048576}, {"GiB", AK_UNIT_BYTES, 1073741824},
    {"allocs", AK_UNIT_COUNT, 1},    {"count", AK_UNIT_COUNT, 1},
    {"mallocs", AK_UNIT_COUNT, 1},   {"objects", AK_UNIT_COUNT, 1},
};

/* Suffixes of a quantity that a person writes. */
static const struct unit_row suffixes[] = {
    {"", AK_UNIT_OTHER, 1},          {"ns", AK_UNIT_TIME, 1e-9},
    {"us", AK_UNIT_TIME, 1e-6},      {"µs", AK_UNIT_TIME, 1e-6},
    {"μs", AK_UNIT_TIME, 1e-6},      {"ms", AK_UNIT_TIME, 1e-3},
    {"s", AK_UNIT_TIME, 1},          {"sec", AK_UNIT_TIME, 1},
    {"min", AK_UNIT_TIME, 60},       {"h", AK_UNIT_TIME, 3600},
    {"B", AK_UNIT_BYTES, 1},         {"bytes", AK_UNIT_BYTES, 1},
    {"kB", AK_UNIT_BYTES, 1e3},      {"KB", AK_UNIT_BYTES, 1e3},
    {"MB", AK_UNIT_BYTES, 1e6},      {"GB", AK_UNIT_BYTES, 1e9},
    {"TB", AK_UNIT_BYTES, 1e12},     {"KiB", AK_UNIT_BYTES, 1024},
    {"MiB", AK_UNIT_BYTES, 1048576}, {"GiB", AK_UNIT_BYTES, 1073741824},
    {"k", AK_UNIT_COUNT, 1e3},       {"M", AK_UNIT_COUNT, 1e6},
    {"%", AK_UNIT_OTHER, 0.01},      {"allocs", AK_UNIT_COUNT, 1},
    {"count", AK_UNIT_COUNT, 1},     {"objects", AK_UNIT_COUNT, 1},
};

static const struct unit_row *row_find(const struct unit_row *rows, size_t n, struct ak_str name)
{
    for (size_t i = 0; i < n; i++) {
        if (ak_str_eq(name, ak_str_from(rows[i].name))) {
            return &rows[i];
        }
    }
    return NULL;
}

struct ak_unit_info ak_unit_info(struct ak_str unit)
{
    struct ak_unit_info info = {AK_UNIT_OTHER, 1, AK_LOWER_IS_BETTER};
    struct ak_str rest = unit;
    struct ak_str numerator = ak_str_cut(&rest, '/');
    if (ak_str_eq(rest, AK_STR("s")) || ak_str_eq(rest, AK_STR("sec"))) {
        info.better = AK_HIGHER_IS_BETTER;
    }
    /* "p99-ns" measures what its last part measures. */
    const ptrdiff_t dash = ak_str_rchr(numerator, '-');
    numerator = ak_str_slice(numerator, (size_t)(dash + 1), numerator.len);
    const struct unit_row *row =
        row_find(numerators, sizeof numerators / sizeof *numerators, numerator);
    if (row) {
        info.class = row->class;
        info.factor = row->factor;
    }
    return info;
}

bool ak_quantity_parse(struct ak_str text, enum ak_unit_class *out_class, double *out_value)
{
    text = ak_str_trim(text);
    size_t digits = 0;
    while (digits < text.len &&
           (memchr("0123456789.+-", text.ptr[digits], 13) ||
            ((text.ptr[digits] == 'e' || text.ptr[digits] == 'E') && digits + 1 < text.len &&
             memchr("0123456789+-", text.ptr[digits + 1], 12)))) {
        digits++;
    }
    double number;
    if (!ak_str_f64(ak_str_slice(text, 0, digits), &number) || !isfinite(number)) {
        return false;
    }
    const struct ak_str suffix = ak_str_trim(ak_str_slice(text, digits, text.len));
    const struct unit_row *row = row_find(suffixes, sizeof suffixes / sizeof *suffixes, suffix);
    if (!row) {
        return false;
    }
    *out_class = row->class;
    *out_value = number * row->factor;
    return true;
}

struct step {
    double factor;
    const char *suffix;
};

static const struct step time_steps[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}};
static const struct step byte_steps[] = {
    {1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {1, "B"}};
static const struct step count_steps[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}};

/* The largest step that leaves at least 1 before the point, or the smallest. */
static const struct step *step_for(double base_value, const struct step *steps, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        /* 999.95 would print as 1000.0 in the smaller step. */
        if (fabs(base_value) >= steps[i].factor * 0.99995) {
            return &steps[i];
        }
    }
    return &steps[n - 1];
}

static const struct step *step_of_class(double base_value, enum ak_unit_class class)
{
    switch (class) {
    case AK_UNIT_TIME:
        return step_for(base_value, time_steps, 4);
    case AK_UNIT_BYTES:
        return step_for(base_value, byte_steps, 5);
    case AK_UNIT_COUNT:
    case AK_UNIT_OTHER:
    default:
        return step_for(base_value, count_steps, 4);
    }
}

struct ak_scale ak_scale_for(double value, struct ak_str unit)
{
    const struct ak_unit_info info = ak_unit_info(unit);
    const struct step *step = step_of_class(value * info.factor, info.class);
    const bool keeps_name = info.class == AK_UNIT_OTHER;
    const bool is_rate = info.better == AK_HIGHER_IS_BETTER && !keeps_name;
    struct ak_scale scale = {.divide = step->factor / info.factor, .class = info.class};
    snprintf(scale.suffix, sizeof scale.suffix, "%s%s%.*s", step->suffix,
             keeps_name ? " "
             : is_rate  ? "/s"
                        : "",
             keeps_name ? (int)ak_utf8_cut(unit, sizeof scale.suffix - 4) : 0, unit.ptr);
    return scale;
}

/* 4 significant digits, without a point where there are 4 before it. */
static void put_number(struct ak_buf *out, double v)
{
    const double a = fabs(v);
    const int decimals = a >= 999.95 ? 0 : a >= 99.995 ? 1 : a >= 9.9995 ? 2 : 3;
    ak_buf_printf(out, "%.*f", decimals, v);
}

void ak_scale_format(struct ak_buf *out, double value, const struct ak_scale *scale)
{
    if (isnan(value)) {
        ak_buf_putc(out, '?');
        return;
    }
    if (isinf(value)) {
        ak_buf_puts(out, value > 0 ? "∞" : "-∞");
        return;
    }
    if (value == 0) {
        ak_buf_putc(out, '0');
    } else if (scale->divide == 1 && value == trunc(value) && fabs(value) < 1e6) {
        ak_buf_printf(out, "%.0f", value); /* a count is shown as the integer that it is */
    } else {
        put_number(out, value / scale->divide);
    }
    ak_buf_puts(out, value == 0 && scale->class != AK_UNIT_OTHER ? "" : scale->suffix);
}

void ak_value_format(struct ak_buf *out, double value, struct ak_str unit)
{
    const struct ak_scale scale = ak_scale_for(value, unit);
    ak_scale_format(out, value, &scale);
}

void ak_ratio_format(struct ak_buf *out, double ratio)
{
    if (isnan(ratio)) {
        ak_buf_putc(out, '?');
        return;
    }
    const double pct = (ratio - 1) * 100;
    if (isinf(ratio)) {
        ak_buf_puts(out, "+∞");
    } else if (ratio >= 10) {
        ak_buf_printf(out, "%.1fx", ratio);
    } else if (fabs(pct) < 0.005) {
        ak_buf_puts(out, "0%");
    } else {
        ak_buf_printf(out, fabs(pct) < 0.995 ? "%+.2f%%" : "%+.1f%%", pct);
    }
}

void ak_duration_format(struct ak_buf *out, double seconds)
{
    if (!(seconds >= 0)) {
        ak_buf_putc(out, '?');
    } else if (seconds < 60) {
        ak_value_format(out, seconds, AK_STR("s"));
    } else if (seconds < 3600) {
        const int whole = (int)(seconds + 0.5);
        ak_buf_printf(out, "%dm%02ds", whole / 60, whole % 60);
    } else {
        const int minutes = (int)(seconds / 60 + 0.5);
        ak_buf_printf(out, "%dh%02dm", minutes / 60, minutes % 60);
    }
}
