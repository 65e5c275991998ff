/* Ranks by network simplex: the sum of weight * length is least under length >= 2 for each edge, so
 * that every odd rank is free for labels. After Gansner, Koutsofios, North and Vo (1993),
 * section 2.3.
 *
 * The cut value of a tree arc is the weight that leaves the subtree below it less the weight that
 * enters it. Arcs inside a subtree cancel, so that is the sum over its boxes of what each sends
 * less what it receives: one addition a box, and after an exchange only the part of the tree below
 * the common ancestor of the new arc's ends is numbered again. */
#include "layout/graph.h"

#include <math.h>

#define MIN_LENGTH 2
#define SEARCH_MAX 40u     /* candidates compared for the leaving arc */
#define PIVOTS_PER_BOX 50u /* cap: real graphs need about one half */

struct arc {
    uint32_t tail, head; /* boxes; head is below */
    int64_t weight;
    bool in_tree;
};

struct simplex {
    struct layout_graph *g;
    uint32_t n;
    struct arc *arcs; /* one per chain */
    uint32_t arc_count;
    int64_t *rank;
    uint32_t *start, *incident;   /* arcs at box i */
    uint32_t *parent;             /* arc to the parent, AK_LAYOUT_NONE at the root */
    uint32_t *low, *lim, *at_lim; /* post-order numbers of the tree; the box of a number */
    int64_t *send, *net;          /* of a box; of its subtree */
    uint32_t *stack, *cursor;
    uint32_t next_search;
};

static int64_t slack(const struct simplex *s, const struct arc *a)
{
    return s->rank[a->head] - s->rank[a->tail] - MIN_LENGTH;
}

static uint32_t other_end(const struct arc *a, uint32_t box)
{
    return a->tail == box ? a->head : a->tail;
}

static void list_arcs(struct simplex *s)
{
    const struct layout_graph *g = s->g;
    for (uint32_t i = 0; i < s->arc_count; i++) {
        const struct layout_chain *c = &g->chains[i];
        const double w = fmin(fmax(round(c->weight), 1), 1e6);
        s->arcs[i] = (struct arc){c->top, c->bottom, (int64_t)w, false};
        s->start[c->top + 1]++;
        s->start[c->bottom + 1]++;
        s->send[c->top] += (int64_t)w;
        s->send[c->bottom] -= (int64_t)w;
    }
    for (uint32_t box = 0; box < s->n; box++) {
        s->start[box + 1] += s->start[box];
    }
    memcpy(s->cursor, s->start, s->n * sizeof *s->cursor);
    for (uint32_t i = 0; i < s->arc_count; i++) {
        s->incident[s->cursor[s->arcs[i].tail]++] = i;
        s->incident[s->cursor[s->arcs[i].head]++] = i;
    }
}

/* Longest paths from the sources: a feasible ranking to start from. */
static void rank_longest_path(struct simplex *s)
{
    uint32_t *waiting = s->cursor;
    memset(waiting, 0, s->n * sizeof *waiting);
    for (uint32_t i = 0; i < s->arc_count; i++) {
        waiting[s->arcs[i].head]++;
    }
    uint32_t count = 0;
    for (uint32_t box = 0; box < s->n; box++) {
        if (waiting[box] == 0) {
            s->stack[count++] = box;
        }
    }
    while (count > 0) {
        const uint32_t box = s->stack[--count];
        for (uint32_t k = s->start[box]; k < s->start[box + 1]; k++) {
            const struct arc *a = &s->arcs[s->incident[k]];
            if (a->tail != box) {
                continue;
            }
            if (s->rank[a->head] < s->rank[box] + MIN_LENGTH) {
                s->rank[a->head] = s->rank[box] + MIN_LENGTH;
            }
            if (--waiting[a->head] == 0) {
                s->stack[count++] = a->head;
            }
        }
    }
}

/* Extends the tree over tight arcs from the boxes on the stack. Returns how many boxes it reached.
 */
static uint32_t extend_tree(struct simplex *s, bool *in, uint32_t depth)
{
    uint32_t reached = 0;
    while (depth > 0) {
        const uint32_t box = s->stack[--depth];
        for (uint32_t k = s->start[box]; k < s->start[box + 1]; k++) {
            struct arc *a = &s->arcs[s->incident[k]];
            const uint32_t to = other_end(a, box);
            if (!in[to] && slack(s, a) == 0) {
                in[to] = true;
                reached++;
                a->in_tree = true;
                s->stack[depth++] = to;
            }
        }
    }
    return reached;
}

