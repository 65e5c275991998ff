#include "collector/project.h"
#include "test.h"

#include <math.h>
#include <stdio.h>

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

#define INPUTS_MAX 3

/* Runs as files give them: a text, and nothing else that a projection reads. */
struct texts {
    const char *of[INPUTS_MAX];
};

static enum ak_status try(struct ak_arena *a, struct texts t, struct ak_project_opts opts,
                          struct ak_projected *out)
{
    static const char *const labels[INPUTS_MAX] = {"one", "two", "three"};
    struct ak_project_input inputs[INPUTS_MAX];
    size_t count = 0;
    for (; count < INPUTS_MAX && t.of[count]; count++) {
        struct ak_run *run = AK_NEW(a, struct ak_run);
        *run = (struct ak_run){.id = (int64_t)count + 1,
                               .label = "stored",
                               .commit = "c0ffee",
                               .text = ak_str_from(t.of[count])};
        inputs[count] = (struct ak_project_input){labels[count], run};
    }
    return ak_project_runs(inputs, count, &opts, a, out, NULL);
}

static struct ak_projected made(struct ak_arena *a, struct texts t, struct ak_project_opts opts)
{
    struct ak_projected out = {0};
    assert_int_equal(try(a, t, opts, &out), AK_OK);
    return out;
}

/* "label: row=v,v row= ...", of one unit. */
static const char *shown(struct ak_arena *a, const struct ak_project_table *t)
{
    struct ak_buf text = AK_BUF_INIT;
    for (size_t k = 0; k < t->run_count; k++) {
        ak_buf_printf(&text, "%s%s:", k ? "; " : "", t->runs[k]->label);
        for (size_t i = 0; i < t->runs[k]->series_count; i++) {
            const struct ak_series *s = &t->runs[k]->series[i];
            ak_buf_printf(&text, " %s=", s->benchmark);
            for (size_t v = 0; v < s->count; v++) {
                ak_buf_printf(&text, "%s%g", v ? "," : "", s->values[v]);
            }
        }
    }
    const char *copy = ak_arena_strdup(a, ak_buf_view(&text).ptr);
    ak_buf_release(&text);
    return copy;
}

static const char sizes[] = "goos: linux\npkg: p\n"
                            "BenchmarkE/n=10/f=x-8 1 1 ns/op\n"
                            "BenchmarkE/n=9/f=x-8 1 2 ns/op\n"
                            "BenchmarkE/n=10/f=x-8 1 3 ns/op\n"
                            "BenchmarkE/n=1k/f=y-8 1 4 ns/op\n"
                            "BenchmarkD-8 1 5 ns/op\n";

#define SHOWN(text, ...)                                                                           \
    shown(*state,                                                                                  \
          &made(*state, (struct texts){{text}}, (struct ak_project_opts){__VA_ARGS__}).tables[0])

static void test_columns_of_one_run(void **state)
{
    assert_string_equal(SHOWN(sizes, .col = "/n", .filter = ".name:E"),
                        "10: E/f=x=1,3; 9: E/f=x=2; 1k: E/f=y=4");
    assert_string_equal(SHOWN(sizes, .col = "/n", .row = ".name"),
                        "10: E=1,3; 9: E=2; 1k: E=4; without /n: D=5");
}

static void test_orders(void **state)
{
    assert_string_equal(SHOWN(sizes, .col = "/n@num", .row = ".name", .filter = ".name:E"),
                        "9: E=2; 10: E=1,3; 1k: E=4");
    assert_string_equal(SHOWN(sizes, .col = "/n@alpha", .row = ".name", .filter = ".name:E"),
                        "10: E=1,3; 1k: E=4; 9: E=2");
    assert_string_equal(SHOWN(sizes, .col = "/n@(1k 9)", .row = ".name"), "1k: E=4; 9: E=2");
    assert_string_equal(SHOWN(sizes, .col = "/f", .row = "/n@num", .filter = ".name:E"),
                        "x: 9=2 10=1,3; y: 1k=4");
    const struct texts t = {{sizes}};
    assert_true(
        made(*state, t, (struct ak_project_opts){.col = "/n", .row = ".name@alpha"}).rows_ordered);
    assert_false(
        made(*state, t, (struct ak_project_opts){.col = "/n", .row = ".name"}).rows_ordered);
}

