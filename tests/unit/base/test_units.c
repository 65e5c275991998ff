#include "base/units.h"
#include "test.h"

#include <math.h>

static void check_value(double value, const char *unit, const char *expect)
{
    struct ak_buf out = AK_BUF_INIT;
    ak_value_format(&out, value, ak_str_from(unit));
    assert_text(out, expect);
    ak_buf_release(&out);
}

static void values(void **state)
{
    (void)state;
    check_value(1234567, "ns/op", "1.235ms");
    check_value(999.96, "ns/op", "1.000µs");
    check_value(1.14e6, "bytes/alloc", "1.140MB");
    check_value(100, "ms/shutdown", "100ms");
    check_value(3.8213, "MB/heap", "3.821MB");
    check_value(250, "MB/s", "250MB/s");
    check_value(0, "ns/op", "0");
    check_value(14060, "allocs/op", "14.06k");
    check_value(17, "allocs/op", "17");
    check_value(-1500, "ns/op", "-1.500µs");
    check_value((double)NAN, "ns/op", "?");
    check_value(12, "widgets/op", "12 widgets/op");
}

static void quantities(void **state)
{
    (void)state;
    enum ak_unit_class class;
    double v;
    assert_true(ak_quantity_parse(AK_STR("1 MB"), &class, &v));
    assert_true(v == 1e6 && class == AK_UNIT_BYTES);
    assert_true(ak_quantity_parse(AK_STR("1MiB"), &class, &v));
    assert_true(v == 1048576);
    assert_true(ak_quantity_parse(AK_STR("100ms"), &class, &v));
    assert_true(fabs(v - 0.1) < 1e-15 && class == AK_UNIT_TIME);
    assert_true(ak_quantity_parse(AK_STR("1.5e3"), &class, &v));
    assert_true(v == 1500 && class == AK_UNIT_OTHER);
    assert_false(ak_quantity_parse(AK_STR("MB"), &class, &v));
    assert_false(ak_quantity_parse(AK_STR("1 parsec"), &class, &v));
    assert_false(ak_quantity_parse(AK_STR("nan"), &class, &v));
    assert_false(ak_quantity_parse(AK_STR(""), &class, &v));
}

static void ratios(void **state)
{
    (void)state;
    struct ak_buf out = AK_BUF_INIT;
    ak_ratio_format(&out, 1.123);
    ak_buf_putc(&out, ' ');
    ak_ratio_format(&out, 0.996);
    ak_buf_putc(&out, ' ');
    ak_ratio_format(&out, 1);
    ak_buf_putc(&out, ' ');
    ak_ratio_format(&out, 12);
    assert_text(out, "+12.3% -0.40% 0% 12.0x");
    ak_buf_release(&out);
}

static void directions(void **state)
{
    (void)state;
    assert_int_equal(ak_unit_info(AK_STR("MB/s")).better, AK_HIGHER_IS_BETTER);
    assert_int_equal(ak_unit_info(AK_STR("messages/sec")).better, AK_HIGHER_IS_BETTER);
    assert_int_equal(ak_unit_info(AK_STR("ns/op")).better, AK_LOWER_IS_BETTER);
    assert_int_equal(ak_unit_info(AK_STR("p99-ns")).class, AK_UNIT_TIME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(quantities),
        cmocka_unit_test(ratios),
        cmocka_unit_test(directions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
