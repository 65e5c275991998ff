/* Takes the lanes of one edge out of the orders and puts them back where the edge crosses least: a
 * shortest path over the slots of the ranks that it passes, since with all else fixed the crossings
 * of its pieces add up. Moves that no exchange of neighbours finds, as each step alone would cost.
 */
#include "layout/reinsert.h"

#define WIDTH_MAX 220u /* ranks wider than this are left to the other steps */

/* left[p * stride + q] counts the segments that end left of slot p above and left of slot q below.
 */
struct gap_table {
    uint32_t *left;
    uint32_t rows, stride;
};

struct reinsertion {
    struct layout_graph *g;
    struct gap_table table;
    uint32_t *best, *next_best; /* crossings so far, per slot */
    uint32_t *from;             /* lane * (WIDTH_MAX + 1) + slot: the slot above */
    uint32_t *slots;            /* chosen, per lane */
};

/* Position among the others of a rank when the vertex at `out` is taken out. */
static uint32_t without(uint32_t pos, uint32_t out)
{
    return pos > out ? pos - 1 : pos;
}

/* Counts the segments between rank r and r + 1 except those at `skip_above` and `skip_below` (the
 * ends or lanes of the edge itself), by prefix sums. */
static void fill_table(struct reinsertion *w, uint32_t r, uint32_t skip_above, uint32_t skip_below,
                       bool above_is_lane, bool below_is_lane)
{
    struct layout_graph *g = w->g;
    const struct layout_rank *above = &g->ranks[r];
    const uint32_t cols = g->ranks[r + 1].count + 1;
    struct gap_table *t = &w->table;
    t->rows = above->count + 1;
    t->stride = cols;
    memset(t->left, 0, (size_t)t->rows * cols * sizeof *t->left);
    const uint32_t out_above = above_is_lane ? g->v[skip_above].pos : UINT32_MAX;
    const uint32_t out_below = below_is_lane ? g->v[skip_below].pos : UINT32_MAX;
    for (uint32_t i = 0; i < above->count; i++) {
        const uint32_t u = above->order[i];
        for (uint32_t k = g->down_start[u]; u != skip_above && k < g->down_start[u + 1]; k++) {
            if (g->down[k] != skip_below) {
                const uint32_t p = without(i, out_above) + 1;
                const uint32_t q = without(g->v[g->down[k]].pos, out_below) + 1;
                t->left[(size_t)p * cols + q]++;
            }
        }
    }
    for (uint32_t p = 1; p < t->rows; p++) {
        uint32_t *row = t->left + (size_t)p * cols;
        const uint32_t *before = row - cols;
        uint32_t sum = 0;
        for (uint32_t q = 1; q < cols; q++) {
            sum += row[q];
            row[q] = sum + before[q];
        }
    }
    g->work += (uint64_t)t->rows * cols / 4 + 4;
}

/* Crossings of a segment from slot p above to slot q below. */
static uint32_t crossed(const struct gap_table *t, uint32_t p, uint32_t q)
{
    const uint32_t *row = t->left + (size_t)p * t->stride;
    const uint32_t *all = t->left + (size_t)(t->rows - 1) * t->stride;
    return row[t->stride - 1] + all[q] - 2 * row[q];
}

/* Extends the best paths from the slots above to the slots below lane k. Cost and slot share a
 * word, so that the inner loop is one minimum. */
static void extend(struct reinsertion *w, uint32_t k, uint32_t slots_above, uint32_t slots_below)
{
    const struct gap_table *t = &w->table;
    const uint32_t *all = t->left + (size_t)(t->rows - 1) * t->stride;
    uint32_t *next = w->next_best;
    memset(next, 0xff, slots_below * sizeof *next);
    for (uint32_t p = 0; p < slots_above; p++) {
        const uint32_t *row = t->left + (size_t)p * t->stride;
        const uint32_t base = w->best[p] + row[t->stride - 1];
        for (uint32_t q = 0; q < slots_below; q++) {
            const uint32_t packed = (base + all[q] - 2 * row[q]) << 8 | p;
            next[q] = packed < next[q] ? packed : next[q];
        }
    }
    for (uint32_t q = 0; q < slots_below; q++) {
        w->from[(size_t)k * (WIDTH_MAX + 1) + q] = next[q] & 0xff;
        next[q] >>= 8;
    }
    w->next_best = w->best;
    w->best = next;
    w->g->work += (uint64_t)slots_above * slots_below / 8;
}

