/* The reader of Go benchmark text: one line at a time from the input, at most one record from each
 * step. A line that must wait until something held before it is given is looked at `again`. */
#include "base/mem.h"
#include "bench_config.h"
#include "bench_input.h"
#include "bench_join.h"
#include "bench_quick.h"
#include "rune.h"

#include <math.h>

struct ak_bench_reader {
    struct collector_input in;
    struct ak_bench_units *units; /* keeps */
    unsigned flags;
    uint32_t ns_op; /* id of the unit "ns/op" */
    struct collector_config config;
    struct collector_values values;
    struct collector_join join;
    struct ak_bench_counts counts;
    struct ak_str line;
    bool again;
    struct ak_str unit_rest; /* of a unit line: what is not yet given; ptr NULL: none */
    struct ak_str unit_name;
    struct ak_buf text; /* of a warning */
};

/* A step gives a record, gives none, or fails. */
enum step { STEP_NONE, STEP_RECORD, STEP_FAILED };

static struct ak_bench_reader *reader_new(struct ak_reader *input_take,
                                          struct ak_bench_units *units, unsigned flags)
{
    struct ak_bench_reader *r = ak_calloc(1, sizeof *r);
    collector_input_init(&r->in, input_take);
    collector_config_init(&r->config);
    r->units = units;
    r->flags = flags;
    r->ns_op = collector_units_get(units, AK_STR("ns/op"))->id;
    return r;
}

enum ak_status ak_bench_reader_open(const char *path, const struct ak_limits *limits,
                                    struct ak_bench_units *units, unsigned flags,
                                    struct ak_bench_reader **out, struct ak_error *err)
{
    struct ak_reader *input;
    const enum ak_status st = ak_reader_open(path, limits, &input, err);
    if (st == AK_OK) {
        *out = reader_new(input, units, flags);
    }
    return st;
}

enum ak_status ak_bench_reader_open_bytes(const struct ak_bench_source *source,
                                          struct ak_bench_units *units, unsigned flags,
                                          struct ak_bench_reader **out, struct ak_error *err)
{
    struct ak_reader *input;
    const enum ak_status st = ak_reader_open_bytes(source->name, source->bytes, NULL, &input, err);
    if (st == AK_OK) {
        *out = reader_new(input, units, flags);
    }
    return st;
}

void ak_bench_reader_close(struct ak_bench_reader *r)
{
    if (!r) {
        return;
    }
    collector_input_release(&r->in);
    collector_config_release(&r->config);
    collector_values_release(&r->values);
    collector_join_release(&r->join);
    ak_buf_release(&r->text);
    ak_free(r);
}

struct ak_bench_counts ak_bench_reader_counts(const struct ak_bench_reader *r)
{
    return r->counts;
}

struct ak_str ak_bench_name_split(struct ak_str name, unsigned *out_procs)
{
    size_t digits = name.len;
    while (digits > 0 && name.ptr[digits - 1] >= '0' && name.ptr[digits - 1] <= '9') {
        digits--;
    }
    uint64_t procs;
    *out_procs = 1;
    if (digits == 0 || digits == name.len || name.ptr[digits - 1] != '-' ||
        !ak_str_u64(ak_str_slice(name, digits, name.len), &procs) || procs > UINT32_MAX) {
        return name;
    }
    *out_procs = (unsigned)procs;
    return ak_str_slice(name, 0, digits - 1);
}

/* --- giving records ---------------------------------------------------------------------- */

static enum step give_warning(struct ak_bench_reader *r, uint64_t line, const char *text,
                              struct ak_bench_record *out)
{
    r->counts.warnings++;
    *out = (struct ak_bench_record){.kind = AK_BENCH_WARNING, .line = line, .text = text};
    return STEP_RECORD;
}

/* What the history does not take, see AK_BENCH_STRICT: a failure, or a warning that takes the place
 * of the result. */
static enum step refuse_line(struct ak_bench_reader *r, uint64_t line, struct ak_bench_record *out,
                             struct ak_error *err)
{
    if (r->flags & AK_BENCH_LENIENT) {
        return give_warning(r, line, r->text.ptr, out);
    }
    (void)ak_fail(err, AK_FORMAT, "%s:%llu: %s", ak_reader_name(r->in.reader),
                  (unsigned long long)line, r->text.ptr);
    return STEP_FAILED;
}

