#include "graph/graph_sieve.h"
#include "profile/granularity.h"
#include "profile/graph.h"
#include "profile/view.h"
#include "random_walks.h"
#include "test.h"

static void heavy_edges_always_pass(void **state)
{
    (void)state;
    struct graph_sieve s;
    const uint64_t cuts[] = {1, 7, 1000, UINT64_C(1) << 40, UINT64_C(1) << 63};
    for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
        profile_graph_sieve_init(&s, cuts[c], (double)cuts[c] * 1000, 0);
        /* Edge n+1 > n gets n hundredths of the cut in a hundred parts, rounded up. */
        for (uint32_t n = 0; n <= 120; n++) {
            for (uint32_t part = 0; part < 100; part++) {
                const uint64_t w = cuts[c] / 10000 * n + (cuts[c] % 10000 * n + 9999) / 10000;
                graph_sieve_add(&s, n + 1, n, graph_sieve_units(&s, w));
            }
        }
        profile_graph_sieve_seal(&s);
        for (uint32_t n = 100; n <= 120; n++) {
            assert_true(graph_sieve_may_pass(&s, n + 1, n));
        }
        profile_graph_sieve_release(&s);
    }
}

static void light_edges_mostly_stay(void **state)
{
    (void)state;
    struct graph_sieve s;
    const uint32_t edges = 100000;
    const uint64_t cut = 1000000;
    profile_graph_sieve_init(&s, cut, 100.0 * edges, 0);
    for (uint32_t i = 0; i < edges; i++) {
        graph_sieve_add(&s, i, i / 7, graph_sieve_units(&s, 100));
    }
    profile_graph_sieve_seal(&s);
    uint32_t passed = 0;
    for (uint32_t i = 0; i < edges; i++) {
        passed += graph_sieve_may_pass(&s, i, i / 7);
    }
    assert_true(passed < edges / 100);
    profile_graph_sieve_release(&s);
}

/* How calls into a node come: 0 not inlined (or unknown), 1 inlined, 2 both. */
static int inlining(const struct ak_graph *g, uint32_t node)
{
    bool yes = false, no = false;
    for (uint32_t k = g->in_start[node]; k < g->in_start[node + 1]; k++) {
        const bool inlined = g->edges[g->in_edges[k]].inlined;
        yes = yes || inlined;
        no = no || !inlined;
    }
    return yes ? 1 + no : 0;
}

/* `rare` is 0, or how many light edges there must be, most of which the sieve holds back. */
static void check_marks(const struct walks *w, const struct ak_graph_opts *base, uint32_t rare)
{
    struct ak_profile *whole = walks_profile(w);
    struct ak_arena *arena = ak_arena_new();
    struct ak_profile *p = ak_profile_view(whole, arena);
    ak_view_aggregate(p, AK_GRANULARITY_FUNCTIONS, 0);
    struct ak_graph_opts opts = *base;
    opts.edges = AK_EDGES_ALL;
    const struct ak_graph *all = ak_graph_build(p, &opts, arena);
    opts.edges = AK_EDGES_INLINED;
    const struct ak_graph *flat = ak_graph_build(p, &opts, arena);
    assert_int_equal(flat->list_count, all->list_count);
    int seen[3] = {0};
    for (uint32_t i = 0; i < all->list_count; i++) {
        assert_int_equal(flat->list[i], all->list[i]);
        const int mark = inlining(all, all->list[i]);
        assert_int_equal(inlining(flat, all->list[i]), mark);
        seen[mark]++;
    }
    assert_true(seen[0] > 0 && seen[1] + seen[2] > 0);
    if (rare) { /* the sieve was used: few of the light edges were ever met */
        assert_true(all->dropped_edges > rare);
        assert_true(flat->dropped_edges < all->dropped_edges / 5);
    }
    ak_arena_free(arena);
    ak_profile_free(whole);
}

static void sieved_marks_are_those_of_all_edges(void **state)
{
    (void)state;
    const struct walks plain = {.functions = 500, .samples = 12000, .depth = 40, .seed = 1};
    struct ak_graph_opts opts = {.value = 1, .trim = true, .edge_fraction = 0.03};
    check_marks(&plain, &opts, 100000);
    opts.node_fraction = 0.0985; /* drops a part of the nodes: edges leap */
    check_marks(&plain, &opts, 100000);
    opts.mean = true;
    check_marks(&plain, &opts, 100000);
    opts.edge_fraction = 0.001; /* so many nodes settle that no sieve is needed */
    check_marks(&plain, &opts, 0);
    opts = (struct ak_graph_opts){
        .value = 1, .trim = true, .edge_fraction = 0.002, .node_limit = 420, .cum_sort = true};
    const struct walks losses = {
        .functions = 500, .samples = 12000, .depth = 40, .seed = 2, .with_losses = true};
    check_marks(&losses, &opts, 100000);
}

static void settled_marks_are_those_of_all_edges(void **state)
{
    (void)state;
    static const double cuts[] = {0, 0.0001, 0.002, 0.02, 0.06};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct walks w = {.functions = 60, .samples = 3000, .depth = 20, .seed = 7};
        struct ak_graph_opts opts = {.value = 1, .trim = true, .edge_fraction = cuts[i]};
        check_marks(&w, &opts, 0);
        opts.node_limit = 45;
        check_marks(&w, &opts, 0);
        w.with_losses = true;
        check_marks(&w, &opts, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heavy_edges_always_pass),
        cmocka_unit_test(light_edges_mostly_stay),
        cmocka_unit_test(sieved_marks_are_those_of_all_edges),
        cmocka_unit_test(settled_marks_are_those_of_all_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
