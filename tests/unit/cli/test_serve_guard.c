#include "serve/serve_guard.h"
#include "serve/serve_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool allows(const char *host, const char *origin, const char *address)
{
    const struct serve_request r = {.host = host, .origin = origin};
    return cli_serve_allows(&r, address, 7878);
}

static void its_own_names_are_allowed(void **state)
{
    (void)state;
    assert_true(allows("127.0.0.1:7878", "", "127.0.0.1"));
    assert_true(allows("localhost:7878", "", "127.0.0.1"));
    assert_true(allows("LocalHost:7878", "http://localhost:7878", "127.0.0.1"));
    assert_true(allows("127.0.0.1:7878", "http://127.0.0.1:7878", "127.0.0.1"));
    assert_true(allows("[::1]:7878", "http://[::1]:7878", "::1"));
    assert_true(allows("localhost:7878", "", "::1"));
    assert_true(allows("192.168.1.5:7878", "", "192.168.1.5"));
    assert_true(allows("192.168.1.5:7878", "", "0.0.0.0"));
}

static void other_names_are_not(void **state)
{
    (void)state;
    static const char *const hosts[] = {"",
                                        "evil.example",
                                        "evil.example:7878",
                                        "127.0.0.1",
                                        "127.0.0.1:80",
                                        "127.0.0.1:78780",
                                        "127.0.0.1:7878.evil.example",
                                        "localhost.evil.example:7878",
                                        "localhost:7878:7878x",
                                        "127.0.0.2:7878",
                                        "[::1]:7878",
                                        "127.0.0.1:-1",
                                        "127.0.0.1:",
                                        "user@127.0.0.1:7878"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        if (allows(hosts[i], "", "127.0.0.1")) {
            fail_msg("\"%s\" is allowed", hosts[i]);
        }
    }
    assert_false(allows("localhost:7878", "", "192.168.1.5"));
    assert_false(allows("evil.example:7878", "", "0.0.0.0"));
    assert_false(allows("cafe:7878", "", "0.0.0.0"));
}

static void other_origins_are_not(void **state)
{
    (void)state;
    static const char *const origins[] = {"null",
                                          "http://evil.example",
                                          "https://127.0.0.1:7878",
                                          "http://127.0.0.1",
                                          "http://127.0.0.1:7878.evil.example",
                                          "file://",
                                          "http://127.0.0.1:7879"};
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        if (allows("127.0.0.1:7878", origins[i], "127.0.0.1")) {
            fail_msg("\"%s\" is allowed", origins[i]);
        }
    }
}

static void places_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *address;
        unsigned port;
    } good[] = {{"127.0.0.1:80", "127.0.0.1", 80},
                {"localhost:0", "127.0.0.1", 0},
                {":8080", "127.0.0.1", 8080},
                {"8080", "127.0.0.1", 8080},
                {"[::1]:1", "::1", 1},
                {"0.0.0.0:65535", "0.0.0.0", 65535}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct serve_place place;
        assert_int_equal(cli_serve_place_parse(good[i].text, &place, NULL), AK_OK);
        assert_string_equal(place.address, good[i].address);
        assert_int_equal(place.port, good[i].port);
    }
    static const char *const bad[] = {"",    "nowhere", "127.0.0.1:", "127.0.0.1:65536",
                                      "a:b", "1:-1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct serve_place place;
        assert_int_equal(cli_serve_place_parse(bad[i], &place, NULL), AK_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_own_names_are_allowed),
        cmocka_unit_test(other_names_are_not),
        cmocka_unit_test(other_origins_are_not),
        cmocka_unit_test(places_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
