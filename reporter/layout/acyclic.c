/* Breaks cycles: depth-first search that follows heavy edges first; edges that close a cycle are
 * turned round. */
#include "layout/graph.h"

#include <stdlib.h>

struct out_edge {
    uint32_t from, chain;
    double weight;
};

static int by_source_then_weight(const void *a, const void *b)
{
    const struct out_edge *x = a;
    const struct out_edge *y = b;
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    return (x->chain > y->chain) - (x->chain < y->chain);
}

enum colour { WHITE, ON_PATH, DONE };

struct search {
    struct layout_graph *g;
    struct out_edge *out;
    uint32_t *start; /* out edges of box i: out[start[i] .. start[i + 1]) */
    uint32_t *next;  /* per box: the edge to follow next */
    uint8_t *colour;
    uint32_t *path;
};

/* Iterative: call graphs can be as deep as they are long. */
static void search_from(struct search *s, uint32_t root)
{
    uint32_t depth = 0;
    s->path[depth++] = root;
    s->colour[root] = ON_PATH;
    while (depth > 0) {
        const uint32_t at = s->path[depth - 1];
        if (s->next[at] == s->start[at + 1]) {
            s->colour[at] = DONE;
            depth--;
            continue;
        }
        struct layout_chain *c = &s->g->chains[s->out[s->next[at]++].chain];
        const uint32_t to = c->bottom;
        if (s->colour[to] == ON_PATH) {
            c->reversed = true;
        } else if (s->colour[to] == WHITE) {
            s->colour[to] = ON_PATH;
            s->path[depth++] = to;
        }
    }
}

static void list_out_edges(struct search *s)
{
    const struct layout_graph *g = s->g;
    for (uint32_t i = 0; i < g->chain_count; i++) {
        s->out[i] = (struct out_edge){g->chains[i].top, i, g->chains[i].weight};
    }
    qsort(s->out, g->chain_count, sizeof *s->out, by_source_then_weight);
    uint32_t at = 0;
    for (uint32_t box = 0; box <= g->box_count; box++) {
        while (at < g->chain_count && s->out[at].from < box) {
            at++;
        }
        s->start[box] = at;
    }
    memcpy(s->next, s->start, g->box_count * sizeof *s->next);
}

void reporter_layout_acyclic(struct layout_graph *g)
{
    struct ak_arena *a = g->arena;
    struct search s = {
        .g = g,
        .out = AK_NEW_ARRAY(a, struct out_edge, g->chain_count),
        .start = AK_NEW_ARRAY(a, uint32_t, g->box_count + 1),
        .next = AK_NEW_ARRAY(a, uint32_t, g->box_count),
        .colour = AK_NEW_ARRAY(a, uint8_t, g->box_count),
        .path = AK_NEW_ARRAY(a, uint32_t, g->box_count),
    };
    list_out_edges(&s);
    uint8_t *has_caller = AK_NEW_ARRAY(a, uint8_t, g->box_count);
    for (uint32_t i = 0; i < g->chain_count; i++) {
        has_caller[g->chains[i].bottom] = 1;
    }
    /* Roots of the calls first, so that they stay on top; then what only cycles reach. */
    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t box = 0; box < g->box_count; box++) {
            if (s.colour[box] == WHITE && (pass == 1 || !has_caller[box])) {
                search_from(&s, box);
            }
        }
    }
    for (uint32_t i = 0; i < g->chain_count; i++) {
        struct layout_chain *c = &g->chains[i];
        if (c->reversed) {
            const uint32_t top = c->top;
            c->top = c->bottom;
            c->bottom = top;
        }
    }
}
