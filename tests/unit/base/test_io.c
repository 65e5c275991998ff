/* Files, gzip streams and their caps, atomic writes, options, sanitisers. */
#include "base/io.h"
#include "base/opts.h"
#include "base/sanitize.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[] = "/tmp/akio.XXXXXX";

static int setup(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static const char *in_dir(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void write_and_read(void **state)
{
    (void)state;
    struct ak_error err = {0};
    struct ak_buf out = AK_BUF_INIT;
    assert_int_equal(ak_file_write(in_dir("a"), AK_STR("one"), &err), AK_OK);
    assert_int_equal(ak_file_write(in_dir("a"), AK_STR("two\0x"), &err), AK_OK);
    assert_int_equal(ak_file_read(in_dir("a"), 0, &out, &err), AK_OK);
    assert_int_equal(out.len, 5);
    assert_int_equal(ak_file_read(in_dir("a"), 4, &out, &err), AK_LIMIT);
    assert_int_equal(ak_file_read(in_dir("none"), 0, &out, &err), AK_NOT_FOUND);
    assert_non_null(strstr(err.text, "none: No such file"));
    assert_int_equal(ak_file_write(dir, AK_STR("x"), &err), AK_IO);
    assert_int_equal(ak_file_write(in_dir("no/such/x"), AK_STR("x"), &err), AK_NOT_FOUND);
    assert_int_equal(ak_dir_make(in_dir("no/such"), &err), AK_OK);
    assert_int_equal(ak_file_write(in_dir("no/such/x"), AK_STR("x"), &err), AK_OK);
    assert_int_equal(ak_dir_make(in_dir("a"), &err), AK_IO);
    ak_buf_release(&out);
}

static void gzip_round_trip(void **state)
{
    (void)state;
    struct ak_buf plain = AK_BUF_INIT;
    for (int i = 0; i < 100000; i++) {
        ak_buf_i64(&plain, (int64_t)i * 7919);
    }
    struct ak_buf gz = AK_BUF_INIT;
    ak_gzip_bytes(ak_buf_view(&plain), 6, &gz);
    struct ak_buf back = AK_BUF_INIT;
    struct ak_error err = {0};
    assert_int_equal(ak_inflate_bytes("x", ak_buf_view(&gz), NULL, &back, &err), AK_OK);
    assert_int_equal(back.len, plain.len);
    assert_memory_equal(back.ptr, plain.ptr, plain.len);
    /* every truncation is an error, and none crashes */
    for (size_t cut = 2; cut < gz.len; cut += 997) {
        assert_int_not_equal(
            ak_inflate_bytes("x", ak_str_slice(ak_buf_view(&gz), 0, cut), NULL, &back, &err),
            AK_OK);
    }
    /* two members are one stream; other bytes behind are an error */
    ak_buf_add(&gz, "junk", 4);
    assert_int_equal(ak_inflate_bytes("x", ak_buf_view(&gz), NULL, &back, &err), AK_CORRUPT);
    gz.len -= 4;
    ak_gzip_bytes(AK_STR("tail"), 6, &gz);
    assert_int_equal(ak_inflate_bytes("x", ak_buf_view(&gz), NULL, &back, &err), AK_OK);
    assert_int_equal(back.len, plain.len + 4);
    const struct ak_limits small = {.max_inflated = 1000};
    assert_int_equal(ak_inflate_bytes("x", ak_buf_view(&gz), &small, &back, &err), AK_LIMIT);
    ak_buf_release(&plain);
    ak_buf_release(&gz);
    ak_buf_release(&back);
}

static void bomb(void **state)
{
    (void)state;
    struct ak_buf zeros = AK_BUF_INIT;
    ak_buf_fill(&zeros, 0, 8u << 20);
    struct ak_buf gz = AK_BUF_INIT;
    ak_gzip_bytes(ak_buf_view(&zeros), 9, &gz);
    struct ak_buf back = AK_BUF_INIT;
    struct ak_error err = {0};
    assert_int_equal(ak_inflate_bytes("bomb", ak_buf_view(&gz), NULL, &back, &err), AK_LIMIT);
    assert_non_null(strstr(err.text, "bomb: inflates to more than 200 times"));
    ak_buf_release(&zeros);
    ak_buf_release(&gz);
    ak_buf_release(&back);
}

struct options {
    bool all;
    const char *name;
    int64_t count;
    struct ak_opt_list also;
};

/* Parses a line split at blanks, as a shell would hand it over. */
static enum ak_status parse_line(struct ak_arena *a, const char *line, struct options *o,
                                 struct ak_args *args)
{
    static const struct ak_opt table[] = {
        {"all", AK_OPT_BOOL, offsetof(struct options, all), NULL, "all", NULL},
        {"name", AK_OPT_STR, offsetof(struct options, name), "NAME", "name", NULL},
        {"count", AK_OPT_I64, offsetof(struct options, count), "N", "count", NULL},
        {"also", AK_OPT_LIST, offsetof(struct options, also), "X", "more", NULL},
        {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
    };
    char *argv[32];
    int argc = 0;
    char *at = NULL;
    for (char *w = strtok_r(ak_arena_strdup(a, line), " ", &at); w; w = strtok_r(NULL, " ", &at)) {
        argv[argc++] = w;
    }
    const struct ak_opts_parse how = {.table = table, .opts = o};
    struct ak_error err = {0};
    return ak_opts_parse(&how, argc, argv, a, args, &err);
}

static void options(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct options o = {0};
    struct ak_args args;
    assert_int_equal(
        parse_line(a, "x -all one --name=n -count -5 - -also p -also=q -- -rest", &o, &args),
        AK_OK);
    assert_true(o.all);
    assert_string_equal(o.name, "n");
    assert_int_equal(o.count, -5);
    assert_int_equal(o.also.count, 2);
    assert_string_equal(o.also.items[1], "q");
    assert_int_equal(args.count, 2);
    assert_string_equal(args.items[1], "-");
    assert_int_equal(args.rest_count, 1);
    assert_string_equal(args.rest[0], "-rest");
    assert_int_equal(parse_line(a, "x -count many", &o, &args), AK_USAGE);
    assert_int_equal(parse_line(a, "x -nothing", &o, &args), AK_USAGE);
    assert_int_equal(parse_line(a, "x -name", &o, &args), AK_USAGE);
    assert_int_equal(parse_line(a, "x --help", &o, &args), AK_CANCELLED);
    ak_arena_free(a);
}

static void sinks(void **state)
{
    (void)state;
    struct ak_buf out = AK_BUF_INIT;
    ak_sanitize_text(&out, AK_STR("a\x1b[31m\n\xff€\xe2\x80\xae"));
    assert_text(out, "a\\x1b[31m\\x0a\xEF\xBF\xBD€\\u202e");
    ak_buf_reset(&out);
    ak_sanitize_html(&out, AK_STR("<a href=\"x\">&'"));
    assert_text(out, "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    ak_buf_reset(&out);
    ak_sanitize_markdown(&out, AK_STR("a|b `c` @d"));
    assert_text(out, "a&#124;b &#96;c&#96; &#64;d");
    ak_buf_reset(&out);
    ak_sanitize_markdown_code(&out, AK_STR("f`(|)`"));
    assert_text(out, "`` f`(\\|)` ``");
    ak_buf_reset(&out);
    ak_sanitize_csv(&out, AK_STR("=cmd,\"x\""));
    assert_text(out, "\"'=cmd,\"\"x\"\"\"");
    ak_buf_reset(&out);
    ak_sanitize_csv(&out, AK_STR("+1.5%"));
    assert_text(out, "+1.5%");
    ak_buf_reset(&out);
    ak_sanitize_filename(&out, AK_STR("../a b"));
    assert_text(out, "_._a_b");
    ak_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write_and_read), cmocka_unit_test(gzip_round_trip), cmocka_unit_test(bomb),
        cmocka_unit_test(options),        cmocka_unit_test(sinks),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
