#include "bench_join.h"

#include "base/mem.h"

void collector_join_release(struct collector_join *j)
{
    ak_buf_release(&j->name);
    collector_values_release(&j->values);
}

void collector_join_clear(struct collector_join *j)
{
    j->waiting = j->announced = j->tabbed = j->held = j->on_name_line = j->ambiguous = false;
    j->text = NULL;
}

void collector_join_name(struct collector_join *j, struct ak_str name, uint64_t line)
{
    collector_join_clear(j);
    ak_buf_reset(&j->name);
    ak_buf_str(&j->name, name);
    j->name_line = line;
    j->waiting = true;
}

void collector_join_hold(struct collector_join *j, const struct collector_values *values,
                         int64_t iterations, uint64_t line)
{
    if (j->held) { /* what stands on the name's own line needs no guess */
        j->ambiguous = !j->on_name_line;
        return;
    }
    AK_GROW(j->values.items, values->count, j->values.cap);
    memcpy(j->values.items, values->items, values->count * sizeof *values->items);
    j->values.count = values->count;
    j->iterations = iterations;
    j->line = line;
    j->held = true;
    j->on_name_line = line == j->name_line;
}

bool collector_join_ends(const struct collector_join *j, struct ak_str line)
{
    /* What `go test` writes itself. "cpu:" is not here: a log may well say "cpu: 35%", and the
     * lines of a package begin with "goos:". */
    static const char *const begins[] = {
        "ok  \t", "FAIL\t", "exit status ", "--- FAIL: Benchmark", "=== RUN   ", "goos: ", "pkg: "};
    if (line.len == 0) {
        return false;
    }
    if (ak_str_eq(line, AK_STR("PASS")) || ak_str_eq(line, AK_STR("FAIL"))) {
        return true;
    }
    for (size_t i = 0; i < AK_COUNT(begins); i++) {
        if (ak_str_starts(line, ak_str_from(begins[i]))) {
            return true;
        }
    }
    struct ak_bench_config config;
    return j->on_name_line && !j->tabbed && collector_line_config(line, &config);
}
