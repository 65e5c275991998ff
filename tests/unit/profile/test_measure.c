#include "profile/measure.h"
#include "profile/paths.h"
#include "test.h"

static void labels(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *from, *to, *text;
    } cases[] = {
        {1500000000, "nanoseconds", "auto", "1.50s"},
        {2000000000, "nanoseconds", "auto", "2s"},
        {0, "nanoseconds", "auto", "0"},
        {-1500, "ns", "auto", "-1.50us"},
        {3600000000000, "nanosecond", "minimum", "1hrs"},
        {1536, "bytes", "auto", "1.50kB"},
        {1, "bytes", "MB", "0"},
        {5, "count", "auto", "5"},
        {5, "widgets", "widgets", "5widgets"},
        {10, "bytes", "seconds", "10B"},
        {1, "MS", "us", "1000us"},
        {7, "", "", "7"},
        {3, "milliGCU", "auto", "3m*GCU"},
        {INT64_MIN, "count", "auto", "-9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ak_buf out = AK_BUF_INIT;
        ak_measure_label(&out, cases[i].value, ak_str_from(cases[i].from),
                         ak_str_from(cases[i].to));
        assert_string_equal(out.ptr, cases[i].text);
        ak_buf_release(&out);
    }
}

static void percents(void **state)
{
    (void)state;
    static const struct {
        int64_t value, total;
        const char *text;
    } cases[] = {
        {1, 1, "  100%"},   {9994, 10000, "99.94%"}, {99951, 100000, "  100%"}, {1, 2, "50.00%"},
        {1, 200, "  0.5%"}, {1, 2000, " 0.05%"},     {1, 10000000, "1e-05%"},   {0, 5, "    0%"},
        {-1, 4, "25.00%"},  {5, 0, "    0%"},        {20, 10, "200.00%"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ak_buf out = AK_BUF_INIT;
        ak_measure_percent(&out, cases[i].value, cases[i].total);
        if (strcmp(out.ptr, cases[i].text) != 0) {
            fail_msg("%lld / %lld: '%s', not '%s'", (long long)cases[i].value,
                     (long long)cases[i].total, out.ptr, cases[i].text);
        }
        ak_buf_release(&out);
    }
}

static void paths(void **state)
{
    (void)state;
    static const char *const clean[][2] = {
        {"", "."},        {"a//b/./c/../d", "a/b/d"},
        {"/../a", "/a"},  {"../../a/..", "../.."},
        {"/", "/"},       {"a/", "a"},
        {"./x", "x"},     {"a/../..", ".."},
        {"/a/b", "/a/b"}, {"a/../b", "b"},
    };
    struct ak_arena *arena = ak_arena_new();
    for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++) {
        const struct ak_str s = ak_path_clean(arena, ak_str_from(clean[i][0]));
        if (!ak_str_eq(s, ak_str_from(clean[i][1]))) {
            fail_msg("%s: %.*s", clean[i][0], (int)s.len, s.ptr);
        }
    }
    ak_arena_free(arena);
    static const char *const trim[][4] = {
        {"/far/src/bench/main.go", "/far/src/bench", "", "main.go"},
        {"/far/src/bench/main.go", "", "/here/bench", "main.go"},
        {"/far/src/bench/main.go", "/x:/far/src/", "", "bench/main.go"},
        {"/proc/self/cwd/./a.c", "", "", "a.c"},
        {"/other/a.c", "/far", "", "/other/a.c"},
        {"/farther/a.c", "/far", "", "/farther/a.c"},
    };
    for (size_t i = 0; i < sizeof trim / sizeof trim[0]; i++) {
        const struct ak_str s =
            ak_path_trim(ak_str_from(trim[i][0]), ak_str_from(trim[i][1]), ak_str_from(trim[i][2]));
        assert_true(ak_str_eq(s, ak_str_from(trim[i][3])));
    }
    assert_true(ak_str_eq(ak_path_last(AK_STR("/a/b/")), AK_STR("b")));
    assert_true(ak_str_eq(ak_path_last(AK_STR("")), AK_STR(".")));
    assert_true(ak_str_eq(ak_path_last(AK_STR("/")), AK_STR("/")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels),
        cmocka_unit_test(percents),
        cmocka_unit_test(paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
