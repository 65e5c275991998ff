#include "comment/model.h"

#include "base/sanitize.h"
#include "findings.h"
#include "headline.h"
#include "judge/judge.h"
#include "silence.h"
#include "words.h"

#include <math.h>

struct builder {
    struct ak_arena *a;
    const struct ak_comment *c;
    const struct comment_level *level;
    struct ak_tvalue *root;
    size_t alerts_left_out;
};

/* A name as a code span, its front cut where it is too long. */
static const char *code(struct builder *b, const char *name)
{
    struct ak_str s = ak_str_from(name);
    const size_t runes = ak_utf8_count(s);
    const bool cut = runes > b->level->name_runes;
    for (size_t drop = cut ? runes - b->level->name_runes : 0; drop > 0; drop--) {
        uint32_t rune;
        const size_t n = ak_utf8_decode(s.ptr, s.len, &rune);
        s = ak_str_slice(s, n, s.len);
    }
    if (cut) {
        s = ak_str_from(ak_arena_printf(b->a, "…%.*s", (int)s.len, s.ptr));
    }
    struct ak_buf out = AK_BUF_INIT;
    ak_sanitize_markdown_code(&out, s.len > 0 ? s : AK_STR(" "));
    const char *text = ak_arena_strndup(b->a, out.ptr, out.len);
    ak_buf_release(&out);
    return text;
}

static void set(struct builder *b, struct ak_tvalue *map, const char *key, const char *value)
{
    ak_tvalue_set_str(b->a, map, key, value);
}

static struct ak_tvalue *row_value(struct builder *b, const struct ak_compare_row *r)
{
    static const char *const glyphs[] = {
        [AK_VERDICT_SAME] = "=", [AK_VERDICT_UNSURE] = "~", [AK_VERDICT_INCOMPARABLE] = "–"};
    const bool arrow = r->verdict == AK_VERDICT_WORSE || r->verdict == AK_VERDICT_BETTER;
    struct ak_tvalue *v = ak_tvalue_map(b->a);
    const struct text_pair pair =
        reporter_text_pair(b->a, reporter_median(&r->before), reporter_median(&r->after), r->unit);
    set(b, v, "glyph", arrow ? r->ratio < 1 ? "▼" : "▲" : glyphs[r->verdict]);
    set(b, v, "name", code(b, r->benchmark));
    set(b, v, "unit", r->unit);
    set(b, v, "before", pair.before);
    set(b, v, "after", pair.after);
    set(b, v, "change", isnan(r->ratio) ? "" : reporter_text_change(b->a, r->ratio));
    set(b, v, "interval", reporter_text_interval(b->a, r->ratio_lo, r->ratio_hi));
    const char *p = reporter_text_p(b->a, r->p_adjusted); /* the column says "p" */
    set(b, v, "p", p[0] == 'p' ? p + (p[1] == '=' ? 2 : 1) : p);
    set(b, v, "between", reporter_text_between(b->a, r));
    set(b, v, "limit", isnan(r->limit) ? "" : reporter_text_value(b->a, r->limit, r->unit));
    const char *reason = r->reason;
    if (r->verdict == AK_VERDICT_UNSURE && r->need_more > 0 && !reason[0]) {
        reason = ak_arena_printf(b->a, "run %zu more a side", r->need_more);
    }
    set(b, v, "reason", reason);
    return v;
}

/* The rows of a verdict (and of a second one) as list `key`, with "has_key" and "key_title". */
static void rows_add(struct builder *b, const char *key, enum ak_verdict verdict,
                     enum ak_verdict or)
{
    const struct ak_comparison *cmp = b->c->cmp;
    const bool alert = verdict == AK_VERDICT_WORSE;
    const bool wanted = alert || (verdict == AK_VERDICT_SAME ? b->level->others : b->level->folded);
    struct ak_tvalue *list = ak_tvalue_list(b->a);
    size_t n = 0;
    for (size_t i = 0; cmp && i < cmp->row_count; i++) {
        if (cmp->rows[i].verdict != verdict && cmp->rows[i].verdict != or) {
            continue;
        }
        n++;
        if (alert && n > b->level->alerts) {
            b->alerts_left_out++;
        } else if (wanted) {
            ak_tvalue_push(list, row_value(b, &cmp->rows[i]));
        }
    }
    ak_tvalue_set(b->root, key, list);
    ak_tvalue_set_bool(b->a, b->root, ak_arena_printf(b->a, "has_%s", key), list->first != NULL);
    ak_tvalue_set_f(b->a, b->root, ak_arena_printf(b->a, "%s_title", key), "%zu %s%s", n,
                    verdict == or ? ak_verdict_text(verdict) : "unsure or not comparable",
                    n == 1 ? " row" : " rows");
}

