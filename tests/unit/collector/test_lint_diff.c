/* Functions of Go source, symbols, and the difference of heap decisions. */
#include "base/io.h"
#include "collector/escape_diff.h"
#include "lint/go_functions.h"
#include "profile/build.h"
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

/* --- functions ------------------------------------------------------------------------------ */

static const char source[] = "package p\n"                                                  /* 1 */
                             "func external(x int) int\n"                                   /* 2 */
                             "var hook = func() *int {\n\tn := 1\n\treturn &n\n}\n"         /* 3 */
                             "func Plain(f func(int) struct{ a int }) (x int) {\n"          /* 7 */
                             "\tg := func() { _ = `func Raw() {`; }\n\tg()\n}\n"            /* 8 */
                             "func (s *Set[K, V]) Add(k K) map[K]interface{ M() } {\n"      /* 11 */
                             "\treturn nil\n}\n"                                            /* 12 */
                             "func (Value) String() string { return \"}\" }\n"              /* 14 */
                             "func Gen[T any, U interface{ ~[]T }](t T) U { return nil }\n" /* 15 */
                             "/* func No() {} */ func (s Set[K, V]) Len() int { // }\n"     /* 16 */
                             "\treturn len(s.m)\n}\n";

static void functions_are_found(void **state)
{
    (void)state;
    static const struct {
        uint32_t line;
        const char *receiver, *name; /* NULL: outside of functions */
    } cases[] = {{1, NULL, NULL},  {2, NULL, NULL},         {4, NULL, NULL},    {7, "", "Plain"},
                 {8, "", "Plain"}, {10, "", "Plain"},       {11, "Set", "Add"}, {13, "Set", "Add"},
                 {15, "", "Gen"},  {14, "Value", "String"}, {16, "Set", "Len"}, {18, "Set", "Len"},
                 {19, NULL, NULL}};
    struct go_tokens t = {0};
    struct go_functions f = {0};
    collector_go_tokens(AK_STR(source), &t);
    collector_go_functions(&t, &f);
    assert_int_equal(f.count, 5);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct go_function *const at = collector_go_function_at(&f, cases[i].line);
        if (!cases[i].name) {
            assert_null(at);
            continue;
        }
        assert_non_null(at);
        assert_true(ak_str_eq(at->receiver, ak_str_from(cases[i].receiver)));
        assert_true(ak_str_eq(at->name, ak_str_from(cases[i].name)));
    }
    collector_go_functions_release(&f);
    collector_go_tokens_release(&t);
}

static void symbols_name_their_function(void **state)
{
    (void)state;
    static const struct {
        const char *symbol, *function, *outer;
    } cases[] = {
        {"a/b.F", "F", "F"},
        {"a/b.F.func1", "F", "F"},
        {"a/b.F.func1.2", "F", "F"},
        {"a/b.F.gowrap1", "F", "F"},
        {"a/b.F-range1", "F", "F"},
        {"a/b.(*T).M", "T.M", "T.M"},
        {"a/b.(*T).M-fm", "T.M", "T.M"},
        {"a/b.(*T).M.func3", "T.M", "T.M"},
        {"a/b.(*T[...]).M.deferwrap1", "T.M", "T.M"},
        {"a/b.(*T[go.shape.struct { a/b.x int }]).M", "T.M", "T.M"},
        {"a/b.T.M", "T.M", "T"},       /* a method, */
        {"a/b.F.G.func1", "F.G", "F"}, /* or G inlined into F: both are tried */
        {"a/b.F[go.shape.int].func1", "F", "F"},
        {"a/b.F.(*T).M.func1", "F", "F"},
        {"a/b.glob..func1", "init", "init"},
        {"a/b.init.0", "init", "init"},
        {"main.main", "main", "main"},
        {"nodots", "", ""},
        {"", "", ""},
    };
    struct ak_arena *arena = ak_arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ak_str outer;
        const struct ak_str got =
            ak_go_symbol_function(ak_str_from(cases[i].symbol), arena, &outer);
        assert_true(ak_str_eq(got, ak_str_from(cases[i].function)));
        assert_true(ak_str_eq(outer, ak_str_from(cases[i].outer)));
    }
    ak_arena_free(arena);
}

/* --- the difference ------------------------------------------------------------------------- */

#define HEAD(version)                                                                              \
    "{\"version\":0,\"package\":\"example.org/m/p\",\"gc_version\":\"" version                     \
    "\",\"file\":\"example.org/m/p/x.go\"}\n"
#define ROW(line, column, code, message)                                                           \
    "{\"range\":{\"start\":{\"line\":" line ",\"character\":" column "}},\"code\":\"" code         \
    "\",\"message\":\"" message "\"}\n"

static void read_text(struct ak_go_diagnostics *d, struct ak_arena *arena, const char *text)
{
    ak_go_diagnostics_init(d, arena);
    assert_int_equal(ak_go_diagnostics_add(d, "x.json", ak_str_from(text), NULL), AK_OK);
}

static void name(struct ak_go_diagnostics *d, uint32_t line, const char *function)
{
    for (uint32_t i = 0; i < d->escape_count; i++) {
        if (d->escapes[i].line == line) {
            d->escapes[i].function = function;
        }
    }
}

