/* Judgements and comparisons come back as they were. */
#include "store_fixture.h"

#include <sqlite3.h>

static struct ak_run *add(struct fixture *f, const char *label)
{
    struct ak_added added;
    struct ak_run *run;
    assert_int_equal(ak_store_add_run(f->store, fixture_run(f->arena, label, 2), &added, &f->err),
                     AK_OK);
    assert_int_equal(ak_store_load_run(f->store, added.run_id, 0, f->arena, &run, &f->err), AK_OK);
    return run;
}

static const double sample[] = {1, 2.5, -3e300};
static const char *lines[] = {"one", "two \xff"};

static struct ak_summary summary(double by)
{
    return (struct ak_summary){.n = 3,
                               .median = by,
                               .lo = (double)-INFINITY,
                               .hi = (double)INFINITY,
                               .min = -by,
                               .max = 1 / by,
                               .values = sample};
}

static void same_double(double a, double b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

static void same_summary(const struct ak_summary *a, const struct ak_summary *b)
{
    assert_int_equal(a->n, b->n);
    same_double(a->median, b->median);
    same_double(a->lo, b->lo);
    same_double(a->hi, b->hi);
    same_double(a->min, b->min);
    same_double(a->max, b->max);
    assert_memory_equal(a->values, b->values, a->n * sizeof(double));
}

static void a_judgement_comes_back(void **state)
{
    struct fixture *const f = *state;
    struct ak_judgement rows[2] = {
        {.criterion = "bytes",
         .benchmark = "B",
         .package = "p",
         .unit = "bytes/alloc",
         .outcome = AK_OUTCOME_FAIL,
         .statistic = "median",
         .limit_text = "< 1 MB",
         .value = 1.5e6,
         .limit = 1e6,
         .summary = summary(2),
         .sentence = "too much",
         .evidence = lines,
         .evidence_count = 2},
        {.criterion = "growth",
         .benchmark = "B",
         .unit = "MB/heap",
         .outcome = AK_OUTCOME_UNJUDGED,
         .value = (double)NAN,
         .limit = (double)NAN,
         .is_trend = true,
         .trend = {.growth = AK_GROWTH_LEAK,
                   .n = 9,
                   .slope = 1.64,
                   .slope_lo = 1,
                   .slope_hi = 2,
                   .intercept = -4,
                   .p = 1e-9,
                   .relative = 0.5,
                   .used_from = 2,
                   .step_at = 7,
                   .per = "stop",
                   .reason = "grows"}},
    };
    const struct ak_check check = {.run = add(f, "a"),
                                   .criteria_name = "built-in",
                                   .rows = rows,
                                   .row_count = 2,
                                   .counts = {1, 2, 3},
                                   .warnings = lines,
                                   .warning_count = 1};
    assert_int_equal(ak_store_put_check(f->store, &check, &f->err), AK_OK);
    assert_int_equal(ak_store_put_check(f->store, &check, &f->err), AK_OK); /* replaces */
    fixture_reopen(f, AK_STORE_READ);
    struct ak_check *got;
    assert_int_equal(ak_store_load_check(f->store, check.run->id, NULL, f->arena, &got, &f->err),
                     AK_OK);
    assert_string_equal(got->criteria_name, "built-in");
    assert_string_equal(got->run->key, check.run->key);
    assert_int_equal(got->row_count, 2);
    assert_memory_equal(got->counts, check.counts, sizeof check.counts);
    assert_int_equal(got->warning_count, 1);
    same_summary(&got->rows[0].summary, &rows[0].summary);
    assert_string_equal(got->rows[0].evidence[1], lines[1]);
    assert_int_equal(got->rows[0].outcome, AK_OUTCOME_FAIL);
    assert_string_equal(got->rows[1].package, "");
    same_double(got->rows[1].value, rows[1].value);
    assert_int_equal(got->rows[1].trend.growth, AK_GROWTH_LEAK);
    same_double(got->rows[1].trend.slope, 1.64);
    assert_int_equal(got->rows[1].trend.step_at, 7);
    assert_int_equal(ak_store_load_check(f->store, check.run->id, "other", f->arena, &got, &f->err),
                     AK_NOT_FOUND);
}

/* Makes the first layout of what is there: version 1, and without the fields at the end, which are
 * a double and a count in a row, a text of 7 bytes in the set. */
static void write_layout_before(struct fixture *f)
{
    sqlite3 *db;
    ak_store_close(f->store);
    f->store = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "UPDATE verdict SET body = CAST(x'02' || substr(body, 2, "
                                  "length(body) - 10) AS BLOB);"
                                  "UPDATE verdict_set SET body = CAST(x'01' || substr(body, 2, "
                                  "length(body) - 9) AS BLOB)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    fixture_reopen(f, AK_STORE_WRITE);
}

static void a_comparison_comes_back(void **state)
{
    struct fixture *const f = *state;
    struct ak_cause causes[] = {{.function = "f",
                                 .file = "f.go",
                                 .line = 7,
                                 .profile = "mem.prof",
                                 .value_type = "alloc_space",
                                 .value_unit = "bytes",
                                 .flat_before = 1,
                                 .flat_after = INT64_MIN,
                                 .cum_before = 3,
                                 .cum_after = INT64_MAX,
                                 .samples_before = 5,
                                 .samples_after = 6,
                                 .error = 0.25}};
    struct ak_compare_row row = {.benchmark = "B",
                                 .package = "p",
                                 .unit = "MB/s",
                                 .better = AK_HIGHER_IS_BETTER,
                                 .before = summary(3),
                                 .after = summary(4),
                                 .ratio = 1.25,
                                 .ratio_lo = 1,
                                 .ratio_hi = 2,
                                 .p = 0.01,
                                 .p_adjusted = (double)NAN,
                                 .verdict = AK_VERDICT_UNSURE,
                                 .reason = "noise",
                                 .need_more = 12,
                                 .detectable = 0.1,
                                 .limit = (double)NAN,
                                 .between = 0.02,
                                 .between_runs = 17,
                                 .causes = causes,
                                 .cause_count = 1,
                                 .cause_scale = 1e-3,
                                 .cause_unexplained = -2,
                                 .cause_note = "care"};
    struct ak_geomean mean = {.unit = "MB/s", .before = 1, .after = 2, .ratio = 2, .pairs = 1};
    struct ak_kv difference = {"cpu", "a -> b"};
    const struct ak_comparison cmp = {.before = add(f, "a"),
                                      .after = add(f, "b"),
                                      .rows = &row,
                                      .row_count = 1,
                                      .geomeans = &mean,
                                      .geomean_count = 1,
                                      .counts = {0, 1, 2, 3, 4},
                                      .margin = 0.03,
                                      .alpha = 0.05,
                                      .confidence = 0.95,
                                      .variance = "in turn",
                                      .environment_differences = &difference,
                                      .environment_difference_count = 1,
                                      .warnings = lines,
                                      .warning_count = 2};
    assert_int_equal(ak_store_put_comparison(f->store, &cmp, &f->err), AK_OK);
    struct ak_comparison *got;
    assert_int_equal(
        ak_store_load_comparison(f->store, cmp.before->id, cmp.after->id, f->arena, &got, &f->err),
        AK_OK);
    assert_string_equal(got->before->key, cmp.before->key);
    assert_string_equal(got->after->key, cmp.after->key);
    assert_int_equal(got->row_count, 1);
    same_summary(&got->rows[0].after, &row.after);
    same_double(got->rows[0].p_adjusted, row.p_adjusted);
    assert_int_equal(got->rows[0].verdict, AK_VERDICT_UNSURE);
    assert_int_equal(got->rows[0].need_more, 12);
    assert_int_equal(got->rows[0].causes[0].flat_after, INT64_MIN);
    same_double(got->rows[0].cause_scale, 1e-3);
    assert_string_equal(got->rows[0].cause_note, "care");
    assert_string_equal(got->environment_differences[0].value, "a -> b");
    assert_int_equal(got->geomeans[0].pairs, 1);
    assert_memory_equal(got->counts, cmp.counts, sizeof cmp.counts);
    same_double(got->margin, 0.03);
    assert_string_equal(got->variance, "in turn");
    same_double(got->rows[0].between, 0.02);
    assert_int_equal(got->rows[0].between_runs, 17);
    /* What was kept before the variance between runs was known. */
    write_layout_before(f);
    assert_int_equal(
        ak_store_load_comparison(f->store, cmp.before->id, cmp.after->id, f->arena, &got, &f->err),
        AK_OK);
    assert_string_equal(got->rows[0].cause_note, "care");
    assert_true(isnan(got->rows[0].between));
    assert_int_equal(got->rows[0].between_runs, 0);
    assert_string_equal(got->warnings[0], "one");
    assert_string_equal(got->variance, "");
    assert_int_equal(ak_store_remove_runs(f->store, &cmp.before->id, 1, &f->err), AK_OK);
    assert_int_equal(
        ak_store_load_comparison(f->store, cmp.before->id, cmp.after->id, f->arena, &got, &f->err),
        AK_NOT_FOUND);
}

static void a_run_that_is_not_there_cannot_be_judged(void **state)
{
    struct fixture *const f = *state;
    const struct ak_check check = {.run = fixture_run(f->arena, "a", 1), .criteria_name = "x"};
    assert_int_equal(ak_store_put_check(f->store, &check, &f->err), AK_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(a_judgement_comes_back),
        FIXTURE_TEST(a_comparison_comes_back),
        FIXTURE_TEST(a_run_that_is_not_there_cannot_be_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