/* A spanning tree of tight arcs: grows from box 0; where it stops, the boxes in the tree move by
 * the least slack of an arc that leaves it. */
static void tight_tree(struct simplex *s)
{
    bool *in = AK_NEW_ARRAY(s->g->arena, bool, s->n);
    in[0] = true;
    s->stack[0] = 0;
    uint32_t size = 1 + extend_tree(s, in, 1);
    while (size < s->n) {
        const struct arc *best = NULL;
        for (uint32_t i = 0; i < s->arc_count; i++) {
            const struct arc *a = &s->arcs[i];
            if (in[a->tail] != in[a->head] && (!best || slack(s, a) < slack(s, best))) {
                best = a;
            }
        }
        if (!best) {
            return; /* not connected: the caller gives components */
        }
        const int64_t move = in[best->head] ? -slack(s, best) : slack(s, best);
        for (uint32_t box = 0; box < s->n; box++) {
            s->rank[box] += in[box] ? move : 0;
        }
        /* Only the ends of arcs that became tight can reach new boxes. */
        uint32_t depth = 0;
        for (uint32_t box = 0; box < s->n; box++) {
            if (in[box]) {
                s->stack[depth++] = box;
            }
        }
        size += extend_tree(s, in, depth);
    }
}

/* Numbers the tree below `root` in post-order from number `from` on and sums what its subtrees
 * send. */
static void number_tree(struct simplex *s, uint32_t root, uint32_t from)
{
    uint32_t depth = 0;
    uint32_t next = from;
    s->stack[0] = root;
    s->cursor[root] = s->start[root];
    s->low[root] = from;
    s->net[root] = s->send[root];
    for (;;) {
        const uint32_t box = s->stack[depth];
        uint32_t k = s->cursor[box];
        while (k < s->start[box + 1] &&
               (!s->arcs[s->incident[k]].in_tree || s->incident[k] == s->parent[box])) {
            k++;
        }
        if (k < s->start[box + 1]) {
            s->cursor[box] = k + 1;
            const uint32_t child = other_end(&s->arcs[s->incident[k]], box);
            s->parent[child] = s->incident[k];
            s->low[child] = next;
            s->net[child] = s->send[child];
            s->cursor[child] = s->start[child];
            s->stack[++depth] = child;
            continue;
        }
        s->lim[box] = next;
        s->at_lim[next++] = box;
        if (depth == 0) {
            return;
        }
        depth--;
        s->net[s->stack[depth]] += s->net[box];
    }
}

static bool in_subtree(const struct simplex *s, uint32_t box, uint32_t top)
{
    return s->low[top] <= s->lim[box] && s->lim[box] <= s->lim[top];
}

/* A tree arc is told by the box below it. */
static int64_t cut_value(const struct simplex *s, uint32_t box)
{
    return s->arcs[s->parent[box]].tail == box ? s->net[box] : -s->net[box];
}

/* The box whose arc to its parent has the most negative of the first negative cut values. */
static uint32_t leaving(struct simplex *s)
{
    uint32_t best = AK_LAYOUT_NONE;
    uint32_t seen = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        const uint32_t box = (s->next_search + i) % s->n;
        if (s->parent[box] == AK_LAYOUT_NONE || cut_value(s, box) >= 0) {
            continue;
        }
        if (best == AK_LAYOUT_NONE || cut_value(s, box) < cut_value(s, best)) {
            best = box;
        }
        if (++seen == SEARCH_MAX) {
            s->next_search = (box + 1) % s->n;
            break;
        }
    }
    return best;
}

/* The arc of least slack that joins the subtree of `box` to the rest in the other direction. */
static uint32_t entering(const struct simplex *s, uint32_t box)
{
    const bool box_is_tail = s->arcs[s->parent[box]].tail == box;
    uint32_t best = AK_LAYOUT_NONE;
    for (uint32_t number = s->low[box]; number <= s->lim[box]; number++) {
        const uint32_t inside = s->at_lim[number];
        for (uint32_t k = s->start[inside]; k < s->start[inside + 1]; k++) {
            const uint32_t i = s->incident[k];
            const struct arc *a = &s->arcs[i];
            const bool fits = box_is_tail ? a->head == inside : a->tail == inside;
            if (!fits || a->in_tree || in_subtree(s, other_end(a, inside), box)) {
                continue;
            }
            if (best == AK_LAYOUT_NONE || slack(s, a) < slack(s, &s->arcs[best]) ||
                (slack(s, a) == slack(s, &s->arcs[best]) && i < best)) {
                best = i;
            }
        }
    }
    return best;
}

