#include "junit.h"

#include "base/mem.h"
#include "base/sanitize.h"
#include "reporter/check.h"
#include "reporter/compare.h"

static void attribute(struct ak_buf *out, const char *name, const char *value)
{
    ak_buf_printf(out, " %s=\"", name);
    ak_sanitize_html(out, ak_str_from(value));
    ak_buf_putc(out, '"');
}

/* The schema that readers go by counts what was skipped in a suite, but not in all of them. */
static void counts(struct ak_buf *out, const struct junit_case *cases, size_t count, bool skipped)
{
    size_t of[4] = {0};
    for (size_t i = 0; i < count; i++) {
        of[cases[i].result]++;
    }
    ak_buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", count, of[JUNIT_FAILURE],
                  of[JUNIT_ERROR]);
    if (skipped) {
        ak_buf_printf(out, " skipped=\"%zu\"", of[JUNIT_SKIPPED]);
    }
}

static void one_case(struct ak_buf *out, const struct junit_case *c)
{
    static const char *const elements[] = {NULL, "failure", "error", "skipped"};
    ak_buf_puts(out, "  <testcase");
    attribute(out, "classname", c->suite);
    attribute(out, "name", c->name);
    if (c->result == JUNIT_PASS) {
        ak_buf_puts(out, "/>\n");
        return;
    }
    ak_buf_printf(out, ">\n   <%s", elements[c->result]);
    attribute(out, "message", c->message);
    ak_buf_putc(out, '>');
    struct ak_str rest = ak_str_from(c->detail);
    while (rest.len > 0) {
        ak_sanitize_html(out, ak_str_cut(&rest, '\n'));
        ak_buf_puts(out, rest.len > 0 ? "\n" : "");
    }
    ak_buf_printf(out, "</%s>\n  </testcase>\n", elements[c->result]);
}

void reporter_junit_write(const char *name, const struct junit_case *cases, size_t count,
                          struct ak_buf *out)
{
    ak_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    attribute(out, "name", name);
    counts(out, cases, count, false);
    ak_buf_puts(out, ">\n");
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && strcmp(cases[end].suite, cases[i].suite) == 0) {
            end++;
        }
        ak_buf_puts(out, " <testsuite");
        attribute(out, "name", cases[i].suite);
        counts(out, cases + i, end - i, true);
        ak_buf_puts(out, ">\n");
        for (; i < end; i++) {
            one_case(out, &cases[i]);
        }
        ak_buf_puts(out, " </testsuite>\n");
    }
    ak_buf_puts(out, "</testsuites>\n");
}

/* All lines of the evidence. */
static const char *evidence(const struct ak_judgement *r, struct ak_arena *arena)
{
    struct ak_buf text = AK_BUF_INIT;
    for (size_t i = 0; i < r->evidence_count; i++) {
        ak_buf_puts(&text, r->evidence[i]);
        ak_buf_putc(&text, '\n');
    }
    const char *copy = ak_arena_strdup(arena, ak_buf_view(&text).ptr);
    ak_buf_release(&text);
    return copy;
}

void ak_check_junit(const struct ak_check *check, struct ak_buf *out)
{
    static const enum junit_result results[AK_OUTCOME_COUNT] = {JUNIT_PASS, JUNIT_FAILURE,
                                                                JUNIT_ERROR};
    struct ak_arena *arena = ak_arena_new();
    struct junit_case *cases = AK_NEW_ARRAY(arena, struct junit_case, check->row_count + 1);
    for (size_t i = 0; i < check->row_count; i++) {
        const struct ak_judgement *r = &check->rows[i];
        cases[i] = (struct junit_case){
            .suite = r->criterion,
            .name = ak_arena_printf(arena, "%s %s %s", r->benchmark, r->unit, r->limit_text),
            .result = results[r->outcome],
            .message = r->sentence,
            .detail = evidence(r, arena),
        };
    }
    reporter_junit_write(check->criteria_name, cases, check->row_count, out);
    ak_arena_free(arena);
}

/* The rows of one comparison as cases of `suite`. */
static void compare_cases(const struct ak_comparison *c, const char *suite, struct ak_arena *arena,
                          struct junit_case *out)
{
    static const enum junit_result results[AK_VERDICT_COUNT] = {
        JUNIT_PASS, JUNIT_FAILURE, JUNIT_PASS, JUNIT_SKIPPED, JUNIT_SKIPPED};
    for (size_t i = 0; i < c->row_count; i++) {
        const struct ak_compare_row *r = &c->rows[i];
        struct ak_buf change = AK_BUF_INIT;
        ak_buf_puts(&change, ak_verdict_text(r->verdict));
        ak_buf_puts(&change, ": ");
        ak_ratio_format(&change, r->ratio);
        out[i] = (struct junit_case){
            .suite = suite,
            .name = ak_arena_printf(arena, "%s %s", r->benchmark, r->unit),
            .result = results[r->verdict],
            .message = ak_arena_strdup(arena, change.ptr),
            .detail = r->reason,
        };
        ak_buf_release(&change);
    }
}

void ak_compare_junit(const struct ak_comparison *c, struct ak_buf *out)
{
    struct ak_arena *arena = ak_arena_new();
    struct junit_case *cases = AK_NEW_ARRAY(arena, struct junit_case, c->row_count + 1);
    compare_cases(c, "compare", arena, cases);
    reporter_junit_write("akreport compare", cases, c->row_count, out);
    ak_arena_free(arena);
}

/* The rows of all pairs as cases from `out` on, a suite per pair whose name begins with `prefix`;
 * returns the end. */
static struct junit_case *set_cases(const struct ak_comparison_set *set, const char *prefix,
                                    struct ak_arena *arena, struct junit_case *out)
{
    for (size_t k = 0; k < set->pair_count; k++) {
        const struct ak_comparison *c = &set->pairs[k];
        compare_cases(
            c, ak_arena_printf(arena, "%s%s -> %s", prefix, c->before->label, c->after->label),
            arena, out);
        out += c->row_count;
    }
    return out;
}

static size_t set_rows(const struct ak_comparison_set *set)
{
    return set->pair_count > 0 ? set->pairs[0].row_count * set->pair_count : 0;
}

void ak_compare_set_junit(const struct ak_comparison_set *set, struct ak_buf *out)
{
    struct ak_arena *arena = ak_arena_new();
    struct junit_case *cases = AK_NEW_ARRAY(arena, struct junit_case, set_rows(set) + 1);
    const struct junit_case *end = set_cases(set, "", arena, cases);
    reporter_junit_write("akreport compare", cases, (size_t)(end - cases), out);
    ak_arena_free(arena);
}

void ak_compare_tables_junit(const struct ak_comparison_tables *tables, struct ak_buf *out)
{
    struct ak_arena *arena = ak_arena_new();
    size_t rows = 0;
    for (size_t i = 0; i < tables->count; i++) {
        rows += set_rows(&tables->tables[i].set);
    }
    struct junit_case *cases = AK_NEW_ARRAY(arena, struct junit_case, rows + 1), *end = cases;
    for (size_t i = 0; i < tables->count; i++) {
        const struct ak_comparison_table *t = &tables->tables[i];
        const char *prefix = *t->heading ? ak_arena_printf(arena, "%s: ", t->heading) : "";
        end = set_cases(&t->set, prefix, arena, end);
    }
    reporter_junit_write("akreport compare", cases, rows, out);
    ak_arena_free(arena);
}
