#include "entity.h"

#include "stats/quantile.h"

#include <math.h>
#include <stdio.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The word around "=1000": "actors" of "/actors=1000". */
static struct ak_str word_before(struct ak_str name, size_t end)
{
    size_t from = end;
    while (from > 0 && is_letter(name.ptr[from - 1])) {
        from--;
    }
    return ak_str_slice(name, from, end);
}

struct collector_entities collector_entities_of(const char *benchmark)
{
    const struct ak_str name = ak_str_from(benchmark);
    struct collector_entities e = {0};
    for (size_t i = 0; i < name.len; i++) {
        if (!is_digit(name.ptr[i])) {
            continue;
        }
        size_t to = i;
        while (to < name.len && is_digit(name.ptr[to])) {
            to++;
        }
        size_t end = to; /* of the CamelCase word after the digits */
        while (end < name.len && is_letter(name.ptr[end]) && (end == to || name.ptr[end] >= 'a')) {
            end++;
        }
        const bool value = i > 0 && name.ptr[i - 1] == '=';
        const struct ak_str noun = value ? word_before(name, i - 1) : ak_str_slice(name, to, end);
        if (noun.len > 1 && to - i < 16 && ak_str_f64(ak_str_slice(name, i, to), &e.count) &&
            e.count > 0) {
            e.noun = noun;
            e.from = i;
            e.to = to;
            return e;
        }
        i = to - 1;
    }
    e.count = 0;
    return e;
}

static void grouped(struct ak_buf *out, double v)
{
    char digits[32];
    const int n = snprintf(digits, sizeof digits, "%.0f", v);
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            ak_buf_putc(out, ',');
        }
        ak_buf_putc(out, digits[i]);
    }
}

const char *collector_entities_phrase(const char *benchmark, struct ak_arena *arena)
{
    const struct collector_entities e = collector_entities_of(benchmark);
    const struct ak_str name = ak_str_from(benchmark);
    const bool stop =
        ak_str_find(name, AK_STR("Shutdown")) >= 0 || ak_str_find(name, AK_STR("Stop")) >= 0;
    struct ak_buf text = AK_BUF_INIT;
    if (stop) {
        ak_buf_puts(&text, e.count > 0 ? "stop of " : "stop");
    }
    if (e.count > 0) {
        grouped(&text, e.count);
        ak_buf_putc(&text, ' ');
        for (size_t i = 0; i < e.noun.len; i++) {
            ak_buf_putc(&text, (char)(e.noun.ptr[i] | 0x20));
        }
    } else if (!stop) {
        ak_buf_puts(&text, "repetition");
    }
    const char *phrase = ak_arena_strdup(arena, text.ptr);
    ak_buf_release(&text);
    return phrase;
}

/* True when `bytes` and `mega` are the same quantity of one benchmark: bytes/x and MB/x. */
static bool is_twin(const struct ak_series *bytes, const struct ak_series *mega)
{
    return strncmp(bytes->unit, "bytes/", 6) == 0 && strncmp(mega->unit, "MB/", 3) == 0 &&
           strcmp(bytes->unit + 6, mega->unit + 3) == 0 &&
           strcmp(bytes->benchmark, mega->benchmark) == 0;
}

static bool counts_binary(const struct ak_run *run)
{
    for (size_t i = 0; i < run->series_count; i++) {
        for (size_t j = 0; j < run->series_count && run->series[i].unit[0] == 'b'; j++) {
            const struct ak_series *bytes = &run->series[i], *mega = &run->series[j];
            if (is_twin(bytes, mega)) {
                const double ratio =
                    ak_median(bytes->values, bytes->count) / ak_median(mega->values, mega->count);
                return fabs(ratio / 1048576 - 1) < 0.01;
            }
        }
    }
    return false;
}

double collector_unit_factor(const struct ak_run *run, const struct ak_series *series)
{
    const struct ak_unit_info info = ak_unit_info(ak_str_from(series->unit));
    const struct ak_str unit = ak_str_from(series->unit);
    const ptrdiff_t slash = ak_str_chr(unit, '/');
    const struct ak_str numerator = ak_str_slice(unit, 0, slash < 0 ? unit.len : (size_t)slash);
    if (info.class == AK_UNIT_BYTES && ak_str_ends(numerator, AK_STR("MB")) && counts_binary(run)) {
        return 1048576;
    }
    return info.factor;
}