/* Whether something beside the edge has moved since it was last tried, and its ranks are small. */
static bool is_due(const struct layout_graph *g, const struct layout_chain *c, const bool *changed)
{
    bool due = false;
    for (uint32_t r = g->v[c->top].rank; r <= g->v[c->bottom].rank; r++) {
        if (g->ranks[r].count > WIDTH_MAX) {
            return false;
        }
        due = due || changed[r];
    }
    return due;
}

static void move_lane(struct layout_graph *g, uint32_t lane, uint32_t slot)
{
    struct layout_rank *rank = &g->ranks[g->v[lane].rank];
    uint32_t at = g->v[lane].pos;
    for (; at < slot; at++) {
        rank->order[at] = rank->order[at + 1];
        g->v[rank->order[at]].pos = at;
    }
    for (; at > slot; at--) {
        rank->order[at] = rank->order[at - 1];
        g->v[rank->order[at]].pos = at;
    }
    rank->order[at] = lane;
    g->v[lane].pos = at;
}

/* Fills the tables from top to bottom: what the edge costs where it is, and the cheapest path. */
static uint32_t search(struct reinsertion *w, const struct layout_chain *c, uint32_t *out_here,
                       uint32_t *out_slot)
{
    struct layout_graph *g = w->g;
    uint32_t here = 0;
    uint32_t above = c->top;
    for (uint32_t k = 0; k < c->lane_count; k++) {
        const uint32_t lane = c->first_lane + k;
        fill_table(w, g->v[above].rank, above, lane, k > 0, true);
        const uint32_t p = g->v[above].pos;
        here += crossed(&w->table, p, g->v[lane].pos);
        const uint32_t slots = g->ranks[g->v[lane].rank].count;
        if (k == 0) {
            for (uint32_t q = 0; q < slots; q++) {
                w->best[q] = crossed(&w->table, p, q);
            }
        } else {
            extend(w, k, g->ranks[g->v[above].rank].count, slots);
        }
        above = lane;
    }
    fill_table(w, g->v[above].rank, above, c->bottom, true, false);
    const uint32_t end = g->v[c->bottom].pos;
    here += crossed(&w->table, g->v[above].pos, end);
    uint32_t best = UINT32_MAX;
    for (uint32_t p = 0; p < g->ranks[g->v[above].rank].count; p++) {
        const uint32_t cost = w->best[p] + crossed(&w->table, p, end);
        if (cost < best) {
            best = cost;
            *out_slot = p;
        }
    }
    *out_here = here;
    return best;
}

static uint64_t reinsert_chain(struct reinsertion *w, const struct layout_chain *c)
{
    uint32_t here;
    uint32_t slot = 0;
    const uint32_t best = search(w, c, &here, &slot);
    if (best >= here) {
        return 0;
    }
    for (uint32_t k = c->lane_count; k-- > 0;) {
        w->slots[k] = slot;
        slot = k > 0 ? w->from[(size_t)k * (WIDTH_MAX + 1) + slot] : 0;
    }
    for (uint32_t k = 0; k < c->lane_count; k++) {
        move_lane(w->g, c->first_lane + k, w->slots[k]);
    }
    return here - best;
}

uint64_t reporter_layout_reinsert(struct layout_graph *g, bool *changed)
{
    uint32_t longest = 0;
    for (uint32_t i = 0; i < g->chain_count; i++) {
        longest = g->chains[i].lane_count > longest ? g->chains[i].lane_count : longest;
    }
    struct ak_arena *a = ak_arena_new();
    struct reinsertion w = {
        .g = g,
        .table.left = AK_NEW_ARRAY(a, uint32_t, (WIDTH_MAX + 1) * (WIDTH_MAX + 1)),
        .best = AK_NEW_ARRAY(a, uint32_t, WIDTH_MAX + 1),
        .next_best = AK_NEW_ARRAY(a, uint32_t, WIDTH_MAX + 1),
        .from = AK_NEW_ARRAY(a, uint32_t, (size_t)longest * (WIDTH_MAX + 1)),
        .slots = AK_NEW_ARRAY(a, uint32_t, longest),
    };
    bool *moved = AK_NEW_ARRAY(a, bool, g->rank_count);
    uint64_t saved = 0;
    for (uint32_t i = 0; i < g->chain_count && g->work < g->budget; i++) {
        const struct layout_chain *c = &g->chains[i];
        const uint64_t by = is_due(g, c, changed) ? reinsert_chain(&w, c) : 0;
        for (uint32_t k = 0; by > 0 && k < c->lane_count; k++) {
            moved[g->v[c->first_lane + k].rank] = true;
        }
        saved += by;
    }
    memcpy(changed, moved, g->rank_count * sizeof *moved);
    ak_arena_free(a);
    return saved;
}
