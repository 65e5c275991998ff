#include "reporter/comment.h"
#include "reporter_models.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct ak_buf markdown(const struct ak_comment *c)
{
    struct ak_buf out = AK_BUF_INIT;
    struct ak_error err = {0};
    if (ak_comment_markdown(c, &out, &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
    return out;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *p = strstr(text, part); p; p = strstr(p + 1, part)) {
        n++;
    }
    return n;
}

static void the_verdict_is_the_first_line(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_comment c = {.cmp = model_comparison(a, 10, MODEL_PLAIN), .id = "bench/main"};
    struct ak_buf md = markdown(&c);
    const char *end = strchr(md.ptr, '\n');
    const struct ak_str line = {md.ptr, (size_t)(end - md.ptr)};
    static const char *const parts[] = {
        "**▲ Worse:** `GCAllocationsDuringShutdown_100Actors` bytes/alloc +43.0%",
        "&#91;+33.0%, +54.4%&#93;, p&#60;0.001", "most in `actor.(*PID).stop0`",
        "further 1 worse, 2 better, 2 same, 2 unsure"};
    for (size_t i = 0; i < 4; i++) {
        if (ak_str_find(line, ak_str_from(parts[i])) < 0) {
            fail_msg("no \"%s\" in \"%.*s\"", parts[i], (int)line.len, line.ptr);
        }
    }
    assert_int_equal(strncmp(end, "\n<!-- akreport:bench_main -->\n", 30), 0);
    ak_buf_release(&md);
    c.check = model_check(a, 3, MODEL_PLAIN);
    md = markdown(&c);
    assert_non_null(strstr(md.ptr, "**✗ Criteria failed:** bytes: 1.140MB, limit &#60; 1 MB in `"));
    assert_non_null(strstr(md.ptr, "leak: +1.640MB per stop of 1,000 actors"));
    ak_buf_release(&md);
    ak_arena_free(a);
}

/* How far runs of one code lie apart: one line, and a column where the history was used. */
static void variance_is_said(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_comparison *cmp = model_comparison(a, 10, MODEL_PLAIN);
    const struct ak_comment c = {.cmp = cmp};
    cmp->variance = "how far runs lie apart is taken from 12 runs";
    struct ak_buf md = markdown(&c);
    assert_non_null(strstr(md.ptr, "\nhow far runs lie apart is taken from 12 runs\n"));
    assert_null(strstr(md.ptr, "run to run"));
    ak_buf_release(&md);
    cmp->rows[0].between = 0.0209;
    cmp->rows[0].between_runs = 12;
    md = markdown(&c);
    assert_int_equal(count(md.ptr, "| run to run |"), 2); /* of worse and of unsure rows */
    assert_int_equal(count(md.ptr, "| ±2.1% of 12 |"), 1);
    ak_buf_release(&md);
    struct ak_buf json = AK_BUF_INIT;
    ak_comment_json(&c, &json);
    assert_non_null(strstr(json.ptr, "\"variance\": \"how far runs"));
    assert_int_equal(count(json.ptr, "\"between_runs\": 12"), 1);
    ak_buf_release(&json);
    ak_arena_free(a);
}

/* The worst row has no function, another of its benchmark has: the first line names both. */
static void functions_come_with_the_row_that_they_explain(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_comparison *cmp = model_comparison(a, 10, MODEL_PLAIN);
    struct ak_compare_row *other = NULL;
    for (size_t i = 1; i < cmp->row_count && !other; i++) {
        other = cmp->rows[i].verdict == AK_VERDICT_WORSE ? &cmp->rows[i] : NULL;
    }
    assert_non_null(other);
    model_causes(a, other, MODEL_PLAIN);
    cmp->rows[0].cause_count = 0;
    cmp->rows[0].cause_note = "no function's change exceeds twice its sampling error";
    other->benchmark = cmp->rows[0].benchmark;
    other->unit = "B/op";
    const struct ak_comment c = {.cmp = cmp};
    struct ak_buf md = markdown(&c);
    *strchr(md.ptr, '\n') = '\0';
    assert_non_null(strstr(md.ptr, ", p&#60;0.001; its B/op +43.0%, most in `actor.(*PID).stop0`; "
                                   "2 better, 2 same, 2 unsure"));
    assert_non_null(strstr(md.ptr + strlen(md.ptr) + 1,
                           "\n- `GCAllocationsDuringShutdown_100Actors` bytes/alloc: no function's "
                           "change exceeds twice its sampling error\n"));
    ak_buf_release(&md);
    other->benchmark = "Tell";
    md = markdown(&c);
    *strchr(md.ptr, '\n') = '\0';
    assert_non_null(strstr(md.ptr, "; `Tell` B/op +43.0%, most in `actor.(*PID).stop0`"));
    ak_buf_release(&md);
    ak_arena_free(a);
}

/* Two runs of one label are told apart by their numbers. */
static void runs_of_one_label_have_numbers(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_comparison *cmp = model_comparison(a, 3, MODEL_PLAIN);
    cmp->before = model_run(a, "nightly", 11);
    cmp->after = model_run(a, "nightly", 12);
    const struct ak_comment c = {.cmp = cmp};
    struct ak_buf md = markdown(&c);
    assert_non_null(strstr(md.ptr, "\n`nightly (run 11)` (0aab5b3c99) → `nightly (run 12)` ("));
    ak_buf_release(&md);
    cmp->after = model_run(a, "branch", 12);
    md = markdown(&c);
    assert_non_null(strstr(md.ptr, "\n`nightly` (0aab5b3c99) → `branch` ("));
    ak_buf_release(&md);
    ak_arena_free(a);
}

/* Rows that say the same are one line, and neither name nor unit can start markup. */
static void rows_without_functions_are_one_line_a_reason(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_comparison *cmp = model_comparison(a, 30, MODEL_PLAIN);
    size_t worse = 0;
    for (size_t i = 0; i < cmp->row_count; i++) {
        if (cmp->rows[i].verdict == AK_VERDICT_WORSE) {
            cmp->rows[i].cause_count = 0;
            cmp->rows[i].cause_note = "nothing was sampled";
            cmp->rows[i].unit = worse == 1 ? "<b>/op" : "B/op";
            cmp->rows[i].benchmark = worse < 2 ? "A|B" : "C";
            worse++;
        }
    }
    assert_true(worse > 4);
    const struct ak_comment c = {.cmp = cmp};
    struct ak_buf md = markdown(&c);
    const char *line = ak_arena_printf(
        a, "B/op, &#60;b&#62;/op, `C` B/op and %zu more rows: nothing was sampled\n", worse - 3);
    assert_int_equal(count(md.ptr, "nothing was sampled"), 1);
    assert_non_null(strstr(md.ptr, line));
    ak_buf_release(&md);
    ak_arena_free(a);
}

/* Thousands of rows and long names: short enough, and every alert is there. */
static void length_is_kept_without_losing_an_alert(void **state)
{
    (void)state;
    static const size_t rows[] = {0, 1, 50, 500, 2000};
    for (int flavour = 0; flavour < MODEL_FLAVOURS; flavour++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct ak_arena *a = ak_arena_new();
            const struct ak_comment c = {
                .cmp = model_comparison(a, rows[i], (enum model_flavour)flavour),
                .check = model_check(a, 9, (enum model_flavour)flavour)};
            struct ak_buf md = markdown(&c);
            assert_true(md.len < 60000);
            assert_true(ak_utf8_valid(ak_buf_view(&md)));
            if (flavour != MODEL_NAN) {
                const size_t alerts = c.cmp->counts[AK_VERDICT_WORSE];
                const size_t shown = count(md.ptr, "| **▲") + count(md.ptr, "| **▼");
                if (shown < alerts) {
                    fail_msg("flavour %d: %zu of %zu alerts", flavour, shown, alerts);
                }
            }
            assert_int_equal(count(md.ptr, "| ✗ |"), c.check->counts[AK_OUTCOME_FAIL]);
            ak_buf_release(&md);
            ak_arena_free(a);
        }
    }
}

