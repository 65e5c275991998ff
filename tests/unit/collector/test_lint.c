#include "collector/lint.h"
#include "lint/json_scan.h"
#include "lint/stacks.h"
#include "profile/build.h"
#include "test.h"

#define HEAD(file)                                                                                 \
    "{\"version\":0,\"package\":\"github.com/a/b/v3/"                                              \
    "actor\",\"gc_version\":\"go1.26\",\"file\":\"" file "\"}\n"
#define ROW(line, column, code, message)                                                           \
    "{\"range\":{\"start\":{\"line\":" line ",\"character\":" column "}},\"severity\":3,"          \
    "\"code\":\"" code "\",\"message\":\"" message "\"}\n"

static enum ak_status add(struct ak_go_diagnostics *d, const char *text, struct ak_error *err)
{
    return ak_go_diagnostics_add(d, "x.json", ak_str_from(text), err);
}

static const struct ak_escape *at(const struct ak_go_diagnostics *d, const char *file,
                                  uint32_t line)
{
    return ak_go_diagnostics_find(d, AK_STR("github.com/a/b/v3/actor"), ak_str_from(file), line);
}

static void keeps_heap_decisions_once(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    struct ak_go_diagnostics d;
    ak_go_diagnostics_init(&d, arena);
    assert_int_equal(add(&d,
                         HEAD("github.com/a/b/v3/actor/pid.go") ROW("7", "3", "escape", "")
                             ROW("7", "3", "escapes", "\\u0026x escapes") ROW(
                                 "7", "9", "escape", "y escapes") ROW("8", "1", "leak", "leaks")
                                 ROW("9", "1", "nilcheck", "") ROW("0", "0", "escape", "no place"),
                         NULL),
                     AK_OK);
    assert_int_equal(d.diagnostic_count, 6);
    assert_int_equal(d.escape_count, 2);
    const struct ak_escape *e = at(&d, "/elsewhere/actor/pid.go", 7);
    assert_non_null(e);
    assert_string_equal(e->message, "&x escapes");
    assert_string_equal(d.escapes[e->next].message, "y escapes");
    assert_null(at(&d, "pid.go", 8));
    assert_null(at(&d, "pid_tree.go", 7));
    ak_go_diagnostics_release(&d);
    ak_arena_free(arena);
}

static void refuses_what_is_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"", "x.json:1: no header"},
        {"{}\n", "x.json:1: no header"},
        {"[1]\n", "x.json:1: no header"},
        {HEAD("p.go") "{\"range\":\n", "x.json:2: malformed"},
        {HEAD("p.go") ROW("1", "1", "escape", "") "nonsense\n", "x.json:3: malformed"},
        {HEAD("p.go") "{\"code\":\"escape\"}\n", "x.json:2: malformed"},
        {HEAD("p.go") ROW("99999999999", "1", "escape", ""), "x.json:2: malformed"},
        {HEAD("p.go") ROW("1", "1", "escape", "\\u12"), "x.json:2: malformed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ak_arena *arena = ak_arena_new();
        struct ak_go_diagnostics d;
        struct ak_error err = {0};
        ak_go_diagnostics_init(&d, arena);
        assert_int_equal(add(&d, cases[i].text, &err), AK_FORMAT);
        assert_non_null(strstr(err.text, cases[i].reason));
        ak_go_diagnostics_release(&d);
        ak_arena_free(arena);
    }
}

static void reads_what_lacks_optional_members(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    struct ak_go_diagnostics d;
    ak_go_diagnostics_init(&d, arena);
    assert_int_equal(add(&d,
                         "{\"version\":0,\"package\":\"p\",\"file\":\"p.go\"}\r\n"
                         "{\"range\":{\"start\":{\"line\":1}},\"code\":\"escape\"}",
                         NULL),
                     AK_OK);
    assert_int_equal(d.escape_count, 1);
    assert_string_equal(d.escapes[0].message, "");
    assert_string_equal(d.gc_version, "");
    ak_go_diagnostics_release(&d);
    ak_arena_free(arena);
}

static void refuses_two_compilers(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    struct ak_go_diagnostics d;
    struct ak_error err = {0};
    ak_go_diagnostics_init(&d, arena);
    assert_int_equal(add(&d, HEAD("p.go"), &err), AK_OK);
    assert_int_equal(
        add(&d, "{\"version\":0,\"package\":\"p\",\"gc_version\":\"go1.27\",\"file\":\"q.go\"}\n",
            &err),
        AK_FORMAT);
    assert_non_null(strstr(err.text, "go1.27"));
    ak_go_diagnostics_release(&d);
    ak_arena_free(arena);
}

