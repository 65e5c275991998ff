/* Fingerprints against those that code scanning's own program printed (tests/data/static/lines).
 * With arguments it prints the fingerprints of all lines of these files, for
 * tests/oracle/fingerprint.sh.
 */
#include "base/io.h"
#include "reporter/fingerprint.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static void lines_print(struct ak_str text, struct ak_buf *out)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_fingerprint *lines = NULL;
    size_t count = 0;
    struct ak_error err = {0};
    if (ak_fingerprint_lines(text, arena, &lines, &count, &err) != AK_OK) {
        ak_buf_printf(out, "%s\n", err.text);
    }
    for (size_t i = 0; i < count; i++) {
        ak_buf_printf(out, "%llx:%u\n", (unsigned long long)lines[i].hash, lines[i].occurrence);
    }
    ak_arena_free(arena);
}

static bool file_print(const char *path, struct ak_buf *out)
{
    struct ak_buf text = AK_BUF_INIT;
    const bool ok = ak_file_read(path, 64U << 20, &text, NULL) == AK_OK;
    if (ok) {
        lines_print(ak_buf_view(&text), out);
    }
    ak_buf_release(&text);
    return ok;
}

static void recorded(void **state)
{
    (void)state;
    struct ak_buf expected = AK_BUF_INIT, got = AK_BUF_INIT;
    assert_int_equal(ak_file_read("tests/data/static/lines/expected", 1U << 20, &expected, NULL),
                     AK_OK);
    struct ak_str rest = ak_buf_view(&expected);
    size_t files = 0;
    while (rest.ptr) {
        const struct ak_str line = ak_str_cut(&rest, '\n');
        if (ak_str_starts(line, AK_STR("== "))) {
            char path[200];
            snprintf(path, sizeof path, "tests/data/static/lines/%.*s", (int)line.len - 3,
                     line.ptr + 3);
            ak_buf_printf(&got, "%.*s\n", (int)line.len, line.ptr);
            assert_true(file_print(path, &got));
            files++;
        }
    }
    assert_int_equal(files, 11);
    assert_text(got, expected.ptr);
    ak_buf_release(&expected);
    ak_buf_release(&got);
}

static void refuses_other_encodings(void **state)
{
    (void)state;
    struct ak_buf got = AK_BUF_INIT;
    lines_print(AK_STR("a\xff\n"), &got);
    assert_text(got, "a source that is no UTF-8\n");
    ak_buf_release(&got);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded),
        cmocka_unit_test(refuses_other_encodings),
    };
    struct ak_buf out = AK_BUF_INIT;
    for (int i = 1; i < argc; i++) {
        (void)file_print(argv[i], &out);
    }
    if (argc > 1) {
        fputs(out.ptr ? out.ptr : "", stdout);
        ak_buf_release(&out);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
