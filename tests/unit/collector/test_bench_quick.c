/* The quick reader of result lines against the general one. */
#include "base/buf.h"
#include "read/bench_quick.h"
#include "stats/random.h"
#include "test.h"

#include <stdlib.h>

#define SKIP 9 /* "Benchmark" */

static const char *pick(struct ak_random *r, const char *const *from, size_t count)
{
    return from[ak_random_below(r, count)];
}

/* A line of pieces that a result line may have, and of some that it may not. */
static void line_make(struct ak_random *r, struct ak_buf *out)
{
    static const char *const gaps[] = {" ",         "\t", " \t ",    "         ",
                                       "\t       ", "\v", "\xc2\xa0"};
    static const char *const names[] = {"A-8", "LongName/size=1024/kind=json-16", "", "Ü-2", "x"};
    static const char *const counts[] = {
        "1",  "100", "12345678", "123456789",          "1000000000000000000",
        "-5", "1_0", "x",        "9999999999999999999"};
    static const char *const numbers[] = {"0",
                                          "7",
                                          "12.5",
                                          "0.001",
                                          "1234567.8",
                                          "12345678",
                                          "123456789",
                                          "1.5e+06",
                                          "5.",
                                          ".5",
                                          ".",
                                          "1.2.3",
                                          "12a",
                                          "Inf",
                                          "NaN",
                                          "-3",
                                          "1e999",
                                          "0x1p-3",
                                          "99999999",
                                          "9999999.",
                                          ".1234567",
                                          "9007199254740993",
                                          "0.30000000000000004",
                                          "1_000",
                                          "+1",
                                          "1e",
                                          "1.23456789012345678901",
                                          "/",
                                          ":",
                                          "1/2",
                                          "0000.10"};
    static const char *const units[] = {"ns/op", "B/op",   "allocs/op", "MB/s",
                                        "x",     "p99-ns", "µs/op",     "a-very-long-unit-name/op",
                                        "ns"};
    ak_buf_reset(out);
    ak_buf_puts(out, "Benchmark");
    ak_buf_puts(out, pick(r, names, 5));
    ak_buf_puts(out, pick(r, gaps, ak_random_below(r, 9) ? 5 : 7));
    ak_buf_puts(out, pick(r, counts, ak_random_below(r, 5) ? 5 : 9));
    const size_t pairs = ak_random_below(r, 7);
    for (size_t i = 0; i < pairs; i++) {
        ak_buf_puts(out, pick(r, gaps, ak_random_below(r, 30) ? 5 : 7));
        if (ak_random_below(r, 3)) {
            ak_buf_printf(out, "%.*f", (int)ak_random_below(r, 6),
                          1e7 * ak_random_unit(r) * ak_random_unit(r));
        } else {
            ak_buf_puts(out, pick(r, numbers, sizeof numbers / sizeof *numbers));
        }
        ak_buf_puts(out, pick(r, gaps, 5));
        ak_buf_puts(out, pick(r, units, ak_random_below(r, 20) ? 7 : 9));
    }
    if (ak_random_below(r, 10) == 0) {
        ak_buf_puts(out, pick(r, gaps, 7));
    }
}

static void same_values(const struct collector_values *a, const struct collector_values *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct ak_bench_value *x = &a->items[i], *y = &b->items[i];
        assert_memory_equal(&x->orig_value, &y->orig_value, sizeof x->orig_value);
        assert_memory_equal(&x->value, &y->value, sizeof x->value);
        assert_int_equal(x->unit_id, y->unit_id);
        assert_int_equal(x->orig_unit_id, y->orig_unit_id);
        assert_true(ak_str_eq(x->unit, y->unit) && ak_str_eq(x->orig_unit, y->orig_unit));
    }
}

/* What the quick reader takes, the general one takes with the same values; returns whether it did.
 */
