#include "collector/lint_results.h"
#include "profile/build.h"
#include "test.h"

#define LOG(results)                                                                               \
    "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"t\",\"rules\":["           \
    "{\"id\":\"R1\",\"shortDescription\":{\"text\":\"first\"}},"                                   \
    "{\"id\":\"R2\",\"defaultConfiguration\":{\"level\":\"error\"}}]}},\"results\":[" results      \
    "]}]}"
#define AT(uri, line)                                                                              \
    "\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"" uri                   \
    "\"},\"region\":{\"startLine\":" line "}}}]"

static enum ak_status parse(const char *text, struct ak_arena *arena, struct ak_results *out,
                            struct ak_error *err)
{
    return ak_results_parse("x.sarif", ak_str_from(text), arena, out, err);
}

static void reads_results(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    struct ak_results log;
    assert_int_equal(
        parse(LOG("{\"ruleId\":\"R1\",\"level\":\"note\",\"message\":{\"text\":\"m\"}," AT(
                  "file:///a%20b/x.go",
                  "7") "},"
                       "{\"ruleIndex\":1,\"message\":{\"text\":\"n\"}},"
                       "{\"ruleId\":\"R9\",\"suppressions\":[{\"kind\":\"inSource\"}]},"
                       "{\"ruleId\":\"R9\",\"kind\":\"pass\"}"),
              arena, &log, NULL),
        AK_OK);
    assert_int_equal(log.count, 2);
    assert_int_equal(log.suppressed, 2);
    assert_string_equal(log.items[0].rule, "R1");
    assert_string_equal(log.items[0].title, "first");
    assert_string_equal(log.items[0].tool, "t");
    assert_string_equal(log.items[0].file, "/a b/x.go");
    assert_int_equal(log.items[0].line, 7);
    assert_int_equal(log.items[0].level, AK_RESULT_NOTE);
    assert_string_equal(log.items[1].rule, "R2");
    assert_int_equal(log.items[1].level, AK_RESULT_ERROR);
    assert_string_equal(log.items[1].file, "");
    ak_arena_free(arena);
}

static void refuses_what_is_no_log(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{",
        "[1]",
        "[{}]",
        "{}",
        "{\"version\":\"2.0.0\",\"runs\":[]}",
        "{\"version\":\"2.1.0\"}",
        "{\"version\":\"2.1.0\",\"runs\":[{}]}",
        LOG("1"),
        "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{}},\"results\":{}}]}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct ak_arena *arena = ak_arena_new();
        struct ak_results log;
        struct ak_error err = {0};
        assert_int_not_equal(parse(texts[i], arena, &log, &err), AK_OK);
        assert_non_null(strstr(err.text, "x.sarif"));
        ak_arena_free(arena);
    }
}

static struct ak_profile *profile(void)
{
    static const struct {
        const char *function, *file;
        int64_t line;
    } places[] = {{"a.Hot", "/src/repo/actor/pid.go", 10},
                  {"b.Hot", "/src/repo/other/pid.go", 10},
                  {"a.Warm", "/src/repo/actor/pid.go", 20}};
    struct ak_build b;
    ak_build_init(&b);
    ak_build_sample_type(&b, "samples", "count");
    ak_build_sample_type(&b, "cpu", "nanoseconds");
    for (uint32_t i = 0; i < 3; i++) {
        const struct ak_function f = {.name = ak_build_cstr(&b, places[i].function),
                                      .filename = ak_build_cstr(&b, places[i].file)};
        const struct ak_line line = {ak_build_function(&b, &f), places[i].line, 0};
        ak_build_location(&b, i + 1, AK_NO_INDEX, &line, 1);
    }
    static const uint32_t stack[] = {0, 0, 2}, other[] = {1};
    ak_build_sample(&b, &(struct ak_build_sample){stack, 3, (const int64_t[]){1, 60}, NULL, 0});
    ak_build_sample(&b, &(struct ak_build_sample){stack + 2, 1, (const int64_t[]){1, 30}, NULL, 0});
    ak_build_sample(&b, &(struct ak_build_sample){other, 1, (const int64_t[]){1, 10}, NULL, 0});
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    return p;
}

static void ranks_by_heat(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    struct ak_profile *p = profile();
    struct ak_results log;
    assert_int_equal(
        parse(LOG("{\"ruleId\":\"cold\"," AT(
                  "actor/tree.go", "10") "},"
                                         "{\"ruleId\":\"none\"},"
                                         "{\"ruleId\":\"hot\"," AT(
                                             "actor/pid.go",
                                             "10") "},"
                                                   "{\"ruleId\":\"warm\"," AT(
                                                       "other/pid.go",
                                                       "10") "},"
                                                             "{\"ruleId\":\"all\"," AT(
                                                                 "/mnt/actor/pid.go", "20") "}"),
              arena, &log, NULL),
        AK_OK);
    ak_results_rank(&log, p, arena);
    static const struct {
        const char *rule;
        int64_t heat;
    } wanted[] = {{"all", 90}, {"hot", 60}, {"warm", 10}, {"cold", 0}, {"none", 0}};
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(log.items[i].rule, wanted[i].rule);
        assert_int_equal(log.items[i].heat, wanted[i].heat);
    }
    assert_string_equal(log.items[0].function, "a.Warm");
    assert_string_equal(log.type, "cpu");
    ak_profile_free(p);
    ak_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_results),
        cmocka_unit_test(refuses_what_is_no_log),
        cmocka_unit_test(ranks_by_heat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