/* Missing cells are rows that cannot be compared, and stand where -row wants them. */
static void test_missing_cells(void **state)
{
    const char *x = "BenchmarkA/n=3/f=x 1 1 ns/op\nBenchmarkA/n=2/f=y 1 2 ns/op\n"
                    "BenchmarkA/n=1/f=x 1 3 ns/op\nBenchmarkA/n=1/f=y 1 4 ns/op\n";
    const struct ak_projected p =
        made(*state, (struct texts){{x}}, (struct ak_project_opts){.col = "/f", .row = "/n@num"});
    struct ak_comparison_tables c;
    ak_project_compare(&p, NULL, *state, &c);
    const struct ak_comparison *pair = &c.tables[0].set.pairs[0];
    assert_int_equal(pair->row_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pair->rows[i].benchmark[0], '1' + (int)i);
    }
    assert_int_equal(pair->rows[1].before.n, 0);
    assert_int_equal(pair->rows[2].after.n, 0);
    assert_int_equal(pair->counts[AK_VERDICT_INCOMPARABLE], 2);
}

/* A module that changed its path is still the same, as without a projection. */
static void test_packages_that_moved(void **state)
{
    const struct texts t = {{"pkg: v3\nBenchmarkA 1 1 ns/op\n", "pkg: v4\nBenchmarkA 1 2 ns/op\n"}};
    const struct ak_projected p = made(*state, t, (struct ak_project_opts){.ignore = "cpu"});
    struct ak_comparison_tables c;
    ak_project_compare(&p, NULL, *state, &c);
    assert_int_equal(c.tables[0].set.pairs[0].row_count, 1);
    assert_int_equal(c.tables[0].set.pairs[0].rows[0].after.n, 1);
}

static const char machine_x[] = "cpu: X\nkernel: 1\npkg: p\nBenchmarkA-8 1 1 ns/op\n"
                                "pkg: q\nBenchmarkA-8 1 2 ns/op\n";
static const char machine_y[] = "cpu: Y\nkernel: 1\npkg: p\nBenchmarkA-8 1 3 ns/op\n";

static void test_pooling_is_said(void **state)
{
    const struct texts t = {{machine_x, machine_y}};
    struct ak_projected p = made(*state, t, (struct ak_project_opts){.col = ".name"});
    assert_int_equal(p.table_count, 1);
    assert_string_equal(shown(*state, &p.tables[0]), "A: *=1,3 *=2");
    assert_string_equal(p.tables[0].runs[0]->series[1].package, "q");
    assert_int_equal(p.tables[0].warning_count, 2);
    assert_non_null(strstr(p.tables[0].warnings[0],
                           "in 1 cell of A results that differ in cpu are pooled (\"X\" and "
                           "\"Y\"): -table cpu tells them apart"));
    assert_non_null(strstr(p.tables[0].warnings[1], "differ in .file are pooled"));
    p = made(*state, t, (struct ak_project_opts){.col = ".name", .ignore = "cpu,.file"});
    assert_int_equal(p.tables[0].warning_count, 0);
    assert_string_equal(ak_run_env(p.tables[0].runs[0], "cpu"), "");
    assert_string_equal(ak_run_env(p.tables[0].runs[0], "kernel"), "1");
    p = made(*state, t, (struct ak_project_opts){.col = ".name", .ignore = "pkg"});
    assert_string_equal(shown(*state, &p.tables[0]), "A: *=1,2,3");
}

static void test_environments_are_those_of_the_results(void **state)
{
    const struct texts t = {{machine_x, machine_y}};
    const struct ak_projected p = made(*state, t, (struct ak_project_opts){.ignore = "kernel"});
    assert_string_equal(shown(*state, &p.tables[0]), "one: A=1 A=2; two: A=3");
    assert_string_equal(ak_run_env(p.tables[0].runs[0], "cpu"), "X");
    assert_string_equal(ak_run_env(p.tables[0].runs[1], "cpu"), "Y");
    assert_string_equal(ak_run_env(p.tables[0].runs[1], "kernel"), "");
    assert_string_equal(p.tables[0].runs[0]->commit, "c0ffee");
    assert_int_equal(p.tables[0].runs[0]->id, 0);
    const struct ak_projected none = made(*state, t, (struct ak_project_opts){.ignore = ".config"});
    assert_int_equal(none.tables[0].runs[0]->env_count, 0);
    assert_string_equal(shown(*state, &none.tables[0]), "one: A=1,2; two: A=3");
}

