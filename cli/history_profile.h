/* A profile of a run of the history. */
#ifndef CLI_HISTORY_PROFILE_H
#define CLI_HISTORY_PROFILE_H

#include "profile/profile.h"

struct history_profile {
    const char *store;  /* --store; NULL: the default */
    const char *source; /* "@RUN/PROFILE", by name or kind ("cpu", "mem"); "@RUN" when it has one */
    const struct ak_limits *limits; /* NULL: the defaults */
    struct ak_arena *arena;
};

/* AK_NOT_FOUND names the profiles of the run when none or several fit. The caller frees *out. */
enum ak_status cli_history_profile(const struct history_profile *from, struct ak_profile **out,
                                   struct ak_error *err) AK_MUST_USE;

#endif