static size_t new_beside(const char *old_message, const char *new_message)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_go_diagnostics old, new;
    struct ak_escape_diff diff;
    struct ak_buf text = AK_BUF_INIT;
    ak_buf_printf(&text, HEAD("go1") ROW("3", "1", "escape", "%s"), old_message);
    read_text(&old, arena, text.ptr);
    ak_buf_reset(&text);
    ak_buf_printf(&text, HEAD("go1") ROW("3", "1", "escape", "%s"), new_message);
    read_text(&new, arena, text.ptr);
    ak_buf_release(&text);
    assert_int_equal(ak_escape_diff(&old, &new, NULL, 0, arena, &diff, NULL), AK_OK);
    ak_go_diagnostics_release(&old);
    ak_go_diagnostics_release(&new);
    ak_arena_free(arena);
    return diff.added_total;
}

static void numbers_that_the_compiler_counts_are_no_difference(void **state)
{
    (void)state;
    assert_int_equal(new_beside(".autotmp_7.Name() escapes", ".autotmp_12.Name() escapes"), 0);
    assert_int_equal(new_beside("f((*[147]uintptr)(p..dict[20])) escapes",
                                "f((*[148]uintptr)(p..dict[3])) escapes"),
                     0);
    assert_int_equal(new_beside(".autotmp_7.Name() escapes", ".autotmp_7.Key() escapes"), 1);
    assert_int_equal(new_beside("~r0 escapes", "~r1 escapes"), 1);
    assert_int_equal(new_beside("&[1024]byte{} escapes", "&[4096]byte{} escapes"), 1);
    assert_int_equal(new_beside("(*[3]int)(x) escapes", "(*[4]int)(x) escapes"), 1);
}

static void moved_lines_are_no_difference(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    struct ak_go_diagnostics old, new;
    struct ak_escape_diff diff;
    read_text(&old, arena,
              HEAD("go1") ROW("3", "1", "escape", "x escapes") ROW("4", "1", "escape", "y"));
    read_text(&new, arena,
              HEAD("go1") ROW("13", "1", "escape", "x escapes") ROW("14", "1", "escape", "y")
                  ROW("15", "1", "escape", "y") ROW("16", "1", "escapes", "y"));
    for (uint32_t i = 3; i < 17; i++) {
        name(&old, i, "F");
        name(&new, i, "F");
    }
    assert_int_equal(ak_escape_diff(&old, &new, NULL, 0, arena, &diff, NULL), AK_OK);
    assert_true(diff.by_function);
    assert_int_equal(diff.count, 2); /* one more y, and one by another code */
    assert_int_equal(diff.added_total, 2);
    assert_int_equal(diff.gone_total, 0);
    assert_int_equal(diff.added_by_line, 4);
    assert_int_equal(diff.gone_by_line, 2);
    assert_int_equal(diff.added[0].escape->line, 15);
    assert_int_equal(diff.added[0].more, 1);
    name(&new, 13, "G"); /* the same words in another function */
    assert_int_equal(ak_escape_diff(&old, &new, NULL, 0, arena, &diff, NULL), AK_OK);
    assert_int_equal(diff.added_total, 3);
    assert_int_equal(diff.gone_total, 1);
    for (uint32_t i = 3; i < 17; i++) {
        name(&old, i, ""); /* not known there: compared without on both sides */
    }
    assert_int_equal(ak_escape_diff(&old, &new, NULL, 0, arena, &diff, NULL), AK_OK);
    assert_false(diff.by_function);
    assert_int_equal(diff.added_total, 2);
    ak_go_diagnostics_release(&old);
    ak_go_diagnostics_release(&new);
    ak_arena_free(arena);
}

static void different_compilers_are_refused(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    struct ak_go_diagnostics old, new;
    struct ak_escape_diff diff;
    struct ak_error err = {0};
    read_text(&old, arena, HEAD("go1.25"));
    read_text(&new, arena, HEAD("go1.26"));
    assert_int_equal(ak_escape_diff(&old, &new, NULL, 0, arena, &diff, &err), AK_UNSUPPORTED);
    assert_non_null(strstr(err.text, "go1.25 and go1.26"));
    ak_go_diagnostics_release(&old);
    ak_go_diagnostics_release(&new);
    ak_arena_free(arena);
}

static void lines_follow_directives(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    struct ak_go_diagnostics d;
    ak_go_diagnostics_init(&d, arena);
    assert_int_equal(
        ak_go_diagnostics_add(&d, "n.json",
                              AK_STR("{\"version\":0,\"package\":\"example.org/m/p\","
                                     "\"gc_version\":\"go1\",\"file\":\"n.cgo1.go\"}\n" ROW(
                                         "11", "2", "escape", "x escapes")),
                              NULL),
        AK_OK);
    assert_non_null(ak_go_diagnostics_find(&d, AK_STR("example.org/m/p"), AK_STR("/any/n.go"), 8));
    assert_null(ak_go_diagnostics_find(&d, AK_STR("example.org/m/p"), AK_STR("n.go"), 11));
    const struct ak_go_module module = {AK_STR("example.org/m"), "/nowhere"};
    ak_go_diagnostics_name(&d, &module, 1);
    assert_int_equal(d.unnamed, 1);
    assert_string_equal(d.escapes[0].function, "");
    assert_int_equal(ak_go_diagnostics_loop(&d, AK_STR("example.org/m/p"), AK_STR("n.go"), 8),
                     AK_GO_LOOP_UNKNOWN);
    ak_go_diagnostics_release(&d);
    ak_arena_free(arena);
}

