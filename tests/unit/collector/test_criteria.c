#include "collector/criteria.h"
#include "collector/ingest.h"
#include "collector/sizes.h"
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

static struct ak_run *load(struct ak_arena *arena, const char *path)
{
    struct ak_ingest in;
    struct ak_error err = {0};
    const struct ak_ingest_opts opts = {.label = "x"};
    if (ak_ingest_files(&path, 1, &opts, arena, &in, &err) != AK_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return in.run;
}

static struct ak_check *checked(struct ak_arena *arena, struct ak_run *run, struct ak_criteria *c)
{
    struct ak_check *check = NULL;
    struct ak_error err = {0};
    assert_int_equal(ak_check_run(run, c, NULL, arena, &check, &err), AK_OK);
    return check;
}

static const struct ak_judgement *row(const struct ak_check *c, const char *criterion,
                                      const char *benchmark)
{
    for (size_t i = 0; i < c->row_count; i++) {
        if (strcmp(c->rows[i].criterion, criterion) == 0 &&
            strstr(c->rows[i].benchmark, benchmark)) {
            return &c->rows[i];
        }
    }
    fail();
    abort(); /* not reached: fail() jumps */
}

static struct ak_criteria *parsed(struct ak_arena *arena, const char *text)
{
    struct ak_criteria *c = NULL;
    struct ak_error err = {0};
    if (ak_criteria_parse("c.ini", ak_str_from(text), arena, &c, &err) != AK_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return c;
}

static void refused(struct ak_arena *arena, const char *text, const char *message)
{
    struct ak_criteria *c = NULL;
    struct ak_error err = {0};
    assert_int_equal(ak_criteria_parse("c.ini", ak_str_from(text), arena, &c, &err), AK_USAGE);
    if (!strstr(err.text, message)) {
        print_error("got: %s\nwant: %s\n", err.text, message);
        fail();
    }
    assert_null(c);
}

static void test_builtin_v3(void **state)
{
    struct ak_run *run = load(*state, "tests/data/goakt/goakt-v3/shutdown.txt");
    struct ak_criteria *criteria = ak_criteria_builtin(*state);
    struct ak_check *c = checked(*state, run, criteria);
    assert_int_equal(row(c, "bytes", "_1000Actors")->outcome, AK_OUTCOME_FAIL);
    assert_int_equal(row(c, "time", "_1000Actors")->outcome, AK_OUTCOME_FAIL);
    assert_int_equal(row(c, "growth", "_1000Actors")->outcome, AK_OUTCOME_PASS);
    assert_int_equal(ak_check_exit(c, criteria), 1);
}

static void test_builtin_v4(void **state)
{
    struct ak_run *run = load(*state, "tests/data/goakt/goakt-v4/shutdown.txt");
    struct ak_criteria *criteria = ak_criteria_builtin(*state);
    struct ak_check *c = checked(*state, run, criteria);
    const struct ak_judgement *bytes = row(c, "bytes", "_1000Actors");
    assert_int_equal(bytes->outcome, AK_OUTCOME_FAIL);
    assert_true(bytes->value > 1.19e6 && bytes->value < 1.25e6 && bytes->limit == 1e6);
    assert_int_equal(row(c, "time", "_1000Actors")->outcome, AK_OUTCOME_PASS);
    const struct ak_judgement *leak = row(c, "growth", "_1000Actors");
    assert_int_equal(leak->outcome, AK_OUTCOME_FAIL);
    assert_int_equal(leak->trend.growth, AK_GROWTH_LEAK);
    assert_non_null(strstr(leak->sentence, "1.64 MB for every stop of 1,000 actors"));
    assert_int_equal(ak_check_exit(c, criteria), 1);
}

static void test_file(void **state)
{
    struct ak_criteria *c = parsed(*state, "# three\n"
                                           "[heap]\n"
                                           "benchmark = ^GCAlloc.*Actors$\n"
                                           "unit = MB/alloc ; MiB in this program\n"
                                           "limit = <= 1.25 MB\n"
                                           "per = 1000 entities\n"
                                           "statistic = max\n\n"
                                           "[quick]\n"
                                           "unit = ns/entity\n"
                                           "limit = < 100 ms\n"
                                           "optional = yes\n"
                                           "[rate]\n"
                                           "unit = MB/s\n"
                                           "limit = > 5 MB\n");
    assert_int_equal(c->count, 3);
    assert_int_equal(c->items[0].statistic, AK_STATISTIC_MAX);
    assert_true(c->items[0].per == 1000 && c->items[0].limit == 1.25e6 && c->items[0].or_equal);
    assert_true(c->items[1].optional && c->items[2].at_least);
    struct ak_run *run = load(*state, "tests/data/goakt/goakt-v4/shutdown.txt");
    struct ak_check *check = checked(*state, run, c);
    /* 1.25 MB for 1,000 entities is 0.125 MB for 100, and the program counts MiB. */
    const struct ak_judgement *r = row(check, "heap", "_100Actors");
    assert_true(fabs(r->limit - 0.125e6 / 1048576) < 1e-9);
    assert_int_equal(r->outcome, AK_OUTCOME_FAIL); /* max 0.1681 */
    assert_int_equal(row(check, "quick", "_1000Actors")->outcome, AK_OUTCOME_PASS);
    assert_int_equal(row(check, "rate", "")->outcome, AK_OUTCOME_UNJUDGED);
}

static void test_refusals(void **state)
{
    refused(*state, "[a]\nunit = x\nlimit = < 1\ncolour = red\n",
            "c.ini:4: unknown key \"colour\"");
    refused(*state, "[a]\nunit = x\nlimit = 1 MB\n", "c.ini:3: not understood");
    refused(*state, "[a]\nunit = x\nlimit = < 1 parsec\n", "c.ini:3:");
    refused(*state, "[a]\nunit = x\nunit = y\nlimit = < 1\n", "c.ini:3: key stands twice");
    refused(*state, "[a]\nlimit = < 1\n", "c.ini:1: no unit in section");
    refused(*state, "[a]\nunit = x\n", "c.ini:1: no limit in section");
    refused(*state, "[a]\n[b]\nunit = x\nlimit = < 1\n", "c.ini:1: section is empty");
    refused(*state, "[a]\nunit=x\nlimit=<1\n[a]\nunit=x\nlimit=<1\n", "section stands twice");
    refused(*state, "[a]\nunit=x\nlimit=<1\n[z]\n", "c.ini:4: section is empty");
    refused(*state, "unit = x\n", "c.ini:1: key outside of a section");
    refused(*state, "[a]\nunit = x\nlimit = < 1\nbenchmark = (\n", "c.ini:4: regular expression");
    refused(*state, "[a]\nunit = x\nnonsense\n", "c.ini:3: neither");
    refused(*state, "", "holds no criterion");
    refused(*state, "[a]\nunit = x\nlimit = < 1\nper = -3\n", "c.ini:4:");
    refused(*state, "[a]\nunit = x\nlimit = < 1\nbase = b\n", "a base needs a limit in %");
    refused(*state, "[a]\nunit = x\n limit = < 1\n", "c.ini:3: a line may not start");
    refused(*state, "[a]\nunit = x\nlimit = trend < 5\n", "c.ini:3: not understood:");
    refused(*state, "[a]\nunit = x\nlimit = trend > 5 %\n", "c.ini:3: not understood:");
    refused(*state, "[a]\nunit = x\nlimit = < 5 %\nruns = 9\n", "runs need a limit on the trend");
    refused(*state, "[a]\nunit = x\nlimit = trend < 5 %\nruns = 3\n", "c.ini:4: not understood:");
}

static void test_relative(void **state)
{
    struct ak_run *v3 = load(*state, "tests/data/goakt/goakt-v3/shutdown.txt");
    struct ak_run *v4 = load(*state, "tests/data/goakt/goakt-v4/shutdown.txt");
    struct ak_criteria *c =
        parsed(*state, "[r]\nbenchmark=GCAlloc.*\nunit=ns/op\nlimit = < +5 %\n");
    struct ak_check *check;
    const struct ak_check_opts opts = {.base = v3};
    assert_int_equal(ak_check_run(v4, c, &opts, *state, &check, NULL), AK_OK);
    assert_int_equal(row(check, "r", "_1000Actors")->outcome, AK_OUTCOME_PASS);
    assert_int_equal(row(check, "r", "_1000Grains")->outcome, AK_OUTCOME_FAIL);
    assert_int_equal(ak_check_run(v4, c, NULL, *state, &check, NULL), AK_OK);
    assert_int_equal(ak_check_exit(check, c), 3); /* no base */
}

/* The same name in two packages: each against its own. */
static void test_relative_packages(void **state)
{
    double slow[] = {200, 201, 199, 200.5, 199.5, 200.2},
           fast[] = {100, 101, 99, 100.5, 99.5, 100.2};
    struct ak_series now[] = {
        {.benchmark = "A", .package = "p", .unit = "ns/op", .procs = 1, .values = slow, .count = 6},
        {.benchmark = "A",
         .package = "q",
         .unit = "ns/op",
         .procs = 1,
         .values = fast,
         .count = 6}};
    struct ak_series then[] = {now[1], now[0]};
    struct ak_run run = {.label = "now", .series = now, .series_count = 2};
    struct ak_run base = {.label = "then", .series = then, .series_count = 2};
    struct ak_criteria *c = parsed(*state, "[r]\nunit=ns/op\nlimit = < +5 %\n");
    const struct ak_check_opts opts = {.base = &base};
    struct ak_check *check;
    assert_int_equal(ak_check_run(&run, c, &opts, *state, &check, NULL), AK_OK);
    assert_int_equal(check->counts[AK_OUTCOME_PASS], 2);
    now[0].count = 1; /* one value is no sample */
    now[0].values[0] = 900;
    assert_int_equal(ak_check_run(&run, c, &opts, *state, &check, NULL), AK_OK);
    assert_int_equal(check->rows[0].outcome, AK_OUTCOME_UNJUDGED);
}

/* --- against the history ------------------------------------------------------------------ */

#define PAST 10

struct past {
    struct ak_run *runs[PAST];
    double values[PAST];
    struct ak_series series[PAST];
    struct ak_run store[PAST];
};

static enum ak_status give_past(void *ctx, struct ak_run ***out, size_t *out_count,
                                struct ak_error *err)
{
    struct past *p = ctx;
    (void)err;
    *out = p->runs;
    *out_count = PAST;
    return AK_OK;
}

static enum ak_outcome judged(struct ak_arena *a, const char *criterion, const double *past,
                              double now, const char **out_sentence)
{
    struct past p;
    const struct ak_series one = {
        .benchmark = "A", .package = "", .unit = "MB/s", .procs = 1, .count = 1};
    struct ak_series series = one;
    struct ak_run run = {.label = "", .series = &series, .series_count = 1};
    series.values = &now;
    series.better = AK_HIGHER_IS_BETTER;
    for (size_t i = 0; i < PAST; i++) {
        p.values[i] = past[i];
        p.series[i] = series;
        p.series[i].values = &p.values[i];
        p.store[i] = (struct ak_run){.label = "", .series = &p.series[i], .series_count = 1};
        p.runs[i] = &p.store[i];
    }
    const struct ak_check_opts opts = {.find_history = give_past, .history_ctx = &p};
    struct ak_check *check;
    assert_int_equal(ak_check_run(&run, parsed(a, criterion), &opts, a, &check, NULL), AK_OK);
    assert_int_equal(check->row_count, 1);
    *out_sentence = check->rows[0].sentence;
    return check->rows[0].outcome;
}

static void test_history(void **state)
{
    static const char text[] = "[h]\nunit=MB/s\nlimit = < +5 %\nbase = history\n";
    static const double quiet[PAST] = {500, 501, 499, 500, 100, 101, 99, 100, 101, 99};
    static const double noisy[PAST] = {100, 112, 90, 107, 93, 115, 88, 104, 95, 110};
    const char *sentence;
    /* A rate: lower is worse, and the level is that after the step. */
    assert_int_equal(judged(*state, text, quiet, 90, &sentence), AK_OUTCOME_FAIL);
    assert_non_null(strstr(sentence, "the last 6 runs"));
    assert_int_equal(judged(*state, text, quiet, 99, &sentence), AK_OUTCOME_PASS);
    assert_int_equal(judged(*state, text, quiet, 400, &sentence), AK_OUTCOME_PASS);
    assert_int_equal(judged(*state, text, noisy, 90, &sentence), AK_OUTCOME_UNJUDGED);
    assert_int_equal(judged(*state, text, noisy, 40, &sentence), AK_OUTCOME_FAIL);
    struct ak_run *v3 = load(*state, "tests/data/goakt/goakt-v3/shutdown.txt");
    struct ak_criteria *c = parsed(*state, "[h]\nunit=ns/op\nlimit = < +5 %\nbase = history\n");
    struct ak_check *check = checked(*state, v3, c); /* a file has no history */
    assert_int_equal(ak_check_exit(check, c), 3);
    assert_non_null(strstr(check->rows[0].sentence, "--history"));
}

static void test_trend(void **state)
{
    static const char text[] = "[t]\nunit=MB/s\nlimit = trend < +5 %\n";
    static const char last[] = "[t]\nunit=MB/s\nlimit = trend < +5 %\nruns = 6\n";
    static const double falling[PAST] = {110, 109.1, 108, 107.2, 106, 105.1, 104, 103.1, 102, 101};
    static const double rising[PAST] = {100, 101, 102, 103, 104, 105, 106, 107, 108, 109};
    static const double outlier[PAST] = {100, 100.2, 99.9, 60, 100.1, 99.8, 100, 100.2, 99.9, 100};
    static const double recovered[PAST] = {150,   140,  130,   120,  100,
                                           100.3, 99.9, 100.2, 99.8, 100.1};
    const char *sentence;
    assert_int_equal(judged(*state, text, falling, 100, &sentence), AK_OUTCOME_FAIL);
    assert_non_null(strstr(sentence, "over the last 11 runs"));
    assert_int_equal(judged(*state, text, rising, 110, &sentence), AK_OUTCOME_PASS);
    assert_int_equal(judged(*state, text, outlier, 60, &sentence), AK_OUTCOME_PASS);
    assert_int_equal(judged(*state, last, recovered, 100, &sentence), AK_OUTCOME_PASS);
    assert_non_null(strstr(sentence, "over the last 6 runs"));
}

static void test_sizes(void **state)
{
    struct ak_run *v3 = load(*state, "tests/data/goakt/sizes/goakt-v3.txt");
    struct ak_run *v4 = load(*state, "tests/data/goakt/sizes/goakt-v4.txt");
    struct ak_criteria *c = parsed(*state, "[size]\nunit = B/op\nlimit = exponent < 1.3\n");
    struct ak_check *check = checked(*state, v3, c);
    const struct ak_judgement *r = row(check, "size", "ShutdownLatency_NActors");
    assert_int_equal(r->outcome, AK_OUTCOME_FAIL);
    assert_true(r->value > 1.7 && r->value < 1.95);
    assert_non_null(strstr(r->sentence, "over 3 sizes"));
    assert_true(check->warning_count > 0);
    assert_int_equal(strncmp(check->warnings[0],
                             "P007 ShutdownLatency_NActors B/op grows with a power of 1.", 58),
                     0);
    assert_true(ak_str_ends(ak_str_from(check->warnings[0]), AK_STR("two largest): superlinear")));
    check = checked(*state, v4, c);
    assert_int_equal(row(check, "size", "NActors")->outcome, AK_OUTCOME_PASS);
    for (size_t i = 0; i < check->warning_count; i++) {
        assert_null(strstr(check->warnings[i], "B/op"));
    }
}

/* A run of one of the guide's benchmarks: what passes is no success as long as the rest was not
 * measured, and the user is told what to run. */
static void test_one_benchmark_of_the_guide(void **state)
{
    double ms[] = {12, 13, 12, 12, 13, 12};
    struct ak_series s = {.benchmark = "ShutdownLatency_1000Actors",
                          .package = "example.org/bench",
                          .unit = "ms/shutdown",
                          .values = ms,
                          .count = 6};
    struct ak_run run = {.label = "", .series = &s, .series_count = 1};
    struct ak_criteria *criteria = ak_criteria_builtin(*state);
    struct ak_check *c = checked(*state, &run, criteria);
    assert_int_equal(c->counts[AK_OUTCOME_PASS], 1);
    assert_int_equal(ak_check_exit(c, criteria), 3);
    assert_string_equal(
        c->advice, "not judged: bytes (GCAllocations.* in bytes/alloc), growth (any benchmark in "
                   "MB/heap); measure what is missing in the same run (go test -run='^$' "
                   "-bench='GCAllocations.*|ShutdownLatency_1000.*'), or name the criteria that "
                   "you want by --criteria FILE");
    criteria->items[0].optional = criteria->items[2].optional = true;
    c = checked(*state, &run, criteria);
    assert_int_equal(ak_check_exit(c, criteria), 0);
    assert_string_equal(c->advice, "");
    ms[0] = ms[1] = ms[2] = ms[3] = ms[4] = ms[5] = 200;
    criteria = ak_criteria_builtin(*state);
    assert_int_equal(ak_check_exit(checked(*state, &run, criteria), criteria), 1);
}

static void test_nothing_measured(void **state)
{
    struct ak_run run = {.label = "empty"};
    struct ak_criteria *criteria = ak_criteria_builtin(*state);
    struct ak_check *c = checked(*state, &run, criteria);
    assert_int_equal(c->row_count, 3);
    assert_int_equal(c->counts[AK_OUTCOME_UNJUDGED], 3);
    assert_int_equal(ak_check_exit(c, criteria), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builtin_v3),
        cmocka_unit_test(test_builtin_v4),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_relative),
        cmocka_unit_test(test_relative_packages),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_trend),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_nothing_measured),
        cmocka_unit_test(test_one_benchmark_of_the_guide),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
