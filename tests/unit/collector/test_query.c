#include "collector/bench_table.h"
#include "test.h"

#include <math.h>

static int setup(void **state)
{
    *state = ak_arena_new();
    return 0;
}

static int teardown(void **state)
{
    ak_arena_free(*state);
    return 0;
}

static const char text[] = "goos: linux\npkg: p\n"
                           "BenchmarkEnc/format=json/size=10-8 1 10 ns/op 5 B/op\n"
                           "BenchmarkEnc/format=gob/size=1k-8 1 20 ns/op 6 B/op\n"
                           "BenchmarkDec-8 1 30 ns/op 7 B/op\n"
                           "pkg: q\n"
                           "BenchmarkDec-4 1 40 ns/op 8 B/op\n";

static struct ak_table_set *built(struct ak_arena *arena, struct ak_bench_table_opts opts)
{
    const struct ak_bench_input input = {.label = "A", .bytes = {text, sizeof text - 1}};
    struct ak_table_set *set = NULL;
    struct ak_error err = {0};
    opts.alpha = 0.05;
    opts.confidence = 0.95;
    if (ak_bench_table_build(&input, 1, &opts, arena, &set, &err) != AK_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return set;
}

static size_t rows_of(const struct ak_table_set *set)
{
    size_t rows = 0;
    for (size_t i = 0; i < set->table_count; i++) {
        rows += set->tables[i].row_count;
    }
    return rows;
}

#define ROWS(query) rows_of(built(*state, (struct ak_bench_table_opts){.filter = (query)}))

static void test_filters(void **state)
{
    assert_int_equal(ROWS("*"), 8);
    assert_int_equal(ROWS("-*"), 0);
    assert_int_equal(ROWS(".name:Dec"), 4);
    assert_int_equal(ROWS(".name:/^E/"), 4);
    assert_int_equal(ROWS("/size:1k"), 2);
    assert_int_equal(ROWS("/gomaxprocs:4"), 2);
    assert_int_equal(ROWS(".unit:ns/op"), 4);
    assert_int_equal(ROWS(".unit:sec/op"), 4);
    assert_int_equal(ROWS("-.unit:ns/op"), 4);
    assert_int_equal(ROWS("pkg:q OR /size:10"), 4);
    assert_int_equal(ROWS("pkg:(p OR q) .name:Dec"), 4);
    assert_int_equal(ROWS("-(.name:Dec .unit:B/op)"), 6);
    assert_int_equal(ROWS("\"pkg\":\"\\x70\""), 6);
    assert_int_equal(ROWS(".fullname:/size=10/ AND .unit:/^B/"), 1);
}

static void test_projections(void **state)
{
    const struct ak_table_set *set = built(
        *state,
        (struct ak_bench_table_opts){
            .row = "/size@num", .col = "/format@(gob json)", .table = "", .filter = ".unit:ns/op"});
    assert_int_equal(set->table_count, 1);
    assert_int_equal(set->tables[0].row_count, 2);
    assert_int_equal(set->tables[0].column_count, 2);
    assert_string_equal(set->tables[0].rows[0], "10");
    assert_string_equal(set->tables[0].rows[1], "1k");
    assert_string_equal(set->tables[0].columns[0], "gob");
    assert_false(set->tables[0].cells[0].present);
    assert_true(fabs(set->tables[0].cells[1].centre - 10e-9) < 1e-20);
    set = built(*state, (struct ak_bench_table_opts){.row = ".name", .ignore = "pkg"});
    assert_int_equal(set->table_count, 2);
    assert_int_equal(set->tables[0].cells[0].n, 2);
    assert_string_equal(set->tables[0].cells[1].warnings[0], "benchmarks vary in .fullname");
}

static void refused(struct ak_arena *arena, const char *filter, const char *row, const char *what)
{
    const struct ak_bench_input input = {.label = "A", .bytes = {text, sizeof text - 1}};
    const struct ak_bench_table_opts opts = {.filter = filter, .row = row};
    struct ak_table_set *set = NULL;
    struct ak_error err = {0};
    assert_int_equal(ak_bench_table_build(&input, 1, &opts, arena, &set, &err), AK_USAGE);
    if (!strstr(err.text, what)) {
        print_error("got: %s\nwant: %s\n", err.text, what);
        fail();
    }
}

static void test_errors(void **state)
{
    refused(*state, "", NULL, "expected key:value or subexpression");
    refused(*state, "a", NULL, "expected key:value");
    refused(*state, "a:", NULL, "expected key:value");
    refused(*state, "a:b )", NULL, "unexpected text, character 5");
    refused(*state, "(a:b", NULL, "missing \")\"");
    refused(*state, "a:/b", NULL, "missing close \"/\"");
    refused(*state, "a:/b/c", NULL, "must be followed by a blank");
    refused(*state, "a:/(?<x/", NULL, "missing close");
    refused(*state, "a:/[z-a]/", NULL, "regular expression");
    refused(*state, "a:(b c)", NULL, "separated by OR");
    refused(*state, "a:\"b", NULL, "missing end quote");
    refused(*state, "a:\"\\q\"", NULL, "bad escape");
    refused(*state, ".config:x", NULL, "only allowed in projections");
    refused(*state, "*", "a,,b", "expected key");
    refused(*state, "*", "a@", "expected named sort order");
    refused(*state, "*", "a@size", "unknown order");
    refused(*state, "*", "a@(", "missing )");
    refused(*state, "*", "a@()", "nothing to match");
    refused(*state, "*", ".unit", "only allowed in filters");
    refused(*state, "*", ".config@(a)", "fixed order not allowed");
    char deep[4001];
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    refused(*state, deep, NULL, "nested too deeply");
}

static void test_not_a_number(void **state)
{
    static const char bad[] = "BenchmarkA 1 2 x\nBenchmarkA 1 NaN x\n";
    const struct ak_bench_input input = {.label = "A.txt", .bytes = {bad, sizeof bad - 1}};
    const struct ak_bench_table_opts opts = {.alpha = 0.05, .confidence = 0.95};
    struct ak_table_set *set = NULL;
    struct ak_error err = {0};
    assert_int_equal(ak_bench_table_build(&input, 1, &opts, *state, &set, &err), AK_FORMAT);
    assert_string_equal(err.text, "A.txt:2: the value of x is not a number");
}

static void test_inputs(void **state)
{
    const char *args[] = {"A.txt", "new x=B.txt", "A.txt", "=C"};
    const struct ak_bench_input *in = ak_bench_inputs_parse(args, 4, *state);
    assert_string_equal(in[0].label, "A.txt#0");
    assert_string_equal(in[1].label, "new x");
    assert_string_equal(in[1].path, "B.txt");
    assert_string_equal(in[2].label, "A.txt#1");
    assert_string_equal(in[3].label, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters), cmocka_unit_test(test_projections),
        cmocka_unit_test(test_errors),  cmocka_unit_test(test_not_a_number),
        cmocka_unit_test(test_inputs),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
