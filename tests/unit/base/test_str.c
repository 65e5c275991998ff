#include "base/str.h"
#include "test.h"

static void numbers(void **state)
{
    (void)state;
    int64_t i;
    uint64_t u;
    double d;
    assert_true(ak_str_i64(AK_STR("-9223372036854775808"), &i));
    assert_true(i == INT64_MIN);
    assert_true(ak_str_i64(AK_STR("9223372036854775807"), &i));
    assert_true(i == INT64_MAX);
    assert_false(ak_str_i64(AK_STR("9223372036854775808"), &i));
    assert_false(ak_str_i64(AK_STR("-9223372036854775809"), &i));
    assert_false(ak_str_i64(AK_STR(""), &i));
    assert_false(ak_str_i64(AK_STR("-"), &i));
    assert_false(ak_str_i64(AK_STR("1x"), &i));
    assert_true(ak_str_u64(AK_STR("18446744073709551615"), &u));
    assert_true(u == UINT64_MAX);
    assert_false(ak_str_u64(AK_STR("18446744073709551616"), &u));
    assert_true(ak_str_f64(AK_STR("1.5e3"), &d));
    assert_true(d == 1500.0);
    assert_false(ak_str_f64(AK_STR(" 1"), &d));
    assert_false(ak_str_f64(AK_STR("1 "), &d));
}

static void cutting(void **state)
{
    (void)state;
    struct ak_str rest = AK_STR("a,,b");
    assert_true(ak_str_eq(ak_str_cut(&rest, ','), AK_STR("a")));
    assert_true(ak_str_eq(ak_str_cut(&rest, ','), AK_STR("")));
    assert_non_null(rest.ptr);
    assert_true(ak_str_eq(ak_str_cut(&rest, ','), AK_STR("b")));
    assert_null(rest.ptr);
}

static void order(void **state)
{
    (void)state;
    assert_true(ak_str_cmp(AK_STR("a"), AK_STR("b")) < 0);
    assert_true(ak_str_cmp(AK_STR("ab"), AK_STR("a")) > 0);
    assert_int_equal(ak_str_cmp(AK_STR("ab"), AK_STR("ab")), 0);
    assert_true(ak_str_cmp(AK_STR("\xff"), AK_STR("a")) > 0);
}

static void utf8(void **state)
{
    (void)state;
    uint32_t rune;
    assert_int_equal(ak_utf8_decode("\xE2\x82\xAC", 3, &rune), 3);
    assert_int_equal(rune, 0x20AC);
    assert_int_equal(ak_utf8_decode("\xE2\x82", 2, &rune), 1);
    assert_int_equal(rune, 0xFFFD);
    assert_int_equal(ak_utf8_decode("\xC0\x80", 2, &rune), 1); /* overlong */
    assert_int_equal(rune, 0xFFFD);
    assert_int_equal(ak_utf8_decode("\xED\xA0\x80", 3, &rune), 1); /* surrogate */
    assert_false(ak_utf8_valid(AK_STR("a\xff")));
    assert_true(ak_utf8_valid(AK_STR("µ€😀")));
    assert_int_equal(ak_utf8_count(AK_STR("µ€😀")), 3);
    assert_int_equal(ak_utf8_cut(AK_STR("aµb"), 2), 1);
    char out[4];
    assert_int_equal(ak_utf8_encode(0x1F600, out), 4);
    assert_memory_equal(out, "\xF0\x9F\x98\x80", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(cutting),
        cmocka_unit_test(order),
        cmocka_unit_test(utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
