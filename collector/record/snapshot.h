/* Which profile files a command wrote: the folder before and after. */
#ifndef COLLECTOR_SNAPSHOT_H
#define COLLECTOR_SNAPSHOT_H

#include "base/arena.h"
#include "base/io.h"

struct collector_file {
    const char *path;
    uint64_t size;
    int64_t mtime_ns;
    uint64_t inode;
};

struct collector_snapshot {
    struct collector_file *files; /* sorted by path, in arena */
    size_t count;
};

/* Levels of folders and files that are looked at. */
#define COLLECTOR_SNAPSHOT_DEPTH 8
#define COLLECTOR_SNAPSHOT_FILES 10000

/* Files called *.prof, *.pprof or *.pb.gz in `dir` and below; what cannot be read is left out. */
struct collector_snapshot collector_snapshot_take(const char *dir, struct ak_arena *arena);
/* Adds one file by its path, whatever it is called; nothing when it is not there. */
void collector_snapshot_add(struct collector_snapshot *s, const char *path, struct ak_arena *arena);
/* The files of `after` that are new or changed since `before`, in arena. */
struct collector_snapshot collector_snapshot_changes(const struct collector_snapshot *before,
                                                     const struct collector_snapshot *after,
                                                     struct ak_arena *arena);

#endif
