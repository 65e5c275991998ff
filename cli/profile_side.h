/* A profile to look at, less an older one. */
#ifndef CLI_PROFILE_SIDE_H
#define CLI_PROFILE_SIDE_H

#include "profile/profile.h"

/* Reads `path` and subtracts `base` when it is not NULL. The caller frees *out. */
enum ak_status cli_profile_side_load(const char *path, const char *base, struct ak_profile **out,
                                     struct ak_error *err) AK_MUST_USE;

#endif
