#include "collector/lint_c.h"
#include "profile/build.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

#define N(title, rest) "node: { title: \"" title "\" label: \"" title "\\n" rest "\" }\n"
#define OUT(title) "node: { title: \"" title "\" label: \"" title "\\nx.h:1:1\" shape : ellipse }\n"
#define E(from, to, at)                                                                            \
    "edge: { sourcename: \"" from "\" targetname: \"" to "\" label: \"" at "\" }\n"
#define GRAPH(text) "graph: { title: \"a.c\"\n" text "}\n"
#define BODY(at, bytes) at "\\n" bytes " bytes (static)\\n0 dynamic objects"

/* h -> a -> b -> malloc, and h -> b: the shortest chain to malloc has two calls. */
static const char chain[] = GRAPH(
    N("ak_handler_receive__h", BODY("a.c:90:1", "16")) E("ak_handler_receive__h", "h", "a.c:91:1")
        N("h", BODY("a.c:1:1", "32")) N("a", BODY("a.c:10:1", "100")) N("b", BODY("a.c:20:1", "64"))
            OUT("malloc") E("h", "a", "a.c:2:1") E("a", "b", "a.c:11:1") E("h", "b", "a.c:3:1")
                E("b", "malloc", "a.c:21:1") E("b", "malloc", "a.c:22:1"));

struct fixture {
    struct ak_arena *arena;
    struct ak_c_graph *g;
    struct ak_c_lint lint;
    struct ak_error err;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->arena = ak_arena_new();
    f->g = ak_c_graph_new(f->arena);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    ak_c_graph_free(f->g);
    ak_arena_free(f->arena);
    free(f);
    return 0;
}

static void add(struct fixture *f, const char *text)
{
    assert_int_equal(ak_c_graph_add(f->g, "x.ci", ak_str_from(text), &f->err), AK_OK);
}

static void run(struct fixture *f, const struct ak_c_opts *opts)
{
    assert_int_equal(ak_c_lint(f->g, opts, f->arena, &f->lint, &f->err), AK_OK);
}

static void shortest_chain(void **state)
{
    struct fixture *f = *state;
    add(f, chain);
    run(f, NULL);
    assert_int_equal(f->lint.count, 1);
    const struct ak_c_finding *x = f->lint.findings;
    assert_int_equal(x->rule, AK_RULE_C003);
    assert_int_equal(x->sites, 2);
    assert_int_equal(x->step_count, 2);
    assert_string_equal(x->steps[0].function, "b");
    assert_int_equal(x->steps[0].line, 21);
    assert_string_equal(x->steps[1].function, "h");
    assert_int_equal(x->steps[1].line, 3);
}

static void deepest_stack(void **state)
{
    struct fixture *f = *state;
    add(f, chain);
    run(f, NULL);
    assert_int_equal(f->lint.handler_count, 1);
    assert_int_equal(f->lint.stacks[0].bytes, 32 + 100 + 64);
    assert_string_equal(f->lint.stacks[0].path, "h 32 + a 100 + b 64");
    assert_int_equal(f->lint.stacks[0].unknown, 1);
    assert_int_equal(f->lint.stacks[0].recursive, 0);
}

/* A cycle of two below the handler: each frame once, and said. */
static void cycles_count_once(void **state)
{
    struct fixture *f = *state;
    add(f, GRAPH(N("h", BODY("a.c:1:1", "8")) N("a", BODY("a.c:2:1", "100")) N(
               "b", BODY("a.c:3:1", "50")) N("c", BODY("a.c:4:1", "5")) E("h", "a", "a.c:1:2")
                     E("a", "b", "a.c:2:2") E("b", "a", "a.c:3:2") E("a", "c", "a.c:2:3")));
    const char *const handlers[] = {"^h$"};
    run(f, &(struct ak_c_opts){.handlers = handlers, .handler_count = 1});
    assert_int_equal(f->lint.stacks[0].bytes, 8 + 150 + 5);
    assert_int_equal(f->lint.stacks[0].recursive, 2);
    assert_string_equal(f->lint.stacks[0].path, "h 8 + a 150 (a cycle of 2) + c 5");
}