static const char file_go[] = "package p\n"
                              "func (t *T) Fill(n int) {\n"  /* 2 */
                              "\tfor i := 0; i < n; i++ {\n" /* 3 */
                              "\t\tt.m[i] = &i\n"            /* 4 */
                              "\t}\n"
                              "\tc := make(chan int)\n"          /* 6 */
                              "\tgo run(c, make(map[int]int))\n" /* 7 */
                              "\tif t.a[0] == 1 { <-c }\n"       /* 8 */
                              "\tx := t.a[0]\n}\n";              /* 9 */
static const char line_go[] = "package p\n\n//line parser.y:40\n"
                              "func Parse() *int {\n" /* 4: parser.y:40 */
                              "\tx := 1\n"            /* 5: parser.y:41 */
                              "\treturn &x\n}\n";

static void the_source_says_more(void **state)
{
    (void)state;
    char dir[] = "/tmp/aklint.XXXXXX";
    struct ak_arena *arena = ak_arena_new();
    struct ak_go_diagnostics d;
    const struct ak_str package = AK_STR("example.org/m/p");
    assert_non_null(mkdtemp(dir));
    const char *const files[] = {ak_arena_printf(arena, "%s/p/x.go", dir),
                                 ak_arena_printf(arena, "%s/p/line.go", dir),
                                 ak_arena_printf(arena, "%s/go.mod", dir)};
    assert_int_equal(ak_dir_make(ak_arena_printf(arena, "%s/p", dir), NULL), AK_OK);
    assert_int_equal(ak_file_write(files[0], AK_STR(file_go), NULL), AK_OK);
    assert_int_equal(ak_file_write(files[1], AK_STR(line_go), NULL), AK_OK);
    assert_int_equal(ak_file_write(files[2],
                                   AK_STR("// of a test\nmodule  example.org/m // here\ngo 1.21\n"),
                                   NULL),
                     AK_OK);
    struct ak_go_module module;
    assert_true(ak_go_module_read(dir, arena, &module));
    assert_true(ak_str_eq(module.path, AK_STR("example.org/m")));
    read_text(&d, arena, HEAD("go1") ROW("4", "3", "escape", "i escapes"));
    assert_int_equal(ak_go_diagnostics_add(&d, "line.json",
                                           AK_STR("{\"version\":0,\"package\":\"example.org/m/p\","
                                                  "\"gc_version\":\"go1\",\"file\":"
                                                  "\"example.org/m/p/line.go\"}\n" ROW(
                                                      "5", "2", "escape", "x escapes")),
                                           NULL),
                     AK_OK);
    ak_go_diagnostics_name(&d, &module, 1);
    assert_int_equal(d.unnamed, 0);
    assert_string_equal(d.escapes[0].function, "T.Fill");
    assert_string_equal(d.escapes[1].function, "Parse");
    assert_non_null(ak_go_diagnostics_find(&d, package, AK_STR("/x/parser.y"), 41));
    assert_null(ak_go_diagnostics_find(&d, package, AK_STR("line.go"), 5));
    static const enum ak_go_need needs[] = {
        [3] = AK_GO_NEED_NONE,    [4] = AK_GO_NEED_MAP,       [5] = AK_GO_NEED_NONE,
        [6] = AK_GO_NEED_CHANNEL, [7] = AK_GO_NEED_GOROUTINE, /* the first of a line */
        [8] = AK_GO_NEED_WAIT,    [9] = AK_GO_NEED_NONE};
    for (int64_t i = 3; i < 10; i++) {
        assert_int_equal(ak_go_diagnostics_need(&d, package, AK_STR("x.go"), i), needs[i]);
        assert_int_equal(ak_go_diagnostics_loop(&d, package, AK_STR("x.go"), i),
                         i == 4 || i == 5 ? AK_GO_LOOP_YES : AK_GO_LOOP_NO);
    }
    assert_int_equal(ak_go_diagnostics_loop(&d, package, AK_STR("y.go"), 4), AK_GO_LOOP_UNKNOWN);
    ak_go_diagnostics_release(&d);
    for (size_t i = 0; i < 3; i++) {
        unlink(files[i]);
    }
    rmdir(ak_arena_printf(arena, "%s/p", dir));
    rmdir(dir);
    ak_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_found),
        cmocka_unit_test(symbols_name_their_function),
        cmocka_unit_test(moved_lines_are_no_difference),
        cmocka_unit_test(numbers_that_the_compiler_counts_are_no_difference),
        cmocka_unit_test(different_compilers_are_refused),
        cmocka_unit_test(lines_follow_directives),
        cmocka_unit_test(the_source_says_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