static void decodes_strings(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    assert_string_equal(
        collector_scan_decode(AK_STR("a\\n\\\"\\u00e9\\ud83d\\ude00\\ud800!"), arena),
        "a\n\"\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd!");
    ak_arena_free(arena);
}

static void finds_packages_of_symbols(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"github.com/a/b/v3/actor.(*PID).UnWatch", "github.com/a/b/v3/actor"},
        {"github.com/a/b.F[go/x.Y].func1", "github.com/a/b"},
        {"gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3"},
        {"runtime.mallocgc", "runtime"},
        {"", ""},
    };
    struct ak_arena *arena = ak_arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct ak_str got = collector_symbol_package(ak_str_from(cases[i][0]), arena);
        assert_true(ak_str_eq(got, ak_str_from(cases[i][1])));
    }
    ak_arena_free(arena);
}

/* --- the join on a small profile ------------------------------------------------------------ */

enum { BUILDER, STRING, UNWATCH_LOOP, UNWATCH_ONCE, MAKE, STRANGE, PPROF, LIBRARY, PLACES };

static struct ak_profile *profile(void)
{
    static const struct {
        const char *function, *file;
        int64_t line;
    } places[PLACES] = {
        {"strings.(*Builder).Grow", "/go/src/strings/builder.go", 81},
        {"github.com/a/b/v3/address.String", "/home/x/b/address/address.go", 246},
        {"github.com/a/b/v3/actor.UnWatch", "/home/x/b/actor/pid.go", 1251},
        {"github.com/a/b/v3/actor.UnWatch", "/home/x/b/actor/pid.go", 1261},
        {"github.com/a/b/v3/actor.watchees", "/home/x/b/actor/tree.go", 600},
        {"github.com/a/b/v3/actor.odd", "/home/x/b/actor/odd.go", 5},
        {"runtime/pprof.WriteHeapProfile", "/go/src/runtime/pprof/pprof.go", 9},
        {"example.org/lib.loop", "/m/lib.go", 3},
    };
    static const struct {
        uint32_t stack[3];
        size_t depth;
        int64_t values[2];
    } samples[] = {
        {{BUILDER, STRING, UNWATCH_LOOP}, 3, {1000000, 64000000}},
        {{BUILDER, STRING, UNWATCH_ONCE}, 3, {1000, 64000}},
        {{MAKE, UNWATCH_ONCE}, 2, {1000, 8000000}},
        {{STRANGE}, 1, {10, 500}},
        {{PPROF, UNWATCH_ONCE}, 2, {10, 4000}},
        {{LIBRARY}, 1, {10, 1500}},
        {{MAKE}, 1, {-1, -8}},
    };
    struct ak_build b;
    ak_build_init(&b);
    ak_build_sample_type(&b, "alloc_objects", "count");
    ak_build_sample_type(&b, "alloc_space", "bytes");
    for (uint32_t i = 0; i < PLACES; i++) {
        const struct ak_function f = {.name = ak_build_cstr(&b, places[i].function),
                                      .filename = ak_build_cstr(&b, places[i].file)};
        const uint32_t id = i == UNWATCH_ONCE ? (uint32_t)UNWATCH_LOOP : ak_build_function(&b, &f);
        const struct ak_line line = {id, places[i].line, 0};
        ak_build_location(&b, i + 1, AK_NO_INDEX, &line, 1);
    }
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        ak_build_sample(&b, &(struct ak_build_sample){.stack = samples[i].stack,
                                                      .depth = samples[i].depth,
                                                      .values = samples[i].values});
    }
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    return p;
}

