#include "base/hash.h"
#include "base/io.h"
#include "base/mem.h"
#include "collector/bench_text.h"
#include "test.h"

#include <math.h>

/* --- what a reader gives, as text -------------------------------------------------------- */

static void add_record(struct ak_buf *out, const struct ak_bench_record *rec)
{
    switch (rec->kind) {
    case AK_BENCH_RESULT:
        ak_buf_printf(out, "%llu%s %.*s %lld", (unsigned long long)rec->line,
                      rec->rejoined ? "+" : "", (int)rec->name.len, rec->name.ptr,
                      (long long)rec->iterations);
        for (size_t i = 0; i < rec->value_count; i++) {
            const struct ak_bench_value *v = &rec->values[i];
            ak_buf_printf(out, " %.17g %.*s", v->orig_value, (int)v->orig_unit.len,
                          v->orig_unit.ptr);
        }
        ak_buf_putc(out, '\n');
        break;
    case AK_BENCH_UNIT:
        ak_buf_printf(out, "%llu unit %.*s %.*s=%.*s\n", (unsigned long long)rec->line,
                      (int)rec->tidied.len, rec->tidied.ptr, (int)rec->key.len, rec->key.ptr,
                      (int)rec->value.len, rec->value.ptr);
        break;
    case AK_BENCH_WARNING:
        ak_buf_printf(out, "%llu! %s\n", (unsigned long long)rec->line, rec->text);
        break;
    case AK_BENCH_END:
        break;
    }
}

static enum ak_status read_all(struct ak_str text, unsigned flags, struct ak_buf *out,
                               struct ak_error *err)
{
    struct ak_bench_units *units = ak_bench_units_new();
    struct ak_bench_reader *r;
    const struct ak_bench_source source = {.name = "in.txt", .bytes = text};
    assert_int_equal(ak_bench_reader_open_bytes(&source, units, flags, &r, err), AK_OK);
    struct ak_bench_record rec;
    enum ak_status st;
    while ((st = ak_bench_reader_next(r, &rec, err)) == AK_OK && rec.kind != AK_BENCH_END) {
        add_record(out, &rec);
    }
    ak_bench_reader_close(r);
    ak_bench_units_free(units);
    return st;
}

static void expect(const char *text, unsigned flags, const char *want)
{
    struct ak_buf out = AK_BUF_INIT;
    struct ak_error err = {0};
    assert_int_equal(read_all(ak_str_from(text), flags, &out, &err), AK_OK);
    assert_string_equal(out.ptr ? out.ptr : "", want);
    ak_buf_release(&out);
}

static void expect_refused(const char *text, unsigned flags, const char *want)
{
    struct ak_buf out = AK_BUF_INIT;
    struct ak_error err = {0};
    assert_int_equal(read_all(ak_str_from(text), flags, &out, &err), AK_FORMAT);
    assert_string_equal(err.text, want);
    ak_buf_release(&out);
}

/* --- the format -------------------------------------------------------------------------- */

static void reads_results_with_their_values(void **state)
{
    (void)state;
    expect("BenchmarkA-8 \t 100\t 12.5 ns/op\t 3 B/op\r\nPASS\n", 0,
           "1 A-8 100 12.5 ns/op 3 B/op\n");
    expect("BenchmarkA 1 2 x 3 x\nBenchmark 10 1 y\nBenchmarkxlower -5 1 z", 0,
           "1 A 1 2 x 3 x\n2  10 1 y\n3 xlower -5 1 z\n");
}