/* Columns of one run share its session, which says nothing about how they were measured. */
static void test_sessions(void **state)
{
    const char *x = "session: s\nBenchmarkA/k=1 1 1 ns/op\nBenchmarkA/k=2 1 1 ns/op\n";
    struct ak_projected p =
        made(*state, (struct texts){{x}}, (struct ak_project_opts){.col = "/k"});
    assert_string_equal(ak_run_env(p.tables[0].runs[0], AK_ENV_SESSION), "");
    assert_string_equal(p.tables[0].runs[0]->commit, "");
    p = made(*state, (struct texts){{x, x}}, (struct ak_project_opts){.ignore = "cpu"});
    assert_string_equal(ak_run_env(p.tables[0].runs[0], AK_ENV_SESSION), "s");
}

static void test_tables(void **state)
{
    const struct texts t = {{machine_x, machine_y}};
    struct ak_projected p = made(*state, t, (struct ak_project_opts){.table = ".config"});
    assert_int_equal(p.table_count, 3);
    assert_string_equal(p.tables[0].heading, "cpu: X, pkg: p");
    assert_int_equal(p.tables[0].key_count, 3);
    assert_int_equal(p.tables[0].run_count, 1);
    assert_string_equal(p.tables[2].heading, "cpu: Y, pkg: p");
    p = made(*state, t, (struct ak_project_opts){.table = "pkg"});
    assert_int_equal(p.table_count, 2);
    assert_string_equal(shown(*state, &p.tables[0]), "one: A=1; two: A=3");
    assert_string_equal(shown(*state, &p.tables[1]), "one: A=2"); /* one-sided */
    struct ak_comparison_tables c;
    ak_project_compare(&p, NULL, *state, &c);
    assert_int_equal(c.tables[0].set.pair_count, 1);
    assert_int_equal(c.tables[1].set.pair_count, 0);
    assert_string_equal(c.tables[1].only, "one");
    assert_int_equal(ak_project_exit(&c), 3);
}

/* Ten values a side for each of `rows` rows in each of two tables. */
static const char *two_tables(struct ak_arena *a, int rows)
{
    struct ak_buf text = AK_BUF_INIT;
    for (int i = 0; i < 2 * rows * 6; i++) {
        ak_buf_printf(&text, "BenchmarkR%d/t=%d/v=a 1 %d ns/op\n", i / 2 % rows, i % 2,
                      100 + i % 7);
        ak_buf_printf(&text, "BenchmarkR%d/t=%d/v=b 1 %d ns/op\n", i / 2 % rows, i % 2,
                      200 + i % 7);
    }
    const char *copy = ak_arena_strdup(a, text.ptr);
    ak_buf_release(&text);
    return copy;
}

static void test_holm_counts_the_rows_of_all_tables(void **state)
{
    const struct texts t = {{two_tables(*state, 3)}};
    struct ak_comparison_tables two, one;
    const struct ak_projected both =
        made(*state, t, (struct ak_project_opts){.table = "/t", .col = "/v"});
    const struct ak_projected half =
        made(*state, t, (struct ak_project_opts){.table = "/t@(1)", .col = "/v"});
    ak_project_compare(&both, NULL, *state, &two);
    ak_project_compare(&half, NULL, *state, &one);
    const struct ak_compare_row *r = &two.tables[1].set.pairs[0].rows[0];
    assert_int_equal(two.tables[0].set.pairs[0].row_count, 3);
    assert_true(fabs(r->p_adjusted - 6 * r->p) < 1e-12);
    assert_true(fabs(one.tables[0].set.pairs[0].rows[0].p_adjusted - 3 * r->p) < 1e-12);
    assert_int_equal(two.tables[1].set.pairs[0].geomeans[0].pairs, 3);
    assert_int_equal(ak_project_exit(&one), 1);
}

static void test_directions_and_units_as_written(void **state)
{
    const char *x = "Unit hits better=higher\nBenchmarkA/k=1 1 5 ns/op 7 hits\n"
                    "BenchmarkA/k=2 1 5 ns/op 7 hits\n";
    const struct ak_projected p =
        made(*state, (struct texts){{x}}, (struct ak_project_opts){.col = "/k"});
    const struct ak_series *s = p.tables[0].runs[0]->series;
    assert_string_equal(s[0].unit, "ns/op");
    assert_true(s[0].values[0] > 4.5 && s[0].values[0] < 5.5);
    assert_int_equal(s[1].better, AK_HIGHER_IS_BETTER);
}

