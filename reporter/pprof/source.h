/* Source files of a listing: found on a search path, read once, by lines. */
#ifndef REPORTER_PPROF_SOURCE_H
#define REPORTER_PPROF_SOURCE_H

#include "base/arena.h"
#include "base/io.h"

struct reporter_source {
    struct ak_str name;
    struct ak_str *lines; /* line n is lines[n - 1], without its end */
    size_t line_count;
    const char *problem; /* why it cannot be read, or NULL */
};

struct reporter_sources {
    struct ak_arena *arena; /* keeps */
    struct ak_str search_path, trim_path;
    struct reporter_source **items;
    size_t count, cap;
};

/* The search path "" stands for the working folder. */
struct reporter_sources reporter_sources_open(struct ak_arena *arena, const char *search_path,
                                              const char *trim_path);
/* Never NULL; a file that is not found has a problem and no lines. A relative name is looked for in
 * each folder of the search path and in all folders above it. */
const struct reporter_source *reporter_source_find(struct reporter_sources *s, struct ak_str name);
/* False when there is no such line. */
bool reporter_source_line(const struct reporter_source *s, int64_t line, struct ak_str *out);

#endif