static void what_cannot_fit_is_counted(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    const struct ak_comment c = {.cmp = model_comparison(a, 20000, MODEL_LONG)};
    struct ak_buf md = markdown(&c);
    assert_true(md.len < 60000);
    assert_non_null(strstr(md.ptr, "more alerts did not fit; comment.json has them all."));
    ak_buf_release(&md);
    ak_arena_free(a);
}

/* Outside of code spans no byte of a name can start markup. */
static void hostile_names_stay_text(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    const struct ak_comment c = {.cmp = model_comparison(a, 30, MODEL_HOSTILE),
                                 .check = model_check(a, 12, MODEL_HOSTILE),
                                 .id = "--><script>",
                                 .base_note = "<img src=x> @all [l](u)",
                                 .image_url = "x\" onerror=\"y"};
    struct ak_buf md = markdown(&c);
    size_t in_code = 0; /* length of the fence that is open */
    for (size_t i = 0; i < md.len; i++) {
        size_t fence = 0;
        while (i + fence < md.len && md.ptr[i + fence] == '`') {
            fence++;
        }
        if (fence > 0) {
            in_code = in_code == 0 ? fence : in_code == fence ? 0 : in_code;
            i += fence - 1;
        } else if (md.ptr[i] == '\n') {
            assert_int_equal(in_code, 0);
        } else if (in_code == 0) {
            const char *rest = md.ptr + i;
            assert_true(strncmp(rest, "<script", 7) != 0 && strncmp(rest, "<img src=x", 10) != 0);
            assert_true(strncmp(rest, "@", 1) != 0 && strncmp(rest, "](", 2) != 0);
        }
        assert_true((unsigned char)md.ptr[i] >= 0x20 || md.ptr[i] == '\n');
    }
    assert_null(strstr(md.ptr, "onerror=\"y"));
    assert_non_null(strstr(md.ptr, "<!-- akreport:--__script_ -->"));
    ak_buf_release(&md);
    ak_arena_free(a);
}

