#include "base/mem.h"
#include "graph_build.h"

/* An edge while it is summed, lying in the table where its ends hash to: one cache line for each
 * step of a stack. */
struct slot {
    uint32_t from, to; /* from AK_NO_INDEX: free */
    uint32_t sample;   /* + 1, that was counted last */
    bool residual, inlined;
    int64_t weight, weight_div;
};

/* When only marks of inlining are wanted and the edges become very many, as random stacks have them, a
 * walk of its own sums magnitudes by hash: an edge whose sum, with all that share its place, is below
 * the cut will be trimmed in any case, and needs no slot. */
#define SIEVE_BITS 20
#define SIEVE_EDGES_MIN 100000u

struct edge_table {
    uint64_t *sieve; /* 1 << SIEVE_BITS sums; NULL: every edge has a slot */
    bool sieving;    /* the first walk */
    struct graph_builder *b;
    const uint32_t *single; /* location -> its kept node when it has no other; AK_NO_INDEX */
    struct slot *slots;     /* open addressing */
    uint32_t mask, count;
};

static uint32_t home_of(const struct edge_table *t, uint32_t from, uint32_t to)
{
    const uint64_t h = ((uint64_t)from << 32 | to) * 0x9e3779b97f4a7c15ULL;
    return (uint32_t)(h >> 32) & t->mask;
}

static void set_size(struct edge_table *t, uint32_t size)
{
    const struct edge_table old = *t;
    t->mask = size - 1;
    t->slots = ak_reallocarray(NULL, size, sizeof *t->slots);
    for (uint32_t i = 0; i < size; i++) {
        t->slots[i].from = AK_NO_INDEX;
    }
    for (uint32_t i = 0; old.slots && i <= old.mask; i++) {
        if (old.slots[i].from != AK_NO_INDEX) {
            uint32_t at = home_of(t, old.slots[i].from, old.slots[i].to);
            while (t->slots[at].from != AK_NO_INDEX) {
                at = (at + 1) & t->mask;
            }
            t->slots[at] = old.slots[i];
        }
    }
    ak_free(old.slots);
}

/* The edge, made when it is not there. Valid until the next call. */
static inline struct slot *edge_between(struct edge_table *t, uint32_t from, uint32_t to)
{
    for (;;) {
        uint32_t at = home_of(t, from, to);
        while (t->slots[at].from != AK_NO_INDEX) {
            if (t->slots[at].from == from && t->slots[at].to == to) {
                return &t->slots[at];
            }
            at = (at + 1) & t->mask;
        }
        if (t->count < t->mask / 2) {
            t->count++;
            t->slots[at] = (struct slot){.from = from, .to = to, .inlined = true};
            return &t->slots[at];
        }
        set_size(t, (t->mask + 1) * 2);
    }
}

/* What one sample adds to an edge; only its first occurrence in the sample counts. */
struct passage {
    uint32_t sample; /* + 1 */
    int64_t weight, div;
    bool residual, inlined;
};

/* False when the edge needs no slot. */
static inline bool sift(struct edge_table *t, uint32_t from, uint32_t to, int64_t weight)
{
    const uint64_t h = ((uint64_t)from << 32 | to) * 0x9e3779b97f4a7c15ULL;
    uint64_t *sum = &t->sieve[h >> (64 - SIEVE_BITS)];
    if (!t->sieving) {
        return *sum >= t->b->cut_edges;
    }
    if (__builtin_add_overflow(*sum, ak_magnitude(weight), sum)) {
        *sum = UINT64_MAX;
    }
    return false;
}

static inline void pass(struct edge_table *t, uint32_t from, uint32_t to, const struct passage *by)
{
    if (t->sieve && !sift(t, from, to, by->weight)) {
        return;
    }
    struct slot *e = edge_between(t, from, to);
    if (e->sample == by->sample) {
        return;
    }
    e->sample = by->sample;
    e->residual |= by->residual;
    e->inlined &= by->inlined;
    graph_add(t->b->g, &e->weight, by->weight);
    if (by->div) {
        graph_add(t->b->g, &e->weight_div, by->div);
    }
}

/* With AK_EDGES_INLINED most locations only hand on the caller: kept_leaf[l] is the kept node of
 * location l that is nearest to the leaf, is_dull[l] says that none of its nodes needs edges. */
struct shortcut {
    uint32_t *kept_leaf;
    uint8_t *is_dull;
};

/* Nodes that occur as an inlined call somewhere. */
static uint8_t *inlined_nodes(const struct graph_builder *b)
{
    uint8_t *inlined = ak_arena_zalloc(b->arena, (size_t)b->g->node_count + 1, 1);
    for (uint32_t l = 0; l < b->p->location_count; l++) {
        for (uint32_t f = b->frame_start[l]; f + 1 < b->frame_start[l + 1]; f++) {
            inlined[b->frame_info[f]] = 1;
        }
    }
    return inlined;
}