static void reads_numbers_as_go_does(void **state)
{
    (void)state;
    expect("BenchmarkA 1 0x1p-3 a 1_000 b 1e3 c -.5 d 5. e +Inf f NaN g 123456789012345678901 h\n",
           0, "1 A 1 0.125 a 1000 b 1000 c -0.5 d 5 e inf f nan g 1.2345678901234568e+20 h\n");
    expect("BenchmarkA 1 9007199254740993 a 0.1 b 5e-324 c 1e-400 d 0.30000000000000004 e\n", 0,
           "1 A 1 9007199254740992 a 0.10000000000000001 b 4.9406564584124654e-324 c 0 d "
           "0.30000000000000004 e\n");
    expect("BenchmarkA 1 1__0 a\nBenchmarkB 1 0x1 a\nBenchmarkC 1 1e999 a\nBenchmarkD 1_0 1 a\n"
           "BenchmarkE 99999999999999999999 1 a\nBenchmarkF 1 . a\nBenchmarkG 1 1e a\n",
           0,
           "1! parsing measurement: invalid syntax\n2! parsing measurement: invalid syntax\n"
           "3! parsing measurement: value out of range\n4! parsing iteration count: invalid "
           "syntax\n5! parsing iteration count: value out of range\n"
           "6! parsing measurement: invalid syntax\n7! parsing measurement: invalid syntax\n");
}

static void says_what_is_wrong_with_a_line(void **state)
{
    (void)state;
    expect("BenchmarkA\nBenchmarkB \nBenchmarkC x\nBenchmarkD 1\nBenchmarkE 1 2\n"
           " BenchmarkF 1 2 x\nBenchmarkG 1 2 x 3\n",
           0,
           "2! missing iteration count\n3! parsing iteration count: invalid syntax\n"
           "4! missing measurements\n5! missing units\n7! missing units\n");
}

static void splits_on_unicode_space_only_where_go_does(void **state)
{
    (void)state;
    expect("BenchmarkA\xe3\x80\x80"
           "1\xc2\xa0"
           "2 x\n",
           0, "1 A 1 2 x\n");
    expect("Benchmark\xc3\x84\xff 1 2 \xc3\xa9\n", 0, "1 \xc3\x84\xff 1 2 \xc3\xa9\n");
}

static void keeps_unit_metadata(void **state)
{
    (void)state;
    expect("Unit ns/op assume=exact better=lower\nUnit sec/op assume=exact\nUnit ns/op "
           "assume=nothing\nUnit\nUnit x y =z\nUnits a=b\n",
           0,
           "1 unit sec/op assume=exact\n1 unit sec/op better=lower\n3! metadata assume of unit "
           "ns/op already set to exact\n4! missing unit\n5! expected key=value\n5! expected "
           "key=value\n");
    struct ak_bench_units *units = ak_bench_units_new();
    struct ak_bench_reader *r;
    struct ak_bench_record rec;
    const struct ak_bench_source source = {"a", AK_STR("Unit MB/s better=higher\n")};
    assert_int_equal(ak_bench_reader_open_bytes(&source, units, 0, &r, NULL), AK_OK);
    assert_int_equal(ak_bench_reader_next(r, &rec, NULL), AK_OK);
    ak_bench_reader_close(r);
    assert_true(
        ak_str_eq(ak_bench_units_meta(units, AK_STR("B/s"), AK_STR("better")), AK_STR("higher")));
    assert_null(ak_bench_units_meta(units, AK_STR("B/s"), AK_STR("assume")).ptr);
    assert_null(ak_bench_units_meta(units, AK_STR("nothing"), AK_STR("assume")).ptr);
    ak_bench_units_free(units);
}

static void tidies_units_as_whole_tokens_of_the_numerator(void **state)
{
    (void)state;
    static const struct {
        const char *unit, *tidied;
        double factor;
    } cases[] = {
        {"ns/op", "sec/op", 1e-9},
        {"MB/s", "B/s", 1e6},
        {"p99-ns", "p99-sec", 1e-9},
        {"B/op", "B/op", 1},
        {"disk-MB/sec", "disk-B/sec", 1e6},
        {"op/ns", "op/ns", 1},
        {"ns*MB", "sec*B", 1e-3},
        {"x/ns*MB", "x/ns*B", 1e6},
        {"nsec", "nsec", 1},
        {"\xc2\xb5s", "\xc2\xb5s", 1},
        {"KB", "KB", 1},
    };
    for (size_t i = 0; i < AK_COUNT(cases); i++) {
        struct ak_buf out = AK_BUF_INIT;
        const double factor = ak_bench_unit_tidy(ak_str_from(cases[i].unit), &out);
        assert_string_equal(out.ptr, cases[i].tidied);
        assert_true(fabs(factor / cases[i].factor - 1) < 1e-15);
        ak_buf_release(&out);
    }
}