static void json_is_valid_and_complete(void **state)
{
    (void)state;
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (int flavour = 0; flavour < MODEL_FLAVOURS; flavour++) {
        struct ak_arena *a = ak_arena_new();
        const struct ak_comment c = {.cmp = model_comparison(a, 100, (enum model_flavour)flavour),
                                     .check = model_check(a, 9, (enum model_flavour)flavour)};
        struct ak_buf json = AK_BUF_INIT;
        ak_comment_json(&c, &json);
        assert_int_equal(sqlite3_prepare_v2(db,
                                            "SELECT json_valid(?1) AND json_array_length(?1, "
                                            "'$.rows') = 100 AND json_array_length(?1, "
                                            "'$.judgements') = 9 AND ?1->>'headline' <> ''",
                                            -1, &s, NULL),
                         SQLITE_OK);
        sqlite3_bind_text(s, 1, json.ptr, (int)json.len, SQLITE_TRANSIENT);
        assert_int_equal(sqlite3_step(s), SQLITE_ROW);
        assert_int_equal(sqlite3_column_int(s, 0), 1);
        sqlite3_finalize(s);
        ak_buf_release(&json);
        ak_arena_free(a);
    }
    sqlite3_close(db);
}

static void signals_are_one_line_each(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    const struct ak_comment c = {.cmp = model_comparison(a, 100, MODEL_HOSTILE),
                                 .check = model_check(a, 9, MODEL_HOSTILE)};
    struct ak_buf out = AK_BUF_INIT;
    ak_comment_annotations(&c, &out);
    assert_int_equal(count(out.ptr, "\n"), 10);
    assert_int_equal(count(out.ptr, "::error "), 5);
    assert_non_null(strstr(out.ptr, "+43.0%25"));
    ak_buf_reset(&out);
    ak_comment_metrics(&c, &out);
    assert_true(ak_str_ends(ak_buf_view(&out), AK_STR("# EOF\n")));
    assert_non_null(strstr(out.ptr, "akreport_rows{verdict=\"worse\"} 20\n"));
    assert_non_null(strstr(out.ptr, "akreport_criteria{outcome=\"fail\"} 5\n"));
    ak_buf_release(&out);
    ak_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_verdict_is_the_first_line),
        cmocka_unit_test(variance_is_said),
        cmocka_unit_test(functions_come_with_the_row_that_they_explain),
        cmocka_unit_test(runs_of_one_label_have_numbers),
        cmocka_unit_test(rows_without_functions_are_one_line_a_reason),
        cmocka_unit_test(length_is_kept_without_losing_an_alert),
        cmocka_unit_test(what_cannot_fit_is_counted),
        cmocka_unit_test(hostile_names_stay_text),
        cmocka_unit_test(json_is_valid_and_complete),
        cmocka_unit_test(signals_are_one_line_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
