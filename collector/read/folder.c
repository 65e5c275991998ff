/* Which files of a folder make up a run. */
#include "base/io.h"
#include "base/mem.h"
#include "collector/ingest.h"

#include <stdlib.h>
#include <string.h>

#define TREE_DEPTH 8 /* of Criterion's folders: group, function, parameter, "new" */

struct listing {
    struct ak_arena *arena;
    const char **files;
    size_t count, cap;
    bool samples_only;
};

/* What Criterion's newest measurement of a benchmark leaves. */
static bool is_sample(const char *path)
{
    return ak_str_ends(ak_str_from(path), AK_STR("/new/sample.json"));
}

static bool list_file(void *ctx, const struct ak_file_info *info)
{
    struct listing *l = ctx;
    if (!l->samples_only || is_sample(info->path)) {
        AK_GROW(l->files, l->count + 1, l->cap);
        l->files[l->count++] = ak_arena_strdup(l->arena, info->path);
    }
    return true;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum ak_status ak_ingest_list(const char *dir, struct ak_arena *arena, const char ***out,
                              size_t *out_count, struct ak_error *err)
{
    struct listing l = {.arena = arena, .samples_only = true};
    enum ak_status st = ak_dir_walk(dir, TREE_DEPTH, list_file, &l, err);
    if (st == AK_OK && l.count == 0) {
        l.samples_only = false;
        st = ak_dir_walk(dir, 1, list_file, &l, err);
    }
    if (st == AK_OK && l.count == 0) {
        st = ak_fail(err, AK_NOT_JUDGED, "%s: holds no file", dir);
    }
    if (st == AK_OK) {
        qsort(l.files, l.count, sizeof *l.files, by_path);
        *out = ak_arena_copy(arena, l.files, l.count * sizeof *l.files);
        *out_count = l.count;
    }
    ak_free(l.files);
    return st;
}
