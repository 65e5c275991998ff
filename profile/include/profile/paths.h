/* Source paths of profiles, as text: nothing here looks at the file system. */
#ifndef PROFILE_PATHS_H
#define PROFILE_PATHS_H

#include "base/arena.h"

/* The shortest equal path by text: "a//b/./c/../d" is "a/b/d", "" is ".". Borrowed or in arena. */
struct ak_str ak_path_clean(struct ak_arena *arena, struct ak_str path);
/* The last component without trailing slashes; "." for "", "/" for "/". Borrowed. */
struct ak_str ak_path_last(struct ak_str path);
/* Cuts a prefix off: one of the colon-separated `trim`; when that is empty, all up to and with the
 * last component of a folder of `search` ("/x/bench" makes "/far/bench/a/b.go" "a/b.go"); Bazel's
 * "/proc/self/cwd/" always. Borrowed from path. */
struct ak_str ak_path_trim(struct ak_str path, struct ak_str trim, struct ak_str search);

#endif
