#include "pprof_stacks.h"
#include "profile/graph.h"
#include "test.h"

static const struct stacks_row rows[] = {
    {"main>work>alloc>gc", 50, "kind=big"},
    {"main>work>work>alloc", 30, "kind=small"},
    {"main>idle", 19, NULL},
    {"main>rare", 1, NULL},
};

struct fixture {
    struct ak_profile *p;
    struct ak_arena *arena;
};

static struct fixture open_fixture(const struct stacks_row *r, size_t n)
{
    return (struct fixture){stacks_profile(r, n), ak_arena_new()};
}

static void close_fixture(struct fixture *f)
{
    ak_profile_free(f->p);
    ak_arena_free(f->arena);
}

/* The list as "name flat/cum, ...", then edges "from>to=w", dotted when residual. */
static const char *describe(struct fixture *f, const struct ak_graph *g)
{
    struct ak_buf out = AK_BUF_INIT;
    for (uint32_t i = 0; i < g->list_count; i++) {
        const struct ak_node *n = &g->nodes[g->list[i]];
        const struct ak_str name = g->infos[n->info].name;
        ak_buf_printf(&out, "%s%.*s %lld/%lld", i ? ", " : "", (int)name.len, name.ptr,
                      (long long)n->flat, (long long)n->cum);
    }
    for (uint32_t e = 0; e < g->edge_count; e++) {
        const struct ak_edge *edge = &g->edges[e];
        const struct ak_str from = g->infos[g->nodes[edge->from].info].name;
        const struct ak_str to = g->infos[g->nodes[edge->to].info].name;
        ak_buf_printf(&out, "; %.*s%s%.*s=%lld", (int)from.len, from.ptr,
                      edge->residual ? "..." : ">", (int)to.len, to.ptr, (long long)edge->weight);
    }
    const char *text = ak_arena_strdup(f->arena, out.ptr ? out.ptr : "");
    ak_buf_release(&out);
    return text;
}

static const char *build(struct fixture *f, const struct ak_graph_opts *opts)
{
    return describe(f, ak_graph_build(f->p, opts, f->arena));
}

static void recursion_counts_once(void **state)
{
    (void)state;
    struct fixture f = open_fixture(rows, 4);
    const struct ak_graph_opts opts = {.edges = AK_EDGES_ALL, .trim = true};
    assert_string_equal(build(&f, &opts),
                        "gc 50/50, alloc 30/80, idle 19/19, rare 1/1, main 0/100, work 0/80; "
                        "main>work=80; work>alloc=80; alloc>gc=50; main>idle=19; main>rare=1");
    close_fixture(&f);
}

static void low_nodes_go_and_edges_leap(void **state)
{
    (void)state;
    struct fixture f = open_fixture(rows, 4);
    const struct ak_graph_opts opts = {
        .edges = AK_EDGES_ALL, .trim = true, .node_fraction = 0.02, .cum_sort = true};
    assert_string_equal(build(&f, &opts),
                        "main 0/100, alloc 30/80, work 0/80, gc 50/50, idle 19/19; "
                        "main>work=80; work>alloc=80; alloc>gc=50; main>idle=19");
    const struct ak_graph_opts three = {
        .edges = AK_EDGES_ALL, .trim = true, .node_limit = 3, .node_fraction = 0.02};
    const struct ak_graph *g = ak_graph_build(f.p, &three, f.arena);
    assert_string_equal(describe(&f, g), "gc 50/50, alloc 30/80, idle 19/19; alloc>gc=50");
    assert_int_equal(g->node_total, 5);
    assert_int_equal(g->dropped_nodes, 1);
    close_fixture(&f);
}

static void residual_edges_go_when_drawn(void **state)
{
    (void)state;
    static const struct stacks_row r[] = {
        {"a>hub>b", 90, NULL}, {"a>x>b", 5, NULL}, {"a>x>hub", 5, NULL}};
    struct fixture f = open_fixture(r, 3);
    struct ak_graph_opts opts = {.edges = AK_EDGES_ALL, .trim = true, .node_fraction = 0.2};
    assert_string_equal(build(&f, &opts),
                        "b 95/95, hub 5/95, a 0/100; a...hub=95; hub>b=90; a...b=5");
    opts.visual = true;
    assert_string_equal(build(&f, &opts), "b 95/95, a 0/100, hub 5/95; a...hub=95; hub>b=90");
    close_fixture(&f);
}

static void call_tree_keeps_paths_apart(void **state)
{
    (void)state;
    static const struct stacks_row r[] = {{"a>x", 3, NULL}, {"b>x", 2, NULL}, {"a>x>x", 1, NULL}};
    struct fixture f = open_fixture(r, 3);
    const struct ak_graph_opts opts = {
        .edges = AK_EDGES_ALL, .trim = true, .call_tree = true, .visual = false};
    assert_string_equal(build(&f, &opts), "x 3/4, x 2/2, x 1/1, a 0/4, b 0/2; a>x=4; b>x=2; x>x=1");
    const struct ak_graph_opts cut = {
        .edges = AK_EDGES_ALL, .trim = true, .call_tree = true, .node_fraction = 0.5};
    assert_string_equal(build(&f, &cut), "x 3/4, a 0/4; a>x=4");
    close_fixture(&f);
}