static void gives_values_tidied_except_zero(void **state)
{
    (void)state;
    struct ak_bench_units *units = ak_bench_units_new();
    struct ak_bench_reader *r;
    struct ak_bench_record rec;
    const struct ak_bench_source source = {
        "a", AK_STR("BenchmarkA 1 100 ns/op 0 MB/s 3 widgets\nBenchmarkA 1 7 ns/op\n")};
    assert_int_equal(ak_bench_reader_open_bytes(&source, units, 0, &r, NULL), AK_OK);
    assert_int_equal(ak_bench_reader_next(r, &rec, NULL), AK_OK);
    assert_int_equal(rec.value_count, 3);
    assert_true(ak_str_eq(rec.values[0].unit, AK_STR("sec/op")));
    assert_true(ak_str_eq(rec.values[0].orig_unit, AK_STR("ns/op")));
    assert_true(rec.values[0].value == 100 * 1e-9);
    assert_true(ak_str_eq(rec.values[1].unit, AK_STR("MB/s")));
    assert_true(rec.values[2].unit_id == rec.values[2].orig_unit_id);
    const uint32_t sec = rec.values[0].unit_id;
    assert_int_equal(ak_bench_reader_next(r, &rec, NULL), AK_OK);
    assert_int_equal(rec.values[0].unit_id, sec);
    assert_true(ak_str_eq(ak_bench_units_name(units, sec), AK_STR("sec/op")));
    ak_bench_reader_close(r);
    ak_bench_units_free(units);
}

static void splits_names(void **state)
{
    (void)state;
    unsigned procs;
    assert_true(ak_str_eq(ak_bench_name_split(AK_STR("A/b-16"), &procs), AK_STR("A/b")));
    assert_int_equal(procs, 16);
    assert_true(ak_str_eq(ak_bench_name_split(AK_STR("A-b"), &procs), AK_STR("A-b")));
    assert_int_equal(procs, 1);
    assert_true(ak_str_eq(ak_bench_name_split(AK_STR("A-"), &procs), AK_STR("A-")));
    assert_true(ak_str_eq(ak_bench_name_split(AK_STR("12"), &procs), AK_STR("12")));
    assert_true(ak_str_eq(ak_bench_name_split(AK_STR("A-99999999999999999999"), &procs),
                          AK_STR("A-99999999999999999999")));
}

/* --- configuration ----------------------------------------------------------------------- */

static void keeps_configuration_in_benchfmts_order(void **state)
{
    (void)state;
    struct ak_bench_units *units = ak_bench_units_new();
    struct ak_bench_reader *r;
    struct ak_bench_record rec;
    const struct ak_bench_source source = {
        "a", AK_STR("a: 1\nb: 2\nc: 3 \nUpper: no\nkey:value\nno Pe: x\nBenchmarkA 1 1 x\na:\n"
                    "\xc3\xa4\x62: \t4\nBenchmarkA 1 1 x\nb: 2\nBenchmarkA 1 1 x\n")};
    assert_int_equal(ak_bench_reader_open_bytes(&source, units, 0, &r, NULL), AK_OK);
    assert_int_equal(ak_bench_reader_next(r, &rec, NULL), AK_OK);
    assert_int_equal(rec.config_count, 3);
    assert_true(ak_str_eq(rec.config[2].value, AK_STR("3 ")));
    const uint64_t first = rec.config_version;
    assert_int_equal(ak_bench_reader_next(r, &rec, NULL), AK_OK);
    assert_int_equal(rec.config_count, 3);
    assert_true(ak_str_eq(rec.config[0].key, AK_STR("c"))); /* the last took a's place */
    assert_true(ak_str_eq(rec.config[1].key, AK_STR("b")));
    assert_true(ak_str_eq(rec.config[2].key, AK_STR("\xc3\xa4\x62")));
    assert_true(ak_str_eq(rec.config[2].value, AK_STR("4")));
    assert_true(rec.config_version != first);
    const uint64_t second = rec.config_version;
    assert_int_equal(ak_bench_reader_next(r, &rec, NULL), AK_OK);
    assert_int_equal(rec.config_version, second);
    ak_bench_reader_close(r);
    ak_bench_units_free(units);
}

