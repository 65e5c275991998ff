#include "base/mem.h"
#include "graph_build.h"
#include "graph_sieve.h"

/* An edge while it is summed: half a cache line. */
struct edge_sum {
    uint32_t from, to;
    uint32_t sample; /* + 1, that was counted last */
    bool residual, inlined;
    int64_t weight, weight_div;
};

/* When only marks of inlining are wanted and the edges become very many, as random stacks have
 * them, a walk of its own fills a sieve first: edges that will be trimmed in any case need no sum.
 */
#define SIEVE_EDGES_MIN 100000u

struct step;
struct edge_table {
    struct graph_builder *b;
    struct graph_sieve sieve;
    struct step *steps; /* by location */
    uint8_t *is_many;   /* by location: its frames are to be looked at one by one */
    struct edge_sum *edges;
    uint32_t *slots; /* open addressing: edge + 1, 0: free */
    uint32_t mask, count;
    size_t edges_cap;
    uint8_t *settled;         /* by node, enum settled; NULL: all edges are summed to the end */
    struct graph_sieve inner; /* what passes it may be an edge inside a location */
};

/* A flat report asks only whether a node has heavy edges of either kind. Where no sample is
 * negative, an edge at the cut stays there, and one that was not inlined once stays so: with one
 * such edge into a node, the others matter only if they can be inlined, and those are inside
 * locations. */
enum settled {
    SETTLED_NOT,
    SETTLED,       /* has a heavy edge that is not inlined */
    SETTLED_NEVER, /* is inlined into frames that are not kept: any edge into it may be */
};

static uint32_t home_of(const struct edge_table *t, uint32_t from, uint32_t to)
{
    const uint64_t h = ((uint64_t)from << 32 | to) * 0x9e3779b97f4a7c15ULL;
    return (uint32_t)(h >> 32) & t->mask;
}

static void set_size(struct edge_table *t, uint32_t size)
{
    t->mask = size - 1;
    ak_free(t->slots);
    t->slots = ak_calloc(size, sizeof *t->slots);
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t at = home_of(t, t->edges[i].from, t->edges[i].to);
        while (t->slots[at] != 0) {
            at = (at + 1) & t->mask;
        }
        t->slots[at] = i + 1;
    }
}

static void forget_edges(struct edge_table *t)
{
    t->count = 0;
    set_size(t, 1024);
}

/* The number of an edge, which is made when it is not there. */
static inline uint32_t edge_between(struct edge_table *t, uint32_t from, uint32_t to)
{
    uint32_t at = home_of(t, from, to);
    while (t->slots[at] != 0) {
        const struct edge_sum *e = &t->edges[t->slots[at] - 1];
        if (e->from == from && e->to == to) {
            return t->slots[at] - 1;
        }
        at = (at + 1) & t->mask;
    }
    AK_GROW(t->edges, (size_t)t->count + 1, t->edges_cap);
    t->edges[t->count++] = (struct edge_sum){.from = from, .to = to, .inlined = true};
    t->slots[at] = t->count;
    if (t->count >= t->mask / 2) {
        set_size(t, (t->mask + 1) * 2);
    }
    return t->count - 1;
}

/* What one sample adds to an edge; only its first occurrence in the sample counts. */
struct passage {
    uint32_t sample; /* + 1 */
    int64_t weight, div;
    bool residual, inlined;
};

static inline bool is_heavy(const struct edge_table *t, const struct edge_sum *e)
{
    return ak_magnitude(e->weight) >= t->b->cut_edges;
}

static inline void add_passage(struct edge_table *t, uint32_t edge, const struct passage *by)
{
    struct edge_sum *e = &t->edges[edge];
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
    if (t->settled && !e->inlined && t->settled[e->to] == SETTLED_NOT && is_heavy(t, e)) {
        t->settled[e->to] = SETTLED;
    }
}

static inline bool may_skip(const struct edge_table *t, uint32_t from, uint32_t to)
{
    return t->settled && t->settled[to] == SETTLED && !graph_sieve_may_pass(&t->inner, from, to);
}

static inline void pass(struct edge_table *t, uint32_t from, uint32_t to, const struct passage *by)
{
    add_passage(t, edge_between(t, from, to), by);
}

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

/* How a walk from the root passes a location: an edge leads into `root`, those inside the location
 * lead to `leaf`, which is the next caller. */
