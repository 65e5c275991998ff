#include "snapshot.h"

#include "base/mem.h"

#include <stdlib.h>
#include <sys/stat.h>

struct visit {
    struct collector_file *files;
    size_t count, cap;
    struct ak_arena *arena;
};

static bool is_profile_name(const char *path)
{
    const struct ak_str p = ak_str_from(path);
    return ak_str_ends(p, AK_STR(".prof")) || ak_str_ends(p, AK_STR(".pprof")) ||
           ak_str_ends(p, AK_STR(".pb.gz"));
}

static bool visit_file(void *ctx, const struct ak_file_info *info)
{
    struct visit *v = ctx;
    if (is_profile_name(info->path)) {
        AK_GROW(v->files, v->count + 1, v->cap);
        v->files[v->count++] =
            (struct collector_file){.path = ak_arena_strdup(v->arena, info->path),
                                    .size = info->size,
                                    .mtime_ns = info->mtime_ns,
                                    .inode = info->inode};
    }
    return v->count < COLLECTOR_SNAPSHOT_FILES;
}

static int by_path(const void *a, const void *b)
{
    const struct collector_file *x = a, *y = b;
    return strcmp(x->path, y->path);
}

static struct collector_snapshot finish(struct visit *v)
{
    if (v->count > 1) {
        qsort(v->files, v->count, sizeof *v->files, by_path);
    }
    const struct collector_snapshot s = {
        .files = ak_arena_copy(v->arena, v->files, v->count * sizeof *v->files), .count = v->count};
    ak_free(v->files);
    return s;
}

struct collector_snapshot collector_snapshot_take(const char *dir, struct ak_arena *arena)
{
    struct visit v = {.arena = arena};
    /* A folder that cannot be read holds no profile that could be taken. */
    const enum ak_status st = ak_dir_walk(dir, COLLECTOR_SNAPSHOT_DEPTH, visit_file, &v, NULL);
    (void)st;
    return finish(&v);
}

/* True when two paths lead to the same file. */
static bool has_inode(const struct collector_snapshot *s, const struct stat *st)
{
    for (size_t i = 0; i < s->count; i++) {
        struct stat other;
        if (s->files[i].inode == st->st_ino && stat(s->files[i].path, &other) == 0 &&
            other.st_dev == st->st_dev) {
            return true;
        }
    }
    return false;
}

void collector_snapshot_add(struct collector_snapshot *s, const char *path, struct ak_arena *arena)
{
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || has_inode(s, &st)) {
        return;
    }
    struct visit v = {.arena = arena};
    AK_GROW(v.files, s->count + 1, v.cap);
    if (s->count > 0) {
        memcpy(v.files, s->files, s->count * sizeof *s->files);
    }
    v.files[s->count] = (struct collector_file){
        .path = ak_arena_strdup(arena, path),
        .size = (uint64_t)st.st_size,
        .mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
        .inode = st.st_ino,
    };
    v.count = s->count + 1;
    *s = finish(&v);
}

static bool is_unchanged(const struct collector_snapshot *before, const struct collector_file *f)
{
    const struct collector_file *old =
        before->count ? bsearch(f, before->files, before->count, sizeof *f, by_path) : NULL;
    return old && old->size == f->size && old->mtime_ns == f->mtime_ns && old->inode == f->inode;
}

struct collector_snapshot collector_snapshot_changes(const struct collector_snapshot *before,
                                                     const struct collector_snapshot *after,
                                                     struct ak_arena *arena)
{
    struct collector_snapshot changed = {
        .files = AK_NEW_ARRAY(arena, struct collector_file, after->count)};
    for (size_t i = 0; i < after->count; i++) {
        if (!is_unchanged(before, &after->files[i])) {
            changed.files[changed.count++] = after->files[i];
        }
    }
    return changed;
}
