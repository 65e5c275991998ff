#include "base/json.h"
#include "base/sanitize.h"
#include "reporter/check.h"
#include "reporter/compare.h"
#include "reporter_models.h"
#include "test.h"

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

/* No byte that a terminal would obey, and valid UTF-8, whatever the names hold. */
static void assert_harmless(const struct ak_buf *b)
{
    assert_true(b->len > 0 && ak_utf8_valid(ak_buf_view(b)));
    for (size_t i = 0; i < b->len; i++) {
        const unsigned char c = (unsigned char)b->ptr[i];
        assert_true(c == '\n' || (c >= 0x20 && c != 0x7f));
    }
}

static void render_all(const struct ak_comparison *c, const struct ak_check *k)
{
    const struct ak_compare_text_opts how = {.all = true, .causes = 3};
    const struct ak_check_text_opts explain = {.explain = true};
    struct ak_buf out = AK_BUF_INIT;
    ak_compare_text(c, &how, &out);
    assert_harmless(&out);
    ak_buf_reset(&out);
    ak_compare_markdown(c, &how, &out);
    assert_harmless(&out); /* a function's name may stand as it is, between backticks */
    assert_null(strstr(out.ptr, "| <script>"));
    ak_buf_reset(&out);
    ak_compare_json(c, &out);
    assert_harmless(&out);
    ak_buf_reset(&out);
    ak_compare_junit(c, &out);
    assert_harmless(&out);
    assert_null(strstr(out.ptr, "<script>"));
    ak_buf_reset(&out);
    ak_check_text(k, &explain, &out);
    assert_harmless(&out);
    ak_buf_reset(&out);
    ak_check_json(k, &out);
    assert_harmless(&out);
    ak_buf_reset(&out);
    ak_check_markdown(k, &out);
    assert_harmless(&out);
    ak_buf_reset(&out);
    ak_check_junit(k, &out);
    assert_harmless(&out);
    assert_null(strstr(out.ptr, "<script>"));
    ak_buf_release(&out);
}

static void test_flavours(void **state)
{
    for (int flavour = 0; flavour < MODEL_FLAVOURS; flavour++) {
        render_all(model_comparison(*state, 12, (enum model_flavour)flavour),
                   model_check(*state, 9, (enum model_flavour)flavour));
    }
    render_all(model_comparison(*state, 0, MODEL_PLAIN), model_check(*state, 0, MODEL_PLAIN));
}

static void render_set(const struct ak_comparison_set *set)
{
    const struct ak_compare_text_opts how = {.all = true};
    void (*const plain[])(const struct ak_comparison_set *,
                          struct ak_buf *) = {ak_compare_set_json, ak_compare_set_junit};
    void (*const shaped[])(const struct ak_comparison_set *, const struct ak_compare_text_opts *,
                           struct ak_buf *) = {ak_compare_set_text, ak_compare_set_markdown};
    for (size_t i = 0; i < 2; i++) {
        struct ak_buf out = AK_BUF_INIT;
        plain[i](set, &out);
        assert_harmless(&out);
        ak_buf_reset(&out);
        shaped[i](set, &how, &out);
        assert_harmless(&out);
        assert_null(strstr(out.ptr, "| <script>"));
        ak_buf_release(&out);
    }
}

/* Many runs side by side, whatever the names hold; the most runs that there may be. */
static void test_set(void **state)
{
    for (int flavour = 0; flavour < MODEL_FLAVOURS; flavour++) {
        struct ak_comparison *pairs =
            AK_NEW_ARRAY(*state, struct ak_comparison, AK_COMPARE_RUNS_MAX - 1);
        for (size_t k = 0; k + 1 < AK_COMPARE_RUNS_MAX; k++) {
            pairs[k] = *model_comparison(*state, 8, (enum model_flavour)flavour);
        }
        render_set(&(struct ak_comparison_set){pairs, AK_COMPARE_RUNS_MAX - 1});
        render_set(&(struct ak_comparison_set){pairs, 1});
    }
}

/* A row that is the same in all runs is only counted, and a folder that all labels share is left
 * out of the heads. */
static void test_set_text(void **state)
{
    struct ak_comparison *pairs = AK_NEW_ARRAY(*state, struct ak_comparison, 2);
    struct ak_run runs[] = {{.label = "in/a.txt"}, {.label = "in/b.txt"}, {.label = "in/c.txt"}};
    for (size_t k = 0; k < 2; k++) {
        pairs[k] = *model_comparison(*state, 2, MODEL_PLAIN);
        pairs[k].before = &runs[0];
        pairs[k].after = &runs[k + 1];
        pairs[k].variance = "in turn";
        pairs[k].rows[0].verdict = AK_VERDICT_SAME;
        pairs[k].rows[1].verdict = k == 0 ? AK_VERDICT_SAME : AK_VERDICT_WORSE;
    }
    const struct ak_compare_text_opts some = {0};
    struct ak_buf out = AK_BUF_INIT;
    ak_compare_set_text(&(struct ak_comparison_set){pairs, 2}, &some, &out);
    assert_non_null(strstr(out.ptr, " a.txt"));
    assert_null(strstr(out.ptr, " in/a.txt  "));
    assert_null(strstr(out.ptr, pairs[0].rows[0].benchmark));
    assert_non_null(strstr(out.ptr, pairs[0].rows[1].benchmark));
    assert_non_null(strstr(out.ptr, "1 row is the same in all runs"));
    assert_non_null(strstr(out.ptr, "\nin turn\n")); /* once, as it is so of all */
    pairs[0].variance = "apart";
    ak_buf_reset(&out);
    ak_compare_set_text(&(struct ak_comparison_set){pairs, 2}, &some, &out);
    assert_non_null(strstr(out.ptr, "in/c.txt: in turn"));
    ak_buf_release(&out);
}

