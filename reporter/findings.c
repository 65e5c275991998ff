#include "findings.h"

#include "base/sanitize.h"

#define OPEN_SHOWN 3 /* of what a change did not add */

static const char *markdown(struct ak_arena *a, const char *text)
{
    struct ak_buf out = AK_BUF_INIT;
    ak_sanitize_markdown(&out, ak_str_from(text));
    const char *const copy = ak_arena_strndup(a, out.ptr ? out.ptr : "", out.len);
    ak_buf_release(&out);
    return copy;
}

static const char *markdown_code(struct ak_arena *a, const char *text)
{
    struct ak_buf out = AK_BUF_INIT;
    ak_sanitize_markdown_code(&out, ak_str_from(text));
    const char *const copy = ak_arena_strndup(a, out.ptr, out.len);
    ak_buf_release(&out);
    return copy;
}

static const char *place(struct ak_arena *a, const struct ak_lint_row *row)
{
    return *row->file ? ak_arena_printf(a, "%s:%lld", row->file, (long long)row->line) : "";
}

static struct ak_tvalue *comment_row(struct ak_arena *a, const struct ak_lint_row *row, bool is_new)
{
    struct ak_tvalue *const v = ak_tvalue_map(a);
    const char *const where = place(a, row);
    ak_tvalue_set_bool(a, v, "is_new", is_new);
    ak_tvalue_set_str(a, v, "place", *where ? markdown_code(a, where) : "");
    ak_tvalue_set_str(a, v, "message", markdown(a, row->message));
    ak_tvalue_set_str(a, v, "rule", markdown(a, row->rule));
    return v;
}

static const char *comment_title(struct ak_arena *a, const struct ak_lint_changes *c)
{
    if (!c->is_compared) {
        return ak_arena_printf(a, "%zu finding%s of static checks; the base was not looked at",
                               c->open_count, c->open_count == 1 ? "" : "s");
    }
    return ak_arena_printf(a, "Static checks: %zu new finding%s, %zu that stay, %zu gone",
                           c->added_count, c->added_count == 1 ? "" : "s", c->open_count,
                           c->gone_count);
}

void reporter_findings_comment(struct ak_arena *a, struct ak_tvalue *root,
                               const struct ak_lint_changes *c, size_t most)
{
    const bool has = c && c->added_count + c->open_count + c->gone_count > 0;
    ak_tvalue_set_bool(a, root, "has_findings", has);
    if (!has) {
        return;
    }
    struct ak_tvalue *const list = ak_tvalue_list(a);
    size_t shown = 0;
    for (size_t i = 0; i < c->added_count && shown < most; i++, shown++) {
        ak_tvalue_push(list, comment_row(a, c->added[i], true));
    }
    for (size_t i = 0; i < c->open_count && i < OPEN_SHOWN && shown < most; i++, shown++) {
        ak_tvalue_push(list, comment_row(a, c->open[i], false));
    }
    ak_tvalue_set(root, "findings", list);
    ak_tvalue_set_str(a, root, "findings_title", comment_title(a, c));
    const size_t all = c->added_count + c->open_count;
    ak_tvalue_set_str(a, root, "findings_rest",
                      shown < all ? ak_arena_printf(a, "%zu more in comment.json", all - shown)
                                  : "");
}

void reporter_findings_dashboard(struct ak_arena *a, struct ak_tvalue *root,
                                 const struct ak_lint_life *lives, size_t count, size_t most)
{
    struct ak_tvalue *const list = ak_tvalue_list(a);
    size_t shown = 0, by_state[3] = {0};
    for (size_t i = 0; i < count; i++) {
        const struct ak_lint_life *const l = &lives[i];
        by_state[l->state]++;
        if (l->state == AK_LINT_GONE || shown == most) {
            continue;
        }
        struct ak_tvalue *const v = ak_tvalue_map(a);
        ak_tvalue_set_str(a, v, "state", ak_lint_state_text(l->state));
        ak_tvalue_set_str(a, v, "rule", l->row.rule);
        ak_tvalue_set_str(a, v, "place", place(a, &l->row));
        ak_tvalue_set_str(a, v, "message", l->row.message);
        ak_tvalue_set_f(a, v, "heat", l->row.share > 0 ? "%.1f %%" : "–", 100 * l->row.share);
        ak_tvalue_set_f(a, v, "first", "%s\u00a0#%lld", l->first.label, (long long)l->first.id);
        ak_tvalue_set_f(a, v, "last", "%s\u00a0#%lld", l->last.label, (long long)l->last.id);
        ak_tvalue_push(list, v);
        shown++;
    }
    ak_tvalue_set_bool(a, root, "has_findings", count > 0);
    ak_tvalue_set(root, "findings", list);
    ak_tvalue_set_f(a, root, "findings_title", "%zu new, %zu open, %zu gone%s",
                    by_state[AK_LINT_NEW], by_state[AK_LINT_OPEN], by_state[AK_LINT_GONE],
                    shown < by_state[AK_LINT_NEW] + by_state[AK_LINT_OPEN] ? "; the hottest:" : "");
}