static bool agree(struct ak_str line, struct ak_bench_units *units, struct collector_values *fast,
                  struct collector_values *slow)
{
    struct collector_quick quick;
    /* exactly as long as the line: a sanitizer sees what reads outside */
    char *copy = malloc(line.len);
    assert_non_null(copy);
    memcpy(copy, line.ptr, line.len);
    const struct ak_str own = {copy, line.len};
    const bool taken = collector_line_quick(own, SKIP, units, fast, &quick);
    if (taken) {
        struct collector_numbers numbers;
        struct ak_str rest = ak_str_slice(own, SKIP, own.len);
        const struct ak_str name = collector_line_field(&rest);
        assert_true(ak_str_eq(name, quick.name));
        assert_ptr_equal(rest.ptr, quick.rest.ptr);
        assert_int_equal(rest.len, quick.rest.len);
        assert_int_equal(collector_line_numbers(rest, units, slow, &numbers), COLLECTOR_LINE_OK);
        assert_int_equal(numbers.iterations, quick.iterations);
        same_values(fast, slow);
    }
    free(copy);
    return taken;
}

static void test_agrees(void **state)
{
    (void)state;
    struct ak_random r = ak_random_seeded(7);
    struct ak_bench_units *units = ak_bench_units_new();
    struct collector_values fast = {0}, slow = {0};
    struct ak_buf line = AK_BUF_INIT;
    size_t taken = 0;
    for (size_t i = 0; i < 40000; i++) {
        line_make(&r, &line);
        taken += agree(ak_buf_view(&line), units, &fast, &slow);
    }
    assert_true(taken > 2000 && taken < 36000); /* both ways are gone */
    ak_buf_release(&line);
    collector_values_release(&fast);
    collector_values_release(&slow);
    ak_bench_units_free(units);
}

/* What the testing package writes is taken; what needs a second look is not. */
static void test_takes(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool taken;
    } rows[] = {
        {"BenchmarkA-8 \t     100\t   11731207 ns/op\t      16 B/op\t       1 allocs/op", true},
        {"BenchmarkA 1 2 x", true},
        {"BenchmarkA 1 2.5e-3 x ", true},
        {"Benchmark 1 2 x", false},             /* no name */
        {"BenchmarkA 1 2 x 3", false},          /* no unit */
        {"BenchmarkA 1", false},                /* no value */
        {"BenchmarkA 1 2 \xc2\xb5s/op", false}, /* not ASCII */
        {"BenchmarkA\v1 2 x", false},           /* other white space */
        {"BenchmarkA 1 1.2.3 x", false},
        {"BenchmarkA -1 2 x", false},
    };
    struct ak_bench_units *units = ak_bench_units_new();
    struct collector_values fast = {0}, slow = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(agree(ak_str_from(rows[i].line), units, &fast, &slow), rows[i].taken);
    }
    collector_values_release(&fast);
    collector_values_release(&slow);
    ak_bench_units_free(units);
}

/* Lines of each length to beyond what is looked at, with the end of a field on each byte. */
static void test_lengths(void **state)
{
    (void)state;
    struct ak_bench_units *units = ak_bench_units_new();
    struct collector_values fast = {0}, slow = {0};
    struct ak_buf line = AK_BUF_INIT;
    for (size_t n = 1; n < 300; n++) {
        ak_buf_reset(&line);
        ak_buf_puts(&line, "Benchmark");
        ak_buf_fill(&line, 'n', n);
        ak_buf_puts(&line, "\t 10 \t 12.5 ns/op");
        assert_int_equal(agree(ak_buf_view(&line), units, &fast, &slow), line.len <= 256);
        ak_buf_reset(&line);
        ak_buf_puts(&line, "BenchmarkA \t 10 ");
        ak_buf_fill(&line, ' ', n);
        ak_buf_puts(&line, "12345.25 B/op");
        assert_int_equal(agree(ak_buf_view(&line), units, &fast, &slow), line.len <= 256);
    }
    ak_buf_release(&line);
    collector_values_release(&fast);
    collector_values_release(&slow);
    ak_bench_units_free(units);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees),
        cmocka_unit_test(test_takes),
        cmocka_unit_test(test_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