static void exchange(struct simplex *s, uint32_t box, uint32_t enter)
{
    struct arc *out = &s->arcs[s->parent[box]];
    struct arc *in = &s->arcs[enter];
    const int64_t move = out->tail == box ? -slack(s, in) : slack(s, in);
    for (uint32_t number = s->low[box]; number <= s->lim[box]; number++) {
        s->rank[s->at_lim[number]] += move;
    }
    const uint32_t outside = in_subtree(s, in->tail, box) ? in->head : in->tail;
    uint32_t common = outside;
    while (!in_subtree(s, box, common)) {
        common = other_end(&s->arcs[s->parent[common]], common);
    }
    out->in_tree = false;
    in->in_tree = true;
    number_tree(s, common, s->low[common]);
}

/* Boxes that may lie on several ranks at the same cost go to the emptiest. */
static void balance(struct simplex *s, int64_t rank_max)
{
    uint32_t *used = AK_NEW_ARRAY(s->g->arena, uint32_t, (size_t)rank_max + 1);
    for (uint32_t box = 0; box < s->n; box++) {
        used[s->rank[box]]++;
    }
    for (uint32_t box = 0; box < s->n; box++) {
        int64_t lo = 0;
        int64_t hi = rank_max;
        for (uint32_t k = s->start[box]; k < s->start[box + 1]; k++) {
            const struct arc *a = &s->arcs[s->incident[k]];
            if (a->head == box && s->rank[a->tail] + MIN_LENGTH > lo) {
                lo = s->rank[a->tail] + MIN_LENGTH;
            } else if (a->tail == box && s->rank[a->head] - MIN_LENGTH < hi) {
                hi = s->rank[a->head] - MIN_LENGTH;
            }
        }
        if (s->send[box] != 0) {
            continue;
        }
        int64_t best = s->rank[box];
        for (int64_t r = lo; r <= hi; r += 2) {
            if (used[r] + 1 < used[best]) {
                best = r;
            }
        }
        used[s->rank[box]]--;
        used[best]++;
        s->rank[box] = best;
    }
}

static void simplex_init(struct simplex *s, struct layout_graph *g)
{
    struct ak_arena *a = g->arena;
    const uint32_t n = g->box_count;
    *s = (struct simplex){.g = g, .n = n, .arc_count = g->chain_count};
    s->arcs = AK_NEW_ARRAY(a, struct arc, s->arc_count);
    s->rank = AK_NEW_ARRAY(a, int64_t, n);
    s->start = AK_NEW_ARRAY(a, uint32_t, n + 1);
    s->incident = AK_NEW_ARRAY(a, uint32_t, 2 * (size_t)s->arc_count);
    s->parent = AK_NEW_ARRAY(a, uint32_t, n);
    s->low = AK_NEW_ARRAY(a, uint32_t, n);
    s->lim = AK_NEW_ARRAY(a, uint32_t, n);
    s->at_lim = AK_NEW_ARRAY(a, uint32_t, n);
    s->send = AK_NEW_ARRAY(a, int64_t, n);
    s->net = AK_NEW_ARRAY(a, int64_t, n);
    s->stack = AK_NEW_ARRAY(a, uint32_t, n);
    s->cursor = AK_NEW_ARRAY(a, uint32_t, n);
}

void reporter_layout_rank(struct layout_graph *g)
{
    struct simplex s;
    simplex_init(&s, g);
    list_arcs(&s);
    rank_longest_path(&s);
    tight_tree(&s);
    s.parent[0] = AK_LAYOUT_NONE;
    number_tree(&s, 0, 0);
    for (uint64_t pivots = (uint64_t)s.n * PIVOTS_PER_BOX; pivots > 0; pivots--) {
        const uint32_t leave = leaving(&s);
        const uint32_t enter = leave == AK_LAYOUT_NONE ? AK_LAYOUT_NONE : entering(&s, leave);
        if (enter == AK_LAYOUT_NONE) {
            break;
        }
        exchange(&s, leave, enter);
    }
    int64_t least = INT64_MAX;
    int64_t most = INT64_MIN;
    for (uint32_t box = 0; box < s.n; box++) {
        least = s.rank[box] < least ? s.rank[box] : least;
        most = s.rank[box] > most ? s.rank[box] : most;
    }
    for (uint32_t box = 0; box < s.n; box++) {
        s.rank[box] -= least;
    }
    balance(&s, most - least);
    for (uint32_t box = 0; box < s.n; box++) {
        g->v[box].rank = (uint32_t)s.rank[box];
    }
    g->rank_count = (uint32_t)(most - least) + 1;
}
