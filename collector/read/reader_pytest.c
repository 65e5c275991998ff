/* pytest-benchmark's JSON (--benchmark-json, best with --benchmark-save-data). Times are seconds.
 */
#include "base/mem.h"
#include "iso_time.h"
#include "reader_value.h"

static bool matches(const struct collector_source *src)
{
    const struct ak_json_node *benchmarks = ak_json_get(src->json, "benchmarks");
    return ak_json_get(src->json, "machine_info") && benchmarks &&
           benchmarks->type == AK_JSON_ARRAY;
}

/* "tests/test_a.py::test_b[1]": the file is the package. */
static void split_name(struct ak_str fullname, struct collector_sample *s)
{
    const ptrdiff_t colons = ak_str_find(fullname, AK_STR("::"));
    s->benchmark = fullname;
    if (colons > 0) {
        s->package = ak_str_slice(fullname, 0, (size_t)colons);
        s->benchmark = ak_str_slice(fullname, (size_t)colons + 2, fullname.len);
    }
}

static enum ak_status take_extra(const struct collector_source *src,
                                 const struct ak_json_node *benchmark, struct collector_sample *s,
                                 struct collector_build *b, struct ak_error *err)
{
    const struct ak_json_node *extra = ak_json_get(benchmark, "extra_info");
    for (const struct ak_json_node *n = extra ? extra->child : NULL; n; n = n->next) {
        if (n->type != AK_JSON_NUMBER || n->key.len == 0) {
            continue;
        }
        s->unit = n->key;
        const enum ak_status st = collector_reader_value(src, b, s, n->number, err);
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

static enum ak_status take_benchmark(const struct collector_source *src,
                                     const struct ak_json_node *benchmark,
                                     struct collector_build *b, struct ak_error *err)
{
    const struct ak_json_node *stats = ak_json_get(benchmark, "stats");
    const struct ak_json_node *data = ak_json_get(stats, "data");
    struct collector_sample s = {.procs = 1, .unit = AK_STR("ns/op")};
    split_name(ak_json_get_str(benchmark, "fullname"), &s);
    const double iterations = ak_json_get_num(stats, "iterations", 0);
    s.iterations = iterations >= 0 && iterations < 9e18 ? (int64_t)iterations : 0;
    enum ak_status st;
    if (data && data->child) {
        const struct collector_array values = {.items = data, .factor = 1e9};
        st = collector_reader_array(src, b, &s, &values, err);
        b->results += ak_json_count(data);
    } else {
        const struct ak_json_node *median = ak_json_get(stats, "median");
        if (!median || median->type != AK_JSON_NUMBER) {
            b->failed++;
            return AK_OK;
        }
        collector_build_warn(b,
                             "%s: %.*s: only the median of %.0f rounds; --benchmark-save-data "
                             "keeps all",
                             src->path, (int)ak_utf8_cut(s.benchmark, 120), s.benchmark.ptr,
                             ak_json_get_num(stats, "rounds", 0));
        st = collector_reader_value(src, b, &s, median->number * 1e9, err);
        b->results++;
    }
    return st == AK_OK ? take_extra(src, benchmark, &s, b, err) : st;
}

/* Outside of a checkout the plug-in writes words in the place of both. */
static void take_commit(const struct ak_json_node *commit, struct collector_build *b)
{
    const struct ak_str id = ak_json_get_str(commit, "id");
    const struct ak_str branch = ak_json_get_str(commit, "branch");
    if (!ak_str_eq(id, AK_STR("unversioned"))) {
        collector_build_env(b, AK_STR("commit"), id);
    }
    if (!ak_str_eq(branch, AK_STR("(unknown)"))) {
        collector_build_env(b, AK_STR("branch"), branch);
    }
}

static void take_machine(const struct ak_json_node *root, struct collector_build *b)
{
    static const char *const keys[][2] = {{"node", "host"},
                                          {"system", "os"},
                                          {"release", "kernel"},
                                          {"machine", "goarch"},
                                          {"python_version", "python"}};
    const struct ak_json_node *machine = ak_json_get(root, "machine_info");
    for (size_t i = 0; i < AK_COUNT(keys); i++) {
        collector_build_env(b, ak_str_from(keys[i][1]), ak_json_get_str(machine, keys[i][0]));
    }
    const struct ak_json_node *cpu = ak_json_get(machine, "cpu");
    collector_build_env(b, AK_STR("cpu"), ak_json_get_str(cpu, "brand_raw"));
    const struct ak_json_node *cores = ak_json_get(cpu, "count");
    if (cores && cores->type == AK_JSON_NUMBER) {
        collector_build_env(b, AK_STR("cores"), cores->text);
    }
    take_commit(ak_json_get(root, "commit_info"), b);
    collector_build_time(b, collector_iso_time_ns(ak_json_get_str(root, "datetime")));
}

static enum ak_status read_pytest(const struct collector_source *src, struct collector_build *b,
                                  struct ak_error *err)
{
    take_machine(src->json, b);
    const struct ak_json_node *benchmarks = ak_json_get(src->json, "benchmarks");
    for (const struct ak_json_node *n = benchmarks->child; n; n = n->next) {
        const enum ak_status st = take_benchmark(src, n, b, err);
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

const struct collector_reader collector_reader_pytest = {
    .name = "pytest-benchmark JSON",
    .is_json = true,
    .matches = matches,
    .read = read_pytest,
};
