/* The call graph of a profile: nodes with flat and cumulative values, weighted edges, tags; trimmed
 * to what matters. The method and its order of steps are google/pprof's (internal/graph,
 * internal/report), so that the numbers agree.
 *
 * Words: `flat` is the value of samples whose leaf is the node, `cum` of samples that contain it,
 * counted once each. An edge is `residual` when it leaps over nodes that were left out, `inlined`
 * when all its calls were. */
#ifndef PROFILE_GRAPH_H
#define PROFILE_GRAPH_H

#include "profile/profile.h"
#include "profile/stacks.h"

/* What a node stands for. Fields that the granularity erased are empty. */
struct ak_node_info {
    struct ak_str name, file, object; /* function, source file, binary */
    uint64_t address;
    int64_t line, column, start_line;
};

struct ak_node {
    uint32_t info;   /* index */
    uint32_t parent; /* in a call tree, else AK_NO_INDEX */
    int64_t flat, cum;
    int64_t flat_div, cum_div; /* sums of the divisor, 0 without a mean */
};

struct ak_edge {
    uint32_t from, to; /* nodes */
    int64_t weight, weight_div;
    bool residual, inlined;
};

/* A value of a label at a node: text ("key:value", several joined by "\n" as two characters) or a
 * number. Numeric tags belong to the text tag `group` of their samples. */
struct ak_tag {
    struct ak_str name;
    struct ak_str unit; /* "" for text */
    struct ak_str group;
    int64_t value;
    bool is_text;
    int64_t flat, cum, flat_div, cum_div;
};

struct ak_graph {
    struct ak_arena *arena;
    struct ak_node_info *infos;
    uint32_t info_count;
    struct ak_node *nodes;
    uint32_t node_count;
    uint32_t *list; /* the nodes of the report, sorted; others may still be ends of edges */
    uint32_t list_count;
    struct ak_edge *edges;
    uint32_t edge_count;
    uint32_t *out_start, *out_edges; /* node -> its edges, sorted; node_count + 1 starts */
    uint32_t *in_start, *in_edges;
    struct ak_tag *tags; /* sorted by node */
    uint32_t *tag_start; /* node_count + 1; NULL without tags */
    /* Location l consists of the infos frame_info[frame_start[l] .. frame_start[l + 1]), innermost
     * first. */
    uint32_t *frame_start, *frame_info;
    uint32_t node_total;    /* nodes after the cut by value, before the cut by count */
    uint32_t dropped_nodes; /* by value */
    uint32_t dropped_edges;
    bool overflow; /* some sum left 64 bits and was wrapped */
};

enum ak_graph_edges {
    AK_EDGES_NONE,
    AK_EDGES_INLINED, /* only into nodes that occur inlined: tells the "(inline)" of a flat list */
    AK_EDGES_ALL,
};

struct ak_graph_opts {
    uint32_t value;     /* sample type */
    bool mean;          /* divide by sample type 0 */
    bool call_tree;     /* a node for each path */
    bool object_names;  /* nodes of different binaries stay apart */
    bool drop_negative; /* leave out nodes below zero */
    bool compat; /* nameless nodes keep binary and start line apart even when a file tells them */
    bool cum_sort;
    bool visual; /* for drawing: sort by entropy, count tags as nodes, drop redundant edges */
    bool trim;   /* apply the three cuts below */
    enum ak_graph_edges edges;
    struct ak_str trim_path, source_path; /* as ak_path_trim */
    double node_fraction, edge_fraction;
    int64_t node_limit; /* 0: none */
    bool tags;          /* collect tags; numeric ones of the key "bytes" in this unit */
    struct ak_str bytes_unit, tag_unit; /* tag_unit: unit to show them in */
    /* The stacks of the samples when the profile does not hold them; not for call trees and tags.
     * NULL: it does. */
    const struct ak_stacks *stacks;
};

/* In arena. O(frames + edges log edges). */
struct ak_graph *ak_graph_build(const struct ak_profile *p, const struct ak_graph_opts *opts,
                                struct ak_arena *arena);

/* Values with the mean's division done. */
static inline int64_t ak_mean(int64_t sum, int64_t div)
{
    return div == 0 ? sum : div == -1 ? (int64_t)(0 - (uint64_t)sum) : sum / div;
}
static inline int64_t ak_node_flat(const struct ak_node *n)
{
    return ak_mean(n->flat, n->flat_div);
}
static inline int64_t ak_node_cum(const struct ak_node *n)
{
    return ak_mean(n->cum, n->cum_div);
}

/* "addr name file:line:column", what there is of it; "[binary]" or "<unknown>" when there is
 * nothing. `sep` stands between the parts. */
void ak_node_name(struct ak_buf *out, const struct ak_node_info *info, const char *sep);
/* The name of a node with blanks between, in the graph's arena. */
struct ak_str ak_graph_node_name(const struct ak_graph *g, uint32_t node);

/* What line `line` of a location stands for (a location without lines has a line 0 that only gives
 * the address); texts borrowed or in arena. */
struct ak_node_info ak_frame_info(const struct ak_profile *p, uint32_t location, uint32_t line,
                                  struct ak_arena *arena);

/* |a| as unsigned, so that the smallest integer has one too. */
static inline uint64_t ak_magnitude(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

#endif