static void names_the_loop_and_classifies_bytes(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    struct ak_go_diagnostics d;
    struct ak_profile *p = profile();
    struct ak_lint_set set;
    ak_go_diagnostics_init(&d, arena);
    assert_int_equal(
        add(&d, HEAD("github.com/a/b/v3/actor/tree.go") ROW("600", "9", "escape", "make escapes"),
            NULL),
        AK_OK);
    d.module = AK_STR("github.com/a/b/v3");
    assert_int_equal(ak_lint_heap(&d, p, NULL, arena, &set, NULL), AK_OK);
    assert_int_equal(set.count, 2);
    assert_int_equal(set.findings[0].rule, AK_RULE_L001);
    assert_string_equal(set.findings[0].at.file, "actor/pid.go");
    assert_int_equal(set.findings[0].at.line, 1251);
    assert_int_equal(set.findings[0].chain_count, 3);
    assert_string_equal(set.findings[0].chain[0].function, "strings.(*Builder).Grow");
    assert_string_equal(set.findings[0].chain[1].file, "address/address.go");
    assert_int_equal(set.findings[1].rule, AK_RULE_L002);
    assert_string_equal(set.findings[1].evidence[0], "the compiler says: make escapes");
    assert_int_equal(set.left_out, 2);
    assert_int_equal(set.classes.library, 64064000);
    assert_int_equal(set.classes.escape, 8000000);
    assert_int_equal(set.classes.runtime, 4000);
    assert_int_equal(set.classes.outside, 1500);
    assert_int_equal(set.classes.unexplained, 500);
    assert_int_equal(set.classes.total, 72070000);
    assert_int_equal(set.classes.negative, -8);
    assert_int_equal(set.classes.leaf_sites, 2);
    assert_int_equal(set.classes.leaf_joined, 1);
    ak_go_diagnostics_release(&d);
    ak_profile_free(p);
    ak_arena_free(arena);
}

/* One location with two lines: "set.New" was inlined into the line 293 of "actor.Reset". */
static struct ak_profile *inlined_profile(void)
{
    struct ak_build b;
    ak_build_init(&b);
    ak_build_sample_type(&b, "alloc_objects", "count");
    ak_build_sample_type(&b, "alloc_space", "bytes");
    const struct ak_function leaf = {.name = ak_build_cstr(&b, "github.com/a/b/v3/set.New"),
                                     .filename = ak_build_cstr(&b, "/home/x/b/set/set.go")};
    const struct ak_function caller = {.name = ak_build_cstr(&b, "github.com/a/b/v3/actor.Reset"),
                                       .filename = ak_build_cstr(&b, "/home/x/b/actor/pid.go")};
    const struct ak_line lines[] = {{ak_build_function(&b, &leaf), 51, 0},
                                    {ak_build_function(&b, &caller), 293, 0}};
    const uint32_t stack[] = {ak_build_location(&b, 1, AK_NO_INDEX, lines, 2)};
    const int64_t values[] = {10, 1000};
    ak_build_sample(&b, &(struct ak_build_sample){.stack = stack, .depth = 1, .values = values});
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    return p;
}

static void joins_what_is_inlined_at_its_call(void **state)
{
    (void)state;
    static const char *const lines[] = {"293", "294"}; /* a line beside it is another line */
    for (size_t i = 0; i < 2; i++) {
        struct ak_arena *arena = ak_arena_new();
        struct ak_go_diagnostics d;
        struct ak_profile *p = inlined_profile();
        struct ak_lint_set set;
        struct ak_buf text = AK_BUF_INIT;
        ak_go_diagnostics_init(&d, arena);
        ak_buf_printf(
            &text, HEAD("github.com/a/b/v3/actor/pid.go") ROW("%s", "9", "escape", "new escapes"),
            lines[i]);
        assert_int_equal(add(&d, text.ptr, NULL), AK_OK);
        d.module = AK_STR("github.com/a/b/v3");
        assert_int_equal(ak_lint_heap(&d, p, NULL, arena, &set, NULL), AK_OK);
        assert_int_equal(set.classes.leaf_sites, 1);
        assert_int_equal(set.classes.leaf_joined, i == 0);
        assert_int_equal(set.classes.leaf_foreign, i == 1); /* nothing is known of package set */
        ak_buf_release(&text);
        ak_go_diagnostics_release(&d);
        ak_profile_free(p);
        ak_arena_free(arena);
    }
}

static void refuses_other_profiles(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    struct ak_go_diagnostics d;
    struct ak_profile *p = ak_profile_new();
    struct ak_lint_set set;
    struct ak_error err = {0};
    ak_go_diagnostics_init(&d, arena);
    assert_int_equal(ak_lint_heap(&d, p, NULL, arena, &set, &err), AK_UNSUPPORTED);
    assert_non_null(strstr(err.text, "alloc_space"));
    ak_go_diagnostics_release(&d);
    ak_profile_free(p);
    ak_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_heap_decisions_once),
        cmocka_unit_test(refuses_what_is_malformed),
        cmocka_unit_test(reads_what_lacks_optional_members),
        cmocka_unit_test(refuses_two_compilers),
        cmocka_unit_test(decodes_strings),
        cmocka_unit_test(finds_packages_of_symbols),
        cmocka_unit_test(names_the_loop_and_classifies_bytes),
        cmocka_unit_test(joins_what_is_inlined_at_its_call),
        cmocka_unit_test(refuses_other_profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
