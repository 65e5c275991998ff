#include "base/mem.h"
#include "graph_build.h"

#include <math.h>
#include <stdio.h>

/* log2 with a result that is exact for powers of two. */
static double log2_of(double x)
{
    int exp;
    if (x == 0.0) {
        return -(double)INFINITY;
    }
    const double frac = frexp(x, &exp);
    return frac == 0.5 ? exp - 1 : log(frac) * (1 / M_LN2) + exp;
}

/* The edges of a node at one side of it. */
struct side {
    const uint32_t *edges;
    uint32_t count;
};

/* compat: an edge of weight 0 makes the score not a number, as in the reference. */
static double edge_entropy(const struct ak_graph *g, struct side side, int64_t self, bool compat)
{
    uint64_t sum = (uint64_t)self;
    for (uint32_t i = 0; i < side.count; i++) {
        const int64_t w = g->edges[side.edges[i]].weight;
        sum += w > 0 ? (uint64_t)w : 0;
    }
    const double total = (double)(int64_t)sum;
    if (sum == 0) {
        return 0.0;
    }
    double score = 0.0;
    for (uint32_t i = 0; i < side.count; i++) {
        const double frac = (double)ak_magnitude(g->edges[side.edges[i]].weight) / total;
        score += frac != 0.0 || compat ? -frac * log2_of(frac) : 0.0;
    }
    if (self > 0) {
        const double frac = (double)self / total;
        score += -frac * log2_of(frac);
    }
    return score;
}

static int64_t to_i64(double v)
{
    return v >= 0x1p63 || v < -0x1p63 || isnan(v) ? INT64_MIN : (int64_t)v;
}

/* How much a node tells: nodes that merely hand on what comes in score low. */
static int64_t entropy_score(const struct ak_graph *g, uint32_t node, bool compat)
{
    const struct ak_node *n = &g->nodes[node];
    const struct side in = {g->in_edges + g->in_start[node],
                            g->in_start[node + 1] - g->in_start[node]};
    const struct side out = {g->out_edges + g->out_start[node],
                             g->out_start[node + 1] - g->out_start[node]};
    double score = 0.0;
    score += in.count ? edge_entropy(g, in, 0, compat) : 1.0;
    score += out.count ? edge_entropy(g, out, n->flat, compat) : 1.0;
    return (int64_t)((uint64_t)to_i64(score * (double)n->cum) + (uint64_t)n->flat);
}

/* |v|, but the smallest integer stays as it is: so the reference sorts. */
static int64_t sort_magnitude(int64_t v)
{
    return (int64_t)ak_magnitude(v);
}

struct sort_node {
    uint32_t node;
    int64_t score, second; /* larger first */
    struct ak_str name;
    const struct ak_node_info *info;
};

static int compare_number_texts(uint64_t a, uint64_t b, bool is_signed)
{
    char x[24], y[24];
    snprintf(x, sizeof x, is_signed ? "%lld" : "%llu", (long long)a);
    snprintf(y, sizeof y, is_signed ? "%lld" : "%llu", (long long)b);
    return strcmp(x, y);
}

/* The last resort, as pprof's: all fields in order, numbers as decimal texts. */
static int compare_infos(const struct ak_node_info *x, const struct ak_node_info *y)
{
    int c = ak_str_cmp(x->name, y->name);
    c = c ? c : compare_number_texts(x->address, y->address, false);
    c = c ? c : ak_str_cmp(x->file, y->file);
    c = c ? c : compare_number_texts((uint64_t)x->start_line, (uint64_t)y->start_line, true);
    c = c ? c : compare_number_texts((uint64_t)x->line, (uint64_t)y->line, true);
    c = c ? c : compare_number_texts((uint64_t)x->column, (uint64_t)y->column, true);
    return c ? c : ak_str_cmp(x->object, y->object);
}

static int by_score_and_name(const void *a, const void *b)
{
    const struct sort_node *x = a, *y = b;
    if (x->score != y->score) {
        return x->score > y->score ? -1 : 1;
    }
    int c = ak_str_cmp(x->name, y->name);
    if (c == 0 && x->second != y->second) {
        c = x->second > y->second ? -1 : 1;
    }
    c = c ? c : compare_infos(x->info, y->info);
    return c ? c : (x->node > y->node) - (x->node < y->node);
}

void profile_graph_sort(struct graph_builder *b)
{
    struct ak_graph *g = b->g;
    struct sort_node *sorted = ak_reallocarray(NULL, (size_t)g->list_count + 1, sizeof *sorted);
    for (uint32_t i = 0; i < g->list_count; i++) {
        const uint32_t node = g->list[i];
        const struct ak_node *n = &g->nodes[node];
        const int64_t score = b->opts->visual     ? entropy_score(g, node, b->opts->compat)
                              : b->opts->cum_sort ? n->cum
                                                  : n->flat;
        const bool by_flat = !b->opts->visual && !b->opts->cum_sort;
        sorted[i] = (struct sort_node){.node = node,
                                       .score = sort_magnitude(score),
                                       .second = sort_magnitude(by_flat ? n->cum : n->flat),
                                       .name = ak_graph_node_name(g, node),
                                       .info = &g->infos[n->info]};
    }
    qsort(sorted, g->list_count, sizeof *sorted, by_score_and_name);
    for (uint32_t i = 0; i < g->list_count; i++) {
        g->list[i] = sorted[i].node;
    }
    ak_free(sorted);
}