static struct ak_tvalue *cause_value(struct builder *b, const struct ak_compare_row *r,
                                     const struct ak_cause *cause)
{
    struct ak_tvalue *v = ak_tvalue_map(b->a);
    const double cum = (double)cause->cum_after - (double)cause->cum_before;
    set(b, v, "function", code(b, reporter_text_function(cause->function)));
    set(b, v, "delta", reporter_text_amount(b->a, reporter_cause_delta(cause), r));
    set(b, v, "error", reporter_text_error(b->a, cause, r));
    set(b, v, "cum", reporter_text_amount(b->a, cum, r));
    ak_tvalue_set_f(b->a, v, "samples", "%lld → %lld", (long long)cause->samples_before,
                    (long long)cause->samples_after);
    return v;
}

/* The functions of a row, what the others and what nobody carries: together the change. */
static struct ak_tvalue *explained_row(struct builder *b, const struct ak_compare_row *r)
{
    struct ak_tvalue *v = ak_tvalue_map(b->a);
    struct ak_tvalue *functions = ak_tvalue_list(b->a);
    double others = 0;
    double total = r->cause_unexplained;
    for (size_t k = 0; k < r->cause_count; k++) {
        const double delta = reporter_cause_delta(&r->causes[k]);
        total += delta;
        if (k < b->level->causes) {
            ak_tvalue_push(functions, cause_value(b, r, &r->causes[k]));
        } else {
            others += delta;
        }
    }
    set(b, v, "name", code(b, r->benchmark));
    set(b, v, "unit", r->unit);
    set(b, v, "profile",
        ak_arena_printf(b->a, "%s, %s", r->causes[0].profile, r->causes[0].value_type));
    set(b, v, "of", isfinite(r->cause_scale) ? "" : " in the whole profile");
    set(b, v, "total", reporter_text_amount(b->a, total, r));
    ak_tvalue_set(v, "functions", functions);
    const size_t more = r->cause_count > b->level->causes ? r->cause_count - b->level->causes : 0;
    set(b, v, "others",
        more == 0
            ? ""
            : ak_arena_printf(b->a, "%s %s",
                              reporter_text_count(b->a, more, "more function", "more functions"),
                              reporter_text_amount(b->a, others, r)));
    set(b, v, "unexplained", reporter_text_amount(b->a, r->cause_unexplained, r));
    set(b, v, "note", r->cause_note);
    return v;
}

static const struct headline_style markdown_style = {ak_sanitize_markdown,
                                                     ak_sanitize_markdown_code};

/* What is said where no function can be named: the rows, and why. */
static void silences_add(struct builder *b)
{
    struct silence found[SILENCE_MAX];
    const bool wanted = b->c->cmp && b->level->causes > 0;
    const size_t count = wanted ? reporter_silences(b->c->cmp, found) : 0;
    struct ak_tvalue *list = ak_tvalue_list(b->a);
    for (size_t i = 0; i < count; i++) {
        struct ak_tvalue *v = ak_tvalue_map(b->a);
        set(b, v, "rows", reporter_silence_text(&found[i], b->a, &markdown_style));
        set(b, v, "note", found[i].note);
        ak_tvalue_push(list, v);
    }
    ak_tvalue_set(b->root, "silences", list);
    ak_tvalue_set_bool(b->a, b->root, "has_silences", count > 0);
}

static void causes_add(struct builder *b)
{
    const struct ak_comparison *cmp = b->c->cmp;
    struct ak_tvalue *list = ak_tvalue_list(b->a);
    for (size_t i = 0; cmp && i < cmp->row_count && b->level->causes > 0; i++) {
        const struct ak_compare_row *r = &cmp->rows[i];
        if (r->verdict == AK_VERDICT_WORSE && r->cause_count > 0 &&
            !reporter_causes_shown(cmp, i, AK_VERDICT_WORSE)) {
            ak_tvalue_push(list, explained_row(b, r));
        }
    }
    ak_tvalue_set(b->root, "causes", list);
    ak_tvalue_set_bool(b->a, b->root, "has_causes", list->first != NULL);
}

