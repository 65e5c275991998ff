#include "profile/decode.h"
#include "reporter/dashboard.h"
#include "reporter_models.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct ak_trend_series series_make(struct ak_arena *a, size_t i, size_t runs,
                                          enum model_flavour flavour)
{
    struct ak_trend_series s = {.benchmark = model_name(a, i, flavour),
                                .package = "bench",
                                .unit = i % 2 ? "ns/op" : "bytes/alloc",
                                .limit = i % 3 ? (double)NAN : 1e6,
                                .point_count = runs,
                                .sentence = ""};
    s.points = AK_NEW_ARRAY(a, struct ak_trend_point, runs + 1);
    for (size_t k = 0; k < runs; k++) {
        double level = k < runs / 2 ? 1.8e6 : 1.2e6 + 1e6 * (double)(i % 2);
        if (flavour == MODEL_EXTREME) {
            level = k % 2 ? 1e12 : 1e-9;
        } else if (flavour == MODEL_NAN) {
            level = (double)NAN;
        }
        s.points[k] = (struct ak_trend_point){
            .run_id = (int64_t)k + 1,
            .commit = ak_arena_printf(a, "%08llx00", (unsigned long long)ak_hash_u64(k) >> 32),
            .label = flavour == MODEL_HOSTILE ? model_name(a, k, flavour) : "main",
            .change = k == runs / 2 && runs > 3,
            .verdict = i % 2 ? AK_VERDICT_WORSE : AK_VERDICT_BETTER};
        if (k % 41 != 40) {
            s.points[k].summary =
                model_summary(a, 10, level * (1 + 0.03 * model_noise(k + i)), 0.1, k);
        }
    }
    return s;
}

static struct ak_buf render(struct ak_arena *a, size_t count, size_t runs,
                            enum model_flavour flavour)
{
    struct ak_trend_series *series = AK_NEW_ARRAY(a, struct ak_trend_series, count + 1);
    struct ak_run *list = AK_NEW_ARRAY(a, struct ak_run, runs + 1);
    for (size_t i = 0; i < count; i++) {
        series[i] = series_make(a, i, runs, flavour);
    }
    for (size_t k = 0; k < runs; k++) {
        list[k] = *model_run(a, flavour == MODEL_HOSTILE ? model_name(a, k, flavour) : "main",
                             (int64_t)k + 1);
        list[k].time_ns = (int64_t)k * 86400 * 1000000000;
    }
    const struct ak_dashboard d = {.title = "History",
                                   .runs = list,
                                   .run_count = runs,
                                   .series = series,
                                   .series_count = count,
                                   .latest = model_check(a, 3, flavour)};
    struct ak_buf out = AK_BUF_INIT;
    struct ak_error err = {0};
    if (ak_dashboard_render(&d, &out, &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
    return out;
}

static void twelve_charts_of_200_runs_are_small(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_buf html = render(a, 12, 200, MODEL_PLAIN);
    print_message("%zu bytes\n", html.len);
    assert_true(html.len <= 150000);
    ak_buf_release(&html);
    ak_arena_free(a);
}

/* Rows that got worse stand before those that got better. */
static void the_worst_comes_first(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_buf html = render(a, 6, 20, MODEL_PLAIN);
    const char *worse = strstr(html.ptr, "▲ worse</td>");
    const char *better = strstr(html.ptr, "▼ better</td>");
    assert_non_null(worse);
    assert_non_null(better);
    assert_true(worse < better);
    assert_non_null(strstr(html.ptr, "3 worse at their newest change, 3 better"));
    ak_buf_release(&html);
    ak_arena_free(a);
}

/* The data of the script is JSON whatever was measured, and cannot end its element. */
static void data_is_json(void **state)
{
    (void)state;
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (int flavour = 0; flavour < MODEL_FLAVOURS; flavour++) {
        struct ak_arena *a = ak_arena_new();
        struct ak_buf html = render(a, 7, 50, (enum model_flavour)flavour);
        const char *from = strstr(html.ptr, "id=\"data\">");
        assert_non_null(from);
        from += 10;
        const char *to = strstr(from, "</script>");
        sqlite3_stmt *s = NULL;
        assert_int_equal(sqlite3_prepare_v2(db,
                                            "SELECT json_valid(?1) AND json_array_length(?1, "
                                            "'$.series') = 7 AND json_array_length(?1, "
                                            "'$.runs') = 50 AND json_array_length(?1, "
                                            "'$.series[6].m') = 50",
                                            -1, &s, NULL),
                         SQLITE_OK);
        sqlite3_bind_text(s, 1, from, (int)(to - from), SQLITE_TRANSIENT);
        assert_int_equal(sqlite3_step(s), SQLITE_ROW);
        assert_int_equal(sqlite3_column_int(s, 0), 1);
        sqlite3_finalize(s);
        assert_null(strstr(html.ptr, "<script>alert"));
        ak_buf_release(&html);
        ak_arena_free(a);
    }
    sqlite3_close(db);
}

static void small_histories_are_pages_too(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{0, 1}, {1, 1}, {1, 2}, {3, 3}};
    for (size_t i = 0; i < 4; i++) {
        struct ak_arena *a = ak_arena_new();
        struct ak_buf html = render(a, sizes[i][0], sizes[i][1], MODEL_PLAIN);
        assert_true(ak_str_ends(ak_buf_view(&html), AK_STR("</html>\n")));
        ak_buf_release(&html);
        ak_arena_free(a);
    }
}

static void profiles_go_in_cut_to_what_is_seen(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_profile *p = NULL;
    struct ak_error err = {0};
    assert_int_equal(ak_profile_load("tests/data/goakt/goakt-v4/shutdown_mem.prof", NULL, &p, &err),
                     AK_OK);
    const struct ak_dashboard_profile profiles[] = {
        {0, "shutdown_mem.prof", "alloc_space", p},
        {0, "shutdown_mem.prof", "inuse_space", p},
        {0, "shutdown_mem.prof", "no_such_type", p},
    };
    const struct ak_dashboard d = {.title = "x",
                                   .runs = model_run(a, "main", 1),
                                   .run_count = 1,
                                   .profiles = profiles,
                                   .profile_count = 3};
    struct ak_buf out = AK_BUF_INIT;
    assert_int_equal(ak_dashboard_render(&d, &out, &err), AK_OK);
    assert_non_null(strstr(out.ptr, "{\"r\":0,\"p\":\"shutdown_mem.prof\",\"t\":\"alloc_space\","
                                    "\"u\":\"bytes\",\"f\":[0,0,"));
    assert_non_null(strstr(out.ptr, "\"t\":\"inuse_space\""));
    assert_null(strstr(out.ptr, "no_such_type"));
    assert_non_null(strstr(out.ptr, "\"actor.newPID\""));
    assert_true(out.len < 90000);
    ak_buf_release(&out);
    ak_profile_free(p);
    ak_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twelve_charts_of_200_runs_are_small),
        cmocka_unit_test(the_worst_comes_first),
        cmocka_unit_test(data_is_json),
        cmocka_unit_test(profiles_go_in_cut_to_what_is_seen),
        cmocka_unit_test(small_histories_are_pages_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
