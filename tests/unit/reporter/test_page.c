#include "reporter/page.h"
#include "reporter_models.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct ak_buf page(struct ak_arena *a, size_t rows, enum model_flavour flavour)
{
    const struct ak_check *check = model_check(a, rows < 20 ? rows : 20, flavour);
    const struct ak_page_model model = {
        .cmp = model_comparison(a, rows, flavour), .checks = &check, .check_count = 1};
    struct ak_buf out = AK_BUF_INIT;
    struct ak_error err = {0};
    if (ak_page_render(&model, &out, &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
    return out;
}

static void a_page_asks_for_nothing(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_buf html = page(a, 40, MODEL_PLAIN);
    assert_int_equal(strncmp(html.ptr, "<!DOCTYPE html>", 15), 0);
    assert_true(ak_str_ends(ak_buf_view(&html), AK_STR("</html>\n")));
    assert_non_null(strstr(html.ptr, "default-src 'none'"));
    /* The only addresses are the SVG name space and links within the page. */
    for (const char *p = strstr(html.ptr, "://"); p; p = strstr(p + 1, "://")) {
        assert_int_equal(strncmp(p - 4, "http://www.w3.org/2000/svg", 26), 0);
    }
    assert_null(strstr(html.ptr, " src="));
    assert_null(strstr(html.ptr, "@import"));
    assert_null(strstr(html.ptr, "url("));
    assert_null(strstr(html.ptr, "{{"));
    ak_buf_release(&html);
    ak_arena_free(a);
}

/* How far runs of one code lie apart, and a row that no function explains, with the reason. */
static void what_is_not_known_is_said(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_comparison *cmp = model_comparison(a, 10, MODEL_PLAIN);
    struct ak_buf html = AK_BUF_INIT;
    cmp->variance = "taken from 12 runs";
    cmp->rows[0].between = 0.0209;
    cmp->rows[0].between_runs = 12;
    cmp->rows[0].cause_count = 0;
    cmp->rows[0].cause_note = "cannot explain this row";
    const struct ak_page_model model = {.cmp = cmp};
    assert_int_equal(ak_page_render(&model, &html, NULL), AK_OK);
    assert_non_null(strstr(html.ptr, "id=\"variance\">taken from 12 runs</p>"));
    assert_non_null(strstr(html.ptr, ">run to run</th>"));
    assert_non_null(strstr(html.ptr, ">±2.1% of 12</td>"));
    assert_non_null(strstr(html.ptr, "<li>GCAllocationsDuringShutdown_100Actors bytes/alloc: "
                                     "cannot explain this row</li>"));
    ak_buf_release(&html);
    ak_arena_free(a);
}

/* Everything that the charts show stands in tables too. */
static void tables_say_what_charts_show(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_buf html = page(a, 10, MODEL_PLAIN);
    static const char *const parts[] = {"▲ worse</td>",
                                        "+43.0%</td>",
                                        "[+33.0%, +54.4%]",
                                        "p&lt;0.001",
                                        "✗ fail</td>",
                                        "leak: +1.640MB per stop of 1,000 actors",
                                        "actor.(*PID).stop0</code>",
                                        "12 → 19",
                                        "the profile covers several benchmarks",
                                        "<title>All samples of both sides by unit</title>",
                                        "goakt/v3/bench -&gt; goakt/v4/bench"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!strstr(html.ptr, parts[i])) {
            fail_msg("no \"%s\"", parts[i]);
        }
    }
    ak_buf_release(&html);
    ak_arena_free(a);
}

static void hostile_names_stay_text(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_buf html = page(a, 40, MODEL_HOSTILE);
    assert_null(strstr(html.ptr, "<script>alert"));
    assert_null(strstr(html.ptr, "\"onload="));
    assert_non_null(strstr(html.ptr, "&lt;script&gt;alert(1)"));
    assert_true(ak_utf8_valid(ak_buf_view(&html)));
    for (size_t i = 0; i < html.len; i++) {
        assert_true((unsigned char)html.ptr[i] >= 0x20 || html.ptr[i] == '\n');
    }
    ak_buf_release(&html);
    ak_arena_free(a);
}

static void any_size_gives_a_page(void **state)
{
    (void)state;
    static const size_t rows[] = {0, 1, 500};
    for (int flavour = 0; flavour < MODEL_FLAVOURS; flavour++) {
        for (size_t i = 0; i < 3; i++) {
            struct ak_arena *a = ak_arena_new();
            struct ak_buf html = page(a, rows[i], (enum model_flavour)flavour);
            assert_true(html.len > 5000);
            ak_buf_release(&html);
            ak_arena_free(a);
        }
    }
    struct ak_buf none = AK_BUF_INIT;
    assert_int_equal(ak_page_render(&(struct ak_page_model){0}, &none, NULL), AK_NOT_JUDGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_asks_for_nothing),   cmocka_unit_test(tables_say_what_charts_show),
        cmocka_unit_test(what_is_not_known_is_said), cmocka_unit_test(hostile_names_stay_text),
        cmocka_unit_test(any_size_gives_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
