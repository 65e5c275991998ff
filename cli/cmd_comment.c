/* akreport comment: the pull-request comment as files. Never posts, needs no token. */
#include "base/sanitize.h"
#include "collector/attribution.h"
#include "collector/compare.h"
#include "collector/criteria.h"
#include "command.h"
#include "findings.h"
#include "merge_base.h"
#include "reporter/comment.h"
#include "reporter/page.h"
#include "run_side.h"

#include <stdio.h>
#include <string.h>

struct opts {
    const char *store, *dir, *base, *branch, *criteria, *id, *image_url, *templates, *html;
    int64_t max_bytes;
    double margin, alpha;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"o", AK_OPT_STR, F(dir), "DIR", "folder for comment.md, comment.json and pictures (.)",
     "output"},
    {"id", AK_OPT_STR, F(id), "KEY", "key of the hidden marker, for update in place", NULL},
    {"image-url", AK_OPT_STR, F(image_url), "URL",
     "folder of the pictures as the reader sees it (default: no picture)", NULL},
    {"max-bytes", AK_OPT_I64, F(max_bytes), "N", "longest comment (60000)", NULL},
    {"html", AK_OPT_STR, F(html), "FILE", "also write the page of the comparison", NULL},
    {"templates", AK_OPT_STR, F(templates), "DIR", "folder of replaced templates", NULL},
    {"base", AK_OPT_STR, F(base), "RUN|auto",
     "the base; auto: the newest run of the merge base with --branch", "judgement"},
    {"branch", AK_OPT_STR, F(branch), "NAME", "of --base auto (origin/main, then main)", NULL},
    {"criteria", AK_OPT_STR, F(criteria), "FILE", "criteria to judge by (default: built in)", NULL},
    {"margin", AK_OPT_F64, F(margin), "PERCENT", "changes within are the same (3)", NULL},
    {"alpha", AK_OPT_F64, F(alpha), "P", "level of the tests (0.05)", NULL},
    {"store", AK_OPT_STR, F(store), "FILE", "history file", "input"},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

struct job {
    const struct opts *o;
    struct run_sides sides;
    struct ak_arena *arena;
    struct ak_comparison cmp;
    bool has_cmp;
    struct ak_criteria *criteria;
    struct ak_check *check;
    const char *base_note;
    struct ak_lint_changes findings;
    bool has_findings;
};

static enum ak_status load(struct job *j, const char *selector, struct ak_run **out,
                           struct ak_error *err)
{
    return cli_run_side_load(&j->sides, selector, AK_LOAD_PROFILES, out, err);
}

/* The run to compare with: the one that was named, or that of the merge base. NULL: none. */
static enum ak_status base_load(struct job *j, const char *named, const struct ak_run *head,
                                struct ak_run **out, struct ak_error *err)
{
    const char *selector = j->o->base ? j->o->base : named;
    if (!selector || strcmp(selector, "auto") != 0) {
        return selector ? load(j, selector, out, err) : AK_OK;
    }
    struct merge_base base;
    enum ak_status st =
        cli_merge_base(head->commit ? head->commit : "", j->o->branch, j->arena, &base, err);
    if (st != AK_OK) {
        return st;
    }
    st = load(j, ak_arena_printf(j->arena, "commit:%s", base.commit), out, err);
    if (st == AK_NOT_FOUND) {
        return ak_fail(
            err, st,
            "--base auto: %s, the %s, was not measured: record it with a checkout of it, "
            "or name a --base",
            cli_commit_text(base.commit, j->arena), base.note);
    }
    if (st == AK_OK && (*out)->id == head->id && head->id > 0) {
        return ak_fail(err, AK_NOT_FOUND, "--base auto: the only run of %s is the head itself",
                       cli_commit_text(base.commit, j->arena));
    }
    j->base_note = st == AK_OK && (*out)->dirty
                       ? ak_arena_printf(j->arena, "%s, with uncommitted changes", base.note)
                       : base.note;
    return st;
}

static enum ak_status judge(struct job *j, const char *before, const char *after,
                            struct ak_error *err)
{
    struct ak_run *old_run = NULL;
    struct ak_run *new_run = NULL;
    enum ak_status st = load(j, after, &new_run, err);
    if (st == AK_OK) {
        st = base_load(j, before, new_run, &old_run, err);
    }
    struct ak_compare_opts compare = {.margin = j->o->margin / 100, .alpha = j->o->alpha};
    if (st == AK_OK && old_run) {
        st = cli_run_sides_history(&j->sides, (struct ak_run *const[]){old_run, new_run}, 2,
                                   &compare, err);
    }
    if (st == AK_OK && old_run) {
        ak_compare_runs(old_run, new_run, &compare, j->arena, &j->cmp);
        ak_attribute(&j->cmp, j->arena);
        j->has_cmp = true;
    }
    if (st == AK_OK && j->o->criteria) {
        st = ak_criteria_load(j->o->criteria, j->arena, &j->criteria, err);
    } else if (st == AK_OK) {
        j->criteria = ak_criteria_builtin(j->arena);
    }
    if (st == AK_OK) {
        st = cli_run_sides_judge(&j->sides, new_run, j->criteria, old_run, &j->check, err);
    }
    if (st == AK_OK && j->has_cmp) {
        ak_check_mark_limits(j->check, &j->cmp);
    }
    return st == AK_OK ? cli_findings_compare(&j->sides, old_run, new_run, &j->findings,
                                              &j->has_findings, err)
                       : st;
}

