#include "headline.h"

#include "words.h"

#include <math.h>

struct writer {
    struct ak_arena *arena;
    struct ak_buf out;
    const struct headline_style *style;
};

static void text(struct writer *w, const char *s)
{
    (w->style->text)(&w->out, ak_str_from(s));
}

static void name(struct writer *w, const char *s)
{
    /* A name is as long as somebody made it; a headline is not. */
    struct ak_str str = ak_str_from(s);
    if (str.len > 120) {
        str = ak_str_slice(str, str.len - 110, str.len);
        while (str.len > 0 && ((unsigned char)str.ptr[0] & 0xc0) == 0x80) {
            str = ak_str_slice(str, 1, str.len);
        }
        str = ak_str_from(ak_arena_printf(w->arena, "…%.*s", (int)str.len, str.ptr));
    }
    (w->style->name)(&w->out, str);
}

static const struct ak_compare_row *worst_row(const struct ak_comparison *cmp)
{
    for (size_t i = 0; cmp && i < cmp->row_count; i++) {
        if (cmp->rows[i].verdict == AK_VERDICT_WORSE) {
            return &cmp->rows[i];
        }
    }
    return NULL;
}

/* The failure of a criterion that is furthest over its limit; a leak before everything. */
static const struct ak_judgement *worst_failure(const struct ak_check *check, const char *criterion)
{
    const struct ak_judgement *worst = NULL;
    for (size_t i = 0; i < check->row_count; i++) {
        const struct ak_judgement *j = &check->rows[i];
        if (j->outcome != AK_OUTCOME_FAIL || strcmp(j->criterion, criterion) != 0) {
            continue;
        }
        const double over = j->is_trend ? j->trend.slope : j->value / j->limit;
        const double most = !worst            ? -(double)INFINITY
                            : worst->is_trend ? worst->trend.slope
                                              : worst->value / worst->limit;
        worst = !worst || over > most ? j : worst;
    }
    return worst;
}

/* Was this criterion named by an earlier failure? */
static bool seen_before(const struct ak_check *check, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (check->rows[k].outcome == AK_OUTCOME_FAIL &&
            strcmp(check->rows[k].criterion, check->rows[i].criterion) == 0) {
            return true;
        }
    }
    return false;
}

static void put_failures(struct writer *w, const struct ak_check *check)
{
    enum { NAMED_MAX = 4 };
    size_t named = 0;
    for (size_t i = 0; i < check->row_count && named < NAMED_MAX; i++) {
        const struct ak_judgement *first = &check->rows[i];
        if (first->outcome != AK_OUTCOME_FAIL || seen_before(check, i)) {
            continue;
        }
        const struct ak_judgement *j = worst_failure(check, first->criterion);
        text(w, named++ > 0 ? "; " : "");
        text(w, j->criterion);
        text(w, ": ");
        text(w, reporter_text_finding(w->arena, j));
        text(w, " in ");
        name(w, j->benchmark);
    }
    text(w, ak_arena_printf(w->arena, " (%zu failed, %zu passed, %zu not judged)",
                            check->counts[AK_OUTCOME_FAIL], check->counts[AK_OUTCOME_PASS],
                            check->counts[AK_OUTCOME_UNJUDGED]));
}

/* The row whose functions are to be named: the worst one, else one of its benchmark, else any that
 * got worse. NULL: none is explained. */
static const struct ak_compare_row *explained_row(const struct ak_comparison *cmp,
                                                  const struct ak_compare_row *worst)
{
    const struct ak_compare_row *any = NULL;
    for (size_t i = 0; i < cmp->row_count; i++) {
        const struct ak_compare_row *r = &cmp->rows[i];
        if (r->verdict != AK_VERDICT_WORSE || r->cause_count == 0) {
            continue;
        }
        if (strcmp(r->benchmark, worst->benchmark) == 0 &&
            strcmp(r->package, worst->package) == 0) {
            return r;
        }
        any = any ? any : r;
    }
    return any;
}

static void put_function(struct writer *w, const struct ak_compare_row *row)
{
    double total = row->cause_unexplained;
    for (size_t i = 0; i < row->cause_count; i++) {
        total += reporter_cause_delta(&row->causes[i]);
    }
    text(w, reporter_cause_delta(&row->causes[0]) / total > 0.5 ? ", mostly " : ", most in ");
    name(w, reporter_text_function(row->causes[0].function));
}

/* The worst row, and with which functions: its own, or those of a row that has some. Returns how
 * many rows were named. */