/* --- rejoining --------------------------------------------------------------------------- */

#define NUMBERS "       1\t   6888233 ns/op\t         1.707 MB/alloc\t 1790640 B/op\n"
#define VALUES " 6888233 ns/op 1.7070000000000001 MB/alloc 1790640 B/op\n"

static void rejoins_numbers_after_text(void **state)
{
    (void)state;
    expect("BenchmarkA-2    \t\nShutdown: x=1\n" NUMBERS, AK_BENCH_REJOIN, "3+ A-2 1" VALUES);
    expect("BenchmarkA-2    \t\nshutdown: 5ms\n12 things\n\n1\t2\t3\n" NUMBERS "PASS\n",
           AK_BENCH_REJOIN, "6+ A-2 1" VALUES);
    expect("BenchmarkA/b=c-2\tlog on the same line\n" NUMBERS, AK_BENCH_REJOIN,
           "2+ A/b=c-2 1" VALUES);
    expect("BenchmarkA-2\tno newline at all" NUMBERS, AK_BENCH_REJOIN, "1+ A-2 1" VALUES);
    expect("BenchmarkA-2\t\nno newline, n=7" NUMBERS, AK_BENCH_REJOIN, "2+ A-2 1" VALUES);
    expect("BenchmarkA-2    \t\n1\t 5 ns/op\n", AK_BENCH_REJOIN, "2+ A-2 1 5 ns/op\n");
    expect("BenchmarkA-2    \t\nlog\n 100   12 ns/op  0 B/op\n", AK_BENCH_REJOIN,
           "3+ A-2 100 12 ns/op 0 B/op\n");
    expect("BenchmarkA-2\n" NUMBERS, AK_BENCH_REJOIN, "2+ A-2 1" VALUES);
}

static void finds_names_after_other_text(void **state)
{
    (void)state;
    expect("text without newlineBenchmarkA-2   \t       1\t 5 ns/op\n", AK_BENCH_REJOIN,
           "1 A-2 1 5 ns/op\n");
    expect("[10:00:01] BenchmarkA-2   \t\n[10:00:02] log\n[10:00:03] " NUMBERS, AK_BENCH_REJOIN,
           "3+ A-2 1" VALUES);
    expect("see BenchmarkA-2 \t for more\nrunning BenchmarkB 1 5 ns/op\n--- BENCH: BenchmarkC-2\n"
           "aBenchmarkingX \t\n",
           AK_BENCH_REJOIN, "");
    expect("xBenchmarkA-2   \t       1\t 5 ns/op\n", 0, "");
}

/* Every result of a run of benchmarks that print whatever they like is found, and only these. */
static void finds_all_results_between_any_text(void **state)
{
    (void)state;
    static const char *const noise[] = {
        "log line\n",
        "\n",
        "12 34\n",
        "7 actors stopped\n",
        "{\"n\":1}\n",
        "cpu: 35%\n",
        "Benchmarking\n",
        "\t1\t2\t3\n",
        "BenchmarkX done\n",
        "  5 ms\n",
        "Duration=4.7ms (4.70 ms)\n",
        "no newline",
        "1e9 2 3 bytes\n",
        "key:value\n",
        "100 200 rows 300\n",
        "PASSED\n",
    };
    struct ak_buf text = AK_BUF_INIT, want = AK_BUF_INIT, out = AK_BUF_INIT;
    uint64_t random = 1;
    unsigned line = 1;
    for (unsigned i = 0; i < 400; i++) {
        ak_buf_printf(&text, "BenchmarkX%u-2  \t", i % 7);
        unsigned printed = 0;
        for (random = ak_hash_u64(random + i); random % 5 > 0; random = ak_hash_u64(random)) {
            const char *n = noise[random / 8 % AK_COUNT(noise)];
            ak_buf_puts(&text, n);
            line += strchr(n, '\n') != NULL;
            printed++;
        }
        ak_buf_printf(&text, "%8u\t%10u ns/op\t%8u B/op\n", i + 1, i * 3, i);
        ak_buf_printf(&want, "%u%s X%u-2 %u %u ns/op %u B/op\n", line, printed ? "+" : "", i % 7,
                      i + 1, i * 3, i);
        line++;
    }
    assert_int_equal(read_all(ak_buf_view(&text), AK_BENCH_REJOIN, &out, NULL), AK_OK);
    assert_string_equal(out.ptr, want.ptr);
    ak_buf_release(&text);
    ak_buf_release(&want);
    ak_buf_release(&out);
}

