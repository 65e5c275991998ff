/* Go benchmark text into a run, strictly and with rejoining. */
#include "collector/bench_text.h"
#include "reader.h"

/* What must not be in text: zero bytes where it is not UTF-16, and control characters that no log
 * holds, in its first part. */
bool collector_reader_is_text(struct ak_str bytes)
{
    const struct ak_str s = ak_str_slice(bytes, 0, 4096);
    if (s.len >= 2 && (memcmp(s.ptr, "\xff\xfe", 2) == 0 || memcmp(s.ptr, "\xfe\xff", 2) == 0)) {
        return true;
    }
    if (s.len >= 4 && (!s.ptr[0] != !s.ptr[1]) && !s.ptr[0] == !s.ptr[2] &&
        !s.ptr[1] == !s.ptr[3]) {
        return true; /* UTF-16 without a mark */
    }
    for (size_t i = 0; i < s.len; i++) {
        const uint8_t c = (uint8_t)s.ptr[i];
        if (c < 0x08 || (c >= 0x0e && c < 0x1b)) {
            return false;
        }
    }
    return true;
}

static bool matches(const struct collector_source *src)
{
    return collector_reader_is_text(src->bytes);
}

struct text_state {
    const struct ak_bench_units *units;
    const char *path;
    uint64_t config_version;
    bool has_config;
    struct ak_str package; /* of the configuration in force */
};

static void take_config(const struct ak_bench_record *rec, struct text_state *state,
                        struct collector_build *b)
{
    if (state->has_config && state->config_version == rec->config_version) {
        return;
    }
    state->has_config = true;
    state->config_version = rec->config_version;
    state->package = (struct ak_str){"", 0};
    for (size_t i = 0; i < rec->config_count; i++) {
        const struct ak_bench_config *c = &rec->config[i];
        if (ak_str_eq(c->key, AK_STR("pkg"))) {
            state->package = ak_str_trim(c->value);
        } else {
            collector_build_env(b, c->key, c->value);
        }
    }
}

static void take_result(const struct ak_bench_record *rec, struct text_state *state,
                        struct collector_build *b)
{
    take_config(rec, state, b);
    struct collector_sample s = {.package = state->package, .iterations = rec->iterations};
    s.benchmark = ak_bench_name_split(rec->name, &s.procs);
    for (size_t i = 0; i < rec->value_count; i++) {
        s.unit = rec->values[i].orig_unit;
        s.value = rec->values[i].orig_value;
        s.better = ak_bench_value_better(state->units, &rec->values[i]);
        collector_build_value(b, &s);
    }
}

static enum ak_status read_records(struct ak_bench_reader *r, struct text_state *state,
                                   struct collector_build *b, struct ak_error *err)
{
    for (;;) {
        struct ak_bench_record rec;
        if (b->is_full) {
            return AK_OK;
        }
        const enum ak_status st = ak_bench_reader_next(r, &rec, err);
        if (st != AK_OK || rec.kind == AK_BENCH_END) {
            return st;
        }
        if (rec.kind == AK_BENCH_RESULT) {
            take_result(&rec, state, b);
        } else if (rec.kind == AK_BENCH_WARNING) {
            collector_build_warn(b, "%s:%llu: %s", state->path, (unsigned long long)rec.line,
                                 rec.text);
        }
    }
}

static enum ak_status read_text(const struct collector_source *src, struct collector_build *b,
                                struct ak_error *err)
{
    const unsigned flags =
        AK_BENCH_REJOIN | AK_BENCH_STRICT | (src->lenient ? AK_BENCH_LENIENT : 0);
    struct ak_bench_units *units = ak_bench_units_new();
    const struct ak_bench_source bytes = {.name = src->path, .bytes = src->bytes};
    struct ak_bench_reader *r = NULL;
    enum ak_status st = src->streamed
                            ? ak_bench_reader_open(src->path, src->limits, units, flags, &r, err)
                            : ak_bench_reader_open_bytes(&bytes, units, flags, &r, err);
    if (st == AK_OK) {
        struct text_state state = {.units = units, .path = src->path};
        st = read_records(r, &state, b, err);
        const struct ak_bench_counts counts = ak_bench_reader_counts(r);
        b->results += counts.results;
        b->rejoined += counts.rejoined;
        b->failed += counts.failed + counts.packages_failed;
    }
    ak_bench_reader_close(r);
    ak_bench_units_free(units);
    return st;
}

const struct collector_reader collector_reader_go_text = {
    .name = "Go benchmark text",
    .matches = matches,
    .read = read_text,
};
