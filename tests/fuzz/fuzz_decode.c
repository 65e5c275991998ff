// module: profile
/* A profile that is accepted is valid, comes back from both writers, and merges with itself, packed
 * or not. */
#include "profile/decode.h"
#include "profile/encode.h"
#include "profile/graph.h"
#include "profile/merge.h"
#include "profile/symbolize.h"

#include <stdlib.h>

static const struct ak_limits limits = {
    .max_inflated = 1 << 22, .max_samples = 1 << 16, .max_strings = 1 << 16, .max_depth = 1 << 12};

static struct ak_profile *decode(struct ak_str bytes)
{
    struct ak_profile *p = NULL;
    struct ak_error err;
    if (ak_profile_decode_bytes("fuzz", bytes, &limits, &p, &err) != AK_OK) {
        return NULL;
    }
    if (ak_profile_validate(p, &err) != AK_OK) {
        abort();
    }
    return p;
}

/* Decoded again and written in pprof's order. */
static void again(const struct ak_buf *from, struct ak_buf *to)
{
    struct ak_profile *p = decode(ak_buf_view(from));
    if (!p) {
        abort();
    }
    ak_profile_encode(p, AK_ENCODE_PPROF, to);
    ak_profile_free(p);
}

/* Labels that say nothing are lost the first time, so the second writing is the last to differ. */
static void round_trip(const struct ak_profile *p)
{
    struct ak_buf a = AK_BUF_INIT, b = AK_BUF_INIT, c = AK_BUF_INIT;
    ak_profile_encode(p, AK_ENCODE_PPROF, &a);
    again(&a, &b);
    again(&b, &c);
    if (!ak_str_eq(ak_buf_view(&b), ak_buf_view(&c))) {
        abort();
    }
    ak_buf_reset(&a);
    ak_profile_encode(p, AK_ENCODE_GO_RUNTIME, &a);
    ak_buf_reset(&c);
    again(&a, &c);
    ak_buf_reset(&a);
    again(&c, &a);
    if (!ak_str_eq(ak_buf_view(&a), ak_buf_view(&b))) {
        abort();
    }
    ak_buf_release(&a);
    ak_buf_release(&b);
    ak_buf_release(&c);
}

static void merge(struct ak_profile *p, bool compat)
{
    struct ak_profile *out = NULL;
    struct ak_error err;
    if (ak_merge_pair(p, p, &(struct ak_merge_opts){.compat = compat}, &out, &err) == AK_OK) {
        if (ak_profile_validate(out, &err) != AK_OK) {
            abort();
        }
        ak_profile_free(out);
    }
}

static uint64_t graph_sum(const struct ak_profile *p, const struct ak_stacks *stacks)
{
    struct ak_arena *arena = ak_arena_new();
    const struct ak_graph_opts opts = {.trim = true, .edges = AK_EDGES_INLINED, .stacks = stacks};
    const struct ak_graph *g = ak_graph_build(p, &opts, arena);
    uint64_t sum = g->list_count;
    for (uint32_t i = 0; i < g->node_count; i++) {
        sum = sum * 31 + (uint64_t)g->nodes[i].cum + (uint64_t)g->nodes[i].flat;
    }
    for (uint32_t e = 0; e < g->edge_count; e++) {
        sum = sum * 31 + g->edges[e].from + g->edges[e].to + g->edges[e].inlined;
    }
    ak_arena_free(arena);
    return sum;
}

/* The graph is the same whether stacks are packed or in the profile. */
static void merge_packed(const struct ak_profile *p)
{
    struct ak_profile *out = NULL;
    struct ak_stacks *stacks = NULL;
    struct ak_merge *m = ak_merge_new(&(struct ak_merge_opts){.compat = true, .packed = true});
    struct ak_error err;
    if (ak_merge_add(m, p, &err) == AK_OK && ak_merge_add(m, p, &err) == AK_OK &&
        ak_merge_finish_packed(m, &out, &stacks, &err) == AK_OK) {
        const uint64_t packed = graph_sum(out, stacks);
        ak_stacks_restore_take(stacks, out);
        if (ak_profile_validate(out, &err) != AK_OK || graph_sum(out, NULL) != packed) {
            abort();
        }
        ak_profile_free(out);
    }
    ak_merge_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ak_profile *p = decode((struct ak_str){(const char *)data, size});
    if (!p) {
        return 0;
    }
    round_trip(p);
    merge(p, true);
    merge(p, false);
    merge_packed(p);
    ak_profile_demangle(p, AK_DEMANGLE_DEFAULT, false);
    ak_profile_set_label(p, AK_STR("pprof::base"), AK_STR("true"));
    if (ak_profile_scale(p, -1, NULL) == AK_OK && ak_profile_validate(p, NULL) != AK_OK) {
        abort();
    }
    ak_profile_free(p);
    return 0;
}