static void differences_drop_negative(void **state)
{
    (void)state;
    static const struct stacks_row r[] = {
        {"a>up", 10, NULL}, {"a>down", -10, NULL}, {"a>same", 4, NULL}, {"a>same", -4, NULL}};
    struct fixture f = open_fixture(r, 4);
    struct ak_graph_opts opts = {.edges = AK_EDGES_NONE, .trim = true};
    assert_string_equal(build(&f, &opts), "down -10/-10, up 10/10");
    opts.drop_negative = true;
    assert_string_equal(build(&f, &opts), "up 10/10");
    close_fixture(&f);
}

static void inlined_edges_alone_tell_inlining(void **state)
{
    (void)state;
    struct fixture f = open_fixture(rows, 1);
    /* alloc inlined into work: one location of two lines */
    struct ak_profile *p = ak_profile_view(f.p, f.arena);
    const struct ak_line lines[3] = {{.function = 2}, {.function = 1}, {.function = 0}};
    struct ak_location locs[4];
    memcpy(locs, p->locations, sizeof locs);
    locs[1].first_line = 0;
    locs[1].line_count = 2;
    p->lines = ak_arena_copy(f.arena, lines, sizeof lines);
    locs[0].first_line = 2;
    locs[2].first_line = locs[3].first_line = 2;
    p->locations = locs;
    const uint32_t stack[] = {1, 0};
    p->stack_ids = ak_arena_copy(f.arena, stack, sizeof stack);
    const uint64_t starts[] = {0, 2};
    p->stack_start = ak_arena_copy(f.arena, starts, sizeof starts);
    const struct ak_graph_opts opts = {.edges = AK_EDGES_INLINED, .trim = true};
    const struct ak_graph *g = ak_graph_build(p, &opts, f.arena);
    for (uint32_t e = 0; e < g->edge_count; e++) {
        const struct ak_str to = g->infos[g->nodes[g->edges[e].to].info].name;
        assert_true(g->edges[e].inlined == ak_str_eq(to, AK_STR("alloc")));
    }
    assert_string_equal(describe(&f, g), "alloc 50/50, main 0/50, work 0/50; "
                                         "main>work=50; work>alloc=50");
    close_fixture(&f);
}

static void tags_are_collected(void **state)
{
    (void)state;
    struct fixture f = open_fixture(rows, 4);
    const struct ak_graph_opts opts = {
        .edges = AK_EDGES_ALL, .trim = true, .visual = true, .tags = true};
    const struct ak_graph *g = ak_graph_build(f.p, &opts, f.arena);
    for (uint32_t n = 0; n < g->node_count; n++) {
        if (!ak_str_eq(g->infos[g->nodes[n].info].name, AK_STR("alloc"))) {
            continue;
        }
        assert_int_equal(g->tag_start[n + 1] - g->tag_start[n], 2);
        const struct ak_tag *t = &g->tags[g->tag_start[n]];
        assert_true(ak_str_eq(t[0].name, AK_STR("kind:big")));
        assert_int_equal(t[0].cum, 50);
        assert_int_equal(t[0].flat, 0);
        assert_int_equal(t[1].flat, 30);
    }
    close_fixture(&f);
}

static void sums_beyond_64_bits_are_told(void **state)
{
    (void)state;
    static const struct stacks_row r[] = {{"a", INT64_MAX, NULL}, {"a", 1, NULL}};
    struct fixture f = open_fixture(r, 2);
    const struct ak_graph_opts opts = {.trim = true};
    assert_true(ak_graph_build(f.p, &opts, f.arena)->overflow);
    close_fixture(&f);
}

static void names_show_what_is_known(void **state)
{
    (void)state;
    static const struct {
        struct ak_node_info info;
        const char *text;
    } cases[] = {
        {{.name = {"f", 1}}, "f"},
        {{.name = {"f", 1}, .file = {"a.c", 3}, .line = 7, .column = 2}, "f a.c:7:2"},
        {{.file = {"a.c", 3}}, "a.c"},
        {{.object = {"/bin/x", 6}, .address = 0x1f}, "000000000000001f [x]"},
        {{.line = 0}, "<unknown>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ak_buf out = AK_BUF_INIT;
        ak_node_name(&out, &cases[i].info, " ");
        assert_string_equal(out.ptr, cases[i].text);
        ak_buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recursion_counts_once),
        cmocka_unit_test(low_nodes_go_and_edges_leap),
        cmocka_unit_test(residual_edges_go_when_drawn),
        cmocka_unit_test(call_tree_keeps_paths_apart),
        cmocka_unit_test(differences_drop_negative),
        cmocka_unit_test(inlined_edges_alone_tell_inlining),
        cmocka_unit_test(tags_are_collected),
        cmocka_unit_test(sums_beyond_64_bits_are_told),
        cmocka_unit_test(names_show_what_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