/* The built-in criteria are about certain benchmarks: where there are none of these, a comment
 * about others says nothing of them. */
static const struct ak_check *check_to_show(const struct job *j)
{
    const size_t judged = j->check->counts[AK_OUTCOME_PASS] + j->check->counts[AK_OUTCOME_FAIL];
    return judged > 0 || j->o->criteria || !j->has_cmp ? j->check : NULL;
}

static enum ak_status write_all(struct job *j, const struct ak_check *check, struct ak_error *err)
{
    struct ak_templates *templates = NULL;
    enum ak_status st = ak_templates_open(j->o->templates, &templates, err);
    if (st != AK_OK) {
        return st;
    }
    const struct ak_comment comment = {
        .cmp = j->has_cmp ? &j->cmp : NULL,
        .check = check,
        .findings = j->has_findings ? &j->findings : NULL,
        .id = j->o->id,
        .base_note = j->base_note,
        .image_url = j->o->image_url,
        .max_bytes = j->o->max_bytes > 0 ? (size_t)j->o->max_bytes : 0,
        .templates = templates,
    };
    st = ak_comment_write(&comment, j->o->dir, err);
    if (st == AK_OK && j->o->html) {
        const struct ak_page_model page = {.cmp = comment.cmp,
                                           .checks = &check,
                                           .check_count = check ? 1 : 0,
                                           .templates = templates};
        st = ak_page_write(&page, j->o->html, err);
    }
    ak_templates_close(templates);
    return st;
}

static int comment(struct job *j, const struct ak_args *args)
{
    struct ak_error err = {0};
    const char *before = args->count == 2 ? args->items[0] : NULL;
    const char *after = args->items[args->count - 1];
    if (judge(j, before, after, &err) != AK_OK) {
        return command_fail("comment", &err);
    }
    const struct ak_check *check = check_to_show(j);
    if (write_all(j, check, &err) != AK_OK) {
        return command_fail("comment", &err);
    }
    struct ak_buf line = AK_BUF_INIT;
    ak_buf_puts(&line, "written to ");
    ak_sanitize_text(&line, ak_str_from(j->o->dir));
    ak_buf_puts(&line, ": comment.md, comment.json, pictures, annotations.txt, metrics.txt\n");
    command_print("comment", ak_buf_view(&line));
    ak_buf_release(&line);
    const int compared = j->has_cmp ? ak_compare_exit(&j->cmp) : 0;
    const int checked = check ? ak_check_exit(j->check, j->criteria) : 0;
    return compared == 1 || checked == 1 ? 1 : compared > checked ? compared : checked;
}

static const char *wrong_use(const struct opts *o, const struct ak_args *args)
{
    if (args->count == 0 || args->count > 2) {
        return "give BASE and HEAD, or HEAD with --base";
    }
    if (args->count == 2 && o->base) {
        return "give BASE or --base, not both";
    }
    if (!(o->margin > 0 && o->margin <= 1000) || !(o->alpha >= 0 && o->alpha <= 1)) {
        return "-margin is a percentage above 0, -alpha lies in [0, 1]";
    }
    if (o->max_bytes != 0 && o->max_bytes < 4000) {
        return "-max-bytes is at least 4000";
    }
    return NULL;
}

static int run(int argc, char **argv)
{
    struct opts o = {.dir = ".", .margin = 3, .alpha = 0.05};
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    int code = command_parse(&cmd_comment, &o, argc, argv, arena, &args);
    const char *wrong = code < 0 ? wrong_use(&o, &args) : NULL;
    if (wrong) {
        fprintf(stderr, "akreport comment: %s\n", wrong);
        code = 2;
    } else if (code < 0) {
        struct job j = {.o = &o,
                        .arena = arena,
                        .sides = {.cmd = "comment", .store_path = o.store, .arena = arena}};
        code = comment(&j, &args);
        cli_run_sides_close(&j.sides);
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_comment = {
    .name = "comment",
    .summary = "the pull-request comment, written as files",
    .usage = "comment [options] [BASE] HEAD (labels, run ids or files)",
    .opts = table,
    .run = run,
};
