/* Orders within ranks: many short starts of median and barycentre sweeps with transposition; the
 * best order found is polished by sifting single vertexes and by putting whole edges back where
 * they cross least (reinsert.c). All stop by counted work. */
#include "layout/graph.h"
#include "layout/reinsert.h"

#include <stdlib.h>

#define STARTS_MAX 8u
#define SWEEPS 8u
#define TRANSPOSE_ROUNDS 4u
#define SIFT_RANK_MAX 400u

struct keyed {
    double key;
    uint32_t vertex, pos;
};

struct ordering {
    struct layout_graph *g;
    struct keyed *keyed; /* room for the largest rank */
    uint32_t *slots;
    uint32_t *tree;
    uint32_t *medians;
    uint32_t *best; /* pos of each vertex in the best order */
    bool *dirty;    /* ranks whose pairs may gain by exchange */
    bool *stale;    /* ranks that changed since whole edges were last moved */
    uint8_t *seen;
    uint32_t *queue;
    uint32_t *visit; /* all vertexes, in the order in which a start looks at them */
    uint64_t seed;
};

struct side {
    const uint32_t *start, *list;
};

static struct side side_up(const struct layout_graph *g)
{
    return (struct side){g->up_start, g->up};
}

static struct side side_down(const struct layout_graph *g)
{
    return (struct side){g->down_start, g->down};
}

uint64_t reporter_layout_crossings(const struct layout_graph *g, uint32_t rank, uint32_t *tree)
{
    const struct layout_rank *above = &g->ranks[rank];
    const uint32_t width = g->ranks[rank + 1].count;
    memset(tree, 0, ((size_t)width + 1) * sizeof *tree);
    uint64_t crossings = 0;
    uint32_t inserted = 0;
    for (uint32_t i = 0; i < above->count; i++) {
        const uint32_t vertex = above->order[i];
        const uint32_t from = g->down_start[vertex];
        const uint32_t to = g->down_start[vertex + 1];
        for (uint32_t k = from; k < to; k++) {
            uint32_t at_most = 0;
            for (uint32_t at = g->v[g->down[k]].pos + 1; at > 0; at &= at - 1) {
                at_most += tree[at];
            }
            crossings += inserted - at_most;
        }
        for (uint32_t k = from; k < to; k++) {
            for (uint32_t at = g->v[g->down[k]].pos + 1; at <= width; at += at & (0 - at)) {
                tree[at]++;
            }
            inserted++;
        }
    }
    return crossings;
}

static uint64_t count_all(struct ordering *o)
{
    uint64_t sum = 0;
    for (uint32_t r = 0; r + 1 < o->g->rank_count; r++) {
        sum += reporter_layout_crossings(o->g, r, o->tree);
        o->g->work += 4 * (uint64_t)o->g->ranks[r].count;
    }
    return sum;
}

static void set_order(struct layout_graph *g, struct layout_rank *rank, uint32_t i, uint32_t vertex)
{
    rank->order[i] = vertex;
    g->v[vertex].pos = i;
}