static size_t put_worse(struct writer *w, const struct ak_comparison *cmp,
                        const struct ak_compare_row *row)
{
    struct ak_arena *a = w->arena;
    name(w, row->benchmark);
    text(w, ak_arena_printf(a, " %s %s %s", row->unit, reporter_text_change(a, row->ratio),
                            reporter_text_interval(a, row->ratio_lo, row->ratio_hi)));
    const char *p = reporter_text_p(a, row->p_adjusted);
    text(w, p[0] ? ak_arena_printf(a, ", %s", p) : "");
    const struct ak_compare_row *why = row->cause_count > 0 ? row : explained_row(cmp, row);
    if (!why) {
        return 1;
    }
    if (why != row) {
        text(w, "; ");
        if (strcmp(why->benchmark, row->benchmark) == 0) {
            text(w, "its ");
        } else {
            name(w, why->benchmark);
            text(w, " ");
        }
        text(w, ak_arena_printf(a, "%s %s", why->unit, reporter_text_change(a, why->ratio)));
    }
    put_function(w, why);
    return why == row ? 1 : 2;
}

/* The other verdicts, counted; nothing where those that were named are all. */
static void put_rest(struct writer *w, const struct ak_comparison *cmp, size_t named, bool first)
{
    size_t counts[AK_VERDICT_COUNT];
    memcpy(counts, cmp->counts, sizeof counts);
    counts[AK_VERDICT_WORSE] -= named;
    size_t left = 0;
    for (size_t i = 0; i < AK_VERDICT_COUNT; i++) {
        left += counts[i];
    }
    if (named > 0 && left == 0) {
        return;
    }
    const char *words = reporter_text_counts(w->arena, counts);
    const bool more = named > 0 && counts[AK_VERDICT_WORSE] > 0;
    text(w, ak_arena_printf(w->arena, "%s%s%s", first ? "" : "; ", more ? "further " : "", words));
}

static void choose_word(struct headline *h, const struct ak_comparison *cmp,
                        const struct ak_check *check)
{
    *h = (struct headline){"?", "Not judged", HEADLINE_NEUTRAL, {"", 0}};
    if (check && check->counts[AK_OUTCOME_FAIL] > 0) {
        *h = (struct headline){"✗", "Criteria failed", HEADLINE_BAD, {"", 0}};
    } else if (cmp && cmp->counts[AK_VERDICT_WORSE] > 0) {
        *h = (struct headline){"▲", "Worse", HEADLINE_BAD, {"", 0}};
    } else if (cmp && cmp->counts[AK_VERDICT_BETTER] > 0) {
        *h = (struct headline){"✓", "Better", HEADLINE_GOOD, {"", 0}};
    } else if (cmp && cmp->counts[AK_VERDICT_SAME] > 0) {
        *h = (struct headline){"=", "Same", HEADLINE_NEUTRAL, {"", 0}};
    } else if (cmp && cmp->counts[AK_VERDICT_UNSURE] > 0) {
        *h = (struct headline){"~", "Unsure", HEADLINE_NEUTRAL, {"", 0}};
    } else if (!cmp && check && check->counts[AK_OUTCOME_PASS] > 0) {
        *h = (struct headline){"✓", "Criteria met", HEADLINE_GOOD, {"", 0}};
    }
}

static void put_raw(struct ak_buf *out, struct ak_str s)
{
    ak_buf_str(out, s);
}

struct headline reporter_headline(struct ak_arena *a, const struct ak_comparison *cmp,
                                  const struct ak_check *check, const struct headline_style *style)
{
    static const struct headline_style raw = {put_raw, put_raw};
    struct writer w = {.arena = a, .style = style ? style : &raw};
    struct headline h;
    choose_word(&h, cmp, check);
    const struct ak_compare_row *worst = worst_row(cmp);
    const bool failed = check && check->counts[AK_OUTCOME_FAIL] > 0;
    if (failed) {
        put_failures(&w, check);
    } else if (check) {
        text(&w,
             ak_arena_printf(a, "criteria: %zu passed, %zu not judged",
                             check->counts[AK_OUTCOME_PASS], check->counts[AK_OUTCOME_UNJUDGED]));
    }
    size_t named = 0;
    if (worst) {
        text(&w, check ? "; worse: " : "");
        named = put_worse(&w, cmp, worst);
    }
    if (cmp) {
        put_rest(&w, cmp, named, !check && !worst);
    }
    h.text = ak_arena_str(a, ak_buf_view(&w.out));
    ak_buf_release(&w.out);
    return h;
}
