#include "pprof_stacks.h"
#include "reporter/pprof.h"
#include "reporter/pprof_color.h"
#include "test.h"

static const struct stacks_row rows[] = {
    {"main>work>alloc", 50000000, "kind=big"},
    {"main>work>work>alloc", 30000000, "kind=\"q\""},
    {"main>idle", 20000000, NULL},
};

struct fixture {
    struct ak_profile *p;
    struct ak_arena *arena;
    struct ak_pprof_config config;
};

static struct fixture open_fixture(const struct stacks_row *r, size_t n)
{
    return (struct fixture){stacks_profile(r, n), ak_arena_new(), ak_pprof_config_default()};
}

static void close_fixture(struct fixture *f)
{
    ak_profile_free(f->p);
    ak_arena_free(f->arena);
}

/* The report as text; "error: ..." when there is none. */
static const char *render(struct fixture *f, const char *format, const char *param)
{
    const struct ak_pprof_request request = {
        .format = ak_pprof_format_find(ak_str_from(format)), .config = &f->config, .param = param};
    struct ak_pprof_report *r = NULL;
    struct ak_buf out = AK_BUF_INIT;
    struct ak_error err = {0};
    enum ak_status st = ak_pprof_report_build(f->p, &request, f->arena, &r, &err);
    if (st == AK_OK) {
        st = ak_pprof_render(r, &out, &err);
    }
    const char *text = st == AK_OK ? ak_arena_strdup(f->arena, out.ptr ? out.ptr : "")
                                   : ak_arena_printf(f->arena, "error: %s", err.text);
    ak_pprof_report_release(r);
    ak_buf_release(&out);
    return text;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        fail_msg("no '%s' in:\n%s", part, text);
    }
}

static void top(void **state)
{
    (void)state;
    struct fixture f = open_fixture(rows, 3);
    assert_string_equal(render(&f, "top", NULL),
                        "Type: cpu\n"
                        "Showing nodes accounting for 100ms, 100% of 100ms total\n"
                        "      flat  flat%   sum%        cum   cum%\n"
                        "      80ms 80.00% 80.00%       80ms 80.00%  alloc\n"
                        "      20ms 20.00%   100%       20ms 20.00%  idle\n"
                        "         0     0%   100%      100ms   100%  main\n"
                        "         0     0%   100%       80ms 80.00%  work\n");
    close_fixture(&f);
}

static void list_counts_recursion_once(void **state)
{
    (void)state;
    static const struct stacks_row r[] = {{"f>f>f", 10, NULL}, {"f>g", 5, NULL}};
    struct fixture f = open_fixture(r, 2);
    has(render(&f, "list", "^f$"), "      10ns       15ns (flat, cum)   100% of Total");
    close_fixture(&f);
}

static void differences_are_signed(void **state)
{
    (void)state;
    static const struct stacks_row r[] = {
        {"a>x", 30, NULL}, {"a>x", -50, "pprof::base=true"}, {"a>y", 7, NULL}};
    struct fixture f = open_fixture(r, 3);
    has(render(&f, "top", NULL), "     -20ns -40.00% -40.00%      -20ns -40.00%  x\n");
    has(render(&f, "compare", NULL), "      50ns       30ns       -20ns    -40.0%  -40.00%");
    has(render(&f, "compare", NULL), "         0        7ns        +7ns       new");
    f.config.compat = true;
    has(render(&f, "top", NULL), "     -20ns 40.00% 40.00%      -20ns 40.00%  x\n");
    close_fixture(&f);
}

static void overflow_is_said(void **state)
{
    (void)state;
    static const struct stacks_row r[] = {{"a", INT64_MAX, NULL}, {"a", 5, NULL}};
    struct fixture f = open_fixture(r, 2);
    has(render(&f, "top", NULL), "error: the sum of cpu does not fit in 64 bits");
    f.config.compat = true;
    has(render(&f, "top", NULL), "flat%");
    close_fixture(&f);
}

static void dot_quotes_labels(void **state)
{
    (void)state;
    struct fixture f = open_fixture(rows, 3);
    const char *text = render(&f, "dot", NULL);
    has(text, "[label = \"kind:\\\"q\\\"\"");
    has(text, "N2 [label=\"alloc\\n80ms (80.00%)\" id=\"node2\" fontsize=24");
    has(text, "labeltooltip=\"main -> work (80ms)\"");
    close_fixture(&f);
}

static void errors_have_the_words(void **state)
{
    (void)state;
    struct fixture f = open_fixture(rows, 3);
    has(render(&f, "peek", "nosuch"), "error: no matches found for regexp: nosuch");
    has(render(&f, "peek", "("), "error: parsing argument regexp (: error parsing regexp");
    f.config.divide_by = 0.0;
    has(render(&f, "top", NULL), "error: zero divisor specified");
    f.config.divide_by = 1.0;
    f.config.sample_index = "7";
    has(render(&f, "top", NULL), "error: sample_index 7 is outside the range [0..0]");
    f.config.sample_index = "";
    f.config.json = true;
    has(render(&f, "raw", NULL), "error: raw has no JSON form");
    close_fixture(&f);
}

static void forms(void **state)
{
    (void)state;
    struct fixture f = open_fixture(rows, 3);
    f.config.json = true;
    has(render(&f, "tree", NULL), "\"callees\": [");
    has(render(&f, "top", NULL), "\"flat\": 80000000");
    f.config.json = false;
    f.config.markdown = true;
    has(render(&f, "top", NULL), "| 80ms | 80.00% | 80ms | 80.00% | `alloc` |");
    close_fixture(&f);
}

static void rendering_again_gives_the_same(void **state)
{
    (void)state;
    struct fixture f = open_fixture(rows, 3);
    for (const struct ak_pprof_format *format = ak_pprof_formats; format->name; format++) {
        if (format->flags & (AK_PPROF_PARAM | AK_PPROF_BINARY | AK_PPROF_VIEWER)) {
            continue;
        }
        assert_string_equal(render(&f, format->name, NULL), render(&f, format->name, NULL));
    }
    close_fixture(&f);
}

static void colors(void **state)
{
    (void)state;
    assert_int_equal(ak_pprof_color(1.0, false), 0xb20000);
    assert_int_equal(ak_pprof_color(1.0, true), 0xedd5d5);
    assert_int_equal(ak_pprof_color(0.0, false), 0xb2b2b2);
    assert_int_equal(ak_pprof_color(-1.0, false), 0x00b200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(top),
        cmocka_unit_test(list_counts_recursion_once),
        cmocka_unit_test(differences_are_signed),
        cmocka_unit_test(overflow_is_said),
        cmocka_unit_test(dot_quotes_labels),
        cmocka_unit_test(errors_have_the_words),
        cmocka_unit_test(forms),
        cmocka_unit_test(rendering_again_gives_the_same),
        cmocka_unit_test(colors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