struct step {
    uint32_t root; /* AK_NO_INDEX: none of its nodes needs edges */
    uint32_t leaf; /* AK_NO_INDEX: none of its nodes is kept */
};

/* `wanted` marks the nodes whose callers are asked for; NULL: all. */
static struct step step_of(const struct graph_builder *b, uint32_t location, const uint8_t *wanted)
{
    struct step s = {AK_NO_INDEX, AK_NO_INDEX};
    bool is_wanted = false;
    for (uint32_t f = b->frame_start[location + 1]; f-- > b->frame_start[location];) {
        const uint32_t node = b->frame_info[f];
        if (graph_is_kept(b, node)) {
            s.root = s.leaf == AK_NO_INDEX ? node : s.root;
            s.leaf = node;
            is_wanted = is_wanted || !wanted || wanted[node];
        }
    }
    s.root = is_wanted ? s.root : AK_NO_INDEX;
    return s;
}

/* The steps, and which locations are more than their one node. */
static void make_steps(struct edge_table *t)
{
    const struct graph_builder *b = t->b;
    const uint8_t *wanted = b->opts->edges == AK_EDGES_INLINED ? inlined_nodes(b) : NULL;
    const uint32_t n = b->p->location_count;
    t->steps = ak_arena_alloc(b->arena, n * sizeof *t->steps);
    t->is_many = ak_arena_alloc(b->arena, n);
    for (uint32_t l = 0; l < n; l++) {
        const struct step s = step_of(b, l, wanted);
        const bool alone = b->frame_start[l + 1] - b->frame_start[l] == 1;
        t->steps[l] = s;
        t->is_many[l] = wanted ? !alone && s.root != AK_NO_INDEX : !alone || s.root == AK_NO_INDEX;
    }
}

#define SETTLE_EVERY 64u /* samples: asking costs as much as a passage */

/* When nothing inside the location is left to learn, it is passed as one of a single node from now
 * on. */
static void settle_location(struct edge_table *t, uint32_t location)
{
    const struct graph_builder *b = t->b;
    const uint32_t last = b->frame_start[location + 1] - 1;
    uint32_t parent = b->frame_info[last];
    bool settled = graph_is_kept(b, parent);
    for (uint32_t f = last; settled && f-- > b->frame_start[location];) {
        const uint32_t node = b->frame_info[f];
        if (graph_is_kept(b, node)) {
            settled = parent == node || is_heavy(t, &t->edges[edge_between(t, parent, node)]);
            parent = node;
        }
    }
    t->is_many[location] = !settled;
}

/* Lines that are inlined: not fewer than the edges inside locations. */
static size_t inner_count(const struct graph_builder *b)
{
    return b->frame_start[b->p->location_count] - b->p->location_count;
}

/* Lets the edges inside locations through a sieve, whatever they weigh. */
static void add_inner_edges(const struct graph_builder *b, const struct graph_sieve *sieve)
{
    for (uint32_t l = 0; l < b->p->location_count; l++) {
        uint32_t parent = AK_NO_INDEX;
        for (uint32_t f = b->frame_start[l + 1]; f-- > b->frame_start[l];) {
            const uint32_t node = b->frame_info[f];
            if (graph_is_kept(b, node)) {
                if (parent != AK_NO_INDEX) {
                    graph_sieve_add(sieve, parent, node, sieve->full);
                }
                parent = node;
            }
        }
    }
}

static void prepare_settling(struct edge_table *t)
{
    const struct graph_builder *b = t->b;
    t->settled = ak_arena_zalloc(b->arena, (size_t)b->g->node_count + 1, 1);
    for (uint32_t l = 0; l < b->p->location_count; l++) {
        const uint32_t root = t->steps[l].root;
        const uint32_t last = b->frame_info[b->frame_start[l + 1] - 1];
        if (root != AK_NO_INDEX && !graph_is_kept(b, last)) {
            t->settled[root] = SETTLED_NEVER;
        }
    }
    profile_graph_sieve_init(&t->inner, 1, 0, inner_count(b));
    add_inner_edges(b, &t->inner);
    profile_graph_sieve_seal(&t->inner);
}