static struct ak_tvalue *judgement_value(struct builder *b, const struct ak_judgement *j)
{
    struct ak_tvalue *v = ak_tvalue_map(b->a);
    set(b, v, "glyph",
        j->outcome == AK_OUTCOME_PASS   ? "✓"
        : j->outcome == AK_OUTCOME_FAIL ? "✗"
                                        : "?");
    set(b, v, "criterion", j->criterion);
    set(b, v, "name", code(b, j->benchmark));
    const char *measured = j->is_trend       ? reporter_text_finding(b->a, j)
                           : isnan(j->value) ? "–"
                                             : reporter_text_value(b->a, j->value, j->unit);
    set(b, v, "measured", measured);
    set(b, v, "limit", j->limit_text);
    return v;
}

static void judgements_add(struct builder *b)
{
    const struct ak_check *check = b->c->check;
    struct ak_tvalue *fails = ak_tvalue_list(b->a);
    struct ak_tvalue *passed = ak_tvalue_list(b->a);
    size_t n = 0;
    for (size_t i = 0; check && i < check->row_count; i++) {
        const struct ak_judgement *j = &check->rows[i];
        if (j->outcome != AK_OUTCOME_FAIL) {
            if (b->level->others) {
                ak_tvalue_push(passed, judgement_value(b, j));
            }
        } else if (n++ < b->level->alerts) {
            ak_tvalue_push(fails, judgement_value(b, j));
        } else {
            b->alerts_left_out++;
        }
    }
    ak_tvalue_set(b->root, "fails", fails);
    ak_tvalue_set_bool(b->a, b->root, "has_fails", fails->first != NULL);
    ak_tvalue_set(b->root, "passed", passed);
    ak_tvalue_set_bool(b->a, b->root, "has_passed", passed->first != NULL);
    ak_tvalue_set_f(b->a, b->root, "passed_title", "%zu criteria passed, %zu not judged",
                    check ? check->counts[AK_OUTCOME_PASS] : 0,
                    check ? check->counts[AK_OUTCOME_UNJUDGED] : 0);
}

/* "`goakt-v3` (e4d58a59b1)" */
static const char *run_text(struct builder *b, const struct ak_run *run, const struct ak_run *other,
                            const char *otherwise)
{
    const char *commit = reporter_text_commit(b->a, run);
    const char *name = code(b, reporter_text_run_beside(b->a, run, other, otherwise));
    if (!commit[0]) {
        return name;
    }
    struct ak_buf safe = AK_BUF_INIT;
    ak_sanitize_markdown(&safe, ak_str_from(commit));
    const char *text = ak_arena_printf(b->a, "%s (%s)", name, safe.ptr);
    ak_buf_release(&safe);
    return text;
}

static void text_push(struct builder *b, struct ak_tvalue *list, const char *text)
{
    ak_tvalue_push(list, ak_tvalue_str(b->a, ak_str_from(text)));
}

/* A cost that grows faster than what it is paid for is no detail: doctor rule P007. */
static bool is_about_growth(const char *warning)
{
    return strncmp(warning, "P007 ", 5) == 0;
}

static void details_add(struct builder *b)
{
    const struct ak_comparison *cmp = b->c->cmp;
    struct ak_tvalue *env = ak_tvalue_list(b->a);
    struct ak_tvalue *warnings = ak_tvalue_list(b->a);
    struct ak_tvalue *superlinear = ak_tvalue_list(b->a);
    struct ak_tvalue *method = ak_tvalue_list(b->a);
    for (size_t i = 0; cmp && i < cmp->environment_difference_count; i++) {
        struct ak_tvalue *v = ak_tvalue_map(b->a);
        set(b, v, "key", cmp->environment_differences[i].key);
        set(b, v, "value", cmp->environment_differences[i].value);
        ak_tvalue_push(env, v);
    }
    for (size_t i = 0; cmp && i < cmp->warning_count; i++) {
        text_push(b, warnings, cmp->warnings[i]);
    }
    if (cmp) {
        text_push(b, method,
                  ak_arena_printf(b->a,
                                  "worse or better: Mann-Whitney, Holm over all rows, at most %g, "
                                  "and an effect beyond ±%g %%; intervals: Hodges-Lehmann, %g %%",
                                  cmp->alpha, cmp->margin * 100, cmp->confidence * 100));
    }
    if (b->c->check) {
        text_push(b, method,
                  ak_arena_printf(b->a, "criteria: %s, judged by exact counters",
                                  b->c->check->criteria_name));
        for (size_t i = 0; i < b->c->check->warning_count; i++) {
            const bool is_growth = is_about_growth(b->c->check->warnings[i]);
            text_push(b, is_growth ? superlinear : warnings, b->c->check->warnings[i]);
        }
        if (b->c->check->advice && *b->c->check->advice) {
            text_push(b, warnings, b->c->check->advice);
        }
    }
    ak_tvalue_set(b->root, "env", env);
    ak_tvalue_set(b->root, "warnings", warnings);
    ak_tvalue_set(b->root, "superlinear", superlinear);
    ak_tvalue_set_bool(b->a, b->root, "has_superlinear", superlinear->first != NULL);
    ak_tvalue_set(b->root, "method", method);
    ak_tvalue_set_bool(b->a, b->root, "details", b->level->folded);
}