static void does_not_rejoin_without_the_flag(void **state)
{
    (void)state;
    expect("BenchmarkA-2    \t\nlog\n" NUMBERS, 0, "1! missing iteration count\n");
}

static void rejoins_with_the_name_that_came_last(void **state)
{
    (void)state;
    expect("BenchmarkA-2 \t\nBenchmarkB-2 \t\n" NUMBERS, AK_BENCH_REJOIN,
           "1! missing iteration count\n3+ B-2 1" VALUES);
    expect("BenchmarkA\nBenchmarkA-2 \t 10\t 5 ns/op\n" NUMBERS, AK_BENCH_REJOIN,
           "2 A-2 10 5 ns/op\n3! numbers without the name of a benchmark\n");
    expect("BenchmarkA-2 \tBenchmarking...\nBenchmark of A\nBenchmarkA started\n" NUMBERS,
           AK_BENCH_REJOIN, "4+ A-2 1" VALUES);
    expect("BenchmarkA-2 \t\nBenchmarkB-2 100 abc ns/op\n" NUMBERS, AK_BENCH_REJOIN,
           "1! missing iteration count\n2! parsing measurement: invalid syntax\n"
           "3! numbers without the name of a benchmark\n");
}

static void never_joins_text_that_looks_like_numbers(void **state)
{
    (void)state;
    expect("BenchmarkA-2 \t\n1 2 messages\n5\t6 actors\n3 4\n" NUMBERS, AK_BENCH_REJOIN,
           "5+ A-2 1" VALUES);
    expect("BenchmarkA-2 \t5 10 things\n" NUMBERS, AK_BENCH_REJOIN, "2+ A-2 1" VALUES);
    expect("BenchmarkA-2 \t5 10 things\nBenchmarkB-2 \t1 2 ns/op\n", AK_BENCH_REJOIN,
           "1 A-2 5 10 things\n2 B-2 1 2 ns/op\n");
    expect("BenchmarkA-2 \t\n1 2 ns/op\n" NUMBERS, AK_BENCH_REJOIN, "3+ A-2 1" VALUES);
    expect("BenchmarkA-2 \t\n1 2 ns/op\n3 4 ns/op\nPASS\n", AK_BENCH_REJOIN,
           "1! several lines could be the numbers of BenchmarkA-2\n");
    expect("BenchmarkA-2 \t\nPASS\n" NUMBERS, AK_BENCH_REJOIN,
           "1! missing iteration count\n3! numbers without the name of a benchmark\n");
    expect("BenchmarkA-2 \t\n--- FAIL: BenchmarkA-2\n    a_test.go:3: no\n" NUMBERS,
           AK_BENCH_REJOIN,
           "1! missing iteration count\n4! numbers without the name of a benchmark\n");
}