/* Passes the frames of a location below `parent`; returns the parent of the next one. */
static uint32_t walk_frames(struct edge_table *t, uint32_t location, uint32_t parent,
                            struct passage *by)
{
    const struct graph_builder *b = t->b;
    const uint32_t last = b->frame_start[location + 1] - 1;
    for (uint32_t f = last + 1; f-- > b->frame_start[location];) {
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
    if (t->settled && by->sample % SETTLE_EVERY == 0) {
        settle_location(t, location);
    }
    return parent;
}

static void walk_sample(struct edge_table *t, struct passage *by)
{
    const struct graph_stack stack = graph_stack_of(t->b, by->sample - 1);
    uint32_t parent = AK_NO_INDEX;
    by->residual = false;
    for (const uint32_t *at = stack.end; at > stack.ids;) {
        const uint32_t l = *--at;
        const struct step s = t->steps[l];
        if (t->is_many[l]) {
            parent = walk_frames(t, l, parent, by);
            continue;
        }
        if (s.root != AK_NO_INDEX && parent != AK_NO_INDEX && parent != s.root &&
            !may_skip(t, parent, s.root)) {
            by->inlined = false;
            pass(t, parent, s.root, by);
        }
        by->residual = false;
        parent = s.leaf == AK_NO_INDEX ? parent : s.leaf;
    }
}

/* False when it stopped since there are more than `most` edges. */
static bool walk_all(struct edge_table *t, uint32_t most)
{
    for (size_t i = 0; i < t->b->p->sample_count; i++) {
        struct passage by = {.sample = (uint32_t)i + 1};
        if (graph_weight(t->b, i, &by.weight, &by.div)) {
            walk_sample(t, &by);
        }
        if (t->count > most) {
            return false;
        }
    }
    return true;
}

/* --- the sieve -------------------------------------------------------------------------------- */

/* Above the first location of a stack. An edge from there, like one from a node to itself, is
 * counted and found as any other, and dropped where few are left: asking each step would cost more.
 */
#define NO_CALLER (AK_NO_INDEX - 1)

/* Counts the edges between the locations of a stack. */
static void count_stack(struct graph_sieve *sieve, const struct step *steps,
                        struct graph_stack stack, uint32_t units)
{
    const struct graph_sieve s = *sieve;
    uint32_t parent = NO_CALLER;
    for (const uint32_t *at = stack.end; at > stack.ids;) {
        const struct step step = steps[*--at];
        if (step.root != AK_NO_INDEX) {
            graph_sieve_add(&s, parent, step.root, units);
            parent = step.leaf;
        } else {
            parent = step.leaf == AK_NO_INDEX ? parent : step.leaf;
        }
    }
}

/* Edges inside locations, which are no more than lines, pass in any case. Returns the edge into
 * each frame from the one above it in its location; AK_NO_INDEX: there is none. */
static uint32_t *make_inner_edges(struct edge_table *t)
{
    const struct graph_builder *b = t->b;
    const uint32_t n = b->p->location_count;
    uint32_t *inner = ak_arena_alloc(b->arena, b->frame_start[n] * sizeof *inner);
    for (uint32_t l = 0; l < n; l++) {
        uint32_t parent = AK_NO_INDEX;
        for (uint32_t f = b->frame_start[l + 1]; f-- > b->frame_start[l];) {
            const uint32_t node = b->frame_info[f];
            inner[f] = AK_NO_INDEX;
            if (!graph_is_kept(b, node)) {
                continue;
            }
            if (parent != AK_NO_INDEX && parent != node) {
                inner[f] = edge_between(t, parent, node);
            }
            parent = node;
        }
    }
    return inner;
}

/* Each frame of a sample passes one edge: but for recursion, cum is what they add up to. */
static double load_of(const struct ak_graph *g)
{
    double load = 0;
    for (uint32_t i = 0; i < g->node_count; i++) {
        load += (double)ak_magnitude(g->nodes[i].cum);
    }
    return load;
}

static void fill_sieve(struct edge_table *t)
{
    const struct graph_builder *b = t->b;
    for (size_t i = 0; i < b->p->sample_count; i++) {
        int64_t weight, div;
        if (graph_weight(b, i, &weight, &div)) {
            count_stack(&t->sieve, t->steps, graph_stack_of(b, i),
                        graph_sieve_units(&t->sieve, ak_magnitude(weight)));
        }
    }
    profile_graph_sieve_seal(&t->sieve);
}

/* An edge of a stack that the sieve lets through. */
struct hit {
    uint32_t parent; /* AK_NO_INDEX: the edges inside the location */
    uint32_t location;
};

/* Which of a stack's edges go into slots, from the root on; `out` has room for two a location. Few
 * do, and where they stand is as good as random: they are written without a branch. */
static size_t sift_stack(const struct edge_table *t, struct graph_stack stack, struct hit *out)
{
    const struct graph_sieve sieve = t->sieve;
    const struct step *const steps = t->steps;
    const uint8_t *const is_many = t->is_many;
    uint32_t parent = NO_CALLER;
    size_t n = 0;
    for (const uint32_t *at = stack.end; at > stack.ids;) {
        const uint32_t l = *--at;
        const struct step s = steps[l];
        if (s.root == AK_NO_INDEX) {
            parent = s.leaf == AK_NO_INDEX ? parent : s.leaf;
            continue;
        }
        out[n] = (struct hit){parent, l};
        n += graph_sieve_may_pass(&sieve, parent, s.root);
        out[n] = (struct hit){AK_NO_INDEX, l};
        n += is_many[l];
        parent = s.leaf;
    }
    return n;
}

static void pass_hit(struct edge_table *t, const struct hit *h, const uint32_t *inner,
                     struct passage *by)
{
    const struct graph_builder *b = t->b;
    const uint32_t first = b->frame_start[h->location], end = b->frame_start[h->location + 1];
    if (h->parent != AK_NO_INDEX) {
        const uint32_t root = t->steps[h->location].root;
        by->inlined = end - first > 1 && !graph_is_kept(b, b->frame_info[end - 1]);
        if (h->parent != NO_CALLER && h->parent != root) {
            pass(t, h->parent, root, by);
        }
        return;
    }
    by->inlined = true;
    bool settled = t->settled != NULL;
    for (uint32_t f = end; f-- > first;) {
        if (inner[f] != AK_NO_INDEX) {
            add_passage(t, inner[f], by);
            settled = settled && is_heavy(t, &t->edges[inner[f]]);
        }
    }
    t->is_many[h->location] = !settled;
}

static void walk_sieved(struct edge_table *t)
{
    const struct graph_builder *b = t->b;
    profile_graph_sieve_init(&t->sieve, b->cut_edges, load_of(b->g), inner_count(b));
    add_inner_edges(b, &t->sieve);
    const uint32_t *inner = make_inner_edges(t);
    fill_sieve(t);
    struct hit *hits = NULL;
    size_t cap = 0;
    for (size_t i = 0; i < b->p->sample_count; i++) {
        struct passage by = {.sample = (uint32_t)i + 1};
        if (graph_weight(b, i, &by.weight, &by.div)) {
            const struct graph_stack stack = graph_stack_of(b, i);
            AK_GROW(hits, 2 * (size_t)(stack.end - stack.ids) + 1, cap);
            const size_t n = sift_stack(t, stack, hits);
            for (size_t k = 0; k < n; k++) {
                pass_hit(t, &hits[k], inner, &by);
            }
        }
    }
    ak_free(hits);
    profile_graph_sieve_release(&t->sieve);
}

static void export_edges(const struct edge_table *t)
{
    struct ak_graph *g = t->b->g;
    g->edges = ak_arena_alloc(t->b->arena, t->count * sizeof *g->edges);
    g->edge_count = t->count;
    for (uint32_t i = 0; i < t->count; i++) {
        const struct edge_sum *s = &t->edges[i];
        g->edges[i] = (struct ak_edge){.from = s->from,
                                       .to = s->to,
                                       .weight = s->weight,
                                       .weight_div = s->weight_div,
                                       .residual = s->residual,
                                       .inlined = s->inlined};
    }
}

void profile_graph_edges(struct graph_builder *b)
{
    struct edge_table t = {.b = b};
    const bool is_flat = b->opts->edges == AK_EDGES_INLINED;
    make_steps(&t);
    forget_edges(&t);
    if (is_flat && !b->has_losses && !b->g->overflow) {
        prepare_settling(&t);
    }
    if (!walk_all(&t, is_flat && b->cut_edges > 0 ? SIEVE_EDGES_MIN : UINT32_MAX)) {
        forget_edges(&t);
        make_steps(&t); /* what was settled is so no more */
        walk_sieved(&t);
    }
    export_edges(&t);
    profile_graph_sieve_release(&t.inner);
    ak_free(t.edges);
    ak_free(t.slots);
    profile_graph_link(b, NULL);
}
