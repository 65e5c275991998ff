#include "collector/criteria.h"
#include "test.h"

#include <string.h>

#define DAY 86400000000000LL
#define APRIL_2026 (20544 * DAY) /* 2026-04-01 is day 20544 since 1970 */

static const char entries[] = "[suppress logger]\n"
                              "rule = P008\n"
                              "benchmark = shutdown\n"
                              "reason = part of what is measured\n"
                              "until = 2026-03-31\n"
                              "\n"
                              "[suppress place]\n"
                              "rule = C002\n"
                              "file = ^runtime/\n"
                              "function = ^attach$\n"
                              "reason = once a thread\n"
                              "until = 2100-01-01\n";

struct fixture {
    struct ak_arena *arena;
    struct ak_criteria *criteria;
    struct ak_suppress_list *list;
    struct ak_error err;
};

static void open_at(struct fixture *f, const char *text, int64_t now_ns)
{
    *f = (struct fixture){.arena = ak_arena_new()};
    assert_int_equal(ak_criteria_parse("x.ini", ak_str_from(text), f->arena, &f->criteria, &f->err),
                     AK_OK);
    assert_int_equal(ak_suppress_list_new(f->criteria, now_ns, &f->list, &f->err), AK_OK);
}

static void close_all(struct fixture *f)
{
    ak_suppress_list_free(f->list);
    ak_arena_free(f->arena);
}

static const char *found(struct fixture *f, const char *rule, const char *file,
                         const char *function, const char *benchmark)
{
    const struct ak_suppress *const s =
        ak_suppress_find(f->list, &(struct ak_suppress_place){rule, file, function, benchmark});
    return s ? s->name : "none";
}

static void matches_rule_and_all_patterns(void **state)
{
    struct fixture f;
    (void)state;
    open_at(&f, entries, 1);
    assert_int_equal(f.criteria->suppress_count, 2);
    assert_string_equal(found(&f, "P008", "", "", "shutdown_cpu.prof"), "logger");
    assert_string_equal(found(&f, "P009", "", "", "shutdown_cpu.prof"), "none");
    assert_string_equal(found(&f, "P008", "", "", "query.prof"), "none");
    assert_string_equal(found(&f, "P008", "", "", ""), "none"); /* unknown is matched by nothing */
    assert_string_equal(found(&f, "C002", "runtime/slab.c", "attach", ""), "place");
    assert_string_equal(found(&f, "C002", "runtime/slab.c", "attach_all", ""), "none");
    assert_string_equal(found(&f, "C002", "bench/slab.c", "attach", ""), "none");
    close_all(&f);
}

/* The last day counts whole, in UTC. */
static void ends_after_its_day(void **state)
{
    struct fixture f;
    (void)state;
    open_at(&f, entries, APRIL_2026 - 1);
    assert_string_equal(found(&f, "P008", "", "", "shutdown"), "logger");
    close_all(&f);
    open_at(&f, entries, APRIL_2026);
    assert_string_equal(found(&f, "P008", "", "", "shutdown"), "none");
    assert_string_equal(found(&f, "C002", "runtime/slab.c", "attach", ""), "place");
    size_t n;
    const char **const notes = ak_suppress_notes(f.list, f.arena, &n);
    assert_int_equal(n, 2);
    assert_string_equal(notes[0], "suppress logger: expired after 2026-03-31, no longer suppresses "
                                  "P008 (part of what is measured)");
    assert_string_equal(notes[1],
                        "suppress place: takes C002 at 1 place until 2100-01-01 (once a thread)");
    close_all(&f);
}

static void unused_is_said(void **state)
{
    struct fixture f;
    (void)state;
    open_at(&f, entries, 1);
    size_t n;
    const char **const notes = ak_suppress_notes(f.list, f.arena, &n);
    assert_string_equal(notes[0], "suppress logger: matched nothing, can be deleted (part of what "
                                  "is measured)");
    close_all(&f);
}

static void refuses(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"[suppress x]\nrule = a\nreason = b\nuntil = 2027-01-01\n", "needs a file, function"},
        {"[suppress x]\nfile = a\nreason = b\nuntil = 2027-01-01\n", "needs a rule"},
        {"[suppress x]\nrule = a\nfile = b\nuntil = 2027-01-01\n", "needs a reason"},
        {"[suppress x]\nrule = a\nfile = b\nreason = c\n", "needs until"},
        {"[suppress x]\nuntil = 2027-13-01\n", "no day as in"},
        {"[suppress x]\nuntil = 2027-02-30\n", "no day as in"},
        {"[suppress x]\nuntil = tomorrow\n", "no day as in"},
        {"[suppress x]\nfile = (\n", "x.ini:2"},
        {"[suppress x]\nlimit = 3\n", "unknown key \"limit\""},
        {"[suppress x]\nrule = a\nrule = b\n", "key stands twice"},
        {"[suppress x]\nrule = a\nfile = b\nreason = c\nuntil = 2027-01-01\n[suppress x]\nrule = "
         "a\n",
         "section stands twice"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ak_arena *arena = ak_arena_new();
        struct ak_criteria *criteria = NULL;
        struct ak_error err = {0};
        assert_int_not_equal(
            ak_criteria_parse("x.ini", ak_str_from(cases[i].text), arena, &criteria, &err), AK_OK);
        if (!strstr(err.text, cases[i].why)) {
            fail_msg("\"%s\" does not say \"%s\"", err.text, cases[i].why);
        }
        ak_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_rule_and_all_patterns),
        cmocka_unit_test(ends_after_its_day),
        cmocka_unit_test(unused_is_said),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
