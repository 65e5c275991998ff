#include "base/mem.h"
#include "read/iso_time.h"
#include "test.h"

static void reads_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds, ns;
    } cases[] = {
        {"1970-01-01T00:00:01Z", 1, 0},
        {"2026-11-23T05:21:00Z", 1795411260, 0},
        {"2026-11-23 05:21:00.25", 1795411260, 250000000},
        {"2026-11-23T06:21:00+01:00", 1795411260, 0},
        {"2026-11-22T21:21:00.000000001-0800", 1795411260, 1},
        {"2024-02-29T12:00:00Z", 1709208000, 0},
    };
    for (size_t i = 0; i < AK_COUNT(cases); i++) {
        assert_true(collector_iso_time_ns(ak_str_from(cases[i].text)) ==
                    cases[i].seconds * 1000000000 + cases[i].ns);
    }
}

static void refuses_what_is_no_time(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "2026",
                                        "2026-13-01T00:00:00Z",
                                        "2026-11-23",
                                        "2026-11-23T05:21:00Q",
                                        "yesterday",
                                        "9999-01-01T00:00:00Z"};
    for (size_t i = 0; i < AK_COUNT(texts); i++) {
        assert_int_equal(collector_iso_time_ns(ak_str_from(texts[i])), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_times),
        cmocka_unit_test(refuses_what_is_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
