/* What the walks from the handlers found: shared by the walks and by their heat. */
#ifndef COLLECTOR_LINT_C_REACH_H
#define COLLECTOR_LINT_C_REACH_H

#include "lint/c_graph.h"

struct c_hit {           /* one handler and one sink */
    uint32_t root, sink; /* functions */
    enum ak_c_role role;
    enum ak_rule rule;
    uint32_t *calls;       /* of the chain, the handler's first; in arena */
    uint32_t length, kept; /* calls of the chain, and those in `calls` */
    uint32_t sites;
    int64_t heat;
};

struct c_reach {
    struct ak_c_graph *g;
    const struct ak_c_opts *opts;
    struct ak_arena *arena;
    uint8_t *leads; /* bit k: a sink of kind k can be reached from the function */
    uint8_t *cut;   /* by function, for one rule: 0 not asked, 1 enter, 2 do not */
    uint32_t *seen; /* number of the walk that saw the function last */
    uint32_t *from; /* the call that led to it */
    uint32_t *queue;
    uint32_t *hit_of; /* sink -> its hit in this walk, by `seen` */
    uint32_t walk;
    struct c_hit *hits;
    size_t count, cap;
    struct c_site { /* a call of a sink that a hit's handler can reach */
        uint32_t hit, call;
    } * sites;
    size_t site_count, site_cap;
    int64_t work;
};

/* Sets the heat of each hit by opts->p: the value of the samples whose stack holds both the handler
 * and the line of a call of the sink that it can reach. Returns the value of all samples; 0 without
 * a profile. O(samples x depth). */
int64_t collector_c_heat(struct c_reach *r);

#endif
