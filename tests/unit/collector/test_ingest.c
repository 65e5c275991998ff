#include "base/mem.h"
#include "collector/ingest.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GOAKT "tests/data/goakt/goakt-v3/"

static struct ak_arena *arena;
static char folder[] = "/tmp/akingest.XXXXXX";

static int set_up(void **state)
{
    (void)state;
    arena = ak_arena_new();
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "x/cpu.prof", "x", "s.db", "t.db", ""};
    for (size_t i = 0; i < AK_COUNT(names); i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (unlink(path) != 0) {
            rmdir(path);
        }
    }
    ak_arena_free(arena);
    return 0;
}

static const char *file(const char *name, struct ak_str content)
{
    const char *path = ak_arena_printf(arena, "%s/%s", folder, name);
    assert_int_equal(ak_file_write(path, content, NULL), AK_OK);
    return path;
}

static struct ak_ingest read_files(const char *const *files, size_t count)
{
    struct ak_ingest in;
    struct ak_error err = {0};
    const struct ak_ingest_opts opts = {.label = "l"};
    assert_int_equal(ak_ingest_files(files, count, &opts, arena, &in, &err), AK_OK);
    return in;
}

static struct ak_run *read_text(const char *text)
{
    const char *path = file("a", ak_str_from(text));
    return read_files(&path, 1).run;
}

static void refuses(struct ak_str content, enum ak_status status, const char *reason)
{
    struct ak_ingest in;
    struct ak_error err = {0};
    const struct ak_ingest_opts opts = {.label = "l"};
    const char *path = file("a", content);
    assert_int_equal(ak_ingest_files(&path, 1, &opts, arena, &in, &err), status);
    assert_non_null(strstr(err.text, path));
    assert_non_null(strstr(err.text, reason));
}

/* --- benchmark text ---------------------------------------------------------------------- */

static void makes_a_run_of_goakts_files(void **state)
{
    (void)state;
    static const char *const files[] = {GOAKT "shutdown.txt", GOAKT "shutdown_cpu.prof",
                                        GOAKT "shutdown_mem.prof"};
    const struct ak_ingest in = read_files(files, 3);
    assert_int_equal(in.run->result_lines, 80);
    assert_int_equal(in.run->rejoined, 72);
    assert_int_equal(in.benchmarks, 8);
    assert_int_equal(in.warning_count, 0);
    assert_int_equal(in.run->profile_count, 2);
    assert_string_equal(in.run->profiles[0].name, "shutdown_cpu.prof");
    assert_string_equal(in.run->profiles[0].kind, "cpu");
    assert_string_equal(in.run->profiles[1].kind, "heap");
    assert_true(in.run->time_ns > 0);
    assert_string_equal(ak_run_env(in.run, "goos"), "linux");
    assert_string_equal(ak_run_env(in.run, "pkg"), "");
    const struct ak_series *s =
        ak_run_series(in.run, "GCAllocationsDuringShutdown_100Actors", "bytes/alloc");
    assert_int_equal(s->count, 10);
    assert_int_equal(s->procs, 2);
    assert_string_equal(s->package, "github.com/tochemey/goakt/v3/bench");
    assert_true(s->values[0] == 1843152 && s->iterations[0] == 1);
    struct ak_buf text = AK_BUF_INIT;
    assert_int_equal(ak_file_read(files[0], 0, &text, NULL), AK_OK);
    assert_true(ak_str_eq(in.run->text, ak_buf_view(&text)));
    ak_buf_release(&text);
}

static void joins_texts_and_keeps_packages_and_procs_apart(void **state)
{
    (void)state;
    const char *files[] = {
        file("a", AK_STR("pkg: p\nBenchmarkA-2 1 5 ns/op\nBenchmarkA-4 1 6 ns/op")),
        file("b", AK_STR("pkg: q\nBenchmarkA-2 1 7 ns/op\npkg: p\nBenchmarkA-2 1 8 ns/op\n"))};
    const struct ak_run *run = read_files(files, 2).run;
    assert_int_equal(run->series_count, 3);
    assert_int_equal(run->series[0].count, 2);
    assert_true(run->series[0].values[1] == 8);
    assert_int_equal(run->series[1].procs, 4);
    assert_string_equal(run->series[2].package, "q");
    assert_int_equal(run->text.len, strlen("pkg: p\nBenchmarkA-2 1 5 ns/op\nBenchmarkA-4 1 6 "
                                           "ns/op\npkg: q\nBenchmarkA-2 1 7 ns/op\npkg: "
                                           "p\nBenchmarkA-2 1 8 ns/op\n"));
}