/* True when all values are finite; else the text says which is not. */
static bool is_keepable(struct ak_bench_reader *r, const struct ak_bench_record *rec)
{
    for (size_t i = 0; i < rec->value_count; i++) {
        const struct ak_bench_value *v = &rec->values[i];
        if (!isfinite(v->value) || !isfinite(v->orig_value)) {
            ak_buf_reset(&r->text);
            ak_buf_printf(&r->text, "Benchmark%.*s: a value in %.*s is %s",
                          (int)ak_utf8_cut(rec->name, 120), rec->name.ptr,
                          (int)ak_utf8_cut(v->orig_unit, 60), v->orig_unit.ptr,
                          isnan(v->value) ? "not a number" : "infinite");
            return false;
        }
    }
    return true;
}

static enum step give_result(struct ak_bench_reader *r, struct ak_bench_record *out,
                             struct ak_error *err)
{
    out->kind = AK_BENCH_RESULT;
    out->config = r->config.view;
    out->config_count = r->config.count;
    out->config_version = r->config.version;
    if (r->flags & AK_BENCH_STRICT) {
        if (out->iterations < 0) {
            return give_warning(r, out->line, "negative iteration count", out);
        }
        if (!is_keepable(r, out)) {
            return refuse_line(r, out->line, out, err);
        }
    }
    r->counts.results++;
    r->counts.rejoined += out->rejoined;
    return STEP_RECORD;
}

/* Gives what waits: held numbers as a result, a name without numbers as a warning. STEP_NONE when
 * there is nothing to give; nothing waits afterwards. */
static enum step give_waiting(struct ak_bench_reader *r, struct ak_bench_record *out,
                              struct ak_error *err)
{
    struct collector_join *j = &r->join;
    if (!j->waiting) {
        return STEP_NONE;
    }
    const struct collector_join was = *j;
    collector_join_clear(j);
    if (was.held && was.ambiguous) {
        ak_buf_reset(&r->text);
        ak_buf_puts(&r->text, "several lines could be the numbers of Benchmark");
        ak_buf_str(&r->text, ak_buf_view(&j->name));
        return give_warning(r, was.name_line, r->text.ptr, out);
    }
    if (was.held) {
        *out = (struct ak_bench_record){.line = was.line,
                                        .name = ak_buf_view(&j->name),
                                        .iterations = was.iterations,
                                        .values = j->values.items,
                                        .value_count = j->values.count,
                                        .rejoined = !was.on_name_line};
        return give_result(r, out, err);
    }
    return was.announced ? give_warning(r, was.name_line, was.text, out) : STEP_NONE;
}

/* --- "Benchmark..." lines ---------------------------------------------------------------- */

/* "Benchmark" followed by a lower-case letter is no benchmark's name, as `go test` has it. */
static bool is_log_text(struct ak_str line)
{
    const struct ak_str name = ak_str_slice(line, strlen("Benchmark"), line.len);
    uint32_t rune;
    return ak_utf8_decode(name.ptr, name.len, &rune) > 0 && collector_rune_is_lower(rune);
}

static enum step give_values(struct ak_bench_reader *r, struct ak_str name, int64_t iterations,
                             struct ak_bench_record *out, struct ak_error *err)
{
    *out = (struct ak_bench_record){.line = r->in.line,
                                    .name = name,
                                    .iterations = iterations,
                                    .values = r->values.items,
                                    .value_count = r->values.count};
    return give_result(r, out, err);
}

/* True when the values just read are surely a result and not text of the benchmark that happens to
 * have the form of one. */
static bool is_certain(const struct ak_bench_reader *r, struct ak_str numbers)
{
    for (size_t i = 0; i < r->values.count; i++) {
        const struct ak_bench_value *v = &r->values.items[i];
        if (v->orig_unit_id == r->ns_op || ak_str_ends(v->orig_unit, AK_STR("/op"))) {
            return true;
        }
    }
    return collector_line_is_columns(numbers);
}

static enum step bad_numbers(struct ak_bench_reader *r, enum collector_line line,
                             const struct collector_numbers *numbers, struct ak_bench_record *out,
                             struct ak_error *err)
{
    if (line == COLLECTOR_LINE_UNREPRESENTABLE && (r->flags & AK_BENCH_STRICT)) {
        ak_buf_reset(&r->text);
        ak_buf_puts(&r->text, "a value is too large for a 64-bit number");
        return refuse_line(r, r->in.line, out, err);
    }
    return give_warning(r, r->in.line, numbers->text, out);
}