static void text_of_a_benchmark_is_not_configuration(void **state)
{
    (void)state;
    struct ak_bench_units *units = ak_bench_units_new();
    struct ak_bench_reader *r;
    struct ak_bench_record rec;
    const struct ak_bench_source source = {
        "a", AK_STR("goos: linux\nBenchmarkA-2 \t\ncpu: 35%\ntook: 5ms\n" NUMBERS
                    "BenchmarkB-2 1 5 widgets\nbranch: x\nBenchmarkB-2 1 5 widgets\n")};
    assert_int_equal(ak_bench_reader_open_bytes(&source, units, AK_BENCH_REJOIN, &r, NULL), AK_OK);
    assert_int_equal(ak_bench_reader_next(r, &rec, NULL), AK_OK);
    assert_int_equal(rec.config_count, 1);
    assert_int_equal(ak_bench_reader_next(r, &rec, NULL), AK_OK);
    assert_int_equal(rec.config_count, 1);
    assert_int_equal(ak_bench_reader_next(r, &rec, NULL), AK_OK);
    assert_int_equal(rec.config_count, 2);
    assert_int_equal(ak_bench_reader_counts(r).rejoined, 1);
    assert_int_equal(ak_bench_reader_counts(r).results, 3);
    ak_bench_reader_close(r);
    ak_bench_units_free(units);
}

/* --- strict ------------------------------------------------------------------------------ */

static void strict_refuses_values_that_are_no_numbers(void **state)
{
    (void)state;
    const unsigned flags = AK_BENCH_STRICT | AK_BENCH_REJOIN;
    expect_refused("\nBenchmarkA-2 1 NaN ns/op\n", flags,
                   "in.txt:2: BenchmarkA-2: a value in ns/op is not a number");
    expect_refused("BenchmarkA-2 1 -Inf ns/op\n", flags,
                   "in.txt:1: BenchmarkA-2: a value in ns/op is infinite");
    expect_refused("BenchmarkA-2 1 1e999 ns/op\n", flags,
                   "in.txt:1: a value is too large for a 64-bit number");
    expect_refused("BenchmarkA-2 \t\n       1\t  NaN ns/op\n", flags,
                   "in.txt:2: BenchmarkA-2: a value in ns/op is not a number");
    expect("Benchmarking 1 2 x\nBenchmarkA -1 2 ns/op\nBenchmarkB 1 0x1p-3 ns/op\n", flags,
           "2! negative iteration count\n3 B 1 0.125 ns/op\n");
}

/* --- bytes ------------------------------------------------------------------------------- */

static void add_utf16(struct ak_buf *out, const char *ascii, bool big_endian)
{
    for (; *ascii; ascii++) {
        if (big_endian) {
            ak_buf_putc(out, '\0');
        }
        ak_buf_putc(out, *ascii);
        if (!big_endian) {
            ak_buf_putc(out, '\0');
        }
    }
}

static void expect_bytes(struct ak_str bytes, const char *want)
{
    struct ak_buf out = AK_BUF_INIT;
    assert_int_equal(read_all(bytes, 0, &out, NULL), AK_OK);
    assert_string_equal(out.ptr ? out.ptr : "", want);
    ak_buf_release(&out);
}

static void reads_every_encoding(void **state)
{
    (void)state;
    expect_bytes(AK_STR("\xef\xbb\xbf"
                        "BenchmarkA 1 2 x\r\n"),
                 "1 A 1 2 x\n");
    for (int mark = 0; mark < 2; mark++) {
        for (int big = 0; big < 2; big++) {
            struct ak_buf b = AK_BUF_INIT;
            if (mark) {
                ak_buf_add(&b, big ? "\xfe\xff" : "\xff\xfe", 2);
            }
            add_utf16(&b, "BenchmarkA 1 2 x\r\n\r\nBenchmarkB 1 2 x", big);
            expect_bytes(ak_buf_view(&b), "1 A 1 2 x\n3 B 1 2 x\n");
            ak_buf_release(&b);
        }
    }
    /* U+1F600 as a surrogate pair, then a lone high surrogate. */
    expect_bytes(AK_STR("\xff\xfe"
                        "B\0e\0n\0c\0h\0m\0a\0r\0k\0\x3d\xd8\x00\xde\x3d\xd8 \0"
                        "1\0 \0"
                        "2\0 \0x\0"),
                 "1 \xf0\x9f\x98\x80\xef\xbf\xbd 1 2 x\n");
}