static void test_headline(void **state)
{
    (void)state;
    struct ak_comparison c = {.variance = ""};
    struct ak_buf out = AK_BUF_INIT;
    ak_compare_headline(&c, &out);
    assert_text(out, "0 worse");
    c.counts[AK_VERDICT_WORSE] = 1;
    c.counts[AK_VERDICT_SAME] = 4;
    c.counts[AK_VERDICT_UNSURE] = 2;
    ak_buf_reset(&out);
    ak_compare_headline(&c, &out);
    assert_text(out, "1 worse, 2 unsure, 4 same");
    ak_buf_release(&out);
}

/* The first line says the verdict, and columns are as wide as their widest cell. */
static void test_text(void **state)
{
    (void)state;
    double a[] = {1, 1, 1, 1, 1, 1}, b[] = {2, 2, 2, 2, 2, 2};
    struct ak_run run = {.label = "old"}, other = {.label = "new"};
    struct ak_compare_row rows[] = {
        {.benchmark = "Short",
         .package = "",
         .unit = "ns/op",
         .verdict = AK_VERDICT_WORSE,
         .before = {6, 1, 1, 1, 1, 1, a},
         .after = {6, 2, 2, 2, 2, 2, b},
         .ratio = 2,
         .ratio_lo = 1.9,
         .ratio_hi = 2.1,
         .p = 0.002,
         .p_adjusted = 0.004,
         .reason = "",
         .cause_note = ""},
        {.benchmark = "LongerName",
         .package = "",
         .unit = "B/op",
         .verdict = AK_VERDICT_UNSURE,
         .before = {6, 1, 1, 1, 1, 1, a},
         .after = {6, 1, 1, 1, 1, 1, a},
         .ratio = 1,
         .ratio_lo = 0.9,
         .ratio_hi = 1.1,
         .p = 0.5,
         .p_adjusted = 1,
         .reason = "the samples overlap",
         .need_more = 7,
         .detectable = 0.04,
         .cause_note = ""},
    };
    struct ak_comparison c = {.variance = "",
                              .before = &run,
                              .after = &other,
                              .rows = rows,
                              .row_count = 2,
                              .margin = 0.03,
                              .alpha = 0.05,
                              .confidence = 0.95};
    c.counts[AK_VERDICT_WORSE] = c.counts[AK_VERDICT_UNSURE] = 1;
    struct ak_buf out = AK_BUF_INIT;
    const struct ak_compare_text_opts how = {.causes = 3};
    ak_compare_text(&c, &how, &out);
    assert_true(strncmp(out.ptr, "1 worse, 1 unsure  (old -> new)\n", 32) == 0);
    assert_non_null(strstr(out.ptr, "✗ worse   Short       ns/op     1ns  ±0%    2ns  ±0%  "
                                    "+100.0%  [+90.0%, +110.0%]  0.004  6\n"));
    assert_non_null(strstr(out.ptr,
                           "    the samples overlap; run 7 more a side to decide; smallest "
                           "change that would show: 4%\n"));
    assert_null(strstr(out.ptr, " \n")); /* no blanks at line ends */
    ak_buf_release(&out);
}

static void test_csv(void **state)
{
    (void)state;
    struct ak_table_cell cells[] = {
        {.present = true, .centre = 1.5e-7, .lo = 1.4e-7, .hi = 1.6e-7, .n = 6},
        {.present = true,
         .compared = true,
         .centre = 12345678,
         .lo = -INFINITY,
         .hi = INFINITY,
         .n = 5,
         .p = 0.0021645,
         .alpha = 0.05,
         .base_n = 6,
         .base_centre = 1e7,
         .warnings = {"few"}},
        {0},
        {.present = true, .centre = 0, .n = 6}};
    struct ak_table_total totals[] = {{.has_centre = true, .centre = 1.5e-7}, {0}};
    const char *columns[] = {"A.txt", "B, \"b\""}, *rows[] = {"X-8", "Y"},
               *head[] = {"goos: linux"};
    struct ak_table table = {.head = head,
                             .head_count = 1,
                             .unit = "sec/op",
                             .columns = columns,
                             .column_levels = 1,
                             .column_count = 2,
                             .rows = rows,
                             .row_count = 2,
                             .cells = cells,
                             .totals = totals};
    const struct ak_table_set set = {.tables = &table, .table_count = 1};
    struct ak_buf out = AK_BUF_INIT, warnings = AK_BUF_INIT;
    ak_table_csv(&set, &out, &warnings);
    assert_text(out, "goos: linux\n"
                     ",A.txt,,\"B, \"\"b\"\"\",,,\n"
                     ",sec/op,CI,sec/op,CI,vs base,P\n"
                     "X-8,1.5e-07,7%,1.2345678e+07,∞,+23.46%,p=0.002 n=6+5\n"
                     "Y,,,0,0%\n"
                     "geomean,1.5e-07,,,,?,\n");
    assert_text(warnings, "D4: few\n");
    ak_buf_release(&out);
    ak_buf_release(&warnings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flavours), cmocka_unit_test(test_set),
        cmocka_unit_test(test_set_text), cmocka_unit_test(test_headline),
        cmocka_unit_test(test_text),     cmocka_unit_test(test_csv),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