/* Static functions of one name in two files are two; external ones are one. */
static void files_join(void **state)
{
    struct fixture *f = *state;
    add(f, GRAPH(N("h", BODY("a.c:1:1", "8")) E("h", "other", "a.c:2:1") E("h", "a.c:s", "a.c:3:1")
                     N("a.c:s", BODY("a.c:5:1", "8"))));
    add(f, GRAPH(N("other", BODY("b.c:1:1", "8")) N("a.c:s", BODY("b.c:5:1", "8")) OUT("usleep") E(
               "other", "usleep", "b.c:2:1") OUT("malloc") E("a.c:s", "malloc", "b.c:6:1")));
    const char *const handlers[] = {"post_stop=^h$"};
    run(f, &(struct ak_c_opts){.handlers = handlers, .handler_count = 1});
    assert_int_equal(f->lint.count, 1);
    assert_int_equal(f->lint.findings[0].rule, AK_RULE_C001);
    assert_int_equal(f->lint.findings[0].step_count, 2);
}

/* Frames from .su files where the graph has none. */
static void frames_of_su(void **state)
{
    struct fixture *f = *state;
    add(f, "graph: { title: \"a.c\"\nnode: { title: \"h\" label: \"h\\na.c:1:5\" }\n}\n");
    add(f, "a.c:1:5:h\t208\tdynamic\n");
    const char *const handlers[] = {"^h$"};
    run(f, &(struct ak_c_opts){.handlers = handlers, .handler_count = 1});
    assert_int_equal(f->lint.stacks[0].bytes, 208);
    assert_int_equal(f->lint.stacks[0].dynamic, 1);
}

static bool cut_b(void *ctx, enum ak_rule rule, const char *function, const char *file)
{
    (void)file;
    ++*(int *)ctx;
    return rule == AK_RULE_C003 && function[0] == 'b';
}

static void cuts(void **state)
{
    struct fixture *f = *state;
    int asked = 0;
    add(f, chain);
    run(f, &(struct ak_c_opts){.cut = cut_b, .cut_ctx = &asked});
    assert_int_equal(f->lint.count, 0);
    assert_int_equal(asked, 3); /* h, a, b: each once */
}

/* Heat counts stacks that hold the handler and the line of the call, and nothing else. */
static void heat(void **state)
{
    struct fixture *f = *state;
    struct ak_build b;
    ak_build_init(&b);
    ak_build_sample_type(&b, "cpu", "nanoseconds");
    static const struct {
        const char *function;
        int64_t line;
    } frames[] = {{"b", 21}, {"b", 30}, {"x", 1}, {"h", 3}, {"main", 7}};
    for (uint32_t i = 0; i < 5; i++) {
        const struct ak_function fn = {.name = ak_build_cstr(&b, frames[i].function)};
        const struct ak_line line = {ak_build_function(&b, &fn), frames[i].line, 0};
        ak_build_location(&b, i + 1, AK_NO_INDEX, &line, 1);
    }
    static const struct {
        uint32_t stack[2];
        int64_t value;
    } samples[] = {{{0, 3}, 70}, {{0, 4}, 20}, {{1, 3}, 7}, {{2, 3}, 3}};
    for (size_t i = 0; i < 4; i++) {
        ak_build_sample(&b,
                        &(struct ak_build_sample){samples[i].stack, 2, &samples[i].value, NULL, 0});
    }
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    add(f, chain);
    run(f, &(struct ak_c_opts){.p = p});
    assert_int_equal(f->lint.findings[0].heat, 70);
    assert_true(f->lint.findings[0].share > 0.699 && f->lint.findings[0].share < 0.701);
    assert_string_equal(f->lint.type, "cpu");
    ak_profile_free(p);
}

static void refuses(void **state)
{
    static const char *const texts[] = {
        "",
        "x",
        "graph: { title: \"a\"\n",
        "graph: { title: \"a\"\nnode: { label: \"x\" }\n}\n",
        "graph: { title: \"a\"\nedge: { sourcename: \"x\" }\n}\n",
        "graph: { title: \"a\"\nnode: { title: \"x\n}\n",
        "graph: { title: \"a\"\nnode: { title: \"x\" label: \"x\\na:1:1\\n9 (static)\" }\n}\n",
        "a.c:1:1:f\tmany\tstatic\n",
        "a.c:1:1:f\t1\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct fixture f = {.arena = ak_arena_new()};
        f.g = ak_c_graph_new(f.arena);
        assert_int_equal(ak_c_graph_add(f.g, "x.ci", ak_str_from(texts[i]), &f.err), AK_FORMAT);
        assert_non_null(strstr(f.err.text, "x.ci"));
        ak_c_graph_free(f.g);
        ak_arena_free(f.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shortest_chain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(deepest_stack, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cycles_count_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_join, set_up, tear_down),
        cmocka_unit_test_setup_teardown(frames_of_su, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cuts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(heat, set_up, tear_down),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