static void keeps_the_environment(void **state)
{
    (void)state;
    const struct ak_run *run =
        read_text("cpu: A\ncommit: abc\nbranch: dev\nBenchmarkA 1 5 ns/op\ncpu: B \nBenchmarkA 1 5 "
                  "ns/op\ncpu: A\nBenchmarkA 1 5 ns/op\n");
    assert_string_equal(ak_run_env(run, "cpu"), "A; B");
    assert_string_equal(run->commit, "abc");
    assert_string_equal(run->branch, "dev");
}

static void takes_the_direction_from_the_text(void **state)
{
    (void)state;
    const struct ak_run *run =
        read_text("Unit score better=higher\nBenchmarkA 1 5 score 1 MB/s 2 ns/op\n");
    assert_int_equal(run->series[0].better, AK_HIGHER_IS_BETTER);
    assert_int_equal(run->series[1].better, AK_HIGHER_IS_BETTER);
    assert_int_equal(run->series[2].better, AK_LOWER_IS_BETTER);
}

static void marks_a_run_that_failed(void **state)
{
    (void)state;
    assert_int_equal(read_text("BenchmarkA 1 5 ns/op\nPASS\n")->state, AK_RUN_COMPLETE);
    assert_int_equal(read_text("BenchmarkA 1 5 ns/op\n--- FAIL: BenchmarkB\nFAIL\n")->state,
                     AK_RUN_FAILED);
    assert_int_equal(read_text("BenchmarkA 1 5 ns/op\nFAIL\tp\t0.1s\n")->state, AK_RUN_FAILED);
}

static void counts_warnings_beyond_the_first(void **state)
{
    (void)state;
    struct ak_buf text = AK_BUF_INIT;
    for (int i = 0; i < 30; i++) {
        ak_buf_puts(&text, "BenchmarkA x\n");
    }
    ak_buf_puts(&text, "BenchmarkA 1 5 ns/op\n");
    const char *path = file("a", ak_buf_view(&text));
    ak_buf_release(&text);
    const struct ak_ingest in = read_files(&path, 1);
    assert_int_equal(in.warning_count, 21);
    assert_string_equal(in.warnings[20], "and 10 more warnings");
}

/* --- other formats ----------------------------------------------------------------------- */

struct expected {
    const char *path;
    size_t results, benchmarks;
    const char *benchmark, *unit;
    size_t count;
    double first;
    int64_t iterations;
};

static void reads_the_output_of_other_tools(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"tests/data/bench/go_test.json", 8, 4, "Sub/n=1", "ns/op", 2, 24.99, 100},
        {"tests/data/bench/google.json", 6, 2, "BM_Copy/64", "ns/op", 3, 16.547335064616035,
         825836},
        {"tests/data/bench/google_aggregates.json", 2, 2, "BM_Copy/64", "ns/op", 1, 0, 3},
        {"tests/data/bench/pytest.json", 10, 2, "test_sum[10]", "ns/op", 5, 0, 10},
        {"tests/data/bench/pytest_stats.json", 2, 2, "test_sum[10]", "ns/op", 1, 0, 10},
        {"tests/data/bench/hyperfine.json", 8, 2, "true", "ns/op", 4, 965108.0000000001, 1},
        {"tests/data/bench/criterion/sum/new/sample.json", 10, 1, "sum", "ns/op", 10,
         684076.0 / 546034.0, 546034},
        {"tests/data/bench/criterion/group_one/sum/10/new/estimates.json", 1, 1, "group one/sum/10",
         "ns/op", 1, 0, 0},
    };
    for (size_t i = 0; i < AK_COUNT(cases); i++) {
        const struct expected *c = &cases[i];
        const struct ak_ingest in = read_files(&c->path, 1);
        assert_int_equal(in.run->result_lines, c->results);
        assert_int_equal(in.benchmarks, c->benchmarks);
        const struct ak_series *s = ak_run_series(in.run, c->benchmark, c->unit);
        assert_non_null(s);
        assert_int_equal(s->count, c->count);
        assert_true(c->first == 0 || s->values[0] == c->first);
        assert_true(c->iterations == 0 || s->iterations[0] == c->iterations);
        assert_true(in.run->text.len > 0);
    }
}

