/* A profile to look at, less an older one. */
#ifndef CLI_PROFILE_SIDE_H
#define CLI_PROFILE_SIDE_H

#include "profile/profile.h"

struct profile_side {
    const char *path, *base; /* files, or "@RUN/PROFILE" of the history; base NULL: none */
    const char *kind;        /* of which profile "@RUN" alone means; NULL: the only one */
    const char *store;       /* --store; NULL: the default */
    struct ak_arena *arena;
};

/* Reads the profile and subtracts the base. The caller frees *out. */
enum ak_status cli_profile_side_load(const struct profile_side *side, struct ak_profile **out,
                                     struct ak_error *err) AK_MUST_USE;

#endif