/* The numbers that end `text` in a sure layout are those of the name that waits. */
static enum step give_rejoined(struct ak_bench_reader *r, struct ak_str text,
                               struct ak_bench_record *out, struct ak_error *err)
{
    struct collector_numbers numbers;
    struct ak_str found;
    const enum collector_layout layout = collector_line_layout(text, &found);
    if (layout == COLLECTOR_LAYOUT_NONE) {
        return STEP_NONE;
    }
    const enum collector_line line = collector_line_numbers(found, r->units, &r->values, &numbers);
    if (line != COLLECTOR_LINE_OK) {
        return line == COLLECTOR_LINE_UNREPRESENTABLE ? bad_numbers(r, line, &numbers, out, err)
                                                      : STEP_NONE;
    }
    if (layout == COLLECTOR_LAYOUT_LOOSE) {
        collector_join_hold(&r->join, &r->values, numbers.iterations, r->in.line);
        return STEP_NONE;
    }
    collector_join_clear(&r->join);
    const enum step step = give_values(r, ak_buf_view(&r->join.name), numbers.iterations, out, err);
    if (step == STEP_RECORD && out->kind == AK_BENCH_RESULT) {
        out->rejoined = true;
        r->counts.rejoined++;
    }
    return step;
}

/* A line that begins with the name that waits, or with nothing but the word, is its own text. */
static bool is_own_text(const struct collector_join *j, struct ak_str name)
{
    unsigned procs;
    return j->waiting &&
           (name.len == 0 || ak_str_starts(ak_bench_name_split(ak_buf_view(&j->name), &procs),
                                           ak_bench_name_split(name, &procs)));
}

/* A line that begins with "Benchmark", taken apart. */
struct named_line {
    struct ak_str full; /* after the word */
    struct ak_str name, rest;
};

/* What separates the name from the rest. */
static struct ak_str gap_of(const struct named_line *l)
{
    return ak_str_slice(l->full, l->name.len, l->full.len - l->rest.len);
}

/* What follows a name is no result: text of the benchmark, whose numbers come later, or a damaged
 * line. The testing package ends the name with a tab. */
static enum step rejoin_name(struct ak_bench_reader *r, const struct named_line *l,
                             const char *text, struct ak_bench_record *out, struct ak_error *err)
{
    const struct ak_str gap = gap_of(l);
    const bool alone = l->rest.len == 0, tabbed = ak_str_chr(gap, '\t') >= 0;
    const bool names_one = alone || (tabbed && l->name.len > 0);
    if (!names_one && is_own_text(&r->join, l->name)) {
        return STEP_NONE;
    }
    const enum step step = give_waiting(r, out, err);
    if (step != STEP_NONE) {
        r->again = step == STEP_RECORD;
        return step;
    }
    if (!names_one) {
        return give_warning(r, r->in.line, text, out);
    }
    collector_join_name(&r->join, l->name, r->in.line);
    r->join.announced = gap.len > 0;
    r->join.tabbed = tabbed;
    r->join.text = text;
    return alone ? STEP_NONE : give_rejoined(r, l->rest, out, err);
}

/* A line that reads as a result, while names may wait. */
static enum step rejoin_result(struct ak_bench_reader *r, const struct named_line *l,
                               const struct collector_numbers *numbers, struct ak_bench_record *out,
                               struct ak_error *err)
{
    const enum step step = r->join.waiting ? give_waiting(r, out, err) : STEP_NONE;
    if (step != STEP_NONE) {
        r->again = step == STEP_RECORD;
        return step;
    }
    if (is_certain(r, l->rest)) {
        return give_values(r, l->name, numbers->iterations, out, err);
    }
    /* It may be text of the benchmark instead: held until it is known. */
    collector_join_name(&r->join, l->name, r->in.line);
    r->join.tabbed = ak_str_chr(gap_of(l), '\t') >= 0;
    collector_join_hold(&r->join, &r->values, numbers->iterations, r->in.line);
    return STEP_NONE;
}