static struct shortcut shortcut_for(const struct graph_builder *b)
{
    const uint8_t *inlined = inlined_nodes(b);
    const size_t n = b->p->location_count;
    struct shortcut s = {ak_arena_alloc(b->arena, n * sizeof *s.kept_leaf),
                         ak_arena_alloc(b->arena, n)};
    for (uint32_t l = 0; l < n; l++) {
        s.kept_leaf[l] = AK_NO_INDEX;
        s.is_dull[l] = 1;
        for (uint32_t f = b->frame_start[l + 1]; f-- > b->frame_start[l];) {
            const uint32_t node = b->frame_info[f];
            if (graph_is_kept(b, node)) {
                s.kept_leaf[l] = node;
                s.is_dull[l] = s.is_dull[l] && !inlined[node];
            }
        }
    }
    return s;
}

static uint32_t *single_nodes(const struct graph_builder *b)
{
    const uint32_t n = b->p->location_count;
    uint32_t *single = ak_arena_alloc(b->arena, n * sizeof *single);
    for (uint32_t l = 0; l < n; l++) {
        const uint32_t node = b->frame_info[b->frame_start[l]];
        const bool alone = b->frame_start[l + 1] - b->frame_start[l] == 1;
        single[l] = alone && graph_is_kept(b, node) ? node : AK_NO_INDEX;
    }
    return single;
}

static void walk_sample(struct edge_table *t, struct passage *by, const struct shortcut *skip)
{
    const struct graph_builder *b = t->b;
    const uint32_t *from = b->p->stack_ids + b->p->stack_start[by->sample - 1];
    const uint32_t *at = b->p->stack_ids + b->p->stack_start[by->sample];
    uint32_t parent = AK_NO_INDEX;
    by->residual = false;
    while (at > from) {
        const uint32_t l = *--at;
        if (skip && skip->is_dull[l]) {
            parent = skip->kept_leaf[l] == AK_NO_INDEX ? parent : skip->kept_leaf[l];
            continue;
        }
        const uint32_t single = t->single[l];
        if (single != AK_NO_INDEX) {
            if (parent != AK_NO_INDEX && parent != single) {
                by->inlined = false;
                pass(t, parent, single, by);
            }
            parent = single;
            by->residual = false;
            continue;
        }
        const uint32_t last = b->frame_start[l + 1] - 1;
        for (uint32_t f = last + 1; f-- > b->frame_start[l];) {
            const uint32_t node = b->frame_info[f];
            if (!graph_is_kept(b, node)) {
                by->residual = true;
                continue;
            }
            if (parent != AK_NO_INDEX && parent != node) {
                by->inlined = f != last;
                pass(t, parent, node, by);
            }
            parent = node;
            by->residual = false;
        }
    }
}

static void export_edges(struct edge_table *t)
{
    struct ak_graph *g = t->b->g;
    g->edges = ak_arena_alloc(t->b->arena, t->count * sizeof *g->edges);
    g->edge_count = 0;
    for (uint32_t i = 0; i <= t->mask; i++) {
        const struct slot *s = &t->slots[i];
        if (s->from != AK_NO_INDEX) {
            g->edges[g->edge_count++] = (struct ak_edge){.from = s->from,
                                                         .to = s->to,
                                                         .weight = s->weight,
                                                         .weight_div = s->weight_div,
                                                         .residual = s->residual,
                                                         .inlined = s->inlined};
        }
    }
}

/* False when it stopped since there are more than `most` edges. */
static bool walk_all(struct edge_table *t, const struct shortcut *skip, uint32_t most)
{
    for (size_t i = 0; i < t->b->p->sample_count; i++) {
        struct passage by = {.sample = (uint32_t)i + 1};
        if (graph_weight(t->b, i, &by.weight, &by.div)) {
            walk_sample(t, &by, skip);
        }
        if (t->count > most) {
            return false;
        }
    }
    return true;
}

/* Begins again with a sieve. */
static void walk_sieved(struct edge_table *t, const struct shortcut *skip)
{
    ak_free(t->slots);
    t->slots = NULL;
    t->count = 0;
    set_size(t, 1024);
    t->sieve = ak_calloc((size_t)1 << SIEVE_BITS, sizeof *t->sieve);
    t->sieving = true;
    walk_all(t, skip, UINT32_MAX);
    t->sieving = false;
    walk_all(t, skip, UINT32_MAX);
    ak_free(t->sieve);
}

