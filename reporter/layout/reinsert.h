/* Best places for whole edges, with everything else fixed. */
#ifndef LAYOUT_REINSERT_H
#define LAYOUT_REINSERT_H

#include "layout/graph.h"

/* Tries every edge that passes a changed rank once, in order; returns the crossings saved and sets
 * changed[rank] to whether this pass moved something there. O(sum of the products of the widths of
 * neighbouring ranks that an edge passes) for each; stops when the budget is used up. */
uint64_t reporter_layout_reinsert(struct layout_graph *g, bool *changed);

#endif