static void reads_gzip_and_long_lines(void **state)
{
    (void)state;
    struct ak_buf text = AK_BUF_INIT, zipped = AK_BUF_INIT, out = AK_BUF_INIT;
    ak_buf_fill(&text, 'x', 300000);
    ak_buf_puts(&text, "\nBenchmarkA 1");
    for (int i = 0; i < 20000; i++) {
        ak_buf_printf(&text, " %d u%d", i, i);
    }
    ak_buf_puts(&text, "\r\nBenchmarkB 1 2 x\n");
    ak_gzip_bytes(ak_buf_view(&text), 1, &zipped);
    assert_int_equal(read_all(ak_buf_view(&zipped), AK_BENCH_REJOIN, &out, NULL), AK_OK);
    assert_non_null(strstr(out.ptr, " 19999 u19999\n3 B 1 2 x\n"));
    ak_buf_release(&text);
    ak_buf_release(&zipped);
    ak_buf_release(&out);
}

static void limits_configuration_and_reads_nothing(void **state)
{
    (void)state;
    expect("", AK_BENCH_REJOIN, "");
    struct ak_buf text = AK_BUF_INIT, out = AK_BUF_INIT;
    for (int i = 0; i < 6000; i++) {
        ak_buf_printf(&text, "k%d: v\n", i);
    }
    ak_buf_puts(&text, "BenchmarkB 1 2 x\n");
    assert_int_equal(read_all(ak_buf_view(&text), 0, &out, NULL), AK_OK);
    assert_string_equal(out.ptr, "6001 B 1 2 x\n");
    ak_buf_release(&text);
    ak_buf_release(&out);
}

/* --- real data --------------------------------------------------------------------------- */

static void reads_all_results_of_goakt(void **state)
{
    (void)state;
    static const char *const files[] = {"tests/data/goakt/goakt-v3/shutdown.txt",
                                        "tests/data/goakt/goakt-v4/shutdown.txt"};
    for (size_t i = 0; i < AK_COUNT(files); i++) {
        struct ak_bench_units *units = ak_bench_units_new();
        struct ak_bench_reader *r;
        struct ak_bench_record rec;
        assert_int_equal(ak_bench_reader_open(files[i], NULL, units,
                                              AK_BENCH_REJOIN | AK_BENCH_STRICT, &r, NULL),
                         AK_OK);
        do {
            assert_int_equal(ak_bench_reader_next(r, &rec, NULL), AK_OK);
            assert_int_not_equal(rec.kind, AK_BENCH_WARNING);
        } while (rec.kind != AK_BENCH_END);
        assert_int_equal(ak_bench_reader_counts(r).results, 80);
        assert_int_equal(ak_bench_reader_counts(r).rejoined, 72);
        ak_bench_reader_close(r);
        ak_bench_units_free(units);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_results_with_their_values),
        cmocka_unit_test(reads_numbers_as_go_does),
        cmocka_unit_test(says_what_is_wrong_with_a_line),
        cmocka_unit_test(splits_on_unicode_space_only_where_go_does),
        cmocka_unit_test(keeps_unit_metadata),
        cmocka_unit_test(tidies_units_as_whole_tokens_of_the_numerator),
        cmocka_unit_test(gives_values_tidied_except_zero),
        cmocka_unit_test(splits_names),
        cmocka_unit_test(keeps_configuration_in_benchfmts_order),
        cmocka_unit_test(rejoins_numbers_after_text),
        cmocka_unit_test(finds_names_after_other_text),
        cmocka_unit_test(finds_all_results_between_any_text),
        cmocka_unit_test(does_not_rejoin_without_the_flag),
        cmocka_unit_test(rejoins_with_the_name_that_came_last),
        cmocka_unit_test(never_joins_text_that_looks_like_numbers),
        cmocka_unit_test(text_of_a_benchmark_is_not_configuration),
        cmocka_unit_test(strict_refuses_values_that_are_no_numbers),
        cmocka_unit_test(reads_every_encoding),
        cmocka_unit_test(reads_gzip_and_long_lines),
        cmocka_unit_test(limits_configuration_and_reads_nothing),
        cmocka_unit_test(reads_all_results_of_goakt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