static void head_add(struct builder *b)
{
    const struct ak_comment *c = b->c;
    const struct headline h = reporter_headline(b->a, c->cmp, c->check, &markdown_style);
    set(b, b->root, "glyph", h.glyph);
    set(b, b->root, "word", h.word);
    ak_tvalue_set(b->root, "headline", ak_tvalue_str(b->a, h.text));
    struct ak_buf id = AK_BUF_INIT;
    ak_sanitize_filename(&id, ak_str_from(c->id ? c->id : "default"));
    set(b, b->root, "id", ak_arena_strndup(b->a, id.ptr, id.len));
    ak_buf_reset(&id);
    ak_sanitize_html(&id, ak_str_from(c->image_url ? c->image_url : ""));
    set(b, b->root, "image", ak_arena_strndup(b->a, id.ptr ? id.ptr : "", id.len));
    ak_buf_release(&id);
    ak_tvalue_set_bool(b->a, b->root, "cmp", c->cmp != NULL);
    set(b, b->root, "base_note", c->base_note);
    set(b, b->root, "base", c->cmp ? run_text(b, c->cmp->before, c->cmp->after, "before") : "");
    set(b, b->root, "head", c->cmp ? run_text(b, c->cmp->after, c->cmp->before, "after") : "");
    const char *environment = "same environment";
    if (c->cmp && c->cmp->environment_difference_count > 0) {
        struct ak_buf keys = AK_BUF_INIT;
        for (size_t i = 0; i < c->cmp->environment_difference_count && i < 5; i++) {
            ak_buf_printf(&keys, "%s%s", i > 0 ? ", " : "", c->cmp->environment_differences[i].key);
        }
        environment = ak_arena_printf(b->a, "environments differ: %s", keys.ptr);
        ak_buf_release(&keys);
    }
    set(b, b->root, "environment", environment);
    set(b, b->root, "variance", c->cmp ? c->cmp->variance : "");
}

struct ak_tvalue *reporter_comment_model(struct ak_arena *a, const struct ak_comment *c,
                                         const struct comment_level *level)
{
    struct builder b = {.a = a, .c = c, .level = level, .root = ak_tvalue_map(a)};
    head_add(&b);
    judgements_add(&b);
    rows_add(&b, "worse", AK_VERDICT_WORSE, AK_VERDICT_WORSE);
    bool has_limits = false;
    for (size_t i = 0; c->cmp && i < c->cmp->row_count; i++) {
        const struct ak_compare_row *r = &c->cmp->rows[i];
        has_limits = has_limits || (r->verdict == AK_VERDICT_WORSE && !isnan(r->limit));
    }
    ak_tvalue_set_bool(a, b.root, "has_limits", has_limits);
    ak_tvalue_set_bool(a, b.root, "has_between", c->cmp && reporter_any_between(c->cmp));
    causes_add(&b);
    silences_add(&b);
    reporter_findings_comment(a, b.root, c->findings, level->folded ? 10 : 3);
    rows_add(&b, "better", AK_VERDICT_BETTER, AK_VERDICT_BETTER);
    rows_add(&b, "unsure", AK_VERDICT_UNSURE, AK_VERDICT_INCOMPARABLE);
    rows_add(&b, "same", AK_VERDICT_SAME, AK_VERDICT_SAME);
    details_add(&b);
    const char *left_out = "";
    if (b.alerts_left_out > 0) {
        left_out = ak_arena_printf(a, "%zu more alerts did not fit; comment.json has them all.",
                                   b.alerts_left_out);
    } else if (!level->folded) {
        left_out = "Tables of what did not get worse were left out for length; comment.json has "
                   "them.";
    } else if (!level->others) {
        left_out = "The table of unchanged rows was left out for length; comment.json has it.";
    }
    set(&b, b.root, "left_out", left_out);
    return b.root;
}