static void reads_csv(void **state)
{
    (void)state;
    const struct ak_run *run = read_text("Value;Unit;Name;x\r\n5;ns/op;\"a;\"\"b\"\"\nc\";1\r\n\r\n"
                                         "6.5;MB/s;d;2\nno;ns/op;d;3\n");
    assert_int_equal(run->series_count, 2);
    assert_string_equal(run->series[0].benchmark, "a;\"b\"\nc");
    assert_true(run->series[1].values[0] == 6.5);
    assert_int_equal(run->series[1].better, AK_HIGHER_IS_BETTER);
    const struct ak_run *plain = read_text("\xef\xbb\xbf"
                                           "a,ns/op,5\na,ns/op,6");
    assert_int_equal(plain->series_count, 1);
    assert_int_equal(plain->series[0].count, 2);
    refuses(AK_STR("name,unit,value\na,b,inf\n"), AK_FORMAT, ":2: the value inf");
    refuses(AK_STR("name,unit,value\n\"a,b,1\n"), AK_NOT_JUDGED, "no benchmark result");
}

static void reads_text_that_begins_with_json(void **state)
{
    (void)state;
    const struct ak_run *run =
        read_text("{\"level\":\"info\"}\n[1]\nBenchmarkA-2 \t 1\t 5 ns/op\n");
    assert_int_equal(run->result_lines, 1);
    refuses(AK_STR("{\"a\":1}"), AK_NOT_JUDGED, "no benchmark result");
    refuses(AK_STR("{\"results\":[{\"command\":\"a\",\"times\":[1,\"x\"]}]}"), AK_FORMAT,
            "no finite number");
}

/* --- profiles and histories -------------------------------------------------------------- */

static void keeps_profiles_of_one_name_apart(void **state)
{
    (void)state;
    struct ak_buf bytes = AK_BUF_INIT;
    assert_int_equal(ak_file_read(GOAKT "shutdown_cpu.prof", 0, &bytes, NULL), AK_OK);
    assert_int_equal(ak_dir_make(ak_arena_printf(arena, "%s/x", folder), NULL), AK_OK);
    const char *copy = file("x/cpu.prof", ak_buf_view(&bytes));
    ak_buf_release(&bytes);
    const char *files[] = {copy, copy, copy};
    const struct ak_run *run = read_files(files, 3).run;
    assert_string_equal(run->profiles[0].name, "cpu.prof");
    assert_string_equal(run->profiles[1].name, "x_cpu.prof");
    assert_string_equal(run->profiles[2].name, "2_x_cpu.prof");
    assert_true(run->profiles[0].size == run->profiles[0].bytes.len && run->profiles[0].size > 0);
    assert_null(run->text.ptr);
}

static void merges_histories_once(void **state)
{
    (void)state;
    const char *from = ak_arena_printf(arena, "%s/s.db", folder);
    const char *to = ak_arena_printf(arena, "%s/t.db", folder);
    struct ak_store *s, *t;
    struct ak_added added;
    struct ak_ingest_merge sum;
    assert_int_equal(ak_store_open(from, AK_STORE_CREATE, &s, NULL), AK_OK);
    struct ak_run *run = read_text("BenchmarkA 1 5 ns/op\n");
    assert_int_equal(ak_store_add_run(s, run, &added, NULL), AK_OK);
    run->label = "m";
    assert_int_equal(ak_store_add_run(s, run, &added, NULL), AK_OK);
    ak_store_close(s);
    assert_int_equal(read_files(&from, 1).store_count, 1);
    assert_null(read_files(&from, 1).run);
    assert_int_equal(ak_store_open(to, AK_STORE_CREATE, &t, NULL), AK_OK);
    assert_int_equal(ak_ingest_store(t, from, "m", &sum, NULL), AK_OK);
    assert_int_equal(sum.runs, 1);
    assert_int_equal(ak_ingest_store(t, from, NULL, &sum, NULL), AK_OK);
    assert_int_equal(sum.runs, 2);
    assert_int_equal(sum.runs_new, 1);
    assert_int_equal(ak_ingest_store(t, from, NULL, &sum, NULL), AK_OK);
    assert_int_equal(sum.runs_new, 0);
    ak_store_close(t);
    struct ak_error err = {0};
    assert_int_equal(ak_ingest_store(NULL, "/nowhere.db", NULL, &sum, &err), AK_NOT_FOUND);
}

