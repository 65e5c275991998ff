/* The steps of building a call graph, for graph*.c. */
#ifndef PROFILE_GRAPH_BUILD_H
#define PROFILE_GRAPH_BUILD_H

#include "base/idmap.h"
#include "profile/graph.h"
#include "stacks_layout.h"

#include <stdlib.h>

struct graph_builder {
    const struct ak_profile *p;
    const struct ak_graph_opts *opts;
    struct ak_arena *arena;
    struct ak_graph *g;
    /* Location l consists of the infos frame_info[frame_start[l] .. frame_start[l + 1]), innermost
     * first. */
    uint32_t *frame_start, *frame_info;
    const uint8_t *kept;           /* per node: edges go over the others; NULL: all are kept */
    struct ak_idmap children;      /* call tree: parent + 1 and info -> node */
    uint64_t cut_nodes, cut_edges; /* values below are low */
    uint32_t *room;                /* for one packed stack */
    bool has_losses;               /* some sample is negative */
};

/* The locations of a sample, leaf first. */
struct graph_stack {
    const uint32_t *ids, *end;
};

/* Valid until the next call. */
static inline struct graph_stack graph_stack_of(const struct graph_builder *b, size_t sample)
{
    if (b->opts->stacks) {
        return (struct graph_stack){
            b->room, b->room + profile_stacks_read(b->opts->stacks, sample, b->room)};
    }
    return (struct graph_stack){b->p->stack_ids + b->p->stack_start[sample],
                                b->p->stack_ids + b->p->stack_start[sample + 1]};
}

/* The weight of sample i and its divisor. False when both are zero: it has no part in a graph. */
static inline bool graph_weight(const struct graph_builder *b, size_t i, int64_t *out_weight,
                                int64_t *out_div)
{
    const int64_t *values = b->p->values + i * b->p->sample_type_count;
    *out_weight = values[b->opts->value];
    *out_div = b->opts->mean ? values[0] : 0;
    return *out_weight != 0 || *out_div != 0;
}

static inline void graph_add(struct ak_graph *g, int64_t *sum, int64_t v)
{
    if (__builtin_add_overflow(*sum, v, sum)) {
        g->overflow = true;
    }
}

static inline bool graph_is_kept(const struct graph_builder *b, uint32_t node)
{
    return !b->kept || b->kept[node];
}

/* infos, frame_start and frame_info. */
void profile_graph_infos(struct graph_builder *b);
/* Nodes with flat and cum: one for each info. */
void profile_graph_nodes(struct graph_builder *b);
/* Nodes and edges of a call tree. */
void profile_graph_tree(struct graph_builder *b);
/* The child of `parent` (AK_NO_INDEX: a root) for an info; AK_NO_INDEX when there is none. */
uint32_t profile_graph_child(const struct graph_builder *b, uint32_t parent, uint32_t info);
/* Edges between kept nodes, in place of what was there. */
void profile_graph_edges(struct graph_builder *b);
/* Sorted adjacency of the edges that are alive; the others are forgotten. */
void profile_graph_link(struct graph_builder *b, const uint8_t *dead);
/* Tags of the wanted nodes. */
void profile_graph_tags(struct graph_builder *b, const uint8_t *wanted);
/* Forgets tags whose values are below the cut. */
void profile_graph_trim_tags(struct graph_builder *b);
/* Sorts the list as the options ask. */
void profile_graph_sort(struct graph_builder *b);
/* Forgets low edges into listed nodes; returns how many. */
uint32_t profile_graph_trim_edges(struct graph_builder *b);
/* Forgets residual edges that another path makes unneeded. */
void profile_graph_drop_redundant(struct graph_builder *b);
/* Call tree: takes listed nodes that are not in `keep` out, children go to the parent. */
void profile_graph_trim_tree(struct graph_builder *b, const uint8_t *keep);

#endif
