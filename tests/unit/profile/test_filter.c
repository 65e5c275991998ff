#include "pprof_stacks.h"
#include "profile/filter.h"
#include "profile/granularity.h"
#include "profile/prune.h"
#include "profile/regex.h"
#include "profile/tagfilter.h"
#include "test.h"

static struct ak_regex *rx(const char *text)
{
    struct ak_regex *r = NULL;
    struct ak_error err = {0};
    if (ak_regex_compile(ak_str_from(text), &r, &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
    return r;
}

static const struct stacks_row rows[] = {
    {"main>work>alloc>gc", 5, "kind=big"},
    {"main>work>work>alloc", 3, "kind=small"},
    {"main>idle", 2, NULL},
    {"", 7, NULL},
};

struct fixture {
    struct ak_profile *p, *view;
    struct ak_arena *arena;
};

static struct fixture open_fixture(void)
{
    struct fixture f = {.p = stacks_profile(rows, 4), .arena = ak_arena_new()};
    f.view = ak_profile_view(f.p, f.arena);
    return f;
}

static void close_fixture(struct fixture *f)
{
    assert_string_equal(stacks_text(ak_profile_view(f->p, f->arena)),
                        "main>work>alloc>gc:5 main>work>work>alloc:3 main>idle:2 :7");
    ak_profile_free(f->p);
    ak_arena_free(f->arena);
}

static void focus_and_ignore(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct ak_name_filter filter = {.focus = rx("alloc"), .ignore = rx("^gc$")};
    const struct ak_name_matches m = ak_view_filter_names(f.view, &filter);
    assert_string_equal(stacks_text(f.view), "main>work>work>alloc:3");
    assert_true(m.focus && m.ignore);
    ak_regex_free(filter.focus);
    ak_regex_free(filter.ignore);
    close_fixture(&f);
}

static void focus_matches_files(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct ak_name_filter filter = {.focus = rx("idle\\.c")};
    ak_view_filter_names(f.view, &filter);
    assert_string_equal(stacks_text(f.view), "main>idle:2");
    ak_regex_free(filter.focus);
    close_fixture(&f);
}

static void hide_and_show(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct ak_name_filter filter = {.hide = rx("main|idle")};
    ak_view_filter_names(f.view, &filter);
    assert_string_equal(stacks_text(f.view), "work>alloc>gc:5 work>work>alloc:3");
    ak_regex_free(filter.hide);
    close_fixture(&f);
    f = open_fixture();
    filter = (struct ak_name_filter){.show = rx("main|gc")};
    ak_view_filter_names(f.view, &filter);
    assert_string_equal(stacks_text(f.view), "main>gc:5 main:3 main:2");
    ak_regex_free(filter.show);
    close_fixture(&f);
}

static void show_from_cuts_callers(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct ak_regex *r = rx("work");
    assert_true(ak_view_show_from(f.view, r));
    assert_string_equal(stacks_text(f.view), "work>alloc>gc:5 work>work>alloc:3");
    ak_regex_free(r);
    close_fixture(&f);
}

static void prune_from_cuts_callees(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct ak_regex *r = rx("work");
    ak_view_prune_from(f.view, r);
    assert_string_equal(stacks_text(f.view), "main>work:5 main>work>work:3 main>idle:2 :7");
    ak_regex_free(r);
    close_fixture(&f);
}

static void prune_keeps_the_first_user_frame(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    f.view->drop_frames = ak_view_add_string(f.view, AK_STR("main|alloc"));
    ak_view_prune(f.view);
    assert_string_equal(stacks_text(f.view), "main>work:5 main>work>work:3 main>idle:2 :7");
    close_fixture(&f);
    f = open_fixture();
    f.view->drop_frames = ak_view_add_string(f.view, AK_STR("alloc"));
    f.view->keep_frames = ak_view_add_string(f.view, AK_STR("al.*"));
    ak_view_prune(f.view);
    assert_string_equal(stacks_text(f.view),
                        "main>work>alloc>gc:5 main>work>work>alloc:3 main>idle:2 :7");
    close_fixture(&f);
}

static void simple_names(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"f(int)", "f"},
        {"operator()(int)", "operator()"},
        {"(anonymous namespace)::f(int)", "(anonymous namespace)::f"},
        {".start", "start"},
        {"plain", "plain"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const struct ak_str s = ak_function_simple_name(ak_str_from(pairs[i][0]));
        assert_true(ak_str_eq(s, ak_str_from(pairs[i][1])));
    }
}

static const char *by_tag(struct fixture *f, const char *focus, const char *ignore)
{
    struct ak_tag_filter *yes = NULL, *no = NULL;
    bool is_range, a, b;
    if (focus) {
        assert_int_equal(
            ak_tag_filter_compile("tagfocus", ak_str_from(focus), &yes, &is_range, NULL), AK_OK);
    }
    if (ignore) {
        assert_int_equal(
            ak_tag_filter_compile("tagignore", ak_str_from(ignore), &no, &is_range, NULL), AK_OK);
    }
    const struct ak_tag_units units = ak_tag_units_of(f->view, f->arena);
    ak_view_filter_tags(f->view, yes, no, &units, &a, &b);
    ak_tag_filter_free(yes);
    ak_tag_filter_free(no);
    return stacks_text(f->view);
}

static void tags_choose_samples(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    assert_string_equal(by_tag(&f, "kind=big,other", NULL), "main>work>alloc>gc:5");
    close_fixture(&f);
    f = open_fixture();
    assert_string_equal(by_tag(&f, "kind:s,small", NULL), "main>work>work>alloc:3");
    close_fixture(&f);
    f = open_fixture();
    assert_string_equal(by_tag(&f, NULL, "kind"), "main>idle:2 :7");
    close_fixture(&f);
}

static void tag_ranges_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_range;
    } cases[] = {{"1kb", true},     {":64kb", true},   {"4mb:", true},
                 {"1kb:2mb", true}, {"bytes=3", true}, {"1kb2", false},
                 {"a1", false},     {"1kb:2s", false}, {"x=y", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ak_tag_filter *f = NULL;
        bool is_range = !cases[i].is_range;
        assert_int_equal(
            ak_tag_filter_compile("t", ak_str_from(cases[i].text), &f, &is_range, NULL), AK_OK);
        if (is_range != cases[i].is_range) {
            fail_msg("%s", cases[i].text);
        }
        ak_tag_filter_free(f);
    }
}

