/* The values of the comment's template. */
#ifndef REPORTER_COMMENT_MODEL_H
#define REPORTER_COMMENT_MODEL_H

#include "reporter/comment.h"

/* How much is said; each level leaves out more than the one before. */
struct comment_level {
    bool others;       /* tables of rows that are the same, of criteria that passed */
    bool folded;       /* tables of better and unsure rows; environment and method */
    size_t causes;     /* functions below a worse row */
    size_t name_runes; /* longest name */
    size_t alerts;     /* failed criteria and worse rows */
};
struct ak_tvalue *reporter_comment_model(struct ak_arena *a, const struct ak_comment *c,
                                         const struct comment_level *level);

#endif