/* The runs of other formats have no text: their series count. */
static void test_series(void **state)
{
    double values[] = {1, 2};
    struct ak_series series[] = {{.benchmark = "A/k=1",
                                  .package = "p",
                                  .unit = "s",
                                  .procs = 8,
                                  .values = values,
                                  .count = 2},
                                 {.benchmark = "A/k=2",
                                  .package = "p",
                                  .unit = "s",
                                  .procs = 8,
                                  .values = values,
                                  .count = 1},
                                 {.benchmark = "A/k=1",
                                  .package = "q",
                                  .unit = "hits",
                                  .procs = 8,
                                  .values = values,
                                  .count = 1,
                                  .better = AK_HIGHER_IS_BETTER}};
    struct ak_kv env[] = {{"cpu", "X"}};
    const struct ak_run run = {.label = "r",
                               .series = series,
                               .series_count = 3,
                               .env = env,
                               .env_count = 1,
                               .text = AK_STR("{\"not\": \"benchmark text\"}")};
    const struct ak_project_input input = {"r", &run};
    const struct ak_project_opts by_k = {.col = "/k"};
    struct ak_projected p;
    assert_int_equal(ak_project_runs(&input, 1, &by_k, *state, &p, NULL), AK_OK);
    assert_string_equal(shown(*state, &p.tables[0]), "1: A=1,2 A=1; 2: A=1");
    assert_int_equal(p.tables[0].runs[0]->series[0].procs, 8);
    assert_string_equal(p.tables[0].runs[0]->series[1].package, "q");
    assert_int_equal(p.tables[0].runs[0]->series[1].better, AK_HIGHER_IS_BETTER);
    assert_string_equal(ak_run_env(p.tables[0].runs[1], "cpu"), "X");
}

/* Different keys that read alike must stay different rows. */
static void test_names_that_read_alike(void **state)
{
    const char *x = "a: x y\nb: z\nBenchmarkA/k=1 1 1 ns/op\nBenchmarkA/k=2 1 2 ns/op\n"
                    "a: x\nb: y z\nBenchmarkA/k=1 1 3 ns/op\nBenchmarkA/k=2 1 4 ns/op\n";
    assert_string_equal(SHOWN(x, .row = "a,b", .col = "/k"),
                        "1: x y z=1 x y z (2)=3; 2: x y z=2 x y z (2)=4");
    assert_string_equal(SHOWN(x, .row = ".name", .col = "a,b", .filter = "/k:1"),
                        "x y z: A=1; x y z (2): A=3");
}

static void test_refusals(void **state)
{
    struct ak_projected p = {0};
    const struct texts t = {{sizes}};
    assert_int_equal(try(*state, t, (struct ak_project_opts){.col = "/n@"}, &p), AK_USAGE);
    assert_int_equal(try(*state, t, (struct ak_project_opts){.row = ".unit"}, &p), AK_USAGE);
    assert_int_equal(try(*state, t, (struct ak_project_opts){.row = ","}, &p), AK_USAGE);
    assert_int_equal(try(*state, t, (struct ak_project_opts){.filter = ".name:No"}, &p),
                     AK_NOT_JUDGED);
    struct ak_buf many = AK_BUF_INIT;
    for (int i = 0; i <= AK_PROJECT_COLUMNS_MAX; i++) {
        ak_buf_printf(&many, "BenchmarkA/k=%d 1 1 ns/op\n", i);
    }
    const struct texts wide = {{ak_arena_strdup(*state, many.ptr)}};
    ak_buf_release(&many);
    assert_int_equal(try(*state, wide, (struct ak_project_opts){.col = "/k"}, &p), AK_LIMIT);
    assert_null(p.tables);
    assert_int_equal(
        try(*state, wide, (struct ak_project_opts){.col = "/k", .filter = "-/k:0"}, &p), AK_OK);
    assert_int_equal(p.tables[0].run_count, AK_PROJECT_COLUMNS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CASE(test_columns_of_one_run),
        CASE(test_orders),
        CASE(test_missing_cells),
        CASE(test_packages_that_moved),
        CASE(test_pooling_is_said),
        CASE(test_environments_are_those_of_the_results),
        CASE(test_sessions),
        CASE(test_tables),
        CASE(test_holm_counts_the_rows_of_all_tables),
        CASE(test_directions_and_units_as_written),
        CASE(test_series),
        CASE(test_names_that_read_alike),
        CASE(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