/* splitmix64: the same sequence everywhere. */
static uint64_t next_random(struct ordering *o)
{
    uint64_t x = o->seed += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/* A random permutation of the vertexes in o->visit. */
static void shuffle_visit(struct ordering *o)
{
    for (uint32_t i = o->g->vertex_count; i > 1; i--) {
        const uint32_t j = (uint32_t)(next_random(o) % i);
        const uint32_t vertex = o->visit[j];
        o->visit[j] = o->visit[i - 1];
        o->visit[i - 1] = vertex;
    }
}

/* Appends what can be reached from `root` along `side` to the orders, breadth first; neighbours
 * from a random one on, so that starts differ. */
static void search_from(struct ordering *o, struct side side, uint32_t root, bool random)
{
    struct layout_graph *g = o->g;
    uint32_t head = 0;
    uint32_t count = 0;
    o->queue[count++] = root;
    o->seen[root] = 1;
    while (head < count) {
        const uint32_t vertex = o->queue[head++];
        struct layout_rank *rank = &g->ranks[g->v[vertex].rank];
        set_order(g, rank, rank->count++, vertex);
        const uint32_t n = side.start[vertex + 1] - side.start[vertex];
        const uint32_t first = random && n > 1 ? (uint32_t)(next_random(o) % n) : 0;
        for (uint32_t k = 0; k < n; k++) {
            const uint32_t to = side.list[side.start[vertex] + (first + k) % n];
            if (!o->seen[to]) {
                o->seen[to] = 1;
                o->queue[count++] = to;
            }
        }
    }
}

/* Breadth first along `side`, from the vertexes that have nothing on `opposite`. */
static void start_by_search(struct ordering *o, struct side side, struct side opposite, bool random)
{
    struct layout_graph *g = o->g;
    memset(o->seen, 0, g->vertex_count);
    for (uint32_t r = 0; r < g->rank_count; r++) {
        g->ranks[r].count = 0;
    }
    if (random) {
        shuffle_visit(o);
    }
    for (uint32_t i = 0; i < g->vertex_count; i++) {
        const uint32_t root = o->visit[i];
        if (opposite.start[root] == opposite.start[root + 1] && !o->seen[root]) {
            search_from(o, side, root, random);
        }
    }
    g->work += 2 * (uint64_t)g->vertex_count;
}

static int by_pos(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double barycentre(const struct layout_graph *g, struct side side, uint32_t vertex)
{
    double sum = 0;
    const uint32_t from = side.start[vertex];
    const uint32_t to = side.start[vertex + 1];
    for (uint32_t k = from; k < to; k++) {
        sum += g->v[side.list[k]].pos;
    }
    return sum / (to - from);
}

/* Weighted median of Gansner et al.: between the two middle neighbours, nearer to the denser side.
 */
static double median(struct ordering *o, struct side side, uint32_t vertex)
{
    const struct layout_graph *g = o->g;
    const uint32_t from = side.start[vertex];
    const uint32_t n = side.start[vertex + 1] - from;
    if (n == 1) {
        return g->v[side.list[from]].pos;
    }
    for (uint32_t k = 0; k < n; k++) {
        o->medians[k] = g->v[side.list[from + k]].pos;
    }
    qsort(o->medians, n, sizeof *o->medians, by_pos);
    const uint32_t m = n / 2;
    if (n % 2 == 1) {
        return o->medians[m];
    }
    if (n == 2) {
        return (o->medians[0] + (double)o->medians[1]) / 2;
    }
    const double left = (double)o->medians[m - 1] - o->medians[0];
    const double right = (double)o->medians[n - 1] - o->medians[m];
    if (left + right <= 0) {
        return (o->medians[m - 1] + (double)o->medians[m]) / 2;
    }
    return (o->medians[m - 1] * right + o->medians[m] * left) / (left + right);
}

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a;
    const struct keyed *y = b;
    if (x->key != y->key) {
        return x->key < y->key ? -1 : 1;
    }
    return (x->pos > y->pos) - (x->pos < y->pos);
}

/* Sorts the vertexes that have neighbours on the side; the others keep their places. */
static void reorder(struct ordering *o, uint32_t r, struct side side, bool by_median)
{
    struct layout_graph *g = o->g;
    struct layout_rank *rank = &g->ranks[r];
    uint32_t n = 0;
    for (uint32_t i = 0; i < rank->count; i++) {
        const uint32_t vertex = rank->order[i];
        const uint32_t degree = side.start[vertex + 1] - side.start[vertex];
        if (degree == 0) {
            continue;
        }
        g->work += 2 + degree;
        o->slots[n] = i;
        o->keyed[n++] = (struct keyed){
            .key = by_median ? median(o, side, vertex) : barycentre(g, side, vertex),
            .vertex = vertex,
            .pos = i,
        };
    }
    qsort(o->keyed, n, sizeof *o->keyed, by_key);
    for (uint32_t k = 0; k < n; k++) {
        set_order(g, rank, o->slots[k], o->keyed[k].vertex);
    }
}

/* Crossings among the edges of two vertexes on one side, when `left` stands left of `right`. */
static uint32_t pair_side(struct layout_graph *g, struct side side, uint32_t left, uint32_t right)
{
    const uint32_t left_from = side.start[left];
    const uint32_t left_to = side.start[left + 1];
    const uint32_t right_from = side.start[right];
    const uint32_t right_to = side.start[right + 1];
    uint32_t crossings = 0;
    for (uint32_t i = left_from; i < left_to; i++) {
        const uint32_t pos = g->v[side.list[i]].pos;
        for (uint32_t j = right_from; j < right_to; j++) {
            crossings += g->v[side.list[j]].pos < pos;
        }
    }
    g->work += 1 + (uint64_t)(left_to - left_from) * (right_to - right_from);
    return crossings;
}

/* Crossings saved by exchanging two vertexes of a rank, `left` being left of `right`. */
static int64_t gain(struct layout_graph *g, uint32_t left, uint32_t right)
{
    const struct side up = side_up(g);
    const struct side down = side_down(g);
    const int64_t here = (int64_t)pair_side(g, up, left, right) + pair_side(g, down, left, right);
    if (here == 0) {
        return -1; /* cannot get better */
    }
    return here - ((int64_t)pair_side(g, up, right, left) + pair_side(g, down, right, left));
}

static void mark_around(struct ordering *o, uint32_t r)
{
    o->dirty[r] = true;
    if (r > 0) {
        o->dirty[r - 1] = true;
    }
    if (r + 1 < o->g->rank_count) {
        o->dirty[r + 1] = true;
    }
}

/* Exchanges neighbours while that saves crossings; returns what was saved. */
static uint64_t transpose_rank(struct ordering *o, uint32_t r)
{
    struct layout_graph *g = o->g;
    struct layout_rank *rank = &g->ranks[r];
    uint64_t saved = 0;
    o->dirty[r] = false;
    for (uint32_t i = 0; i + 1 < rank->count; i++) {
        const uint32_t left = rank->order[i];
        const uint32_t right = rank->order[i + 1];
        const int64_t by = gain(g, left, right);
        if (by > 0) {
            set_order(g, rank, i, right);
            set_order(g, rank, i + 1, left);
            saved += (uint64_t)by;
            mark_around(o, r);
            o->stale[r] = true;
        }
    }
    return saved;
}

static void transpose(struct ordering *o)
{
    struct layout_graph *g = o->g;
    for (uint32_t r = 0; r < g->rank_count; r++) {
        o->dirty[r] = true;
    }
    for (unsigned round = 0; round < TRANSPOSE_ROUNDS; round++) {
        uint64_t saved = 0;
        for (uint32_t r = 0; r < g->rank_count; r++) {
            if (o->dirty[r]) {
                saved += transpose_rank(o, r);
            }
        }
        if (saved == 0) {
            return;
        }
    }
}

static void sweep(struct ordering *o, bool downward, bool by_median)
{
    struct layout_graph *g = o->g;
    if (downward) {
        for (uint32_t r = 1; r < g->rank_count; r++) {
            reorder(o, r, side_up(g), by_median);
        }
    } else {
        for (uint32_t r = g->rank_count - 1; r > 0; r--) {
            reorder(o, r - 1, side_down(g), by_median);
        }
    }
}

static void keep_best(struct ordering *o)
{
    const uint64_t crossings = count_all(o);
    if (crossings >= o->g->crossings) {
        return;
    }
    o->g->crossings = crossings;
    for (uint32_t i = 0; i < o->g->vertex_count; i++) {
        o->best[i] = o->g->v[i].pos;
    }
}

static void restore_best(struct ordering *o)
{
    struct layout_graph *g = o->g;
    for (uint32_t i = 0; i < g->vertex_count; i++) {
        set_order(g, &g->ranks[g->v[i].rank], o->best[i], i);
    }
}

static void run_start(struct ordering *o, uint32_t start)
{
    struct layout_graph *g = o->g;
    const bool downward = start % 2 == 0;
    start_by_search(o, downward ? side_down(g) : side_up(g), downward ? side_up(g) : side_down(g),
                    start > 1);
    for (unsigned i = 0; i < SWEEPS && g->crossings > 0; i++) {
        sweep(o, (i + start) % 2 == 0, i < SWEEPS / 2 ? start % 2 == 0 : start % 2 == 1);
        transpose(o);
        keep_best(o);
        if (i > 0 && g->work > g->budget) {
            return;
        }
    }
}

/* Moves one vertex to the place in its rank with the fewest crossings. */
static uint64_t sift_vertex(struct ordering *o, uint32_t r, uint32_t vertex)
{
    struct layout_graph *g = o->g;
    struct layout_rank *rank = &g->ranks[r];
    const uint32_t from = g->v[vertex].pos;
    const struct side up = side_up(g);
    const struct side down = side_down(g);
    int64_t best = 0;
    uint32_t best_pos = from;
    int64_t sum = 0;
    for (uint32_t i = from; i > 0; i--) {
        const uint32_t u = rank->order[i - 1];
        sum += (int64_t)pair_side(g, up, u, vertex) + pair_side(g, down, u, vertex) -
               (int64_t)pair_side(g, up, vertex, u) - pair_side(g, down, vertex, u);
        if (sum > best) {
            best = sum;
            best_pos = i - 1;
        }
    }
    sum = 0;
    for (uint32_t i = from + 1; i < rank->count; i++) {
        const uint32_t u = rank->order[i];
        sum += (int64_t)pair_side(g, up, vertex, u) + pair_side(g, down, vertex, u) -
               (int64_t)pair_side(g, up, u, vertex) - pair_side(g, down, u, vertex);
        if (sum > best) {
            best = sum;
            best_pos = i;
        }
    }
    for (uint32_t i = from; i > best_pos; i--) {
        set_order(g, rank, i, rank->order[i - 1]);
    }
    for (uint32_t i = from; i < best_pos; i++) {
        set_order(g, rank, i, rank->order[i + 1]);
    }
    set_order(g, rank, best_pos, vertex);
    return (uint64_t)best;
}

static uint64_t sift_rank(struct ordering *o, uint32_t r)
{
    struct layout_rank *rank = &o->g->ranks[r];
    o->dirty[r] = false;
    memcpy(o->queue, rank->order, rank->count * sizeof *o->queue);
    uint64_t saved = 0;
    for (uint32_t i = 0; i < rank->count && o->g->work < o->g->budget; i++) {
        saved += sift_vertex(o, r, o->queue[i]);
    }
    if (saved > 0) {
        mark_around(o, r);
        o->stale[r] = true;
    }
    return saved;
}

static void polish(struct ordering *o)
{
    struct layout_graph *g = o->g;
    for (uint32_t r = 0; r < g->rank_count; r++) {
        o->dirty[r] = true;
        o->stale[r] = true;
    }
    g->budget += g->budget / 2;
    uint64_t saved = 1;
    while (saved > 0 && g->work < g->budget) {
        saved = 0;
        for (uint32_t r = 0; r < g->rank_count; r++) {
            if (o->dirty[r] && g->ranks[r].count <= SIFT_RANK_MAX) {
                saved += sift_rank(o, r);
            }
        }
        saved += reporter_layout_reinsert(g, o->stale);
        for (uint32_t r = 0; r < g->rank_count; r++) {
            if (o->stale[r]) {
                mark_around(o, r);
            }
        }
    }
}

static uint32_t largest_rank(const struct layout_graph *g)
{
    uint32_t most = 0;
    for (uint32_t r = 0; r < g->rank_count; r++) {
        most = g->ranks[r].count > most ? g->ranks[r].count : most;
    }
    return most;
}

static uint32_t largest_degree(const struct layout_graph *g)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < g->vertex_count; i++) {
        const uint32_t up = g->up_start[i + 1] - g->up_start[i];
        const uint32_t down = g->down_start[i + 1] - g->down_start[i];
        most = up > most ? up : most;
        most = down > most ? down : most;
    }
    return most;
}