void profile_graph_edges(struct graph_builder *b)
{
    struct edge_table t = {.b = b};
    const bool only_inlined = b->opts->edges == AK_EDGES_INLINED;
    struct shortcut s = {0};
    if (only_inlined) {
        s = shortcut_for(b);
    }
    t.single = single_nodes(b);
    set_size(&t, 1024);
    const bool may_sieve = only_inlined && b->cut_edges > 0;
    if (!walk_all(&t, only_inlined ? &s : NULL, may_sieve ? SIEVE_EDGES_MIN : UINT32_MAX)) {
        walk_sieved(&t, &s);
    }
    export_edges(&t);
    ak_free(t.slots);
    profile_graph_link(b, NULL);
}

/* --- adjacency ------------------------------------------------------------------------------ */

/* Edge e with the names of its ends, for sorting. */
struct sort_edge {
    uint32_t edge;
    int64_t weight;
    struct ak_str from, to;
    uint32_t from_info, to_info;
};

/* Heavy first, then by the names of both ends. */
static int by_weight_and_names(const void *a, const void *b)
{
    const struct sort_edge *x = a, *y = b;
    const uint64_t wx = ak_magnitude(x->weight), wy = ak_magnitude(y->weight);
    if (wx != wy) {
        return wx > wy ? -1 : 1;
    }
    int c = ak_str_cmp(x->from, y->from);
    c = c ? c : ak_str_cmp(x->to, y->to);
    c = c ? c : (x->weight < y->weight) - (x->weight > y->weight);
    c = c ? c : (x->from_info > y->from_info) - (x->from_info < y->from_info);
    c = c ? c : (x->to_info > y->to_info) - (x->to_info < y->to_info);
    return c ? c : (x->edge > y->edge) - (x->edge < y->edge);
}

/* Fills start (node_count + 1) and items from the sorted edges, by the end that `by_to` names. */
static void index_edges(const struct ak_graph *g, bool by_to, uint32_t *start, uint32_t *items)
{
    for (uint32_t n = 0; n <= g->node_count; n++) {
        start[n] = 0;
    }
    for (uint32_t e = 0; e < g->edge_count; e++) {
        start[by_to ? g->edges[e].to : g->edges[e].from]++;
    }
    uint32_t sum = 0;
    for (uint32_t n = 0; n <= g->node_count; n++) {
        const uint32_t count = start[n];
        start[n] = sum;
        sum += count;
    }
    for (uint32_t e = 0; e < g->edge_count; e++) {
        items[start[by_to ? g->edges[e].to : g->edges[e].from]++] = e;
    }
    for (uint32_t n = g->node_count; n > 0; n--) {
        start[n] = start[n - 1];
    }
    start[0] = 0;
}

/* Sorts the edges themselves, so that every adjacency list is sorted too. */
static void sort_edges(struct graph_builder *b)
{
    struct ak_graph *g = b->g;
    struct sort_edge *sorted = ak_reallocarray(NULL, (size_t)g->edge_count + 1, sizeof *sorted);
    struct ak_str *names = ak_calloc((size_t)g->node_count + 1, sizeof *names);
    for (uint32_t e = 0; e < g->edge_count; e++) {
        const uint32_t ends[2] = {g->edges[e].from, g->edges[e].to};
        for (int k = 0; k < 2; k++) {
            if (!names[ends[k]].ptr) {
                names[ends[k]] = ak_graph_node_name(g, ends[k]);
            }
        }
        sorted[e] = (struct sort_edge){e,
                                       g->edges[e].weight,
                                       names[ends[0]],
                                       names[ends[1]],
                                       g->nodes[ends[0]].info,
                                       g->nodes[ends[1]].info};
    }
    qsort(sorted, g->edge_count, sizeof *sorted, by_weight_and_names);
    struct ak_edge *edges = ak_arena_alloc(b->arena, g->edge_count * sizeof *edges);
    for (uint32_t e = 0; e < g->edge_count; e++) {
        edges[e] = g->edges[sorted[e].edge];
    }
    g->edges = edges;
    ak_free(names);
    ak_free(sorted);
}

void profile_graph_link(struct graph_builder *b, const uint8_t *dead)
{
    struct ak_graph *g = b->g;
    if (dead) {
        uint32_t n = 0;
        for (uint32_t e = 0; e < g->edge_count; e++) {
            if (!dead[e]) {
                g->edges[n++] = g->edges[e];
            }
        }
        g->edge_count = n;
    } else {
        sort_edges(b);
    }
    if (!g->out_start) {
        g->out_start = ak_arena_alloc(b->arena, ((size_t)g->node_count + 1) * sizeof(uint32_t));
        g->in_start = ak_arena_alloc(b->arena, ((size_t)g->node_count + 1) * sizeof(uint32_t));
    }
    if (!dead) {
        g->out_edges = ak_arena_alloc(b->arena, g->edge_count * sizeof(uint32_t));
        g->in_edges = ak_arena_alloc(b->arena, g->edge_count * sizeof(uint32_t));
    }
    index_edges(g, false, g->out_start, g->out_edges);
    index_edges(g, true, g->in_start, g->in_edges);
}
