#include "graph_build.h"

#include <math.h>

static bool is_negative(const struct ak_node *n)
{
    return n->flat < 0 || (n->flat == 0 && n->cum < 0);
}

/* All nodes that carry something, in the order of their numbers. */
static void list_nodes(struct graph_builder *b)
{
    struct ak_graph *g = b->g;
    g->list = ak_arena_alloc(b->arena, g->node_count * sizeof *g->list);
    for (uint32_t i = 0; i < g->node_count; i++) {
        const struct ak_node *n = &g->nodes[i];
        if ((n->cum || n->flat) && !(b->opts->drop_negative && is_negative(n))) {
            g->list[g->list_count++] = i;
        }
    }
}

/* |part of the sum of flat values|, cut to an integer. */
static uint64_t cut_of(const struct ak_graph *g, double fraction)
{
    uint64_t sum = 0; /* wraps as the reference does */
    for (uint32_t i = 0; i < g->list_count; i++) {
        sum += (uint64_t)g->nodes[g->list[i]].flat;
    }
    const double cut = trunc(fabs((double)(int64_t)sum * fraction));
    return cut >= 0x1p63 ? (uint64_t)1 << 63 : isnan(cut) ? 0 : (uint64_t)cut;
}

/* Leaves only the listed nodes that `keep` marks; edges are to be rebuilt. */
static void restrict_to(struct graph_builder *b, const uint8_t *keep)
{
    struct ak_graph *g = b->g;
    if (b->opts->call_tree) {
        profile_graph_trim_tree(b, keep);
        return;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->list_count; i++) {
        if (keep[g->list[i]]) {
            g->list[n++] = g->list[i];
        }
    }
    g->list_count = n;
    b->kept = keep;
}

static void drop_low_nodes(struct graph_builder *b)
{
    struct ak_graph *g = b->g;
    if (b->cut_nodes == 0) {
        return;
    }
    uint8_t *keep = ak_arena_zalloc(b->arena, (size_t)g->node_count + 1, 1);
    for (uint32_t i = 0; i < g->list_count; i++) {
        if (ak_magnitude(g->nodes[g->list[i]].cum) >= b->cut_nodes) {
            keep[g->list[i]] = 1;
        } else {
            g->dropped_nodes++;
        }
    }
    if (g->dropped_nodes) {
        restrict_to(b, keep);
    }
}

enum { MAX_NODELETS = 4 }; /* tags that are drawn at a node */

static uint32_t shown_tags(const struct ak_graph *g, uint32_t node)
{
    uint32_t n = 0;
    for (uint32_t i = g->tag_start ? g->tag_start[node] : 0;
         g->tag_start && i < g->tag_start[node + 1]; i++) {
        n += g->tags[i].flat != 0;
    }
    return n < MAX_NODELETS ? n : MAX_NODELETS;
}

/* How many of the sorted nodes fit into the limit; when drawing, their tags count too. */
static uint32_t nodes_within_limit(const struct graph_builder *b)
{
    const struct ak_graph *g = b->g;
    const uint64_t limit = (uint64_t)b->opts->node_limit;
    if (b->opts->visual) {
        uint64_t count = 0;
        for (uint32_t i = 0; i < g->list_count; i++) {
            count += shown_tags(g, g->list[i]) + 1;
            if (count >= limit) {
                return i + 1;
            }
        }
    }
    return limit < g->list_count ? (uint32_t)limit : g->list_count;
}

static void rebuild_edges(struct graph_builder *b)
{
    if (!b->opts->call_tree && b->opts->edges != AK_EDGES_NONE) {
        profile_graph_edges(b);
    }
}

static void limit_nodes(struct graph_builder *b)
{
    struct ak_graph *g = b->g;
    const uint32_t n = nodes_within_limit(b);
    if (n == g->list_count) {
        return;
    }
    uint8_t *keep = ak_arena_zalloc(b->arena, (size_t)g->node_count + 1, 1);
    for (uint32_t i = 0; i < n; i++) {
        keep[g->list[i]] = 1;
    }
    restrict_to(b, keep);
    if (b->opts->visual) {
        rebuild_edges(b);
        profile_graph_sort(b);
    }
}

/* Tags of the nodes that can still be chosen: as each counts as one, no more than the limit. */
static void collect_tags(struct graph_builder *b)
{
    const struct ak_graph *g = b->g;
    const uint64_t limit = b->opts->node_limit > 0 ? (uint64_t)b->opts->node_limit : UINT64_MAX;
    if (!b->opts->tags) {
        return;
    }
    uint8_t *wanted = ak_arena_zalloc(b->arena, (size_t)g->node_count + 1, 1);
    for (uint32_t i = 0; i < g->list_count && i < limit; i++) {
        wanted[g->list[i]] = 1;
    }
    profile_graph_tags(b, wanted);
}

static void trim(struct graph_builder *b)
{
    struct ak_graph *g = b->g;
    b->cut_nodes = cut_of(g, b->opts->node_fraction);
    b->cut_edges = cut_of(g, b->opts->edge_fraction);
    drop_low_nodes(b);
    g->node_total = g->list_count;
    if (b->opts->visual) { /* sorting looks at edges */
        rebuild_edges(b);
    }
    profile_graph_sort(b);
    collect_tags(b);
    if (b->opts->node_limit > 0) {
        profile_graph_trim_tags(b);
        if (b->opts->visual) {
            profile_graph_trim_edges(b);
        }
        limit_nodes(b);
    }
    if (!b->opts->visual) { /* one walk for the final choice of nodes is enough */
        rebuild_edges(b);
    }
    profile_graph_trim_tags(b);
    if (b->opts->edges != AK_EDGES_NONE) {
        g->dropped_edges = profile_graph_trim_edges(b);
    }
    if (b->opts->visual) {
        profile_graph_drop_redundant(b);
    }
}

struct ak_graph *ak_graph_build(const struct ak_profile *p, const struct ak_graph_opts *opts,
                                struct ak_arena *arena)
{
    struct ak_graph *g = AK_NEW(arena, struct ak_graph);
    struct graph_builder b = {.p = p, .opts = opts, .arena = arena, .g = g};
    g->arena = arena;
    if (opts->stacks) {
        b.room = ak_arena_alloc(arena, (opts->stacks->depth_max + STACKS_PAD) * sizeof *b.room);
    }
    profile_graph_infos(&b);
    g->frame_start = b.frame_start;
    g->frame_info = b.frame_info;
    if (opts->call_tree) {
        profile_graph_tree(&b);
    } else {
        profile_graph_nodes(&b);
    }
    list_nodes(&b);
    g->node_total = g->list_count;
    if (opts->trim) {
        trim(&b);
    } else {
        rebuild_edges(&b);
    }
    ak_idmap_release(&b.children);
    return g;
}