static enum step benchmark_line(struct ak_bench_reader *r, struct ak_bench_record *out,
                                struct ak_error *err)
{
    struct collector_quick quick;
    if (collector_line_quick(r->line, strlen("Benchmark"), r->units, &r->values, &quick)) {
        const struct named_line whole = {ak_str_slice(r->line, strlen("Benchmark"), r->line.len),
                                         quick.name, quick.rest};
        const struct collector_numbers read = {.iterations = quick.iterations};
        return r->flags & AK_BENCH_REJOIN ? rejoin_result(r, &whole, &read, out, err)
                                          : give_values(r, quick.name, quick.iterations, out, err);
    }
    struct named_line l = {.full = ak_str_slice(r->line, strlen("Benchmark"), r->line.len)};
    l.rest = l.full;
    l.name = collector_line_field(&l.rest);
    const bool name_only = l.rest.len == 0 && l.name.len == l.full.len;
    const bool rejoin = r->flags & AK_BENCH_REJOIN;
    if (name_only && !rejoin) {
        return STEP_NONE; /* "go test -v" announces benchmarks so */
    }
    struct collector_numbers numbers;
    const enum collector_line line = collector_line_numbers(l.rest, r->units, &r->values, &numbers);
    if (line == COLLECTOR_LINE_OK) {
        return rejoin ? rejoin_result(r, &l, &numbers, out, err)
                      : give_values(r, l.name, numbers.iterations, out, err);
    }
    if (!rejoin || line == COLLECTOR_LINE_UNREPRESENTABLE) {
        return bad_numbers(r, line, &numbers, out, err);
    }
    if (is_log_text(r->line)) {
        return r->join.waiting ? give_rejoined(r, r->line, out, err)
               : name_only     ? STEP_NONE
                               : give_warning(r, r->in.line, numbers.text, out);
    }
    return rejoin_name(r, &l, numbers.text, out, err);
}

/* --- "Unit" lines ------------------------------------------------------------------------ */

/* Gives the next piece of the unit line that is being read. */
static enum step unit_step(struct ak_bench_reader *r, struct ak_bench_record *out)
{
    while (r->unit_rest.len > 0) {
        const struct ak_str field = collector_line_field(&r->unit_rest);
        const ptrdiff_t eq = ak_str_chr(field, '=');
        if (eq <= 0) {
            return give_warning(r, r->in.line, "expected key=value", out);
        }
        const struct collector_unit *unit = collector_units_get(r->units, r->unit_name);
        const struct ak_str key = ak_str_slice(field, 0, (size_t)eq);
        const struct ak_str value = ak_str_slice(field, (size_t)eq + 1, field.len);
        struct ak_str kept;
        switch (collector_units_put_meta(r->units, unit->tidied_id, key, value, &kept)) {
        case COLLECTOR_META_SAME:
            break;
        case COLLECTOR_META_CONFLICT:
            ak_buf_reset(&r->text);
            ak_buf_printf(&r->text, "metadata %.*s of unit %.*s already set to %.*s", (int)key.len,
                          key.ptr, (int)unit->name.len, unit->name.ptr, (int)kept.len, kept.ptr);
            return give_warning(r, r->in.line, r->text.ptr, out);
        case COLLECTOR_META_NEW:
            *out = (struct ak_bench_record){.kind = AK_BENCH_UNIT,
                                            .line = r->in.line,
                                            .unit = unit->name,
                                            .tidied = unit->tidied,
                                            .key = key,
                                            .value = kept};
            return STEP_RECORD;
        }
    }
    r->unit_rest.ptr = NULL;
    return STEP_NONE;
}

static bool is_unit_line(struct ak_str line, struct ak_str *out_rest)
{
    *out_rest = line;
    return line.len >= 4 && line.ptr[0] == 'U' &&
           ak_str_eq(collector_line_field(out_rest), AK_STR("Unit"));
}

static enum step unit_line(struct ak_bench_reader *r, struct ak_str rest,
                           struct ak_bench_record *out)
{
    r->unit_name = collector_line_field(&rest);
    if (r->unit_name.len == 0) {
        return give_warning(r, r->in.line, "missing unit", out);
    }
    r->unit_rest = rest;
    return unit_step(r, out);
}

/* --- all lines --------------------------------------------------------------------------- */

