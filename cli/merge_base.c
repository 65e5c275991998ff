#include "merge_base.h"

#include "base/host.h"
#include "base/mem.h"
#include "base/sanitize.h"

#include <string.h>

static const char *git(struct ak_arena *a, const char *verb, const char *x, const char *y,
                       const char *z)
{
    const char *const argv[] = {"git", verb, x, y, z, NULL};
    return ak_command_line1(a, argv);
}

static bool is_hash(const char *line)
{
    const size_t n = strspn(line, "0123456789abcdef");
    return n >= 40 && line[n] == '\0';
}

static const char *commit_of(struct ak_arena *a, const char *name)
{
    const char *wanted = ak_arena_printf(a, "%s^{commit}", name);
    const char *line = git(a, "rev-parse", "--verify", "--quiet", wanted);
    return is_hash(line) ? line : "";
}

const char *cli_commit_text(const char *commit, struct ak_arena *arena)
{
    const char *subject = git(arena, "log", "-1", "--format=%s", commit);
    struct ak_buf safe = AK_BUF_INIT;
    const struct ak_str line = ak_str_from(subject);
    ak_sanitize_text(&safe, ak_str_slice(line, 0, ak_utf8_cut(line, 60)));
    const char *text = safe.len > 0 ? ak_arena_printf(arena, "%.10s (%s)", commit, safe.ptr)
                                    : ak_arena_printf(arena, "%.10s", commit);
    ak_buf_release(&safe);
    return text;
}

static enum ak_status none(const char *head, const char *branch, struct ak_arena *a,
                           struct ak_error *err)
{
    const bool shallow =
        strcmp(git(a, "rev-parse", "--is-shallow-repository", NULL, NULL), "true") == 0;
    return ak_fail(err, AK_NOT_FOUND, "--base auto: %s has no commit in common with %s%s",
                   cli_commit_text(head, a), branch,
                   shallow ? "; this clone is shallow (git fetch --unshallow)" : "");
}

enum ak_status cli_merge_base(const char *head, const char *branch, struct ak_arena *arena,
                              struct merge_base *out, struct ak_error *err)
{
    static const char *const usual[] = {"origin/main", "main", "origin/master", "master"};
    if (!*git(arena, "rev-parse", "--git-dir", NULL, NULL)) {
        return ak_fail(err, AK_NOT_FOUND, "--base auto: this folder is in no git checkout");
    }
    const char *tip = commit_of(arena, *head ? head : "HEAD");
    if (!*tip) {
        return ak_fail(err, AK_NOT_FOUND,
                       "--base auto: commit %.10s of the head is not in this "
                       "checkout (git fetch it)",
                       *head ? head : "HEAD");
    }
    const char *target = branch ? commit_of(arena, branch) : "";
    for (size_t i = 0; !branch && i < AK_COUNT(usual); i++) {
        target = commit_of(arena, usual[i]);
        branch = *target ? usual[i] : NULL;
    }
    if (!*target) {
        return ak_fail(err, AK_NOT_FOUND,
                       "--base auto: there is no branch %s here (git fetch it, "
                       "or name another with --branch)",
                       branch ? branch : "origin/main, main, origin/master or master");
    }
    const char *base = git(arena, "merge-base", tip, target, NULL);
    if (!is_hash(base)) {
        return none(tip, branch, arena, err);
    }
    if (strcmp(base, tip) != 0) {
        *out = (struct merge_base){base, ak_arena_printf(arena, "merge base with %s", branch)};
        return AK_OK;
    }
    const char *before = commit_of(arena, ak_arena_printf(arena, "%s^1", tip));
    if (!*before) {
        return ak_fail(err, AK_NOT_FOUND, "--base auto: %s is on %s and has no commit before it",
                       cli_commit_text(tip, arena), branch);
    }
    *out = (struct merge_base){before, ak_arena_printf(arena, "the commit before, on %s", branch)};
    return AK_OK;
}