static void tag_frames_are_added(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    struct ak_tag_frames frames = {
        .roots = AK_STR("kind"), .leaves = AK_STR("none"), .unit = AK_STR("minimum")};
    ak_view_add_tag_frames(f.view, &frames);
    assert_true(frames.matched_root && !frames.matched_leaf);
    assert_string_equal(stacks_text(f.view), "big>main>work>alloc>gc>:5 "
                                             "small>main>work>work>alloc>:3 "
                                             ">main>idle>:2 >:7");
    close_fixture(&f);
}

static void granularity_erases(void **state)
{
    (void)state;
    struct fixture f = open_fixture();
    ak_view_aggregate(f.view, AK_GRANULARITY_FILES, 0);
    assert_int_equal(f.view->functions[0].name, 0);
    assert_int_not_equal(f.view->functions[0].filename, 0);
    assert_int_equal(f.view->lines[0].line, 0);
    close_fixture(&f);
    f = open_fixture();
    ak_view_aggregate(f.view, AK_GRANULARITY_LINES, 0);
    assert_true(f.view->lines[0].line == 10);
    close_fixture(&f);
}

/* --- expressions ------------------------------------------------------------------------------ */

static void regex_has_re2_meaning(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"a.c", "abc", true},       {"a.c", "a\nc", false},         {"(?s)a.c", "a\nc", true},
        {"^b$", "b\n", false},      {"(?m)^b$", "a\nb\nc", true},   {"\\bfoo\\b", "a foo.b", true},
        {"(?i)ÄB", "äb", true},     {"\\d+", "x٣", false},          {"\\pL", "é", true},
        {"[^a]", "\n", true},       {"a{2,3}", "aa", true},         {"a{,2}", "a{,2}", true},
        {"\\Qa.b\\E", "a.b", true}, {"\\Qa.b\\E", "axb", false},    {"\\s", "\v", false},
        {"[\\s]", "\t", true},      {"[[:alpha:]_]+$", "x_", true}, {"x*?y", "xy", true},
        {"(?P<n>a)|b", "b", true},  {"\\x{e9}", "é", true},         {"\\101", "A", true},
        {"[]a]", "]", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ak_regex *r = rx(cases[i].pattern);
        if (ak_regex_match(r, ak_str_from(cases[i].text)) != cases[i].matches) {
            fail_msg("%s on %s", cases[i].pattern, cases[i].text);
        }
        ak_regex_free(r);
    }
}

static void regex_refuses_in_go_words(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"[", "missing closing ]: `[`"},
        {"a(", "missing closing ): `a(`"},
        {"a)", "unexpected ): `a)`"},
        {"*a", "missing argument to repetition operator: `*`"},
        {"a**", "invalid nested repetition operator: `**`"},
        {"(?=a)", "invalid or unsupported Perl syntax: `(?=`"},
        {"(a)\\1", "invalid escape sequence: `\\1`"},
        {"[z-a]", "invalid character class range: `z-a`"},
        {"a{1001}", "invalid repeat count: `{1001}`"},
        {"a\\", "trailing backslash at end of expression: ``"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ak_regex *r = NULL;
        struct ak_error err = {0};
        char want[128];
        snprintf(want, sizeof want, "error parsing regexp: %s", cases[i][1]);
        assert_int_equal(ak_regex_compile(ak_str_from(cases[i][0]), &r, &err), AK_USAGE);
        assert_string_equal(err.text, want);
    }
}

static void regex_work_is_limited(void **state)
{
    (void)state;
    struct ak_regex *r = rx("^(a|a|aa)+$");
    const struct ak_str evil =
        AK_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
    assert_false(ak_regex_match(r, evil));
    assert_true(ak_regex_exceeded(r));
    ak_regex_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(focus_and_ignore),
        cmocka_unit_test(focus_matches_files),
        cmocka_unit_test(hide_and_show),
        cmocka_unit_test(show_from_cuts_callers),
        cmocka_unit_test(prune_from_cuts_callees),
        cmocka_unit_test(prune_keeps_the_first_user_frame),
        cmocka_unit_test(simple_names),
        cmocka_unit_test(tags_choose_samples),
        cmocka_unit_test(tag_ranges_are_told),
        cmocka_unit_test(tag_frames_are_added),
        cmocka_unit_test(granularity_erases),
        cmocka_unit_test(regex_has_re2_meaning),
        cmocka_unit_test(regex_refuses_in_go_words),
        cmocka_unit_test(regex_work_is_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