static enum step other_line(struct ak_bench_reader *r, struct ak_bench_record *out)
{
    struct ak_bench_config config;
    struct ak_str found;
    if (collector_line_config(r->line, &config)) {
        collector_config_set(&r->config, config.key, config.value);
    } else if (ak_str_starts(r->line, AK_STR("--- FAIL: Benchmark"))) {
        r->counts.failed++;
    } else if (ak_str_starts(r->line, AK_STR("--- SKIP: Benchmark"))) {
        r->counts.skipped++;
    } else if (ak_str_starts(r->line, AK_STR("FAIL\t"))) {
        r->counts.packages_failed++;
    } else if ((r->flags & AK_BENCH_REJOIN) && r->line.len > 0 && r->line.ptr[0] == ' ' &&
               collector_line_layout(r->line, &found) == COLLECTOR_LAYOUT_SURE) {
        return give_warning(r, r->in.line, "numbers without the name of a benchmark", out);
    }
    return STEP_NONE;
}

/* Text without a newline, or the time that a CI system puts before each line, may stand before a
 * name. The name is sure when the testing package's tab follows it and then nothing or sure
 * numbers. Returns where it begins, 0 when there is none. */
static size_t find_name_inside(struct ak_str line)
{
    const struct ak_str word = AK_STR("Benchmark");
    struct ak_str found;
    /* Each look may walk over the rest of the line; no real line says the word often. */
    unsigned looks = 0;
    for (size_t from = 1; from < line.len && looks < 16; looks++) {
        const ptrdiff_t at = ak_str_find(ak_str_slice(line, from, line.len), word);
        if (at < 0) {
            return 0;
        }
        const size_t start = from + (size_t)at;
        const struct ak_str here = ak_str_slice(line, start, line.len);
        struct ak_str rest = ak_str_slice(here, word.len, here.len);
        const struct ak_str name = collector_line_field(&rest);
        const struct ak_str gap = ak_str_slice(here, word.len + name.len, here.len - rest.len);
        if (name.len > 0 && !is_log_text(here) && ak_str_chr(gap, '\t') >= 0 &&
            (rest.len == 0 || collector_line_layout(rest, &found) == COLLECTOR_LAYOUT_SURE)) {
            return start;
        }
        from = start + word.len;
    }
    return 0;
}

static enum step read_line(struct ak_bench_reader *r, struct ak_bench_record *out,
                           struct ak_error *err)
{
    struct ak_str rest;
    static const char word[] = "Benchmark";
    if (r->line.len >= sizeof word - 1 && memcmp(r->line.ptr, word, sizeof word - 1) == 0 &&
        !((r->flags & AK_BENCH_STRICT) && is_log_text(r->line))) {
        return benchmark_line(r, out, err);
    }
    const size_t inside = r->flags & AK_BENCH_REJOIN ? find_name_inside(r->line) : 0;
    if (inside > 0) {
        r->line = ak_str_slice(r->line, inside, r->line.len);
        return benchmark_line(r, out, err);
    }
    if (is_unit_line(r->line, &rest)) {
        return unit_line(r, rest, out);
    }
    if (r->join.waiting) {
        if (!collector_join_ends(&r->join, r->line)) {
            return give_rejoined(r, r->line, out, err);
        }
        const enum step step = give_waiting(r, out, err);
        if (step != STEP_NONE) {
            r->again = step == STEP_RECORD;
            return step;
        }
    }
    return other_line(r, out);
}

enum ak_status ak_bench_reader_next(struct ak_bench_reader *r, struct ak_bench_record *out,
                                    struct ak_error *err)
{
    enum step step = r->unit_rest.ptr ? unit_step(r, out) : STEP_NONE;
    while (step == STEP_NONE) {
        if (!r->again) {
            bool more;
            const enum ak_status st = collector_input_line(&r->in, &r->line, &more, err);
            if (st != AK_OK) {
                return st;
            }
            if (!more) {
                step = give_waiting(r, out, err);
                if (step == STEP_NONE) {
                    *out = (struct ak_bench_record){.kind = AK_BENCH_END};
                    return AK_OK;
                }
                break;
            }
            r->counts.lines++;
        }
        r->again = false;
        step = read_line(r, out, err);
    }
    return step == STEP_RECORD ? AK_OK : (err ? err->status : AK_FORMAT);
}
