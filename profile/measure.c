#include "profile/measure.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>

struct unit {
    const char *name;       /* printed */
    const char *aliases[3]; /* lower case, singular */
    double factor;          /* to the first unit of its kind */
};

struct unit_kind {
    const struct unit *units; /* from small to large */
    size_t count;
    const char *fallback; /* printed where no unit fits */
    double fallback_factor;
};

static const struct unit bytes[] = {
    {"B", {"b", "byte"}, 1.0},
    {"kB", {"kb", "kbyte", "kilobyte"}, 0x1p10},
    {"MB", {"mb", "mbyte", "megabyte"}, 0x1p20},
    {"GB", {"gb", "gbyte", "gigabyte"}, 0x1p30},
    {"TB", {"tb", "tbyte", "terabyte"}, 0x1p40},
    {"PB", {"pb", "pbyte", "petabyte"}, 0x1p50},
};
static const struct unit times[] = {
    {"ns", {"ns", "nanosecond"}, 1.0},  {"us", {"us", "microsecond"}, 1e3},
    {"ms", {"ms", "millisecond"}, 1e6}, {"s", {"s", "sec", "second"}, 1e9},
    {"hrs", {"hour", "hr"}, 3600e9},
};
static const struct unit gcus[] = {
    {"n*GCU", {"nanogcu"}, 1e-9}, {"u*GCU", {"microgcu"}, 1e-6}, {"m*GCU", {"milligcu"}, 1e-3},
    {"GCU", {"gcu"}, 1.0},        {"k*GCU", {"kilogcu"}, 1e3},   {"M*GCU", {"megagcu"}, 1e6},
    {"G*GCU", {"gigagcu"}, 1e9},  {"T*GCU", {"teragcu"}, 1e12},  {"P*GCU", {"petagcu"}, 1e15},
};
static const struct unit_kind kinds[] = {
    {bytes, AK_COUNT(bytes), "B", 1.0},
    {times, AK_COUNT(times), "s", 1e9},
    {gcus, AK_COUNT(gcus), "GCU", 1.0},
};

static bool alias_is(const char *alias, struct ak_str unit)
{
    size_t i = 0;
    for (; i < unit.len; i++) {
        const char c = unit.ptr[i];
        if (alias[i] == '\0' || alias[i] != (c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c)) {
            return false;
        }
    }
    return alias[i] == '\0';
}

/* Any case, and with a plural s. */
static const struct unit *find_unit(const struct unit_kind *kind, struct ak_str unit)
{
    if (unit.len > 2 && (unit.ptr[unit.len - 1] == 's' || unit.ptr[unit.len - 1] == 'S')) {
        unit.len--;
    }
    for (size_t i = 0; i < kind->count; i++) {
        for (size_t a = 0; a < AK_COUNT(kind->units[i].aliases); a++) {
            const char *alias = kind->units[i].aliases[a];
            if (alias && alias_is(alias, unit)) {
                return &kind->units[i];
            }
        }
    }
    return NULL;
}

static const struct unit *largest_fitting(const struct unit_kind *kind, double v)
{
    const struct unit *best = NULL;
    for (size_t i = 0; i < kind->count; i++) {
        if (v / kind->units[i].factor >= 1.0) {
            best = &kind->units[i];
        }
    }
    return best;
}

static bool is_word(struct ak_str s, const char *word)
{
    return ak_str_eq(s, ak_str_from(word));
}

double ak_measure_scale(int64_t value, struct ak_str from, struct ak_str to,
                        struct ak_str *out_unit)
{
    if (value < 0 && value != INT64_MIN) {
        return -ak_measure_scale(-value, from, to, out_unit);
    }
    const bool chosen_by_value = is_word(to, "minimum") || is_word(to, "auto");
    for (size_t k = 0; k < AK_COUNT(kinds); k++) {
        const struct unit_kind *kind = &kinds[k];
        const struct unit *source = find_unit(kind, from);
        if (!source) {
            continue;
        }
        const double v = (double)value * source->factor;
        const struct unit *target =
            chosen_by_value ? largest_fitting(kind, v) : find_unit(kind, to);
        *out_unit = ak_str_from(target ? target->name : kind->fallback);
        return v / (target ? target->factor : kind->fallback_factor);
    }
    const bool dull =
        chosen_by_value || is_word(to, "count") || is_word(to, "sample") || is_word(to, "unit");
    *out_unit = dull ? AK_STR("") : to;
    return (double)value;
}

void ak_measure_label(struct ak_buf *out, int64_t value, struct ak_str from, struct ak_str to)
{
    struct ak_str unit;
    const double v = ak_measure_scale(value, from, to, &unit);
    char text[400];
    int n = snprintf(text, sizeof text, "%.2f", v);
    if (n > 3 && memcmp(text + n - 3, ".00", 3) == 0) {
        n -= 3;
    }
    if ((n == 1 && text[0] == '0') || (n == 2 && text[0] == '-' && text[1] == '0')) {
        ak_buf_putc(out, '0');
        return;
    }
    ak_buf_add(out, text, (size_t)n);
    ak_buf_str(out, unit);
}

void ak_measure_percent(struct ak_buf *out, int64_t value, int64_t total)
{
    const double pct = total ? fabs((double)value / (double)total) * 100 : 0.0;
    if (pct >= 99.95 && pct <= 100.05) {
        ak_buf_puts(out, "  100%");
    } else if (pct >= 1.0) {
        ak_buf_printf(out, "%5.2f%%", pct);
    } else {
        ak_buf_printf(out, "%5.2g%%", pct);
    }
}

bool ak_measure_compatible(struct ak_str a, struct ak_str b)
{
    if (ak_str_eq(a, b)) {
        return true;
    }
    for (size_t k = 0; k < AK_COUNT(kinds); k++) {
        if (find_unit(&kinds[k], a) && find_unit(&kinds[k], b)) {
            return true;
        }
    }
    return false;
}
