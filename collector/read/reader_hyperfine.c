/* hyperfine's JSON (--export-json). Times are seconds; each run of a command is a value. */
#include "base/mem.h"
#include "reader_value.h"

static bool matches(const struct collector_source *src)
{
    const struct ak_json_node *results = ak_json_get(src->json, "results");
    return results && results->type == AK_JSON_ARRAY && results->child &&
           ak_json_get_str(results->child, "command").len > 0;
}

static bool has_failure(const struct ak_json_node *result)
{
    const struct ak_json_node *codes = ak_json_get(result, "exit_codes");
    for (const struct ak_json_node *n = codes ? codes->child : NULL; n; n = n->next) {
        if (n->type != AK_JSON_NUMBER || n->number != 0) {
            return true;
        }
    }
    return false;
}

/* Values that hyperfine gives only as a mean over the runs. */
static enum ak_status take_means(const struct collector_source *src,
                                 const struct ak_json_node *result, struct collector_sample *s,
                                 struct collector_build *b, struct ak_error *err)
{
    static const char *const means[][2] = {{"user", "user-ns/op"}, {"system", "sys-ns/op"}};
    for (size_t i = 0; i < AK_COUNT(means); i++) {
        const struct ak_json_node *n = ak_json_get(result, means[i][0]);
        if (!n || n->type != AK_JSON_NUMBER) {
            continue;
        }
        s->unit = ak_str_from(means[i][1]);
        const enum ak_status st = collector_reader_value(src, b, s, n->number * 1e9, err);
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

static enum ak_status take_result(const struct collector_source *src,
                                  const struct ak_json_node *result, struct collector_build *b,
                                  struct ak_error *err)
{
    struct collector_sample s = {.benchmark = ak_json_get_str(result, "command"),
                                 .procs = 1,
                                 .iterations = 1,
                                 .unit = AK_STR("ns/op")};
    const struct ak_json_node *times = ak_json_get(result, "times");
    const struct ak_json_node *mean = ak_json_get(result, "mean");
    b->failed += has_failure(result);
    enum ak_status st = AK_OK;
    if (times && times->child) {
        const struct collector_array values = {.items = times, .factor = 1e9};
        st = collector_reader_array(src, b, &s, &values, err);
        b->results += ak_json_count(times);
    } else if (mean && mean->type == AK_JSON_NUMBER) {
        collector_build_warn(b, "%s: %.*s: only the mean of the runs", src->path,
                             (int)ak_utf8_cut(s.benchmark, 120), s.benchmark.ptr);
        st = collector_reader_value(src, b, &s, mean->number * 1e9, err);
        b->results++;
    }
    if (st == AK_OK) {
        s.unit = AK_STR("peak-B");
        const struct collector_array values = {.items = ak_json_get(result, "memory_usage_byte"),
                                               .factor = 1};
        st = collector_reader_array(src, b, &s, &values, err);
    }
    return st == AK_OK ? take_means(src, result, &s, b, err) : st;
}

static enum ak_status read_hyperfine(const struct collector_source *src, struct collector_build *b,
                                     struct ak_error *err)
{
    const struct ak_json_node *results = ak_json_get(src->json, "results");
    for (const struct ak_json_node *n = results->child; n; n = n->next) {
        const enum ak_status st = take_result(src, n, b, err);
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

const struct collector_reader collector_reader_hyperfine = {
    .name = "hyperfine JSON",
    .is_json = true,
    .matches = matches,
    .read = read_hyperfine,
};
