#include "lint/go_commit.h"

#include "base/mem.h"
#include "record/child.h"

#define OUTPUT_BYTES_MAX (1U << 20)
#define TRIES_MAX 3 /* of taking the worktree away, when signals end git */

struct asking {
    struct ak_buf output, errors;
};

static void on_output(void *ctx, struct ak_str bytes)
{
    struct asking *const a = ctx;
    ak_buf_str(&a->output, bytes);
}

static void on_errors(void *ctx, struct ak_str bytes)
{
    struct asking *const a = ctx;
    ak_buf_str(&a->errors, bytes);
}

/* Runs git; `*out` is the first line of what it printed, in arena (NULL: not wanted). */
static enum ak_status git(const char *dir, const char *const *argv, struct ak_arena *arena,
                          const char **out, struct ak_error *err)
{
    struct asking a = {.output = {.max = OUTPUT_BYTES_MAX}, .errors = {.max = OUTPUT_BYTES_MAX}};
    const struct collector_child child = {
        .argv = argv, .dir = dir, .ctx = &a, .output = on_output, .errors = on_errors};
    struct collector_exit end = {0};
    enum ak_status st = collector_child_run(&child, &end, err);
    struct ak_str said = ak_str_trim(ak_buf_view(&a.errors));
    said = ak_str_cut(&said, '\n');
    if (st == AK_OK && end.interrupted) {
        st = ak_fail(err, AK_CANCELLED, "interrupted while git ran");
    } else if (st == AK_OK && end.code != 0) {
        st = ak_fail(err, AK_NOT_FOUND, "git: %.*s", (int)ak_utf8_cut(said, 300),
                     said.len > 0 ? said.ptr : "failed");
    }
    if (st == AK_OK && out) {
        struct ak_str text = ak_buf_view(&a.output);
        const struct ak_str line = ak_str_cut(&text, '\n');
        *out = ak_arena_strndup(arena, line.ptr ? line.ptr : "", line.len);
    }
    ak_buf_release(&a.output);
    ak_buf_release(&a.errors);
    return st;
}

enum ak_status collector_go_commit_begin(struct go_commit *c, const struct ak_go_build *how,
                                         const char *scratch, struct ak_arena *arena,
                                         struct ak_error *err)
{
    const char *const name = ak_arena_printf(arena, "%s^{commit}", how->commit);
    const char *hash = "", *prefix = "";
    enum ak_status st =
        git(how->dir,
            (const char *const[]){"git", "rev-parse", "--verify", "--end-of-options", name, NULL},
            arena, &hash, err);
    if (st != AK_OK) {
        return ak_prefix(err, st, "%s: neither a folder nor a commit", how->commit);
    }
    st = git(how->dir, (const char *const[]){"git", "rev-parse", "--show-prefix", NULL}, arena,
             &prefix, err);
    if (st != AK_OK) {
        return st;
    }
    c->tree = ak_arena_printf(arena, "%s/tree", scratch);
    c->dir = ak_arena_printf(arena, "%s/%s", c->tree, prefix);
    c->repository = how->dir ? how->dir : ".";
    return ak_prefix(err,
                     git(how->dir,
                         (const char *const[]){"git", "-c", "core.hooksPath=/dev/null", "worktree",
                                               "add", "--quiet", "--detach", c->tree, hash, NULL},
                         arena, NULL, err),
                     "%s", how->commit);
}

void collector_go_commit_end(struct go_commit *c)
{
    if (!c->repository) {
        return;
    }
    enum ak_status st = AK_CANCELLED;
    for (int i = 0; i < TRIES_MAX && st == AK_CANCELLED; i++) {
        st = git(c->repository,
                 (const char *const[]){"git", "worktree", "remove", "--force", c->tree, NULL}, NULL,
                 NULL, NULL);
    }
    c->repository = NULL; /* what is left of the folder goes with the one around it */
}