void reporter_layout_order(struct layout_graph *g)
{
    struct ak_arena *a = g->arena;
    const uint32_t widest = largest_rank(g);
    struct ordering o = {
        .g = g,
        .keyed = AK_NEW_ARRAY(a, struct keyed, widest),
        .slots = AK_NEW_ARRAY(a, uint32_t, widest),
        .tree = AK_NEW_ARRAY(a, uint32_t, widest + 1),
        .medians = AK_NEW_ARRAY(a, uint32_t, largest_degree(g)),
        .best = AK_NEW_ARRAY(a, uint32_t, g->vertex_count),
        .dirty = AK_NEW_ARRAY(a, bool, g->rank_count),
        .stale = AK_NEW_ARRAY(a, bool, g->rank_count),
        .seen = AK_NEW_ARRAY(a, uint8_t, g->vertex_count),
        .queue = AK_NEW_ARRAY(a, uint32_t, g->vertex_count),
        .visit = AK_NEW_ARRAY(a, uint32_t, g->vertex_count),
        .seed = 1,
    };
    for (uint32_t i = 0; i < g->vertex_count; i++) {
        o.visit[i] = i;
    }
    g->crossings = UINT64_MAX;
    keep_best(&o);
    for (uint32_t start = 0; start < STARTS_MAX && g->crossings > 0; start++) {
        run_start(&o, start);
        if (g->work > g->budget) {
            break;
        }
    }
    restore_best(&o);
    if (g->crossings > 0) {
        polish(&o);
        keep_best(&o);
        restore_best(&o);
    }
}