/* --- refusals ---------------------------------------------------------------------------- */

static void refuses_what_it_cannot_keep(void **state)
{
    (void)state;
    refuses(AK_STR(""), AK_NOT_JUDGED, "no benchmark result");
    refuses(AK_STR("PASS\n"), AK_NOT_JUDGED, "no benchmark result");
    refuses(AK_STR("\x01\x02\x03\x04 binary"), AK_FORMAT, "neither");
    refuses(AK_STR("\nBenchmarkA 1 NaN ns/op\n"), AK_FORMAT, ":2: BenchmarkA");
    struct ak_ingest in;
    struct ak_error err = {0};
    const struct ak_ingest_opts opts = {.label = "l"};
    const char *missing = "/nowhere/at/all.txt";
    assert_int_equal(ak_ingest_files(&missing, 1, &opts, arena, &in, &err), AK_NOT_FOUND);
    assert_non_null(strstr(err.text, missing));
}

static void refuses_more_benchmarks_than_anybody_compares(void **state)
{
    (void)state;
    struct ak_buf text = AK_BUF_INIT;
    ak_buf_puts(&text, "BenchmarkA 1");
    for (int i = 0; i <= 200000; i++) {
        ak_buf_printf(&text, " 1 u%d", i);
    }
    refuses(ak_buf_view(&text), AK_LIMIT, "more than 200000 benchmarks");
    ak_buf_release(&text);
}

static void captured_output_loses_only_what_is_broken(void **state)
{
    (void)state;
    const struct ak_ingest_captured_profile profiles[] = {
        {.path = "/nowhere.prof"},
        {.path = GOAKT "shutdown_mem.prof", .name = "m.prof", .benchmark = "A"}};
    const struct ak_ingest_capture capture = {
        .label = "l",
        .name = "output",
        .text = AK_STR("BenchmarkA 1 NaN ns/op\nBenchmarkA 1 5 ns/op\n"),
        .profiles = profiles,
        .profile_count = 2};
    struct ak_ingest in;
    ak_ingest_captured(&capture, arena, &in);
    assert_int_equal(in.run->result_lines, 1);
    assert_int_equal(in.warning_count, 2);
    assert_int_equal(in.run->profile_count, 1);
    assert_string_equal(in.run->profiles[0].name, "m.prof");
    assert_string_equal(in.run->profiles[0].benchmark, "A");
    const struct ak_ingest_capture nothing = {
        .label = "l", .name = "output", .text = AK_STR("x\n")};
    ak_ingest_captured(&nothing, arena, &in);
    assert_null(in.run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_a_run_of_goakts_files),
        cmocka_unit_test(joins_texts_and_keeps_packages_and_procs_apart),
        cmocka_unit_test(keeps_the_environment),
        cmocka_unit_test(takes_the_direction_from_the_text),
        cmocka_unit_test(marks_a_run_that_failed),
        cmocka_unit_test(counts_warnings_beyond_the_first),
        cmocka_unit_test(reads_the_output_of_other_tools),
        cmocka_unit_test(reads_csv),
        cmocka_unit_test(reads_text_that_begins_with_json),
        cmocka_unit_test(keeps_profiles_of_one_name_apart),
        cmocka_unit_test(merges_histories_once),
        cmocka_unit_test(refuses_what_it_cannot_keep),
        cmocka_unit_test(refuses_more_benchmarks_than_anybody_compares),
        cmocka_unit_test(captured_output_loses_only_what_is_broken),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
