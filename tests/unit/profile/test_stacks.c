#include "profile/encode.h"
#include "profile/graph.h"
#include "profile/merge.h"
#include "profile/stacks.h"
#include "random_walks.h"
#include "stacks_layout.h"
#include "test.h"

static void narrow_and_wide_stacks_come_back(void **state)
{
    (void)state;
    static const uint32_t rows[][9] = {
        {0},          {65535}, {65536}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {70000, 3, UINT32_MAX - 1},
        {5, 5, 65535}};
    static const size_t depths[] = {0, 1, 1, 9, 3, 3};
    for (int narrow = 0; narrow < 2; narrow++) {
        struct ak_stacks s;
        profile_stacks_init(&s, narrow);
        for (size_t i = 0; i < 6; i++) {
            uint32_t all = 0;
            for (size_t k = 0; k < depths[i]; k++) {
                all |= rows[i][k];
            }
            profile_stacks_write(&s, rows[3], 9, 15); /* not kept */
            const struct stacks_part part = profile_stacks_write(&s, rows[i], depths[i], all);
            profile_stacks_keep(&s, &part);
        }
        assert_int_equal(ak_stacks_count(&s), 6);
        assert_int_equal(ak_stacks_bytes(&s), narrow ? 2 * 13 + 4 * 4 : 4 * 17);
        for (size_t i = 0; i < 6; i++) {
            uint32_t room[9 + STACKS_PAD];
            assert_int_equal(profile_stacks_read(&s, i, room), depths[i]);
            assert_memory_equal(room, rows[i], depths[i] * sizeof room[0]);
        }
        profile_stacks_release(&s);
    }
}

static struct ak_merge *merge_of(struct ak_profile *const *list, size_t count, bool packed)
{
    struct ak_merge *m = ak_merge_new(&(struct ak_merge_opts){.packed = packed});
    struct ak_error err = {0};
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(ak_merge_add(m, list[i], &err), AK_OK);
    }
    return m;
}

static void assert_same_profile(const struct ak_profile *a, const struct ak_profile *b)
{
    struct ak_buf x = AK_BUF_INIT, y = AK_BUF_INIT;
    assert_int_equal(ak_profile_validate(a, NULL), AK_OK);
    ak_profile_encode(a, AK_ENCODE_PPROF, &x);
    ak_profile_encode(b, AK_ENCODE_PPROF, &y);
    assert_true(ak_str_eq(ak_buf_view(&x), ak_buf_view(&y)));
    ak_buf_release(&x);
    ak_buf_release(&y);
}

/* Equal nodes, lists and edges. */
static void assert_same_graph(const struct ak_graph *a, const struct ak_graph *b)
{
    assert_int_equal(a->node_count, b->node_count);
    assert_memory_equal(a->nodes, b->nodes, a->node_count * sizeof *a->nodes);
    assert_int_equal(a->list_count, b->list_count);
    assert_memory_equal(a->list, b->list, a->list_count * sizeof *a->list);
    assert_int_equal(a->edge_count, b->edge_count);
    for (uint32_t e = 0; e < a->edge_count; e++) {
        const struct ak_edge *x = &a->edges[e], *y = &b->edges[e];
        assert_true(x->from == y->from && x->to == y->to && x->weight == y->weight &&
                    x->residual == y->residual && x->inlined == y->inlined);
    }
}

static void check_packed(const struct walks *w, size_t count)
{
    struct ak_profile *list[3];
    struct ak_profile *whole = NULL, *bare = NULL;
    struct ak_stacks *stacks = NULL;
    struct ak_error err = {0};
    for (size_t i = 0; i < count; i++) {
        struct walks one = *w;
        one.seed += (uint32_t)i % 2; /* the third is the first again */
        list[i] = walks_profile(&one);
    }
    struct ak_merge *m = merge_of(list, count, false);
    assert_int_equal(ak_merge_finish(m, &whole, &err), AK_OK);
    ak_merge_free(m);
    m = merge_of(list, count, true);
    assert_int_equal(ak_merge_finish_packed(m, &bare, &stacks, &err), AK_OK);
    ak_merge_free(m);
    assert_non_null(stacks);
    assert_int_equal(bare->stack_start[bare->sample_count], 0);
    const enum ak_graph_edges kinds[] = {AK_EDGES_NONE, AK_EDGES_INLINED, AK_EDGES_ALL};
    for (size_t i = 0; i < 3; i++) {
        struct ak_arena *arena = ak_arena_new();
        struct ak_graph_opts opts = {
            .value = 1, .trim = true, .edges = kinds[i], .edge_fraction = 0.001, .node_limit = 50};
        const struct ak_graph *want = ak_graph_build(whole, &opts, arena);
        opts.stacks = stacks;
        assert_same_graph(ak_graph_build(bare, &opts, arena), want);
        ak_arena_free(arena);
    }
    ak_stacks_restore_take(stacks, bare);
    assert_same_profile(bare, whole);
    ak_profile_free(whole);
    ak_profile_free(bare);
    for (size_t i = 0; i < count; i++) {
        ak_profile_free(list[i]);
    }
}

static void a_packed_merge_is_the_merge(void **state)
{
    (void)state;
    check_packed(&(struct walks){.functions = 50, .samples = 300, .depth = 12, .seed = 3}, 3);
    /* more locations than 16 bits number: narrow and wide stacks side by side */
    check_packed(&(struct walks){.functions = 30000, .samples = 4000, .depth = 30, .seed = 5}, 2);
}

static void samples_that_cancel_need_the_stacks(void **state)
{
    (void)state;
    const struct walks w = {.functions = 20, .samples = 50, .depth = 5, .seed = 9};
    struct ak_profile *list[2] = {walks_profile(&w), walks_profile(&w)};
    struct ak_profile *out = NULL;
    struct ak_stacks *stacks = NULL;
    struct ak_error err = {0};
    for (size_t i = 0; i < 20; i++) { /* of ten samples nothing is left */
        list[1]->values[i] = -list[1]->values[i];
    }
    struct ak_merge *m = merge_of(list, 2, true);
    assert_int_equal(ak_merge_finish_packed(m, &out, &stacks, &err), AK_OK);
    assert_null(stacks);
    assert_int_equal(out->sample_count, 40);
    assert_int_equal(out->stack_start[40], 40 * 5);
    assert_int_equal(ak_profile_validate(out, &err), AK_OK);
    ak_merge_free(m);
    ak_profile_free(out);
    ak_profile_free(list[0]);
    ak_profile_free(list[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(narrow_and_wide_stacks_come_back),
        cmocka_unit_test(a_packed_merge_is_the_merge),
        cmocka_unit_test(samples_that_cancel_need_the_stacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
