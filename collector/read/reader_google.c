/* Google Benchmark's JSON (--benchmark_format=json or --benchmark_out): every repetition is a
 * value; aggregates are used only where the repetitions were left out. */
#include "base/mem.h"
#include "iso_time.h"
#include "reader_value.h"

static bool matches(const struct collector_source *src)
{
    const struct ak_json_node *context = ak_json_get(src->json, "context");
    const struct ak_json_node *first = ak_json_get(src->json, "benchmarks");
    return context && context->type == AK_JSON_OBJECT && first && first->type == AK_JSON_ARRAY &&
           (!first->child || ak_json_get(first->child, "real_time") ||
            ak_json_get(first->child, "run_type") || ak_json_get(first->child, "iterations"));
}

static bool has_failed(const struct ak_json_node *run)
{
    const struct ak_json_node *error = ak_json_get(run, "error_occurred");
    return error && error->number != 0;
}

static bool is_aggregate(const struct ak_json_node *run)
{
    return ak_str_eq(ak_json_get_str(run, "run_type"), AK_STR("aggregate"));
}

static double nanoseconds_per(struct ak_str unit)
{
    if (ak_str_eq(unit, AK_STR("us"))) {
        return 1e3;
    }
    if (ak_str_eq(unit, AK_STR("ms"))) {
        return 1e6;
    }
    return ak_str_eq(unit, AK_STR("s")) ? 1e9 : 1;
}

/* Members that describe a run; every other number is a counter of the user. */
static bool is_description(struct ak_str key)
{
    static const char *const keys[] = {
        "family_index", "per_family_instance_index",
        "repetitions",  "repetition_index",
        "threads",      "iterations",
        "real_time",    "cpu_time",
    };
    for (size_t i = 0; i < AK_COUNT(keys); i++) {
        if (ak_str_eq(key, ak_str_from(keys[i]))) {
            return true;
        }
    }
    return false;
}

static struct ak_str unit_of_counter(struct ak_str key)
{
    if (ak_str_eq(key, AK_STR("bytes_per_second"))) {
        return AK_STR("B/s");
    }
    return ak_str_eq(key, AK_STR("items_per_second")) ? AK_STR("items/s") : key;
}

static enum ak_status take_counters(const struct collector_source *src,
                                    const struct ak_json_node *run, struct collector_sample *s,
                                    struct collector_build *b, struct ak_error *err)
{
    for (const struct ak_json_node *n = run->child; n; n = n->next) {
        if (n->type != AK_JSON_NUMBER || is_description(n->key)) {
            continue;
        }
        s->unit = unit_of_counter(n->key);
        const enum ak_status st = collector_reader_value(src, b, s, n->number, err);
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

static enum ak_status take_run(const struct collector_source *src, const struct ak_json_node *run,
                               struct collector_build *b, struct ak_error *err)
{
    struct collector_sample s = {.procs = 1};
    s.benchmark = ak_json_get_str(run, "run_name");
    if (s.benchmark.len == 0) {
        s.benchmark = ak_json_get_str(run, "name");
    }
    if (has_failed(run)) {
        b->failed++;
        return AK_OK;
    }
    const double iterations = ak_json_get_num(run, "iterations", 0);
    s.iterations = iterations >= 0 && iterations < 9e18 ? (int64_t)iterations : 0;
    static const char *const times[] = {"real_time", "cpu_time"};
    static const char *const units[] = {"ns/op", "cpu-ns/op"};
    const double factor = nanoseconds_per(ak_json_get_str(run, "time_unit"));
    b->results++;
    for (size_t i = 0; i < AK_COUNT(times); i++) {
        const struct ak_json_node *time = ak_json_get(run, times[i]);
        if (!time || time->type != AK_JSON_NUMBER) {
            continue;
        }
        s.unit = ak_str_from(units[i]);
        const enum ak_status st = collector_reader_value(src, b, &s, time->number * factor, err);
        if (st != AK_OK) {
            return st;
        }
    }
    return take_counters(src, run, &s, b, err);
}

static void take_context(const struct ak_json_node *context, struct collector_build *b)
{
    static const char *const keys[][2] = {
        {"host_name", "host"}, {"num_cpus", "cores"}, {"library_build_type", "build"}};
    for (size_t i = 0; i < AK_COUNT(keys); i++) {
        const struct ak_json_node *n = ak_json_get(context, keys[i][0]);
        if (n) {
            collector_build_env(b, ak_str_from(keys[i][1]), n->text);
        }
    }
    collector_build_time(b, collector_iso_time_ns(ak_json_get_str(context, "date")));
}

static bool has_repetitions(const struct ak_json_node *runs)
{
    for (const struct ak_json_node *run = runs->child; run; run = run->next) {
        if (!is_aggregate(run) && !has_failed(run)) {
            return true;
        }
    }
    return false;
}

static enum ak_status read_google(const struct collector_source *src, struct collector_build *b,
                                  struct ak_error *err)
{
    const struct ak_json_node *runs = ak_json_get(src->json, "benchmarks");
    const bool repetitions = has_repetitions(runs);
    take_context(ak_json_get(src->json, "context"), b);
    if (!repetitions && runs->child) {
        collector_build_warn(b, "%s: only aggregates; the medians are taken as single values",
                             src->path);
    }
    for (const struct ak_json_node *run = runs->child; run; run = run->next) {
        const bool median = ak_str_eq(ak_json_get_str(run, "aggregate_name"), AK_STR("median"));
        if (repetitions ? is_aggregate(run) : !median && !has_failed(run)) {
            continue;
        }
        const enum ak_status st = take_run(src, run, b, err);
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

const struct collector_reader collector_reader_google = {
    .name = "Google Benchmark JSON",
    .is_json = true,
    .matches = matches,
    .read = read_google,
};
