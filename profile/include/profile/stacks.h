/* The stacks of many samples in half the room: what a merge keeps while it runs, and what a graph
 * of nodes can be built from without the whole ak_profile.stack_ids.
 *
 * A stack whose locations are all below 65536 lies as 16-bit numbers, any other as 32-bit ones, one
 * behind the other; so a profile with fewer locations than that takes half of what stack_ids would,
 * and one with more loses nothing. Reading a stack spreads it into 32 bits again.
 *
 * Why not fold each file into flat and cum and forget its stacks: a flat report marks how calls
 * into a node came, from the nearest caller that is shown, and which nodes are shown is known only
 * when all files have been read. Folding would read the files twice; packed stacks need no second
 * reading and give every graph exactly. */
#ifndef PROFILE_STACKS_H
#define PROFILE_STACKS_H

#include "profile/profile.h"

struct ak_stacks;

/* Frees it; accepts NULL. */
void ak_stacks_free(struct ak_stacks *s);
size_t ak_stacks_count(const struct ak_stacks *s);
size_t ak_stacks_bytes(const struct ak_stacks *s); /* memory of the stacks */

/* Gives p, whose samples these stacks are and which has none of its own, the stacks back. Frees
 * s (takes). O(size). Accepts NULL, which changes nothing. */
void ak_stacks_restore_take(struct ak_stacks *s, struct ak_profile *p);

#endif
